"""Reading batches and payouts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Min, QuerySet, Sum

from entraide.apps.access.models import CommandLog
from entraide.apps.claims.left_before import left_before_care
from entraide.apps.claims.models import Claim, ClaimState
from entraide.apps.enrolment.selectors import found
from entraide.apps.schemes.models import Mutual
from entraide.apps.settlement.batch_figures import CAME_BACK, with_returns
from entraide.apps.settlement.batch_terms import awards_waiting
from entraide.apps.settlement.models import BatchState, Payout, PayoutClaim, SettlementBatch


def batch_for(mutual: Mutual, uid: UUID | str) -> SettlementBatch:
    """The batch of this mutual with this ``uid``, or ``NOT_FOUND``."""
    batches = SettlementBatch.objects.filter(mutual=mutual)
    return found(
        batches.select_related("prepared_by", "authorised_by", "treasury_account"), uid=uid
    )


def payout_for(mutual: Mutual, uid: UUID | str) -> Payout:
    """The payout of this mutual with this ``uid``, or ``NOT_FOUND``."""
    payouts = Payout.objects.filter(mutual=mutual)
    return found(
        payouts.select_related(
            "batch", "provider", "household", "entry", "paid_by", "returned_by", "destination"
        ),
        uid=uid,
    )


def batches(mutual: Mutual, *, state: str = "") -> QuerySet[SettlementBatch]:
    """Batches with their number of payouts and claims, the latest first.

    ``state`` narrows them to those recorded in it; ``came_back`` to those with a return.
    """
    rows = SettlementBatch.objects.filter(mutual=mutual).select_related(
        "prepared_by", "authorised_by", "treasury_account"
    )
    if state == CAME_BACK:
        rows = with_returns(rows)
    elif state:
        rows = rows.filter(state=state)
    return rows.annotate(
        payout_count=Count("payouts", distinct=True),
        claim_count=Count("payouts__claims", distinct=True),
    ).order_by("-prepared_on", "-id")


def payouts_of(batch: SettlementBatch) -> QuerySet[Payout]:
    """The payouts of a batch in their order, each with the number of its claims."""
    return (
        batch.payouts.select_related("provider", "household", "entry", "paid_by", "destination")
        .annotate(claim_count=Count("claims"))
        .order_by("id")
    )


def claims_of_payout(payout: Payout) -> QuerySet[PayoutClaim]:
    """The claims that a payout pays, with the person cared for."""
    return payout.claims.select_related("claim", "claim__person", "claim__provider").order_by("id")


def payout_of_claim(claim: Claim) -> Payout | None:
    """The payout in which a claim stands, or None while it waits for a batch."""
    row = (
        PayoutClaim.objects.select_related("payout", "payout__batch", "payout__entry")
        .filter(claim=claim, is_cancelled=False)
        .first()
    )
    return row.payout if row is not None else None


@dataclass(frozen=True, slots=True)
class WaitingForBatch:
    """Approved claims that no batch holds, and what conventions owe to providers besides."""

    count: int
    payable_minor: int
    oldest_care_on: date | None
    award_count: int = 0
    award_minor: int = 0

    @property
    def is_any(self) -> bool:
        """Whether a batch may be prepared."""
        return self.count + self.award_count > 0


def waiting_for_batch(mutual: Mutual) -> WaitingForBatch:
    """How many approved claims wait for a batch, how much they pay and since when; and awards."""
    row = claims_to_settle(mutual).aggregate(
        count=Count("pk"), payable=Sum("payable_minor"), oldest=Min("care_on")
    )
    awards = awards_waiting(mutual).aggregate(
        count=Count("pk"), total=Sum("amount_minor", default=0)
    )
    return WaitingForBatch(
        row["count"], row["payable"] or 0, row["oldest"], awards["count"], awards["total"]
    )


def claims_to_settle(mutual: Mutual) -> QuerySet[Claim]:
    """The approved claims that no batch holds, with who is paid, the oldest care first.

    Those that wait to be decided again (:mod:`~entraide.apps.claims.left_before`) are left out.
    """
    return (
        Claim.objects.filter(mutual=mutual, state=ClaimState.APPROVED)
        .exclude(left_before_care())
        .select_related("person", "provider", "household")
        .order_by("care_on", "id")
    )


def batches_to_pay(mutual: Mutual) -> QuerySet[SettlementBatch]:
    """The authorised batches whose money has not all gone, the oldest first."""
    return batches(mutual, state=BatchState.AUTHORISED).order_by("authorised_on", "id")


def claims_by_payout(batch: SettlementBatch) -> dict[int, list[PayoutClaim]]:
    """The claims of each payout of a batch, by the payout's primary key. One query.

    Those of a cancelled batch are there too: the paper keeps what it listed.
    """
    rows: dict[int, list[PayoutClaim]] = {}
    for row in (
        PayoutClaim.objects.filter(payout__batch=batch)
        .select_related("claim", "claim__person", "claim__provider")
        .order_by("payout_id", "claim__care_on", "id")
    ):
        rows.setdefault(row.payout_id, []).append(row)
    return rows


def batches_to_authorise(mutual: Mutual) -> QuerySet[SettlementBatch]:
    """The batches that wait for a signature, the oldest first."""
    return batches(mutual, state=BatchState.PREPARED).order_by("prepared_on", "id")


def payouts_to_make(mutual: Mutual) -> QuerySet[Payout]:
    """The authorised payouts whose money has not gone, the oldest first."""
    return (
        Payout.objects.filter(
            mutual=mutual,
            batch__state=BatchState.AUTHORISED,
            paid_on__isnull=True,
            returned_on__isnull=True,
        )
        .select_related("batch", "provider", "household")
        .order_by("batch__prepared_on", "id")
    )


def payouts_under(mutual: Mutual, key: str) -> set[str]:
    """The ``uid``s of the payments that one sending of a form recorded: under its key, each with
    its own ending."""
    runs = CommandLog.objects.filter(
        mutual=mutual, name="record_payout", idempotency_key__startswith=f"{key}:"
    )
    return {str(uid) for uid in runs.values_list("result_uid", flat=True)}
