"""Reconciliation as the finance officer does it: import, confirm, and match by hand what is left.

The last weeks stay as they are: a day's work for whoever opens the demonstration.
"""

from __future__ import annotations

from datetime import date, timedelta

from django_scopes import scope

from entraide.apps.banking.matches import confirm_match, match_by_hand
from entraide.apps.banking.models import BankAccount, LineState, MatchState
from entraide.apps.banking.selectors import lines as lines_of
from entraide.apps.banking.selectors import matches
from entraide.apps.banking.services import import_statement, open_bank_account
from entraide.apps.ledger.selectors import entry_by_document, movements
from entraide.demo.bank import OPENING, bank_lines, statement_files, unannounced_charge
from entraide.demo.care import Planted
from entraide.demo.chance import office_day
from entraide.demo.foundation import FOUNDED_ON, World
from entraide.demo.network import MutualPlan

DAYS_LEFT_OPEN = 50
_CHARGE_SURPRISES = ("atia-sante", "zems-laafi")


def reconcile(
    world: World, plan: MutualPlan, *, seed: int, until: date, households: int, planted: Planted
) -> int:
    """Import every statement of the main account and settle the older lines; how many lines."""
    with scope(mutual=world.mutual):
        account = _opened(world, plan)
        moved = movements(world.main)
        lines = bank_lines(plan, seed, moved, planted)
        if plan.code in _CHARGE_SURPRISES:
            amount_minor = max(100, households * plan.running_costs_minor // 60_000 // 100 * 100)
            lines.append(unannounced_charge(plan, until, amount_minor))
            lines.sort(key=lambda line: (line.booked_on, line.bank_reference))
            planted.setdefault("charge_not_in_books", []).append("COMMISSION MESSAGES ALERTES")
        opening = sum(each.amount_minor for each in moved if each.kind == OPENING)
        for file in statement_files(plan, world.mutual.currency, lines, until, opening):
            import_statement(
                mutual=world.mutual,
                actor=world.people["finance_officer"],
                on=min(until, office_day(file.closing_on + timedelta(days=5))),
                idempotency_key=file.name,
                bank_account=account,
                file_name=file.name,
                content=file.content,
            )
        _confirm(world, account, until)
        _match_by_hand(world, account, until, {_without_zero(m.document_number) for m in moved})
        return account.lines.count()


def _opened(world: World, plan: MutualPlan) -> BankAccount:
    account: BankAccount = open_bank_account(
        mutual=world.mutual, actor=world.people["finance_officer"], on=FOUNDED_ON,
        idempotency_key="bank-account", account=world.main, name=plan.main_name,
        opened_on=FOUNDED_ON, institution=plan.institution, identifier=plan.identifier,
        csv_profile="" if plan.statement_format == "camt053" else plan.statement_format,
    )  # fmt: skip
    return account


def _is_old(day: date, until: date) -> bool:
    return day < until - timedelta(days=DAYS_LEFT_OPEN)


def _confirm(world: World, account: BankAccount, until: date) -> None:
    for match in matches(account, MatchState.PROPOSED):
        days = [matched.line.booked_on for matched in match.matched_lines.all()]
        if days and _is_old(max(days), until):
            confirm_match(
                mutual=world.mutual, actor=world.people["finance_officer"], on=until,
                idempotency_key=f"confirm-{match.uid}", match=match,
            )  # fmt: skip


def _without_zero(number: str) -> tuple[str, str]:
    """A slip number as it is copied wrongly, and as it is."""
    parts = number.split("-")
    return (f"{parts[0]}-{parts[1]}-{parts[2][1:]}" if len(parts) == 3 else number, number)


def _match_by_hand(
    world: World, account: BankAccount, until: date, numbers: set[tuple[str, str]]
) -> None:
    """The slips whose number was copied wrongly, found again by the person who knows them."""
    right = dict(numbers)
    for line in lines_of(account, state=LineState.OPEN):
        if line.reference in right and _is_old(line.booked_on, until):
            match_by_hand(
                mutual=world.mutual, actor=world.people["finance_officer"], on=until,
                idempotency_key=f"match-{line.uid}", bank_account=account, lines=(line,),
                entries=(entry_by_document(world.mutual, right[line.reference]),),
            )  # fmt: skip
