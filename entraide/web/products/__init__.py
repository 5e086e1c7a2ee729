"""Products on screen: the care package built rule by rule, its trial, its sheet."""
