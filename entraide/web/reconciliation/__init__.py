"""Reconciliation: statements against the books, line by line, until both say the same."""
