"""Reasons not to join, not to renew, to leave: told in two taps, counted in one page."""
