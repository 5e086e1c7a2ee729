"""The search of the top bar: families, receipts, claims, slips."""
