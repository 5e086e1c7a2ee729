"""« À suivre »: the families due for a visit or a call, and the plan that says which."""
