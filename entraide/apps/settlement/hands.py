"""Whose hands a payment has been through: nobody does two steps of one record."""

from __future__ import annotations

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from entraide.apps.access.models import User
from entraide.apps.schemes.rights import require_other_person
from entraide.apps.settlement.models import Payout, PayoutClaim, SettlementBatch
from entraide.core.errors import Refusal


def _handled_by(person: User | F | OuterRef) -> Q:
    """Claims paid that a person entered, decided (the decision in force), approved, or posted with
    all those that the rules decided."""
    decided = Q(
        claim__decisions__number=F("claim__decision_number"), claim__decisions__made_by=person
    )
    approved = Q(claim__approved_by=person) | Q(claim__entry__posted_by=person)
    return Q(claim__entered_by=person) | approved | decided


def has_handled_a_claim(person: User, batch: SettlementBatch) -> bool:
    """Whether the person entered, decided or approved one of the claims that a batch pays."""
    paid = PayoutClaim.objects.filter(payout__batch=batch, is_cancelled=False)
    return not person.is_system and paid.filter(_handled_by(person)).exists()


def not_handled_by(batches: QuerySet[SettlementBatch], person: User) -> QuerySet[SettlementBatch]:
    """The batches that a person may authorise: neither prepared by them, nor paying a claim that
    they entered, decided or approved."""
    theirs = PayoutClaim.objects.filter(
        _handled_by(person), payout__batch=OuterRef("pk"), is_cancelled=False
    )
    return batches.exclude(prepared_by=person).exclude(Exists(theirs))


def signed_by_a_hand_before(batches: QuerySet[SettlementBatch]) -> QuerySet[SettlementBatch]:
    """The batches authorised by a person who entered, decided or approved one of their claims."""
    theirs = PayoutClaim.objects.filter(
        _handled_by(OuterRef("authorised_by")), payout__batch=OuterRef("pk"), is_cancelled=False
    )
    return batches.filter(Exists(theirs), authorised_by__is_system=False)


def require_other_signatory(actor: User, batch: SettlementBatch) -> None:
    """``SEPARATION_OF_DUTIES`` when who authorises prepared the batch, or entered, decided or
    approved one of its claims."""
    require_other_person(actor, batch.prepared_by, step="prepare")
    if has_handled_a_claim(actor, batch):
        raise Refusal("SEPARATION_OF_DUTIES", person=str(actor), step="approve")


def require_other_hands(actor: User, batch: SettlementBatch, payout: Payout) -> None:
    """``SEPARATION_OF_DUTIES`` when who pays authorised or prepared the batch, or entered,
    decided or approved one of the claims."""
    require_other_person(actor, batch.authorised_by, step="authorise")
    require_other_person(actor, batch.prepared_by, step="prepare")
    paid = PayoutClaim.objects.filter(payout=payout, is_cancelled=False)
    if not actor.is_system and paid.filter(_handled_by(actor)).exists():
        raise Refusal("SEPARATION_OF_DUTIES", person=str(actor), step="approve")
