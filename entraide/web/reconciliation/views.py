"""Reading reconciliation: the accounts, the state of one, its statements, lines and matches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from entraide.apps.banking.models import (
    BankAccount,
    LineState,
    MatchState,
    StatementLine,
)
from entraide.apps.banking.open_items import OpenLine, leftovers
from entraide.apps.banking.selectors import (
    ReconciliationState,
    bank_account_for,
    bank_accounts,
    line_for,
    match_for,
    matches,
    reconciled_fund_balance,
    reconciliation_state,
    statement_for,
    statements,
    withdrawn_explanations,
)
from entraide.apps.banking.worksheet import (
    LineCounts,
    MatchSheet,
    accounts_without_statements,
    line_counts,
    lines_of,
    match_sheets,
    matches_of_line,
    overdue_movements,
)
from entraide.apps.ledger.selectors import entry_uids
from entraide.apps.schemes.rights import Right
from entraide.core.reconciliation import Hint
from entraide.web.ledger.wording import account_name, told_without_statement
from entraide.web.office import OfficeRequest, office_url, office_view
from entraide.web.reconciliation.forms import ExplainForm, RefuseForm
from entraide.web.reconciliation.sheet import (
    by_class,
    charges_to_post,
    gaps_of,
    overdue_of,
    steps_of,
)
from entraide.web.reconciliation.wording import class_state, told_hint, why_matched

READERS = frozenset({Right.READ_BOOKS, Right.MATCH})
ROWS_PER_PAGE = 50
GAPS_SHOWN = 40
PROPOSALS_SHOWN = 3
CHARGES_SHOWN = 3  # those that one click posts from the page of the account
STATEMENTS_SHOWN = 6


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One account of the overview: the two balances and what waits."""

    account: BankAccount
    state: ReconciliationState | None
    counts: LineCounts
    overdue_count: int  # of an account that is reconciled otherwise


@require_safe
@office_view(right=READERS)
def overview(request: OfficeRequest) -> HttpResponse:
    """Every account at a bank or operator: what its statement says, what the books say."""
    mutual = request.mutual
    rows = [_account_row(account) for account in bank_accounts(mutual)]
    states = [row.state for row in rows if row.state is not None]
    reconciled = reconciled_fund_balance(mutual)
    without_statement = ""
    if reconciled is not None:
        without_statement = told_without_statement(
            reconciled, mutual.currency, request.LANGUAGE_CODE
        )
    context = {
        "rows": rows,
        "reconciled": reconciled,
        "without_statement": without_statement,
        "ledger_minor": sum(state.ledger_minor for state in states),
        "statement_minor": sum(state.statement_minor for state in states),
        "difference_minor": sum(state.difference_minor for state in states),
        "has_states": bool(states),
        "open_count": sum(row.counts.open for row in rows),
        "without": [(each, account_name(each)) for each in accounts_without_statements(mutual)],
        "may_open": Right.POST_OPERATION in request.rights,
        "may_import": Right.IMPORT_STATEMENT in request.rights,
    }
    return render(request, "web/reconciliation/overview.html", context)


def _account_row(account: BankAccount) -> AccountRow:
    state = reconciliation_state(account)
    overdue = overdue_movements(state) if state is not None and state.is_reconciled else []
    return AccountRow(account, state, line_counts(account), len(overdue))


@dataclass(frozen=True, slots=True)
class ShownMatch:
    """A match card: its two sides, why, and the form that refuses it."""

    sheet: MatchSheet
    why: str
    form: RefuseForm

    @property
    def is_proposed(self) -> bool:
        """Whether it waits for a person."""
        return self.sheet.match.state == MatchState.PROPOSED

    @property
    def is_undone(self) -> bool:
        """Whether it no longer counts."""
        return self.sheet.match.state == MatchState.UNDONE


def shown_matches(found: Any, form: RefuseForm | None = None) -> list[ShownMatch]:
    """Matches as cards; ``form`` is the one that was refused, when there is one."""
    return [
        ShownMatch(sheet, why_matched(sheet), form or RefuseForm(auto_id=f"id_{sheet.match.pk}_%s"))
        for sheet in match_sheets(found)
    ]


@require_safe
@office_view(right=READERS)
def bank_account(request: OfficeRequest, uid: str) -> HttpResponse:
    """The state of one account: two balances, each gap, the proposals, what is left to do."""
    account = bank_account_for(request.mutual, uid)  # type: ignore[arg-type]
    state, counts = reconciliation_state(account), line_counts(account)
    found = statements(account)
    proposals = matches(account, MatchState.PROPOSED)
    proposal_count, statement_count = proposals.count(), found.count()
    gaps = gaps_of(request, state) if state else []
    overdue = overdue_of(gaps, state.on) if state else None
    page = Paginator(gaps, GAPS_SHOWN).get_page(request.GET.get("page"))
    context = {
        "account": account,
        "mirror": account_name(account.account),
        "state": state,
        "counts": counts,
        "page": page,
        "gap_count": len(gaps),
        "gaps_minor": sum(gap.gap_minor for gap in gaps),
        "charges": charges_to_post(gaps)[:CHARGES_SHOWN],
        "classes": by_class(gaps),
        "overdue": overdue,
        "steps": steps_of(
            state, counts, statement_count, proposal_count, overdue, request.LANGUAGE_CODE
        ),
        "proposals": shown_matches(proposals[:PROPOSALS_SHOWN]),
        "proposal_count": proposal_count,
        "statements": found[:STATEMENTS_SHOWN],
        "statement_count": statement_count,
        **_rights(request),
    }
    return render(request, "web/reconciliation/account.html", context)


def _rights(request: OfficeRequest) -> dict[str, bool]:
    return {
        "may_import": Right.IMPORT_STATEMENT in request.rights,
        "may_match": Right.MATCH in request.rights,
        "may_post": Right.POST_OPERATION in request.rights,
    }


@require_safe
@office_view(right=READERS)
def statement_list(request: OfficeRequest, uid: str) -> HttpResponse:
    """Every statement of an account, the latest first."""
    account = bank_account_for(request.mutual, uid)  # type: ignore[arg-type]
    page = Paginator(statements(account), ROWS_PER_PAGE).get_page(request.GET.get("page"))
    context = {"account": account, "page": page, "statements": page.object_list}
    return render(request, "web/reconciliation/statements.html", context)


@require_safe
@office_view(right=READERS)
def statement(request: OfficeRequest, uid: str) -> HttpResponse:
    """One statement line by line: opening + lines = closing, and what answers to each line."""
    shown = statement_for(request.mutual, uid)  # type: ignore[arg-type]
    asked, text = request.GET.get("state", ""), request.GET.get("q", "").strip()
    state = asked if asked in LineState.values else ""
    page = Paginator(lines_of(shown, state=state, text=text), ROWS_PER_PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "statement": shown,
        "account": shown.bank_account,
        "page": page,
        "state": state,
        "states": LineState.values,
        "text": text,
        "moved_minor": shown.closing_minor - shown.opening_minor,
    }
    template = "_lines" if request.htmx else "statement"
    return render(request, f"web/reconciliation/{template}.html", context)


@require_safe
@office_view(right=READERS)
def line(request: OfficeRequest, uid: str) -> HttpResponse:
    """One line of a statement: what answers to it, or how to answer for it."""
    return line_page(request, line_for(request.mutual, uid))  # type: ignore[arg-type]


def line_page(
    request: OfficeRequest,
    shown: StatementLine,
    *,
    form: ExplainForm | None = None,
    withdrawal: RefuseForm | None = None,
) -> HttpResponse:
    """The page, with the explanation, or the withdrawal of one, that was refused."""
    cards = shown_matches(matches_of_line(shown))
    standing = [card for card in cards if not card.is_undone]
    is_open = shown.state == LineState.OPEN
    left = _left(shown) if is_open and not standing else None
    context = {
        "line": shown,
        "account": shown.bank_account,
        "standing": standing,
        "past": [card for card in cards if card.is_undone],
        "class": class_state(left.leftover_class) if left else None,
        "hints": _hints(request, left.hints) if left else [],
        "form": form or ExplainForm(),
        "withdrawal": withdrawal or RefuseForm(),
        "withdrawn": withdrawn_explanations(shown),
        "is_open": is_open,
        "is_money_in": shown.amount_minor > 0,
        **_rights(request),
    }
    status = 422 if any(each is not None and each.errors for each in (form, withdrawal)) else 200
    return render(request, "web/reconciliation/line.html", context, status=status)


def _left(shown: StatementLine) -> OpenLine | None:
    found = leftovers(shown.bank_account).lines
    return next((each for each in found if each.line.pk == shown.pk), None)


def _hints(request: OfficeRequest, hints: tuple[Hint, ...]) -> list[tuple[str, str, str]]:
    """Each hint as a sentence, with the number and address of the entry that it names."""
    named = [int(hint.details["movement_id"]) for hint in hints if "movement_id" in hint.details]
    uids = entry_uids(named)
    shown = []
    for hint in hints:
        uid = uids.get(int(hint.details.get("movement_id", 0)))
        url = office_url(request, "entry", uid=uid) if uid else ""
        shown.append((told_hint(hint), str(hint.details.get("document_number", "")), url))
    return shown


@require_safe
@office_view(right=READERS)
def match_list(request: OfficeRequest, uid: str) -> HttpResponse:
    """The matches of an account by state, as cards when they wait, as rows otherwise."""
    account = bank_account_for(request.mutual, uid)  # type: ignore[arg-type]
    asked = request.GET.get("state", "")
    state = asked if asked in MatchState.values else MatchState.PROPOSED.value
    found = matches(account, MatchState(state))
    if state != MatchState.PROPOSED:
        found = found.order_by("-pk")
    size = 10 if state == MatchState.PROPOSED else ROWS_PER_PAGE
    page = Paginator(found, size).get_page(request.GET.get("page"))
    context = {
        "account": account,
        "page": page,
        "cards": shown_matches(page.object_list),
        "state": state,
        "is_proposed": state == MatchState.PROPOSED,
        "states": [each.value for each in MatchState],
        **_rights(request),
    }
    return render(request, "web/reconciliation/matches.html", context)


@require_safe
@office_view(right=READERS)
def match(request: OfficeRequest, uid: str) -> HttpResponse:
    """One match: both sides, why, who accepted it, how to take it back."""
    return match_page(request, uid)


def match_page(request: OfficeRequest, uid: str, *, form: RefuseForm | None = None) -> HttpResponse:
    """The page, with the reason that was refused when there is one."""
    found = match_for(request.mutual, uid)  # type: ignore[arg-type]
    [card] = shown_matches([_loaded(found.bank_account, found.pk)], form)
    context = {"card": card, "account": found.bank_account, **_rights(request)}
    status = 422 if form is not None and form.errors else 200
    return render(request, "web/reconciliation/match.html", context, status=status)


def _loaded(account: BankAccount, pk: int) -> Any:
    return matches(account).get(pk=pk)
