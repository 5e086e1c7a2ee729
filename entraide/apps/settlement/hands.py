"""Whose hands a payment has been through: nobody does two steps of one record."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from entraide.apps.access.models import User
from entraide.apps.claims.deciders import decided_by, deciders_of
from entraide.apps.claims.models import Claim
from entraide.apps.ledger.models import Entry
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right, people_who_may, require_other_person
from entraide.apps.settlement.models import Payout, PayoutAddition, PayoutClaim, SettlementBatch
from entraide.core.errors import Refusal


def _handled_by(person: User | F | OuterRef) -> Q:
    """Claims paid that a person entered, decided (``claims.deciders``), approved, or posted with
    all those that the rules decided."""
    decided = decided_by(person, "claim")
    approved = Q(claim__approved_by=person) | Q(claim__entry__posted_by=person)
    return Q(claim__entered_by=person) | approved | decided


def has_handled_a_claim(person: User, batch: SettlementBatch) -> bool:
    """Whether the person entered, decided or approved one of the claims that a batch pays."""
    paid = PayoutClaim.objects.filter(payout__batch=batch, is_cancelled=False)
    return not person.is_system and paid.filter(_handled_by(person)).exists()


def hands_on(claims: Iterable[Claim]) -> dict[int, frozenset[int]]:
    """Who entered, decided (``claims.deciders``), approved or posted each claim, by the claim's
    key: the keys of people. Two queries besides the claims."""
    claims = list(claims)
    deciders = deciders_of(claims)
    entries = Entry.objects.filter(pk__in=[each.entry_id for each in claims if each.entry_id])
    posters = dict(entries.values_list("pk", "posted_by_id"))
    return {
        each.pk: frozenset(
            hand
            for hand in (
                each.entered_by_id,
                each.approved_by_id,
                posters.get(each.entry_id),
            )
            if hand is not None
        )
        | deciders.get(each.pk, frozenset())
        for each in claims
    }


def signatories_left(mutual: Mutual, hands: Iterable[int], on: date) -> list[User]:
    """Who may authorise a payment of which these people (their keys) had a hand, by name."""
    had = frozenset(hands)
    return [
        each for each in people_who_may(mutual, Right.AUTHORISE_BATCH, on) if each.pk not in had
    ]


def without_signatory(
    mutual: Mutual, claims: Iterable[Claim], preparer: User, on: date
) -> frozenset[int]:
    """The claims, by their keys, whose payment nobody could authorise were it prepared by this
    person: whoever has the right entered, decided or approved them."""
    may = {each.pk for each in people_who_may(mutual, Right.AUTHORISE_BATCH, on)} - {preparer.pk}
    return frozenset(pk for pk, hands in hands_on(claims).items() if not may - hands)


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
    decided or approved one of the claims or awards."""
    require_other_person(actor, batch.authorised_by, step="authorise")
    require_other_person(actor, batch.prepared_by, step="prepare")
    paid = PayoutClaim.objects.filter(payout=payout, is_cancelled=False)
    if not actor.is_system and paid.filter(_handled_by(actor)).exists():
        raise Refusal("SEPARATION_OF_DUTIES", person=str(actor), step="approve")
    added = PayoutAddition.objects.filter(payout=payout, is_cancelled=False)
    for row in added.select_related("award__prepared_by", "award__approved_by"):
        require_other_person(actor, row.award.prepared_by, step="prepare")
        require_other_person(actor, row.award.approved_by, step="approve")
