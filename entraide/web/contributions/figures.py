"""The three figures of contributions, each with its definition and its rows."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from entraide.apps.contributions.custody import Cash
from entraide.apps.contributions.registers import Late
from entraide.apps.contributions.selectors import CollectionRate
from entraide.documents import writing
from entraide.web.figures import Definition, Figure, Ratio
from entraide.web.office import OfficeRequest, office_url


def figures_of(
    request: OfficeRequest,
    *,
    rate: CollectionRate,
    year_from: date,
    until: date,
    late: Late,
    in_hand: Cash,
    on_slips: Cash,
) -> tuple[Figure, ...]:
    """Collected ÷ due of the year, what is late, the cash to take to the bank."""
    return (
        _collection(request, rate, writing.period(year_from, until, request.LANGUAGE_CODE)),
        _late(request, late),
        _cash(request, in_hand, on_slips),
    )


def _money(request: OfficeRequest, minor: int) -> str:
    return writing.money(minor, request.mutual.currency, request.LANGUAGE_CODE)


def _value_and_unit(request: OfficeRequest, minor: int) -> tuple[str, str]:
    value, _space, unit = _money(request, minor).partition(writing.NO_BREAK_SPACE)
    return value, unit


def _collection(request: OfficeRequest, rate: CollectionRate, period: str) -> Figure:
    language = request.LANGUAGE_CODE
    shown = writing.ABSENT if rate.rate is None else writing.percent(rate.rate, language)
    definition = Definition(
        term=_("Collection rate"),
        meaning=_(
            "Of all that fell due in the period, whoever pays it (families, employers, the State), "
            "what has been received to this day. Counted by call, so that money received for "
            "another year changes nothing."
        ),
        ratio=Ratio(
            (_("Received for these calls"), _money(request, rate.collected_minor)),
            (_("Fallen due"), _money(request, rate.due_minor)),
            (_("Collection rate"), shown),
        ),
        period=period,
        rows_url=office_url(request, "dues"),
        rows_label=_("See the calls"),
    )
    if rate.rate is None:
        return Figure(definition, writing.ABSENT, note=_("Nothing fell due in the period."))
    value = shown.removesuffix("%").rstrip(writing.NO_BREAK_SPACE)
    return Figure(definition, value, "%", note=period)


def _late(request: OfficeRequest, late: Late) -> Figure:
    value, unit = _value_and_unit(request, late.amount_minor)
    families = ngettext("%(count)d family", "%(count)d families", late.households_count)
    definition = Definition(
        term=_("Late"),
        meaning=_(
            "What families themselves still owe on calls whose day has passed. What an employer "
            "or the State owes is not in it."
        ),
        period=_("On %(day)s") % {"day": writing.day(request.day, request.LANGUAGE_CODE)},
        rows_url=office_url(request, "arrears"),
        rows_label=_("See the families late"),
    )
    note = families % {"count": late.households_count}
    return Figure(definition, value, unit, note=note)


def _cash(request: OfficeRequest, in_hand: Cash, on_slips: Cash) -> Figure:
    value, unit = _value_and_unit(request, in_hand.amount_minor + on_slips.amount_minor)
    definition = Definition(
        term=_("Cash to deposit"),
        meaning=_(
            "Cash received that has not reached the bank: receipts, sums of groups and missing "
            "cash paid back that are on no slip yet, and slips prepared whose deposit is not "
            "recorded."
        ),
        period=_("On %(day)s") % {"day": writing.day(request.day, request.LANGUAGE_CODE)},
        rows_url=office_url(request, "slips"),
        rows_label=_("See the slips"),
        opens_to_the_left=True,
    )
    note = _("%(in_hand)s on no slip, %(on_slips)s on slips") % {
        "in_hand": _money(request, in_hand.amount_minor),
        "on_slips": _money(request, on_slips.amount_minor),
    }
    return Figure(definition, value, unit, note=note)
