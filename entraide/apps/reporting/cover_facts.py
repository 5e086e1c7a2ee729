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
from django.db.models import Sum

from entraide.apps.contributions.models import ContributionDue, Payer, PaymentAllocation
from entraide.apps.enrolment.facts import person_cover
from entraide.apps.reporting.household_moves import move_table
from entraide.apps.reporting.month_grid import Spread, ages, months_later, spread
from entraide.apps.reporting.registers import CoverRow, PersonRow, Registers
from entraide.apps.reporting.table_writing import table
from entraide.apps.schemes.models import Mutual
from entraide.core.periods import Period
from entraide.indicators.schema import AGE_BANDS


@dataclass(frozen=True, slots=True)
class Spell:
    """A person under one paid-up stretch of a cover; ``at_risk_from`` starts waiting periods."""

    person: PersonRow
    cover: CoverRow
    start: date
    until: date
    at_risk_from: date


def unpaid_stretches(mutual: Mutual, registers: Registers) -> dict[int, list[Period]]:
    """The days on which each cover was suspended for arrears, by cover: from the end of the grace
    of a due of the household until the day it was paid in full. Two queries."""
    by_id = {cover.pk: cover for cover in registers.covers}
    receipts: dict[int, list[tuple[date, int]]] = defaultdict(list)
    standing = PaymentAllocation.objects.filter(mutual=mutual, payment__reversed_on__isnull=True)
    # By receipt: what was moved to another family stands twice, once negative.
    rows = standing.values_list("due_id", "payment__paid_on", "payment_id")
    for due_id, paid_on, _payment, amount_minor in rows.annotate(
        total=Sum("amount_minor")
    ).order_by("payment__paid_on", "payment_id"):
        receipts[due_id].append((paid_on, amount_minor))
    dues = ContributionDue.objects.filter(
        mutual=mutual, payer=Payer.HOUSEHOLD, cancelled_on__isnull=True
    ).values_list("id", "membership_id", "due_on", "amount_minor")
    stretches: dict[int, list[Period]] = defaultdict(list)
    for due_id, membership_id, due_on, amount_minor in dues:
        cover = by_id[membership_id]
        grace = registers.rules_at(cover, due_on).membership.payment_grace_days
        late_from = due_on + timedelta(days=grace + 1)
        until = min(_paid_in_full_on(receipts[due_id], amount_minor), cover.ends_on)
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


def spells(registers: Registers, stretches: Mapping[int, list[Period]]) -> Iterator[Spell]:
    """Each person of each cover, over each stretch in which the cover was paid up."""
    for cover in registers.covers:
        if cover.starts_on >= cover.ends_on:
            continue
        paid_up = list(without(Period(cover.starts_on, cover.ends_on), stretches.get(cover.pk, ())))
        for person in registers.persons.get(cover.household_id, ()):
            present = _presence(person)
            since, as_core = cover.seniority_from, person_cover(person, cover)
            if not as_core.is_newborn:
                since = max(since, person.entered_on)
            if not cover.waits:
                since = date(1900, 1, 1)  # every waiting period is over
            for stretch in paid_up:
                inside = stretch.overlap(present) if present else None
                if inside is None:
                    continue
                for covered in without(inside, [as_core.lapse] if as_core.lapse else ()):
                    yield Spell(person, cover, covered.start, covered.until, since)


def _presence(person: PersonRow) -> Period | None:
    """The days on which a person is in the household; covered on the day of death."""
    ends = [person.exited_on or date.max]
    if person.died_on is not None:
        ends.append(person.died_on + timedelta(days=1))
    return Period(person.entered_on, min(ends)) if person.entered_on < min(ends) else None


def age_bands(born: Any, on: Any) -> pa.DictionaryArray:
    """The age band on a day of each person born on a day."""
    edges = np.array([edge for edge, _ in AGE_BANDS])
    places = np.minimum(np.searchsorted(edges, ages(born, on), side="right"), len(edges) - 1)
    return pa.DictionaryArray.from_arrays(
        pa.array(places.astype(np.int32)), [name for _, name in AGE_BANDS]
    )


def cover_tables(mutual: Mutual, registers: Registers) -> dict[str, pa.Table]:
    """``cover_month``, ``risk_month``, ``membership`` and ``household_move``. The months to come
    are there too, as if nothing more fell into arrears: no report reads them."""
    stretches = unpaid_stretches(mutual, registers)
    rows = list(spells(registers, stretches))
    parts = spread(_days(row.start for row in rows), _days(row.until for row in rows))
    described = _described(rows, parts, registers)
    cover = {
        "month": parts.month,
        **described,
        "days": parts.days,
        "days_of_month": parts.days_of_month,
        "is_on_last_day": parts.reaches_the_end,
    }
    return {
        "cover_month": table("cover_month", cover),
        "risk_month": _risk_table(rows, parts, described, registers),
        "membership": _membership_table(registers),
        "household_move": move_table(registers, _covered_at_month_ends(rows, parts), stretches),
    }


def _covered_at_month_ends(rows: list[Spell], parts: Spread) -> dict[int, set[date]]:
    """The months at whose end each household has a person under a paid-up cover."""
    reached = np.flatnonzero(parts.reaches_the_end)
    households = np.array([row.cover.household_id for row in rows], dtype=np.int64)
    covered: dict[int, set[date]] = defaultdict(set)
    owners = households[parts.row[reached]].tolist()
    months = parts.month[reached].astype("M8[D]").tolist()
    for household_id, month in zip(owners, months, strict=True):
        covered[household_id].add(month)
    return covered


def _days(values: Iterable[date]) -> Any:
    return np.array(list(values), dtype="M8[D]")


def _described(
    rows: list[Spell], parts: Spread, registers: Registers
) -> dict[str, pa.DictionaryArray]:
    """What each part is about; each distinct text is kept once."""
    born = _days(row.person.birth_on for row in rows)
    texts = {
        "person": [row.person.uid for row in rows],
        "household": [registers.household_keys[row.cover.household_id] for row in rows],
        "group": [row.cover.belonging.group for row in rows],
        "product": [row.cover.belonging.product for row in rows],
        "group_kind": [row.cover.belonging.group_kind for row in rows],
        "area": [row.cover.belonging.area for row in rows],
        "sex": [row.person.sex for row in rows],
    }
    place = pa.array(parts.row)
    columns = {
        name: pa.array(values, pa.string()).dictionary_encode().take(place)
        for name, values in texts.items()
    }
    return {**columns, "age_band": age_bands(born[parts.row], parts.month)}


_OF_RISK = ("product", "group_kind", "area", "sex", "age_band")


def _risk_table(
    rows: list[Spell],
    parts: Spread,
    described: Mapping[str, pa.DictionaryArray],
    registers: Registers,
) -> pa.Table:
    """Days at risk by category, month and kind of person, summed: no person stands in it."""
    first, kind_of_part = _kinds(parts, described)
    since = _days(row.at_risk_from for row in rows)
    tables = []
    for category, waiting in _waiting_months(rows, registers).items():
        days = np.zeros(len(parts.row), dtype=np.int64)
        for months in np.unique(waiting[waiting >= 0]):
            opens = months_later(since, int(months))[parts.row]
            at_risk = (parts.until - np.maximum(parts.start, opens)).astype(np.int64)
            days = np.where(waiting[parts.row] == months, np.maximum(at_risk, 0), days)
        # Sums of days stay far below 2^53, where the counting in floats ceases to be exact.
        sums = np.bincount(kind_of_part, weights=days, minlength=len(first)).astype(np.int64)
        chosen = np.flatnonzero(sums)
        place = first[chosen]
        columns: dict[str, Any] = {
            "month": parts.month[place],
            "category": pa.array([category] * len(chosen), pa.string()),
            "person_days": sums[chosen],
            "days_of_month": parts.days_of_month[place],
        }
        columns |= {name: described[name].take(pa.array(place)) for name in _OF_RISK}
        tables.append(table("risk_month", columns))
    return pa.concat_tables([table("risk_month", {}), *tables])


def _kinds(parts: Spread, described: Mapping[str, pa.DictionaryArray]) -> tuple[Any, Any]:
    """The first part of each kind (month, product, place, sex, age …), and the kind of each."""
    kind = parts.month.astype("M8[M]").astype(np.int64)
    for name in _OF_RISK:
        codes = described[name].indices.to_numpy(zero_copy_only=False)
        kind = kind * (len(described[name].dictionary) + 1) + codes
    _, first, of_part = np.unique(kind, return_index=True, return_inverse=True)
    return first, of_part


def _waiting_months(rows: list[Spell], registers: Registers) -> dict[str, Any]:
    """The waiting months of each category that any cover knows: −1 where it is not covered."""
    by_cover: dict[tuple[int, date], dict[str, int]] = {}
    found: list[dict[str, int]] = []
    for row in rows:
        key = (row.cover.version_id, row.cover.starts_on)
        if key not in by_cover:
            by_cover[key] = {
                benefit.category: benefit.waiting_period_months or 0
                for benefit in registers.rules_at(row.cover, row.cover.starts_on).benefits
                if benefit.is_covered
            }
        found.append(by_cover[key])
    categories = sorted({category for each in by_cover.values() for category in each})
    return {
        category: np.array([each.get(category, -1) for each in found]) for category in categories
    }


def _membership_table(registers: Registers) -> pa.Table:
    by_household: dict[int, list[CoverRow]] = defaultdict(list)
    for cover in registers.covers:
        if cover.starts_on < cover.ends_on:
            by_household[cover.household_id].append(cover)
    ranked = [
        (cover, rank == 0, covers[rank + 1] if rank + 1 < len(covers) else None, covers[0])
        for covers in by_household.values()
        for rank, cover in enumerate(covers)
    ]
    if not ranked:
        return table("membership", {})
    return table(
        "membership",
        {
            "uid": [cover.uid for cover, *_ in ranked],
            "household": [registers.household_keys[cover.household_id] for cover, *_ in ranked],
            "group": [cover.belonging.group for cover, *_ in ranked],
            "product": [cover.belonging.product for cover, *_ in ranked],
            "group_kind": [cover.belonging.group_kind for cover, *_ in ranked],
            "area": [cover.belonging.area for cover, *_ in ranked],
            "starts_on": [cover.starts_on for cover, *_ in ranked],
            "ends_on": [cover.ends_on for cover, *_ in ranked],
            "is_first": [is_first for _, is_first, *_ in ranked],
            "is_followed": [following is not None for _, _, following, _ in ranked],
            "is_early": [cover.ends_on < cover.term_on for cover, *_ in ranked],
            "days_to_next": [
                (following.starts_on - cover.ends_on).days if following else -1
                for cover, _, following, _ in ranked
            ],
            "cohort": [str(first.starts_on.year) for *_, first in ranked],
        },
    )
