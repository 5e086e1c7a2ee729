"""All that was answered, whatever the page: register, prior agreements, the claims committee.

Definitions. One row is one answer of ``[from_, until)``:

- of the **register**, a line that stands (a corrected one is told by its correction), on the day
  when it was handled. A line about a prior agreement is left out where the person was answered on
  the page of prior agreements the same day: it is the same answer, counted there.
- a **prior agreement** given or refused, on the day of the answer; one that was given and taken
  back later was given. For a smaller amount than asked, it is given.
- a claim that the **committee** decided, on the day of its session: agreed where it pays as much
  as the decision before it or more, cut where it pays less, refused where it pays nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db.models import Exists, OuterRef, QuerySet

from entraide.apps.care_control.models import EntryResult, QuestionKind, RegisterEntry
from entraide.apps.care_control.register import entries
from entraide.apps.claims.committee import CommitteeOutcome, outcomes_in
from entraide.apps.claims.models import (
    CommitteeDecision,
    PreAuthorisation,
    PreAuthorisationState,
)
from entraide.apps.schemes.models import Mutual
from entraide.core.suppression import ProtectedTable, protected

IN_COMMITTEE = "committee"
"""The row of what the committee decided, beside the kinds of questions of the register."""

_OUTCOMES = {
    CommitteeOutcome.CONFIRMED: EntryResult.AGREED,
    CommitteeOutcome.RAISED: EntryResult.AGREED,
    CommitteeOutcome.REDUCED: EntryResult.CUT,
    CommitteeOutcome.REFUSED: EntryResult.REFUSED,
    CommitteeOutcome.REFUSAL_CONFIRMED: EntryResult.REFUSED,
}


class Source(StrEnum):
    """Where an answer was written."""

    REGISTER = "register"
    AGREEMENT = "agreement"
    COMMITTEE = "committee"


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer; ``record`` is the primary key of its row in ``source``."""

    answered_on: date
    source: Source
    record: int
    kind: str
    result: str
    reason_code: str = ""


def answers(mutual: Mutual, from_: date, until: date) -> list[Answer]:
    """Every answer of ``[from_, until)``, the latest first. Four queries."""
    lines = _beside_agreements(entries(mutual, from_, until)).values_list(
        "handled_on", "pk", "kind", "result", "reason_code"
    )
    found = [
        Answer(day, Source.REGISTER, pk, kind, result, code)
        for day, pk, kind, result, code in lines
    ]
    given = _answered(mutual).filter(decided_on__gte=from_, decided_on__lt=until)
    found += [
        Answer(day, Source.AGREEMENT, pk, QuestionKind.PRIOR_AGREEMENT, _given(state))
        for day, pk, state in given.values_list("decided_on", "pk", "state")
        if day is not None
    ]
    sat = CommitteeDecision.objects.filter(
        mutual=mutual, session__held_on__gte=from_, session__held_on__lt=until
    ).select_related("session", "decision")
    decided = list(sat)
    did = outcomes_in([each.decision for each in decided])
    found += [
        Answer(
            each.session.held_on, Source.COMMITTEE, each.pk, IN_COMMITTEE,
            _OUTCOMES[did[each.decision_id]],
        )
        for each in decided
    ]  # fmt: skip
    return sorted(
        found, key=lambda each: (each.answered_on, each.source, each.record), reverse=True
    )


def _answered(mutual: Mutual) -> QuerySet[PreAuthorisation]:
    return PreAuthorisation.objects.filter(mutual=mutual, decided_on__isnull=False)


def _given(state: str) -> str:
    refused = state == PreAuthorisationState.REFUSED
    return EntryResult.REFUSED if refused else EntryResult.AGREED


def _beside_agreements(lines: QuerySet[RegisterEntry]) -> QuerySet[RegisterEntry]:
    same = PreAuthorisation.objects.filter(
        person=OuterRef("person"), decided_on=OuterRef("handled_on")
    )
    # A condition that names the kind first: `exclude` of both would look at every line.
    return lines.exclude(Exists(same), kind=QuestionKind.PRIOR_AGREEMENT)


Record = RegisterEntry | PreAuthorisation | CommitteeDecision


def records_of(rows: Iterable[Answer]) -> dict[tuple[Source, int], Record]:
    """The records behind answers, by source and primary key. Three queries at most; nothing
    medical: ``register.medical_entries`` alone reads questions and answers."""
    keys: dict[Source, list[int]] = defaultdict(list)
    for each in rows:
        keys[each.source].append(each.record)
    found: dict[tuple[Source, int], Record] = {}
    for source, chosen in (
        (
            Source.REGISTER,
            RegisterEntry.objects.defer("question", "answer").select_related(
                "person__household", "claim", "session", "entered_by"
            ),
        ),
        (
            Source.AGREEMENT,
            PreAuthorisation.objects.select_related("person__household", "decided_by"),
        ),
        (
            Source.COMMITTEE,
            CommitteeDecision.objects.select_related(
                "session", "decision__made_by", "decision__claim__person__household"
            ),
        ),
    ):
        if keys[source]:
            found |= {(source, each.pk): each for each in chosen.filter(pk__in=keys[source])}
    return found


@dataclass(frozen=True, slots=True)
class DecisionTable:
    """Answers by what was asked (rows) and result (columns); small cells are hidden."""

    kinds: tuple[str, ...]
    results: tuple[str, ...]
    table: ProtectedTable


def decisions_by_kind(rows: Sequence[Answer]) -> DecisionTable:
    """The answers as a table for the committee: no person, no cell under the threshold."""
    counted = Counter((each.kind, each.result) for each in rows)
    asked = {each.kind for each in rows}
    kinds = tuple(each for each in (*QuestionKind.values, IN_COMMITTEE) if each in asked)
    results = tuple(EntryResult.values)
    cells = [[counted[kind, result] for result in results] for kind in kinds]
    return DecisionTable(kinds, results, protected(cells))


def decisions_by_reason(rows: Sequence[Answer]) -> list[tuple[str, int | None]]:
    """How often each coded reason was given, the most frequent first; None under the threshold.

    The code is empty for what was confirmed without a reason, for prior agreements and for the
    committee, whose reasons are written in words.
    """
    counts = Counter(each.reason_code for each in rows)
    codes = sorted(counts, key=lambda code: (-counts[code], code))
    if not codes:
        return []
    hidden = protected([[counts[code] for code in codes]]).cells[0]
    return list(zip(codes, hidden, strict=False))
