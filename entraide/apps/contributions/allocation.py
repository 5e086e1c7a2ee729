"""Which dues a payment pays, and what it makes of each fund: plain values, no query.

Oldest dues first, the joining fee before all. The fund share follows the due: after each payment
the fund has received ``fund_share × paid ÷ amount`` of it, half up, so that a due paid in many
small parts ends on its own split, to the last unit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from entraide.apps.contributions.dues import receivable_of
from entraide.apps.contributions.models import DueKind
from entraide.core import posting_rules
from entraide.core.errors import Refusal
from entraide.core.ledger import Entry, FundCode
from entraide.core.posting_rules import Treasury


@dataclass(frozen=True, slots=True)
class OpenDue:
    """A due with what it has already received. ``key`` is whatever the caller knows it by."""

    key: Any
    kind: str
    due_on: date
    document_number: str
    amount_minor: int
    fund_share_minor: int
    paid_minor: int = 0
    fund_paid_minor: int = 0

    @property
    def remaining_minor(self) -> int:
        """What is still to pay."""
        return self.amount_minor - self.paid_minor

    @property
    def rank(self) -> tuple[bool, date, bool, str]:
        """The order in which dues are paid: joining fee, then by day, fees first, by number."""
        return (
            self.kind != DueKind.JOINING_FEE,
            self.due_on,
            self.kind == DueKind.CONTRIBUTION,
            self.document_number,
        )


@dataclass(frozen=True, slots=True)
class PaidPart:
    """The part of a payment that pays one due: ``amount = fund_share + running_share``."""

    key: Any
    amount_minor: int
    fund_share_minor: int
    running_share_minor: int


def allocate_payment(
    amount_minor: int, dues: Iterable[OpenDue], *, currency: str
) -> tuple[PaidPart, ...]:
    """The parts of a payment, oldest due first; they sum to ``amount_minor``.

    Refused with ``PAYMENT_NOT_POSITIVE``, ``NOTHING_DUE``, or ``OVERPAYMENT`` with what remains.
    """
    if amount_minor <= 0:
        raise Refusal(
            "PAYMENT_NOT_POSITIVE", place="amount_minor", amount_minor=amount_minor,
            currency=currency,
        )  # fmt: skip
    unpaid = sorted((due for due in dues if due.remaining_minor > 0), key=lambda due: due.rank)
    remaining_minor = sum(due.remaining_minor for due in unpaid)
    if not unpaid:
        raise Refusal("NOTHING_DUE", place="amount_minor")
    if amount_minor > remaining_minor:
        raise Refusal(
            "OVERPAYMENT",
            place="amount_minor",
            amount_minor=amount_minor,
            remaining_minor=remaining_minor,
            currency=currency,
        )
    parts, left = [], amount_minor
    for due in unpaid:
        paid = min(left, due.remaining_minor)
        fund = fund_part(due, paid)
        parts.append(PaidPart(due.key, paid, fund, paid - fund))
        left -= paid
        if left == 0:
            break
    return tuple(parts)


def fund_part(due: OpenDue, paid_minor: int) -> int:
    """What of a part paid goes to the mutual fund.

    The target is cumulative (see the module); the bounds matter only after a reversal out of
    order, when what the due has received is no longer a rounded proportion: neither fund may
    ever receive more than its share, so the last part always completes both.
    """
    paid_after = due.paid_minor + paid_minor
    target = (2 * due.fund_share_minor * paid_after + due.amount_minor) // (2 * due.amount_minor)
    running_room = (due.amount_minor - due.fund_share_minor) - (
        due.paid_minor - due.fund_paid_minor
    )
    lowest = max(0, paid_minor - running_room)
    highest = min(paid_minor, due.fund_share_minor - due.fund_paid_minor)
    return max(lowest, min(highest, target - due.fund_paid_minor))


def by_fund(parts: Iterable[PaidPart]) -> dict[FundCode, int]:
    """The amount of each fund in a payment."""
    amounts = {FundCode.MUTUAL: 0, FundCode.RUNNING: 0}
    for part in parts:
        amounts[FundCode.MUTUAL] += part.fund_share_minor
        amounts[FundCode.RUNNING] += part.running_share_minor
    return amounts


def payment_entry(
    parts: Iterable[PaidPart],
    *,
    document_number: str,
    occurred_on: date,
    treasury: Treasury,
    party: str,
    payer: str,
    label: str = "",
) -> Entry:
    """The entry of a receipt: treasury / receivable of the payer, in each fund."""
    return posting_rules.contribution_paid(
        document_number=document_number,
        occurred_on=occurred_on,
        treasury=treasury,
        party=party,
        amounts_minor=by_fund(parts),
        receivable=receivable_of(payer),
        label=label,
    )


def deposit_entry(
    amounts_minor: Mapping[FundCode, int],
    *,
    document_number: str,
    occurred_on: date,
    source: Treasury,
    destination: Treasury,
    label: str = "",
) -> Entry:
    """The entry of a slip's deposit, under the slip's own number."""
    return posting_rules.cash_deposited(
        document_number=document_number,
        occurred_on=occurred_on,
        source=source,
        destination=destination,
        amounts_minor=amounts_minor,
        label=label,
    )
