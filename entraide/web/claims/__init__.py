"""Care: rights at the counter, claims entered, decided, reviewed, approved, reversed."""
