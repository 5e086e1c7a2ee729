"""What was entered and what of it was corrected, counted in the journal of commands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Count

from entraide.apps.access.models import CommandLog
from entraide.apps.access.records import MutualRecord
from entraide.apps.claims.models import Claim, Invoice
from entraide.apps.claims.recoding_models import DiagnosisRecoding, LineRecoding
from entraide.apps.contributions.models import ContributionPayment, GroupPayment
from entraide.apps.enrolment.models import Household, Membership, Person
from entraide.apps.ledger.models import Entry
from entraide.apps.schemes.models import Mutual
from entraide.core.entry_quality import (
    WINDOW_DAYS,
    Corrected,
    Effect,
    Entered,
    Kind,
    compared_days,
    effect,
)

AT_ONCE = 500

# The acts that enter a record, and those that correct one: by the name of their command.
ENTRIES: dict[str, Kind] = {
    "enrol_household": Kind.FAMILIES,
    "add_dependant": Kind.FAMILIES,
    "declare_newborn": Kind.FAMILIES,
    "record_contribution_payment": Kind.RECEIPTS,
    "receive_lump_sum": Kind.RECEIPTS,
    "submit_claim": Kind.CLAIMS,
    "submit_attestation": Kind.CLAIMS,
    "receive_invoice": Kind.INVOICES,
    "record_expense": Kind.BOOKS,
    "record_grant": Kind.BOOKS,
    "record_bank_charge": Kind.BOOKS,
    "record_interest": Kind.BOOKS,
    "transfer_between_accounts": Kind.BOOKS,
}
CORRECTIONS: dict[str, Kind] = {
    "correct_person": Kind.FAMILIES,
    "correct_household": Kind.FAMILIES,
    "merge_persons": Kind.FAMILIES,
    "merge_households": Kind.FAMILIES,
    "undo_membership": Kind.FAMILIES,
    "withdraw_exit": Kind.FAMILIES,
    "reverse_payment": Kind.RECEIPTS,
    "reassign_payment": Kind.RECEIPTS,
    "reverse_lump_sum": Kind.RECEIPTS,
    "reverse_claim": Kind.CLAIMS,
    "recode_line": Kind.CLAIMS,
    "recode_diagnosis": Kind.CLAIMS,
    "cancel_invoice": Kind.INVOICES,
    "reverse_document": Kind.BOOKS,
}
MERGES = ("merge_persons", "merge_households")


@dataclass(frozen=True, slots=True)
class Correction:
    """One correction with the record that it is about: what a list of corrections shows.

    ``record`` is what was corrected; ``made_by``: the key of the person who corrected it.
    """

    counted: Corrected
    record: MutualRecord
    made_by: int


def entered_between(
    mutual: Mutual, from_: date, until: date, kinds: Iterable[Kind]
) -> list[Entered]:
    """What people entered in ``[from_, until)``, by day, screen and person. One query."""
    asked = frozenset(kinds)
    names = [name for name, kind in ENTRIES.items() if kind in asked]
    rows = CommandLog.objects.filter(
        mutual=mutual, name__in=names, occurred_on__gte=from_, occurred_on__lt=until
    ).exclude(actor__is_system=True)
    grouped = rows.order_by().values_list("name", "occurred_on", "screen", "actor_id")
    return [
        Entered(ENTRIES[name], day, screen or "", actor, count)
        for name, day, screen, actor, count in grouped.annotate(count=Count("pk"))
    ]


def corrected_between(
    mutual: Mutual, from_: date, until: date, kinds: Iterable[Kind]
) -> list[Correction]:
    """The corrections, within the window, of what people entered in ``[from_, until)``.

    In the order in which they were made. Its queries grow with the corrections, by the five
    hundred, not with what was entered.
    """
    asked = frozenset(kinds)
    names = [name for name, kind in CORRECTIONS.items() if kind in asked]
    acts = list(
        CommandLog.objects.filter(
            mutual=mutual,
            name__in=names,
            occurred_on__gte=from_,
            occurred_on__lt=until + timedelta(days=WINDOW_DAYS),
        )
        .select_related("actor")
        .order_by("occurred_on", "pk")
    )
    about = _records_of(acts)
    keys = {uid for held in about.values() for uid in held.entry_uids}
    entries = _entries_of(mutual, keys)
    found = []
    for act in acts:
        held = about.get(act.pk)
        uids = held.entry_uids if held is not None else ()
        entry = next((entries[uid] for uid in uids if uid in entries), None)
        if held is None or entry is None or not from_ <= entry.occurred_on < until:
            continue
        counted = Corrected(
            CORRECTIONS[act.name], act.name, entry.screen or "", entry.actor.pk,
            entry.occurred_on, act.occurred_on,
        )  # fmt: skip
        if counted.is_within_window:
            found.append(Correction(counted, held.record, act.actor.pk))
    return found


def effect_of(mutual: Mutual, since: date, on: date, kinds: Sequence[Kind]) -> Effect | None:
    """The rates before and after a new control opened; None when it is too early, or when nothing
    was entered on one side. Both sides have the same number of days, and their windows are over."""
    days = compared_days(since, on)
    if not days:
        return None
    sides = []
    for start in (since - timedelta(days=days), since):
        end = start + timedelta(days=days)
        records = sum(each.count for each in entered_between(mutual, start, end, kinds))
        sides.append((len(corrected_between(mutual, start, end, kinds)), records))
    return effect(sides[0], sides[1], days)


@dataclass(frozen=True, slots=True)
class _About:
    """The record that an act corrected; ``entry_uids``: what its entry may have answered, the
    nearest first (a person added alone, else the family that it came with)."""

    record: MutualRecord
    entry_uids: tuple[UUID, ...]


_Finder = Callable[[Sequence[CommandLog]], dict[int, _About]]
Held = TypeVar("Held")


def _records_of(acts: Sequence[CommandLog]) -> dict[int, _About]:
    """Key of an act → what it corrected."""
    by_label: dict[str, list[CommandLog]] = defaultdict(list)
    for act in acts:
        label = f"merge {act.result_model}" if act.name in MERGES else act.result_model
        by_label[label].append(act)
    found: dict[int, _About] = {}
    for label, mine in by_label.items():
        if (finder := _FINDERS.get(label)) is not None:
            for chunk in _chunks(mine):
                found |= finder(chunk)
    return found


def _chunks(rows: Sequence[Held]) -> Iterator[Sequence[Held]]:
    return (rows[start : start + AT_ONCE] for start in range(0, len(rows), AT_ONCE))


def _found(acts: Sequence[CommandLog], rows: Mapping[UUID, _About]) -> dict[int, _About]:
    return {
        act.pk: rows[act.result_uid]
        for act in acts
        if act.result_uid is not None and act.result_uid in rows
    }


def _uids(acts: Sequence[CommandLog]) -> set[UUID]:
    return {act.result_uid for act in acts if act.result_uid is not None}


def _itself(model: type[MutualRecord]) -> _Finder:
    """The act answered the record that it corrected."""

    def find(acts: Sequence[CommandLog]) -> dict[int, _About]:
        rows = model._default_manager.filter(uid__in=_uids(acts))
        return _found(acts, {row.uid: _About(row, (row.uid,)) for row in rows})

    return find


def _persons(acts: Sequence[CommandLog]) -> dict[int, _About]:
    rows = Person.objects.filter(uid__in=_uids(acts)).select_related("household")
    return _found(acts, {row.uid: _of_person(row) for row in rows})


def _of_person(person: Person) -> _About:
    return _About(person, (person.uid, person.household.uid))


def _memberships(acts: Sequence[CommandLog]) -> dict[int, _About]:
    rows = Membership.objects.filter(uid__in=_uids(acts)).select_related("household")
    return _found(acts, {row.uid: _About(row.household, (row.household.uid,)) for row in rows})


def _of_claim(model: type[MutualRecord]) -> _Finder:
    """The act answered what it wrote about a claim."""

    def find(acts: Sequence[CommandLog]) -> dict[int, _About]:
        rows: Any = model._default_manager.filter(uid__in=_uids(acts)).select_related("claim")
        return _found(acts, {row.uid: _About(row.claim, (row.claim.uid,)) for row in rows})

    return find


def _reversed_entries(acts: Sequence[CommandLog]) -> dict[int, _About]:
    rows = Entry.objects.filter(uid__in=_uids(acts)).select_related("reverses")
    return _found(
        acts,
        {row.uid: _About(row.reverses, (row.reverses.uid,)) for row in rows if row.reverses},
    )


def _merged_persons(acts: Sequence[CommandLog]) -> dict[int, _About]:
    """A merge answers who is kept; what was wrong is the row that points to them since."""
    merged = Person.objects.filter(merged_into__uid__in=_uids(acts))
    pointing: dict[UUID, list[_About]] = defaultdict(list)
    for person in merged.select_related("household", "merged_into").order_by("pk"):
        assert person.merged_into is not None
        pointing[person.merged_into.uid].append(_of_person(person))
    return _in_turn(acts, pointing)


def _merged_households(acts: Sequence[CommandLog]) -> dict[int, _About]:
    merged = Household.objects.filter(merged_into__uid__in=_uids(acts))
    pointing: dict[UUID, list[_About]] = defaultdict(list)
    for household in merged.select_related("merged_into").order_by("pk"):
        assert household.merged_into is not None
        pointing[household.merged_into.uid].append(_About(household, (household.uid,)))
    return _in_turn(acts, pointing)


def _in_turn(acts: Sequence[CommandLog], rows: Mapping[UUID, list[_About]]) -> dict[int, _About]:
    """Several merges into one record, each with one of those that point to it."""
    waiting = {uid: iter(held) for uid, held in rows.items()}
    found = {}
    for act in acts:
        held = next(waiting.get(act.result_uid, iter(())), None) if act.result_uid else None
        if held is not None:
            found[act.pk] = held
    return found


_FINDERS: dict[str, _Finder] = {
    "enrolment.Person": _persons,
    "enrolment.Household": _itself(Household),
    "enrolment.Membership": _memberships,
    "merge enrolment.Person": _merged_persons,
    "merge enrolment.Household": _merged_households,
    "contributions.ContributionPayment": _itself(ContributionPayment),
    "contributions.GroupPayment": _itself(GroupPayment),
    "claims.Claim": _itself(Claim),
    "claims.LineRecoding": _of_claim(LineRecoding),
    "claims.DiagnosisRecoding": _of_claim(DiagnosisRecoding),
    "claims.Invoice": _itself(Invoice),
    "ledger.Entry": _reversed_entries,
}


def _entries_of(mutual: Mutual, uids: set[UUID]) -> dict[UUID, CommandLog]:
    """uid of a record → the journal line of its entry by a person."""
    found: dict[UUID, CommandLog] = {}
    for chunk in _chunks(sorted(uids)):
        rows = CommandLog.objects.filter(mutual=mutual, result_uid__in=chunk, name__in=ENTRIES)
        for row in rows.exclude(actor__is_system=True).select_related("actor").order_by("-pk"):
            assert row.result_uid is not None
            found[row.result_uid] = row
    return found
