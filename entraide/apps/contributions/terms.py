"""The terms of a cover: the income declared, the discounts, the category; recorded and read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Q

from entraide.apps.contributions.dues import DueDraft
from entraide.apps.contributions.models import Payer
from entraide.apps.contributions.terms_records import CoverTerms, Exemption
from entraide.apps.enrolment.facts import person_facts
from entraide.apps.enrolment.models import Household, Membership, PartnerGroup, Person
from entraide.core.enrolment import composition_of
from entraide.core.product import ContributionKind, ContributionRule, MembershipRule, Product
from entraide.core.rating import HouseholdComposition, months_ahead


@dataclass(frozen=True, slots=True)
class Terms:
    """What a price reads besides persons and loan. ``income_minor`` is declared by the month."""

    income_minor: int | None = None
    pays_at_once: bool = False
    months_ahead: int = 0
    exemption: Exemption | None = None

    @property
    def category(self) -> str:
        """The paying category; empty without exemption."""
        return self.exemption.category if self.exemption is not None else ""

    @property
    def payer_name(self) -> str:
        """Who pays instead of the household, as the exemption names them."""
        return self.exemption.payer_name if self.exemption is not None else ""


NO_TERMS = Terms()


def exemption_on(household: Household, on: date) -> Exemption | None:
    """The approved exemption of a household that holds on a day; the latest of several."""
    return (
        Exemption.objects.filter(
            Q(effective_until__isnull=True) | Q(effective_until__gt=on),
            household=household,
            approved_on__isnull=False,
            effective_from__lte=on,
        )
        .order_by("-effective_from", "-id")
        .first()
    )


def terms_for(
    membership: Membership,
    rule: ContributionRule,
    *,
    income_minor: int | None = None,
    pays_at_once: bool | None = None,
) -> Terms:
    """The terms of a cover about to be priced: how early it was asked for, its payment plan, and
    its category.

    A household that joins has no exemption yet. See :func:`at_once`.
    """
    if membership.renews_id is None:
        asks_income = rule.kind is ContributionKind.OF_INCOME
        ahead = months_ahead(membership.enrolled_on, membership.effective_from)
        is_at_once = at_once(rule, pays_at_once, lambda: membership.group)
        return Terms(income_minor if asks_income else None, is_at_once, ahead)
    return terms_at_renewal(
        membership.household,
        rule,
        renewed_on=membership.enrolled_on,
        starts_on=membership.effective_from,
        income_minor=income_minor,
        pays_at_once=pays_at_once,
    )


def terms_at_renewal(
    household: Household,
    rule: ContributionRule,
    *,
    renewed_on: date,
    starts_on: date,
    income_minor: int | None = None,
    pays_at_once: bool | None = None,
) -> Terms:
    """The terms of a renewal: the income declared last unless another is declared, the payment
    plan, and the category of the exemption in force on the first day. No query where the rule asks
    none of them."""
    if rule.kind is not ContributionKind.OF_INCOME:
        income_minor = None
    elif income_minor is None:
        income_minor = declared_income(household)
    return Terms(
        income_minor=income_minor,
        pays_at_once=at_once(rule, pays_at_once, lambda: household.group),
        months_ahead=months_ahead(renewed_on, starts_on),
        exemption=exemption_on(household, starts_on) if rule.categories else None,
    )


LENDER = "lender"


def at_once(
    rule: ContributionRule,
    asked: bool | None,
    group_of: Callable[[], PartnerGroup | None],
) -> bool:
    """The payment plan of one contract: whether the whole is due in one part.

    ``asked`` is what was chosen for it. Where nobody chose, the clients of a lender pay in one
    part, at the disbursement, and others in the parts of the product. ``group_of`` is asked only
    then. False where the product leaves no choice.
    """
    if not rule.has_payment_plans:
        return False
    if asked is not None:
        return asked
    group = group_of()
    return group is not None and group.kind == LENDER


def with_terms(composition: HouseholdComposition, terms: Terms) -> HouseholdComposition:
    """A household counted, with the terms that its price reads besides."""
    return replace(
        composition,
        income_minor=terms.income_minor,
        category=terms.category,
        months_ahead=terms.months_ahead,
        pays_at_once=terms.pays_at_once,
    )


def keep_terms(membership: Membership, terms: Terms, product: Product) -> None:
    """Keep what a later step needs to price again: nothing where persons and loan say it all."""
    rule = product.contribution
    discounted = rule.early_enrolment_discount_rate or rule.renewal_discount_rate
    kept = replace(terms, months_ahead=terms.months_ahead if discounted else 0)
    if kept == NO_TERMS:
        return
    CoverTerms.objects.create(
        mutual_id=membership.mutual_id,
        membership=membership,
        income_minor=kept.income_minor,
        pays_at_once=kept.pays_at_once,
        months_ahead=kept.months_ahead,
        exemption=kept.exemption,
    )


def named_drafts(drafts: Iterable[DueDraft], terms: Terms) -> tuple[DueDraft, ...]:
    """The drafts with the name of who pays instead, on those that are not the household's."""
    name = terms.payer_name
    return tuple(
        replace(draft, payer_name=name) if name and draft.payer is not Payer.HOUSEHOLD else draft
        for draft in drafts
    )


def terms_of(membership: Membership) -> Terms:
    """The terms that a cover was priced with. One query."""
    kept = CoverTerms.objects.select_related("exemption").filter(membership=membership).first()
    if kept is None:
        return NO_TERMS
    return Terms(kept.income_minor, kept.pays_at_once, kept.months_ahead, kept.exemption)


def declared_income(household: Household) -> int | None:
    """The last income that a household declared, by the month; None when it never did."""
    return (
        CoverTerms.objects.filter(membership__household=household, income_minor__isnull=False)
        .order_by("-membership__effective_from")
        .values_list("income_minor", flat=True)
        .first()
    )


def priced_composition(
    persons: Iterable[Person],
    rule: MembershipRule,
    membership: Membership,
    on: date,
    terms: Terms = NO_TERMS,
) -> HouseholdComposition:
    """A household as its price reads it on a day."""
    composition = composition_of(
        (person_facts(person) for person in persons),
        rule,
        on,
        is_first_enrolment=membership.renews_id is None,
        loan_minor=membership.loan_minor,
    )
    return with_terms(composition, terms)
