"""Accounts, their statements and their rules. What answers to each line stands in ``matches``."""

from __future__ import annotations

from datetime import date
from pathlib import PurePath

from entraide.apps.access.models import AuditKind, User
from entraide.apps.access.prepared_writes import write_many
from entraide.apps.access.services import record_audit
from entraide.apps.banking.matching import match_open_items
from entraide.apps.banking.models import BankAccount, MatchRule, Statement, StatementLine
from entraide.apps.banking.open_items import last_statement
from entraide.apps.banking.postings import RULE_ROLES
from entraide.apps.banking.statement_files import (
    AUTO,
    ImportPlan,
    NewStatement,
    plan_import,
    profile_of,
)
from entraide.apps.ledger.models import Account
from entraide.apps.ledger.opening import name_account
from entraide.apps.ledger.operations import require_past
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right
from entraide.core import reconciliation as core
from entraide.core.errors import Refusal
from entraide.core.ledger import TREASURY_ROLES, AccountRole


@command("open_bank_account", right=Right.POST_OPERATION)
def open_bank_account(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    account: Account,
    name: str,
    opened_on: date,
    institution: str = "",
    identifier: str = "",
    currency: str = "",
    csv_profile: str = "",
) -> BankAccount:
    """An account at a bank, a lender or an operator, mirrored by a treasury account of the books.

    ``identifier`` is the IBAN or number on its statements; when it is empty the first statement
    that has one gives it. ``csv_profile`` is a profile of the country, needed for CSV only. The
    treasury account bears the name from then on.
    Refused with ``NOT_A_TREASURY_ROLE``, ``BANK_ACCOUNT_MIRRORED``, ``BANK_ACCOUNT_CURRENCY``,
    ``BANK_ACCOUNT_NAME``, ``PROFILE_UNKNOWN`` or ``DATE_IN_FUTURE``.
    """
    require_past("opened_on", opened_on, on)
    if account.role not in TREASURY_ROLES or account.role == AccountRole.CASH:
        allowed = sorted(TREASURY_ROLES - {AccountRole.CASH})
        raise Refusal("NOT_A_TREASURY_ROLE", place="account", role=account.role, allowed=allowed)
    name, currency = name.strip(), currency or mutual.currency
    if not name or BankAccount.objects.filter(mutual=mutual, name=name).exists():
        raise Refusal("BANK_ACCOUNT_NAME", place="name", name=name)
    if BankAccount.objects.filter(account=account).exists():
        raise Refusal("BANK_ACCOUNT_MIRRORED", place="account", account=account.number)
    if currency != mutual.currency:
        raise Refusal(
            "BANK_ACCOUNT_CURRENCY", place="currency", found=currency, currency=mutual.currency
        )
    if csv_profile and profile_of(mutual, csv_profile).currency != currency:
        found = profile_of(mutual, csv_profile).currency
        raise Refusal("BANK_ACCOUNT_CURRENCY", place="profile", found=found, currency=currency)
    name_account(account, name)
    return BankAccount.objects.create(
        mutual=mutual,
        account=account,
        name=name,
        institution=institution.strip(),
        identifier=identifier.strip(),
        currency=currency,
        csv_profile=csv_profile,
        opened_on=opened_on,
    )


@command("import_statement", right=Right.IMPORT_STATEMENT)
def import_statement(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    bank_account: BankAccount,
    file_name: str,
    content: bytes,
    format: str = AUTO,
) -> Statement:
    """Read a file, add its new lines, match them: all of it or nothing.

    Answers the last statement recorded; a file that adds nothing leaves everything as it was and
    answers the account's last statement. ``plan_import`` tells beforehand what a file adds, and
    which refusals there are; besides them ``DATE_IN_FUTURE``.
    """
    bank_account = locked(bank_account)
    plan = plan_import(bank_account, content, format=format)
    for new in plan.statements:
        require_past("closing_on", max([new.closing_on, *(r.booked_on for r in new.rows)]), on)
    if plan.identifier and not bank_account.identifier:
        bank_account.identifier = plan.identifier[:60]
        bank_account.save(update_fields=["identifier"])
    name = PurePath(file_name.replace("\\", "/")).name[:200]
    recorded = [
        _record_statement(bank_account, new, plan, name, imported_by=actor)
        for new in plan.statements
    ]
    record_audit(
        kind=AuditKind.IMPORT,
        mutual=mutual,
        actor=actor,
        subject=f"statement {name}",
        details={"new": plan.new_count, "known": plan.known_count, "sha256": plan.file_hash},
    )
    if recorded:
        match_open_items(bank_account, actor=actor, on=on)
    last = recorded[-1] if recorded else last_statement(bank_account)
    assert last is not None, "a file without anything new needs an earlier statement"
    return last


def locked(bank_account: BankAccount) -> BankAccount:
    """The account, for one writer at a time."""
    return BankAccount.objects.select_for_update().get(pk=bank_account.pk)


def _record_statement(
    bank_account: BankAccount, new: NewStatement, plan: ImportPlan, name: str, *, imported_by: User
) -> Statement:
    statement = Statement.objects.create(
        mutual_id=bank_account.mutual_id,
        bank_account=bank_account,
        reference=new.reference,
        format=plan.format[:20],
        file_hash=plan.file_hash,
        file_name=name,
        opening_on=new.opening_on,
        closing_on=new.closing_on,
        opening_minor=new.opening_minor,
        closing_minor=new.closing_minor,
        imported_by=imported_by,
    )
    write_many(
        StatementLine,
        (
            StatementLine(
                mutual_id=bank_account.mutual_id,
                statement=statement,
                bank_account=bank_account,
                line_key=row.key,
                position=position,
                booked_on=row.booked_on,
                value_on=row.value_on,
                amount_minor=row.amount_minor,
                label=row.label[:300],
                reference=row.reference[:120],
            )
            for position, row in enumerate(new.rows, start=1)
        ),
    )
    return statement


@command("match_account", right=Right.MATCH)
def match_account(
    *, mutual: Mutual, actor: User, on: date, idempotency_key: str, bank_account: BankAccount
) -> BankAccount:
    """Compare once more what is open, after receipts or rules were added."""
    bank_account = locked(bank_account)
    match_open_items(bank_account, actor=actor, on=on)
    return bank_account


@command("accept_rule", right=Right.POST_OPERATION)
def accept_rule(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    bank_account: BankAccount,
    code: str,
    pattern: str,
    account_role: AccountRole,
) -> MatchRule:
    """From now on, lines whose label answers to ``pattern`` are posted to that account and matched.

    The rule works at the next import or ``match_account``. Refused with ``RULE_CODE_MISSING``,
    ``RULE_CODE_TWICE``, ``RULE_ROLE`` or what ``compile_pattern`` refuses.
    """
    code = code.strip()
    if not code:
        raise Refusal("RULE_CODE_MISSING", place="code")
    if MatchRule.objects.filter(bank_account=bank_account, code=code).exists():
        raise Refusal("RULE_CODE_TWICE", place="code", rule=code)
    if account_role not in RULE_ROLES:
        raise Refusal(
            "RULE_ROLE", place="account_role", role=str(account_role), allowed=sorted(RULE_ROLES)
        )
    core.compile_pattern(core.MatchRule(code, pattern, str(account_role)))
    return MatchRule.objects.create(
        mutual=mutual,
        bank_account=bank_account,
        code=code,
        pattern=pattern,
        account_role=str(account_role),
        accepted_by=actor,
    )


@command("retire_rule", right=Right.POST_OPERATION)
def retire_rule(
    *, mutual: Mutual, actor: User, on: date, idempotency_key: str, rule: MatchRule
) -> MatchRule:
    """The rule no longer works; what it posted stays."""
    rule.is_active = False
    rule.save(update_fields=["is_active"])
    return rule
