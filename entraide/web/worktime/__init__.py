"""Time spent by activity: told, summed, priced, beside what the plan supposes."""
