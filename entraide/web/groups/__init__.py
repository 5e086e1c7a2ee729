"""Partner groups: their register, their page, their rules."""
