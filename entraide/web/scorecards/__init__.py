"""The vulnerability scorecard: its versions, and what a family answers."""
