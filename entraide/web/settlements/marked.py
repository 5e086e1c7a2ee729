"""Accounts from which a transfer came back: told where money is about to go, confirmed with a
reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from entraide.apps.enrolment.models import Household
from entraide.apps.providers.models import Provider
from entraide.apps.schemes.rights import Right
from entraide.apps.settlement.models import Payout
from entraide.apps.settlement.returned_accounts import (
    confirm_account,
    mark_of_family,
    mark_of_provider,
)
from entraide.apps.settlement.selectors import payout_for
from entraide.documents import writing
from entraide.web.groups.acts import carried_out, form_page
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view
from entraide.web.settlements.forms import ReasonForm, return_name
from entraide.web.settlements.without_account import account_way
from entraide.web.ways import BATCH_READERS


@dataclass(frozen=True, slots=True)
class ShownMark:
    """The account of a payee, marked: which transfer came back, when and why; where it is answered
    (addresses are empty for whoever may not go there)."""

    payee: str
    payout: Payout
    why: str
    payout_url: str
    confirm_url: str
    note_url: str


def shown_mark(request: OfficeRequest, payout: Payout) -> ShownMark:
    """A transfer that came back, as the mark of the account to which it went."""
    why = return_name(payout.return_code)
    if payout.return_reason:
        why = _("{why} ({words})").format(why=why, words=payout.return_reason)
    may_confirm = Right.PREPARE_BATCH in request.rights
    return ShownMark(
        payee_name(payout),
        payout,
        why,
        office_url(request, "payout", uid=payout.uid) if BATCH_READERS & request.rights else "",
        office_url(request, "account-confirm", uid=payout.uid) if may_confirm else "",
        account_way(request, payout),
    )


def shown_marks(request: OfficeRequest, payouts: Iterable[Payout]) -> list[ShownMark]:
    """The same, each transfer once, in the order of their numbers."""
    once = {each.pk: each for each in payouts}
    return [
        shown_mark(request, each)
        for each in sorted(once.values(), key=lambda each: each.document_number)
    ]


def mark_shown_for(request: OfficeRequest, payee: Provider | Household) -> ShownMark | None:
    """The mark of the account of a provider or a family, or None."""
    if isinstance(payee, Provider):
        payout = mark_of_provider(request.mutual, payee)
    else:
        payout = mark_of_family(payee)
    return None if payout is None else shown_mark(request, payout)


def payee_name(payout: Payout) -> str:
    """Who is paid, as lists say it."""
    if payout.provider is not None:
        return payout.provider.name
    assert payout.household is not None, "a payout has a payee"
    return _("Family {number}").format(number=payout.household.number)


@office_view(right=Right.PREPARE_BATCH)
def confirm(request: OfficeRequest, uid: str) -> HttpResponse:
    """The account is right all the same: money may go there again, and why."""
    payout = payout_for(request.mutual, uid)
    back = office_url(request, "payment-accounts")
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        if carried_out(
            form,
            lambda: confirm_account(payout=payout, reason=reason, **command_arguments(request)),
        ):
            notify(
                request,
                _("Account confirmed: {name}").format(name=payee_name(payout)),
                detail=_("Whoever authorises the next payment is told who confirmed it, and why."),
            )
            return redirect(back)
    told = getattr(payout, "destination", None)
    return form_page(
        request, form, title=_("Confirm the account of {name}").format(name=payee_name(payout)),
        verb=_("Confirm the account"),
        lede=_(
            "{institution} {number}: transfer {payout} came back on {day} ({why}). Ask the payee "
            "before you confirm; write whom you asked and what they said."
        ).format(
            institution=told.institution if told else "", number=told.number if told else "",
            payout=payout.document_number, why=return_name(payout.return_code),
            day=writing.day(payout.returned_on, request.LANGUAGE_CODE)
            if payout.returned_on
            else writing.ABSENT,
        ),
        back=back, way=_("Accounts of payees"),
        step=_("Settlements"), step_url=office_url(request, "settlements"),
    )  # fmt: skip
