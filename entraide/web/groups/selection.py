"""Groups near their threshold, and groups iller than the mutual beyond chance."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from entraide.apps.reporting.group_selection import BANDS, selection_report
from entraide.apps.schemes.rights import Right
from entraide.core.groups import SizeState
from entraide.core.selection import Selection
from entraide.documents.writing import period as period_in_words
from entraide.web.groups.kinds import kind_tabs
from entraide.web.groups.wording import MODE_WORDS, SELECTIONS, SIZE_STATES, kind_name
from entraide.web.office import OfficeRequest, office_view

_SIZE_ORDER = (SizeState.UNDER, SizeState.NEAR, SizeState.ABOVE)
_ORDER = (Selection.MORE, Selection.USUAL, Selection.FEWER, Selection.TOO_FEW)


@require_GET
@office_view(right=Right.READ_REPORTS)
def selection(request: OfficeRequest) -> HttpResponse:
    """Both tables over twelve full months, the groups to look at first."""
    made = selection_report(request.mutual, request.day)
    kinds = kind_tabs(request, of_groups=True)
    of_kind = [each for each in made.groups if kinds.asked in (None, each.group.kind)]
    near = [each for each in of_kind if each.size is not SizeState.ABOVE]
    near.sort(key=lambda each: (_SIZE_ORDER.index(each.size), each.persons_count))
    by_care = sorted(
        (each for each in of_kind if each.persons_count or each.frequency.claims),
        key=lambda each: (_ORDER.index(each.frequency.says), -(each.frequency.rate or 0)),
    )
    context = {
        "report": made,
        "kinds": kinds,
        "months": period_in_words(made.period.start, made.period.until, request.LANGUAGE_CODE),
        "near": [(each, kind_name(each.group.kind), *SIZE_STATES[each.size]) for each in near],
        "groups": [
            (
                each,
                kind_name(each.group.kind),
                MODE_WORDS.get(each.mode, ""),
                *SELECTIONS[each.frequency.says],
                sum(each.ages),
            )
            for each in by_care
        ],
        "bands": BANDS,
        "more_count": sum(each.frequency.says is Selection.MORE for each in by_care),
    }
    return render(request, "web/groups/selection.html", context)
