"""« Prestataire »: the portal of those who give care, outside any office."""
