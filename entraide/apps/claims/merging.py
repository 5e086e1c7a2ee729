"""Two rows of one person, or two files of one family, become one; the second row stays.

It is never silent: whoever may mend the register says why, and both histories tell it. What would
break money or claims is refused, with what to do first. These commands stand above claims because
they ask whether a person has any.
"""

from __future__ import annotations

from datetime import date

from django.db.models import F, QuerySet

from entraide.apps.access.models import User
from entraide.apps.claims.models import Claim, ClaimState
from entraide.apps.enrolment.corrections import require_kept
from entraide.apps.enrolment.facts import present_on
from entraide.apps.enrolment.history import Act, Change, carry, note
from entraide.apps.enrolment.models import (
    Household,
    Person,
    Resemblance,
    ResemblanceState,
)
from entraide.apps.enrolment.numbers import write_search_text
from entraide.apps.enrolment.services import EndReason, ExitReason
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal

Pairs = tuple[tuple[Person, Person], ...]


@command("merge_persons", right=Right.MEND_REGISTER)
def merge_persons(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    kept: Person,
    merged: Person,
    reason: str,
) -> Person:
    """``merged`` was ``kept`` all along: its row stays, points to the other, is covered no more.

    Its card number finds ``kept`` from now on. Refused with ``MERGE_REASON_MISSING``,
    ``MERGE_SAME_ROW``, ``MERGED_RECORD``, ``MERGE_HAS_CLAIMS`` (claims of the second row that are
    not refused or reversed), ``MERGE_MEMBER_STAYS`` (the member of a family that goes on) or
    ``MERGE_LAST_PERSON`` (merge the families instead).
    """
    kept, merged = _locked(kept, merged, reason)
    _require_no_claims(Claim.objects.filter(person=merged), merged.full_name)
    staying = [
        other for other in present_on(merged.household.persons.all(), on) if other.pk != merged.pk
    ]
    is_present = bool(present_on([merged], on))
    if merged.household_id != kept.household_id and is_present and not staying:
        raise Refusal("MERGE_LAST_PERSON", place="merged", number=merged.household.number)
    if merged.is_member and staying and is_present:
        raise Refusal("MERGE_MEMBER_STAYS", place="merged", person=merged.full_name)
    _merge(Act(actor, on, reason=reason), kept, merged)
    return kept


@command("merge_households", right=Right.MEND_REGISTER)
def merge_households(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    kept: Household,
    merged: Household,
    pairs: Pairs,
    reason: str,
) -> Household:
    """One family entered twice: each person of ``merged`` is paired with one of ``kept``.

    ``pairs`` are (person of ``merged``, person of ``kept``). The covers of ``merged`` are ended as
    never begun. Refused with ``MERGE_REASON_MISSING``, ``MERGE_SAME_ROW``, ``MERGED_RECORD``,
    ``MERGE_HAS_CLAIMS``, ``MERGE_HAS_MONEY`` (receipts not reversed, dues not cancelled) or
    ``MERGE_PERSON_UNPAIRED``.
    """
    _require_reason(reason)
    if kept.pk == merged.pk:
        raise Refusal("MERGE_SAME_ROW", place="merged")
    rows = Household.objects.select_for_update().in_bulk([kept.pk, merged.pk])
    kept, merged = rows[kept.pk], rows[merged.pk]
    require_kept(kept)
    require_kept(merged)
    _require_no_claims(Claim.objects.filter(household=merged), merged.number)
    _require_no_money(merged)
    act = Act(actor, on, reason=reason)
    for second, first in _paired(kept, merged, pairs, on):
        _merge(act, first, second)
    merged.memberships.filter(ended_on__isnull=True).update(
        ended_on=F("effective_from"), end_reason=EndReason.ENTERED_IN_ERROR.value
    )
    carry(act, merged, {"merged_into": kept})
    note(act, kept, Change.MERGED, after=merged.number)
    return kept


def _paired(kept: Household, merged: Household, pairs: Pairs, on: date) -> Pairs:
    found: dict[int, tuple[Person, Person]] = {}
    for second, first in pairs:
        if second.household_id != merged.pk or first.household_id != kept.pk:
            raise Refusal("MERGE_PERSON_UNPAIRED", place="pairs", person=second.full_name)
        found[second.pk] = _locked(first, second, "-")[::-1]
    for person in present_on(merged.persons.all(), on):
        if person.pk not in found and person.merged_into_id is None:
            raise Refusal("MERGE_PERSON_UNPAIRED", place="pairs", person=person.full_name)
    return tuple(found.values())


def _locked(kept: Person, merged: Person, reason: str) -> tuple[Person, Person]:
    _require_reason(reason)
    if kept.pk == merged.pk:
        raise Refusal("MERGE_SAME_ROW", place="merged")
    persons = Person.objects.select_related("household").select_for_update()
    rows = persons.in_bulk([kept.pk, merged.pk])
    kept, merged = rows[kept.pk], rows[merged.pk]
    require_kept(kept)
    require_kept(merged)
    return kept, merged


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise Refusal("MERGE_REASON_MISSING", place="reason")


def _require_no_claims(claims: QuerySet[Claim], name: str) -> None:
    """A claim was decided for the row that bears it: its ceilings cannot pass to another."""
    standing = claims.exclude(state__in=(ClaimState.REFUSED, ClaimState.REVERSED))
    first = standing.order_by("id").first()
    if first is not None:
        raise Refusal("MERGE_HAS_CLAIMS", place="merged", name=name, claim=first.document_number)


def _require_no_money(household: Household) -> None:
    payment = household.payments.filter(reversed_on__isnull=True).order_by("id").first()
    due = household.dues.filter(cancelled_on__isnull=True).order_by("id").first()
    document = payment or due
    if document is not None:
        raise Refusal(
            "MERGE_HAS_MONEY",
            place="merged",
            number=household.number,
            document_number=document.document_number,
        )


def _merge(act: Act, kept: Person, merged: Person) -> None:
    """The second row leaves and points to the first, whose search text takes its numbers."""
    leaving: dict[str, object] = {"merged_into": kept}
    if merged.exited_on is None and merged.died_on is None:
        leaving |= {
            "exited_on": max(act.on, merged.entered_on),
            "exit_reason": ExitReason.ENTERED_IN_ERROR.value,
        }
    carry(act, merged, leaving)
    # Found by its number it leads to the kept row; by its name only the kept row is found.
    Person.objects.filter(pk=merged.pk).update(search_text="")
    Person.objects.filter(merged_into=merged).update(merged_into=kept)
    Person.objects.filter(mother=merged).update(mother=kept)
    write_search_text([kept])
    note(act, kept.household, Change.MERGED, person=kept, after=merged)
    first, second = sorted((kept.pk, merged.pk))
    Resemblance.objects.filter(first=first, second=second).update(
        state=ResemblanceState.MERGED, answered_on=act.on, answered_by=act.actor
    )
