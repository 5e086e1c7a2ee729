"""Paying what was approved: a batch is prepared, authorised by another person, paid by a third."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from entraide.apps.access.models import User
from entraide.apps.claims.left_before import left_before_care, require_none_left
from entraide.apps.claims.models import Claim, ClaimState
from entraide.apps.ledger.models import Account
from entraide.apps.ledger.services import post_entry
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.numbering import next_number
from entraide.apps.schemes.rights import Right
from entraide.apps.settlement.awards import give_lapsed_back, standing_discount
from entraide.apps.settlement.batch_terms import awards_chosen, batch_terms
from entraide.apps.settlement.drafts import payout_drafts, payout_row
from entraide.apps.settlement.hands import require_other_hands, require_other_signatory
from entraide.apps.settlement.holdings import (
    require_fitting,
    require_held,
    require_overdraft_seen,
)
from entraide.apps.settlement.inclusions import (
    free_of_invoices,
    held_with_reason,
    keep_inclusions,
)
from entraide.apps.settlement.models import (
    BatchState,
    IncentiveAward,
    PayeeKind,
    Payout,
    PayoutClaim,
    PayoutPlace,
    SettlementBatch,
)
from entraide.apps.settlement.payees import provider_channels, usual_channels
from entraide.apps.settlement.payout_items import give_items_up, write_payouts
from entraide.apps.settlement.payout_postings import payout_entry
from entraide.apps.settlement.recoveries import (
    locked_outstanding,
    recovered_minor,
)
from entraide.apps.settlement.returned_accounts import require_no_mark, without_marked
from entraide.apps.settlement.set_asides import reinstate
from entraide.core.errors import Refusal
from entraide.core.ledger import TREASURY_ROLES
from entraide.core.settlement_channels import is_given_at_desk, is_in_hand, places_of
from entraide.core.work_time import MINUTES_OF_A_DAY

BATCH_PREFIX = "BR"


def _locked_claims(named: Sequence[Claim] | None) -> list[Claim]:
    """The claims to pay, locked: those named, or all that wait; ``CLAIM_NOT_APPROVED``."""
    locked = Claim.objects.select_for_update(of=("self",)).order_by("id")
    if named is None:
        return list(locked.filter(state=ClaimState.APPROVED).exclude(left_before_care()))
    chosen = list(locked.filter(pk__in=[claim.pk for claim in named]))
    for claim in chosen:
        if claim.state != ClaimState.APPROVED:
            raise Refusal("CLAIM_NOT_APPROVED", claim=claim.document_number, state=claim.state)
    return chosen


@command("prepare_batch", right=Right.PREPARE_BATCH)
def prepare_batch(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    treasury_account: Account,
    claims: Sequence[Claim] | None = None,
    awards: Sequence[IncentiveAward] = (),
    invoice_reason: str = "",
) -> SettlementBatch:
    """A numbered batch of approved claims (all of them unless named), one payout per payee.

    What a payee is asked back is kept back of its payout, which may come to 0; what exceeds it
    stays owed. A discount for prompt payment comes off, as if paid today; awards are added, those
    of providers without a claim here too: all that wait, or where claims are named those of
    ``awards``. What a person names is paid by one means, from one account that fits it. Claims of
    an open invoice that does not add up are left out; named, they need ``invoice_reason``, which is
    kept. Those of persons gone before the care are left out, and what would go to an account that
    sent a transfer back. Refused with ``NOT_A_TREASURY_ROLE``, ``CLAIM_NOT_APPROVED`` (naming the
    claim), ``AWARD_NOT_WAITING``, ``CLAIMS_OF_PERSON_GONE`` (named), ``INVOICE_HOLDS_CLAIMS``,
    ``ACCOUNT_CAME_BACK`` (named), ``BATCH_CHANNELS_MIXED``, ``CHANNEL_NOT_OF_ACCOUNT`` or
    ``NOTHING_TO_PAY``.
    """
    if treasury_account.role not in TREASURY_ROLES:
        raise Refusal(
            "NOT_A_TREASURY_ROLE", role=treasury_account.role, allowed=sorted(TREASURY_ROLES)
        )
    chosen = _locked_claims(claims)
    alone = awards_chosen(mutual, chosen, None if claims is None else awards)
    if not (chosen or alone):
        raise Refusal("NOTHING_TO_PAY")
    require_none_left(chosen, place="claims")
    held = held_with_reason(mutual, chosen, invoice_reason) if claims is not None else []
    chosen = chosen if claims is not None else free_of_invoices(mutual, chosen)
    channels = usual_channels(mutual, chosen)
    reached = provider_channels(mutual, {award.provider_id for award in alone})
    chosen, alone = without_marked(
        mutual, chosen, channels, alone, reached, are_named=claims is not None
    )
    if not (chosen or alone):
        raise Refusal("NOTHING_TO_PAY")
    channels = {each.pk: channels[each.pk] for each in chosen}
    reached = {award.provider_id: reached[award.provider_id] for award in alone}
    if claims is not None:
        means = {*channels.values(), *reached.values()}
        if len(means) > 1:
            raise Refusal("BATCH_CHANNELS_MIXED", place="claims")
        require_fitting(treasury_account, means.pop())
    owed = locked_outstanding(mutual, chosen, reached)
    terms = batch_terms(mutual, chosen, channels, on, alone=alone, reached=reached)
    drafts = payout_drafts(chosen, owed, channels, terms)
    batch = SettlementBatch.objects.create(
        mutual=mutual,
        document_number=next_number(mutual=mutual, prefix=BATCH_PREFIX, on=on),
        state=BatchState.PREPARED,
        treasury_account=treasury_account,
        total_minor=sum(draft.amount_minor for _group, draft in drafts),
        prepared_on=on,
        prepared_by=actor,
    )
    payouts = [
        payout_row(batch, group, draft, rank) for rank, (group, draft) in enumerate(drafts, start=1)
    ]
    write_payouts(payouts, [draft for _group, draft in drafts], chosen, owed, terms)
    keep_inclusions(batch, held, reason=invoice_reason, actor=actor, on=on)
    Claim.objects.filter(pk__in=[claim.pk for claim in chosen]).update(state=ClaimState.IN_BATCH)
    return batch


def locked_batch(batch: SettlementBatch) -> SettlementBatch:
    """The batch, locked until the transaction ends: before its payouts, in every command."""
    return (
        SettlementBatch.objects.select_for_update(of=("self",))
        .select_related("prepared_by", "authorised_by", "treasury_account")
        .get(pk=batch.pk)
    )


@command("authorise_batch", right=Right.AUTHORISE_BATCH)
def authorise_batch(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    batch: SettlementBatch,
    seen_overdraft_minor: int | None = None,
) -> SettlementBatch:
    """Another person than the preparer lets the money go.

    ``seen_overdraft_minor``: by how much the bank account would stand below zero, as who
    authorises was told and confirmed; None where a programme asks. Refused with
    ``BATCH_NOT_PREPARED``, ``SEPARATION_OF_DUTIES`` (who prepared it, or entered, decided or
    approved one of its claims), ``CLAIMS_OF_PERSON_GONE`` (it became known since; cancel the batch
    and prepare it again), ``ACCOUNT_CAME_BACK`` (a transfer to one of its accounts came back, and
    nobody confirmed it) or ``BATCH_OVERDRAWS`` (it would lend more than that).
    """
    batch = locked_batch(batch)
    if batch.state != BatchState.PREPARED:
        raise Refusal("BATCH_NOT_PREPARED", batch=batch.document_number, state=batch.state)
    require_other_signatory(actor, batch)
    on_batch = PayoutClaim.objects.filter(payout__batch=batch, is_cancelled=False)
    require_none_left(Claim.objects.filter(pk__in=on_batch.values("claim_id")))
    require_no_mark(batch)
    require_overdraft_seen(mutual, batch, seen_overdraft_minor, on)
    batch.state = BatchState.AUTHORISED
    batch.authorised_on = on
    batch.authorised_by = actor
    batch.save(update_fields=["state", "authorised_on", "authorised_by"])
    return batch


def is_given_by_agent(payout: Payout) -> bool:
    """Whether an agent gives it at an agency or at home, out of a float, against a signature;
    one of 0 is given by nobody."""
    is_family = payout.payee_kind == PayeeKind.HOUSEHOLD
    return is_family and payout.amount_minor > 0 and is_given_at_desk(payout.channel)


def is_signed_for(payout: Payout) -> bool:
    """Whether a family gets it into a hand: somebody receives it by name and signs, at the desk."""
    is_family = payout.payee_kind == PayeeKind.HOUSEHOLD
    return is_family and payout.amount_minor > 0 and is_in_hand(payout.channel)


def require_fitting_place(payout: Payout, place: str) -> None:
    """``PAYOUT_PLACE_UNKNOWN``, or ``PAYOUT_PLACE_NOT_OF_CHANNEL``: no transfer is made at home,
    and no cash by transfer. Nobody need say where nothing is paid."""
    if place and place not in PayoutPlace.values:
        raise Refusal("PAYOUT_PLACE_UNKNOWN", place="place", value=place)
    if place and payout.amount_minor and place not in places_of(payout.channel):
        raise Refusal("PAYOUT_PLACE_NOT_OF_CHANNEL", place="place", payout=payout.document_number)


@command("record_payout", right=Right.RECORD_PAYOUT)
def record_payout(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    payout: Payout,
    paid_on: date,
    place: str = "",
    minutes: int | None = None,
) -> Payout:
    """The money has gone to the payee: posted under the payout's number, claims are paid.

    ``place`` is one of ``PayoutPlace`` and ``minutes`` the work of bringing the money, way and
    wait; empty and None where nobody says them (``PAYOUT_PLACE_UNKNOWN``,
    ``PAYOUT_MINUTES_INVALID`` otherwise). One set aside as unclaimed is payable again; one of 0
    settles claims against what is kept back. Refused with ``REFUND_AT_DESK`` (an agent gives it
    against a signature, and nobody else away from the office: ``desk.hand_over_refund``),
    ``PAYOUT_PLACE_NOT_OF_CHANNEL``, ``ACCOUNT_TOO_SMALL`` (a cash box or a wallet
    does not hold it), ``PAYOUT_ALREADY_MADE``, ``PAYOUT_RETURNED``, ``BATCH_NOT_AUTHORISED``,
    ``DATE_IN_FUTURE``, ``PAID_BEFORE_AUTHORISATION``, or ``SEPARATION_OF_DUTIES`` for who prepared
    or authorised the batch, or entered, decided or approved one of the claims: never two steps of
    one record.
    """
    is_elsewhere = place in (PayoutPlace.HOME, PayoutPlace.AGENCY)
    if is_given_by_agent(payout) or (is_signed_for(payout) and is_elsewhere):
        raise Refusal("REFUND_AT_DESK", place="payouts", payout=payout.document_number)
    require_fitting_place(payout, place)
    return make_payment(
        mutual=mutual, actor=actor, on=on, payout=payout, paid_on=paid_on, place=place,
        minutes=minutes,
    )  # fmt: skip


def make_payment(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    payout: Payout,
    paid_on: date,
    place: str = "",
    minutes: int | None = None,
    from_account: Account | None = None,
) -> Payout:
    """What :func:`record_payout` does, inside the transaction of the command that asks for it.

    ``from_account``: the cash box of an agent, where the money is not taken from the batch's.
    """
    _require_work_told(place, minutes)
    batch = locked_batch(payout.batch)
    payout = (
        Payout.objects.select_for_update(of=("self",))
        .select_related("provider", "household")
        .get(pk=payout.pk)
    )
    if payout.returned_on is not None:
        raise Refusal("PAYOUT_RETURNED", payout=payout.document_number, on=payout.returned_on)
    if payout.paid_on is not None:
        raise Refusal("PAYOUT_ALREADY_MADE", payout=payout.document_number, on=payout.paid_on)
    if batch.state != BatchState.AUTHORISED or batch.authorised_on is None:
        raise Refusal("BATCH_NOT_AUTHORISED", batch=batch.document_number)
    if paid_on > on:
        raise Refusal("DATE_IN_FUTURE", place="paid_on", day=paid_on, on=on)
    if paid_on < batch.authorised_on:
        raise Refusal("PAID_BEFORE_AUTHORISATION", place="paid_on", on=batch.authorised_on)
    require_other_hands(actor, batch, payout)
    reinstate(payout, actor, on)
    label = payout.provider.name if payout.provider else payout.household.number
    kept = recovered_minor(payout)
    account = from_account or batch.treasury_account
    require_held(mutual, account, payout.amount_minor, paid_on, on)
    discount = standing_discount(payout)
    entry = payout_entry(
        payout, account, paid_on, label, recovered_minor=kept,
        discount_minor=discount.amount_minor if discount is not None else 0,
    )  # fmt: skip
    payout.entry = post_entry(mutual=mutual, entry=entry, actor=actor, on=on)
    payout.paid_on = paid_on
    payout.paid_by = actor
    payout.place, payout.minutes, payout.from_account = place, minutes, from_account
    payout.save(update_fields=["entry", "paid_on", "paid_by", "place", "minutes", "from_account"])
    paid_ids = list(payout.claims.filter(is_cancelled=False).values_list("claim_id", flat=True))
    Claim.objects.filter(pk__in=paid_ids).update(state=ClaimState.PAID, paid_on=paid_on)
    if discount is not None:
        give_lapsed_back(discount, paid_on, actor, on)
    close_when_answered(batch)
    return payout


def close_when_answered(batch: SettlementBatch) -> None:
    """A batch is paid once each of its payouts was made or came back."""
    if not batch.payouts.filter(paid_on__isnull=True, returned_on__isnull=True).exists():
        batch.state = BatchState.PAID
        batch.save(update_fields=["state"])


def _require_work_told(place: str, minutes: int | None) -> None:
    if place and place not in PayoutPlace.values:
        raise Refusal("PAYOUT_PLACE_UNKNOWN", place="place", value=place)
    if minutes is not None and not 0 <= minutes <= MINUTES_OF_A_DAY:
        raise Refusal("PAYOUT_MINUTES_INVALID", place="minutes", most=MINUTES_OF_A_DAY)


@command("cancel_batch", right=Right.PREPARE_BATCH)
def cancel_batch(
    *, mutual: Mutual, actor: User, on: date, idempotency_key: str, batch: SettlementBatch
) -> SettlementBatch:
    """Give a batch up before it is authorised: its claims wait for another one, and what it kept
    back is owed again. The number stays used, so that the book has no gap."""
    batch = locked_batch(batch)
    if batch.state != BatchState.PREPARED:
        raise Refusal("BATCH_NOT_PREPARED", batch=batch.document_number, state=batch.state)
    claim_ids = list(
        PayoutClaim.objects.filter(payout__batch=batch, is_cancelled=False).values_list(
            "claim_id", flat=True
        )
    )
    give_items_up(batch.payouts.all())
    Claim.objects.filter(pk__in=claim_ids).update(state=ClaimState.APPROVED)
    batch.state = BatchState.CANCELLED
    batch.save(update_fields=["state"])
    return batch
