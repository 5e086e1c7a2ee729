"""What is done of a provider: entered, corrected, closed, accepted for the network."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from entraide.apps.care_control.turnovers import record_turnover
from entraide.apps.nomenclature.places import area_label
from entraide.apps.providers.models import Provider, ProviderState
from entraide.apps.providers.register import (
    change_provider,
    close_provider,
    decide_providers,
    enter_provider,
    proposals_waiting,
    provider_seen,
)
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal
from entraide.web.groups.acts import carried_out, form_page
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view, told
from entraide.web.providers.forms import CloseForm, ProviderForm, TurnoverForm
from entraide.web.providers.views import READERS
from entraide.web.providers.wording import LEVELS, SECTOR_CHOICES, services_told
from entraide.web.refusals import show_refusal

KEEPERS = (Right.KEEP_PROVIDERS, Right.ADMINISTER)
DECIDERS = (Right.APPROVE_CONVENTION, Right.ADMINISTER)
_GPS = {"latitude": "gps", "longitude": "gps"}


def provider_page(
    request: OfficeRequest, form: object, provider: Provider, *, title: str, verb: str,
    lede: str = "",
) -> HttpResponse:  # fmt: skip
    """A short form about one provider."""
    return form_page(
        request, form, title=title, verb=verb, lede=lede,  # type: ignore[arg-type]
        back=office_url(request, "provider", uid=provider.uid), way=provider.name,
        step=_("Providers"), step_url=office_url(request, "providers"),
    )  # fmt: skip


@office_view(right=KEEPERS)
def new(request: OfficeRequest) -> HttpResponse:
    """A provider that the register misses; the mutual works with it at once."""
    form = ProviderForm(request.POST or None, mutual=request.mutual)
    if request.method == "POST" and form.is_valid():
        try:
            provider = enter_provider(
                facts=form.facts(), code=form.cleaned_data["code"],
                is_other=form.cleaned_data["is_other"], **command_arguments(request),
            )  # fmt: skip
        except Refusal as refusal:
            if refusal.code == "PROVIDER_ALIKE":
                form.ask_whether_other()
            show_refusal(form, refusal, _GPS)
        else:
            waits = provider.state == ProviderState.PROPOSED
            notify(
                request,
                _("%(name)s is in the register.") % {"name": provider.name},
                detail=_("You may work with it at once; another person accepts it for the network.")
                if waits
                else "",
            )
            return redirect(office_url(request, "provider", uid=provider.uid))
    return form_page(
        request, form, title=_("A new provider"), verb=_("Record the provider"),
        lede=_("Look for it first: the register is shared by the whole network."),
        back=office_url(request, "providers"), way=_("Providers"),
        step=_("Care"), step_url=office_url(request, "claims"),
    )  # fmt: skip


@office_view(right=KEEPERS)
def edit(request: OfficeRequest, uid: str) -> HttpResponse:
    """What the register says of a provider, corrected on somebody's word."""
    provider = provider_seen(request.mutual, uid)
    form = ProviderForm(request.POST or None, mutual=request.mutual, provider=provider)
    if request.method == "POST" and form.is_valid():
        try:
            change_provider(
                provider=provider, facts=form.facts(), source=form.cleaned_data["source"],
                **command_arguments(request),
            )  # fmt: skip
        except Refusal as refusal:
            show_refusal(form, refusal, _GPS)
        else:
            notify(request, _("What is known of %(name)s is corrected.") % {"name": provider.name})
            return redirect(office_url(request, "provider", uid=provider.uid))
    return provider_page(request, form, provider, title=_("Correct the provider"), verb=_("Record"))


@office_view(right=KEEPERS)
def close(request: OfficeRequest, uid: str) -> HttpResponse:
    """The provider gives no care any more."""
    provider = provider_seen(request.mutual, uid)
    form = CloseForm(request.POST or None, initial={"closed_on": request.day})
    if (
        request.method == "POST"
        and form.is_valid()
        and carried_out(
            form,
            lambda: close_provider(
                provider=provider, **form.cleaned_data, **command_arguments(request)
            ),
        )
    ):
        notify(request, _("%(name)s is closed.") % {"name": provider.name})
        return redirect(office_url(request, "provider", uid=provider.uid))
    return provider_page(
        request, form, provider, title=_("Close the provider"), verb=_("Close"),
        lede=_("Claims for care of the days before stay as they are."),
    )  # fmt: skip


@office_view(right=Right.KEEP_PROVIDERS)
def turnover(request: OfficeRequest, uid: str) -> HttpResponse:
    """What the provider says it earned in a year: the mutual's share of it shows."""
    provider = provider_seen(request.mutual, uid)
    form = TurnoverForm(
        request.POST or None, currency=request.mutual.currency,
        initial={"year": request.day.year - 1},
    )  # fmt: skip
    if (
        request.method == "POST"
        and form.is_valid()
        and carried_out(
            form,
            lambda: record_turnover(
                provider=provider, **form.cleaned_data, **command_arguments(request)
            ),
        )
    ):
        notify(request, _("The turnover is recorded."))
        return redirect(office_url(request, "provider", uid=provider.uid))
    return provider_page(
        request, form, provider, title=_("Turnover of the provider"), verb=_("Record"),
        lede=_("Said by the provider, if it wishes: it tells how much it depends on the mutual."),
    )  # fmt: skip


@office_view(right=READERS)
def proposals(request: OfficeRequest) -> HttpResponse:
    """Providers entered here that nobody accepted yet; ``act`` decides on those ticked."""
    waiting = list(proposals_waiting(request.mutual))
    may_decide = bool(set(DECIDERS) & request.rights)
    fault = ""
    if request.method == "POST" and may_decide:
        ticked = set(request.POST.getlist("proposal"))
        refuses = request.POST.get("act") == "refuse"
        try:
            decide_providers(
                proposals=[each for each in waiting if str(each.uid) in ticked],
                decision=ProviderState.REFUSED if refuses else ProviderState.ACCEPTED,
                reason=request.POST.get("reason", ""), **command_arguments(request),
            )  # fmt: skip
        except Refusal as refusal:
            fault = told(refusal)
        else:
            notify(request, _("What was decided of these providers is recorded."))
            return redirect(office_url(request, "provider-proposals"))
    sectors = dict(SECTOR_CHOICES)
    context = {
        "rows": [
            (each, sectors.get(each.provider.sector, ""), LEVELS.get(each.provider.level, ""),
             area_label(each.provider.area) if each.provider.area else "",
             services_told(each.provider.services),
             may_decide and each.proposed_by_id != request.user.pk)
            for each in waiting
        ],
        "may_decide": may_decide,
        "has_own_only": may_decide
        and bool(waiting)
        and all(each.proposed_by_id == request.user.pk for each in waiting),
        "fault": fault,
        "reason": request.POST.get("reason", ""),
    }  # fmt: skip
    status = 422 if fault else 200
    return render(request, "web/providers/proposals.html", context, status=status)
