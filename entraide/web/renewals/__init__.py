"""« Renouvellements »: the covers near their term, and their renewal, one family or many."""
