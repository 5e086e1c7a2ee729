"""« Accords préalables »: asked at the desk or by telephone, answered by the médecin conseil."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from entraide.apps.claims.models import PreAuthorisation, PreAuthorisationState
from entraide.apps.claims.pre_authorisations import (
    ask_pre_authorisation,
    cancel_pre_authorisation,
    decide_pre_authorisation,
    paid_under,
)
from entraide.apps.enrolment.selectors import found
from entraide.apps.nomenclature.models import CareCategory
from entraide.apps.providers.selectors import agreed_providers
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal
from entraide.web.claims.patients import person_of_card
from entraide.web.claims.reasons import SECTORS, category_names
from entraide.web.fields import DayField, LastDayField, MoneyField
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view, told
from entraide.web.refusals import show_refusal

PER_PAGE = 50
READERS = (Right.READ_REGISTERS, Right.GIVE_PRE_AUTHORISATION)


class AskForm(forms.Form):
    """What is asked, in the order in which it is said on the telephone."""

    card = forms.CharField(
        label=gettext_lazy("Card number or name"),
        max_length=120,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )
    category = forms.ChoiceField(label=gettext_lazy("Care"))
    provider = forms.ChoiceField(label=gettext_lazy("Provider"), required=False)
    amount = MoneyField(
        label=gettext_lazy("Amount asked"), required=False,
        help_text=gettext_lazy("Empty when no amount is known."),
    )  # fmt: skip
    effective_from = DayField(label=gettext_lazy("From the day"))
    effective_until = LastDayField(label=gettext_lazy("Last day"))
    by_telephone = forms.BooleanField(label=gettext_lazy("Asked by telephone"), required=False)
    reason = forms.CharField(
        label=gettext_lazy("Why"), max_length=300, required=False,
        help_text=gettext_lazy("No diagnosis here: the family and the provider read it."),
    )  # fmt: skip

    def __init__(self, *args: Any, request: OfficeRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"].currency = request.mutual.currency
        names = category_names()
        self._categories = {each.code: each for each in CareCategory.objects.all()}
        self.fields["category"].choices = [
            (code, names.get(code, code)) for code in self._categories
        ]
        self._providers = {str(each.uid): each for each in agreed_providers(request.day)}
        self.fields["provider"].choices = [
            ("", _("Any provider")),
            *(
                (uid, f"{each.name}, {SECTORS[each.sector]}")
                for uid, each in self._providers.items()
            ),
        ]

    def content(self) -> dict[str, Any]:
        """The content of the command, without the person."""
        known = self.cleaned_data
        return {
            "category": self._categories[known["category"]],
            "provider": self._providers.get(known["provider"]),
            "amount_minor": known["amount"],
            "effective_from": known["effective_from"],
            "effective_until": known["effective_until"],
            "by_telephone": known["by_telephone"],
            "reason": known["reason"],
        }


class AnswerForm(forms.Form):
    """The answer of the médecin conseil."""

    amount = MoneyField(
        label=gettext_lazy("Amount agreed"), required=False,
        help_text=gettext_lazy("Empty: as it was asked."),
    )  # fmt: skip
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300, required=False)

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"].currency = currency


@require_safe
@office_view(right=READERS)
def authorisations(request: OfficeRequest) -> HttpResponse:
    """Those that wait first, then the latest."""
    asked = PreAuthorisation.objects.filter(mutual=request.mutual).select_related(
        "person", "category", "provider", "asked_by"
    )
    waiting = asked.filter(state=PreAuthorisationState.ASKED).order_by("asked_on", "pk")
    answered = asked.exclude(state=PreAuthorisationState.ASKED).order_by("-decided_on", "-pk")
    page = Paginator(answered, PER_PAGE).get_page(request.GET.get("page"))
    names = category_names()
    context = {
        "waiting": [(each, names.get(each.category.code, "")) for each in waiting[:PER_PAGE]],
        "waiting_count": waiting.count(),
        "rows": [(each, names.get(each.category.code, "")) for each in page],
        "page": page,
        "may_ask": Right.ENTER_CLAIM in request.rights,
        "may_list": Right.READ_MEDICAL in request.rights,
    }
    return render(request, "web/claims/authorisations.html", context)


@office_view(right=Right.ENTER_CLAIM)
def ask(request: OfficeRequest) -> HttpResponse:
    """A question to the médecin conseil; its number can be given on the telephone at once."""
    initial = {"effective_from": request.day, "card": request.GET.get("card", "")}
    form = AskForm(request.POST or None, request=request, initial=initial)
    if request.method == "POST" and form.is_valid():
        person = person_of_card(request.mutual, form.cleaned_data["card"])
        if person is None:
            form.add_error("card", _("Nobody, or several persons, have this card or name."))
        else:
            try:
                asked = ask_pre_authorisation(
                    **command_arguments(request), person=person, **form.content()
                )
            except Refusal as refusal:
                show_refusal(form, refusal)
            else:
                text = _("%(number)s is asked: the médecin conseil answers.")
                notify(request, text % {"number": asked.document_number})
                return redirect(office_url(request, "prior-agreement", uid=asked.uid))
    status = 422 if form.errors else 200
    return render(request, "web/claims/authorisation_ask.html", {"form": form}, status=status)


def _of(request: OfficeRequest, uid: str) -> PreAuthorisation:
    rows = PreAuthorisation.objects.filter(mutual=request.mutual)
    return found(
        rows.select_related("person", "category", "provider", "asked_by", "decided_by"), uid=uid
    )


@require_safe
@office_view(right=READERS)
def authorisation(request: OfficeRequest, uid: str) -> HttpResponse:
    """One of them: what was asked and answered, what it paid; printed, the guarantee letter."""
    return _shown(request, _of(request, uid))


def _shown(
    request: OfficeRequest, shown: PreAuthorisation, form: AnswerForm | None = None
) -> HttpResponse:
    is_given = shown.state == PreAuthorisationState.GIVEN
    may_give = Right.GIVE_PRE_AUTHORISATION in request.rights
    lines = paid_under(shown)
    used_minor = sum(line.payable_minor for line in lines)
    context = {
        "shown": shown,
        "category": category_names().get(shown.category.code, ""),
        "may_answer": may_give
        and shown.state == PreAuthorisationState.ASKED
        and shown.asked_by_id != request.user.pk,
        "may_cancel": may_give and is_given,
        "is_given": is_given,
        "form": form or AnswerForm(currency=request.mutual.currency),
        "lines": lines,
        "used_minor": used_minor,
        "left_minor": None if shown.amount_minor is None else shown.amount_minor - used_minor,
    }
    status = 422 if form is not None and form.errors else 200
    return render(request, "web/claims/authorisation.html", context, status=status)


@require_POST
@office_view(right=Right.GIVE_PRE_AUTHORISATION)
def answer(request: OfficeRequest, uid: str) -> HttpResponse:
    """The médecin conseil agrees or refuses."""
    shown = _of(request, uid)
    form = AnswerForm(request.POST, currency=request.mutual.currency)
    if form.is_valid():
        is_given = request.POST.get("answer") == "give"
        try:
            decide_pre_authorisation(
                **command_arguments(request), authorisation=shown, is_given=is_given,
                amount_minor=form.cleaned_data["amount"], reason=form.cleaned_data["reason"],
            )  # fmt: skip
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            text = _("%(number)s is agreed.") if is_given else _("%(number)s is refused.")
            notify(request, text % {"number": shown.document_number})
            return redirect(office_url(request, "prior-agreement", uid=shown.uid))
    return _shown(request, shown, form)


@require_POST
@office_view(right=Right.GIVE_PRE_AUTHORISATION)
def cancel(request: OfficeRequest, uid: str) -> HttpResponse:
    """An agreement taken back: what was decided under it stays."""
    shown = _of(request, uid)
    reason = request.POST.get("reason", "")[:300]
    try:
        cancel_pre_authorisation(**command_arguments(request), authorisation=shown, reason=reason)
    except Refusal as refusal:
        notify(request, told(refusal), kind="bad")
    else:
        text = _("%(number)s is taken back: no later care is paid under it.")
        notify(request, text % {"number": shown.document_number})
    return redirect(office_url(request, "prior-agreement", uid=shown.uid))
