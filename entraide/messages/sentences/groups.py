"""Sentences about places, partner groups, portfolios and scorecards."""

from __future__ import annotations

SENTENCES: dict[str, str] = {
    "AREA_NAME_MISSING": "The name of the place is missing.",
    "AREA_UNCERTAIN": "“{text}” is not sure: {near}. Choose the place below the field, or say that it is new.",
    "AREA_UNKNOWN": "“{text}” is in no list. Correct it, or say below the field that it is a new place.",
    "AREA_ALREADY_DECIDED": "{area} was already decided on {day}.",
    "AREA_LEVEL_UNKNOWN": "The level {level} does not exist in this country. Choose one from the list.",
    "AREA_WITHIN_REQUIRED": "Say in which larger place it stands.",
    "AREA_WITHIN_TOO_SMALL": "{area} is not a larger place. Choose one that surrounds it.",
    "AREA_ALREADY_THERE": "{area} already stands there. Join the new name to it instead.",
    "AREA_MERGED_INTO_ITSELF": "A place cannot be joined to itself or to one inside it. Choose another.",
    "AREA_NOT_OF_COUNTRY": "{area} is not in the list of this country. Choose an approved place.",
}
