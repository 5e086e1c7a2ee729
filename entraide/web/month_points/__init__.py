"""« Points du mois »: each duty of a month, signed by who holds it."""
