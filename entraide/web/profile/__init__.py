"""« Profil des familles »: counts by zone for the authorities, small cells hidden."""
