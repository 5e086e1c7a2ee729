"""How providers prescribe beside their peers: bands, the peers' limit, who is beyond it."""

from __future__ import annotations

import math
from decimal import Decimal

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from entraide.apps.care_control.observed import profiles
from entraide.apps.providers.models import Provider
from entraide.apps.schemes.rights import Right
from entraide.core.control.profiles import Compared, Measure
from entraide.documents import writing
from entraide.documents.charts import Words
from entraide.documents.interval_charts import Interval, interval_chart
from entraide.web.care_control.periods import asked_period
from entraide.web.care_control.wording import MEASURES
from entraide.web.figures import Chart
from entraide.web.office import OfficeRequest, office_view

MONTHS = 12


@require_safe
@office_view(right=(Right.CONTROL_CARE, Right.READ_REPORTS), of_whole_mutual=True)
def profiles_page(request: OfficeRequest) -> HttpResponse:
    """One drawing for each figure, the providers in it one a row; nothing about any patient."""
    asked = asked_period(request, MONTHS)
    rows = profiles(request.mutual, asked.from_, asked.until)
    uids = {each.provider for each in rows}
    names = {str(each.uid): each.name for each in Provider.objects.filter(uid__in=uids)}
    only = request.GET.get("provider", "")
    shown = [each for each in rows if not only or each.provider == only]
    charts = [
        chart
        for measure in Measure
        if (chart := _chart(request, measure, [r for r in shown if r.measure is measure], names))
    ]
    context = {
        "period_form": asked.form,
        "period": writing.period(asked.from_, asked.until, request.LANGUAGE_CODE),
        "charts": charts,
        "unusual": _unusual(rows, names),
        "providers": sorted(names.items(), key=lambda pair: pair[1]),
        "only": only,
        "only_name": names.get(only, ""),
        "is_mixed": any(each.peers and not each.is_same_level for each in shown),
        "is_alone": any(each.peers is None for each in shown),
    }
    return render(request, "web/care_control/profiles.html", context)


def _unusual(rows: tuple[Compared, ...], names: dict[str, str]) -> list[tuple[str, str, list[str]]]:
    """(uid, name, figures) of each provider with a figure beyond its peers."""
    found: dict[str, list[str]] = {}
    for each in rows:
        if each.is_unusual:
            found.setdefault(each.provider, []).append(str(MEASURES[each.measure]))
    return [(uid, names.get(uid, ""), figures) for uid, figures in found.items()]


def _written(request: OfficeRequest, measure: Measure, value: float) -> str:
    language = request.LANGUAGE_CODE
    if math.isinf(value):
        return "–"
    if measure is Measure.COST:
        return writing.money(round(value), request.mutual.currency, language)
    if measure is Measure.DRUGS:
        return writing.number(Decimal(str(round(value, 1))), language, 1)
    return writing.percent(Decimal(str(round(value, 3))), language, 0)


def plain_mean(request: OfficeRequest, each: Compared) -> str:
    """The mean of the costs with nothing smoothed, as written; a dash where it is not known."""
    if each.plain_mean_minor is None:
        return "–"
    return writing.money(each.plain_mean_minor, request.mutual.currency, request.LANGUAGE_CODE)


def _chart(
    request: OfficeRequest, measure: Measure, rows: list[Compared], names: dict[str, str]
) -> Chart | None:
    if not rows:
        return None
    rows = sorted(rows, key=lambda each: (not each.is_unusual, -each.band.estimate))
    beyond = sum(each.is_unusual for each in rows)
    title = str(MEASURES[measure])
    finding = title
    if beyond:
        finding = ngettext(
            "%(what)s: one provider beyond its peers",
            "%(what)s: %(n)d providers beyond their peers",
            beyond,
        ) % {"what": title, "n": beyond}
    intervals = [
        Interval(
            names.get(each.provider, ""),
            each.band.low,
            each.band.estimate,
            each.band.high,
            _written(request, measure, each.band.estimate),
            each.peers.limit if each.peers else None,
            each.is_unusual,
        )
        for each in rows
    ]
    is_cost = measure is Measure.COST
    table = [
        (
            names.get(each.provider, ""),
            writing.number(each.cases, request.LANGUAGE_CODE),
            *((plain_mean(request, each),) if is_cost else ()),
            _written(request, measure, each.band.estimate),
            " – ".join(_written(request, measure, end) for end in (each.band.low, each.band.high)),
            _written(request, measure, each.peers.limit) if each.peers else "–",
        )
        for each in rows
    ]
    words = Words(
        f"p-{measure.value}", title,
        _("For each provider the estimate, its band of 99 %, the limit of its peers."),
    )  # fmt: skip
    head = (
        _("Provider"), _("Consultations"), *((_("Plain mean"),) if is_cost else ()),
        _("Estimate"), _("Band of 99 %"), _("Peers’ limit"),
    )  # fmt: skip
    under = ""
    if is_cost:
        under = _(
            "Cost accepted by the rules, whoever pays it; claims not yet decided are left out. "
            "The estimate is drawn towards the mean of the peers, the more so the fewer the cases, "
            "and the dearest twentieth of a provider’s cases (at least one) counts as the next "
            "dearest. The plain mean is the sum of the costs divided by the cases."
        )
    elif any(each.peers and not each.can_be_unusual for each in rows):
        under = _("Where the peers’ limit is 100 %, no provider can be named by this figure.")
    return Chart(finding, interval_chart(words, intervals), under, head, tuple(table))
