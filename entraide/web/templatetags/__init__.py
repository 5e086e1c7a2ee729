"""The components of the office as template tags."""
