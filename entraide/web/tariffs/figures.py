"""The figures on top of a simulation, each with its formula and a way to its rows."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from entraide.core.tariff_simulation import Simulation
from entraide.documents import writing
from entraide.web.figures import Definition, Figure, Ratio
from entraide.web.office import OfficeRequest


def simulation_figures(
    request: OfficeRequest, result: Simulation, has_changes: bool
) -> tuple[Figure, ...]:
    """Contributions of a year, the part of the mutual fund, the effort of the families."""
    figures = [_contributions(request, result), _fund(request, result)]
    if has_changes:
        figures.append(_families(request, result))
    else:
        figures.append(_effort(request, result))
    return tuple(figures)


def _money(request: OfficeRequest, minor: int, *, sign: bool = False) -> str:
    return writing.money(minor, request.mutual.currency, request.LANGUAGE_CODE, sign)


def _figure(request: OfficeRequest, definition: Definition, minor: int, was: int) -> Figure:
    value, _space, unit = _money(request, minor).partition(writing.NO_BREAK_SPACE)
    change = minor - was
    note = ""
    if change:
        rate = Decimal(change) / Decimal(was) if was else None
        shown = "" if rate is None else f" ({writing.percent(rate, request.LANGUAGE_CODE, 1)})"
        note = _("%(change)s against today%(rate)s") % {
            "change": _money(request, change, sign=True),
            "rate": shown,
        }
    return Figure(definition, value, unit, note=note)


def _contributions(request: OfficeRequest, result: Simulation) -> Figure:
    total = result.total
    definition = Definition(
        term=_("Contributions of one cover"),
        meaning=_(
            "What all payers together would owe for one cover of every family under contract "
            "today, subsidy included, without fees: the price of each family, added up."
        ),
        ratio=Ratio(
            (_("With the tariff tried"), _money(request, total.then_minor)),
            (_("With the tariff of today"), _money(request, total.now_minor)),
            (_("Ratio"), _percent(request, total.then_minor, total.now_minor)),
        ),
        rows_url="#par-taille",
        rows_label=_("See by size of family"),
    )
    return _figure(request, definition, total.then_minor, total.now_minor)


def _fund(request: OfficeRequest, result: Simulation) -> Figure:
    total = result.total
    definition = Definition(
        term=_("Of which for the mutual fund"),
        meaning=_(
            "The share of contributions and subsidies that pays for care; the rest goes to running "
            "costs."
        ),
        ratio=Ratio(
            (_("Share for the mutual fund"), _money(request, total.fund_then_minor)),
            (_("Contributions"), _money(request, total.then_minor)),
            (_("Share"), _percent(request, total.fund_then_minor, total.then_minor)),
        ),
        rows_url="#par-taille",
        rows_label=_("See by size of family"),
    )
    return _figure(request, definition, total.fund_then_minor, total.fund_now_minor)


def _families(request: OfficeRequest, result: Simulation) -> Figure:
    total = result.total
    query = request.GET.copy()
    query.pop("format", None)
    query["effect"] = "lose"
    definition = Definition(
        term=_("Families that would pay more"),
        meaning=_("Families whose own part, fees included, would rise with the tariff tried."),
        ratio=Ratio(
            (_("Would pay more"), writing.number(total.losers, request.LANGUAGE_CODE)),
            (_("Families covered"), writing.number(total.families, request.LANGUAGE_CODE)),
            (_("Part"), _percent(request, total.losers, total.families)),
        ),
        rows_url=f"familles/?{query.urlencode()}",
        rows_label=_("See these families"),
        opens_to_the_left=True,
    )
    less = ngettext("%(count)s would pay less", "%(count)s would pay less", total.winners)
    note = less % {"count": writing.number(total.winners, request.LANGUAGE_CODE)}
    return Figure(
        definition, writing.number(total.losers, request.LANGUAGE_CODE), _("families"), note=note
    )


def _effort(request: OfficeRequest, result: Simulation) -> Figure:
    total = result.total
    is_of_loan = bool(total.loan_minor)
    paid = total.loan_paid_now_minor if is_of_loan else total.income_paid_now_minor
    base = total.loan_minor if is_of_loan else total.income_minor
    definition = Definition(
        term=_("Effort of contribution"),
        meaning=_(
            "What families pay themselves for one cover, as a part of their loan, or of the income "
            "that they declare for that time. Families without either are not in it."
        ),
        ratio=Ratio(
            (_("Paid by these families"), _money(request, paid)),
            (_("Their loans") if is_of_loan else _("Their incomes"), _money(request, base)),
            (_("Effort"), _percent(request, paid, base)),
        )
        if base
        else None,
        rows_url="#par-pret" if is_of_loan else "#par-taille",
        rows_label=_("See by tier"),
        opens_to_the_left=True,
    )
    if not base:
        note = _("No loan and no income is known.")
        return Figure(definition, writing.ABSENT, note=note)
    shown = _percent(request, paid, base)
    return Figure(definition, shown.removesuffix("%").rstrip(writing.NO_BREAK_SPACE), "%")


def _percent(request: OfficeRequest, part: int, whole: int) -> str:
    if not whole:
        return writing.ABSENT
    return writing.percent(Decimal(part) / Decimal(whole), request.LANGUAGE_CODE, 1)
