"""How contributions come in: ageing, collection, reminders, and what other payers owe."""
