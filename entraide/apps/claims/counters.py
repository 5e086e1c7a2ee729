"""What has been used of the ceilings in a cover year: read, consumed, given back.

The household's row is locked by the caller first, so that two claims of one family never read
the same remainder. ``claims.verification`` recounts every counter from the decisions in force.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import BigIntegerField, DateField, Q

from entraide.apps.access.prepared import Prepared
from entraide.apps.access.prepared_writes import PreparedInsert, PreparedUpdate
from entraide.apps.claims.models import UseCounter
from entraide.core.adjudication.facts import UsedAmounts
from entraide.core.adjudication.running_use import Consumption
from entraide.core.adjudication.scopes import place_of
from entraide.core.care_package import Whose

Scope = tuple[int | None, str]  # person key or None for the household, category or "" for all


@dataclass(frozen=True, slots=True)
class CounterKey:
    """Whose counters, of which cover year."""

    mutual_id: int
    household_id: int
    person_id: int
    year_from: date


_COUNTERS: Prepared[UseCounter] = Prepared(
    lambda household, person, year_from: UseCounter.objects.filter(
        Q(person_id=person) | Q(person__isnull=True),
        household_id=household,
        year_from=year_from,
    ),
    household=BigIntegerField(),
    person=BigIntegerField(),
    year_from=DateField(),
)


_NEW_COUNTERS = PreparedInsert(UseCounter)
_MOVED_COUNTERS = PreparedUpdate(UseCounter, "amount_minor", "case_count")


def read_counters(key: CounterKey) -> dict[Scope, UseCounter]:
    """The counters of a person and of the household, in one query."""
    rows = _COUNTERS.all(household=key.household_id, person=key.person_id, year_from=key.year_from)
    return {(row.person_id, row.category_code): row for row in rows}


def used_amounts(counters: Mapping[Scope, UseCounter], person_id: int) -> UsedAmounts:
    """The same counters as the rules read them."""
    named = {scope: row for scope, row in counters.items() if scope[1] and ":" not in scope[1]}
    person = {c: row for (p, c), row in named.items() if p == person_id}
    household = {c: row for (p, c), row in named.items() if p is None}
    person_all, household_all = counters.get((person_id, "")), counters.get((None, ""))
    return UsedAmounts(
        person_minor={code: row.amount_minor for code, row in person.items()},
        person_count={code: row.case_count for code, row in person.items()},
        household_minor={code: row.amount_minor for code, row in household.items()},
        person_total_minor=person_all.amount_minor if person_all else 0,
        household_total_minor=household_all.amount_minor if household_all else 0,
        scopes={code: row.amount_minor for (_p, code), row in counters.items() if ":" in code},
    )


def scopes_of(person_id: int, used: Consumption) -> dict[Scope, tuple[int, int]]:
    """What a claim adds to each counter: an amount and a number of cases."""
    added: dict[Scope, tuple[int, int]] = {}
    total = sum(used.paid_minor.values())
    if total:
        added = {(person_id, ""): (total, 1), (None, ""): (total, 1)}
    for category, amount in used.paid_minor.items():
        case = int(category in used.cases)
        added[(person_id, category)] = (amount, case)
        added[(None, category)] = (amount, case)
    for key, value in used.year_uses.items():
        added[(person_id if place_of(key)[0] is Whose.PERSON else None, key)] = (value, 1)
    return added


def move_counters(
    key: CounterKey,
    counters: dict[Scope, UseCounter],
    used: Consumption,
    *,
    sign: int = 1,
    is_kept: bool = True,
) -> None:
    """Consume (``sign=1``) or give back (``sign=-1``) what a claim uses; two queries at most.

    Only the counters in hand move when it is not kept.
    """
    changed: list[UseCounter] = []
    made: list[UseCounter] = []
    for (person_id, category), (amount, cases) in scopes_of(key.person_id, used).items():
        row = counters.get((person_id, category))
        if row is None:
            row = UseCounter(
                mutual_id=key.mutual_id,
                household_id=key.household_id,
                person_id=person_id,
                category_code=category,
                year_from=key.year_from,
            )
            counters[(person_id, category)] = row
            made.append(row)
        else:
            changed.append(row)
        row.amount_minor += sign * amount
        # A case given back twice before episodes were one stays at none; ``verify`` recounts it.
        row.case_count = max(0, row.case_count + sign * cases)
    if is_kept:
        _NEW_COUNTERS.all(made)
        _MOVED_COUNTERS.all(changed)
