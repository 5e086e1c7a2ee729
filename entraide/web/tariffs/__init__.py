"""Tariffs: what a product says, a new version, a simulation on the real register."""
