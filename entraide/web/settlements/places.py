"""Where families are paid: delay, minutes and cost at home, at an agency, by transfer."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from entraide.apps.contributions.collection import months_before
from entraide.apps.schemes.collection_terms import hour_minor
from entraide.apps.schemes.rights import Right
from entraide.apps.settlement.models import Payout, PayoutPlace
from entraide.apps.settlement.places import PlaceOfPayment, by_place, family_payouts, waited_days
from entraide.documents import writing
from entraide.web.figures import Definition
from entraide.web.groups.kinds import kind_tabs
from entraide.web.office import OfficeRequest, office_view
from entraide.web.settlements.forms import place_name
from entraide.web.ways import BATCH_READERS

MONTHS = 12
ROWS_PER_PAGE = 50
NOT_SAID = "non-dit"  # in the address, for payments whose place nobody said


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """One place: its key in the address, its name, its figures, how its cost is reckoned."""

    key: str
    name: str
    at: PlaceOfPayment
    cost: Definition | None


@require_safe
@office_view(right=BATCH_READERS | {Right.READ_REPORTS})
def places(request: OfficeRequest) -> HttpResponse:
    """The last twelve months by place, each opening to its payments."""
    mutual, hour = request.mutual, hour_minor(request.mutual)
    from_, until = months_before(request.day, MONTHS)
    asked = request.GET.get("place", "")
    place = {NOT_SAID: "", **{each: each for each in PayoutPlace.values}}.get(asked)
    kinds = kind_tabs(request, place=asked if place is not None else "")
    found = by_place(mutual, from_, until, group_kind=kinds.asked)
    rows = [_row(request, each, hour) for each in found]
    payouts = family_payouts(mutual, from_, until, place=place, group_kind=kinds.asked)
    page = Paginator(payouts, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "period": writing.period(from_, until, request.LANGUAGE_CODE),
        "rows": rows,
        "kinds": kinds,
        "asked": asked if place is not None else "",
        "hour_minor": hour,
        "page": page,
        "payouts": [_shown(payout) for payout in page],
    }
    return render(request, "web/settlements/places.html", context)


def _row(request: OfficeRequest, at: PlaceOfPayment, hour: int | None) -> PlaceRow:
    cost = at.work.mean_cost_minor(hour) if hour is not None else None
    definition = None
    if hour is not None and cost is not None:
        language, code = request.LANGUAGE_CODE, request.mutual.currency
        definition = Definition(
            writing.money(cost, code, language),
            _(
                "%(minutes)s minutes told for %(count)s payments, ÷ %(count)s, at %(hour)s an "
                "hour. Payments whose minutes nobody told are not counted in."
            )
            % {
                "minutes": writing.number(at.work.minutes, language),
                "count": writing.number(at.work.acts_count, language),
                "hour": writing.money(hour, code, language),
            },
            opens_to_the_left=True,
        )
    return PlaceRow(at.place or NOT_SAID, place_name(at.place), at, definition)


def _shown(payout: Payout) -> tuple[Payout, str, int | None]:
    return payout, place_name(payout.place), waited_days(payout)
