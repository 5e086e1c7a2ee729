"""What each payer owes and has paid for a household, read in two statements."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import BigIntegerField

from entraide.apps.access.prepared import Prepared
from entraide.apps.contributions.models import ContributionDue, ContributionPayment, Payer
from entraide.apps.enrolment.models import Household

_DUES: Prepared[ContributionDue] = Prepared(
    lambda household: ContributionDue.objects.filter(household__id=household).order_by(
        "due_on", "document_number"
    ),
    household=BigIntegerField(),
)
_PAYMENTS: Prepared[ContributionPayment] = Prepared(
    lambda household: (
        ContributionPayment.objects.filter(household__id=household)
        .select_related("received_by", "treasury_account")
        .order_by("paid_on", "document_number")
    ),
    household=BigIntegerField(),
)


@dataclass(frozen=True, slots=True)
class HouseholdAccount:
    """What one payer owes and has paid for a household, in minor units, dues in order of date."""

    dues: tuple[ContributionDue, ...]
    payments: tuple[ContributionPayment, ...]
    due_minor: int
    paid_minor: int
    overdue_minor: int  # of it, fallen due before the day asked

    @property
    def remaining_minor(self) -> int:
        """What is still to pay, fallen due or not."""
        return self.due_minor - self.paid_minor

    @property
    def next_due(self) -> ContributionDue | None:
        """The oldest due not yet paid in full."""
        for due in self.dues:
            if due.cancelled_on is None and due.paid_minor < due.amount_minor:
                return due
        return None

    @property
    def expected_minor(self) -> int:
        """What to ask for at the desk: all that is late, else everything of the next day due."""
        if self.overdue_minor or self.next_due is None:
            return self.overdue_minor
        day = self.next_due.due_on
        return sum(
            due.amount_minor - due.paid_minor
            for due in self.dues
            if due.cancelled_on is None and due.due_on <= day
        )


def household_accounts(household: Household, on: date) -> dict[Payer, HouseholdAccount]:
    """The account of every payer of a household, those who owe nothing too."""
    dues = _DUES.all(household=household.pk)
    payments = _PAYMENTS.all(household=household.pk)
    return {
        payer: _account(
            (due for due in dues if due.payer == payer),
            (payment for payment in payments if payment.payer == payer),
            on,
        )
        for payer in Payer
    }


def household_account(
    household: Household, on: date, *, payer: Payer = Payer.HOUSEHOLD
) -> HouseholdAccount:
    """The account of a household, as its page, its receipts and its card show it.

    Cancelled dues and reversed receipts are listed, and count for nothing.
    """
    return household_accounts(household, on)[payer]


def _account(
    dues: Iterable[ContributionDue], payments: Iterable[ContributionPayment], on: date
) -> HouseholdAccount:
    dues = tuple(dues)
    standing = [due for due in dues if due.cancelled_on is None]
    return HouseholdAccount(
        dues=dues,
        payments=tuple(payments),
        due_minor=sum(due.amount_minor for due in standing),
        paid_minor=sum(due.paid_minor for due in standing),
        overdue_minor=sum(due.amount_minor - due.paid_minor for due in standing if due.due_on < on),
    )
