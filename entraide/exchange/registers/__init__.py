"""Registers that come in tables: members, contributions, loans, movements, visits.

``opening`` reads a file by a profile; each kind has a module that plans what the table would
change (and refuses everything at once); ``running`` carries a plan out, wholly or not at all.
"""
