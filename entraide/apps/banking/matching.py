"""Recording what the core proposes: automatic matches count at once, the others wait for a person.

A run may be repeated at any time. It never touches a match that counts, renews the proposals that
wait, and does not propose again what a person has undone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from django.db.models import Exists, OuterRef

from entraide.apps.access.models import AuditKind, User
from entraide.apps.access.prepared_writes import write_many
from entraide.apps.access.services import record_audit
from entraide.apps.banking.models import (
    BankAccount,
    LineState,
    Match,
    MatchedEntry,
    MatchedLine,
    MatchRule,
    MatchState,
    StatementLine,
)
from entraide.apps.banking.open_items import COUNTING, OpenItems, open_items
from entraide.apps.banking.postings import is_in_direction, post_line
from entraide.apps.banking.selectors import line_subject
from entraide.core import reconciliation as core
from entraide.core.ledger import AccountRole

POSTED = "posted"  # pass of a match whose entry was made for the line, at a person's word
BY_PERSON = "person"
PASSES_THAT_POST = frozenset({core.MatchPass.RULE.value, POSTED})  # undoing them reverses

Pieces = tuple[frozenset[int], frozenset[int]]  # keys of lines, keys of entries


def match_open_items(bank_account: BankAccount, *, actor: User, on: date) -> None:
    """Compare the open lines with the open movements, and record what comes of it."""
    rules = [
        core.MatchRule(rule.code, rule.pattern, rule.account_role)
        for rule in MatchRule.objects.filter(bank_account=bank_account, is_active=True)
    ]
    items = open_items(bank_account)
    proposal = items.propose(rules, with_leftovers=False)
    by_rule = [match for match in proposal.matches if match.match_pass is core.MatchPass.RULE]
    by_entry = [match for match in proposal.matches if match.match_pass is not core.MatchPass.RULE]
    _record(bank_account, by_entry)
    _post_by_rule(bank_account, by_rule, items, actor=actor, on=on)
    mark_matched(bank_account, actor)


def _record(bank_account: BankAccount, proposed: Iterable[core.Match]) -> None:
    """The matches with entries: new ones are written, proposals that no longer hold taken away."""
    undone = set(_pieces_of(bank_account, MatchState.UNDONE, is_active=False))
    waiting = _pieces_of(bank_account, MatchState.PROPOSED, is_active=True)
    wanted: dict[Pieces, core.Match] = {}
    for match in proposed:
        pieces = (frozenset(map(int, match.line_ids)), frozenset(map(int, match.movement_ids)))
        if pieces not in undone:
            wanted[pieces] = match
    _drop([match for pieces, match in waiting.items() if pieces not in wanted])
    certain = [
        match.pk
        for pieces, match in waiting.items()
        if pieces in wanted and wanted[pieces].status is core.MatchStatus.AUTO
    ]
    Match.objects.filter(pk__in=certain).update(state=MatchState.AUTOMATIC)
    new = [(pieces, match) for pieces, match in wanted.items() if pieces not in waiting]
    rows = write_many(
        Match,
        (
            Match(
                mutual_id=bank_account.mutual_id,
                bank_account=bank_account,
                pass_name=match.match_pass.value,
                state=(
                    MatchState.AUTOMATIC
                    if match.status is core.MatchStatus.AUTO
                    else MatchState.PROPOSED
                ),
                score=int(match.score * 100),
            )
            for _pieces, match in new
        ),
    )
    attach(rows, [pieces for pieces, _match in new])


def attach(matches: Iterable[Match], pieces: Iterable[Pieces]) -> None:
    """Write the lines and entries of new matches."""
    pairs = list(zip(matches, pieces, strict=True))
    write_many(
        MatchedLine,
        (
            MatchedLine(mutual_id=match.mutual_id, match=match, line_id=line)
            for match, (lines, _entries) in pairs
            for line in sorted(lines)
        ),
    )
    write_many(
        MatchedEntry,
        (
            MatchedEntry(
                mutual_id=match.mutual_id,
                match=match,
                bank_account_id=match.bank_account_id,
                entry_id=entry,
            )
            for match, (_lines, entries) in pairs
            for entry in sorted(entries)
        ),
    )


def _pieces_of(
    bank_account: BankAccount, state: MatchState, *, is_active: bool
) -> dict[Pieces, Match]:
    """The matches of a state by their pieces. Three queries."""
    matches = {
        match.pk: match for match in Match.objects.filter(bank_account=bank_account, state=state)
    }
    if not matches:
        return {}
    lines: dict[int, set[int]] = defaultdict(set)
    entries: dict[int, set[int]] = defaultdict(set)
    of_state = {"match__bank_account": bank_account, "match__state": state}
    for match_id, line_id in MatchedLine.objects.filter(
        **of_state, is_active=is_active
    ).values_list("match_id", "line_id"):
        lines[match_id].add(line_id)
    for match_id, entry_id in MatchedEntry.objects.filter(
        **of_state, is_active=is_active
    ).values_list("match_id", "entry_id"):
        entries[match_id].add(entry_id)
    return {(frozenset(lines[pk]), frozenset(entries[pk])): match for pk, match in matches.items()}


def _drop(proposals: list[Match]) -> None:
    """Take away proposals that nobody has answered: they are no facts yet."""
    keys = [proposal.pk for proposal in proposals]
    MatchedLine.objects.filter(match__in=keys).delete()
    MatchedEntry.objects.filter(match__in=keys).delete()
    Match.objects.filter(pk__in=keys, state=MatchState.PROPOSED).delete()


def drop_proposals_of(
    bank_account: BankAccount, line_ids: Iterable[int], entry_ids: Iterable[int] = ()
) -> None:
    """Take away the proposals that hold one of these pieces, since a person decides otherwise."""
    waiting = Match.objects.filter(bank_account=bank_account, state=MatchState.PROPOSED)
    of_lines = waiting.filter(matched_lines__line__in=list(line_ids))
    of_entries = waiting.filter(matched_entries__entry__in=list(entry_ids))
    _drop(list({match.pk: match for match in (*of_lines, *of_entries)}.values()))


def _post_by_rule(
    bank_account: BankAccount,
    matches: Iterable[core.Match],
    items: OpenItems,
    *,
    actor: User,
    on: date,
) -> None:
    """Post what a rule that was accepted says; a line whose posting was undone is left alone."""
    undone = set(
        MatchedLine.objects.filter(
            match__bank_account=bank_account,
            match__state=MatchState.UNDONE,
            match__pass_name__in=PASSES_THAT_POST,
        ).values_list("line_id", flat=True)
    )
    for match in matches:
        line, role = items.lines[int(match.line_ids[0])], AccountRole(match.account_role)
        if (
            match.status is core.MatchStatus.AUTO
            and line.pk not in undone
            and is_in_direction(line, role)
        ):
            entry = post_line(line=line, role=role, actor=actor, on=on)
            row = Match.objects.create(
                mutual_id=bank_account.mutual_id,
                bank_account=bank_account,
                pass_name=match.match_pass.value,
                state=MatchState.AUTOMATIC,
                score=int(match.score * 100),
            )
            attach([row], [(frozenset({line.pk}), frozenset({entry.pk}))])


def mark_matched(bank_account: BankAccount, actor: User) -> None:
    """The open or explained lines that a match now answers to are matched.

    What was said of an explained one is kept in the audit.
    """
    counting = MatchedLine.objects.filter(
        line=OuterRef("pk"), is_active=True, match__state__in=COUNTING
    )
    answered = StatementLine.objects.filter(Exists(counting), bank_account=bank_account)
    for line in answered.filter(state=LineState.EXPLAINED).select_related("mutual", "explained_by"):
        keep_explanation(line, actor, "EXPLANATION_ANSWERED")
    answered.filter(state__in=(LineState.OPEN, LineState.EXPLAINED)).update(
        state=LineState.MATCHED, explanation_class="", explanation_note="", explained_by=None
    )


def keep_explanation(line: StatementLine, actor: User, code: str, reason: str = "") -> None:
    """Write what was said of a line in the audit, before it is said no more: why is the ``code``
    (``EXPLANATION_WITHDRAWN`` with its reason, ``EXPLANATION_ANSWERED`` by a match)."""
    record_audit(
        kind=AuditKind.CORRECTION,
        mutual=line.mutual,
        actor=actor,
        code=code,
        subject=line_subject(line),
        details={
            "explanation_class": line.explanation_class,
            "note": line.explanation_note,
            "person": str(line.explained_by),
            "reason": reason.strip()[:200],
        },
    )
