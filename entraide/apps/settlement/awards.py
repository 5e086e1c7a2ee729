"""Bonuses for quality, approved by two persons; discounts kept of a payment that came too late."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet

from entraide.apps.access.models import User
from entraide.apps.access.services import system_user
from entraide.apps.care_control.provider_figures import paid_by_year
from entraide.apps.ledger.opening import ensure_account
from entraide.apps.ledger.services import post_entry, reverse_posted
from entraide.apps.providers.incentive_models import IncentiveTerm
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.numbering import next_number
from entraide.apps.schemes.rights import Right, require_other_person
from entraide.apps.settlement.incentives import bonus_of
from entraide.apps.settlement.models import (
    AwardKind,
    AwardState,
    IncentiveAward,
    Payout,
    PayoutDiscount,
)
from entraide.core import incentive_postings
from entraide.core.errors import Refusal
from entraide.core.incentives import Incentive, prompt_discount
from entraide.core.ledger import AccountRole

AWARD_PREFIX = "PRI"


@command("prepare_bonus", right=Right.PREPARE_BATCH)
def prepare_bonus(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    term: IncentiveTerm,
    year: int,
) -> IncentiveAward:
    """The bonus of a year that is over, for another person to approve; once a year and term.

    Refused: ``BONUS_TERM`` (no approved term of a bonus), ``BONUS_YEAR`` (not over),
    ``BONUS_ALREADY`` (with its number), ``BONUS_UNKNOWN`` (too few families were asked),
    ``BONUS_NOT_EARNED``.
    """
    term = (
        IncentiveTerm.objects.select_for_update(of=("self",))
        .select_related("agreement__provider")
        .get(pk=term.pk)
    )
    provider = term.agreement.provider
    if term.kind != Incentive.QUALITY_BONUS or not term.is_approved:
        raise Refusal("BONUS_TERM", provider=provider.name)
    if year >= on.year:
        raise Refusal("BONUS_YEAR", place="year", year=str(year))
    earlier = awards_of(term).filter(year=year).exclude(state=AwardState.CANCELLED).first()
    if earlier is not None:
        raise Refusal("BONUS_ALREADY", year=str(year), award=earlier.document_number)
    amount = bonus_of(term, year)
    if amount is None:
        raise Refusal("BONUS_UNKNOWN", year=str(year), provider=provider.name)
    if amount <= 0:
        raise Refusal("BONUS_NOT_EARNED", year=str(year), provider=provider.name)
    return IncentiveAward.objects.create(
        mutual=mutual,
        document_number=next_number(mutual=mutual, prefix=AWARD_PREFIX, on=on),
        kind=AwardKind.BONUS,
        state=AwardState.PREPARED,
        provider=provider,
        term=term,
        year=year,
        base_minor=paid_by_year(mutual, provider).get(year, 0),
        amount_minor=amount,
        prepared_on=on,
        prepared_by=actor,
    )


@command("decide_bonus", right=Right.AUTHORISE_BATCH)
def decide_bonus(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    award: IncentiveAward,
    is_approved: bool,
) -> IncentiveAward:
    """Another person approves the bonus, owed from now on and paid with the next batch; or not.

    Refused: ``BONUS_DECIDED``, ``SEPARATION_OF_DUTIES``.
    """
    award = _locked(award)
    if award.state != AwardState.PREPARED:
        raise Refusal("BONUS_DECIDED", award=award.document_number)
    require_other_person(actor, award.prepared_by, step="prepare")
    if is_approved:
        ensure_account(mutual, AccountRole.PROVIDER_BONUSES)
        entry = incentive_postings.bonus_awarded(
            document_number=award.document_number,
            occurred_on=on,
            party=f"provider:{award.provider.uid}",
            amount_minor=award.amount_minor,
            label=f"{award.provider.name} {award.year}",
        )
        award.entry = post_entry(mutual=mutual, entry=entry, actor=actor, on=on)
    award.state = AwardState.APPROVED if is_approved else AwardState.CANCELLED
    award.approved_on, award.approved_by = on, actor
    award.save(update_fields=["state", "approved_on", "approved_by", "entry"])
    return award


def _locked(award: IncentiveAward) -> IncentiveAward:
    return (
        IncentiveAward.objects.select_for_update(of=("self",))
        .select_related("prepared_by", "provider", "entry")
        .get(pk=award.pk)
    )


def awards_of(term: IncentiveTerm) -> QuerySet[IncentiveAward]:
    """The awards of a term, the latest first."""
    rows = IncentiveAward.objects.filter(term=term)
    return rows.select_related("prepared_by", "approved_by").order_by("-year", "-id")


def standing_discount(payout: Payout) -> PayoutDiscount | None:
    """The discount that a payout keeps, whose account exists from here on; None without one."""
    found = payout.discounts.filter(is_cancelled=False).select_related("term").first()
    if found is not None:
        ensure_account(payout.mutual, AccountRole.PROVIDER_DISCOUNTS)
    return found


def give_lapsed_back(
    discount: PayoutDiscount, paid_on: date, actor: User, on: date
) -> IncentiveAward | None:
    """What a payment kept as a discount and was made too late for: owed again, at once.

    Paid with the provider's next batch. None where the whole discount is earned.
    """
    payout, term = discount.payout, discount.term
    claims = payout.claims.filter(is_cancelled=False).values_list(
        "claim__received_on", "amount_minor"
    )
    earned = prompt_discount(claims, paid_on, term.within_days or 0, term.rate)
    lapsed = discount.amount_minor - earned.amount_minor
    if lapsed <= 0 or payout.provider is None:
        return None
    mutual, system = payout.mutual, system_user()
    number = next_number(mutual=mutual, prefix=AWARD_PREFIX, on=on)
    entry = incentive_postings.discount_lapsed(
        document_number=number,
        occurred_on=paid_on,
        party=f"provider:{payout.provider.uid}",
        amount_minor=lapsed,
        label=f"{payout.provider.name} {payout.document_number}",
    )
    return IncentiveAward.objects.create(
        mutual=mutual, document_number=number, kind=AwardKind.LAPSED, state=AwardState.APPROVED,
        provider=payout.provider, term=term, payout=payout,
        base_minor=discount.base_minor - earned.base_minor, amount_minor=lapsed, prepared_on=on,
        prepared_by=system, approved_on=on, approved_by=system,
        entry=post_entry(mutual=mutual, entry=entry, actor=actor, on=on),
    )  # fmt: skip


def take_lapse_back(payout: Payout, actor: User, on: date) -> None:
    """A payment comes back: what had lapsed of its discount is owed no longer.

    Refused with ``LAPSE_IN_BATCH`` while another batch pays it.
    """
    for award in payout.lapses.filter(state=AwardState.APPROVED).select_related("entry"):
        held = _locked(award)
        other = held.additions.filter(is_cancelled=False).select_related("payout").first()
        if other is not None:
            raise Refusal(
                "LAPSE_IN_BATCH", award=held.document_number, payout=other.payout.document_number
            )
        if held.entry is not None:
            reverse_posted(mutual=payout.mutual, entry=held.entry, actor=actor, on=on)
        held.state = AwardState.CANCELLED
        held.save(update_fields=["state"])
