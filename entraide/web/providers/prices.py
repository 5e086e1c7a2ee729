"""Price lists: their prices with history, new ones for a second person, and a provider's prices."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from entraide.apps.claims.retroactive import prices_in_the_past
from entraide.apps.nomenclature.selectors import find_care_items
from entraide.apps.providers.models import PriceChange, TariffList
from entraide.apps.providers.negotiation import proposal_seen, proposed_lines
from entraide.apps.providers.prices import (
    PriceLine,
    PriceShown,
    change_seen,
    changes_waiting,
    decide_prices,
    enter_prices,
    is_of_several,
    lines_of,
    list_seen,
    lists_of,
    make_price_list,
    prices_of_peers,
    prices_on,
)
from entraide.apps.providers.register import provider_seen
from entraide.apps.providers.selectors import agreement_on, care_systems
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal
from entraide.documents import writing
from entraide.messages import sentence
from entraide.web.claims.reasons import language
from entraide.web.fields import is_uid
from entraide.web.groups.acts import form_page
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view, told
from entraide.web.providers.acts import DECIDERS, KEEPERS
from entraide.web.providers.price_forms import PriceListForm, PricesForm
from entraide.web.providers.views import READERS
from entraide.web.providers.wording import LEVELS, PRICE_STATES
from entraide.web.refusals import show_refusal

CHANGES_SHOWN = 30
ITEMS_OFFERED = 600


@require_safe
@office_view(right=READERS, of_whole_mutual=True)
def price_lists(request: OfficeRequest) -> HttpResponse:
    """The lists of the mutual and of the network, and the prices that wait for somebody."""
    context = {
        "lists": [
            (each, LEVELS.get(each.level, ""), len(prices_on(each, request.day)))
            for each in lists_of(request.mutual)
        ],
        "waiting": list(changes_waiting(request.mutual)),
        "may_keep": bool(set(KEEPERS) & request.rights),
    }
    return render(request, "web/providers/price_lists.html", context)


@office_view(right=KEEPERS, of_whole_mutual=True)
def new_list(request: OfficeRequest) -> HttpResponse:
    """An empty list; its prices are entered or imported, then approved."""
    form = PriceListForm(request.POST or None, may_administer=Right.ADMINISTER in request.rights)
    if request.method == "POST" and form.is_valid():
        try:
            made = make_price_list(**form.cleaned_data, **command_arguments(request))
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            notify(
                request, _("The list %(name)s is there; enter its prices.") % {"name": made.name}
            )
            return redirect(office_url(request, "price-list", uid=made.uid))
    return form_page(
        request, form, title=_("A new price list"), verb=_("Make the list"),
        back=office_url(request, "price-lists"), way=_("Price lists"),
        step=_("Providers"), step_url=office_url(request, "providers"),
    )  # fmt: skip


@require_safe
@office_view(right=READERS, of_whole_mutual=True)
def price_list(request: OfficeRequest, uid: str) -> HttpResponse:
    """The prices of the day with their history, and who entered and approved each change."""
    shown = list_seen(request.mutual, uid)
    changes = PriceChange.objects.filter(mutual=request.mutual, tariff_list=shown)
    context = {
        "list": shown,
        "level": LEVELS.get(shown.level, ""),
        "prices": prices_on(shown, request.day),
        "changes": [
            (each, PRICE_STATES[each.state], len(each.lines))
            for each in changes.select_related("entered_by", "decided_by").order_by("-id")[
                :CHANGES_SHOWN
            ]
        ],
        "is_of_several": is_of_several(request.mutual, shown),
        "may_keep": bool(set(KEEPERS) & request.rights),
        "may_import": Right.KEEP_PROVIDERS in request.rights,
    }
    return render(request, "web/providers/price_list.html", context)


@office_view(right=KEEPERS, of_whole_mutual=True)
def enter(request: OfficeRequest, uid: str) -> HttpResponse:
    """Prices from a day on; only the lines filled change."""
    shown = list_seen(request.mutual, uid)
    systems = care_systems()
    prices = prices_on(shown, request.day)
    form = PricesForm(
        request.POST or None, shown=prices, systems=systems,
        currency=shown.currency, initial=_agreed(request, prices) | {"effective_from": request.day},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            made = enter_prices(
                tariff_list=shown, effective_from=said["effective_from"], source=said["source"],
                lines=said["lines"], **command_arguments(request),
            )  # fmt: skip
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            notify(request, _("The prices are recorded; another person approves them."))
            return redirect(office_url(request, "price-change", uid=made.uid))
    context = {
        "form": form,
        "list": shown,
        "items": find_care_items("", systems=systems, limit=ITEMS_OFFERED),
    }
    status = 422 if form.errors else 200
    return render(request, "web/providers/prices_enter.html", context, status=status)


def _agreed(request: OfficeRequest, prices: list[PriceShown]) -> dict[str, object]:
    """The prices of the proposal named in the address (``?proposal=``), to be entered."""
    uid = request.GET.get("proposal", "")
    if not is_uid(uid) or Right.KEEP_PROVIDERS not in request.rights:
        return {}
    agreed = proposal_seen(request.mutual, uid)
    return {
        "source": _("Proposal of %(day)s, %(person)s")
        % {"day": writing.day(agreed.proposed_on, request.LANGUAGE_CODE), "person": agreed.said_by}
    } | PricesForm.initial_of(proposed_lines(agreed), prices)


@office_view(right=READERS, of_whole_mutual=True)
def change(request: OfficeRequest, uid: str) -> HttpResponse:
    """Prices that wait: each beside the one in force; another person approves or refuses."""
    shown = change_seen(request.mutual, uid)
    fault = ""
    if request.method == "POST" and set(DECIDERS) & request.rights:
        is_approved = request.POST.get("act") == "approve"
        try:
            decide_prices(
                change=shown, is_approved=is_approved, reason=request.POST.get("reason", ""),
                **command_arguments(request),
            )  # fmt: skip
        except Refusal as refusal:
            fault = told(refusal)
        else:
            text = _("The prices are approved.") if is_approved else _("The prices are refused.")
            notify(request, text)
            return redirect(office_url(request, "price-list", uid=shown.tariff_list.uid))
    before, lines = _before(shown.tariff_list, shown), lines_of(shown)
    is_waiting = shown.state == "waiting"
    is_own = shown.entered_by_id == request.user.pk
    is_several = is_of_several(request.mutual, shown.tariff_list)
    needed = {Right.ADMINISTER} if is_several else set(DECIDERS)
    context = {
        "change": shown,
        "state": PRICE_STATES[shown.state],
        "lines": [(each, before.get(each.care_item.pk)) for each in lines],
        "in_the_past": _in_the_past(request, shown, lines) if is_waiting else "",
        "is_waiting": is_waiting,
        "is_own": is_own,
        "is_of_several": is_several,
        "may_decide": is_waiting and not is_own and bool(needed & request.rights),
        "fault": fault,
    }
    status = 422 if fault else 200
    return render(request, "web/providers/price_change.html", context, status=status)


def _in_the_past(request: OfficeRequest, shown: PriceChange, lines: list[PriceLine]) -> str:
    """How many claims were decided by the list since the first day of these prices."""
    finding = prices_in_the_past(
        request.mutual, shown.tariff_list, [each.care_item.pk for each in lines],
        shown.effective_from, request.day,
    )  # fmt: skip
    return "" if finding is None else sentence(finding.code, finding.data, language())


def _before(tariff_list: TariffList, shown: PriceChange) -> dict[int, int]:
    """The price of each item just before the change begins."""
    return {
        each.item.pk: next(
            (row.unit_price_minor for row in each.history
             if row.effective_from < shown.effective_from),
            each.unit_price_minor,
        )
        for each in prices_on(tariff_list, shown.effective_from)
        if any(row.effective_from < shown.effective_from for row in each.history)
    }  # fmt: skip


@require_safe
@office_view(right=READERS, of_whole_mutual=True)
def of_provider(request: OfficeRequest, uid: str) -> HttpResponse:
    """What a provider asks today under its convention, beside the others of its level."""
    provider = provider_seen(request.mutual, uid)
    agreement = agreement_on(provider, request.day)
    tariff_list = agreement.tariff_list if agreement is not None else None
    peers = prices_of_peers(provider, request.day)
    context = {
        "provider": provider,
        "level": LEVELS.get(provider.level, ""),
        "agreement": agreement,
        "list": tariff_list,
        "prices": prices_on(tariff_list, request.day, peers) if tariff_list is not None else [],
        "has_peers": bool(peers),
        "may_keep": Right.KEEP_PROVIDERS in request.rights,
    }
    return render(request, "web/providers/provider_prices.html", context)
