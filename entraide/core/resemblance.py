"""Whether two rows of a register may be one person. How alike two names are is found outside.

The answer is a percentage that proposes, never decides: people answer. Names weigh most, then the
birth as far as it is known. Twins are two persons; a shared telephone proves little, for several
persons are called on one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

PROPOSED_FROM = 70  # percent: below it nobody is asked
SAME_WORD = 85  # percent: two spellings of one given name
OTHER_WORD = 60  # percent: below it two words are two names, not two spellings
NAME_WEIGHT, BIRTH_WEIGHT = 60, 40
OTHER_SEX, OTHER_NAME, SAME_PHONE, SAME_HOUSEHOLD = -25, -15, 4, 4

EXACT, YEAR, AROUND = "exact", "year", "around"
# How many years two births may lie apart that are not both known to the day.
YEARS_APART = {YEAR: 1, AROUND: 4}


@dataclass(frozen=True, slots=True)
class Identity:
    """What tells a person apart. ``household`` and ``phone`` are empty when not known."""

    birth_on: date
    precision: str = EXACT
    sex: str = ""
    household: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class NameLikeness:
    """How alike two names are, in percent: all their words, and the words of one person alone."""

    whole: int
    given: int


def resemblance(first: Identity, second: Identity, names: NameLikeness) -> int:
    """How likely two rows are one person, in percent; 0 for twins and births too far apart."""
    if are_twins(first, second, names):
        return 0
    birth = birth_likeness(first, second)
    if birth == 0:
        return 0
    percent = (NAME_WEIGHT * names.whole + BIRTH_WEIGHT * birth) // 100
    if first.sex and second.sex and first.sex != second.sex:
        percent += OTHER_SEX
    if names.given < OTHER_WORD and birth < 100:  # one name in common and a year: half a village
        percent += OTHER_NAME
    if first.phone and first.phone == second.phone:
        percent += SAME_PHONE
    if first.household and first.household == second.household:
        percent += SAME_HOUSEHOLD
    return max(0, min(100, percent))


def are_twins(first: Identity, second: Identity, names: NameLikeness) -> bool:
    """Born the same day into the same household under two given names: two persons."""
    return (
        bool(first.household)
        and first.household == second.household
        and first.precision == second.precision == EXACT
        and first.birth_on == second.birth_on
        and names.given < SAME_WORD
    )


def birth_likeness(first: Identity, second: Identity) -> int:
    """How well two births agree, in percent, each as far as it is known; 0: two persons."""
    one, other = first.birth_on, second.birth_on
    if first.precision == second.precision == EXACT:
        if one == other:
            return 100
        if (one.year, one.month, one.day) == (other.year, other.day, other.month):
            return 85  # day and month taken for each other
        if one.year != other.year:
            # The year is where a hand slips; a day that agrees is no accident.
            return 30 if (one.day, one.month) == (other.day, other.month) else 0
        return 60 if one.day == other.day or one.month == other.month else 40
    apart = abs(one.year - other.year)
    allowed = years_apart(first.precision, second.precision)
    return max(0, 90 - 30 * apart // max(1, allowed)) if apart <= allowed else 0


def years_apart(first: str, second: str = EXACT) -> int:
    """How many years two births of these precisions may lie apart and be one."""
    return max(YEARS_APART.get(first, 0), YEARS_APART.get(second, 0))
