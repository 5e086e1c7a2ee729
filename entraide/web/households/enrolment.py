"""Entering a membership form: all persons at once, the price before, the first payment with it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from entraide.apps.access.preferences import draft_of, drop_draft, keep_draft
from entraide.apps.contributions.desk import Quote, enrol_with_payment, quote_enrolment
from entraide.apps.contributions.models import ContributionPayment
from entraide.apps.contributions.services import enrol_household
from entraide.apps.enrolment.asked_about import is_out_of_sight
from entraide.apps.enrolment.models import Household, Person
from entraide.apps.enrolment.papers import paper_on
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal
from entraide.web.areas.fields import area_of
from entraide.web.contributions.wording import payer_name, quote_lines
from entraide.web.drafts import MEMBERSHIP, keep_typed
from entraide.web.fields import read_count
from entraide.web.households.doubles import (
    Question,
    answered,
    is_asked_again,
    keep_answers,
    questions,
)
from entraide.web.households.files import splits_names
from entraide.web.households.forms import (
    MOST_ROWS,
    EnrolmentForm,
    PersonRows,
    PersonRowsForm,
    photos_to_bring,
    place_refusal,
)
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view, told

DRAFT = MEMBERSHIP
PREFIX = "persons"
_ROW = re.compile(r"[0-9]{1,4}")
NOT_TYPED = frozenset({"csrfmiddlewaretoken", "idempotency_key", "act"})


@dataclass(slots=True)
class Paper:
    """The whole form: its head and foot, and the lines of its persons."""

    form: EnrolmentForm
    persons: PersonRows

    def is_valid(self) -> bool:
        """Read everything, so that every fault shows at once."""
        return all([self.form.is_valid(), self.persons.is_valid()])


@office_view(right=Right.ENROL)
def enrol(request: OfficeRequest) -> HttpResponse:
    """The membership form. ``act`` tells the button: record, more, check, aside or forget."""
    if request.method != "POST":
        return _page(request, _opened(request))
    act = request.POST.get("act", "record")
    if act == "aside":
        return _put_aside(request)
    if act == "forget":
        drop_draft(user=request.user, mutual=request.mutual, form=DRAFT)
        return redirect(office_url(request, "household-new"))
    if act == "more":
        return _page(request, _unchecked(request, request.POST, more=1), focus_on_last=True)
    paper = _typed(request, request.POST)
    if act != "record":  # « check », and no button of ours: nothing is recorded
        return _page(request, _unchecked(request, request.POST), quote=_priced(request, paper))
    return _record(request, paper)


@require_POST
@office_view(right=Right.ENROL)
def quote(request: OfficeRequest) -> HttpResponse:
    """What the form will make due, while it is typed: a fragment for the page's script."""
    priced = _priced(request, _typed(request, request.POST))
    return render(request, "web/households/_quote.html", {"quote": priced})


@require_POST
@office_view(right=Right.ENROL)
def loan(request: OfficeRequest) -> HttpResponse:
    """The fields of the loan when the product chosen works on one: a fragment, else empty."""
    form = _unchecked(request, request.POST).form
    return render(request, "web/households/_loan.html", {"form": form, "is_fragment": True})


def _typed(request: OfficeRequest, data: QueryDict) -> Paper:
    about, of_persons = _about(request)
    return Paper(
        EnrolmentForm(data, **about),
        PersonRowsForm(data, prefix=PREFIX, **of_persons),
    )


def _about(request: OfficeRequest) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the head and the lines show: the mutual's form, names as the country says them."""
    paper = paper_on(request.mutual, request.day)
    head = {
        "mutual": request.mutual,
        "day": request.day,
        "takes_money": Right.RECORD_PAYMENT in request.rights,
        "paper": paper,
    }
    return head, {"paper": paper, "splits_names": splits_names(request.mutual.country)}


def _opened(request: OfficeRequest) -> Paper:
    """An empty form, or the one put aside."""
    kept = draft_of(user=request.user, mutual=request.mutual, form=DRAFT)
    return _filled(request, kept.content if kept is not None else {})


def begin_form(request: OfficeRequest, typed: Mapping[str, str]) -> bool:
    """Open the form with what is known already, as if it had been put aside; not over a form that
    the person has begun (False)."""
    content = {name: [text] for name, text in typed.items() if text}
    kept = draft_of(user=request.user, mutual=request.mutual, form=DRAFT)
    if kept is not None:
        return bool(kept.content == content)
    keep_draft(user=request.user, mutual=request.mutual, form=DRAFT, content=content)
    return True


def _unchecked(request: OfficeRequest, data: QueryDict, more: int = 0) -> Paper:
    """What is typed, shown again without looking for faults, with more lines if asked."""
    return _filled(request, dict(data.lists()), more)


def _filled(request: OfficeRequest, content: Mapping[str, list[str]], more: int = 0) -> Paper:
    values = {name: texts[-1] for name, texts in content.items() if texts and name not in NOT_TYPED}
    rows = _rows_of(values, more)
    head = {name: value for name, value in values.items() if not name.startswith(f"{PREFIX}-")}
    about, of_persons = _about(request)
    return Paper(
        EnrolmentForm(initial=head, **about),
        PersonRowsForm(prefix=PREFIX, rows=rows, **of_persons),
    )


def _rows_of(values: Mapping[str, str], more: int) -> list[dict[str, str]]:
    """The lines as they were typed, each by the names of its fields."""
    by_index: dict[int, dict[str, str]] = {}
    for name, value in values.items():
        prefix, _dash, rest = name.partition("-")
        index, _dash, field = rest.partition("-")
        if prefix == PREFIX and field and _ROW.fullmatch(index) and int(index) < MOST_ROWS:
            by_index.setdefault(int(index), {})[field] = value
    count = read_count(values.get(f"{PREFIX}-TOTAL_FORMS", ""), most=MOST_ROWS)
    count = max(count, max(by_index, default=-1) + 1) + more
    return [by_index.get(index, {}) for index in range(min(count, MOST_ROWS))]


def _put_aside(request: OfficeRequest) -> HttpResponse:
    content = {
        name: texts for name, texts in request.POST.lists() if name not in NOT_TYPED and any(texts)
    }
    keep_draft(user=request.user, mutual=request.mutual, form=DRAFT, content=content)
    notify(
        request,
        _("The form is put aside: nothing of it is lost."),
        links=[(_("Take it up again"), office_url(request, "household-new"))],
        kind="info",
    )
    return redirect(office_url(request, "households"))


@dataclass(frozen=True, slots=True)
class Priced:
    """The price of the form as it stands, or why it is not known yet."""

    quote: Quote | None = None
    lines: tuple[tuple[str, int], ...] = ()
    others: tuple[tuple[str, int, int], ...] = ()  # payer, in how many parts, in all
    persons_count: int = 0
    dated_count: int = 0
    without_birth: tuple[str, ...] = ()  # the names of lines without a birth that can be read
    without_photo: tuple[str, ...] = ()
    lacks_consent: bool = False
    resembling: tuple[Person, ...] = ()
    resembles_elsewhere: bool = False
    why_not: str = ""

    @property
    def complete_count(self) -> int:
        """The persons whose file is complete: a date of birth, and the photo where it counts."""
        return self.dated_count - len(self.without_photo)


def parts_of_others(quote: Quote) -> tuple[tuple[str, int, int], ...]:
    """What each other payer is called for: its name, in how many parts, and how much in all."""
    parts: dict[str, list[int]] = {}
    for draft in quote.of_others:
        parts.setdefault(draft.payer, []).append(draft.amount_minor)
    return tuple((payer_name(payer), len(each), sum(each)) for payer, each in parts.items())


def _priced(request: OfficeRequest, paper: Paper) -> Priced:
    paper.is_valid()
    product = paper.form.chosen_product()
    entries = paper.persons.entries()
    enrolled_on = paper.form.cleaned_data.get("enrolled_on")
    if product is None or enrolled_on is None or not entries:
        return Priced(why_not=_("Enter the product and a person with the date of birth."))
    try:
        found = quote_enrolment(
            product=product,
            enrolled_on=enrolled_on,
            persons=entries,
            on=request.day,
            loan_minor=paper.form.cleaned_data.get("loan_minor"),
            income_minor=paper.form.cleaned_data.get("income_minor"),
            pays_at_once=paper.form.cleaned_data.get("pays_at_once"),
            group=paper.form.chosen_group(),
        )
    except Refusal as refusal:
        return Priced(why_not=told(refusal))
    rows = [row for row in paper.persons.written if row.cleaned_data.get("birth")]
    alike = [each.person for asked in questions(request, entries) for each in asked.alike]
    return Priced(
        quote=found,
        lines=quote_lines(found.of_household, request.mutual.currency),
        others=parts_of_others(found),
        persons_count=len(paper.persons.written),
        dated_count=len(rows),
        without_birth=tuple(
            row.spoken_name for row in paper.persons.written if not row.cleaned_data.get("birth")
        ),
        lacks_consent=_lacks_consent(paper),
        without_photo=tuple(photos_to_bring(found.remarks, rows)),
        resembling=tuple(each for each in alike if not is_out_of_sight(each)),
        resembles_elsewhere=any(is_out_of_sight(each) for each in alike),
    )


def _lacks_consent(paper: Paper) -> bool:
    """Whether the mutual's form asks for the consent and it is not ticked."""
    form = paper.form
    return "consent" in form.fields and not form.cleaned_data.get("consent")


def _with_consent(told_first: str, paper: Paper) -> str:
    """A confirmation that also says when the consent is not noted."""
    return told_first + " " + _("Consent not noted.") if _lacks_consent(paper) else told_first


def _record(request: OfficeRequest, paper: Paper) -> HttpResponse:
    if not paper.is_valid():
        return _page(request, paper, quote=_priced(request, paper), status=422)
    asked = questions(request, paper.persons.entries())
    if not all(each.is_answered for each in asked):
        return _page(request, paper, quote=_priced(request, paper), asked=asked, status=422)
    try:
        with answered(asked):
            household, payment = _enrol(request, paper)
    except Refusal as refusal:
        if is_asked_again(refusal):
            asked = questions(request, paper.persons.entries())
            return _page(request, paper, quote=_priced(request, paper), asked=asked, status=422)
        place_refusal(refusal, paper.form, paper.persons.written, paper.persons)
        return _page(request, paper, quote=_priced_again(request), asked=asked, status=422)
    if asked:
        keep_answers(request, asked, dict(enumerate(household.persons.order_by("id"), start=1)))
    drop_draft(user=request.user, mutual=request.mutual, form=DRAFT)
    family = office_url(request, "household", uid=household.uid)
    if payment is not None:
        notify(
            request,
            _with_consent(
                _("Family %(number)s is enrolled and receipt %(receipt)s is recorded.")
                % {"number": household.number, "receipt": payment.document_number},
                paper,
            ),
            links=[
                (_("See the family"), family),
                (_("Enter the next form"), office_url(request, "household-new")),
            ],
        )
        return redirect(office_url(request, "receipt", uid=payment.uid))
    links = [(_("Enter the next form"), office_url(request, "household-new"))]
    if Right.RECORD_PAYMENT in request.rights:
        receive = office_url(request, "payment-new", uid=household.uid)
        links.insert(0, (_("Receive its contribution"), receive))
    enrolled = _("Family %(number)s is enrolled.") % {"number": household.number}
    notify(request, _with_consent(enrolled, paper), links=links)
    return redirect(family)


def _priced_again(request: OfficeRequest) -> Priced:
    """The price without the faults that a refusal has added to the form."""
    return _priced(request, _typed(request, request.POST))


def _enrol(request: OfficeRequest, paper: Paper) -> tuple[Household, ContributionPayment | None]:
    known = paper.form.cleaned_data
    act: dict[str, Any] = {
        **command_arguments(request),
        "product": paper.form.chosen_product(),
        "group": paper.form.chosen_group(),
        "enrolled_on": known["enrolled_on"],
        "persons": paper.persons.entries(),
        "phone": known["phone"],
        "address": known["address"],
        "area": area_of(request, known["area"]) if "area" in known else None,
        "declared_size": known["declared_size"],
        "declared_group_size": known.get("declared_group_size"),
        "loan_minor": known.get("loan_minor"),
        "loan_reference": known.get("loan_reference", ""),
        "income_minor": known.get("income_minor"),
        "pays_at_once": known.get("pays_at_once"),
        "source": known["source"] or "paper",
        "signature": paper.form.signature(known["enrolled_on"]),
        "late_reason": known["late_reason"],
    }
    money = paper.form.money()
    if money is None:
        return enrol_household(**act), None
    return enrol_with_payment(money=money, **act)


def _page(
    request: OfficeRequest,
    paper: Paper,
    *,
    quote: Priced | None = None,
    asked: Sequence[Question] = (),
    focus_on_last: bool = False,
    status: int = 200,
) -> HttpResponse:
    if request.method == "POST":  # closed now, the page opens as it was sent
        keep_typed(request, DRAFT)
    kept = draft_of(user=request.user, mutual=request.mutual, form=DRAFT)
    context = {
        "form": paper.form,
        "persons": paper.persons,
        "quote": quote,
        "asked": asked,
        "draft": kept,
        "is_taken_up": request.method == "GET" and kept is not None,
        "draft_pattern": gettext_lazy("Draft kept at {time}"),
    }
    if focus_on_last:
        paper.persons.forms[-1].fields["name"].widget.attrs["autofocus"] = True
    template = "web/households/new.html"
    if request.htmx and focus_on_last:
        template = "web/households/_persons.html"
    return render(request, template, context, status=status)
