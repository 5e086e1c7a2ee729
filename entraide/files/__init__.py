"""Statements of banks and mobile money become plain values. No Django, no decision."""
