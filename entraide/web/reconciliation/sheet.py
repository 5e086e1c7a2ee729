"""The state of one account as its page shows it: gaps piece by piece, classes, steps."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from entraide.apps.banking.models import LineState, StatementLine
from entraide.apps.banking.open_items import Leftovers, leftovers
from entraide.apps.banking.selectors import ReconciliationState, lines
from entraide.apps.banking.worksheet import LineCounts, proposed_pieces
from entraide.apps.ledger.selectors import Movement, entry_uids
from entraide.core.reconciliation import LeftoverClass, is_overdue
from entraide.documents import writing
from entraide.web.names import State
from entraide.web.office import OfficeRequest, office_url
from entraide.web.reconciliation.wording import (
    BEGINNING,
    CLASS_ORDER,
    EXPLAINED,
    LATER,
    OVERDUE_IN,
    OVERDUE_OUT,
    PROPOSED,
    WHAT_TO_DO,
    Text,
    class_state,
    told_hint,
)


@dataclass(frozen=True, slots=True)
class Gap:
    """One piece that stands on one side only. ``gap_minor`` is statement − books."""

    name: str
    under: str
    on: date
    ledger_minor: int | None
    statement_minor: int | None
    code: str
    url: str = ""
    hint: str = ""
    line_uid: UUID | None = None

    @property
    def gap_minor(self) -> int:
        """What this piece adds to the difference of the two balances."""
        return (self.statement_minor or 0) - (self.ledger_minor or 0)

    @property
    def state(self) -> State:
        """Its class as shown."""
        return class_state(self.code)


def gaps_of(request: OfficeRequest, state: ReconciliationState) -> list[Gap]:
    """Every piece between the two balances; their gaps add up to the difference, always.

    The pieces of a proposal whose two sides are both here come to nothing together: they are left
    to the proposal.
    """
    account = state.bank_account
    left = leftovers(account)
    movements = [*state.in_transit, *state.uncashed]
    proposed = proposed_pieces(account, {movement.entry_id for movement in movements})
    unmatched = [
        line
        for line in [
            *lines(account, state=LineState.OPEN),
            *lines(account, state=LineState.EXPLAINED),
        ]
        if line.pk not in proposed.whole_line_ids
    ]
    movements = [each for each in movements if each.entry_id not in proposed.whole_entry_ids]
    return [
        *_of_movements(request, movements, left, proposed.entry_ids, state.on),
        *_of_lines(request, unmatched, left, proposed.line_ids),
        *_of_balances(state),
    ]


def _of_movements(
    request: OfficeRequest,
    movements: list[Movement],
    left: Leftovers,
    proposed: Collection[int],
    closing_on: date,
) -> Iterable[Gap]:
    known = {each.movement.entry_id: each for each in left.movements}
    uids = entry_uids(movement.entry_id for movement in movements)
    for movement in sorted(movements, key=lambda each: (each.occurred_on, each.entry_id)):
        found = known.get(movement.entry_id)
        is_in = movement.amount_minor > 0
        usual = LeftoverClass.IN_TRANSIT if is_in else LeftoverClass.UNCASHED
        code = PROPOSED if movement.entry_id in proposed else usual
        hint = ""
        if found is not None and code != PROPOSED:
            code = found.leftover_class
            hint = " ".join(told_hint(each) for each in found.hints)
        if code == usual and is_overdue(movement.occurred_on, closing_on):
            code = OVERDUE_IN if is_in else OVERDUE_OUT
            hint = _days_missing(movement.occurred_on, closing_on, request.LANGUAGE_CODE)
        yield Gap(
            movement.document_number,
            movement.label,
            movement.occurred_on,
            movement.amount_minor,
            None,
            code,
            office_url(request, "entry", uid=uids[movement.entry_id]),
            hint,
        )


def _days_missing(on: date, closing_on: date, language: str) -> str:
    days = (closing_on - on).days
    told = ngettext(
        "%(count)s day before the end of the statement",
        "%(count)s days before the end of the statement",
        days,
    )
    return told % {"count": writing.number(days, language)}


def _of_lines(
    request: OfficeRequest, found: list[StatementLine], left: Leftovers, proposed: Collection[int]
) -> Iterable[Gap]:
    known = {each.line.pk: each for each in left.lines}
    language = request.LANGUAGE_CODE
    for line in sorted(found, key=lambda each: (each.booked_on, each.position, each.pk)):
        code, hint = LeftoverClass.UNKNOWN.value, ""
        if line.state == LineState.EXPLAINED:
            code, hint = EXPLAINED, line.explanation_note
        elif line.pk in proposed:
            code = PROPOSED
        elif (each := known.get(line.pk)) is not None:
            code = each.leftover_class
            hint = " ".join(told_hint(one) for one in each.hints)
        yield Gap(
            _("Statement, %(day)s") % {"day": writing.day_of_month(line.booked_on, language)},
            line.label or line.reference,
            line.booked_on,
            None,
            line.amount_minor,
            code,
            office_url(request, "statement-line", uid=line.uid),
            hint,
            line.uid,
        )


def _of_balances(state: ReconciliationState) -> Iterable[Gap]:
    """What no single piece explains: entries dated after the statement, and the beginning."""
    if state.later_entries_minor:
        yield Gap(
            _("Entries after the statement"),
            _("They answer to lines of this statement, or take earlier entries back"),
            state.on,
            None,
            state.later_entries_minor,
            LATER,
        )
    if state.opening_difference_minor:
        yield Gap(
            _("Balances at the start"),
            _("The first statement opens with another balance than the books"),
            state.on,
            None,
            state.opening_difference_minor,
            BEGINNING,
        )


def charges_to_post(gaps: Iterable[Gap]) -> list[Gap]:
    """The lines by which the bank took a charge that the books do not know."""
    return [gap for gap in gaps if gap.code == LeftoverClass.CHARGES and gap.gap_minor < 0]


@dataclass(frozen=True, slots=True)
class Overdue:
    """The pieces of the books that the last statement should have shown: how many, how much, and
    the oldest with the days by which it came before the statement's end."""

    count: int
    in_minor: int
    out_minor: int
    oldest_on: date
    oldest_days: int


def overdue_of(gaps: Iterable[Gap], closing_on: date) -> Overdue | None:
    """The overdue pieces put together; None when there is none."""
    found = [gap for gap in gaps if gap.code in (OVERDUE_IN, OVERDUE_OUT)]
    if not found:
        return None
    oldest_on = min(gap.on for gap in found)
    return Overdue(
        len(found),
        sum(gap.ledger_minor or 0 for gap in found if gap.code == OVERDUE_IN),
        sum(gap.ledger_minor or 0 for gap in found if gap.code == OVERDUE_OUT),
        oldest_on,
        (closing_on - oldest_on).days,
    )


@dataclass(frozen=True, slots=True)
class ClassRow:
    """All gaps of one class together."""

    code: str
    state: State
    count: int
    gap_minor: int
    what_to_do: Text


def by_class(gaps: Iterable[Gap]) -> list[ClassRow]:
    """The gaps put together by class, what waits for nobody first."""
    rows: dict[str, ClassRow] = {}
    for gap in gaps:
        row = rows.get(gap.code) or ClassRow(gap.code, gap.state, 0, 0, WHAT_TO_DO[gap.code])
        rows[gap.code] = replace(row, count=row.count + 1, gap_minor=row.gap_minor + gap.gap_minor)
    return [rows[code] for code in CLASS_ORDER if code in rows]


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step of the check-list: what was verified, never what somebody ticked."""

    name: str
    under: str
    is_done: bool
    is_now: bool = False
    is_doubtful: bool = False  # verified, but something else speaks against it


def steps_of(
    state: ReconciliationState | None,
    counts: LineCounts,
    statement_count: int,
    proposal_count: int,
    overdue: Overdue | None,
    language: str,
) -> list[StepRow]:
    """The steps in their order; the first that is not done is the one to do now."""
    until = writing.day(state.on, language) if state else ""
    steps = [
        StepRow(
            _("Statements imported"),
            ngettext("%(count)s statement, up to %(day)s", "%(count)s statements, up to %(day)s",
                     statement_count)
            % {"count": writing.number(statement_count, language), "day": until}
            if state else _("none yet"),
            state is not None,
        ),
        StepRow(
            _("One after the other"),
            _("no gap, no line twice") if state else _("checked at each import"),
            state is not None,
        ),
        StepRow(
            _("Same starting point"),
            _("both balances begin together")
            if state and not state.opening_difference_minor
            else _("the opening balances differ") if state else "",
            state is not None and state.opening_difference_minor == 0,
        ),
        StepRow(
            _("Proposals answered"),
            ngettext("one waits", "%(count)s wait", proposal_count)
            % {"count": writing.number(proposal_count, language)}
            if proposal_count else _("none waits"),
            state is not None and proposal_count == 0,
        ),
        StepRow(
            _("Lines matched or explained"),
            _("%(done)s of %(total)s")
            % {
                "done": writing.number(counts.matched + counts.explained, language),
                "total": writing.number(counts.total, language),
            },
            state is not None and counts.open == 0,
        ),
        _last_step(state, overdue, language),
    ]  # fmt: skip
    now = next((index for index, step in enumerate(steps) if not step.is_done), None)
    return [replace(step, is_now=index == now) for index, step in enumerate(steps)]


def _last_step(
    state: ReconciliationState | None, overdue: Overdue | None, language: str
) -> StepRow:
    """The balances agree to the franc; yet pieces that should be on the statement are not."""
    under = _("to the last franc, every gap explained")
    is_reconciled = state is not None and state.is_reconciled
    if overdue is not None:
        told = ngettext(
            "%(count)s expected piece is not on the statement",
            "%(count)s expected pieces are not on the statement",
            overdue.count,
        )
        under = told % {"count": writing.number(overdue.count, language)}
    return StepRow(
        _("Balances agree"),
        under,
        is_done=is_reconciled and overdue is None,
        is_doubtful=is_reconciled and overdue is not None,
    )
