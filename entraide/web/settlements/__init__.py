"""Settlements: batches prepared, authorised, paid, and the paper that goes with the money."""
