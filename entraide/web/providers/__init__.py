"""Providers of care: the register, their prices, the conventions with them."""
