"""« Réglages »: the choices of the mutual, what each means, who changed it and when."""
