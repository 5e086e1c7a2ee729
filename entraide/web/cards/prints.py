"""Printing: a selection becomes a run, a run two papers, the cards and who received them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from entraide.apps.access.models import AuditKind
from entraide.apps.access.services import record_audit
from entraide.apps.cards.faces import faces_of
from entraide.apps.cards.models import Card, CardPrint
from entraide.apps.cards.selectors import (
    bearers,
    cards_of_print,
    last_cards,
    print_for,
    prints_of,
    usable_cards_of_print,
    wanted_cards,
)
from entraide.apps.cards.services import MOST_CARDS, CardLayout, hand_over_cards, print_cards
from entraide.apps.enrolment.models import Person
from entraide.apps.enrolment.selectors import household_for
from entraide.apps.schemes.choices import HELP_NUMBER, HELP_STEPS
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal
from entraide.documents.card_papers import hand_over_pdf, leaflet_pdf
from entraide.documents.card_pdf import cards_pdf
from entraide.web.cards.forms import HandOverForm
from entraide.web.cards.views import filters_of
from entraide.web.fields import is_uid
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view, told

ROWS_PER_PAGE = 100
CARDS_PER_SECOND = 60  # what a small office machine prints into a file


@require_POST
@office_view(right=Right.PRINT_CARDS)
def make(request: OfficeRequest) -> HttpResponse:
    """Print the rows ticked, or all that the list asks for, the first thousand at most."""
    asked = filters_of(request, request.POST)
    wanted = wanted_cards(
        request.mutual, request.day, why=asked.why, group=asked.group, text=asked.text
    )
    if request.POST.get("which") == "all":
        persons = list(wanted[:MOST_CARDS])
    else:
        uids = [uid for uid in request.POST.getlist("person") if is_uid(uid)][:MOST_CARDS]
        persons = list(wanted.filter(uid__in=uids))
    back = office_url(request, "cards")
    return _printed(request, persons, back)


@require_POST
@office_view(right=Right.PRINT_CARDS)
def of_family(request: OfficeRequest, uid: str) -> HttpResponse:
    """Print every card of one family: new ones where they are needed, the same again else."""
    household = household_for(request.mutual, uid)
    persons = list(bearers(request.mutual, request.day).filter(household=household))
    return _printed(request, persons, office_url(request, "household", uid=household.uid))


def _printed(request: OfficeRequest, persons: Sequence[Person], back: str) -> HttpResponse:
    layout = request.POST.get("layout", "")
    try:
        run = print_cards(
            **command_arguments(request),
            persons=persons,
            layout=CardLayout(layout) if layout in frozenset(CardLayout) else CardLayout.SHEET,
            reason=request.POST.get("reason", "")[:200],
        )
    except Refusal as refusal:
        notify(request, told(refusal), kind="bad")
        return redirect(back)
    return redirect(office_url(request, "card-print", uid=run.uid))


@require_safe
@office_view(right=Right.READ_REGISTERS)
def print_list(request: OfficeRequest) -> HttpResponse:
    """Every run of the printer, the latest first."""
    page = Paginator(prints_of(request.mutual), ROWS_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "web/cards/prints.html", {"page": page})


@require_safe
@office_view(right=Right.READ_REGISTERS)
def print_run(request: OfficeRequest, uid: str) -> HttpResponse:
    """One run: its papers, its cards, which were handed over."""
    run = print_for(request.mutual, uid)
    return _run_page(request, run, HandOverForm(initial={"day": request.day}, cards=[]))


def _run_page(request: OfficeRequest, run: CardPrint, form: HandOverForm) -> HttpResponse:
    cards = cards_of_print(run)
    page = Paginator(cards, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "run": run,
        "page": page,
        "form": form,
        "waiting_count": usable_cards_of_print(run).filter(handed_over_on__isnull=True).count(),
        "seconds": -(-run.cards_count // CARDS_PER_SECOND),
        "may_print": Right.PRINT_CARDS in request.rights,
    }
    status = 422 if form.errors else 200
    return render(request, "web/cards/print.html", context, status=status)


@require_safe
@office_view(right=Right.PRINT_CARDS)
def pdf(request: OfficeRequest, uid: str) -> HttpResponseBase:
    """The cards of a run that are in use; each time the file is taken, the journal tells it."""
    run = print_for(request.mutual, uid)
    cards = list(usable_cards_of_print(run))
    content = cards_pdf(
        faces_of(request.mutual, cards, request.day),
        mutual_name=request.mutual.name,
        help_number=HELP_NUMBER.of(request.mutual),
        help_steps=HELP_STEPS.of(request.mutual).splitlines(),
        layout=run.layout,
        language=request.LANGUAGE_CODE,
    )
    _journal(request, run)
    return _file(content, f"cartes-{run.number}.pdf")


@require_safe
@office_view(right=Right.PRINT_CARDS)
def hand_over_list(request: OfficeRequest, uid: str) -> HttpResponseBase:
    """The paper on which each bearer signs for the card."""
    run = print_for(request.mutual, uid)
    cards = list(usable_cards_of_print(run))
    content = hand_over_pdf(
        run, cards, mutual_name=request.mutual.name, language=request.LANGUAGE_CODE
    )
    _journal(request, run)
    return _file(content, f"remise-{run.number}.pdf")


@require_safe
@office_view(right=Right.PRINT_CARDS)
def leaflet(request: OfficeRequest, uid: str) -> HttpResponseBase:
    """The leaflet of a family: who is covered, how to use the card, what to do in trouble."""
    household = household_for(request.mutual, uid)
    members = [each for each in household.persons.all() if each.is_member]
    cards = list(last_cards(members).values())
    if not cards:
        raise Refusal("NOT_FOUND", record="card", key=uid)
    (face,) = faces_of(request.mutual, cards[:1], request.day)
    content = leaflet_pdf(
        face,
        mutual_name=request.mutual.name,
        help_number=HELP_NUMBER.of(request.mutual),
        help_steps=HELP_STEPS.of(request.mutual).splitlines(),
        language=request.LANGUAGE_CODE,
    )
    return _file(content, f"notice-{household.number}.pdf")


@require_POST
@office_view(right=Right.PRINT_CARDS)
def hand_over(request: OfficeRequest, uid: str) -> HttpResponse:
    """The cards ticked were handed over; all that wait, when « all » is asked."""
    run = print_for(request.mutual, uid)
    waiting = usable_cards_of_print(run).filter(handed_over_on__isnull=True)
    uids = [each for each in request.POST.getlist("cards") if is_uid(each)]
    form = HandOverForm(request.POST, cards=uids)
    if not form.is_valid():
        return _run_page(request, run, form)
    is_all = request.POST.get("which") == "all"
    cards: list[Card] = list(waiting if is_all else waiting.filter(uid__in=uids))
    try:
        hand_over_cards(
            **command_arguments(request),
            cards=cards,
            handed_over_on=form.cleaned_data["day"],
            receiver=form.cleaned_data["receiver"],
        )
    except Refusal as refusal:
        notify(request, told(refusal), kind="bad")
    else:
        notify(request, _("Cards handed over: %(count)d.") % {"count": len(cards)})
    return redirect(office_url(request, "card-print", uid=run.uid))


def _journal(request: OfficeRequest, run: CardPrint) -> None:
    record_audit(
        kind=AuditKind.EXPORT,
        mutual=request.mutual,
        actor=request.user,
        subject=f"card print {run.number}",
        details={"cards": run.cards_count},
    )


def _file(content: bytes, name: str) -> HttpResponse:
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}"'},
    )
