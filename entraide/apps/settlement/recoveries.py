"""What is asked back of a payee and kept back of its next payments, to the last unit.

A recovery (:class:`~entraide.apps.care_control.models.Recovery`) is what a control found; an
overpayment is asked back here, of a claim that was paid. Deductions carry it into payouts: what
they do not take stays owed, whatever happens to a batch.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from django.db.models import Q, Sum

from entraide.apps.access.models import User
from entraide.apps.care_control.campaigns import RECOVERY_PREFIX, left_to_ask
from entraide.apps.care_control.models import Debtor, Recovery
from entraide.apps.care_control.recoveries import open_recoveries
from entraide.apps.claims.models import Circuit, Claim, ClaimState
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.numbering import next_number
from entraide.apps.schemes.rights import Right
from entraide.apps.settlement.families import families_that_stay
from entraide.apps.settlement.models import Overpayment, Payout, RecoveryDeduction
from entraide.core import settlement
from entraide.core.errors import Refusal

OVERPAID = "overpaid"  # the reason of a recovery that no control found


@dataclass(frozen=True, slots=True)
class Outstanding:
    """A recovery with what standing deductions have not taken of it."""

    recovery: Recovery
    left_minor: int


def outstanding_of(
    mutual: Mutual, claims: Iterable[Claim], besides: Iterable[int] = ()
) -> list[Outstanding]:
    """What the payees of these claims owe, and these providers ``besides``, the oldest first."""
    providers, households = _payees(claims)
    providers |= set(besides)
    rows = open_recoveries(mutual).filter(Q(provider__in=providers) | Q(household__in=households))
    return [Outstanding(each, each.amount_minor - each.taken_minor) for each in rows]


def _payees(claims: Iterable[Claim]) -> tuple[set[int], set[int]]:
    providers, households = set(), set()
    for claim in claims:
        if claim.circuit == Circuit.THIRD_PARTY_PAYMENT:
            providers.add(claim.provider_id)
        else:
            households.add(claim.household_id)
    if households:
        households |= set(families_that_stay(households).values())
    return providers, households


def locked_outstanding(
    mutual: Mutual, claims: Sequence[Claim], besides: Collection[int] = ()
) -> list[Outstanding]:
    """As :func:`outstanding_of`, with the recoveries locked until the transaction ends.

    Locked first and summed after: of two batches prepared at once, the second sees what the first
    takes.
    """
    providers, households = _payees(claims)
    providers |= set(besides)
    held = Recovery.objects.select_for_update(of=("self",)).filter(
        Q(provider__in=providers) | Q(household__in=households), mutual=mutual
    )
    keys = list(held.order_by("pk").values_list("pk", flat=True))
    return outstanding_of(mutual, claims, besides) if keys else []


def recovery_item(
    owed: Outstanding, stays: Mapping[int, int] = MappingProxyType({})
) -> settlement.PayableClaim:
    """A recovery as the settlement decision sees it: a negative amount of its payee.

    ``stays``: household → the one it was merged into (``settlement.families``).
    """
    recovery = owed.recovery
    if recovery.debtor == Debtor.PROVIDER:
        kind, payee = settlement.PayeeKind.PROVIDER, f"{recovery.provider_id:012d}"
    else:
        kind, payee = (
            settlement.PayeeKind.MEMBER,
            f"{stays.get(recovery.household_id or 0, recovery.household_id):012d}",
        )
    return settlement.PayableClaim(recovery.document_number, kind, payee, "", -owed.left_minor)


def recovered_minor(payout: Payout) -> int:
    """What a payout keeps back, in minor units."""
    total: int = payout.deductions.aggregate(total=Sum("amount_minor", default=0))["total"]
    return total


def deductions_by_payout(payouts: Iterable[Payout]) -> dict[int, list[RecoveryDeduction]]:
    """Key of a payout → what it keeps back, with the recovery and its claim. One query."""
    rows: dict[int, list[RecoveryDeduction]] = {}
    for row in (
        RecoveryDeduction.objects.filter(payout__in=[each.pk for each in payouts])
        .select_related("recovery", "recovery__claim")
        .order_by("payout_id", "id")
    ):
        rows.setdefault(row.payout_id, []).append(row)
    return rows


@command("ask_overpayment_back", right=Right.REVERSE)
def ask_overpayment_back(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    claim: Claim,
    amount_minor: int,
    reason: str,
) -> Recovery:
    """A claim was paid too much: the payee owes the difference, kept back of its next payments.

    Whoever authorises the batch that keeps it back sees it: two persons at least. Refused with
    ``REASON_MISSING``, ``OVERPAYMENT_NOT_PAID`` (what is not paid yet is reversed instead), or
    ``OVERPAYMENT_AMOUNT`` beyond what the claim paid less what is asked back of it already.
    """
    if not reason.strip():
        raise Refusal("REASON_MISSING", place="reason")
    claim = Claim.objects.select_for_update(of=("self",)).get(pk=claim.pk)
    if claim.state != ClaimState.PAID:
        raise Refusal("OVERPAYMENT_NOT_PAID", claim=claim.document_number)
    most = left_to_ask(claim)
    if not 0 < amount_minor <= most:
        raise Refusal(
            "OVERPAYMENT_AMOUNT", place="amount_minor", most_minor=most, currency=mutual.currency
        )
    is_direct = claim.circuit == Circuit.THIRD_PARTY_PAYMENT
    recovery = Recovery.objects.create(
        mutual=mutual,
        document_number=next_number(mutual=mutual, prefix=RECOVERY_PREFIX, on=on),
        claim=claim,
        debtor=Debtor.PROVIDER if is_direct else Debtor.HOUSEHOLD,
        provider=claim.provider if is_direct else None,
        household=None if is_direct else claim.household,
        amount_minor=amount_minor,
        reason_code=OVERPAID,
        asked_on=on,
        asked_by=actor,
    )
    Overpayment.objects.create(mutual=mutual, recovery=recovery, why=reason.strip()[:200])
    return recovery
