"""Two rows of one person, or two files of one family, become one; the second row stays.

It is never silent: whoever may mend the register says why, and both histories tell it. What would
break money is refused, with what to do first. These commands stand above claims: those of the
second row stay as they are, and what they use of the ceilings counts, once, for who stays.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from django.db.models import QuerySet

from entraide.apps.access.models import User
from entraide.apps.claims.carried import carry_claims, claims_of_files, counting
from entraide.apps.claims.models import Claim
from entraide.apps.claims.undoing import binding_faults, standing_claims, unpaid_dues, void
from entraide.apps.contributions.services import raise_further_dues
from entraide.apps.enrolment.corrections import require_kept
from entraide.apps.enrolment.exits import ExitReason
from entraide.apps.enrolment.facts import entry_of, present_on
from entraide.apps.enrolment.history import Act, Change, carry, note
from entraide.apps.enrolment.models import (
    Household,
    Person,
    Photo,
    Resemblance,
    ResemblanceState,
)
from entraide.apps.enrolment.new_persons import new_person, next_rank
from entraide.apps.enrolment.numbers import write_search_text
from entraide.apps.enrolment.selectors import of_person, running_membership
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal, RefusedRows

Pairs = tuple[tuple[Person, Person], ...]

# What stands above claims and belongs to a family: carried over with it, in the same transaction.
AFTER_FAMILY_MERGE: list[Callable[[Act, Household, Household], None]] = []


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

    Its photos are carried over, its claims count for ``kept`` and its card number finds ``kept``
    from now on. Refused with ``MERGE_REASON_MISSING``, ``MERGE_SAME_ROW``, ``MERGED_RECORD``,
    ``MERGE_INTO_GONE`` (``kept`` has left or died and ``merged`` has not), ``MERGE_HAS_CLAIMS``
    (another family has them: its cover paid them, and that family goes on), ``MERGE_MEMBER_STAYS``
    (the member of a family that goes on) or ``MERGE_LAST_PERSON`` (merge the families instead).
    """
    kept, merged = _locked(kept, merged, reason, on)
    claims = Claim.objects.filter(of_person(merged.pk))
    if merged.household_id != kept.household_id:
        _require_no_claims(claims, merged.full_name)
        claims = claims.none()
    staying = [
        other for other in present_on(merged.household.persons.all(), on) if other.pk != merged.pk
    ]
    is_present = bool(present_on([merged], on))
    if merged.household_id != kept.household_id and is_present and not staying:
        raise Refusal("MERGE_LAST_PERSON", place="merged", number=merged.household.number)
    if merged.is_member and staying and is_present:
        raise Refusal("MERGE_MEMBER_STAYS", place="merged", person=merged.full_name)
    act = Act(actor, on, reason=reason)
    carried = list(counting(claims))
    _merge(act, kept, merged)
    carry_claims(act, kept.household, carried)
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
    moved: tuple[Person, ...] = (),
) -> Household:
    """One family entered twice: who of ``merged`` is whom in ``kept``, and who comes over to it.

    ``pairs`` are (person of ``merged``, person of ``kept``). Those ``moved`` are known to
    ``merged`` only: they enter ``kept`` on the day of the merge under a new number, their old card
    finds them, and what they add to the price of its running cover becomes due. The covers of
    ``merged`` are ended as never begun and its unpaid calls cancelled by reversal. Its claims stay
    as they are, decided, paid or in review; what they use counts under ``kept`` from now on.
    Refused with ``MERGE_REASON_MISSING``, ``MERGE_SAME_ROW``, ``MERGED_RECORD``,
    ``MERGE_INTO_GONE`` or ``MERGE_PERSON_UNPAIRED``, and all at once with ``MERGE_HAS_MONEY``
    (receipts not reversed, calls paid) and ``MERGE_CLAIM_UNCOVERED`` (``kept`` was not covered on
    the day of the care).
    """
    _require_reason(reason)
    if kept.pk == merged.pk:
        raise Refusal("MERGE_SAME_ROW", place="merged")
    rows = Household.objects.select_for_update().in_bulk([kept.pk, merged.pk])
    kept, merged = rows[kept.pk], rows[merged.pk]
    require_kept(kept)
    require_kept(merged)
    if faults := binding_faults(kept, merged):
        raise RefusedRows(tuple(faults))
    act = Act(actor, on, reason=reason)
    claims = list(counting(claims_of_files(merged)))
    paired = _paired(kept, merged, pairs, moved, on)
    for second, first in paired:
        _merge(act, first, second)
    known = {second.pk: first for second, first in paired}
    # A mother before her children: each is told the row that stays of her.
    for person in sorted(_of_family(moved, merged), key=lambda each: (each.birth_on, each.pk)):
        known[person.pk] = _moved(act, person, kept, known)
    carry_claims(act, kept, claims)
    void(merged.memberships.filter(ended_on__isnull=True), unpaid_dues(merged.dues.all()), act)
    carry(act, merged, {"merged_into": kept})
    for carry_over in AFTER_FAMILY_MERGE:
        carry_over(act, kept, merged)
    note(act, kept, Change.MERGED, after=merged.number)
    return kept


def _paired(
    kept: Household, merged: Household, pairs: Pairs, moved: tuple[Person, ...], on: date
) -> Pairs:
    found: dict[int, tuple[Person, Person]] = {}
    for second, first in pairs:
        if second.household_id != merged.pk or first.household_id != kept.pk:
            raise Refusal("MERGE_PERSON_UNPAIRED", place="pairs", person=second.full_name)
        found[second.pk] = _locked(first, second, "-", on)[::-1]
    coming = {person.pk for person in moved} - found.keys()
    for person in present_on(merged.persons.all(), on):
        if person.pk not in found.keys() | coming and person.merged_into_id is None:
            raise Refusal("MERGE_PERSON_UNPAIRED", place="pairs", person=person.full_name)
    return tuple(found.values())


def _of_family(moved: tuple[Person, ...], merged: Household) -> list[Person]:
    """Those who come over, as the register has them now; who was paired meanwhile stays paired."""
    rows = Person.objects.select_related("household").filter(
        pk__in=[person.pk for person in moved], household=merged, merged_into__isnull=True
    )
    return list(rows)


def _moved(act: Act, person: Person, kept: Household, known: dict[int, Person]) -> Person:
    """A person of the family that goes enters the one that stays, under its next number."""
    before = list(kept.persons.all())
    relation = "other" if person.is_member else person.relation
    facts = replace(entry_of(person), relation=relation)
    row = new_person(kept, facts, next_rank(kept, before), entered_on=max(act.on, person.birth_on))
    # Of a mother who was paired the row that stays is told already.
    mother = known.get(person.mother_id or 0, person.mother)
    row.mother = mother if mother is not None and mother.household_id == kept.pk else None
    row.provisional_until, row.exited_on = person.provisional_until, person.exited_on
    row.save()
    note(act, kept, Change.ENTERED, person=row)
    _merge(act, row, person)
    membership = running_membership(kept, act.on)
    if membership is not None and row.provisional_until is None:
        raise_further_dues(
            membership=membership, before=before, person=row, occurred_on=act.on,
            actor=act.actor, on=act.on,
        )  # fmt: skip
    return row


def _locked(kept: Person, merged: Person, reason: str, on: date) -> tuple[Person, Person]:
    _require_reason(reason)
    if kept.pk == merged.pk:
        raise Refusal("MERGE_SAME_ROW", place="merged")
    persons = Person.objects.select_related("household").select_for_update()
    rows = persons.in_bulk([kept.pk, merged.pk])
    kept, merged = rows[kept.pk], rows[merged.pk]
    require_kept(kept)
    require_kept(merged)
    if not present_on([kept], on) and present_on([merged], on):
        # Whoever is here would vanish from the register with the row of who left.
        raise Refusal("MERGE_INTO_GONE", place="kept", person=kept.full_name, number=kept.number)
    return kept, merged


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise Refusal("MERGE_REASON_MISSING", place="reason")


def _require_no_claims(claims: QuerySet[Claim], name: str) -> None:
    """Claims under the cover of a family that goes on count there, whoever the person is."""
    if documents := ", ".join(each.document_number for each in standing_claims(claims)):
        raise Refusal("MERGE_HAS_CLAIMS", place="merged", name=name, documents=documents)


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
    _carry_photos(kept, merged)
    note(act, kept.household, Change.MERGED, person=kept, after=merged)
    first, second = sorted((kept.pk, merged.pk))
    Resemblance.objects.filter(first=first, second=second).update(
        state=ResemblanceState.MERGED, answered_on=act.on, answered_by=act.actor
    )


def _carry_photos(kept: Person, merged: Person) -> None:
    """The photos of the second row are those of the person; on a family photo they stay named."""
    Photo.objects.filter(person=merged).update(person=kept, household=kept.household_id)
    for family in merged.family_photos.filter(household=kept.household_id):
        family.shown.add(kept)
    if merged.has_photo and not kept.has_photo:
        kept.has_photo = True
        kept.save(update_fields=["has_photo"])
