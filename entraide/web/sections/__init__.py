"""The sections of a mutual: their families, who works there."""
