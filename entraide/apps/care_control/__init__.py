"""Medical control: sessions and register of the médecin conseil, campaigns, recoveries."""
