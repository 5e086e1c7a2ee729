"""The numbers of old cards in a table of members: which stay, which find somebody beside ours."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from entraide.apps.enrolment.models import EarlierNumber, Household, Person
from entraide.apps.enrolment.numbers import is_of_own_series, number_key
from entraide.exchange.registers.cards import persons_by_card
from entraide.exchange.registers.family_rows import FamilyRows
from entraide.exchange.registers.plan import Asked, Plan
from entraide.files.table_reading import TableRow

_AT_A_TIME = 500


def require_free_cards(asked: Asked, plan: Plan, fresh: Sequence[FamilyRows]) -> None:
    """Old cards stay valid: a number of the file that somebody here bears is a fault.

    So is one that we would give somebody later, be it of a card or of a family.
    """
    if not asked.table.profile.is_takeover:
        return
    wanted = {
        row.text("card_number"): row for each in fresh for row in each.rows
    }  # the table itself has refused a card that stands twice
    numbers = [number for number in wanted if number]
    for start in range(0, len(numbers), _AT_A_TIME):
        chunk = numbers[start : start + _AT_A_TIME]
        taken = Person.objects.filter(mutual=asked.mutual, number__in=chunk)
        bearers = dict(taken.values_list("number", "name"))
        keys = {number_key(number): number for number in chunk if number not in bearers}
        earlier = EarlierNumber.objects.filter(mutual=asked.mutual, key__in=list(keys))
        for key, name in earlier.values_list("key", "person__name"):
            bearers[keys[key]] = name
        for number, name in bearers.items():
            plan.faults.append(
                wanted[number].fault("CARD_NUMBER_TAKEN", "card_number", number=number, name=name)
            )
        for number in chunk:
            if number not in bearers:
                refuse_own_series(plan, wanted[number], "card_number")
    homes = {each.number: each.member for each in fresh if each.number}
    known = list(homes)
    for start in range(0, len(known), _AT_A_TIME):
        chunk = known[start : start + _AT_A_TIME]
        found = Household.objects.filter(mutual=asked.mutual, number__in=chunk)
        taken_homes = set(found.values_list("number", flat=True))
        for number in chunk:
            if number in taken_homes:
                row = homes[number]
                plan.faults.append(
                    row.fault("CARD_NUMBER_TAKEN", "household_number", number=number, name="")
                )
            else:
                refuse_own_series(plan, homes[number], "household_number")


def refuse_own_series(plan: Plan, row: TableRow, name: str) -> bool:
    """A fault at the number of a row that nobody bears, when it is one that we give; whether."""
    number = row.text(name)
    if not is_of_own_series(number):
        return False
    plan.faults.append(row.fault("NUMBER_OF_OWN_SERIES", name, number=number))
    return True


def numbers_kept(asked: Asked, plan: Plan, fresh: Iterable[FamilyRows]) -> dict[int, str]:
    """``id`` of a row → the number by which its person is found beside the card's own.

    A card taken over keeps its number; one with blanks or small letters is also found as it is
    typed. Where we give the number, that of the list is an earlier one; when it is somebody
    else's already, it is told and not kept.
    """
    is_takeover = asked.table.profile.is_takeover
    wanted: dict[str, TableRow] = {}
    for row in (row for each in fresh for row in each.rows):
        number = row.text("card_number") if is_takeover else earlier_number_of(row)
        if number and not (is_takeover and number == number_key(number)):
            wanted.setdefault(number_key(number), row)
    taken = persons_by_card(asked.mutual, wanted)
    for key in [key for key in wanted if key in taken]:
        row = wanted.pop(key)
        plan.remarks.append(
            row.fault("EARLIER_NUMBER_TAKEN", "card_number", number=row.text("card_number"),
                      person=taken[key].full_name)
        )  # fmt: skip
    if not is_takeover:  # a card taken over was asked about before
        for row in wanted.values():
            refuse_own_series(plan, row, "card_number")
    return {id(row): row.text("card_number") for row in wanted.values()}


def earlier_number_of(row: TableRow) -> str:
    """The number of a card that a row says; empty for one so short that it only counts rows."""
    number = row.text("card_number")
    return "" if number.isdigit() and len(number) < 4 else number
