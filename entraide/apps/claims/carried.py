"""Claims of a file that was merged: whose they count as now, and what they use there.

The claim keeps the row that bore it, as its papers and its entry do; a row of ``CarriedClaim`` says
which person, family and cover it counts under. Inside ``scope(mutual=…)``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from entraide.apps.claims.counters import CounterKey, move_counters, read_counters
from entraide.apps.claims.desk import cover_year_start
from entraide.apps.claims.episodes import others_of_episode, used_by
from entraide.apps.claims.models import CarriedClaim, Claim, ClaimState, Decision
from entraide.apps.enrolment.history import Act, Change, note
from entraide.apps.enrolment.models import Household, Membership, Person
from entraide.apps.enrolment.selectors import files_of
from entraide.apps.schemes.models import Mutual
from entraide.core.adjudication.decision import Decision as CoreDecision
from entraide.core.adjudication.running_use import Consumption


@dataclass(frozen=True, slots=True)
class CountedAs:
    """Whose a claim counts as: the person, the family and the cover of the file that stays."""

    household_id: int
    person: Person
    membership: Membership | None


def counted_as(claim: Claim) -> CountedAs:
    """As the last merge left it; as it was entered where there was none. One query."""
    carried = CarriedClaim.objects.filter(claim=claim).select_related("person", "membership").last()
    if carried is None:
        return CountedAs(claim.household_id, claim.person, claim.membership)
    return CountedAs(carried.household_id, carried.person, carried.membership)


def counted_person(claim: Claim) -> Person:
    """The row of the register that stays of the person of a claim."""
    return counted_as(claim).person


def counter_key_of(claim: Claim) -> CounterKey | None:
    """Which counters a recorded claim uses; None without a cover."""
    counted = counted_as(claim)
    if counted.membership is None:
        return None
    year_from = cover_year_start(counted.membership.effective_from, claim.care_on)
    return CounterKey(claim.mutual_id, counted.household_id, counted.person.pk, year_from)


def carried_keys(mutual: Mutual) -> dict[int, tuple[int, int, date | None]]:
    """Of each carried claim the household and person that it counts under, and the first day of
    the cover whose years count it. One query."""
    rows = CarriedClaim.objects.filter(mutual=mutual).order_by("pk")
    return {
        claim: (household, person, begins_on)
        for claim, household, person, begins_on in rows.values_list(
            "claim", "household", "person", "membership__effective_from"
        )
    }


def claims_of_files(household: Household) -> QuerySet[Claim]:
    """The claims of a family and of the files that were merged into its own."""
    return Claim.objects.filter(household__in=files_of(household))


def cover_of(kept: Household, care_on: date) -> Membership | None:
    """The cover of the family that stays, on a day of care."""
    covers = kept.memberships.filter(effective_from__lte=care_on, effective_until__gt=care_on)
    for cover in covers.order_by("-effective_from", "-pk"):
        if cover.ended_on is None or cover.ended_on > care_on:
            return cover
    return None


def carry_claims(act: Act, kept: Household, claims: Iterable[Claim]) -> None:
    """Claims whose persons were just merged count under ``kept``: once, in the year of its cover.

    What each uses is given back where it counted and consumed where it counts. Claim, decisions
    and entry stay as they are; the history of the person who stays names the claims.
    """
    told: dict[Person, list[str]] = {}
    for claim in claims:
        before, used = counter_key_of(claim), _used_by(claim)
        row = Person.objects.select_related("merged_into").get(pk=claim.person_id)
        person = row.merged_into or row
        membership = claim.membership
        if membership is not None and membership.household_id != kept.pk:
            membership = cover_of(kept, claim.care_on) or membership
        CarriedClaim.objects.create(
            mutual_id=claim.mutual_id, claim=claim, household=kept, person=person,
            membership=membership, carried_on=act.on, carried_by=act.actor,
        )  # fmt: skip
        after = counter_key_of(claim)
        for key, sign in ((before, -1), (after, 1)):
            if key is not None:
                move_counters(key, read_counters(key), used, sign=sign)
        told.setdefault(person, []).append(claim.document_number)
    for person, numbers in told.items():
        note(act, kept, Change.CLAIMS_CARRIED, person=person, after=", ".join(numbers))


def counting(claims: QuerySet[Claim]) -> QuerySet[Claim]:
    """Those that a merge carries, locked in their order: all but the reversed, which use nothing.

    A refused one is carried too: a committee may take it up again.
    """
    standing = claims.exclude(state=ClaimState.REVERSED)
    return standing.select_for_update(of=("self",)).select_related("membership").order_by("pk")


def _used_by(claim: Claim) -> Consumption:
    decision = Decision.objects.get(claim=claim, number=claim.decision_number)
    others = others_of_episode(claim)
    return used_by(claim, CoreDecision.from_json(decision.outcome), others)[claim.pk]
