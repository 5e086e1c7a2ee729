"""Imports in the office: a file looked at, mapped, tried, then carried out whole."""
