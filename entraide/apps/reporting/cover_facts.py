"""The facts of covers: who was covered in which month, at risk of what, and what came after.

A cover counts while nothing of it is unpaid beyond the days of grace, as rights do on each day
(``core.enrolment.rights_on``); a photo that is missing does not take a person out of the count.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from entraide.apps.contributions.models import ContributionDue, Payer, PaymentAllocation
from entraide.apps.enrolment.facts import person_cover
from entraide.apps.enrolment.models import Membership, Person
from entraide.apps.reporting.month_grid import Spread, ages, months_later, spread
from entraide.apps.reporting.table_writing import table, taken
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.selectors import rules_of
from entraide.core.periods import Period
from entraide.core.product import Product
from entraide.indicators.schema import AGE_BANDS


@dataclass(frozen=True, slots=True)
class Belonging:
    """Where a row belongs: product, partner group, kind of group, place. Texts, empty if none."""

    product: str
    group: str
    group_kind: str
    area: str


@dataclass(frozen=True, slots=True)
class Spell:
    """A person under one paid-up stretch of a cover; ``at_risk_from`` starts waiting periods."""

    person: Person
    membership: Membership
    start: date
    until: date
    at_risk_from: date


def memberships_of(mutual: Mutual) -> list[Membership]:
    """Every cover of a mutual, by household and time, with what describes it."""
    return list(
        Membership.objects.filter(mutual=mutual)
        .select_related(
            "household__area", "household__group", "group", "product", "product_version"
        )
        .order_by("household_id", "effective_from", "id")
    )


def belonging(membership: Membership) -> Belonging:
    """Where a cover belongs; its own group, else the household's."""
    group = membership.group or membership.household.group
    area = membership.household.area
    return Belonging(
        membership.product.code,
        str(group.uid) if group else "",
        group.kind if group else "",
        area.name if area else "",
    )


def ends_on(membership: Membership) -> date:
    """The first day without the cover: its term, or an earlier end."""
    return min(membership.ended_on or membership.effective_until, membership.effective_until)


def rules_at(membership: Membership, day: date) -> Product:
    """The rules of a cover on a day, not before they begin."""
    rules = rules_of(membership.product_version)
    return rules.on(max(day, rules.begins_on))


def unpaid_stretches(mutual: Mutual, memberships: Iterable[Membership]) -> dict[int, list[Period]]:
    """The days on which each cover was suspended for arrears, by membership: from the end of the
    grace of a due of the household until the day it was paid in full. Two queries."""
    by_id = {membership.pk: membership for membership in memberships}
    receipts: dict[int, list[tuple[date, int]]] = defaultdict(list)
    standing = PaymentAllocation.objects.filter(mutual=mutual, payment__reversed_on__isnull=True)
    rows = standing.values_list("due_id", "payment__paid_on", "amount_minor")
    for due_id, paid_on, amount_minor in rows.order_by("payment__paid_on", "id"):
        receipts[due_id].append((paid_on, amount_minor))
    dues = ContributionDue.objects.filter(
        mutual=mutual, payer=Payer.HOUSEHOLD, cancelled_on__isnull=True
    ).values_list("id", "membership_id", "due_on", "amount_minor")
    stretches: dict[int, list[Period]] = defaultdict(list)
    for due_id, membership_id, due_on, amount_minor in dues:
        membership = by_id[membership_id]
        grace = rules_at(membership, due_on).membership.payment_grace_days
        late_from = due_on + timedelta(days=grace + 1)
        until = min(_paid_in_full_on(receipts[due_id], amount_minor), ends_on(membership))
        if late_from < until:
            stretches[membership_id].append(Period(late_from, until))
    return stretches


def _paid_in_full_on(receipts: Iterable[tuple[date, int]], amount_minor: int) -> date:
    paid_minor = 0
    for paid_on, part_minor in receipts:
        paid_minor += part_minor
        if paid_minor >= amount_minor:
            return paid_on
    return date.max


def without(period: Period, stretches: Iterable[Period]) -> Iterator[Period]:
    """What is left of a period once the stretches are taken out, in order."""
    start = period.start
    for stretch in sorted(stretches):
        before = min(stretch.start, period.until)
        if start < before:
            yield Period(start, before)
        start = max(start, stretch.until)
    if start < period.until:
        yield Period(start, period.until)


def spells(
    memberships: Iterable[Membership],
    persons: Mapping[int, list[Person]],
    stretches: Mapping[int, list[Period]],
) -> Iterator[Spell]:
    """Each person of each cover, over each stretch in which the cover was paid up."""
    for membership in memberships:
        until = ends_on(membership)
        if membership.effective_from >= until:
            continue
        cover = Period(membership.effective_from, until)
        paid_up = list(without(cover, stretches.get(membership.pk, ())))
        for person in persons.get(membership.household_id, ()):
            present = _presence(person)
            cover_of_person = person_cover(person, membership)
            since = membership.seniority_from
            if not cover_of_person.is_newborn:
                since = max(since, person.entered_on)
            for stretch in paid_up:
                inside = stretch.overlap(present) if present else None
                if inside is not None:
                    yield Spell(person, membership, inside.start, inside.until, since)


def _presence(person: Person) -> Period | None:
    """The days on which a person is in the household; covered on the day of death."""
    ends = [person.exited_on or date.max]
    if person.died_on is not None:
        ends.append(person.died_on + timedelta(days=1))
    return Period(person.entered_on, min(ends)) if person.entered_on < min(ends) else None


def persons_by_household(mutual: Mutual) -> dict[int, list[Person]]:
    """Everyone ever entered, by household."""
    by_household: dict[int, list[Person]] = defaultdict(list)
    for person in Person.objects.filter(mutual=mutual).order_by("id"):
        by_household[person.household_id].append(person)
    return by_household


def age_bands(born: Any, on: Any) -> list[str]:
    """The age band on a day of each person born on a day."""
    edges = np.array([edge for edge, _ in AGE_BANDS])
    names = [name for _, name in AGE_BANDS]
    places = np.minimum(np.searchsorted(edges, ages(born, on), side="right"), len(names) - 1)
    return [names[place] for place in places]


def _days(values: Iterable[date]) -> Any:
    return np.array(list(values), dtype="M8[D]")


class _Columns:
    """The spells as columns, and the texts that describe each."""

    def __init__(self, rows: list[Spell]) -> None:
        self.rows = rows
        self.starts = _days(spell.start for spell in rows)
        self.untils = _days(spell.until for spell in rows)
        self.since = _days(spell.at_risk_from for spell in rows)
        self.born = _days(spell.person.birth_on for spell in rows)
        belongings: dict[int, Belonging] = {}
        for spell in rows:
            if spell.membership.pk not in belongings:
                belongings[spell.membership.pk] = belonging(spell.membership)
        places = [belongings[spell.membership.pk] for spell in rows]
        self.texts = {
            "person": [str(spell.person.uid) for spell in rows],
            "household": [str(spell.membership.household.uid) for spell in rows],
            "sex": [spell.person.sex for spell in rows],
            "group": [place.group for place in places],
            "product": [place.product for place in places],
            "group_kind": [place.group_kind for place in places],
            "area": [place.area for place in places],
        }

    def described(self, parts: Spread, names: tuple[str, ...]) -> dict[str, Any]:
        columns: dict[str, Any] = {name: taken(self.texts[name], parts.row) for name in names}
        columns["age_band"] = pa.array(age_bands(self.born[parts.row], parts.month), pa.string())
        return columns


_OF_PERSON = ("person", "household", "group", "product", "group_kind", "area", "sex")
_OF_RISK = ("product", "group_kind", "area", "sex")


def cover_tables(mutual: Mutual, memberships: list[Membership]) -> dict[str, pa.Table]:
    """``cover_month``, ``risk_month`` and ``membership``. The months to come are there too, as if
    nothing more fell into arrears: no report reads them."""
    stretches = unpaid_stretches(mutual, memberships)
    columns = _Columns(list(spells(memberships, persons_by_household(mutual), stretches)))
    parts = spread(columns.starts, columns.untils)
    cover = {
        "month": parts.month,
        **columns.described(parts, _OF_PERSON),
        "days": parts.days,
        "days_of_month": parts.days_of_month,
        "is_on_last_day": parts.reaches_the_end,
    }
    return {
        "cover_month": table("cover_month", cover),
        "risk_month": _risk_table(columns),
        "membership": _membership_table(memberships),
    }


def _waiting_months(spell_rows: list[Spell]) -> dict[str, Any]:
    """The waiting months of each category that any cover knows: −1 where it is not covered."""
    by_cover: dict[tuple[int, date], dict[str, int]] = {}
    found: list[dict[str, int]] = []
    for spell in spell_rows:
        key = (spell.membership.product_version_id, spell.membership.effective_from)
        if key not in by_cover:
            product = rules_at(spell.membership, spell.membership.effective_from)
            by_cover[key] = {
                benefit.category: benefit.waiting_period_months or 0
                for benefit in product.benefits
                if benefit.is_covered
            }
        found.append(by_cover[key])
    categories = sorted({category for each in by_cover.values() for category in each})
    return {
        category: np.array([each.get(category, -1) for each in found]) for category in categories
    }


def _risk_table(columns: _Columns) -> pa.Table:
    """Days at risk by category, month and kind of person, summed: no person stands in it."""
    tables = []
    for category, waiting in _waiting_months(columns.rows).items():
        for months in np.unique(waiting[waiting >= 0]):
            starts = np.maximum(columns.starts, months_later(columns.since, int(months)))
            chosen = np.flatnonzero((waiting == months) & (starts < columns.untils))
            if not len(chosen):
                continue
            parts = spread(starts[chosen], columns.untils[chosen])
            days, parts = parts.days, _rows_of(parts, chosen)
            listed = pa.table(
                {
                    "month": pa.array(parts.month, pa.date32()),
                    **columns.described(parts, _OF_RISK),
                    "days_of_month": pa.array(parts.days_of_month),
                    "person_days": pa.array(days),
                }
            )
            keys = [name for name in listed.column_names if name != "person_days"]
            summed = listed.group_by(keys).aggregate([("person_days", "sum")])
            summed = summed.rename_columns([*keys, "person_days"])
            tables.append(
                summed.append_column("category", pa.array([category] * len(summed), pa.string()))
            )
    empty = table("risk_month", {})
    return pa.concat_tables(
        [empty, *(each.select(empty.column_names).cast(empty.schema) for each in tables)]
    )


def _rows_of(parts: Spread, chosen: Any) -> Spread:
    """The same parts, their rows named in the whole list."""
    return Spread(chosen[parts.row], parts.month, parts.start, parts.until, parts.days_of_month)


def _membership_table(memberships: list[Membership]) -> pa.Table:
    counted: dict[int, list[Membership]] = defaultdict(list)
    for membership in memberships:
        if membership.effective_from < ends_on(membership):
            counted[membership.household_id].append(membership)
    rows = []
    for covers in counted.values():
        for rank, membership in enumerate(covers):
            place = belonging(membership)
            rows.append(
                (
                    str(membership.uid),
                    str(membership.household.uid),
                    place,
                    membership.effective_from,
                    ends_on(membership),
                    rank == 0,
                    rank + 1 < len(covers),
                )
            )
    uids, households, places, starts, ends, first, followed = (
        [list(column) for column in zip(*rows, strict=True)] if rows else [[]] * 7
    )
    return table(
        "membership",
        {
            "uid": uids,
            "household": households,
            "group": [place.group for place in places],
            "product": [place.product for place in places],
            "group_kind": [place.group_kind for place in places],
            "area": [place.area for place in places],
            "starts_on": starts,
            "ends_on": ends,
            "is_first": first,
            "is_followed": followed,
        },
    )
