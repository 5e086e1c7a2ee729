"""The figures of medical control, to be printed for the committee: nobody is named in them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from entraide.apps.care_control.answers import (
    Answer,
    DecisionTable,
    answers,
    decisions_by_kind,
    decisions_by_reason,
)
from entraide.apps.care_control.statistics import (
    coding_by_operator,
    findings_by_provider,
    recoded_by_operator,
)
from entraide.apps.schemes.rights import Right
from entraide.documents import writing
from entraide.web.care_control.periods import Asked, asked_period
from entraide.web.care_control.views import CONTROLLERS
from entraide.web.care_control.wording import ASKED, FINDING_NAMES, RESULTS, Text
from entraide.web.care_control.wording import REASONS as REASON_WORDS
from entraide.web.claims.reasons import category_names
from entraide.web.office import OfficeRequest, office_view


@require_safe
@office_view(right=(Right.CONTROL_CARE, Right.READ_REPORTS), of_whole_mutual=True)
def statistics(request: OfficeRequest) -> HttpResponse:
    """What was decided, what controls found, who codes otherwise."""
    asked = asked_period(request, months=12)
    names = category_names()
    rows = answers(request.mutual, asked.from_, asked.until)
    log = decisions_by_kind(rows)
    found = findings_by_provider(request.mutual, asked.from_, asked.until)
    context = {
        "period_form": asked.form,
        "period_query": urlencode(
            {
                "first": f"{asked.from_:%d/%m/%Y}",
                "last": f"{asked.until - timedelta(days=1):%d/%m/%Y}",
            }
        ),
        "period": writing.period(asked.from_, asked.until, request.LANGUAGE_CODE),
        "results": [RESULTS[each] for each in log.results],
        "log": log_of(log),
        "log_rows": _labelled(log_of(log), [str(RESULTS[each]) for each in log.results]),
        "reasons": _reasons(rows, log),
        "may_read_rows": bool(request.rights & set(CONTROLLERS)),
        "found": found,
        "codes": [FINDING_NAMES.get(code, code) for code in found.codes],
        "by_provider": _labelled(
            list(zip(found.providers, found.table.cells, strict=False)),
            [str(FINDING_NAMES.get(code, code)) for code in found.codes],
        ),
        "coding": _coding(request, asked),
        "recoded": [
            (each, names.get(each.before, each.before), names.get(each.after, each.after))
            for each in recoded_by_operator(request.mutual, asked.from_, asked.until)
        ],
    }
    return render(request, "web/care_control/statistics.html", context)


Cells = tuple[int | None, ...]


def log_of(log: DecisionTable) -> list[tuple[Text, Cells]]:
    """What was asked and how often each answer was given, in all last; None: hidden."""
    rows = zip(log.kinds, log.table.cells, strict=False)
    return [(ASKED[kind], tuple(cells)) for kind, cells in rows]


def _labelled(
    rows: Sequence[tuple[Text, Sequence[int | None]]], names: list[str]
) -> list[tuple[Text, list[tuple[str, int | None]]]]:
    """Each row with the name of each column beside its figure: a phone shows no head."""
    heads = [*names, _("In all")]
    return [(name, list(zip(heads, cells, strict=False))) for name, cells in rows]


def _reasons(rows: Sequence[Answer], log: DecisionTable) -> list[tuple[Text, int | None]]:
    """How often each reason was given; not beside a table whose total is hidden, which it tells."""
    if not log.kinds or log.table.cells[-1][-1] is None:
        return []
    return [
        (REASON_WORDS.get(code, code) or _("Without a coded reason"), count)
        for code, count in decisions_by_reason(rows)
    ]


def _coding(request: OfficeRequest, asked: Asked) -> list[tuple[str, str, str, str, bool]]:
    """(operator, category, share, share of the others, is more) of each difference."""
    rows, names = coding_by_operator(request.mutual, asked.from_, asked.until)
    categories = category_names()

    def share(value: float) -> str:
        return writing.percent(Decimal(str(round(value, 3))), request.LANGUAGE_CODE, 0)

    return [
        (
            names.get(each.operator, ""),
            categories.get(each.code, each.code),
            share(each.own.estimate),
            share(each.others.estimate),
            each.is_more,
        )
        for each in rows
    ]
