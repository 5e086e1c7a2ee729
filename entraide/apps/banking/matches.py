"""Answering for each line: confirm, undo, match by hand, explain, post what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import Sum

from entraide.apps.access.models import User
from entraide.apps.banking.matching import (
    BY_PERSON,
    PASSES_THAT_POST,
    POSTED,
    attach,
    drop_proposals_of,
    keep_explanation,
    mark_matched,
)
from entraide.apps.banking.models import (
    BankAccount,
    LineState,
    Match,
    MatchedEntry,
    MatchedLine,
    MatchState,
    StatementLine,
)
from entraide.apps.banking.open_items import COUNTING
from entraide.apps.banking.postings import post_line
from entraide.apps.banking.services import locked
from entraide.apps.ledger.models import Entry, Posting
from entraide.apps.ledger.selectors import SIGNED
from entraide.apps.ledger.services import reverse_posted
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right
from entraide.core import reconciliation as core
from entraide.core.errors import Refusal
from entraide.core.ledger import AccountRole

# What may be said of a line that no entry will answer. What is unknown goes to suspense instead.
EXPLANATIONS = frozenset(
    {
        core.LeftoverClass.CHARGES,
        core.LeftoverClass.BANK_ERROR,
        core.LeftoverClass.ENTRY_ERROR,
    }
)


@command("confirm_match", right=Right.MATCH)
def confirm_match(
    *, mutual: Mutual, actor: User, on: date, idempotency_key: str, match: Match
) -> Match:
    """Accept a proposal; ``MATCH_NOT_PROPOSED`` when it no longer waits."""
    locked(match.bank_account)
    match.refresh_from_db()
    if match.state != MatchState.PROPOSED:
        raise Refusal("MATCH_NOT_PROPOSED", place="match")
    match.state = MatchState.CONFIRMED
    match.confirmed_by, match.confirmed_on = actor, on
    match.save(update_fields=["state", "confirmed_by", "confirmed_on"])
    mark_matched(match.bank_account, actor)
    return match


@command("undo_match", right=Right.MATCH)
def undo_match(
    *, mutual: Mutual, actor: User, on: date, idempotency_key: str, match: Match, reason: str
) -> Match:
    """Take a match or a proposal back: its lines and entries are open again.

    The same pair is not proposed again. An entry that the match itself posted (a charge by a
    rule, for instance) is reversed with it.
    Refused with ``REASON_MISSING`` or ``MATCH_ALREADY_UNDONE``.
    """
    if not reason.strip():
        raise Refusal("REASON_MISSING", place="reason")
    locked(match.bank_account)
    match.refresh_from_db()
    if match.state == MatchState.UNDONE:
        raise Refusal("MATCH_ALREADY_UNDONE", place="match")
    match.state = MatchState.UNDONE
    match.undone_by, match.undone_on = actor, on
    match.undone_reason = reason.strip()[:200]
    match.save(update_fields=["state", "undone_by", "undone_on", "undone_reason"])
    entries = list(match.matched_entries.select_related("entry"))
    opened = list(match.matched_lines.values_list("line_id", flat=True))
    StatementLine.objects.filter(pk__in=opened, state=LineState.MATCHED).update(
        state=LineState.OPEN
    )
    match.matched_lines.update(is_active=False)
    match.matched_entries.update(is_active=False)
    if match.pass_name in PASSES_THAT_POST:
        for matched in entries:
            if not Entry.objects.filter(mutual=mutual, reverses=matched.entry).exists():
                reverse_posted(
                    mutual=mutual, entry=matched.entry, actor=actor, on=on, reason=reason.strip()
                )
    return match


@command("match_by_hand", right=Right.MATCH)
def match_by_hand(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    bank_account: BankAccount,
    lines: Sequence[StatementLine] = (),
    entries: Sequence[Entry] = (),
) -> Match:
    """A person says that these lines and entries tell the same events; their sums agree.

    Lines alone answer to each other when they come to nothing (the bank's error and its
    correction); entries alone likewise. Refused with ``MATCH_TOO_SMALL``,
    ``LINE_OF_OTHER_ACCOUNT``, ``LINE_ALREADY_MATCHED``, ``ENTRY_ALREADY_MATCHED``,
    ``ENTRY_NOT_ON_ACCOUNT`` or
    ``MATCH_SUMS_DIFFER`` with the difference (lines − entries).
    """
    bank_account = locked(bank_account)
    line_ids, entry_ids = {line.pk for line in lines}, {entry.pk for entry in entries}
    if len(line_ids) + len(entry_ids) < 2:
        raise Refusal("MATCH_TOO_SMALL", place="lines")
    found = list(StatementLine.objects.filter(bank_account=bank_account, pk__in=line_ids))
    if len(found) != len(line_ids):
        raise Refusal("LINE_OF_OTHER_ACCOUNT", place="lines", account=bank_account.name)
    _require_unmatched(bank_account, line_ids, entry_ids)
    amounts = _amounts_on(bank_account, entry_ids)
    for entry in entries:
        if entry.pk not in amounts:
            raise Refusal(
                "ENTRY_NOT_ON_ACCOUNT",
                place="entries",
                document_number=entry.document_number,
                account=bank_account.name,
            )
    lines_minor = sum(line.amount_minor for line in found)
    entries_minor = sum(amounts.values())
    if lines_minor != entries_minor:
        raise Refusal(
            "MATCH_SUMS_DIFFER",
            place="lines",
            lines_minor=lines_minor,
            entries_minor=entries_minor,
            difference_minor=lines_minor - entries_minor,
            currency=bank_account.currency,
        )
    drop_proposals_of(bank_account, line_ids, entry_ids)
    return _confirmed(bank_account, BY_PERSON, line_ids, entry_ids, actor=actor, on=on)


def _require_unmatched(bank_account: BankAccount, line_ids: set[int], entry_ids: set[int]) -> None:
    counting = {
        "match__bank_account": bank_account,
        "match__state__in": COUNTING,
        "is_active": True,
    }
    line = MatchedLine.objects.filter(line__in=line_ids, **counting).select_related("line").first()
    if line is not None:
        raise Refusal("LINE_ALREADY_MATCHED", place="lines", label=line.line.label)
    entry = (
        MatchedEntry.objects.filter(entry__in=entry_ids, **counting).select_related("entry").first()
    )
    if entry is not None:
        number = entry.entry.document_number
        raise Refusal("ENTRY_ALREADY_MATCHED", place="entries", document_number=number)


def _amounts_on(bank_account: BankAccount, entry_ids: set[int]) -> dict[int, int]:
    """What each of these entries moved on the account; an entry that did not is not there."""
    postings = Posting.objects.filter(account=bank_account.account_id, entry__in=entry_ids)
    sums = postings.order_by().values_list("entry_id").annotate(total=Sum(SIGNED))
    return dict(sums)


def _confirmed(
    bank_account: BankAccount,
    pass_name: str,
    line_ids: set[int],
    entry_ids: set[int],
    *,
    actor: User,
    on: date,
) -> Match:
    match = Match.objects.create(
        mutual_id=bank_account.mutual_id,
        bank_account=bank_account,
        pass_name=pass_name,
        state=MatchState.CONFIRMED,
        score=100,
        confirmed_by=actor,
        confirmed_on=on,
    )
    attach([match], [(frozenset(line_ids), frozenset(entry_ids))])
    mark_matched(bank_account, actor)
    return match


@command("explain_line", right=Right.MATCH)
def explain_line(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    line: StatementLine,
    explanation_class: core.LeftoverClass,
    note: str,
) -> StatementLine:
    """Say why a line stays without entry; it then no longer holds up the reconciliation.

    A line that nobody understands is not explained: it goes to suspense
    (``post_to_suspense``). Refused with ``EXPLANATION_CLASS``, ``EXPLANATION_NOTE_MISSING``,
    ``LINE_ALREADY_MATCHED`` or ``LINE_ALREADY_EXPLAINED``.
    """
    if explanation_class not in EXPLANATIONS:
        raise Refusal("EXPLANATION_CLASS", place="explanation_class", found=str(explanation_class))
    if not note.strip():
        raise Refusal("EXPLANATION_NOTE_MISSING", place="note")
    locked(line.bank_account)
    _require_unmatched(line.bank_account, {line.pk}, set())
    line.refresh_from_db()
    if line.state == LineState.EXPLAINED:
        raise Refusal("LINE_ALREADY_EXPLAINED", place="line", label=line.label)
    drop_proposals_of(line.bank_account, [line.pk])
    line.state = LineState.EXPLAINED
    line.explanation_class = str(explanation_class)
    line.explanation_note = note.strip()[:300]
    line.explained_by = actor
    line.save(update_fields=["state", "explanation_class", "explanation_note", "explained_by"])
    return line


@command("withdraw_explanation", right=Right.MATCH)
def withdraw_explanation(
    *, mutual: Mutual, actor: User, on: date, idempotency_key: str, line: StatementLine, reason: str
) -> StatementLine:
    """Take an explanation back: the line is open again, and the audit keeps what was said of it.

    Refused with ``REASON_MISSING`` or ``LINE_NOT_EXPLAINED``.
    """
    if not reason.strip():
        raise Refusal("REASON_MISSING", place="reason")
    locked(line.bank_account)
    line.refresh_from_db()
    if line.state != LineState.EXPLAINED:
        raise Refusal("LINE_NOT_EXPLAINED", place="line", label=line.label)
    keep_explanation(line, actor, "EXPLANATION_WITHDRAWN", reason)
    line.state = LineState.OPEN
    line.explanation_class, line.explanation_note, line.explained_by = "", "", None
    line.save(update_fields=["state", "explanation_class", "explanation_note", "explained_by"])
    return line


@command("post_bank_charge_for", right=Right.POST_OPERATION)
def post_bank_charge_for(
    *, mutual: Mutual, actor: User, on: date, idempotency_key: str, line: StatementLine
) -> Match:
    """Post what the bank took by this line (``FB-…``, running costs) and match the two."""
    return _post_and_match(line, AccountRole.BANK_CHARGES, actor=actor, on=on)


@command("post_interest_for", right=Right.POST_OPERATION)
def post_interest_for(
    *, mutual: Mutual, actor: User, on: date, idempotency_key: str, line: StatementLine
) -> Match:
    """Post the interest that this line brought (``INT-…``, mutual fund) and match the two."""
    return _post_and_match(line, AccountRole.INTEREST_INCOME, actor=actor, on=on)


@command("post_to_suspense", right=Right.POST_OPERATION)
def post_to_suspense(
    *, mutual: Mutual, actor: User, on: date, idempotency_key: str, line: StatementLine
) -> Match:
    """Money that nobody can name yet waits in suspense (``ATT-…``), apart from both funds.

    Once it is known, undo the match: the suspense entry is reversed and the line is open again.
    """
    return _post_and_match(line, AccountRole.SUSPENSE, actor=actor, on=on)


def _post_and_match(line: StatementLine, role: AccountRole, *, actor: User, on: date) -> Match:
    bank_account = locked(line.bank_account)
    _require_unmatched(bank_account, {line.pk}, set())
    entry = post_line(line=line, role=role, actor=actor, on=on)
    drop_proposals_of(bank_account, [line.pk])
    return _confirmed(bank_account, POSTED, {line.pk}, {entry.pk}, actor=actor, on=on)
