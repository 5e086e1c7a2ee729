"""Home, report, plan and rights."""
