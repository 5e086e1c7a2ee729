"""What happens to a family: someone enters or leaves, cover is renewed or ends."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from entraide.apps.claims.undoing import paid_dues, undo_membership, unpaid_dues
from entraide.apps.contributions.accounts import household_account
from entraide.apps.contributions.advances import rests_minor
from entraide.apps.contributions.desk import MoneyReceived, quote_renewal
from entraide.apps.contributions.endings import end_family, paid_for_nothing_minor
from entraide.apps.contributions.models import ContributionDue, ContributionPayment
from entraide.apps.contributions.payments import record_contribution_payment
from entraide.apps.contributions.services import add_dependant, renew_membership
from entraide.apps.enrolment.checks import may_be_mother
from entraide.apps.enrolment.corrections import correct_household, household_facts_now
from entraide.apps.enrolment.facts import covered_until, present_on
from entraide.apps.enrolment.models import Household, Membership, Person
from entraide.apps.enrolment.papers import paper_on
from entraide.apps.enrolment.selectors import (
    household_for,
    last_membership,
    membership_for,
    running_membership,
)
from entraide.apps.enrolment.services import EndReason
from entraide.apps.schemes.file_rules import file_rule_on
from entraide.apps.schemes.rights import Right
from entraide.apps.schemes.selectors import product_for, product_on
from entraide.core.completeness import Piece
from entraide.core.errors import Refusal
from entraide.documents import writing
from entraide.web.areas.fields import area_of
from entraide.web.contributions.wording import quote_lines
from entraide.web.fields import is_uid
from entraide.web.households.doubles import (
    Question,
    answered,
    is_asked_again,
    keep_answers,
    questions,
)
from entraide.web.households.files import EndForm, HouseholdFileForm, splits_names
from entraide.web.households.forms import (
    DependantForm,
    RenewalForm,
    place_refusal,
)
from entraide.web.households.shown import FIELD, packed, seen_again, unpacked
from entraide.web.households.wording import END_REASONS
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view, told
from entraide.web.refusals import show_refusal


def _family_url(request: OfficeRequest, household: Household) -> str:
    return office_url(request, "household", uid=household.uid)


@office_view(right=Right.ENROL)
def add_person(request: OfficeRequest, uid: str) -> HttpResponse:
    """A dependant enters during the cover; what the price adds for them becomes due."""
    household = household_for(request.mutual, uid)
    membership = _last_membership(household)
    is_newborn = request.GET.get("relation") == "child"
    form = DependantForm(
        request.POST or None,
        initial={
            "entered_on": request.day,
            **({"relation": "child"} if is_newborn else {}),
        },
        paper=paper_on(request.mutual, request.day),
        splits_names=splits_names(request.mutual.country),
    )
    if is_newborn:
        form.without_adult_facts()
    # Whoever is of age to have a child today; the act itself compares with the day of birth.
    form.offer_mothers(
        [
            each
            for each in present_on(household.persons.order_by("number"), request.day)
            if may_be_mother(each.birth_on, each.sex, request.day)
        ]
    )
    asked: list[Question] = []
    if request.method == "POST" and form.is_valid():
        asked = questions(request, [form.entry()], household=household.number)
    if request.method == "POST" and form.is_valid() and all(each.is_answered for each in asked):
        count = household.dues.count()
        try:
            with answered(asked):
                person = add_dependant(
                    membership=membership,
                    entry=form.entry(),
                    entered_on=form.cleaned_data["entered_on"],
                    **command_arguments(request),
                )
        except Refusal as refusal:
            if is_asked_again(refusal):
                asked = questions(request, [form.entry()], household=household.number)
            else:
                row = [form] * (household.persons.count() + 1)
                place_refusal(refusal, form, row)
        else:
            keep_answers(request, asked, {1: person})
            links = []
            if household.dues.count() > count and Right.RECORD_PAYMENT in request.rights:
                receive = office_url(request, "payment-new", uid=household.uid)
                links = [(_("Receive what this adds"), receive)]
            notify(
                request,
                _entered(person) % {"person": person.full_name, "number": person.number},
                links=links,
            )
            return redirect(_family_url(request, household))
    return _form_page(
        request,
        "web/households/add_person.html",
        form,
        household,
        membership=membership,
        asked=asked,
        is_newborn=is_newborn,
        asks_photo=_asks_photo(membership, request.day),
    )


def _entered(person: Person) -> str:
    if person.sex == "F":
        return pgettext("a woman or a girl", "%(person)s has entered the family, no. %(number)s.")
    return pgettext("a man or a boy", "%(person)s has entered the family, no. %(number)s.")


def _asks_photo(membership: Membership, day: date) -> bool:
    """Whether the rights of who enters begin only once the photo is there."""
    _version, product = product_on(membership.product, day)
    asked = file_rule_on(membership.mutual_id, day).of(Piece.PHOTO)
    return product.membership.photo_required or (asked.suspends and not asked.grace_days)


def _last_membership(household: Household) -> Membership:
    membership = last_membership(household)
    if membership is None:
        raise Refusal("NO_MEMBERSHIP")
    return membership


def _membership_shown(request: OfficeRequest, household: Household) -> Membership:
    """The cover that the form sent showed: one that was renewed since is refused, not followed by
    a second year. The last one for a form that is asked for."""
    uid = request.POST.get("cover", "")
    if not is_uid(uid):
        return _last_membership(household)
    membership = membership_for(request.mutual, uid)
    if membership.household_id != household.pk:
        raise Refusal("NOT_FOUND", record="membership", key=uid)
    return membership


def _form_page(
    request: OfficeRequest, template: str, form: Any, household: Household, **more: Any
) -> HttpResponse:
    member = household.persons.filter(is_member=True).last() or household.persons.first()
    context = {"form": form, "household": household, "member": member, **more}
    return render(
        request, template, context, status=422 if form.errors or more.get("asked") else 200
    )


@office_view(right=Right.ENROL)
def renew(request: OfficeRequest, uid: str) -> HttpResponse:
    """The next cover, its price shown before, and the first payment with it."""
    household = household_for(request.mutual, uid)
    membership = _membership_shown(request, household)
    form = RenewalForm(
        request.POST or None,
        membership=membership,
        day=request.day,
        takes_money=Right.RECORD_PAYMENT in request.rights,
    )
    if request.method == "POST" and form.is_valid() and request.POST.get("act") != "check":
        try:
            renewal = renew_membership(
                membership=membership,
                renewed_on=form.cleaned_data["renewed_on"],
                product=product_for(request.mutual, form.cleaned_data["product"]),
                loan_minor=form.cleaned_data.get("loan_minor"),
                loan_reference=form.cleaned_data.get("loan_reference", ""),
                income_minor=form.cleaned_data.get("income_minor"),
                pays_at_once=form.cleaned_data.get("pays_at_once"),
                **command_arguments(request),
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            return _renewed(request, household, renewal, form.money())
    account = household_account(household, request.day)
    return _form_page(
        request,
        "web/households/renew.html",
        form,
        household,
        membership=membership,
        until=covered_until(membership),
        owed_minor=account.remaining_minor,
        **_renewal_price(request, form, membership),
    )


def _renewal_price(
    request: OfficeRequest, form: RenewalForm, membership: Membership
) -> dict[str, Any]:
    """The price of the renewal as the form stands; nothing while it is not known.

    The loan of the cover in hand never prices the next one: each loan has its own amount.
    """
    known = form.cleaned_data if form.is_bound and form.is_valid() else {}
    code = known.get("product") or membership.product.code
    try:
        quote = quote_renewal(
            membership=membership,
            renewed_on=known.get("renewed_on") or request.day,
            product=product_for(request.mutual, code),
            loan_minor=known.get("loan_minor"),
            income_minor=known.get("income_minor"),
            pays_at_once=known.get("pays_at_once"),
        )
    except Refusal:
        return {"quote": None, "former_loan_minor": membership.loan_minor}
    lines = quote_lines(quote.of_household, request.mutual.currency)
    # What the family had paid ahead pays first, as ``record_dues`` does.
    ahead = rests_minor([membership.household_id]).get(membership.household_id, 0)
    advance = min(ahead, quote.total_minor)
    return {
        "quote": quote,
        "lines": lines,
        "advance_minor": advance,
        "to_pay_minor": quote.total_minor - advance,
    }


def _renewed(
    request: OfficeRequest, household: Household, renewal: Membership, money: MoneyReceived | None
) -> HttpResponse:
    """Recorded; the money with it has a receipt, or says why not and goes to its own form."""
    words = _("The membership is renewed until %(until)s.")
    until = writing.day(renewal.effective_until - timedelta(days=1), request.LANGUAGE_CODE)
    receive = office_url(request, "payment-new", uid=household.uid)
    if money is None:
        links = []
        if Right.RECORD_PAYMENT in request.rights:
            links = [(_("Receive its contribution"), receive)]
        notify(request, words % {"until": until}, links=links)
        return redirect(_family_url(request, household))
    try:
        payment = _first_payment(request, household, renewal, money)
    except Refusal as refusal:
        notify(request, words % {"until": until})
        notify(request, _("The payment is not recorded."), detail=told(refusal), kind="warn")
        return redirect(receive)
    notify(
        request,
        _("The membership is renewed and receipt %(receipt)s is recorded.")
        % {"receipt": payment.document_number},
        links=[(_("See the family"), _family_url(request, household))],
    )
    return redirect(office_url(request, "receipt", uid=payment.uid))


def _first_payment(
    request: OfficeRequest, household: Household, renewal: Membership, money: MoneyReceived
) -> ContributionPayment:
    act = command_arguments(request)
    act["idempotency_key"] += "-payment"
    return record_contribution_payment(
        household=household,
        amount_minor=money.amount_minor,
        channel=money.channel,
        treasury_account=money.treasury_account,
        paid_on=renewal.enrolled_on,
        external_reference=money.external_reference,
        **act,
    )


@office_view(right=Right.ENROL)
def contact(request: OfficeRequest, uid: str) -> HttpResponse:
    """Where the family lives and is called, and what it signed."""
    household = household_for(request.mutual, uid)
    form = HouseholdFileForm(
        request.POST or None,
        mutual=request.mutual,
        initial=HouseholdFileForm.initial_of(household),
    )
    now = household_facts_now(household)
    shown = unpacked(request.POST.get(FIELD, ""), now)
    if request.method == "POST" and form.is_valid():
        try:
            correct_household(
                household=household,
                shown=shown,
                **{**form.cleaned_data, "area": area_of(request, form.cleaned_data["area"])},
                **command_arguments(request),
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
            shown = seen_again(shown, now, refusal)
        else:
            notify(request, _("The family’s file is put right."))
            return redirect(_family_url(request, household))
    kept = packed(now if shown is None else shown)
    return _form_page(request, "web/households/contact.html", form, household, shown=kept)


@office_view(right=Right.ENROL)
def end(request: OfficeRequest, uid: str) -> HttpResponse:
    """The membership stops before its term and what was due stays due; or it was entered by
    mistake, and what nobody paid is cancelled with it."""
    household = household_for(request.mutual, uid)
    membership = running_membership(household, request.day) or _last_membership(household)
    form = EndForm(request.POST or None, initial={"ended_on": request.day})
    form.fields["reason"].choices = [("", _("Choose")), *END_REASONS.items()]
    if request.method == "POST" and form.is_valid():
        reason = EndReason(form.cleaned_data["reason"])
        try:
            if reason is EndReason.ENTERED_IN_ERROR:
                undo_membership(membership=membership, **command_arguments(request))
                notify(request, _("The membership is cancelled as entered by mistake."))
                return redirect(_family_url(request, household))
            ended = end_family(
                membership=membership,
                ended_on=form.cleaned_data["ended_on"],
                reason=reason,
                **command_arguments(request),
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            notify(request, _("The membership is ended. What was due stays due."))
            if paid := paid_for_nothing_minor(ended):
                text = _("%(amount)s were received for a renewal that never begins: give it back.")
                amount = writing.money(paid, request.mutual.currency, request.LANGUAGE_CODE)
                notify(request, text % {"amount": amount}, kind="warn")
            return redirect(_family_url(request, household))
    dues = ContributionDue.objects.filter(
        household=household, membership__effective_from__gte=membership.effective_from
    )
    unpaid = [] if paid_dues(dues).exists() else [each.amount_minor for each in unpaid_dues(dues)]
    return _form_page(
        request,
        "web/households/end.html",
        form,
        household,
        unpaid_count=len(unpaid),
        unpaid_minor=sum(unpaid),
    )
