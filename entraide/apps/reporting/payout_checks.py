"""Payments against what they pay, what they keep back, and what left the accounts in the books."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, Sum

from entraide.apps.care_control.models import Recovery
from entraide.apps.claims.models import ClaimState
from entraide.apps.reporting.register_checks import (
    finding_of,
    posted_by,
    reversed_documents,
    taken_back,
)
from entraide.apps.schemes.models import Mutual
from entraide.apps.settlement.desk import floats
from entraide.apps.settlement.models import (
    BatchState,
    Payout,
    PayoutAddition,
    PayoutClaim,
    PayoutDiscount,
    RecoveryDeduction,
    ReturnCode,
    SettlementBatch,
)
from entraide.apps.settlement.payout_items import ITEMS
from entraide.core.errors import Finding
from entraide.core.ledger import TREASURY_ROLES, AccountRole, EntryKind


def check_payouts(mutual: Mutual) -> Iterator[Finding]:
    """A batch is the sum of its payouts; a payout is its claims and awards less what it keeps back
    and its discount, in the register and in the books; one that came back was reversed.
    ``PAYOUT_SIGNED_CAME_BACK``: as if a bank had sent back cash that somebody signed for."""
    gross = _by_payout(mutual, PayoutClaim)
    kept = _by_payout(mutual, RecoveryDeduction)
    off, added = _by_payout(mutual, PayoutDiscount), _by_payout(mutual, PayoutAddition)
    paid = posted_by(mutual, TREASURY_ROLES, "credit", EntryKind.PAYOUT_MADE)
    recovered = posted_by(mutual, [AccountRole.CLAIMS_EXPENSE], "credit", EntryKind.PAYOUT_MADE)
    role = [AccountRole.PROVIDER_DISCOUNTS]
    earned = posted_by(mutual, role, "credit", EntryKind.PAYOUT_MADE)
    undone = reversed_documents(mutual)
    by_batch: Counter[str] = Counter()
    for document, batch, amount, entry, returned_on in (
        Payout.objects.filter(mutual=mutual)
        .order_by("pk")
        .values_list(
            "document_number",
            "batch__document_number",
            "amount_minor",
            "entry__document_number",
            "returned_on",
        )
        .iterator()
    ):
        by_batch[batch] += amount
        less = kept.get(document, 0) + off.get(document, 0)
        held = gross.get(document, 0) + added.get(document, 0) - less
        if amount != held:
            yield finding_of("PAYOUT_CLAIMS_DIFFER", mutual, "payout", document, amount, held)
        if entry is None:
            continue
        for found, books in (
            (amount, sum(paid.get(entry, {}).values())),
            (kept.get(document, 0), sum(recovered.get(entry, {}).values())),
            (off.get(document, 0), sum(earned.get(entry, {}).values())),
        ):
            if found != books:
                yield finding_of("PAYOUT_DIFFERS", mutual, "payout", document, found, books)
        is_reversed = entry in undone
        yield from taken_back(mutual, "payout", document, returned_on is not None, is_reversed)
    batches = SettlementBatch.objects.filter(mutual=mutual).order_by("pk")
    for document, total in batches.values_list("document_number", "total_minor"):
        if total != by_batch[document]:
            yield finding_of("BATCH_DIFFERS", mutual, "batch", document, total, by_batch[document])
    yield from _standing_wrongly(mutual)
    # Cash that somebody signed for comes back from no bank: only as a mistake, to be recorded anew.
    signed = Payout.objects.filter(mutual=mutual, receipt__isnull=False, returned_on__isnull=False)
    astray = signed.exclude(return_code=ReturnCode.MISTAKE).order_by("pk")
    for document, amount in astray.values_list("document_number", "amount_minor"):
        yield finding_of("PAYOUT_SIGNED_CAME_BACK", mutual, "payout", document, amount, 0)


def check_recoveries(mutual: Mutual) -> Iterator[Finding]:
    """``RECOVERY_OVERTAKEN``: payments keep back more than was asked of a payee;
    ``RECOVERY_OF_REVERSED``: they keep back for a claim that was reversed;
    ``RECOVERIES_OVER_CLAIM``: more is asked back of a claim, in all, than it pays."""
    taken = Sum("deductions__amount_minor", filter=Q(deductions__is_cancelled=False))
    found = Recovery.objects.filter(mutual=mutual).annotate(taken=taken)
    rows = found.filter(taken__gt=F("amount_minor")).order_by("pk")
    for document, took, asked in rows.values_list("document_number", "taken", "amount_minor"):
        yield finding_of("RECOVERY_OVERTAKEN", mutual, "recovery", document, took, asked)
    void = found.filter(claim__state=ClaimState.REVERSED, taken__gt=0).order_by("pk")
    for document, took in void.values_list("document_number", "taken"):
        yield finding_of("RECOVERY_OF_REVERSED", mutual, "recovery", document, took, 0)
    standing = Recovery.objects.filter(mutual=mutual, waived_on__isnull=True, claim__isnull=False)
    asked_of = standing.exclude(claim__state=ClaimState.REVERSED).order_by("claim")
    for document, paid, asked in (
        asked_of.values_list("claim__document_number", "claim__payable_minor")
        .annotate(asked=Sum("amount_minor"))
        .filter(asked__gt=F("claim__payable_minor"))
    ):
        yield finding_of("RECOVERIES_OVER_CLAIM", mutual, "claim", document, asked, paid)


def check_floats(mutual: Mutual) -> Iterator[Finding]:
    """``FLOAT_OVERDRAWN``: an agent gave more in refunds than they were given for them."""
    for held in floats(mutual):
        if held.amount_minor < 0:
            name = f"{held.holder}, {held.cash_account.number}"
            yield finding_of("FLOAT_OVERDRAWN", mutual, "float", name, held.amount_minor, 0)


def _by_payout(mutual: Mutual, items: type[Any]) -> dict[str, int]:
    """What a payout pays or keeps back in all; what it gave up since is part of what it said."""
    rows = items.objects.filter(mutual=mutual).order_by().values_list("payout__document_number")
    return dict(rows.annotate(total=Sum("amount_minor")))


def _standing_wrongly(mutual: Mutual) -> Iterator[Finding]:
    """``PAYOUT_ITEMS_STAND``: the items of a payout stand although it was given up or came back,
    or were given up although it stands."""
    gone = Q(batch__state=BatchState.CANCELLED) | Q(returned_on__isnull=False)
    payouts = Payout.objects.filter(mutual=mutual).order_by("pk")
    for items in ITEMS:
        own = items.objects.filter(payout=OuterRef("pk"))  # type: ignore[attr-defined]
        wrong = payouts.filter(
            (gone & Exists(own.filter(is_cancelled=False)))
            | (~gone & Exists(own.filter(is_cancelled=True)))
        )
        for document, amount in wrong.values_list("document_number", "amount_minor")[:1]:
            yield finding_of("PAYOUT_ITEMS_STAND", mutual, "payout", document, amount, 0)
