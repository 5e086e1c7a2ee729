"""The risk of illness as the office reads it: from year to year, and beside the tariffs."""
