"""What the rules would decide of care asked for beforehand: inside ``scope(mutual=…)``."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from entraide.apps.claims.around import household_size_on, lists_of
from entraide.apps.claims.counters import read_counters, used_amounts
from entraide.apps.claims.gathering import counter_key, nothing_promised
from entraide.apps.contributions.selectors import standing_on
from entraide.apps.enrolment.models import Person
from entraide.apps.nomenclature.models import CareCategory, CareItem
from entraide.apps.providers.models import Provider
from entraide.core.adjudication.facts import (
    NOTHING_USED,
    Context,
    CoverFacts,
    LineFacts,
    PatientFacts,
)
from entraide.core.adjudication.foreseen import Foreseen, foreseen
from entraide.core.care_package import Sector
from entraide.core.errors import Finding

UNPAID = "CONTRIBUTION_UNPAID"
_BEGINS = ("waiting_until", "starts_on", "entered_on")  # from when a refusal says that care is paid
_ENDS_ON = ("COVER_EXPIRED", "last_on"), ("NEWBORN_NOT_REGISTERED", "last_on")
_ENDS_BEFORE = ("MEMBERSHIP_ENDED", "ended_on"), ("PERSON_EXITED", "exited_on")


@dataclass(frozen=True, slots=True)
class CareAsked:
    """Care that the mutual is asked to agree to: whose, which, where (None: anywhere)."""

    person: Person
    category: CareCategory
    care_item: CareItem | None = None
    provider: Provider | None = None


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the rules would decide on the first and on the last of some days.

    ``pays_from`` and ``pays_until``: the days among them, half-open, on which they would pay;
    None where they would pay on none that is known.
    """

    first: Foreseen
    last: Foreseen
    pays_from: date | None
    pays_until: date | None

    @property
    def is_refused_somewhere(self) -> bool:
        """Whether the rules would pay nothing on the first or on the last of these days."""
        return self.first.is_refused or self.last.is_refused


def outlook(care: CareAsked, effective_from: date, effective_until: date, on: date) -> Outlook:
    """What the rules would decide of care in ``[effective_from, effective_until)``, as far as the
    registers tell ``on`` a day."""
    first = foreseen_on(care, effective_from, on)
    last = foreseen_on(care, max(effective_from, effective_until - timedelta(days=1)), on)
    begins = effective_from if not first.is_refused else _opens_on(care, first, effective_until, on)
    ends: date | None = effective_until
    if last.is_refused:
        ends = _closes_on(last)
    if begins is None or ends is None or not begins < ends <= effective_until:
        return Outlook(first, last, None, None)
    return Outlook(first, last, begins, ends)


def foreseen_on(care: CareAsked, care_on: date, on: date) -> Foreseen:
    """What the rules would decide of care on one day, as the registers stand ``on`` a day.

    Anywhere: at whichever kind of provider the product pays. A contribution that falls due after
    ``on`` may be paid in time (``Foreseen.is_open_later``).
    """
    context = _context(care.person, care_on)
    line = _line(care)
    sectors = tuple(Sector) if care.provider is None else (Sector(care.provider.sector),)
    found = [foreseen(line, context, care_on=care_on, sector=each) for each in sectors]
    best = next((each for each in found if each.refusal is None), found[0])
    if best.refusal is not None and best.refusal.code == UNPAID and care_on > on:
        today = standing_on(care.person, on).rights.reasons
        is_late = any(each.code == UNPAID for each in today)
        return replace(best, is_open_later=not is_late)
    return best


def faults_of_promise(
    care: CareAsked,
    effective_from: date,
    effective_until: date,
    amount_minor: int | None,
    on: date,
) -> tuple[Finding, ...]:
    """Why the mutual cannot promise care of these days: its rules would refuse it.

    ``PRE_AUTHORISATION_NOT_PAYABLE`` for the first or the last day, each followed by the reason;
    ``PRE_AUTHORISATION_ABOVE_CEILINGS`` for more than the ceilings of the year leave.
    """
    seen = outlook(care, effective_from, effective_until, on)
    findings: list[Finding] = []
    ends = (("effective_from", seen.first), ("effective_until", seen.last))
    for place, day in ends:
        is_same = place == "effective_until" and seen.first.is_refused
        if day.is_refused and day.refusal is not None and not is_same:
            data = {"day": day.care_on}
            findings += [Finding("PRE_AUTHORISATION_NOT_PAYABLE", place=place, data=data)]
            findings += [replace(day.refusal, place=place)]
    most = seen.first.most_minor if seen.first.is_most_of_year else None
    if not findings and amount_minor is not None and most is not None and amount_minor > most:
        data = {"most_minor": most, "currency": care.person.mutual.currency}
        findings.append(Finding("PRE_AUTHORISATION_ABOVE_CEILINGS", place="amount", data=data))
    return tuple(findings)


def _context(person: Person, care_on: date) -> Context:
    standing = standing_on(person, care_on)
    key = counter_key(person, standing, care_on)
    counters = read_counters(key) if key is not None else {}
    cover = CoverFacts.of(standing.rights)
    return Context(
        product=standing.product or nothing_promised(person.mutual.currency),
        person=PatientFacts(person.sex, person.birth_on, lists_of(person, care_on)),
        cover=replace(cover, household_size=household_size_on(person, care_on)),
        used=used_amounts(counters, person.pk) if key is not None else NOTHING_USED,
    )


def _line(care: CareAsked) -> LineFacts:
    item = care.care_item
    if item is None:
        return LineFacts("1", care.category.code, 0)
    return LineFacts(
        "1",
        care.category.code,
        0,
        item_code=item.code,
        label=item.label,
        is_excluded=item.is_excluded,
        sex=item.sex or None,
        min_age=item.min_age_years,
        max_age=item.max_age_years,
        item_system=item.system,
        item_kind=item.kind,
        item_risk=item.risk_category,
    )


def _opens_on(care: CareAsked, first: Foreseen, until: date, on: date) -> date | None:
    """The day, before ``until``, on which what refuses the first day has passed."""
    data = first.refusal.data if first.refusal is not None else {}
    for name in _BEGINS:
        day = data.get(name)
        if isinstance(day, date) and first.care_on < day < until:
            then = foreseen_on(care, day, on)
            if not then.is_refused:
                return day
            return _opens_on(care, then, until, on)
    return None


def _closes_on(last: Foreseen) -> date | None:
    """The first day on which nothing is paid any more; None where the refusal says no day."""
    refusal = last.refusal
    if refusal is None:
        return None
    for code, name in _ENDS_ON:
        if refusal.code == code:
            day: date = refusal.data[name]
            return day + timedelta(days=1)
    for code, name in _ENDS_BEFORE:
        if refusal.code == code:
            ended: date = refusal.data[name]
            return ended
    return None
