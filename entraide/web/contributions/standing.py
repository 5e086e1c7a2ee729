"""Where a family stands after a receipt: on its page, on paper, in the message sent to a phone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import quote

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from entraide.apps.contributions.accounts import household_account
from entraide.apps.contributions.models import ContributionPayment, Payer
from entraide.apps.enrolment.facts import covered_until
from entraide.apps.enrolment.models import PhoneOwner
from entraide.apps.enrolment.selectors import last_membership
from entraide.documents import writing
from entraide.web.households.wording import PHONE_OWNERS
from entraide.web.office import OfficeRequest


@dataclass(frozen=True, slots=True)
class StandingWords:
    """Sentences; empty where there is nothing to tell.

    ``contract``: what the last contract makes due and what is paid of it. ``remaining``: what is
    still to pay, of every contract. ``until``: the last day of cover.
    """

    contract: str = ""
    remaining: str = ""
    until: str = ""


def standing_words(request: OfficeRequest, payment: ContributionPayment) -> StandingWords:
    """What the payer of a receipt owes for its family, and until when the family is covered."""
    household, language = payment.household, get_language() or "fr"
    if household is None:
        return StandingWords()
    account = household_account(household, request.day, payer=Payer(payment.payer))
    currency = request.mutual.currency
    if account.remaining_minor:
        left = writing.money(account.remaining_minor, currency, language)
        told = _("Remains to pay: %(left)s.") % {"left": left}
        if account.next_due is not None:
            day = writing.day(account.next_due.due_on, language)
            is_late = account.next_due.due_on < request.day
            text = _("Late since %(day)s.") if is_late else _("Next due on %(day)s.")
            told += " " + text % {"day": day}
    else:
        told = _("Nothing remains to pay.")
    membership = last_membership(household)
    if membership is None:
        return StandingWords(remaining=told)
    dues = [
        due
        for due in account.dues
        if due.membership_id == membership.pk and due.cancelled_on is None
    ]
    contract = _("Contract: %(due)s due, %(paid)s paid.") % {
        "due": writing.money(sum(due.amount_minor for due in dues), currency, language),
        "paid": writing.money(sum(due.paid_minor for due in dues), currency, language),
    }
    last = covered_until(membership) - timedelta(days=1)
    if last < request.day:
        text = _("The cover ended on %(day)s.")
    else:
        text = _("Cover until %(day)s, if contributions are paid.")
    return StandingWords(contract, told, text % {"day": writing.day(last, language)})


@dataclass(frozen=True, slots=True)
class Message:
    """A message ready to be sent: its text, the address that opens it on a telephone, and whose
    telephone that is where it is not the member's own."""

    text: str
    url: str
    phone: str
    owner: str


def receipt_message(
    request: OfficeRequest, payment: ContributionPayment, standing: StandingWords
) -> Message | None:
    """The receipt as a text message to its family; None without a telephone, or once reversed.

    It says nothing of care or of persons, since the telephone may be shared.
    """
    household, language = payment.household, get_language() or "fr"
    if household is None or not household.phone or payment.reversed_on is not None:
        return None
    received = _("%(mutual)s: receipt %(number)s of %(day)s, %(amount)s received.") % {
        "mutual": request.mutual.name,
        "number": payment.document_number,
        "day": writing.day(payment.paid_on, language),
        "amount": writing.money(payment.amount_minor, request.mutual.currency, language),
    }
    told = (received, standing.contract, standing.remaining, standing.until)
    text = " ".join(each for each in told if each)
    # Spaces that no line breaks cost a telephone twice the price: they are not of its alphabet.
    text = text.replace("\u00a0", " ").replace("\u202f", " ").replace("\u2019", "'")
    number = "".join(sign for sign in household.phone if sign.isdigit() or sign == "+")
    owner = (
        ""
        if household.phone_owner in ("", PhoneOwner.OWN)
        else str(dict(PHONE_OWNERS)[PhoneOwner(household.phone_owner)])
    )
    return Message(text, f"sms:{number}?body={quote(text)}", household.phone, owner)
