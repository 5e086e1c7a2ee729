"""Entraide: the open platform of a community health mutual."""

__version__ = "0.1.0"
