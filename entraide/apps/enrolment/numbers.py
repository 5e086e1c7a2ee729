"""The numbers by which a person is found: the card's, those of earlier cards, the telephones."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from entraide.apps.access.models import User
from entraide.apps.enrolment.history import Act, Change, note
from entraide.apps.enrolment.models import EarlierNumber, Household, Person, PhoneOwner
from entraide.apps.enrolment.search import phone_digits, search_text
from entraide.apps.enrolment.search_index import containing
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal

_BLANKS = re.compile(r"\s+")
LONGEST = 60
# The numbers that this register gives itself: of a family, of a person in it, of a printed card.
_OWN_SERIES = re.compile(r"(F|CARTE)-\d{4}-\d{5,}(-\d+)?")
_WITHOUT_DASHES = re.compile(r"(F|CARTE)(\d{4})(\d{5})(\d{1,2})?")
_DASHES = re.compile(r"[-‐-―_./]")


def number_key(number: str) -> str:
    """A card number as it is looked up: in capitals, without blanks."""
    return _BLANKS.sub("", number).upper()


def number_meant(typed: str) -> str:
    """The number of our series that somebody types in any case, with or without its dashes, or
    with blanks in their place; any other as it is looked up."""
    key = number_key(typed)
    meant = _WITHOUT_DASHES.fullmatch(_DASHES.sub("", key))
    if meant is None or is_of_own_series(key):
        return key
    return "-".join(part for part in meant.groups() if part)


def is_of_own_series(number: str) -> bool:
    """Whether a number has the form of those that we give: it is nobody’s but by our giving it."""
    return _OWN_SERIES.fullmatch(number_key(number)) is not None


def is_borne(mutual: Mutual, number: str) -> bool:
    """Whether a family, or a person by a rank in it, bears this number of a family already."""
    persons = Person.objects.filter(mutual=mutual, number__startswith=f"{number}-")
    return Household.objects.filter(mutual=mutual, number=number).exists() or persons.exists()


@command("record_earlier_number", right=Right.ENROL)
def record_earlier_number(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    person: Person,
    number: str,
    source: str = "import",
) -> EarlierNumber:
    """A number that the person's card bore before; with it they are found from now on.

    Refused with ``EARLIER_NUMBER_MISSING``, ``EARLIER_NUMBER_TAKEN`` when another person has it, or
    ``NUMBER_OF_OWN_SERIES`` for one that we may give to somebody tomorrow.
    Recording it again for the same person changes nothing.
    """
    known = EarlierNumber.objects.filter(mutual=mutual, key=number_key(number)).first()
    if known is not None and known.person_id == person.pk:
        return known
    row = keep_number(person, number, source=source)
    write_search_text([person])
    note(Act(actor, on), person.household, Change.EARLIER_NUMBER, person=person, after=row.number)
    return row


def keep_number(person: Person, number: str, *, source: str) -> EarlierNumber:
    """The row of an earlier number, inside the caller's transaction; see the command."""
    written, key = number.strip(), number_key(number)
    if not key or len(written) > LONGEST:
        raise Refusal("EARLIER_NUMBER_MISSING", place="number", longest=LONGEST)
    taken = Person.objects.filter(mutual=person.mutual_id, number=key).exclude(pk=person.pk)
    earlier = EarlierNumber.objects.filter(mutual=person.mutual_id, key=key)
    holder = taken.first() or next((row.person for row in earlier.select_related("person")), None)
    if holder is not None:
        raise Refusal(
            "EARLIER_NUMBER_TAKEN", place="number", number=written, person=holder.full_name
        )
    if is_of_own_series(key):
        raise Refusal("NUMBER_OF_OWN_SERIES", place="number", number=written)
    return EarlierNumber.objects.create(
        mutual_id=person.mutual_id, person=person, number=written, key=key, source=source
    )


def write_search_text(persons: Sequence[Person], *, household: Household | None = None) -> None:
    """Make persons of one household findable by what the register says of them now."""
    if not persons:
        return
    home = household or persons[0].household
    earlier: dict[int, list[str]] = {}
    rows = EarlierNumber.objects.filter(person__in=persons).order_by("id")
    merged = Person.objects.filter(merged_into__in=persons).order_by("id")
    merged_rows = EarlierNumber.objects.filter(person__merged_into__in=persons).order_by("id")
    for person_id, number in (
        *rows.values_list("person_id", "number"),
        *merged.values_list("merged_into_id", "number"),
        *merged_rows.values_list("person__merged_into_id", "number"),
    ):
        earlier.setdefault(person_id, []).append(number)
    for person in persons:
        person.search_text = search_text(
            full_name=person.full_name,
            number=person.number,
            phones=(person.phone, home.phone),
            earlier_numbers=tuple(earlier.get(person.pk, ())),
        )
    Person.objects.bulk_update(persons, ["search_text"])


def may_hear_of_health(person: Person) -> bool:
    """Whether a text about health may go to the telephone of a person.

    Only to a telephone that is said to be their own, and that nobody else of the mutual is called
    on: who is ill stays between the mutual and the person.
    """
    digits = phone_digits(person.phone)
    if not digits or person.phone_owner != PhoneOwner.OWN:
        return False
    sharers = containing(Person.objects.filter(mutual=person.mutual_id), (digits,))
    return not any(phone_digits(other.phone) == digits for other in sharers.exclude(pk=person.pk))
