"""Open a campaign of control: how many claims it takes is told before they are drawn."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from entraide.apps.care_control.campaigns import open_campaign
from entraide.apps.care_control.drawing import (
    Plan,
    claims_of_draw,
    faults_of_draw,
    planned,
    probability_of,
)
from entraide.apps.care_control.models import ControlCampaign
from entraide.apps.providers.selectors import agreed_providers
from entraide.core.periods import add_months, month_start
from entraide.documents import writing
from entraide.web.care_control.views import CONTROLLERS
from entraide.web.fields import DayField, LastDayField
from entraide.web.groups.acts import carried_out
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view

SIZES = (10, 20, 30, 60, 100)  # told with their chance, for who cannot look at as many


class CampaignForm(forms.Form):
    """Which claims, how many, from which seed."""

    period_from = DayField(label=gettext_lazy("Care from"))
    period_until = LastDayField(label=gettext_lazy("Care until"))
    provider = forms.ChoiceField(label=gettext_lazy("Provider"), required=False)
    fault_share = forms.IntegerField(
        label=gettext_lazy("Share of faults to be found, %"), min_value=1, max_value=99, initial=5
    )
    probability = forms.IntegerField(
        label=gettext_lazy("Chance to find one at least, %"), min_value=1, max_value=99,
        initial=95,
    )  # fmt: skip
    weighted_share = forms.IntegerField(
        label=gettext_lazy("Drawn by amount and risk, % of the sample"), min_value=0,
        max_value=100, initial=50,
        help_text=gettext_lazy("The rest is drawn at random. Where all are looked at, nothing is "
                               "drawn."),
    )  # fmt: skip
    size = forms.IntegerField(
        label=gettext_lazy("Number of claims, if you choose it yourself"), min_value=1,
        required=False,
        help_text=gettext_lazy("Empty: as many as this chance takes. Fewer find less surely: the "
                               "chance that they leave is written in the campaign."),
    )  # fmt: skip
    seed = forms.CharField(
        label=gettext_lazy("Seed"), max_length=60,
        help_text=gettext_lazy("A word or a date: whoever knows it draws the same claims again."),
    )  # fmt: skip

    def __init__(self, *args: Any, request: OfficeRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.providers = {str(each.uid): each for each in agreed_providers(request.day)}
        named = [(uid, each.name) for uid, each in self.providers.items()]
        self.fields["provider"].choices = [("", _("All providers")), *named]

    def content(self) -> dict[str, Any]:
        """What the command is told."""
        known = dict(self.cleaned_data)
        known["provider"] = self.providers.get(known["provider"])
        for name in ("fault_share", "probability", "weighted_share"):
            known[name] = Decimal(known[name]) / 100
        return known

    def plan(self, request: OfficeRequest) -> Plan | None:
        """How many claims would be drawn; None where none can be. Of a form that is not sent yet,
        as it stands at first."""
        known = self.content() if self.is_bound else self._first()
        asked = [known[name] for name in ("fault_share", "probability", "weighted_share")]
        period = known["period_from"], known["period_until"]
        if any(faults_of_draw(*period, *asked, known["size"], on=request.day)):
            return None
        claims = claims_of_draw(request.mutual, *period, known["provider"], on=request.day)
        return planned(len(claims), *asked, known["size"]) if claims else None

    def _first(self) -> dict[str, Any]:
        rates = {
            name: Decimal(self.fields[name].initial) / 100
            for name in ("fault_share", "probability", "weighted_share")
        }
        return {**self.initial, **rates, "size": None, "provider": None}


@office_view(right=CONTROLLERS, of_whole_mutual=True)
def new(request: OfficeRequest) -> HttpResponse:
    """Open a campaign: its sample is drawn and stays. « How many » only tells; nothing is drawn."""
    until = month_start(request.day)
    first = {
        "period_from": add_months(until, -1), "period_until": until,
        "seed": f"{request.mutual.code} {add_months(until, -1):%Y-%m}",
    }  # fmt: skip
    form = CampaignForm(request.POST or None, request=request, initial=first)
    if request.method == "POST" and form.is_valid() and "count" not in request.POST:
        opened: list[ControlCampaign] = []

        def act() -> None:
            opened.append(open_campaign(**form.content(), **command_arguments(request)))

        if carried_out(form, act):
            notify(request, _("The claims are drawn."))
            return redirect(office_url(request, "control-campaign", uid=opened[0].uid))
    plan = form.plan(request) if not form.is_bound or form.is_valid() else None
    context = {"form": form, "plan": plan, "sizes": _sizes(form, plan, request.LANGUAGE_CODE)}
    if plan is not None:
        context["chance"] = _percent(plan.probability, request.LANGUAGE_CODE)
    status = 422 if form.errors else 200
    return render(request, "web/care_control/campaign_new.html", context, status=status)


def _percent(rate: Decimal, language: str) -> str:
    return writing.percent(rate, language, 0)


def _sizes(form: CampaignForm, plan: Plan | None, language: str) -> list[tuple[int, str]]:
    """Smaller samples, each with the chance that it finds one fault."""
    if plan is None:
        return []
    asked = form.content() if form.is_bound else {"fault_share": Decimal("0.05")}
    return [
        (size, _percent(probability_of(asked["fault_share"], size), language))
        for size in SIZES
        if size < min(plan.population, plan.needed_count)
    ]
