"""« Réseau »: what concerns several mutuals: the tree, people, features, comparison, follow-up."""
