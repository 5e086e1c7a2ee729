"""Reading the fund: what it holds, what changed it, where the money lies, each account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from entraide.apps.banking.selectors import reconciled_fund_balance
from entraide.apps.ledger.models import Account
from entraide.apps.ledger.selectors import (
    BalanceRow,
    account_by_uid,
    entries,
    entry_uids,
    fund_changes,
    general_ledger,
    trial_balance,
)
from entraide.apps.schemes.rights import Right
from entraide.core.ledger import TREASURY_ROLES, AccountRole, FundCode
from entraide.web.ledger.entries import shown_entries
from entraide.web.ledger.figures import figures_of
from entraide.web.ledger.operations import OPERATIONS
from entraide.web.ledger.periods import AskedPeriod, asked_period
from entraide.web.ledger.wording import CHANGE_NAMES, account_name, change_name, fund_name
from entraide.web.office import OfficeRequest, office_url, office_view

ROWS_PER_PAGE = 50
LATEST = 8


@dataclass(frozen=True, slots=True)
class FundRow:
    """A line of the funds' account: one amount for each fund, and their sum."""

    name: str
    funds: tuple[str, ...]
    amounts: tuple[int, ...]
    url: str = ""

    @property
    def cells(self) -> list[tuple[str, int]]:
        """Each fund's name with its amount."""
        return [
            (fund_name(fund), minor) for fund, minor in zip(self.funds, self.amounts, strict=True)
        ]

    @property
    def total_minor(self) -> int:
        """All funds together."""
        return sum(self.amounts)


@require_safe
@office_view(right=Right.READ_BOOKS)
def overview(request: OfficeRequest) -> HttpResponse:
    """Opening + what came in − what went out = closing, by fund; where the money lies; debts."""
    mutual, period = request.mutual, asked_period(request)
    closing_rows = trial_balance(mutual, until=period.until)
    held = [row for row in closing_rows if row.account.role in TREASURY_ROLES]
    opened = [
        row
        for row in trial_balance(mutual, until=period.start)
        if row.account.role in TREASURY_ROLES
    ]
    funds = _funds(held + opened)
    closing = FundRow("", funds, _by_fund(held, funds))
    context = {
        "period": period,
        "figures": figures_of(
            request,
            period,
            balances=dict(zip(funds, closing.amounts, strict=True)),
            reconciled=reconciled_fund_balance(mutual),
        ),
        "funds": [fund_name(fund) for fund in funds],
        "opening": FundRow("", funds, _by_fund(opened, funds)),
        "changes": _changes(request, period, funds),
        "closing": closing,
        "places": _places(request, held, funds, period),
        "owed": _owed(request, closing_rows, period),
        "latest": shown_entries(entries(mutual)[:LATEST]),
        "operations": OPERATIONS.values() if Right.POST_OPERATION in request.rights else (),
    }
    return render(request, "web/ledger/overview.html", context)


def _funds(rows: list[BalanceRow]) -> tuple[str, ...]:
    """Both funds always; money in suspense only when there is some."""
    found = {row.fund for row in rows if row.balance_minor}
    always = {FundCode.MUTUAL, FundCode.RUNNING}
    return tuple(fund.value for fund in FundCode if fund in always or fund in found)


def _by_fund(rows: list[BalanceRow], funds: tuple[str, ...]) -> tuple[int, ...]:
    return tuple(sum(row.balance_minor for row in rows if row.fund == fund) for fund in funds)


def _changes(request: OfficeRequest, period: AskedPeriod, funds: tuple[str, ...]) -> list[FundRow]:
    """One line for each kind of event, in the order of the chain."""
    changes = fund_changes(request.mutual, period.start, period.until)
    order = list(CHANGE_NAMES)
    journal = office_url(request, "journal")
    return [
        FundRow(
            change_name(kind),
            funds,
            tuple(changes[kind].get(fund, 0) for fund in funds),
            f"{journal}?change={kind}&{period.query}",
        )
        for kind in sorted(
            changes, key=lambda kind: order.index(kind) if kind in order else len(order)
        )
    ]


def _places(
    request: OfficeRequest, held: list[BalanceRow], funds: tuple[str, ...], period: AskedPeriod
) -> list[FundRow]:
    """Where the money lies: a line for each treasury account that moved."""
    accounts: dict[int, Account] = {row.account.pk: row.account for row in held}
    return [
        FundRow(
            account_name(account),
            funds,
            _by_fund([row for row in held if row.account.pk == pk], funds),
            f"{office_url(request, 'account', uid=account.uid)}?{period.query}",
        )
        for pk, account in accounts.items()
    ]


_OWED_ROLES = (
    AccountRole.MEMBERS_RECEIVABLE,
    AccountRole.PAYERS_RECEIVABLE,
    AccountRole.PROVIDERS_PAYABLE,
    AccountRole.MEMBERS_PAYABLE,
    AccountRole.UNCLAIMED_REFUNDS,
    AccountRole.CARE_PAYERS_RECEIVABLE,
    AccountRole.CARE_SHARES_DUE,
    AccountRole.SUSPENSE,
    AccountRole.CASH_SHORTAGES,
)


def _owed(
    request: OfficeRequest, rows: list[BalanceRow], period: AskedPeriod
) -> list[tuple[str, int, str]]:
    """What is owed to the mutual (positive) and by it (negative), by account."""
    owed = []
    for role in _OWED_ROLES:
        of_role = [row for row in rows if row.account.role == role]
        minor = sum(row.balance_minor for row in of_role)
        if minor:
            account = of_role[0].account
            url = f"{office_url(request, 'account', uid=account.uid)}?{period.query}"
            owed.append((account_name(account), minor, url))
    return owed


@dataclass(frozen=True, slots=True)
class BalanceLine:
    """One account of the trial balance: what it began with, moved and ended with."""

    account: Account
    name: str
    opening_minor: int
    debit_minor: int
    credit_minor: int

    @property
    def closing_minor(self) -> int:
        """Debits − credits at the end."""
        return self.opening_minor + self.debit_minor - self.credit_minor


@require_safe
@office_view(right=Right.READ_BOOKS)
def balance(request: OfficeRequest) -> HttpResponse:
    """The trial balance of a period, of all funds or one; whether its two sides agree."""
    period, fund = asked_period(request), _fund_asked(request)
    lines = _balance_lines(request, period, fund)
    closings = [line.closing_minor for line in lines]
    context = {
        "period": period,
        "fund": fund,
        "fund_choices": [(each.value, fund_name(each)) for each in FundCode],
        "fund_name": fund_name(fund) if fund else "",
        "lines": lines,
        "opening_minor": sum(line.opening_minor for line in lines),
        "debit_minor": sum(line.debit_minor for line in lines),
        "credit_minor": sum(line.credit_minor for line in lines),
        "debtor_minor": sum(minor for minor in closings if minor > 0),
        "creditor_minor": -sum(minor for minor in closings if minor < 0),
    }
    template = "_balance_rows" if request.htmx else "balance"
    return render(request, f"web/ledger/{template}.html", context)


def _fund_asked(request: OfficeRequest) -> str:
    asked = request.GET.get("fund", "")
    return asked if asked in set(FundCode) else ""


def _balance_lines(request: OfficeRequest, period: AskedPeriod, fund: str) -> list[BalanceLine]:
    mutual = request.mutual
    before = trial_balance(mutual, until=period.start, fund=fund)
    moved = trial_balance(mutual, start=period.start, until=period.until, fund=fund)
    accounts = {row.account.pk: row.account for row in [*before, *moved]}
    lines = [
        BalanceLine(
            account,
            account_name(account),
            sum(row.balance_minor for row in before if row.account.pk == pk),
            sum(row.debit_minor for row in moved if row.account.pk == pk),
            sum(row.credit_minor for row in moved if row.account.pk == pk),
        )
        for pk, account in accounts.items()
    ]
    lines.sort(key=lambda line: line.account.number)
    return [line for line in lines if line.opening_minor or line.debit_minor or line.credit_minor]


@require_safe
@office_view(right=Right.READ_BOOKS)
def account(request: OfficeRequest, uid: str) -> HttpResponse:
    """The general ledger of one account: each movement with the balance after it."""
    shown = account_by_uid(request.mutual, uid)  # type: ignore[arg-type]
    period, fund = asked_period(request), _fund_asked(request)
    ledger = general_ledger(shown, start=period.start, until=period.until, fund=fund)
    page = Paginator(ledger.lines, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    uids = entry_uids([movement.entry_id for movement, _after in page.object_list])
    before = page.start_index() - 2
    context = {
        "account": shown,
        "name": account_name(shown),
        "period": period,
        "before_period": period.start - timedelta(days=1),
        "fund": fund,
        "fund_choices": [(each.value, fund_name(each)) for each in FundCode],
        "ledger": ledger,
        "page": page,
        "rows": [(each, uids[each.entry_id], after) for each, after in page.object_list],
        "page_opening_minor": ledger.lines[before][1] if before >= 0 else ledger.opening_minor,
        "debit_minor": sum(m.amount_minor for m, _after in ledger.lines if m.amount_minor > 0),
        "credit_minor": -sum(m.amount_minor for m, _after in ledger.lines if m.amount_minor < 0),
        "is_last_page": not page.has_next(),
        "balance_url": f"{office_url(request, 'trial-balance')}?{urlencode({'fund': fund})}"
        f"&{period.query}",
    }
    template = "_account_rows" if request.htmx else "account"
    return render(request, f"web/ledger/{template}.html", context)
