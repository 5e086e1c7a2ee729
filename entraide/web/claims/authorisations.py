"""« Accords préalables »: asked at the desk or by telephone, answered by the médecin conseil."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from entraide.apps.claims.agreement_calls import CALL_TAKERS, calls_of, is_read_back
from entraide.apps.claims.foreseeing import outlook
from entraide.apps.claims.models import PreAuthorisation, PreAuthorisationState
from entraide.apps.claims.pre_authorisations import (
    ask_pre_authorisation,
    cancel_pre_authorisation,
    care_of,
    decide_pre_authorisation,
    paid_under,
    remarks_of,
)
from entraide.apps.enrolment.selectors import found
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Finding, Refusal
from entraide.messages import sentence
from entraide.web import clock
from entraide.web.claims.agreement_forms import AnswerForm, AskForm, CallForm, ReadBackForm
from entraide.web.claims.agreement_outlook import (
    SEEN,
    doubts_of,
    outlook_told,
    payable_days,
    what_is_seen,
)
from entraide.web.claims.guarantee_letter import letter_pdf, letter_words
from entraide.web.claims.patients import person_of_card
from entraide.web.claims.reasons import category_names, language
from entraide.web.claims.reasons import told as told_with_names
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view, told
from entraide.web.refusals import show_refusal

PER_PAGE = 50
READERS = (Right.READ_REGISTERS, Right.GIVE_PRE_AUTHORISATION)


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
    initial = {
        "effective_from": request.day,
        "card": request.GET.get("card", ""),
        "called_at": clock.now(request.mutual),
    }
    form = AskForm(request.POST or None, request=request, initial=initial)
    if request.method == "POST" and form.is_valid():
        person = person_of_card(request.mutual, form.cleaned_data["card"])
        if person is None:
            form.add_error("card", _("Nobody, or several persons, have this card or name."))
        else:
            content = form.content()
            seen = what_is_seen(person, content)
            doubts = doubts_of(person, content, request.day, _told)
            if doubts and request.POST.get(SEEN) != seen:
                context = {"form": form, "doubts": doubts, "seen": seen}
                return render(request, "web/claims/authorisation_ask.html", context)
            try:
                asked = ask_pre_authorisation(
                    **command_arguments(request), person=person, **content
                )
            except Refusal as refusal:
                show_refusal(form, refusal)
            else:
                text = _("%(number)s is asked: the médecin conseil answers.")
                notify(request, text % {"number": asked.document_number})
                return redirect(office_url(request, "prior-agreement", uid=asked.uid))
    status = 422 if form.errors else 200
    return render(request, "web/claims/authorisation_ask.html", {"form": form}, status=status)


def _told(finding: Finding) -> str:
    return told_with_names(finding.code, finding.data, category_names())


def agreement_named(request: OfficeRequest, uid: str) -> PreAuthorisation:
    """The agreement of an address."""
    rows = PreAuthorisation.objects.filter(mutual=request.mutual).select_related(
        "person__mutual", "category", "care_item", "provider", "asked_by", "decided_by"
    )
    return found(rows, uid=uid)


@require_safe
@office_view(right=READERS)
def authorisation(request: OfficeRequest, uid: str) -> HttpResponse:
    """One of them: what was asked and answered, what it paid; printed, the guarantee letter."""
    return agreement_page(request, agreement_named(request, uid))


def agreement_page(
    request: OfficeRequest,
    shown: PreAuthorisation,
    form: AnswerForm | None = None,
    *,
    call_form: CallForm | None = None,
    read_form: ReadBackForm | None = None,
) -> HttpResponse:
    """The page of an agreement, with the form that was refused, if any."""
    hour = clock.now(request.mutual)
    calls = calls_of(shown)
    is_given = shown.state == PreAuthorisationState.GIVEN
    may_give = Right.GIVE_PRE_AUTHORISATION in request.rights
    lines = paid_under(shown)
    seen = outlook(care_of(shown), shown.effective_from, shown.effective_until, request.day)
    doubts = outlook_told(seen, shown.amount_minor, request.mutual.currency, _told)
    is_asked = shown.state == PreAuthorisationState.ASKED
    used_minor = sum(line.payable_minor for line in lines)
    context = {
        "shown": shown,
        "category": category_names().get(shown.category.code, ""),
        "may_answer": may_give and is_asked and shown.asked_by_id != request.user.pk,
        "may_cancel": may_give and is_given,
        "is_given": is_given,
        "form": form or AnswerForm(currency=request.mutual.currency, days=payable_days(seen)),
        "doubts": doubts if is_asked or is_given else [],
        "is_doubtful": seen.is_refused_somewhere,
        "letter": letter_words(shown, seen, request.mutual) if is_given else (),
        "is_payable": payable_days(seen) is not None,
        "lines": lines,
        "calls": calls,
        "to_read_back": next((each for each in reversed(calls) if not is_read_back(each)), None),
        "call_form": call_form or CallForm(initial={"called_at": hour}),
        "read_form": read_form or ReadBackForm(initial={"read_at": hour}),
        "may_call": not request.rights.isdisjoint(CALL_TAKERS),
        "remarks": [sentence(remark.code, remark.data, language()) for remark in remarks_of(shown)],
        "used_minor": used_minor,
        "left_minor": None if shown.amount_minor is None else shown.amount_minor - used_minor,
    }
    refused = any(each is not None and each.errors for each in (form, call_form, read_form))
    status = 422 if refused else 200
    return render(request, "web/claims/authorisation.html", context, status=status)


@require_safe
@office_view(right=READERS)
def letter(request: OfficeRequest, uid: str) -> HttpResponse:
    """The guarantee letter on paper; ``NOT_FOUND`` for what was not agreed to."""
    shown = agreement_named(request, uid)
    if shown.state != PreAuthorisationState.GIVEN:
        raise Refusal("NOT_FOUND", record="preauthorisation", key=uid)
    seen = outlook(care_of(shown), shown.effective_from, shown.effective_until, request.day)
    return letter_pdf(shown, seen, request.mutual, request.day)


@require_POST
@office_view(right=Right.GIVE_PRE_AUTHORISATION)
def answer(request: OfficeRequest, uid: str) -> HttpResponse:
    """The médecin conseil agrees or refuses."""
    shown = agreement_named(request, uid)
    form = AnswerForm(request.POST, currency=request.mutual.currency, days=None)
    if form.is_valid():
        is_given = request.POST.get("answer") == "give"
        try:
            decide_pre_authorisation(
                **command_arguments(request), authorisation=shown, is_given=is_given,
                amount_minor=form.cleaned_data["amount"], reason=form.cleaned_data["reason"],
                effective_from=form.cleaned_data["effective_from"],
                effective_until=form.cleaned_data["effective_until"],
            )  # fmt: skip
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            text = _("%(number)s is agreed.") if is_given else _("%(number)s is refused.")
            notify(request, text % {"number": shown.document_number})
            return redirect(office_url(request, "prior-agreement", uid=shown.uid))
    return agreement_page(request, shown, form)


@require_POST
@office_view(right=Right.GIVE_PRE_AUTHORISATION)
def cancel(request: OfficeRequest, uid: str) -> HttpResponse:
    """An agreement taken back: what was decided under it stays."""
    shown = agreement_named(request, uid)
    reason = request.POST.get("reason", "")[:300]
    try:
        cancel_pre_authorisation(**command_arguments(request), authorisation=shown, reason=reason)
    except Refusal as refusal:
        notify(request, told(refusal), kind="bad")
    else:
        text = _("%(number)s is taken back: no later care is paid under it.")
        notify(request, text % {"number": shown.document_number})
    return redirect(office_url(request, "prior-agreement", uid=shown.uid))
