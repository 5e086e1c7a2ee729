"""What mutuals of the network recommend to each other: read, written, adopted."""
