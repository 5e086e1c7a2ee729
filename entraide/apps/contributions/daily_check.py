"""The daily check of receipts and cash: what somebody must explain, and how it was resolved.

Nothing here is forbidden (``verify`` holds what must never happen): a leaf may be torn, a slip may
wait for the road. Each line names who answers for it, and stays until it has gone or somebody has
written how it was resolved.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from entraide.apps.access.models import User
from entraide.apps.contributions.custody import (
    holdings,
    loose_cash,
    loose_lump_sums,
    loose_receipts,
    loose_repayments,
    open_handovers,
    slips_at_hand,
)
from entraide.apps.contributions.models import CheckNote, ReceiptRange
from entraide.apps.contributions.ranges import used_ranks, voided_ranks
from entraide.apps.contributions.registers import paper_receipt_faults
from entraide.apps.schemes.choices import (
    CASH_HELD_DAYS,
    CASH_HELD_LIMIT,
    RECEIPT_SLIP_DAYS,
    SLIP_DEPOSIT_DAYS,
)
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.remembered import Remembered
from entraide.apps.schemes.rights import Right
from entraide.core.booklets import BookletFaultKind, range_use
from entraide.core.errors import Refusal
from entraide.core.money import CURRENCIES


class CheckKind(StrEnum):
    """What a line of the check tells."""

    HOLE = "hole"
    DOUBLE = "double"
    NO_SLIP = "no_slip"
    SLIP_WAITING = "slip_waiting"
    HANDOVER = "handover"
    CASH_LIMIT = "cash_limit"
    CASH_LONG = "cash_long"


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One thing to explain. ``subject`` names it for good; ``page`` and ``uid`` lead to it."""

    kind: CheckKind
    subject: str
    numbers: str  # what is shown: a number, a run of numbers, a name
    owner: User | None
    on: date | None  # since when
    amount_minor: int | None = None
    count: int = 1
    page: str = ""
    uid: UUID | None = None
    note: CheckNote | None = None
    giver: User | None = None  # of a hand-over: answers for it too

    def days(self, on: date) -> int | None:
        """How long it has been so."""
        return None if self.on is None else (on - self.on).days


def daily_check(mutual: Mutual, on: date) -> list[CheckLine]:
    """Every line of a day, those without explanation first, then by kind and age."""
    notes = {
        (note.kind, note.subject): note
        for note in CheckNote.objects.filter(mutual=mutual).select_related("noted_by")
    }
    lines = [
        CheckLine(
            line.kind, line.subject, line.numbers, line.owner, line.on, line.amount_minor,
            line.count, line.page, line.uid, notes.get((line.kind.value, line.subject)),
            line.giver,
        )
        for line in _lines(mutual, on)
    ]  # fmt: skip
    order = list(CheckKind)
    return sorted(
        lines,
        key=lambda line: (
            line.note is not None, order.index(line.kind), line.on or on, line.subject
        ),
    )  # fmt: skip


_WORKED_OUT = (CheckKind.HOLE, CheckKind.DOUBLE, CheckKind.CASH_LIMIT, CheckKind.CASH_LONG)


def to_explain_count(mutual: Mutual, on: date) -> int:
    """How many lines of the check wait for an explanation, for the pages that lead here.

    What waits for too long is counted by the database; numbers missing or twice and cash held are
    worked out from every receipt, so that the count is remembered until a command changes it.
    """
    return Remembered(mutual, on).figure(
        "lines of the check to explain",
        lambda: _waiting_count(mutual, on) + _worked_out_count(mutual, on),
    )


def _worked_out_count(mutual: Mutual, on: date) -> int:
    kinds = [kind.value for kind in _WORKED_OUT]
    notes = CheckNote.objects.filter(mutual=mutual, kind__in=kinds)
    noted = set(notes.values_list("kind", "subject"))
    lines = [*_numbers(mutual), *_cash(mutual, on)]
    return sum((line.kind.value, line.subject) not in noted for line in lines)


def _waiting_count(mutual: Mutual, on: date) -> int:
    """One query for all five."""
    receipts_before = on - timedelta(days=RECEIPT_SLIP_DAYS.of(mutual))
    slips_before = on - timedelta(days=SLIP_DEPOSIT_DAYS.of(mutual))
    late = (
        *(
            _unnoted(loose.filter(paid_on__lt=receipts_before), CheckKind.NO_SLIP)
            for loose in loose_cash(mutual)
        ),
        _unnoted(
            slips_at_hand(mutual).filter(prepared_on__lt=slips_before), CheckKind.SLIP_WAITING
        ),
        open_handovers(mutual),
    )
    first, *others = (rows.select_related(None).order_by().values_list("pk") for rows in late)
    return first.union(*others, all=True).count()


def _unnoted(rows: QuerySet[Any], kind: CheckKind) -> QuerySet[Any]:
    notes = CheckNote.objects.filter(
        mutual=OuterRef("mutual"), kind=kind.value, subject=OuterRef("document_number")
    )
    return rows.filter(~Exists(notes))


def _lines(mutual: Mutual, on: date) -> Iterator[CheckLine]:
    yield from _numbers(mutual)
    yield from _receipts(mutual, on)
    yield from _slips(mutual, on)
    yield from _cash(mutual, on)


def _numbers(mutual: Mutual) -> Iterator[CheckLine]:
    """Holes and doubles: of ranges given to people, then of booklets that nobody registered."""
    ranges = list(ReceiptRange.objects.filter(mutual=mutual).select_related("holder"))
    used, voided = used_ranks(ranges), voided_ranks(ranges)
    for held in ranges:
        use = range_use(held.first, held.last, used[held.pk], voided[held.pk], held.unused_from)
        for first, last in use.holes:
            numbers = _run(held.written(first), held.written(last))
            yield CheckLine(
                CheckKind.HOLE, numbers, numbers, held.holder, held.given_on,
                count=last - first + 1, page="range", uid=held.uid,
            )  # fmt: skip
        for rank in use.doubles:
            number = held.written(rank)
            yield CheckLine(
                CheckKind.DOUBLE, number, number, held.holder, held.given_on, count=2,
                page="range", uid=held.uid,
            )  # fmt: skip
    for row in paper_receipt_faults(mutual, registered=False):
        fault = row.fault
        kind = CheckKind.HOLE if fault.kind is BookletFaultKind.GAP else CheckKind.DOUBLE
        numbers = _run(fault.first, fault.last)
        first = row.receipts[0]
        yield CheckLine(
            kind, numbers, numbers, first.received_by, first.paid_on, count=fault.count,
            page="receipt", uid=first.uid,
        )  # fmt: skip


def _run(first: str, last: str) -> str:
    return first if first == last else f"{first} – {last}"


def _receipts(mutual: Mutual, on: date) -> Iterator[CheckLine]:
    """Cash that has been on no slip for too long: receipts, lump sums, missing cash paid back."""
    before = on - timedelta(days=RECEIPT_SLIP_DAYS.of(mutual))
    for page, loose in (("receipt", loose_receipts(mutual)), ("lump-sum", loose_lump_sums(mutual))):
        late = loose.filter(paid_on__lt=before).select_related("received_by")
        for each in late.order_by("paid_on", "pk"):
            number = each.document_number
            yield CheckLine(
                CheckKind.NO_SLIP, number, number, each.received_by, each.paid_on,
                each.amount_minor, page=page, uid=each.uid,
            )  # fmt: skip
    repaid = loose_repayments(mutual).filter(paid_on__lt=before)
    for each in repaid.select_related("received_by", "shortage").order_by("paid_on", "pk"):
        number = each.document_number
        yield CheckLine(
            CheckKind.NO_SLIP, number, number, each.received_by, each.paid_on,
            each.amount_minor, page="shortage", uid=each.shortage.uid,
        )  # fmt: skip


def _slips(mutual: Mutual, on: date) -> Iterator[CheckLine]:
    """Slips that have not reached the bank for too long, hand-overs that nobody answered."""
    before = on - timedelta(days=SLIP_DEPOSIT_DAYS.of(mutual))
    late = slips_at_hand(mutual).filter(prepared_on__lt=before).select_related("holder")
    for slip in late.order_by("prepared_on", "pk"):
        number = slip.document_number
        yield CheckLine(
            CheckKind.SLIP_WAITING, number, number, slip.holder, slip.prepared_on,
            slip.total_minor, page="slip", uid=slip.uid,
        )  # fmt: skip
    for handover in open_handovers(mutual):
        number = handover.document_number
        # A dispute is told by the state in its name: its note does not close the next one.
        yield CheckLine(
            CheckKind.HANDOVER, f"{number} {handover.state}", number, handover.receiver,
            handover.given_on, handover.total_minor, page="handover", uid=handover.uid,
            giver=handover.giver,
        )  # fmt: skip


def _cash(mutual: Mutual, on: date) -> Iterator[CheckLine]:
    """People who hold more cash than the limit, or some of it for longer than the days agreed."""
    units = 10 ** CURRENCIES[mutual.currency].minor_digits
    limit_minor = CASH_HELD_LIMIT.of(mutual) * units
    for held in holdings(mutual):
        who = f"{held.holder.username} {held.box.number} {held.since}"
        if limit_minor and held.total_minor > limit_minor:
            yield CheckLine(
                CheckKind.CASH_LIMIT, who, str(held.holder), held.holder, held.since,
                held.total_minor, page="custody",
            )  # fmt: skip
        if held.days(on) > CASH_HELD_DAYS.of(mutual):
            yield CheckLine(
                CheckKind.CASH_LONG, who, str(held.holder), held.holder, held.since,
                held.total_minor, page="custody",
            )  # fmt: skip


@command("explain_check_line", right=Right.KEEP_RECEIPTS)
def explain_check_line(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    kind: str,
    subject: str,
    explanation: str,
) -> CheckNote:
    """A line of the check is resolved: how, by whom, on which day.

    Refused with ``REASON_MISSING``, ``CHECK_LINE_UNKNOWN`` (it is not on today's check),
    ``CHECK_LINE_EXPLAINED``, or ``CHECK_LINE_OWN`` for whoever the line names.
    """
    if not explanation.strip():
        raise Refusal("REASON_MISSING", place="explanation")
    line = next(
        (each for each in daily_check(mutual, on) if (each.kind, each.subject) == (kind, subject)),
        None,
    )
    if line is None:
        raise Refusal("CHECK_LINE_UNKNOWN", subject=subject)
    if line.note is not None:
        raise Refusal(
            "CHECK_LINE_EXPLAINED", subject=subject, person=str(line.note.noted_by),
            day=line.note.noted_on,
        )  # fmt: skip
    if actor in (line.owner, line.giver) and not actor.is_system:
        raise Refusal("CHECK_LINE_OWN", person=str(actor))
    return CheckNote.objects.create(
        mutual=mutual,
        kind=kind,
        subject=subject,
        explanation=explanation.strip(),
        noted_on=on,
        noted_by=actor,
    )
