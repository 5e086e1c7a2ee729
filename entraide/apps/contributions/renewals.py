"""The renewal of many covers: who is near the term, at which price, and one act for several.

Inside ``scope(mutual=…)``. A family is renewed by the ordinary command, in a transaction of its
own: those that can be renewed are, the others are answered with why.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Sum

from entraide.apps.access.models import User
from entraide.apps.contributions.desk import Quote
from entraide.apps.contributions.dues import due_drafts
from entraide.apps.contributions.registers import of_persons_called, unpaid_dues
from entraide.apps.contributions.services import renew_membership
from entraide.apps.contributions.terms import named_drafts, terms_at_renewal, with_terms
from entraide.apps.enrolment.contracts import contracts_at_hand
from entraide.apps.enrolment.covers import RenewalTerms, renewal_terms
from entraide.apps.enrolment.facts import person_facts, present_on
from entraide.apps.enrolment.models import Household, Membership, PartnerGroup, Person
from entraide.apps.enrolment.portfolios import households_followed
from entraide.apps.enrolment.selectors import memberships_to_renew, present_persons
from entraide.apps.schemes.models import Mutual, Product, ProductVersion
from entraide.apps.schemes.selectors import rules_of
from entraide.core import product as core
from entraide.core.enrolment import composition_of
from entraide.core.errors import Refusal
from entraide.core.renewals import RenewalStage, terms_of_stage

MOST_AT_ONCE = 200  # families renewed by one confirmation
RENEWAL_ORDERS = {
    "until": ("effective_until", "id"),
    "-until": ("-effective_until", "-id"),
    "name": ("member_name", "id"),
    "-name": ("-member_name", "-id"),
    "group": ("group__name", "effective_until", "id"),
    "-group": ("-group__name", "effective_until", "id"),
    "owed": ("overdue_minor", "id"),
    "-owed": (F("overdue_minor").desc(nulls_last=True), "id"),
}


def _at(stage: RenewalStage, on: date) -> Q:
    terms = terms_of_stage(stage, on)
    return Q(effective_until__gte=terms.start, effective_until__lt=terms.until)


def followed_by(
    covers: QuerySet[Membership], mutual: Mutual, animator: User, on: date
) -> QuerySet[Membership]:
    """Those of the families that an animator follows on a day."""
    families = households_followed(animator, mutual, on)
    return covers.filter(household__in=families)


def stage_counts(covers: QuerySet[Membership], on: date) -> dict[RenewalStage, int]:
    """How many covers stand at each stage. One query."""
    asked = {stage.value: Count("pk", filter=_at(stage, on)) for stage in RenewalStage}
    found = covers.order_by().aggregate(**asked)
    return {stage: found[stage.value] for stage in RenewalStage}


@dataclass(frozen=True, slots=True)
class GroupStages:
    """The covers of one group (None: families alone), by stage."""

    group_uid: UUID | None
    group_name: str
    counts: Mapping[RenewalStage, int]

    @property
    def total(self) -> int:
        """The covers of every stage."""
        return sum(self.counts.values())


def stages_by_group(covers: QuerySet[Membership], on: date, *, most: int) -> list[GroupStages]:
    """The groups with most covers to follow, the largest first. One query."""
    asked = {stage.value: Count("pk", filter=_at(stage, on)) for stage in RenewalStage}
    rows = (
        covers.order_by()
        .values("household__group__uid", "household__group__name")
        .annotate(total=Count("pk"), **asked)
        .order_by("-total", "household__group__name")[:most]
    )
    return [
        GroupStages(
            row["household__group__uid"],
            row["household__group__name"] or "",
            {stage: row[stage.value] for stage in RenewalStage},
        )
        for row in rows
    ]


def renewals_list(
    mutual: Mutual,
    on: date,
    *,
    stage: RenewalStage | None = None,
    group: PartnerGroup | None = None,
    product: Product | None = None,
    animator: User | None = None,
    text: str = "",
    sort: str = "",
) -> QuerySet[Membership]:
    """The covers to follow, with member, persons and what is overdue; the earliest term first."""
    covers = memberships_to_renew(mutual, on)
    if stage is not None:
        covers = covers.filter(_at(stage, on))
    if group is not None:
        covers = covers.filter(household__group=group)
    if product is not None:
        covers = covers.filter(product=product)
    if animator is not None:
        covers = followed_by(covers, mutual, animator, on)
    if text.strip():
        covers = covers.filter(household_id__in=of_persons_called(mutual, text))
    persons = Person.objects.filter(household=OuterRef("household_id"))
    present = persons.filter(present_persons(on)).order_by().values("household")
    owed = unpaid_dues(mutual).filter(household=OuterRef("household_id"), due_on__lt=on)
    remaining = Sum(F("amount_minor") - F("paid_minor"))
    return (
        covers.select_related("household__group", "product")
        .annotate(
            member_name=Subquery(
                persons.filter(is_member=True).order_by("-entered_on", "-id").values("name")[:1]
            ),
            persons_count=Subquery(present.annotate(count=Count("pk")).values("count")),
            overdue_minor=Subquery(
                owed.order_by().values("household").annotate(total=remaining).values("total")
            ),
        )
        .order_by(*RENEWAL_ORDERS.get(sort, RENEWAL_ORDERS["until"]))
    )


def covers_of(mutual: Mutual, uids: Iterable[UUID | str]) -> list[Membership]:
    """The covers with these ``uid`` in this mutual, in the order of their terms."""
    wanted = {str(uid) for uid in uids}
    rows = Membership.objects.filter(mutual=mutual, uid__in=wanted)
    return list(rows.select_related("household__group", "product").order_by("effective_until"))


class VersionsAtHand:
    """Every approved version of a mutual's products, read once: the rules of any day after that.

    Answers as ``schemes.selectors.product_on`` does.
    """

    def __init__(self, mutual: Mutual) -> None:
        self._versions: dict[int, list[ProductVersion]] = {}
        rows = ProductVersion.objects.filter(mutual=mutual, approved_at__isnull=False)
        for version in rows.order_by("-effective_from", "-number"):
            self._versions.setdefault(version.product_id, []).append(version)

    def __call__(self, product: Product, on: date) -> tuple[ProductVersion, core.Product]:
        for version in self._versions.get(product.pk, ()):
            if version.effective_from <= on:
                return version, rules_of(version).on(on)
        raise Refusal("PRODUCT_NOT_IN_FORCE", product=product.name, on=on)


@dataclass(frozen=True, slots=True)
class RenewalOffer:
    """What renewing one cover would record: its terms and price, or why it cannot be."""

    membership: Membership
    grace_days: int = 0  # of the product: how long after the term seniority is kept
    terms: RenewalTerms | None = None
    quote: Quote | None = None
    refusal: Refusal | None = None


def renewal_offers(
    mutual: Mutual,
    covers: Sequence[Membership],
    *,
    on: date,
    arrears_first: bool = False,
    product: Product | None = None,
) -> list[RenewalOffer]:
    """The terms and the price of each cover's renewal on a day; as many queries for one as for all.

    ``product``: the same conversion for all. Where the price depends on a loan, the loan is asked
    for family by family (``LOAN_MISSING``).
    """
    households = _households(covers)
    arrears = arrears_of(mutual, households, on)
    rules_on, signed_on = VersionsAtHand(mutual), contracts_at_hand(mutual)
    offers = []
    for cover in covers:
        cover.household = households[cover.household_id]
        grace_days = _grace_days(rules_on, product or cover.product, on)
        try:
            terms = renewal_terms(
                previous=cover,
                on=on,
                renewed_on=on,
                product=product,
                arrears_minor=arrears.get(cover.household_id, 0),
                arrears_first=arrears_first,
                rules_on=rules_on,
                signed_on=signed_on,
            )
            offers.append(RenewalOffer(cover, grace_days, terms, _price(terms, on)))
        except Refusal as refusal:
            offers.append(RenewalOffer(cover, grace_days, refusal=refusal))
    return offers


def _grace_days(rules_on: VersionsAtHand, product: Product, on: date) -> int:
    try:
        return rules_on(product, on)[1].membership.renewal_grace_days
    except Refusal:
        return 0  # no rules in force: the refusal of the offer says so


def _households(covers: Sequence[Membership]) -> dict[int, Household]:
    rows = Household.objects.filter(pk__in={cover.household_id for cover in covers})
    loaded = rows.select_related("group").prefetch_related("persons", "memberships")
    return {household.pk: household for household in loaded}


def arrears_of(mutual: Mutual, households: Iterable[int], on: date) -> dict[int, int]:
    """What each household (by key) has let pass before a day, in minor units. One query."""
    rows = (
        unpaid_dues(mutual)
        .filter(household_id__in=list(households), due_on__lt=on)
        .order_by()
        .values("household_id")
        .annotate(total=Sum(F("amount_minor") - F("paid_minor")))
    )
    return {row["household_id"]: row["total"] for row in rows}


def _price(terms: RenewalTerms, on: date) -> Quote:
    rules, period = terms.rules, terms.period
    priced_on = max(period.start, on)
    persons = present_on(terms.previous.household.persons.all(), priced_on)
    composition = composition_of(
        (person_facts(person) for person in persons),
        rules.membership,
        priced_on,
        is_first_enrolment=False,
    )
    asked = terms_at_renewal(
        terms.previous.household, rules.contribution, renewed_on=on, starts_on=period.start
    )
    drafts = named_drafts(due_drafts(rules, with_terms(composition, asked), period), asked)
    return Quote(period, drafts, terms.reentry.findings)


@dataclass(frozen=True, slots=True)
class Renewed:
    """What became of one cover: its renewal, or the refusal."""

    membership: Membership
    renewal: Membership | None = None
    refusal: Refusal | None = None


def renew_families(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    covers: Sequence[Membership],
    product: Product | None = None,
) -> list[Renewed]:
    """Renew several covers by one act, dependants with them, each as ``renew_membership`` does.

    All that can be renewed are; the others come back with their refusal, journaled as any other.
    The same key again answers the same renewals. Refused as a whole with ``RENEWALS_TOO_MANY``.
    """
    if len(covers) > MOST_AT_ONCE:
        raise Refusal("RENEWALS_TOO_MANY", count=len(covers), maximum=MOST_AT_ONCE)
    results = []
    for cover in covers:
        try:
            renewal = renew_membership(
                mutual=mutual,
                actor=actor,
                on=on,
                idempotency_key=f"{idempotency_key}-{cover.uid}",
                membership=cover,
                renewed_on=on,
                product=product,
            )
            results.append(Renewed(cover, renewal))
        except Refusal as refusal:
            results.append(Renewed(cover, refusal=refusal))
    return results
