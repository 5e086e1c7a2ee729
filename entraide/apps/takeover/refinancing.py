"""A loan refinanced before its term: one cover takes the place of another, none is paid twice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from django.db.models import Sum

from entraide.apps.access.models import User
from entraide.apps.contributions.dues import DueDraft, due_drafts
from entraide.apps.contributions.models import DueKind, Payer
from entraide.apps.contributions.services import record_dues
from entraide.apps.contributions.terms import (
    keep_terms,
    named_drafts,
    priced_composition,
    terms_for,
)
from entraide.apps.enrolment.covers import record_renewal
from entraide.apps.enrolment.facts import covered_until
from entraide.apps.enrolment.models import Membership
from entraide.apps.enrolment.services import REFINANCED
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual, Product
from entraide.apps.schemes.rights import Right
from entraide.apps.schemes.selectors import product_on
from entraide.apps.takeover.models import LoanRefinancing
from entraide.core.errors import Refusal
from entraide.core.periods import Period
from entraide.core.refinancing import UnexpiredPart, unexpired_part


def household_contribution(membership: Membership) -> tuple[int, int]:
    """(called, received) of the household's own contribution for a cover, fees left out."""
    sums = membership.dues.filter(
        payer=Payer.HOUSEHOLD, kind=DueKind.CONTRIBUTION, cancelled_on__isnull=True
    ).aggregate(called=Sum("amount_minor", default=0), paid=Sum("paid_minor", default=0))
    return sums["called"], sums["paid"]


def unexpired(membership: Membership, refinanced_on: date) -> UnexpiredPart:
    """What a cover would give back on a day. The credit that it had itself received counts: it
    was paid by the cover before."""
    called, _ = household_contribution(membership)
    earlier = LoanRefinancing.objects.filter(membership=membership).first()
    called += earlier.used_minor if earlier is not None else 0
    period = Period(membership.effective_from, membership.effective_until)
    return unexpired_part(period, refinanced_on, called)


@command("refinance_membership", right=Right.ENROL)
def refinance_membership(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    membership: Membership,
    refinanced_on: date,
    loan_minor: int,
    loan_reference: str,
    product: Product | None = None,
) -> Membership:
    """From ``refinanced_on`` the cover of a new loan takes the place of the one that runs.

    No day is covered twice, seniority goes on, and what the earlier contribution paid for months
    not yet begun makes the new one smaller (:mod:`entraide.core.refinancing`). Refused with
    ``REFINANCE_NOT_RUNNING``, ``REFINANCE_UNPAID`` (the earlier contribution is not wholly paid:
    its credit is not known yet) or as a renewal is.
    """
    previous = Membership.objects.select_for_update().select_related("household", "product").get(
        pk=membership.pk
    )  # fmt: skip
    if not previous.effective_from <= refinanced_on < covered_until(previous):
        raise Refusal(
            "REFINANCE_NOT_RUNNING", place="refinanced_on", day=refinanced_on,
            starts_on=previous.effective_from, until=covered_until(previous),
        )  # fmt: skip
    called, paid = household_contribution(previous)
    if paid < called:
        raise Refusal(
            "REFINANCE_UNPAID", place="membership", remaining_minor=called - paid,
            currency=mutual.currency,
        )  # fmt: skip
    part = unexpired(previous, refinanced_on)
    previous.ended_on, previous.end_reason = refinanced_on, REFINANCED
    previous.save(update_fields=["ended_on", "end_reason"])
    renewal = record_renewal(
        previous=previous,
        on=on,
        renewed_on=refinanced_on,
        product=product,
        loan_minor=loan_minor,
        loan_reference=loan_reference,
    )
    drafts, used_minor = credited(_drafts(renewal), part.credit_minor)
    record_dues(
        membership=renewal, drafts=drafts, occurred_on=renewal.enrolled_on, actor=actor, on=on
    )
    LoanRefinancing.objects.create(
        mutual=mutual,
        membership=renewal,
        previous=previous,
        refinanced_on=refinanced_on,
        contribution_minor=part.contribution_minor,
        months_total=part.months_total,
        months_left=part.months_left,
        credit_minor=part.credit_minor,
        used_minor=used_minor,
    )
    return renewal


def _drafts(membership: Membership) -> tuple[DueDraft, ...]:
    """What the new cover makes due, as ``contributions.services.raise_contributions`` would."""
    _, rules = product_on(membership.product, membership.effective_from)
    terms = terms_for(membership, rules.contribution)
    keep_terms(membership, terms, rules)
    persons = membership.household.persons.all()
    priced_on = max(membership.effective_from, membership.enrolled_on)
    composition = priced_composition(persons, rules.membership, membership, priced_on, terms)
    period = Period(membership.effective_from, membership.effective_until)
    return named_drafts(due_drafts(rules, composition, period), terms)


def credited(drafts: Iterable[DueDraft], credit_minor: int) -> tuple[list[DueDraft], int]:
    """The dues with a credit taken off the household's contribution, the first part first.

    Each part keeps its split, half up; a part that the credit pays whole is not called. Answers
    also how much of the credit was used.
    """
    left, kept = credit_minor, []
    for draft in drafts:
        is_concerned = draft.kind == DueKind.CONTRIBUTION and draft.payer == Payer.HOUSEHOLD
        used = min(left, draft.amount_minor) if is_concerned else 0
        left -= used
        amount_minor = draft.amount_minor - used
        if amount_minor == 0:
            continue
        if used:
            whole = draft.amount_minor
            fund = (2 * draft.fund_share_minor * amount_minor + whole) // (2 * whole)
            draft = replace(
                draft,
                amount_minor=amount_minor,
                fund_share_minor=fund,
                running_share_minor=amount_minor - fund,
            )
        kept.append(draft)
    return kept, credit_minor - left


def refinancing_of(membership: Membership) -> LoanRefinancing | None:
    """What the cover before gave back to this one, when it was refinanced; else None."""
    rows = LoanRefinancing.objects.filter(membership=membership)
    return rows.select_related("previous").first()
