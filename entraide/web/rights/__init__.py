"""« Qui peut quoi »: the matrix of rights, and who holds which role here."""
