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
    person = {c: row for (p, c), row in counters.items() if p == person_id and c}
    household = {c: row for (p, c), row in counters.items() if p is None and c}
    person_all, household_all = counters.get((person_id, "")), counters.get((None, ""))
    return UsedAmounts(
        person_minor={code: row.amount_minor for code, row in person.items()},
        person_count={code: row.case_count for code, row in person.items()},
        household_minor={code: row.amount_minor for code, row in household.items()},
        person_total_minor=person_all.amount_minor if person_all else 0,
        household_total_minor=household_all.amount_minor if household_all else 0,
    )


def scopes_of(person_id: int, paid_minor: Mapping[str, int]) -> dict[Scope, tuple[int, int]]:
    """What a claim adds to each counter: an amount and a number of cases."""
    total = sum(paid_minor.values())
    if not total:
        return {}
    added: dict[Scope, tuple[int, int]] = {(person_id, ""): (total, 1), (None, ""): (total, 1)}
    for category, amount in paid_minor.items():
        if amount:
            added[(person_id, category)] = (amount, 1)
            added[(None, category)] = (amount, 1)
    return added


def move_counters(
    key: CounterKey,
    counters: dict[Scope, UseCounter],
    paid_minor: Mapping[str, int],
    *,
    sign: int = 1,
    is_kept: bool = True,
) -> None:
    """Consume (``sign=1``) or give back (``sign=-1``) what a claim pays; two queries at most.

    Only the counters in hand move when it is not kept.
    """
    changed: list[UseCounter] = []
    made: list[UseCounter] = []
    for (person_id, category), (amount, cases) in scopes_of(key.person_id, paid_minor).items():
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
        row.case_count += sign * cases
    if is_kept:
        _NEW_COUNTERS.all(made)
        _MOVED_COUNTERS.all(changed)
