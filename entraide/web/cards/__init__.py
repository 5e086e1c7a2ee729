"""« Cartes »: who needs one, printing, handing over, losing, checking; the keys that sign."""
