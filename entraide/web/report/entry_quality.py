"""« Qualité de la saisie »: corrections for 100 records, and what a new control changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from entraide.apps.access.models import User
from entraide.apps.access.records import MutualRecord
from entraide.apps.claims.models import Claim, Invoice
from entraide.apps.contributions.models import ContributionPayment, GroupPayment
from entraide.apps.enrolment.models import Household, Person
from entraide.apps.ledger.models import Entry
from entraide.apps.reporting.entry_quality import (
    Correction,
    corrected_between,
    effect_of,
    entered_between,
)
from entraide.apps.schemes.rights import Right
from entraide.core.entry_quality import (
    CHANCE,
    FEWEST_FOR_BAND,
    WINDOW_DAYS,
    By,
    Corrected,
    Entered,
    Kind,
    Rate,
    compared_days,
    key_of,
    rates,
)
from entraide.core.periods import add_months, month_start
from entraide.documents import writing
from entraide.documents.charts import Words
from entraide.documents.interval_charts import Interval, interval_chart
from entraide.web.fields import DayField
from entraide.web.figures import Chart
from entraide.web.office import OfficeRequest, office_url, office_view
from entraide.web.report.entry_words import ACTS, KINDS, screen_name
from entraide.web.ways import Way, page_way

PER_PAGE = 50
MONTHS = 6


class AskedForm(forms.Form):
    """What was entered, and the day from which a new control is to be measured."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What was entered"),
        choices=[("", gettext_lazy("Everything")), *KINDS.items()],
        required=False,
    )
    since = DayField(label=gettext_lazy("A new control since"), required=False)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: its name, its rate as written, the way to its corrections."""

    name: str
    rate: Rate
    per_hundred: str
    band: str
    url: str


@require_safe
@office_view(right=Right.READ_REPORTS, of_whole_mutual=True)
def entry_quality(request: OfficeRequest) -> HttpResponse:
    """Corrections by month, screen, person and type; and before and after a day."""
    form, kinds = _asked(request)
    from_, until = _months(request.day)
    entered = entered_between(request.mutual, from_, until, kinds)
    corrections = corrected_between(request.mutual, from_, until, kinds)
    counted = [each.counted for each in corrections]
    tables = {by: _rows(request, by, entered, counted) for by in By}
    context = {
        "form": form,
        "period": writing.period(from_, until, request.LANGUAGE_CODE),
        "window": WINDOW_DAYS,
        "fewest": FEWEST_FOR_BAND,
        "months": tables[By.MONTH],
        "chart": _chart(request, tables[By.MONTH]),
        "screens": _most_corrected(tables[By.SCREEN]),
        "users": _most_corrected(tables[By.USER]),
        "types": _types(request, counted),
        "records": sum(each.count for each in entered),
        "corrections": len(counted),
        "rows_url": _rows_url(request),
        **_effect(request, form, kinds),
    }
    return render(request, "web/report/entry_quality.html", context)


@require_safe
@office_view(right=Right.READ_REPORTS, of_whole_mutual=True)
def corrections(request: OfficeRequest) -> HttpResponse:
    """The corrections behind a figure, the latest first."""
    _form, kinds = _asked(request)
    from_, until = _months(request.day)
    found = [
        each
        for each in corrected_between(request.mutual, from_, until, kinds)
        if _is_of(each.counted, request)
    ]
    page = Paginator(found[::-1], PER_PAGE).get_page(request.GET.get("page"))
    people = _people(key for each in page.object_list for key in (each.counted.user, each.made_by))
    context = {
        "page": page,
        "rows": [_line(request, each, people) for each in page.object_list],
        "period": writing.period(from_, until, request.LANGUAGE_CODE),
        "back_url": office_url(request, "entry-quality"),
        "window": WINDOW_DAYS,
    }
    return render(request, "web/report/corrections.html", context)


def _asked(request: OfficeRequest) -> tuple[AskedForm, tuple[Kind, ...]]:
    form = AskedForm(request.GET or None)
    chosen = form.cleaned_data.get("kind") if form.is_bound and form.is_valid() else ""
    return form, (Kind(chosen),) if chosen else tuple(Kind)


def _months(day: date) -> tuple[date, date]:
    """The last full months and the one that runs."""
    until = add_months(month_start(day), 1)
    return add_months(until, -MONTHS), until


def _is_of(counted: Corrected, request: OfficeRequest) -> bool:
    """Whether a correction stands behind the figure whose link was followed."""
    wanted = {by: request.GET.get(by.value) for by in By}
    act = request.GET.get("act")
    return (act is None or act == counted.act) and all(
        value is None or value == key_of(counted, by) for by, value in wanted.items()
    )


def _rows(
    request: OfficeRequest, by: By, entered: Sequence[Entered], counted: Sequence[Corrected]
) -> list[Row]:
    found = rates(entered, counted, by, request.day)
    people = _people(int(each.key) for each in found) if by is By.USER else {}
    rows = [
        Row(
            _name(request, by, each, people),
            each,
            _written(request, each.band.estimate),
            _band(request, each),
            _rows_url(request, **{by.value: each.key}),
        )
        for each in found
    ]
    return rows[::-1] if by is By.MONTH else rows


def _band(request: OfficeRequest, rate: Rate) -> str:
    if not rate.has_band:
        return _("too few for an interval")
    return f"{_written(request, rate.band.low)} – {_written(request, rate.band.high)}"


def _most_corrected(rows: list[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (-row.rate.corrections, row.name))


def _name(request: OfficeRequest, by: By, rate: Rate, people: dict[int, User]) -> str:
    if by is By.MONTH:
        return writing.month(date.fromisoformat(rate.key), request.LANGUAGE_CODE)
    return screen_name(rate.key) if by is By.SCREEN else str(people[int(rate.key)])


def _written(request: OfficeRequest, value: float) -> str:
    return writing.number(Decimal(str(round(value, 1))), request.LANGUAGE_CODE, 1)


def _people(keys: Any) -> dict[int, User]:
    return User.objects.in_bulk(set(keys))


def _rows_url(request: OfficeRequest, **narrowed: str) -> str:
    asked = {"kind": request.GET.get("kind", "")} | narrowed
    return f"{office_url(request, 'entry-corrections')}?{urlencode(asked)}"


def _types(request: OfficeRequest, counted: Sequence[Corrected]) -> list[tuple[str, int, str]]:
    counts = Counter(each.act for each in counted)
    return [
        (str(ACTS[act]), count, _rows_url(request, act=act)) for act, count in counts.most_common()
    ]


def _chart(request: OfficeRequest, rows: Sequence[Row]) -> Chart | None:
    """The months with records enough for an interval; None without one."""
    oldest_first = [row for row in rows if row.rate.has_band][::-1]
    if not oldest_first:
        return None
    intervals = [
        Interval(
            row.name, row.rate.band.low, row.rate.band.estimate, row.rate.band.high,
            row.per_hundred, None,
        )
        for row in oldest_first
    ]  # fmt: skip
    title = _("Corrections for 100 records, by month of entry")
    words = Words(
        "by-month", title, ", ".join(f"{row.name} {row.per_hundred}" for row in oldest_first)
    )
    return Chart(title, interval_chart(words, intervals))


def _effect(request: OfficeRequest, form: AskedForm, kinds: tuple[Kind, ...]) -> dict[str, object]:
    """Before and after the day asked for, or from when on it can be told."""
    since = form.cleaned_data.get("since") if form.is_bound and form.is_valid() else None
    if since is None:
        return {"since": None}
    if not compared_days(since, request.day):
        return {"since": since, "ready_on": since + timedelta(days=WINDOW_DAYS + 1)}
    found = effect_of(request.mutual, since, request.day, kinds)
    sides = () if found is None else (found.before, found.after)
    return {
        "since": since,
        "effect": found,
        "sides": [_written(request, side.band.estimate) for side in sides],
        "is_fewer": found is not None and found.after.band.estimate < found.before.band.estimate,
        "chance": writing.percent(Decimal(str(CHANCE)), request.LANGUAGE_CODE, 0),
    }


@dataclass(frozen=True, slots=True)
class Line:
    """One correction as the list shows it."""

    counted: Corrected
    act: str
    record: Way
    screen: str
    entered_by: str
    corrected_by: str


def _line(request: OfficeRequest, each: Correction, people: dict[int, User]) -> Line:
    counted = each.counted
    return Line(
        counted,
        str(ACTS[counted.act]),
        _way(request, each),
        screen_name(counted.screen),
        str(people[counted.user]),
        str(people[each.made_by]),
    )


def _way(request: OfficeRequest, each: Correction) -> Way:
    """The number of the record; to its page for who may open the registers or the books."""
    for model, page, number, needed in _PAGES:
        if isinstance(each.record, model):
            words = getattr(each.record, number)
            way = page_way(request.mutual, words, page, uid=each.record.uid)
            return way if needed in request.rights else Way(words)
    raise AssertionError(f"{type(each.record).__name__} has no page")


# Record, its page, the field of its number, who may open it.
_PAGES: tuple[tuple[type[MutualRecord], str, str, Right], ...] = (
    (Person, "person", "number", Right.READ_REGISTERS),
    (Household, "household", "number", Right.READ_REGISTERS),
    (ContributionPayment, "receipt", "document_number", Right.READ_REGISTERS),
    (GroupPayment, "lump-sum", "document_number", Right.READ_REGISTERS),
    (Claim, "claim", "document_number", Right.READ_REGISTERS),
    (Invoice, "invoice", "document_number", Right.READ_REGISTERS),
    (Entry, "entry", "document_number", Right.READ_BOOKS),
)
