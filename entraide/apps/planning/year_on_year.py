"""Claims of a period beside those of the period before: by category, by pathology, and why.

Categories are read from the warehouse; diagnoses are in no export, so that pathologies are counted
in the registers themselves, for who may read them. Refused and reversed claims apart.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, F, Q, QuerySet, Sum

from entraide.apps.access.models import User
from entraide.apps.claims.models import ClaimLine, ClaimState
from entraide.apps.nomenclature.models import CareCategory, Diagnosis
from entraide.apps.planning.models import CareNote
from entraide.apps.reporting.report import previous_period
from entraide.apps.reporting.services import engine_for
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right, require_right
from entraide.core.errors import Refusal
from entraide.core.periods import Period
from entraide.core.suppression import protected
from entraide.indicators.decomposition import Care, Change, change_explained
from entraide.indicators.engine import Engine

WRITERS = (Right.CONTROL_CARE, Right.PLAN)
_OUT = (ClaimState.REFUSED, ClaimState.REVERSED)


@dataclass(frozen=True, slots=True)
class Pathology:
    """A diagnosis in a category; ``uid`` is empty for the claims that bear none."""

    uid: str
    code: str
    label: str


@dataclass(frozen=True, slots=True)
class CareRow:
    """A category, or one pathology in it, in both periods; ``change`` says what explains it.

    Care of which fewer than five cases are hidden from this reader has ``None``; then ``change``
    is None too, in either case.
    """

    category: str
    pathology: Pathology | None
    before: Care | None
    now: Care | None
    change: Change | None
    inside: tuple[CareRow, ...] = ()


@dataclass(frozen=True, slots=True)
class YearOnYear:
    """The table. ``hidden_count``: how many categories are hidden from this reader in part."""

    now: Period
    before: Period
    rows: tuple[CareRow, ...]
    total: CareRow
    hidden_count: int = 0


def year_on_year(mutual: Mutual, period: Period, on: date, *, with_pathologies: bool) -> YearOnYear:
    """Both periods side by side, the largest change first.

    ``with_pathologies``: the reader may see diagnoses, and every number; for the others small
    numbers of cases are hidden, with enough others that none can be worked out again.
    """
    previous = previous_period(period)
    opened, _export = engine_for(mutual, on)
    with opened as engine:
        before, now = _by_category(engine, previous), _by_category(engine, period)
    codes = sorted(before.keys() | now.keys())
    none = Care(Decimal(0), 0, 0)
    pairs = {code: (before.get(code, none), now.get(code, none)) for code in codes}
    pairs = {code: pair for code, pair in pairs.items() if pair[0].cases or pair[1].cases}
    changes = {code: change_explained(*pair) for code, pair in pairs.items()}
    inside: dict[str, tuple[CareRow, ...]] = {}
    hidden: tuple[set[str], set[str]] = (set(), set())
    if with_pathologies:
        inside = _pathology_rows(mutual, previous, period, pairs)
    else:
        hidden = (
            _hidden({code: pair[0].cases for code, pair in pairs.items()}),
            _hidden({code: pair[1].cases for code, pair in pairs.items()}),
        )
    partly = hidden[0] | hidden[1]

    def place(code: str) -> tuple[bool, int, str]:
        # What is hidden stands last, by its name: its place would tell its size.
        return code in partly, 0 if code in partly else -abs(changes[code].total_minor), code

    rows = [
        CareRow(
            code, None,
            None if code in hidden[0] else pairs[code][0],
            None if code in hidden[1] else pairs[code][1],
            None if code in partly else changes[code],
            inside.get(code, ()),
        )
        for code in sorted(pairs, key=place)
    ]  # fmt: skip
    total = CareRow(
        TOTAL, None,
        None if TOTAL in hidden[0] else _sum(pair[0] for pair in pairs.values()),
        None if TOTAL in hidden[1] else _sum(pair[1] for pair in pairs.values()),
        None if TOTAL in partly else _sum_of_changes(changes.values()),
    )  # fmt: skip
    return YearOnYear(period, previous, tuple(rows), total, len(partly - {TOTAL}))


def _by_category(engine: Engine, period: Period) -> dict[str, Care]:
    years, cases, amounts = (
        engine.cut(code, period, "category")
        for code in ("person_years_at_risk", "cases", "claims_incurred")
    )
    return {
        code: Care(
            Decimal(years[code].value or 0) if code in years else Decimal(0),
            int(cases[code].value or 0) if code in cases else 0,
            int(amounts[code].value or 0) if code in amounts else 0,
        )
        for code in years.keys() | cases.keys()
    }


TOTAL = ""


def _hidden(cases: Mapping[str, int]) -> set[str]:
    """The categories whose number of cases must not be shown: too small, or telling one that is.

    :data:`TOTAL` is among them where the sum of all would tell one.
    """
    codes = [*cases, TOTAL]
    table = protected([[number] for number in cases.values()])
    return {code for code, cells in zip(codes, table.cells, strict=False) if cells[0] is None}


_Pathologies = dict[str, dict[Pathology, tuple[int, int]]]


def _pathologies(mutual: Mutual, period: Period) -> _Pathologies:
    """Cases and amount of each diagnosis in each category; one query."""
    found: _Pathologies = defaultdict(dict)
    named = (
        "category__code", "claim__medical_detail__diagnosis__uid",
        "claim__medical_detail__diagnosis__code", "claim__medical_detail__diagnosis__label",
    )  # fmt: skip
    rows = _lines(mutual, period).order_by().values_list(*named)
    counted = rows.annotate(cases=Count("claim", distinct=True), amount=Sum("payable_minor"))
    for category, uid, code, label, cases, amount in counted:
        which = Pathology(str(uid or ""), code or "", label or "")
        found[category][which] = (cases, amount or 0)
    return found


def _pathology_rows(
    mutual: Mutual, previous: Period, period: Period, pairs: Mapping[str, tuple[Care, Care]]
) -> dict[str, tuple[CareRow, ...]]:
    before, now = _pathologies(mutual, previous), _pathologies(mutual, period)
    rows: dict[str, tuple[CareRow, ...]] = {}
    for category, (whole_before, whole_now) in pairs.items():
        made = []
        for which in before[category].keys() | now[category].keys():
            was = Care(whole_before.person_years, *before[category].get(which, (0, 0)))
            is_now = Care(whole_now.person_years, *now[category].get(which, (0, 0)))
            made.append(CareRow(category, which, was, is_now, change_explained(was, is_now)))
        rows[category] = tuple(sorted(made, key=_largest_first))
    return rows


def _largest_first(row: CareRow) -> tuple[int, str]:
    assert row.change is not None
    assert row.pathology is not None
    return -abs(row.change.total_minor), row.pathology.code


def _sum(care: Iterable[Care]) -> Care:
    """Cases and amounts add up; persons at risk of several categories do not."""
    every = list(care)
    return Care(
        Decimal(0), sum(each.cases for each in every), sum(each.amount_minor for each in every)
    )


def _sum_of_changes(changes: Iterable[Change]) -> Change:
    every = list(changes)
    return Change(
        sum(each.persons_minor for each in every),
        sum(each.frequency_minor for each in every),
        sum(each.cost_minor for each in every),
    )


def _lines(mutual: Mutual, period: Period) -> QuerySet[ClaimLine]:
    lines = ClaimLine.objects.filter(
        mutual=mutual, claim__care_on__gte=period.start, claim__care_on__lt=period.until
    )
    return lines.exclude(claim__state__in=_OUT)


def claims_behind(
    mutual: Mutual, period: Period, category: CareCategory, diagnosis: Diagnosis | str | None = None
) -> QuerySet[ClaimLine]:
    """The claims behind a row, each once with its amount in the category (``amount``), the dearest
    first. ``diagnosis``: of one pathology; an empty text: of the claims that bear none."""
    lines = _lines(mutual, period).filter(category=category)
    if diagnosis == "":
        lines = lines.filter(claim__medical_detail__diagnosis__isnull=True)
    elif diagnosis is not None:
        lines = lines.filter(claim__medical_detail__diagnosis=diagnosis)
    named = {
        "claim_uid": F("claim__uid"), "number": F("claim__document_number"),
        "care_on": F("claim__care_on"), "family": F("claim__household__number"),
        "provider": F("claim__provider__name"),
    }  # fmt: skip
    claims = lines.order_by().values(**named).annotate(amount=Sum("payable_minor"))
    return claims.order_by("-amount", "number")


def _explained(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    period: Period,
    category: CareCategory,
    text: str,
    diagnosis: Diagnosis | None = None,
) -> CareNote:
    if diagnosis is not None:
        require_right(actor, mutual, Right.READ_MEDICAL, on)
    if not text.strip():
        raise Refusal("CARE_NOTE_EMPTY", place="text")
    return CareNote.objects.create(
        mutual=mutual, period_from=period.start, period_until=period.until, category=category,
        diagnosis=diagnosis, text=text.strip()[:500], written_by=actor, written_on=on,
    )  # fmt: skip


_EXPLAIN = {right: command("explain_care", right=right)(_explained) for right in WRITERS}


def explain_care(*, right: Right, **said: object) -> CareNote:
    """Write why care of a category, or of one pathology, changed; the note stays as it is.

    ``right``: by which of those who may write. Refused with ``CARE_NOTE_EMPTY``; on a pathology,
    ``FORBIDDEN`` to who does not read medical data.
    """
    return _EXPLAIN[right](**said)


def notes_of(mutual: Mutual, period: Period, *, with_medical: bool) -> list[CareNote]:
    """What was written on any part of a period, the latest last; medical notes for who reads
    them."""
    notes = CareNote.objects.filter(
        mutual=mutual, period_from__lt=period.until, period_until__gt=period.start
    )
    if not with_medical:
        notes = notes.filter(Q(diagnosis__isnull=True))
    return list(notes.select_related("category", "diagnosis", "written_by").order_by("id"))
