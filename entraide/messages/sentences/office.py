"""Sentences of the office's own forms."""

SENTENCES: dict[str, str] = {
    "DAY_UNREADABLE": "“{text}” is not a date. Write it as 02/04/2025.",
    "DAY_BEYOND": "The day {text} is too far away: its year lies between {first} and {last}.",
    "DAY_DOES_NOT_EXIST": "The day {text} does not exist. Check the day and the month.",
}
