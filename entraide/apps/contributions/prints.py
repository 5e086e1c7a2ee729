"""Printing receipts: the original once, duplicates counted; a code by which a paper is checked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from entraide.apps.access.models import User
from entraide.apps.contributions.models import ContributionPayment, ReceiptPrint
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right
from entraide.core.booklets import normal_paper_number

CODE_LENGTH = 10


@command("print_receipt", right=Right.READ_REGISTERS)
def print_receipt(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    payment: ContributionPayment,
) -> ReceiptPrint:
    """A receipt is printed: its rank is kept, so that a second paper says that it is one."""
    locked = ContributionPayment.objects.select_for_update().get(pk=payment.pk)
    earlier = ReceiptPrint.objects.filter(payment=locked).count()
    return ReceiptPrint.objects.create(
        mutual=mutual, payment=locked, copy=earlier + 1, printed_on=on, printed_by=actor
    )


def check_code(payment: ContributionPayment) -> str:
    """What a paper bears to be checked: the beginning of the seal of its entry in the books.

    It covers number, day, amount and family, and cannot be worked out without the books.
    """
    seal = payment.entry.hash[:CODE_LENGTH].upper()
    return f"{seal[:5]}-{seal[5:]}"


@dataclass(frozen=True, slots=True)
class PaperChecked:
    """What the register says of a paper: its receipt if any, and whether its code is right."""

    payment: ContributionPayment | None
    is_genuine: bool


def check_paper(mutual: Mutual, number: str, code: str) -> PaperChecked:
    """Whether a receipt that someone shows is of this mutual and unaltered. One query."""
    written = normal_paper_number(number)
    payment = (
        ContributionPayment.objects.filter(mutual=mutual, document_number=written)
        .select_related("entry", "household", "received_by")
        .first()
    )
    typed = "".join(each for each in code.upper() if each.isalnum())
    is_genuine = payment is not None and typed == check_code(payment).replace("-", "")
    return PaperChecked(payment, is_genuine)
