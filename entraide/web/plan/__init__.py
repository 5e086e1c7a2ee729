"""The business plan: one projected scenario at a time, its levers, what stands beside it."""
