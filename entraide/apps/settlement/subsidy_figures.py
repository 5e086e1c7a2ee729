"""What an invoice of the State's share comes to: asked, given back, received, passed on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, Sum

from entraide.apps.enrolment.models import Household
from entraide.apps.providers.models import Provider
from entraide.apps.schemes.models import Mutual
from entraide.apps.settlement.models import (
    RepaymentState,
    SubsidyCreditLine,
    SubsidyInvoice,
    SubsidyLine,
    SubsidyPayment,
    SubsidyRepayment,
    SubsidyState,
)
from entraide.apps.settlement.subsidy_shares import ShareChange, share_changes

_Key = tuple[int | None, int | None]  # provider, household


@dataclass(frozen=True, slots=True)
class Payee:
    """Who is owed of an invoice, how much, and the payment once it was made.

    ``payable_minor``: the same, less what it owes back of shares passed on for claims that were
    undone or decided again since; never below 0.
    """

    provider: Provider | None
    household: Household | None
    amount_minor: int
    payable_minor: int
    payment: SubsidyPayment | None

    @property
    def kept_minor(self) -> int:
        """What is kept back."""
        return max(0, self.amount_minor - self.payable_minor)

    @property
    def over_minor(self) -> int:
        """What it was passed on beyond what stands: it owes that back."""
        return max(0, self.payable_minor - self.amount_minor)


def party_of(line: SubsidyLine) -> str:
    """Who is owed a line, as the books name it."""
    if line.provider is not None:
        return f"provider:{line.provider.uid}"
    assert line.household is not None, "a line is owed to somebody"
    return f"household:{line.household.uid}"


def credited_minor(invoice: SubsidyInvoice) -> int:
    """What issued credit notes gave back of an invoice."""
    return _sum(invoice.credits.filter(state=SubsidyState.ISSUED), "total_minor")


def received_minor(invoice: SubsidyInvoice) -> int:
    """What the State has paid of an invoice, receipts taken back left out."""
    return _sum(invoice.receipts.filter(reversal__isnull=True))


def settled_minor(invoice: SubsidyInvoice) -> int:
    """What was received of it, with what another passes to it, without what it passes on and what
    was paid back to the State."""
    counted = received_minor(invoice) + _sum(invoice.offsets_in) - _sum(invoice.offsets_out)
    return counted - _sum(invoice.repayments.filter(state=RepaymentState.PAID))


def waiting_repayment(invoice: SubsidyInvoice) -> SubsidyRepayment | None:
    """The repayment to the State that is prepared or approved and not paid yet; at most one."""
    waits = (RepaymentState.PREPARED, RepaymentState.APPROVED)
    return invoice.repayments.filter(state__in=waits).first()


def surplus_minor(invoice: SubsidyInvoice) -> int:
    """What the State paid too much of an invoice, and no repayment takes; 0 where nothing is."""
    waits = waiting_repayment(invoice)
    return max(0, -left_minor(invoice) - (waits.amount_minor if waits is not None else 0))


def left_minor(invoice: SubsidyInvoice) -> int:
    """What the State still owes of an invoice; below 0: what it paid too much."""
    return invoice.total_minor - credited_minor(invoice) - settled_minor(invoice)


def passed_minor(invoice: SubsidyInvoice) -> int:
    """What was passed on of it."""
    return _sum(invoice.payments)


def may_pass_minor(invoice: SubsidyInvoice) -> int:
    """What of the State's money may still be passed on of an invoice.

    What somebody was passed on beyond what stands is theirs to give back, no use of the State's
    money; a repayment that waits takes its amount already.
    """
    waits = waiting_repayment(invoice)
    passed = sum(
        min(each.payment.amount_minor, each.amount_minor)
        for each in payees(invoice)
        if each.payment is not None
    )
    taken = waits.amount_minor if waits is not None else 0
    return settled_minor(invoice) - taken - passed


def _sum(rows: Any, column: str = "amount_minor") -> int:
    total: int = rows.aggregate(total=Sum(column, default=0))["total"]
    return total


def given_back_of(invoice: SubsidyInvoice) -> dict[int, int]:
    """Key of a line → what issued credit notes gave back of it. One query."""
    parts = SubsidyCreditLine.objects.filter(
        line__invoice=invoice, credit__state=SubsidyState.ISSUED
    ).order_by()
    return dict(parts.values_list("line").annotate(total=Sum("amount_minor")))


def excess_lines(invoice: SubsidyInvoice) -> list[tuple[SubsidyLine, int]]:
    """The lines of which something goes back to the State since their claims were undone or decided
    again, and how much no credit note gives back yet."""
    changes = share_changes(invoice.mutual, invoice=invoice.pk)
    return [
        (line, amount)
        for change in changes
        for line, amount in change.excess
        if line.invoice_id == invoice.pk
    ]


def payees(invoice: SubsidyInvoice) -> list[Payee]:
    """Who is owed of an invoice, providers first. Eight queries.

    What goes back to the State, of claims undone or decided again since, is owed to nobody; who
    was passed on something stays here, with what it owes back.
    """
    owed: dict[_Key, int] = defaultdict(int)
    whose: dict[_Key, SubsidyLine] = {}
    changes = share_changes(invoice.mutual)
    back = {line.pk: amount for change in changes for line, amount in change.excess}
    lines = invoice.lines.annotate(
        given_minor=Sum("credits__amount_minor", filter=_STANDS, default=0)
    )
    paid: Iterable[SubsidyPayment] = invoice.payments.select_related("paid_by")
    made = {(each.provider_id, each.household_id): each for each in paid}
    for line in lines.select_related("provider", "household").order_by("id"):
        kept = line.amount_minor - line.given_minor - back.get(line.pk, 0)
        key = (line.provider_id, line.household_id)
        if kept or key in made:
            owed[key] += kept
            whose.setdefault(key, line)
    balances = _balances(invoice.mutual, changes)
    rows = [
        Payee(
            line.provider,
            line.household,
            owed[key],
            made[key].amount_minor if key in made else max(0, min(owed[key], balances[key])),
            made.get(key),
        )
        for key, line in whose.items()
    ]
    return sorted(rows, key=lambda each: (each.provider is None, -each.amount_minor))


_STANDS = Q(credits__is_cancelled=False)


def _balances(mutual: Mutual, changes: Iterable[ShareChange]) -> dict[_Key, int]:
    """What each is owed of all issued invoices, less what goes back to the State and what it was
    paid."""
    lines = SubsidyLine.objects.filter(mutual=mutual, invoice__state=SubsidyState.ISSUED)
    given = SubsidyCreditLine.objects.filter(
        mutual=mutual, is_cancelled=False, line__invoice__state=SubsidyState.ISSUED
    ).annotate(provider=F("line__provider"), household=F("line__household"))
    balances: dict[_Key, int] = defaultdict(int)
    payments = SubsidyPayment.objects.filter(mutual=mutual)
    for rows, sign in ((lines, 1), (given, -1), (payments, -1)):
        sums = rows.order_by().values_list("provider", "household")  # type: ignore[attr-defined]
        for provider, household, total in sums.annotate(total=Sum("amount_minor")):
            balances[(provider, household)] += sign * total
    for change in changes:
        for line, amount in change.excess:
            if line.invoice.state == SubsidyState.ISSUED:
                balances[(line.provider_id, line.household_id)] -= amount
    return balances
