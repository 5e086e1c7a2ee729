"""What goes to a national scheme and comes from it."""
