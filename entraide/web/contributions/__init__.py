"""Contributions: what is due and late, receipts, slips and deposits."""
