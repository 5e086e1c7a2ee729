"""Places: the tree of the territory, its focal points, and places typed on a form."""
