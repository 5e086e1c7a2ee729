"""Reading claims, their decisions, what remains of the ceilings, and rights at the counter."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import (
    BigIntegerField,
    Count,
    DateField,
    IntegerField,
    Q,
    QuerySet,
    Sum,
)
from django.db.models.functions import Coalesce

from entraide.apps.access.prepared import Prepared
from entraide.apps.claims.counters import CounterKey, read_counters, used_amounts
from entraide.apps.claims.desk import cover_year_start
from entraide.apps.claims.held import differing_invoices
from entraide.apps.claims.left_before import left_before_care
from entraide.apps.claims.models import Claim, ClaimLine, ClaimState, Decision
from entraide.apps.contributions.selectors import Standing, rights_by_number, standing_on
from entraide.apps.enrolment.models import Household, Person
from entraide.apps.enrolment.search import search_terms
from entraide.apps.enrolment.selectors import files_of, found, of_person
from entraide.apps.providers.models import Provider
from entraide.apps.schemes.models import Mutual
from entraide.core.adjudication.decision import Decision as CoreDecision
from entraide.core.adjudication.decision import LineDecision
from entraide.core.adjudication.facts import NOTHING_USED, UsedAmounts
from entraide.core.booklets import paper_key
from entraide.core.errors import Refusal
from entraide.core.product import Benefit, Product, Sector


def claim_for(mutual: Mutual, uid: UUID | str) -> Claim:
    """The claim of this mutual with this ``uid``, or ``NOT_FOUND``."""
    claims = Claim.objects.filter(mutual=mutual).select_related(
        "person",
        "household",
        "provider",
        "membership",
        "entered_by",
        "approved_by",
        "reversed_by",
        "entry",
        "entry__reversed_by",
        "invoice",
        "referral",
    )
    return found(claims, uid=uid)


def claims_list(
    mutual: Mutual,
    *,
    state: str = "",
    text: str = "",
    from_: date | None = None,
    until: date | None = None,
) -> QuerySet[Claim]:
    """Claims by state, dates of care and words: of the person, of the claim's, the attestation's
    or the invoice's number. The latest first."""
    claims = Claim.objects.filter(mutual=mutual).select_related("person", "provider")
    if state:
        claims = claims.filter(state=state)
    for word in search_terms(text):
        claims = claims.filter(
            Q(person__search_text__contains=word)
            | Q(document_number__icontains=word)
            | Q(attestation_number__icontains=word)
            | Q(invoice_number__icontains=word)
        )
    if from_ is not None:
        claims = claims.filter(care_on__gte=from_)
    if until is not None:
        claims = claims.filter(care_on__lt=until)
    return claims.order_by("-received_on", "-id")


def claims_found(mutual: Mutual, persons: Collection[Person], text: str) -> QuerySet[Claim]:
    """The claims of these persons, and those that bear this number, their own, the attestation's
    or the invoice's. Read by index, however many there are. The latest first."""
    number = text.strip()
    bears = (
        Q(document_number=number.upper())
        | (~Q(attestation_key="") & Q(attestation_key=paper_key(number)))
        | (~Q(invoice_number="") & Q(invoice_number=number))
    )
    claims = Claim.objects.filter(Q(person__in=persons) | bears, mutual=mutual)
    return claims.select_related("person", "provider").order_by("-received_on", "-id")


def claim_numbered(mutual: Mutual, number: str) -> Claim:
    """The claim of this mutual with this number, or ``NOT_FOUND``."""
    claim = Claim.objects.filter(mutual=mutual, document_number=number).first()
    if claim is None:
        raise Refusal("NOT_FOUND", record="claim", key=number)
    return claim


def claims_of_household(household: Household) -> QuerySet[Claim]:
    """The claims of all persons of a household and of the files merged into its own, the latest
    care first."""
    return (
        Claim.objects.filter(household__in=files_of(household))
        .select_related("person", "provider")
        .order_by("-care_on", "-id")
    )


@dataclass(frozen=True, slots=True)
class StateCount:
    """How many claims are in a state and what they pay."""

    state: str
    count: int
    payable_minor: int


def claims_by_state(mutual: Mutual) -> dict[str, StateCount]:
    """Every state that has claims."""
    rows = (
        Claim.objects.filter(mutual=mutual)
        .order_by()
        .values_list("state")
        .annotate(count=Count("pk"), payable=Sum("payable_minor"))
    )
    return {state: StateCount(state, count, payable or 0) for state, count, payable in rows}


def claims_of(mutual: Mutual, uids: Iterable[UUID]) -> list[Claim]:
    """The claims of this mutual among these ``uid``s; ``NOT_FOUND`` when one is missing."""
    wanted = set(uids)
    claims = list(Claim.objects.filter(mutual=mutual, uid__in=wanted))
    if len(claims) < len(wanted):
        raise Refusal("NOT_FOUND", record="claim")
    return claims


def posted_between(mutual: Mutual, from_: date, until: date) -> StateCount:
    """The claims that entered the books in ``[from_, until)``: approved and not taken back."""
    row = Claim.objects.filter(
        mutual=mutual,
        reversed_on__isnull=True,
        entry__posted_on__gte=from_,
        entry__posted_on__lt=until,
        payable_minor__gt=0,
    ).aggregate(count=Count("pk"), payable=Sum("payable_minor"))
    return StateCount(ClaimState.APPROVED, row["count"], row["payable"] or 0)


def decided_by_rules(mutual: Mutual) -> StateCount:
    """The claims that the rules alone decided and that no person needs to approve.

    Without those that wait for their invoice to add up (``claims.held``), or to be decided again
    (``claims.left_before``).
    """
    row = (
        Claim.objects.filter(mutual=mutual, state=ClaimState.DECIDED, decision_number=1)
        .exclude(invoice__in=differing_invoices(mutual).values("pk"))
        .exclude(left_before_care())
        .aggregate(count=Count("pk"), payable=Sum("payable_minor"))
    )
    return StateCount(ClaimState.DECIDED, row["count"], row["payable"] or 0)


def next_to_review(mutual: Mutual, *, after: Claim | None = None) -> Claim | None:
    """The claim that has waited longest for a person's eye, another one than ``after``."""
    waiting = Claim.objects.filter(mutual=mutual, state=ClaimState.IN_REVIEW)
    if after is not None:
        waiting = waiting.exclude(pk=after.pk)
    return waiting.order_by("received_on", "id").first()


def decisions_of(claim: Claim) -> list[Decision]:
    """Every decision of a claim, the first one first, with who made it and by which rules."""
    return list(
        claim.decisions.select_related(
            "made_by", "product_version", "product_version__product"
        ).order_by("number")
    )


_DECISION: Prepared[Decision] = Prepared(
    lambda claim, number: Decision.objects.select_related("product_version", "made_by").filter(
        claim=claim, number=number
    ),
    claim=BigIntegerField(),
    number=IntegerField(),
)


def decision_in_force(claim: Claim) -> Decision:
    """The last decision of a claim."""
    decision = _DECISION.first(claim=claim, number=claim.decision_number)
    assert decision is not None, "a claim has the decision that it counts"
    decision.claim = claim
    return decision


@dataclass(frozen=True, slots=True)
class ExplainedLine:
    """A line of the decision beside the line of the paper; an episode at a flat rate has none."""

    line: ClaimLine | None
    decided: LineDecision


def decision_explained(claim: Claim) -> tuple[CoreDecision, tuple[ExplainedLine, ...]]:
    """The decision in force, each of its lines beside what the provider stated."""
    decision = CoreDecision.from_json(decision_in_force(claim).outcome)
    lines = claim.lines.select_related("care_item", "category", "recoded_item")
    stated = {str(line.position): line for line in lines}
    return decision, tuple(
        ExplainedLine(stated.get(line.line_key), line) for line in decision.lines
    )


# From the claims of the person and day, few whatever the history: a condition on the act would
# let the database begin with all the lines that ever asked for it.
_ACTS_OF_THE_DAY: Prepared[tuple[int, int, str, int, int, int | None]] = Prepared(
    lambda person, care_on: (
        Claim.objects.filter(of_person(person), care_on=care_on)
        .exclude(state__in=(ClaimState.REVERSED, ClaimState.REFUSED))
        .values_list(
            Coalesce("lines__recoded_item", "lines__care_item"),
            "provider_id",
            "document_number",
            "lines__category_id",
            "pk",
            "episode_id",
        )
    ),
    person=BigIntegerField(),
    care_on=DateField(),
)


DayAct = tuple[int, int, str, int, int, int | None]
"""An act asked for on a day, as coded now: care item, provider, number of the claim; its category,
the claim and the claim that began its episode, if another did."""


def acts_of_the_day(person: Person, care_on: date) -> list[DayAct]:
    """Everything asked for a person for care of one day, at any provider. One query."""
    return _ACTS_OF_THE_DAY.all(person=person, care_on=care_on)


def same_acts(
    acts: Iterable[DayAct], provider: Provider, item_ids: Iterable[int]
) -> tuple[dict[int, str], dict[int, str]]:
    """Those of a day that are asked for again: care item → number of that claim, at the same
    provider, then at others. No query."""
    wanted = set(item_ids)
    here: dict[int, str] = {}
    elsewhere: dict[int, str] = {}
    for item_id, provider_id, number, *_rest in acts:
        if item_id in wanted:
            (here if provider_id == provider.pk else elsewhere)[item_id] = number
    return here, elsewhere


@dataclass(frozen=True, slots=True)
class RemainingCeiling:
    """What is left of one ceiling on a day. ``category`` is empty for all care together."""

    category: str
    whose: str  # "case", "person", "household" or "count"
    ceiling_minor: int  # or a number of cases, for "count"
    remaining_minor: int

    @property
    def used_minor(self) -> int:
        """What has been used of it."""
        return self.ceiling_minor - self.remaining_minor


def remaining_ceilings(
    person: Person, on: date, *, sector: Sector = Sector.PUBLIC, standing: Standing | None = None
) -> tuple[RemainingCeiling, ...]:
    """Every ceiling of the product with what is left of it on a day; empty without a cover.

    One query more than the standing of the person.
    """
    standing = standing or standing_on(person, on)
    if standing.membership is None or standing.product is None:
        return ()
    year_from = cover_year_start(standing.membership.effective_from, on)
    key = CounterKey(person.mutual_id, person.household_id, person.pk, year_from)
    used = used_amounts(read_counters(key), person.pk)
    return ceilings_of(standing.product, used, sector)


def ceilings_of(
    product: Product, used: UsedAmounts = NOTHING_USED, sector: Sector = Sector.PUBLIC
) -> tuple[RemainingCeiling, ...]:
    """The ceilings of a product at providers of one sector, less what was used."""
    rows: list[RemainingCeiling] = []
    for category in dict.fromkeys(benefit.category for benefit in product.benefits):
        benefit = product.benefit_for(category, sector)
        if benefit is not None and benefit.is_covered:
            rows.extend(_ceilings_of_benefit(benefit, used))
    for whose, ceiling, spent in (
        ("person", product.ceiling_minor_per_person_per_year, used.person_total_minor),
        ("household", product.ceiling_minor_per_household_per_year, used.household_total_minor),
    ):
        if ceiling is not None:
            rows.append(RemainingCeiling("", whose, ceiling, max(0, ceiling - spent)))
    return tuple(rows)


def _ceilings_of_benefit(benefit: Benefit, used: UsedAmounts) -> Iterable[RemainingCeiling]:
    category = benefit.category
    for whose, ceiling, spent in (
        ("case", benefit.ceiling_minor_per_case, 0),
        (
            "person",
            benefit.ceiling_minor_per_person_per_year,
            used.person_minor.get(category, 0),
        ),
        (
            "household",
            benefit.ceiling_minor_per_household_per_year,
            used.household_minor.get(category, 0),
        ),
        (
            "count",
            benefit.ceiling_count_per_person_per_year,
            used.person_count.get(category, 0),
        ),
    ):
        if ceiling is not None:
            yield RemainingCeiling(category, whose, ceiling, max(0, ceiling - spent))


@dataclass(frozen=True, slots=True)
class Eligibility:
    """What a provider's desk may know: the right, its reason, what remains. Nothing medical."""

    standing: Standing
    ceilings: tuple[RemainingCeiling, ...]

    @property
    def is_covered(self) -> bool:
        """Whether care is covered that day, waiting periods of some care apart."""
        return self.standing.rights.is_open


def eligibility(
    mutual: Mutual, number: str, on: date, *, sector: Sector = Sector.PUBLIC
) -> Eligibility:
    """Rights and remaining ceilings of the bearer of a card on a day; ``NOT_FOUND`` otherwise."""
    standing = rights_by_number(mutual, number, on)
    return Eligibility(
        standing, remaining_ceilings(standing.person, on, sector=sector, standing=standing)
    )
