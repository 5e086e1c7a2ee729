"""What a mutual hands to a national scheme: whom it covers, whom it enrolled, what care it paid.

Care goes without its acts and illnesses: the scheme pays by amounts, and may ask for a paper.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from entraide.apps.claims.models import Claim, ClaimState, Decision
from entraide.apps.enrolment.models import Membership, OtherCover, Person
from entraide.apps.enrolment.selectors import present_persons
from entraide.apps.schemes.models import Mutual, Product
from entraide.apps.settlement.subsidy_shares import state_share_minor


@dataclass(frozen=True, slots=True)
class CoveredRow:
    """A person and the contract that covers them on a day."""

    person: Person
    membership: Membership


def running_on(mutual: Mutual, on: date) -> QuerySet[Membership]:
    """The contracts that run on a day, whatever was paid."""
    return Membership.objects.filter(
        Q(ended_on__isnull=True) | Q(ended_on__gt=on),
        mutual=mutual,
        effective_from__lte=on,
        effective_until__gt=on,
    )


def covered_rows(mutual: Mutual, on: date) -> list[CoveredRow]:
    """Everybody under a contract on a day, by their number. Two queries."""
    covers = {row.household_id: row for row in running_on(mutual, on).select_related("product")}
    persons = _covered(mutual, on).select_related("household").order_by("number")
    return [CoveredRow(each, covers[each.household_id]) for each in persons]


def covered_count(mutual: Mutual, on: date) -> int:
    """How many persons are under a contract on a day."""
    return _covered(mutual, on).count()


def _covered(mutual: Mutual, on: date) -> QuerySet[Person]:
    # By a condition: a list of families would pass the most values that SQLite takes.
    running = running_on(mutual, on).filter(household=OuterRef("household"))
    return Person.objects.filter(
        present_persons(on), Exists(running), mutual=mutual, merged_into__isnull=True
    )


def also_in_scheme_count(mutual: Mutual, on: date) -> int:
    """How many of them a national scheme is known to cover that day."""
    noted = OtherCover.objects.filter(
        Q(effective_until__isnull=True) | Q(effective_until__gt=on),
        person=OuterRef("pk"),
        kind="national",
        effective_from__lte=on,
    )
    return _covered(mutual, on).filter(Exists(noted)).count()


def enrolled_between(
    mutual: Mutual, start: date, until: date, product: Product | None = None
) -> QuerySet[Membership]:
    """The contracts that begin in ``[start, until)``, of one product or of all."""
    rows = Membership.objects.filter(
        mutual=mutual, effective_from__gte=start, effective_from__lt=until
    )
    if product is not None:
        rows = rows.filter(product=product)
    return rows.select_related("household", "product").order_by("effective_from", "id")


@dataclass(frozen=True, slots=True)
class CareRow:
    """A claim as the scheme needs it: who, where, when, how much, and what the State bears."""

    claim: Claim
    state_share_minor: int


def care_between(
    mutual: Mutual, start: date, until: date, product: Product | None = None
) -> list[CareRow]:
    """The claims approved or paid of care in ``[start, until)``, by day."""
    claims = Claim.objects.filter(
        mutual=mutual,
        care_on__gte=start,
        care_on__lt=until,
        state__in=(ClaimState.APPROVED, ClaimState.IN_BATCH, ClaimState.PAID),
    )
    if product is not None:
        claims = claims.filter(membership__product=product)
    decided = dict(
        Decision.objects.filter(
            mutual=mutual, claim__in=claims.order_by(), number=F("claim__decision_number")
        ).values_list("claim_id", "outcome")
    )
    rows = claims.select_related("person", "provider").order_by("care_on", "id")
    return [CareRow(each, state_share_minor(decided.get(each.pk))) for each in rows]
