"""Sentences about the practices that mutuals recommend to each other."""

from __future__ import annotations

SENTENCES: dict[str, str] = {
    "PRACTICE_TEXT_MISSING": "Write this: the other mutuals have only this text.",
    "PRACTICE_TEXT_LONG": "Write at most {most} characters here.",
    "PRACTICE_WITHDRAWN": "“{title}” is no longer recommended.",
    "PRACTICE_OWN": "This is your own practice: the others adopt it.",
    "PRACTICE_ADOPTED": "Your mutual has already adopted “{title}”.",
    "PRACTICE_OF_ANOTHER": "Only the mutual that recommends a practice takes it back.",
}
