"""The report of the mutual: a period, four questions, every figure with its parts and its rows."""
