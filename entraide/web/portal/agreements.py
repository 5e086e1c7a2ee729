"""« Accords préalables » at the provider's desk: asked here, answered by the médecin conseil."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from entraide.apps.claims.models import PreAuthorisationState
from entraide.apps.nomenclature.models import CareCategory
from entraide.apps.portal.selectors import agreement_of_place, agreements_of_place
from entraide.apps.portal.services import ask_agreement
from entraide.core.errors import Refusal
from entraide.messages import sentence
from entraide.web.claims.agreement_outlook import SEEN, doubts_of, what_is_seen
from entraide.web.claims.reasons import category_names, language
from entraide.web.fields import DayField, LastDayField, MoneyField
from entraide.web.names import state_of
from entraide.web.notices import notify
from entraide.web.portal.answers import reason_told
from entraide.web.portal.cards import bearer_of
from entraide.web.portal.frame import PortalRequest, command_of, portal_url, portal_view, shown
from entraide.web.refusals import show_refusal

PER_PAGE = 25


class AskForm(forms.Form):
    """Who, which care, for which days, for how much."""

    card = forms.CharField(label=gettext_lazy("Card number"), max_length=120)
    category = forms.ChoiceField(label=gettext_lazy("Care"))
    effective_from = DayField(label=gettext_lazy("From the day"))
    effective_until = LastDayField(label=gettext_lazy("Last day"))
    amount = MoneyField(
        label=gettext_lazy("Amount asked"), required=False,
        help_text=gettext_lazy(
            "The most that the mutual will pay, the family’s share taken off."
            " Empty when no amount is known."
        ),
    )  # fmt: skip
    reason = forms.CharField(
        label=gettext_lazy("Why"), max_length=300, required=False,
        help_text=gettext_lazy("No diagnosis here: the family reads it too."),
    )  # fmt: skip

    def __init__(self, *args: Any, request: PortalRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"].currency = request.mutual.currency
        names = category_names()
        self._categories = {each.code: each for each in CareCategory.objects.all()}
        self.fields["category"].choices = [
            (code, names.get(code, code)) for code in self._categories
        ]

    def content(self) -> dict[str, Any]:
        """The content of the command, without the person."""
        known = self.cleaned_data
        return {
            "category": self._categories[known["category"]],
            "amount_minor": known["amount"],
            "effective_from": known["effective_from"],
            "effective_until": known["effective_until"],
            "reason": known["reason"],
        }


@require_safe
@portal_view
def agreement_list(request: PortalRequest) -> HttpResponse:
    """What was asked for care here, the latest first, with the answers."""
    page = Paginator(agreements_of_place(request.place), PER_PAGE).get_page(request.GET.get("page"))
    names = category_names()
    rows = [
        (each, names.get(each.category.code, ""), state_of("authorisation", each.state))
        for each in page
    ]
    return shown(request, "web/portal/agreements.html", {"page": page, "rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@portal_view
def ask(request: PortalRequest) -> HttpResponse:
    """A question to the médecin conseil; it takes its number at once."""
    initial = {"effective_from": request.day, "card": request.GET.get("card", "")}
    form = AskForm(request.POST or None, request=request, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            person = bearer_of(request.place, form.cleaned_data["card"], request.user, request.day)
        except Refusal as refusal:
            form.add_error("card", sentence(refusal.code, refusal.data, language()))
        else:
            content, place = form.content(), request.place.provider
            seen = what_is_seen(person, content)
            doubts = doubts_of(person, content, request.day, reason_told, provider=place)
            if doubts and request.POST.get(SEEN) != seen:
                context = {"form": form, "doubts": doubts, "seen": seen}
                return shown(request, "web/portal/agreement_ask.html", context)
            try:
                asked = ask_agreement(**command_of(request), person=person, **content)
            except Refusal as refusal:
                show_refusal(form, refusal)
            else:
                text = _("%(number)s is asked: the médecin conseil answers.")
                notify(request, text % {"number": asked.document_number})
                return redirect(portal_url(request, "agreement", uid=asked.uid))
    status = 422 if form.errors else 200
    return shown(request, "web/portal/agreement_ask.html", {"form": form}, status=status)


@require_safe
@portal_view
def agreement(request: PortalRequest, uid: str) -> HttpResponse:
    """One of them, with its answer: the number to write on the attestation."""
    asked = agreement_of_place(request.place, uid)
    context = {
        "asked": asked,
        "category": category_names().get(asked.category.code, ""),
        "state": state_of("authorisation", asked.state),
        "is_given": asked.state == PreAuthorisationState.GIVEN,
    }
    return shown(request, "web/portal/agreement.html", context)
