"""Sentences about households, persons and memberships."""

from __future__ import annotations

SENTENCES: dict[str, str] = {
    "NAME_MISSING": "The name is missing. Write it as on the identity card.",
    "SEX_UNKNOWN": "The sex is not filled in. Choose female or male.",
    "RELATION_UNKNOWN": "The family tie “{relation}” is not known. Choose one from the list.",
    "BIRTH_PRECISION_UNKNOWN": (
        "“{precision}” does not say how sure the date of birth is. Choose exact, year or around."
    ),
    "SOURCE_UNKNOWN": "The origin “{source}” is not known. Choose direct entry, paper or import.",
    "DECLARED_SIZE_TOO_SMALL": (
        "The family was declared with {declared} persons, but {count} are entered. Correct the "
        "size of the family."
    ),
    "COVER_NOT_RUNNING": (
        "On {day} the household is not covered: its cover goes from {starts_on} to the day "
        "before {until}. Choose a day inside it, or renew the membership first."
    ),
    "ALREADY_RENEWED": (
        "This membership is already followed by another, which begins on {starts_on}. Renew "
        "that one."
    ),
    "COVER_OVERLAP": (
        "The household is already covered from {starts_on} to the day before {until}. Two covers "
        "cannot run on the same day."
    ),
    "GROUP_CODE_USED": "The code {group} is already that of another group. Choose another code.",
    "GROUP_UNCHANGED": "The family is in this group already. Choose another one.",
    "GROUP_OTHER_PRODUCT": (
        "The group {group} has the product {product}, which is not the family’s: renew the "
        "membership into it instead."
    ),
    "MOVE_OUT_OF_ORDER": (
        "The family joined, or changed group, on {day}. Choose that day or a later one."
    ),
    "END_DATE_MISSING": (
        "Enter either the day on which the person left or the day of death, one of the two."
    ),
    "PERSON_ALREADY_ENDED": "{person} is no longer in the household since {day}.",
    "SUCCESSOR_REQUIRED": (
        "{person} is the member who answers for the family. Choose who takes this place among "
        "those who stay."
    ),
    "SUCCESSOR_INVALID": (
        "{person} cannot become the member: choose a person who is still in this household."
    ),
    "MEMBERSHIP_ALREADY_ENDED": "This membership was already ended on {ended_on}.",
    "MEMBERSHIP_NOT_BEGUN": (
        "This cover begins on {first}: it cannot end before that day. Choose a later day."
    ),
    "MEMBERSHIP_OVER": (
        "This cover goes only to the day before {until}: it cannot be ended that late. Choose an "
        "earlier day, or let it run out."
    ),
}
