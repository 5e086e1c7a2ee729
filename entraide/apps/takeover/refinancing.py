"""A loan refinanced before its term: one cover takes the place of another, none is paid twice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from django.db.models import QuerySet

from entraide.apps.access.models import User
from entraide.apps.contributions.dues import DueDraft, due_drafts
from entraide.apps.contributions.lowering import lower_due
from entraide.apps.contributions.models import ContributionDue, DueKind, Payer
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
from entraide.core.refinancing import SettledContribution, settled_contribution


def settled(
    membership: Membership, refinanced_on: date, dues: Iterable[ContributionDue] | None = None
) -> SettledContribution:
    """What a refinancing on a day makes of a cover's contribution: given back, cancelled, owed.

    Fees are left out. The credit that the cover had itself received counts as paid: it was, by the
    cover before. ``dues`` are the household's standing ones, where they are known.
    """
    standing = _standing(membership) if dues is None else dues
    called_minor = paid_minor = 0
    for due in standing:
        called_minor += due.amount_minor
        paid_minor += due.paid_minor
    earlier = LoanRefinancing.objects.filter(membership=membership).first()
    used_minor = earlier.used_minor if earlier is not None else 0
    period = Period(membership.effective_from, membership.effective_until)
    return settled_contribution(
        period, refinanced_on, called_minor + used_minor, paid_minor + used_minor
    )


def _standing(membership: Membership) -> QuerySet[ContributionDue]:
    """The household's own contribution for a cover, the last instalment first; fees left out."""
    return ContributionDue.objects.filter(
        membership=membership,
        payer=Payer.HOUSEHOLD,
        kind=DueKind.CONTRIBUTION,
        cancelled_on__isnull=True,
    ).order_by("-due_on", "-document_number")


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
    not yet begun makes the new one smaller (:mod:`entraide.core.refinancing`). Where it was not
    wholly paid, what is owed for those months is taken back by reversal, the last instalment
    first; what is owed for the months begun stays due. Refused with ``REFINANCE_NOT_RUNNING`` or
    as a renewal is.
    """
    previous = Membership.objects.select_for_update().select_related("household", "product").get(
        pk=membership.pk
    )  # fmt: skip
    if not previous.effective_from <= refinanced_on < covered_until(previous):
        raise Refusal(
            "REFINANCE_NOT_RUNNING", place="refinanced_on", day=refinanced_on,
            starts_on=previous.effective_from, until=covered_until(previous),
        )  # fmt: skip
    dues = list(_standing(previous).select_for_update())
    part = settled(previous, refinanced_on, dues)
    previous.ended_on, previous.end_reason = refinanced_on, REFINANCED
    previous.save(update_fields=["ended_on", "end_reason"])
    _take_off(dues, part.cancelled_minor, actor, on)
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
        contribution_minor=part.paid_minor,
        unpaid_minor=part.unpaid_minor,
        cancelled_minor=part.cancelled_minor,
        months_total=part.months_total,
        months_left=part.months_left,
        credit_minor=part.credit_minor,
        used_minor=used_minor,
    )
    return renewal


def _take_off(dues: Iterable[ContributionDue], amount_minor: int, actor: User, on: date) -> None:
    """Take an amount off what dues leave to pay, in their order."""
    left_minor = amount_minor
    for due in dues:
        taken_minor = min(left_minor, due.remaining_minor)
        if taken_minor:
            lower_due(due=due, by_minor=taken_minor, actor=actor, on=on, reason=REFINANCED)
            left_minor -= taken_minor
    assert left_minor == 0, "no more is cancelled than is owed"


def _drafts(membership: Membership) -> tuple[DueDraft, ...]:
    """What the new cover makes due, as ``contributions.services.raise_contributions`` would."""
    _, rules = product_on(membership.product, membership.effective_from)
    # What the lender keeps back is paid at the disbursement.
    terms = terms_for(membership, rules.contribution, pays_at_once=True)
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
