"""Two or three months with the old tool beside this one: what its month says otherwise.

Nothing is written. Members are compared by their card, contributions by their receipt.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from entraide.apps.contributions.models import ContributionPayment
from entraide.apps.enrolment.facts import covered_until
from entraide.apps.enrolment.models import Person
from entraide.apps.enrolment.search import name_key
from entraide.apps.enrolment.selectors import present_persons
from entraide.apps.schemes.models import Mutual
from entraide.core.errors import Refusal
from entraide.exchange.registers.cards import covers_by_household, persons_by_card
from entraide.files.table_reading import Table, TableRow

COMPARED = ("members", "contributions")


class Difference(StrEnum):
    """How the two registers disagree."""

    MISSING_HERE = "missing_here"
    MISSING_THERE = "missing_there"
    NAME = "name"
    BIRTH = "birth"
    STATUS = "status"  # another last day of cover, or gone in one of them
    AMOUNT = "amount"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Differing:
    """One difference: the card or receipt, what the file says, what is here, and whose it is."""

    kind: Difference
    number: str
    there: Any
    here: Any
    row: int = 0
    name: str = ""
    household_uid: UUID | None = None


def differences(table: Table, mutual: Mutual, on: date) -> list[Differing]:
    """What the table of another program says otherwise than the registers on a day.

    Refused with ``TABLE_NOT_COMPARED`` for a table that is neither members nor contributions.
    """
    if table.profile.kind == "members":
        found = list(_members(table, mutual, on))
    elif table.profile.kind == "contributions":
        found = list(_contributions(table, mutual))
    else:
        raise Refusal("TABLE_NOT_COMPARED", place="profile")
    order = list(Difference)
    return sorted(found, key=lambda each: (order.index(each.kind), each.row, each.number))


def _members(table: Table, mutual: Mutual, on: date) -> Iterator[Differing]:
    rows = {row.text("card_number").upper(): row for row in table.rows if row.text("card_number")}
    people = persons_by_card(mutual, rows)
    covers = covers_by_household(person.household for person in people.values())
    for number, row in rows.items():
        person = people.get(number)
        name = f"{row.text('name')} {row.text('given_name')}".strip()
        if person is None:
            if row.get("left_on") is None:
                yield Differing(Difference.MISSING_HERE, number, name, "", row.number, name)
            continue
        uid = person.household.uid
        if name_key(name) != name_key(person.full_name):
            yield Differing(Difference.NAME, number, name, person.full_name, row.number, name, uid)
        birth = row.values["birth"]
        if (birth.on, birth.precision) != (person.birth_on, person.birth_precision):
            yield Differing(
                Difference.BIRTH, number, birth.on, person.birth_on, row.number, name, uid
            )
        own = covers.get(person.household_id, [])
        last: Any = covered_until(own[-1]) - timedelta(days=1) if own else None
        there = row.get("left_on") or row.get("cover_last_on")
        here = person.exited_on or last
        if there is not None and there != here:
            yield Differing(Difference.STATUS, number, there, here or "", row.number, name, uid)
    if not rows:
        return
    others = Person.objects.filter(present_persons(on), mutual=mutual).select_related("household")
    for person in others.order_by("number").iterator():
        if person.number.upper() not in rows:
            yield Differing(
                Difference.MISSING_THERE, person.number, "", person.full_name,
                name=person.full_name, household_uid=person.household.uid,
            )  # fmt: skip


def _contributions(table: Table, mutual: Mutual) -> Iterator[Differing]:
    """By the number of the receipt, ours (``REC-…``, ``BMAS-…``) or that of the paper booklet."""
    if not table.rows:
        return
    system = table.profile.system
    first = min(row.values["paid_on"] for row in table.rows)
    last = max(row.values["paid_on"] for row in table.rows)
    payments = ContributionPayment.objects.filter(
        mutual=mutual, paid_on__gte=first, paid_on__lte=last, reversed_on__isnull=True
    ).select_related("household")
    ours: dict[str, ContributionPayment] = {}
    for payment in payments:
        number = payment.paper_number or payment.document_number.removeprefix(f"{system}-")
        ours[number.upper()] = payment
    told: set[str] = set()
    for row in table.rows:
        number = row.text("receipt_number").upper()
        told.add(number)
        yield from _receipt(row, number, ours.get(number))
    for number, payment in sorted(ours.items()):
        if number not in told:
            household = payment.household
            yield Differing(
                Difference.MISSING_THERE, payment.document_number, "", payment.amount_minor,
                name=household.number if household else "",
                household_uid=household.uid if household else None,
            )  # fmt: skip


def _receipt(
    row: TableRow, number: str, payment: ContributionPayment | None
) -> Iterator[Differing]:
    there, name = row.values["amount_minor"], row.text("household_number")
    if payment is None:
        yield Differing(Difference.MISSING_HERE, number or "–", there, "", row.number, name)
        return
    uid = payment.household.uid if payment.household else None
    if there != payment.amount_minor:
        yield Differing(
            Difference.AMOUNT, number, there, payment.amount_minor, row.number, name, uid
        )
    if row.values["paid_on"] != payment.paid_on:
        yield Differing(
            Difference.DAY, number, row.values["paid_on"], payment.paid_on, row.number, name, uid
        )
