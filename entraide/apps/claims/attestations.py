"""Booklets of attestations on paper: given out, handed back, numbers lost or cancelled.

A claim whose number is in no booklet, was lost, or came back unused is recorded all the same: it
bears the warning (``core.claim_warnings``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from entraide.apps.access.models import User
from entraide.apps.claims.habits import forget_habits
from entraide.apps.claims.models import (
    AttestationRange,
    Claim,
    ClaimState,
    SpoiltAttestation,
    SpoiltKind,
)
from entraide.apps.enrolment.checks import require_not_future
from entraide.apps.enrolment.selectors import found
from entraide.apps.providers.models import Provider
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right, require_other_person
from entraide.core.booklets import (
    BookletNumber,
    RangeUse,
    paper_key,
    range_use,
    read_booklet_number,
)
from entraide.core.errors import Refusal
from entraide.core.paper_numbers import require_one_alphabet

LARGEST_BOOKLET = 10_000


@command("give_attestations", right=Right.KEEP_PROVIDERS)
def give_attestations(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    first_number: str,
    last_number: str,
    given_on: date,
    provider: Provider | None = None,
    holder: User | None = None,
) -> AttestationRange:
    """A booklet goes to a provider, or to a person of the mutual who hands attestations out.

    Numbers as printed. Refused with ``ATTESTATION_HOLDER_MISSING`` (one of the two, not both),
    ``BOOKLET_NUMBER_UNREADABLE``, ``BOOKLET_NUMBERS_APART``, ``RANGE_COUNT``, ``RANGE_OVERLAPS``,
    ``DATE_IN_FUTURE``, or ``SEPARATION_OF_DUTIES``: nobody gives a booklet to themselves.
    """
    require_not_future(given_on, on, "given_on")
    if (provider is None) == (holder is None):
        raise Refusal("ATTESTATION_HOLDER_MISSING", place="provider")
    if holder is not None:
        require_other_person(actor, holder, step="give_receipts")
    first, last = _read(first_number, "first_number"), _read(last_number, "last_number")
    if first.series != last.series or last.rank < first.rank:
        raise Refusal(
            "BOOKLET_NUMBERS_APART", place="last_number", first=first_number, last=last_number
        )
    if last.rank - first.rank >= LARGEST_BOOKLET:
        raise Refusal("RANGE_COUNT", place="last_number", maximum=LARGEST_BOOKLET)
    Mutual.objects.select_for_update(no_key=True).get(pk=mutual.pk)  # no two booklets at once
    ranges = AttestationRange.objects.select_related("provider", "holder")
    other = ranges.filter(
        series=first.series, first__lte=last.rank, last__gte=first.rank
    ).first()  # fmt: skip
    if other is not None:
        raise Refusal(
            "RANGE_OVERLAPS", place="first_number", first=other.first_number,
            last=other.last_number, holder=str(other.provider or other.holder),
        )  # fmt: skip
    forget_habits(mutual)
    return AttestationRange.objects.create(
        mutual=mutual, series=first.series, first=first.rank, last=last.rank, width=first.width,
        provider=provider, holder=holder, given_on=given_on, given_by=actor,
    )  # fmt: skip


@command("return_attestations", right=Right.KEEP_PROVIDERS)
def return_attestations(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    attestation_range: AttestationRange,
    returned_on: date,
    unused_from: str = "",
) -> AttestationRange:
    """A booklet comes back; ``unused_from``: the first number that nobody used, as printed.

    Empty: the one after the last used. Refused with ``RANGE_ALREADY_RETURNED``,
    ``RETURNED_BEFORE_GIVEN``, ``DATE_IN_FUTURE`` or ``RECEIPT_NUMBER_NOT_IN_RANGE``.
    """
    require_not_future(returned_on, on, "returned_on")
    held = _locked(attestation_range)
    if held.returned_on is not None:
        raise Refusal(
            "RANGE_ALREADY_RETURNED", first=held.first_number, last=held.last_number,
            day=held.returned_on,
        )  # fmt: skip
    if returned_on < held.given_on:
        raise Refusal("RETURNED_BEFORE_GIVEN", place="returned_on", given_on=held.given_on)
    use = use_of([held])[held.pk]
    rank = held.last + 1 - use.left
    if unused_from.strip():
        rank = _inside(held, unused_from, "unused_from", until=held.last + 1)
    held.returned_on, held.returned_to, held.unused_from = returned_on, actor, rank
    held.save(update_fields=["returned_on", "returned_to", "unused_from"])
    return held


@command("spoil_attestation", right=Right.KEEP_PROVIDERS)
def spoil_attestation(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    attestation_range: AttestationRange,
    number: str,
    kind: SpoiltKind,
    reason: str,
) -> SpoiltAttestation:
    """An attestation is lost, or cancelled: a claim that bears its number is told of it.

    Refused with ``REASON_MISSING``, ``RECEIPT_NUMBER_NOT_IN_RANGE``, ``ATTESTATION_SPOILT_BEFORE``
    or ``ATTESTATION_CLAIMED`` (a claim that stands bears it).
    """
    if not reason.strip():
        raise Refusal("REASON_MISSING", place="reason")
    held = _locked(attestation_range)
    rank = _inside(held, number, "number", until=held.last)
    written = held.written(rank)
    if SpoiltAttestation.objects.filter(attestation_range=held, rank=rank).exists():
        raise Refusal("ATTESTATION_SPOILT_BEFORE", place="number", attestation=written)
    bearing = [claim for each, claim in _bearing([held]) if each == (held.series, rank)]
    if bearing:
        raise Refusal("ATTESTATION_CLAIMED", place="number", attestation=written, claim=bearing[0])
    return SpoiltAttestation.objects.create(
        mutual=mutual, attestation_range=held, rank=rank, kind=SpoiltKind(kind),
        reason=reason.strip(), spoilt_on=on, recorded_by=actor,
    )  # fmt: skip


def _locked(attestation_range: AttestationRange) -> AttestationRange:
    return AttestationRange.objects.select_for_update().get(pk=attestation_range.pk)


def _read(text: str, place: str) -> BookletNumber:
    require_one_alphabet(text, place)
    number = read_booklet_number(text)
    if number is None:
        raise Refusal("BOOKLET_NUMBER_UNREADABLE", place=place, text=text)
    return number


def _inside(held: AttestationRange, text: str, place: str, *, until: int) -> int:
    number = _read(text, place)
    if number.series != held.series or not held.first <= number.rank <= until:
        raise Refusal(
            "RECEIPT_NUMBER_NOT_IN_RANGE", place=place, number=text, first=held.first_number,
            last=held.last_number,
        )  # fmt: skip
    return number.rank


def _bearing(ranges: Sequence[AttestationRange]) -> list[tuple[tuple[str, int], str]]:
    """Series and rank of each attestation that a claim which stands bears, with its number."""
    alike = Q()
    for series in {each.series for each in ranges}:
        alike |= Q(attestation_key__startswith=f"{paper_key(series)}-" if paper_key(series) else "")
    claims = Claim.objects.filter(alike).exclude(attestation_key="")
    claims = claims.exclude(state=ClaimState.REVERSED).order_by("pk")
    return [
        ((read.series, read.rank), document)
        for number, document in claims.values_list("attestation_number", "document_number")
        if (read := read_booklet_number(number)) is not None
    ]


def use_of(ranges: Sequence[AttestationRange]) -> dict[int, RangeUse]:
    """What became of the numbers of each range. Two queries."""
    if not ranges:
        return {}
    used: dict[str, list[int]] = defaultdict(list)
    for (series, rank), _claim in _bearing(ranges):
        used[series].append(rank)
    spoilt: dict[int, list[int]] = defaultdict(list)
    rows = SpoiltAttestation.objects.filter(attestation_range__in=ranges)
    for pk, rank in rows.values_list("attestation_range", "rank"):
        spoilt[pk].append(rank)
    return {
        each.pk: range_use(
            each.first, each.last, used[each.series], spoilt[each.pk], each.unused_from
        )
        for each in ranges
    }


def attestation_ranges(mutual: Mutual) -> QuerySet[AttestationRange]:
    """The booklets of a mutual, the latest given first."""
    ranges = AttestationRange.objects.filter(mutual=mutual)
    ranges = ranges.select_related("provider", "holder", "given_by", "returned_to")
    return ranges.order_by("-given_on", "-id")


def attestation_range_for(mutual: Mutual, uid: UUID | str) -> AttestationRange:
    """The booklet of this mutual with this ``uid``, or ``NOT_FOUND``."""
    return found(attestation_ranges(mutual), uid=uid)


def spoilt_in(held: AttestationRange) -> list[tuple[str, SpoiltAttestation]]:
    """The lost and cancelled numbers of a booklet as printed, in order."""
    rows = held.spoilt.select_related("recorded_by").order_by("rank")
    return [(held.written(row.rank), row) for row in rows]
