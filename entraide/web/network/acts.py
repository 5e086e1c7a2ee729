"""« Actes par agent »: one person, several mutuals, each act with its mutual and its fee."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from entraide.apps.schemes.acts import ACTS, AgentActs, agent_acts, fees_of
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.network import set_act_fee
from entraide.apps.schemes.rights import Right
from entraide.apps.schemes.selectors import mutual_by_code, mutuals_of
from entraide.core.errors import Refusal
from entraide.core.periods import Period, add_months, month_start
from entraide.web.fields import DayField, MoneyField
from entraide.web.network.frame import NetworkRequest, act, network_view, shown
from entraide.web.notices import notify
from entraide.web.refusals import show_refusal
from entraide.web.report.periods import asked_period, query_of


@dataclass(frozen=True, slots=True)
class PersonInMutual:
    """What one person did in one mutual over the period."""

    person: str
    mutual: Mutual
    rows: list[tuple[str, int, int | None]]

    @property
    def total_minor(self) -> int:
        """The fees of all acts together."""
        return sum(fee or 0 for _name, _count, fee in self.rows)


class FeeForm(forms.Form):
    """What an act is paid from a day on."""

    act = forms.ChoiceField(label=gettext_lazy("Act"))
    fee = MoneyField(label=gettext_lazy("Fee of one act"))
    effective_from = DayField(label=gettext_lazy("From"))
    source = forms.CharField(max_length=200, label=gettext_lazy("Who decided it"))

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["act"].choices = [(code, _(name)) for code, name in ACTS.items()]
        self.fields["fee"].currency = currency


@require_safe
@network_view
def acts(request: NetworkRequest) -> HttpResponse:
    """Everybody's acts for the administrator, one's own for the others, over whole months."""
    asked = _period(request)
    may_see_all = Right.ADMINISTER in request.network_rights
    mutuals = list(mutuals_of(request.user, request.day))
    found = agent_acts(
        mutuals, asked.start, asked.until, person=None if may_see_all else request.user
    )
    months = [add_months(month_start(request.day), -back) for back in range(4)]
    context = {
        "period": asked,
        "people": _grouped(found),
        "choices": [
            (month, query_of(Period.month(month)), month == asked.start) for month in months
        ],
        "may_see_all": may_see_all,
        "mutuals": mutuals,
    }
    return shown(request, "web/network/acts.html", context)


def _period(request: NetworkRequest) -> Period:
    first, last = request.GET.get("from", ""), request.GET.get("to", "")
    if not first and not last:
        return Period.month(request.day)
    return asked_period(first, last, request.day)


def _grouped(found: list[AgentActs]) -> list[PersonInMutual]:
    grouped: dict[tuple[int, int], PersonInMutual] = {}
    for each in found:
        key = (each.person.pk, each.mutual.pk)
        if key not in grouped:
            grouped[key] = PersonInMutual(str(each.person), each.mutual, [])
        grouped[key].rows.append((_(ACTS[each.act]), each.count, each.fee_minor))
    return list(grouped.values())


@network_view(right=Right.ADMINISTER)
def fee(request: NetworkRequest, code: str) -> HttpResponse:
    """The fees of a mutual, and the form of a new one."""
    held = mutual_by_code(code)
    form = FeeForm(
        request.POST or None, currency=held.currency, initial={"effective_from": request.day}
    )
    if request.method == "POST" and form.is_valid():
        known = form.cleaned_data
        try:
            set_act_fee(
                act=known["act"],
                fee_minor=known["fee"],
                effective_from=known["effective_from"],
                source=known["source"],
                **act(request, held),
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            notify(request, _("The fee is recorded."))
            return redirect("network:act-fee", code=code)
    rows = [(each, _(ACTS.get(each.act, each.act))) for each in fees_of(held)]
    context = {"form": form, "mutual": held, "fees": rows}
    response = shown(request, "web/network/fee.html", context)
    if form.errors:
        response.status_code = 422
    return response
