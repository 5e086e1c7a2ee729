"""The home page of a mutual."""
