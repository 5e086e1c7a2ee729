"""Sentences of the forms of memberships."""

from __future__ import annotations

SENTENCES: dict[str, str] = {
    "BIRTH_UNREADABLE": (
        "“{text}” is not a date of birth. Write it as 12/06/1987, the year alone (1987), or “vers 1987” when nobody is sure."
    ),
    "BIRTH_DAY_DOES_NOT_EXIST": (
        "The day {text} does not exist. Write the date of the health book, or the year alone: "
        "{year}."
    ),
}
