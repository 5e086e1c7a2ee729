"""Commands on receipt numbers: ranges given to people, handed back, numbers that are spoiled.

The numbers of telephones are cut from one book of the mutual, ``RT-<year>-``, so that each belongs
to exactly one range. The numbers of paper booklets are those that the printer gave them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import F, Q

from entraide.apps.access.models import User
from entraide.apps.access.records import whole_mutual
from entraide.apps.contributions.models import (
    ContributionPayment,
    RangeKind,
    ReceiptRange,
    VoidedNumber,
)
from entraide.apps.enrolment.checks import require_not_future
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.numbering import NUMBER_WIDTH, next_numbers
from entraide.apps.schemes.rights import Right, may, require_other_person
from entraide.core.booklets import BookletNumber, normal_paper_number, read_booklet_number
from entraide.core.errors import Refusal
from entraide.core.paper_numbers import require_one_alphabet

DEVICE_PREFIX = "RT"
LARGEST_RANGE = 5000


@command("give_numbers", right=Right.KEEP_RECEIPTS)
def give_numbers(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    holder: User,
    device_label: str,
    count: int,
) -> ReceiptRange:
    """Reserve the next ``count`` receipt numbers to a person's telephone.

    Refused with ``DEVICE_MISSING``, ``RANGE_COUNT`` or ``SEPARATION_OF_DUTIES`` (nobody gives
    numbers to themselves), ``HOLDER_MAY_NOT_RECEIVE`` when the person may not receive money.
    """
    if not device_label.strip():
        raise Refusal("DEVICE_MISSING", place="device_label")
    _require_holder(mutual, actor, holder, on)
    _require_count(count)
    first = next_numbers(mutual=mutual, prefix=DEVICE_PREFIX, on=on, count=count)
    return ReceiptRange.objects.create(
        mutual=mutual,
        kind=RangeKind.DEVICE,
        series=f"{DEVICE_PREFIX}-{on.year}-",
        first=first,
        last=first + count - 1,
        width=NUMBER_WIDTH,
        holder=holder,
        device_label=device_label.strip(),
        given_on=on,
        given_by=actor,
    )


@command("give_booklet", right=Right.KEEP_RECEIPTS)
def give_booklet(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    holder: User,
    first_number: str,
    last_number: str,
    given_on: date,
) -> ReceiptRange:
    """A paper booklet is given to a person, from one number to another as printed on it.

    Receipts already entered with its numbers are counted in it. Refused with
    ``BOOKLET_NUMBER_UNREADABLE``, ``BOOKLET_NUMBERS_APART`` (not of one series), ``RANGE_COUNT``,
    ``RANGE_OVERLAPS`` (the numbers are in another booklet), ``DATE_IN_FUTURE``,
    ``SEPARATION_OF_DUTIES`` or ``HOLDER_MAY_NOT_RECEIVE``.
    """
    require_not_future(given_on, on, "given_on")
    _require_holder(mutual, actor, holder, on)
    first = _read(first_number, "first_number")
    last = _read(last_number, "last_number")
    if first.series != last.series or last.rank < first.rank:
        raise Refusal(
            "BOOKLET_NUMBERS_APART", place="last_number", first=first_number, last=last_number
        )
    _require_count(last.rank - first.rank + 1, place="last_number")
    other = ReceiptRange.objects.filter(
        mutual=mutual, series=first.series, first__lte=last.rank, last__gte=first.rank
    ).first()
    if other is not None:
        raise Refusal(
            "RANGE_OVERLAPS",
            place="first_number",
            first=other.first_number,
            last=other.last_number,
            holder=str(other.holder),
        )
    given = ReceiptRange.objects.create(
        mutual=mutual,
        kind=RangeKind.PAPER,
        series=first.series,
        first=first.rank,
        last=last.rank,
        width=first.width,
        holder=holder,
        given_on=given_on,
        given_by=actor,
    )
    _gather(given)
    return given


def _gather(given: ReceiptRange) -> None:
    """Receipts entered before their booklet was registered belong to it all the same."""
    loose = ContributionPayment.objects.filter(
        mutual=given.mutual_id, receipt_range=None, paper_number__startswith=given.series
    ).exclude(paper_number="")
    theirs = [
        pk
        for pk, paper_number in loose.values_list("pk", "paper_number")
        if (number := read_booklet_number(paper_number)) is not None
        and number.series == given.series
        and given.first <= number.rank <= given.last
    ]
    ContributionPayment.objects.filter(pk__in=theirs).update(receipt_range=given)


def _read(text: str, place: str) -> BookletNumber:
    require_one_alphabet(text, place)
    number = read_booklet_number(text)
    if number is None:
        raise Refusal("BOOKLET_NUMBER_UNREADABLE", place=place, text=text)
    return number


def _require_holder(mutual: Mutual, actor: User, holder: User, on: date) -> None:
    require_other_person(actor, holder, step="give_receipts")
    if not may(holder, mutual, Right.RECORD_PAYMENT, on):
        raise Refusal("HOLDER_MAY_NOT_RECEIVE", place="holder", person=str(holder))


def _require_count(count: int, place: str = "count") -> None:
    if not 1 <= count <= LARGEST_RANGE:
        raise Refusal("RANGE_COUNT", place=place, count=count, maximum=LARGEST_RANGE)


@command("return_range", right=Right.KEEP_RECEIPTS)
def return_range(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    receipt_range: ReceiptRange,
    returned_on: date,
    unused_from: str = "",
) -> ReceiptRange:
    """A range comes back: what remains of it is never used again, and its holes stay to explain.

    ``unused_from`` is the first number that nobody used, as written; empty: the one after the last
    used. Refused with ``RANGE_ALREADY_RETURNED``, ``RETURNED_BEFORE_GIVEN``, ``DATE_IN_FUTURE``,
    ``RECEIPT_NUMBER_NOT_IN_RANGE`` or ``RECEIPT_NUMBER_USED``.
    """
    require_not_future(returned_on, on, "returned_on")
    held = ReceiptRange.objects.select_for_update().get(pk=receipt_range.pk)
    _require_not_returned(held)
    if returned_on < held.given_on:
        raise Refusal("RETURNED_BEFORE_GIVEN", place="returned_on", given_on=held.given_on)
    known = {*used_ranks([held])[held.pk], *voided_ranks([held])[held.pk]}
    after = max(known, default=held.first - 1) + 1
    if unused_from.strip():
        # The number after the last closes a range of which every leaf has gone.
        number = _read(unused_from, "unused_from")
        if number.series != held.series or not held.first <= number.rank <= held.last + 1:
            raise _outside(held, unused_from, place="unused_from")
        if number.rank < after:
            raise Refusal(
                "RECEIPT_NUMBER_USED", place="unused_from", number=held.written(after - 1)
            )
        after = number.rank
    held.returned_on, held.returned_to, held.unused_from = returned_on, actor, after
    held.save(update_fields=["returned_on", "returned_to", "unused_from"])
    return held


@command("void_number", right=Right.PREPARE_SLIP)
def void_number(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    receipt_range: ReceiptRange,
    number: str,
    reason: str,
) -> VoidedNumber:
    """A leaf is spoiled: its number stays in the register, cancelled, with the reason.

    By its holder or by who keeps the receipts. Refused with ``REASON_MISSING``,
    ``RECEIPT_NUMBER_NOT_IN_RANGE``, ``RECEIPT_NUMBER_USED``, ``RECEIPT_NUMBER_VOIDED`` or
    ``RANGE_OF_OTHER_PERSON``.
    """
    if not reason.strip():
        raise Refusal("REASON_MISSING", place="reason")
    held = ReceiptRange.objects.select_for_update().get(pk=receipt_range.pk)
    if held.holder_id != actor.pk and not may(actor, mutual, Right.KEEP_RECEIPTS, on):
        raise Refusal("RANGE_OF_OTHER_PERSON", holder=str(held.holder), number=number)
    read = _read(number, "number")
    end = held.last if held.unused_from is None else held.unused_from - 1
    if read.series != held.series or not held.first <= read.rank <= end:
        raise _outside(held, number, place="number")
    _require_free(held, read.rank, place="number")
    return VoidedNumber.objects.create(
        mutual=mutual,
        receipt_range=held,
        rank=read.rank,
        reason=reason.strip(),
        voided_on=on,
        voided_by=actor,
    )


def range_for_number(
    mutual: Mutual, actor: User, number: str, paid_on: date
) -> tuple[ReceiptRange, str]:
    """The range of a telephone's number and the number as written, inside the caller's transaction.

    Refused with ``RECEIPT_NUMBER_OUTSIDE_RANGE`` (no range holds it), ``RANGE_OF_OTHER_PERSON``,
    ``RANGE_ALREADY_RETURNED`` (it came back unused), ``PAID_BEFORE_RANGE``,
    ``RECEIPT_NUMBER_USED`` or ``RECEIPT_NUMBER_VOIDED``.
    """
    read = read_booklet_number(number)
    held = None
    if read is not None:
        held = (
            ReceiptRange.objects.select_for_update(of=("self",))
            .select_related("holder")
            .filter(
                mutual=mutual, kind=RangeKind.DEVICE, series=read.series,
                first__lte=read.rank, last__gte=read.rank,
            )
            .first()
        )  # fmt: skip
    if read is None or held is None:
        raise Refusal("RECEIPT_NUMBER_OUTSIDE_RANGE", place="receipt_number", number=number)
    if held.holder_id != actor.pk:
        raise Refusal(
            "RANGE_OF_OTHER_PERSON", place="receipt_number", number=number, holder=str(held.holder)
        )
    if held.unused_from is not None and read.rank >= held.unused_from:
        _require_not_returned(held, place="receipt_number")
    if paid_on < held.given_on:
        raise Refusal("PAID_BEFORE_RANGE", place="paid_on", given_on=held.given_on, number=number)
    _require_free(held, read.rank, place="receipt_number")
    return held, held.written(read.rank)


def paper_range_of(mutual: Mutual, paper_number: str) -> ReceiptRange | None:
    """The booklet that a paper number belongs to, if it was registered.

    ``RECEIPT_NUMBER_VOIDED`` when that leaf was recorded as spoiled; a number used twice is not
    refused: the money is there, and the double is listed.
    """
    read = read_booklet_number(paper_number) if normal_paper_number(paper_number) else None
    if read is None:
        return None
    held = ReceiptRange.objects.filter(
        mutual=mutual, kind=RangeKind.PAPER, series=read.series,
        first__lte=read.rank, last__gte=read.rank,
    ).first()  # fmt: skip
    if held is not None:
        _require_not_voided(held, read.rank, place="paper_number")
    return held


def require_new_leaf(mutual: Mutual, paper_number: str) -> None:
    """Refuse a paper number that a receipt which stands bears, with or without its zeros.

    ``PAPER_NUMBER_USED`` says which receipt, of which family, and who wrote it.
    """
    written = normal_paper_number(paper_number)
    if not written:
        return
    read = read_booklet_number(written)
    bearing = ContributionPayment.objects.filter(mutual=mutual, reversed_on__isnull=True).exclude(
        paper_number=""
    )
    alike = Q(paper_number=written)
    if read is not None:
        alike |= Q(paper_number__startswith=read.series, paper_number__endswith=str(read.rank))
    for earlier in bearing.filter(alike).select_related("household", "received_by").order_by("pk"):
        known = read_booklet_number(earlier.paper_number)
        is_same = known == read or (
            known is not None
            and read is not None
            and (known.series, known.rank) == (read.series, read.rank)
        )
        if is_same:
            raise Refusal(
                "PAPER_NUMBER_USED",
                place="paper_number",
                number=written,
                document_number=earlier.document_number,
                household=earlier.household.number if earlier.household else "",
                holder=str(earlier.received_by),
                day=earlier.paid_on,
            )


def _require_not_returned(held: ReceiptRange, place: str = "") -> None:
    if held.returned_on is not None:
        raise Refusal(
            "RANGE_ALREADY_RETURNED",
            place=place,
            first=held.first_number,
            last=held.last_number,
            day=held.returned_on,
        )


def _require_free(held: ReceiptRange, rank: int, *, place: str) -> None:
    if held.kind == RangeKind.DEVICE:
        written = held.written(rank)
        is_used = ContributionPayment.objects.filter(
            mutual=held.mutual_id, document_number=written
        ).exists()
    else:  # people write a paper number with or without its zeros
        is_used = rank in used_ranks([held])[held.pk]
    if is_used:
        raise Refusal("RECEIPT_NUMBER_USED", place=place, number=held.written(rank))
    _require_not_voided(held, rank, place=place)


def _require_not_voided(held: ReceiptRange, rank: int, *, place: str) -> None:
    voided = VoidedNumber.objects.filter(receipt_range=held, rank=rank).first()
    if voided is not None:
        raise Refusal(
            "RECEIPT_NUMBER_VOIDED", place=place, number=held.written(rank), day=voided.voided_on
        )


def _outside(held: ReceiptRange, number: str, *, place: str) -> Refusal:
    return Refusal(
        "RECEIPT_NUMBER_NOT_IN_RANGE",
        place=place,
        number=number,
        first=held.first_number,
        last=held.last_number,
    )


def used_ranks(ranges: Iterable[ReceiptRange]) -> dict[int, list[int]]:
    """The ranks that receipts bear, by range; a rank stands twice when two receipts bear it.

    A reversed receipt used its number too, and so did one of another section. One query.
    """
    held = {each.pk: each for each in ranges}
    used: dict[int, list[int]] = {pk: [] for pk in held}
    with whole_mutual():
        bearing = ContributionPayment.objects.filter(receipt_range__in=held).order_by(
            F("reversed_on").asc(nulls_first=True), "pk"
        )
    for pk, document_number, paper_number, reversed_on in bearing.values_list(
        "receipt_range_id", "document_number", "paper_number", "reversed_on"
    ):
        is_paper = held[pk].kind == RangeKind.PAPER
        number = read_booklet_number(paper_number if is_paper else document_number)
        # A paper receipt entered wrongly, reversed and entered again uses its leaf once.
        if number is None or (reversed_on is not None and number.rank in used[pk]):
            continue
        used[pk].append(number.rank)
    return used


def voided_ranks(ranges: Iterable[ReceiptRange]) -> dict[int, list[int]]:
    """The ranks recorded as spoiled, by range. One query."""
    voided: dict[int, list[int]] = {each.pk: [] for each in ranges}
    rows = VoidedNumber.objects.filter(receipt_range__in=voided)
    for pk, rank in rows.values_list("receipt_range_id", "rank"):
        voided[pk].append(rank)
    return voided
