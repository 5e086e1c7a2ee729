"""From claims, recoveries and terms of conventions to the payouts of a batch to record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from entraide.apps.claims.models import Circuit, Claim
from entraide.apps.settlement.batch_terms import BatchTerm
from entraide.apps.settlement.families import families_that_stay
from entraide.apps.settlement.models import PayeeKind, Payout, SettlementBatch
from entraide.apps.settlement.recoveries import Outstanding, recovery_item
from entraide.core import settlement
from entraide.core.settlement_channels import PayoutChannel


def payable_claim(
    claim: Claim, channel: str = "", household: int | None = None
) -> settlement.PayableClaim:
    """A claim as the settlement decision sees it: who is paid, by which channel, how much.

    ``channel``: by which way (:func:`~entraide.apps.settlement.payees.usual_channels`); empty: as
    the claim says, else by the bank. ``household``: the family that stays, where the claim's was
    merged.
    Payees are sorted as text: keys of one length keep the order in which they were registered.
    """
    if claim.circuit == Circuit.THIRD_PARTY_PAYMENT:
        kind, payee = settlement.PayeeKind.PROVIDER, f"{claim.provider_id:012d}"
    else:
        kind, payee = settlement.PayeeKind.MEMBER, f"{household or claim.household_id:012d}"
    return settlement.PayableClaim(
        claim.document_number,
        kind,
        payee,
        channel or claim.channel or PayoutChannel.BANK.value,
        claim.payable_minor,
    )


def payout_drafts(
    claims: Iterable[Claim],
    owed: Iterable[Outstanding] = (),
    channels: Mapping[int, str] = MappingProxyType({}),
    terms: Iterable[BatchTerm] = (),
) -> list[tuple[settlement.BatchDraft, settlement.PayoutDraft]]:
    """The payouts of these claims, grouped by payee, each with the group it belongs to.

    What payees owe is kept back of them, as far as it goes; the rest stays owed. ``terms``: what
    conventions take off and add.
    """
    claims, owed = list(claims), list(owed)
    stays = families_that_stay(
        [claim.household_id for claim in claims if claim.circuit == Circuit.REIMBURSEMENT]
        + [each.recovery.household_id for each in owed if each.recovery.household_id]
    )
    draft = settlement.make_batches(
        [
            *(
                payable_claim(claim, channels.get(claim.pk, ""), stays.get(claim.household_id))
                for claim in claims
            ),
            *(recovery_item(each, stays) for each in owed),
            *(each.item for each in terms),
        ]
    )
    return [(batch, payout) for batch in draft.batches for payout in batch.payouts]


def payout_number(batch_number: str, rank: int) -> str:
    """The number of a payout within its batch; the bank's reference too."""
    return f"{batch_number}-{rank}"


def payout_row(
    batch: SettlementBatch,
    group: settlement.BatchDraft,
    draft: settlement.PayoutDraft,
    rank: int,
) -> Payout:
    """The unsaved payout of a draft."""
    is_provider = group.payee_kind is settlement.PayeeKind.PROVIDER
    return Payout(
        mutual_id=batch.mutual_id,
        batch=batch,
        document_number=payout_number(batch.document_number, rank),
        payee_kind=PayeeKind.PROVIDER if is_provider else PayeeKind.HOUSEHOLD,
        provider_id=int(draft.payee_key) if is_provider else None,
        household_id=None if is_provider else int(draft.payee_key),
        channel=group.channel,
        amount_minor=draft.amount_minor,
    )
