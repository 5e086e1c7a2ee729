"""Memberships: families, their persons and rights, and the forms that enter them."""
