"""``entraide import statements FILE``: add a statement's new lines to an account and match them."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from entraide.cli.output import Output
from entraide.core.errors import Refusal
from entraide.core.ids import uuid7
from entraide.messages import translate

if TYPE_CHECKING:
    from entraide.apps.banking.models import BankAccount
    from entraide.apps.banking.statement_files import ImportPlan
    from entraide.apps.schemes.models import Mutual


_PROFILE_TO_CHOOSE = frozenset({"PROFILE_UNRECOGNISED", "PROFILE_AMBIGUOUS"})


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The file, its format, and the account that it is of."""
    parser.add_argument(
        "file", metavar=translate("FILE"), help=translate("the statement as the bank sent it")
    )
    text = translate("camt053, or the code of a CSV profile; recognised without it")
    parser.add_argument("--profile", default="", metavar=translate("PROFILE"), help=text)
    text = translate("code of the mutual; not needed when there is only one")
    parser.add_argument("--mutual", default="", metavar=translate("MUTUAL"), help=text)
    text = translate("name or number of the account; found by the number in the file without it")
    parser.add_argument("--account", default="", metavar=translate("NAME"), help=text)
    text = translate("say what the file would add, and write nothing")
    parser.add_argument("--dry-run", action="store_true", help=text)


def run(arguments: argparse.Namespace, out: Output) -> int:
    """Import, or only say what would be imported; a refused file changes nothing."""
    from django.utils import timezone
    from django_scopes import scope

    from entraide.apps.access.services import system_user
    from entraide.apps.banking.selectors import reconciliation_state
    from entraide.apps.banking.services import import_statement
    from entraide.apps.banking.statement_files import AUTO, plan_import
    from entraide.apps.banking.worksheet import line_counts

    content = _content(arguments.file)
    mutual = _mutual(arguments.mutual)
    format = arguments.profile or AUTO
    with scope(mutual=mutual):
        try:
            account = _account(mutual, arguments.account, content, format)
            plan = plan_import(account, content, format=format)
        except Refusal as refusal:
            if refusal.code in _PROFILE_TO_CHOOSE:
                _note_profiles(mutual, out)
            raise
        if not arguments.dry_run:
            import_statement(
                mutual=mutual,
                actor=system_user(),
                on=timezone.localdate(),
                idempotency_key=f"cli-{uuid7()}",
                bank_account=account,
                file_name=Path(arguments.file).name,
                content=content,
                format=format,
            )
        document = _document(plan, account, is_dry_run=arguments.dry_run)
        told = _lines(plan, account, out, is_dry_run=arguments.dry_run)
        if plan.new_count and not arguments.dry_run:
            counts = line_counts(account, file_hash=plan.file_hash)
            document |= {
                "matched_lines": counts.matched,
                "proposed_lines": counts.proposed,
                "lines_without_entry": counts.alone,
            }
            told.append(
                out.text(
                    "Matched by number or by rule: {matched}. With a proposal to answer: "
                    "{proposed}. Without any entry: {alone}.",
                    matched=counts.matched,
                    proposed=counts.proposed,
                    alone=counts.alone,
                )
            )
        state = reconciliation_state(account)
        if state is not None:
            document["open_lines"] = state.open_line_count
        out.answer(document, *told)
    return 0


def _note_profiles(mutual: Mutual, out: Output) -> None:
    """What may follow ``--profile`` here: the refusal itself names the banks, not their codes."""
    from entraide.apps.banking.statement_files import profiles

    for each in profiles(mutual):
        title = each.title.fr if out.language == "fr" else each.title.en
        out.note(f"--profile {each.profile}  {title}")


def _content(name: str) -> bytes:
    try:
        return Path(name).read_bytes()
    except FileNotFoundError:
        raise Refusal("FILE_NOT_FOUND", file=name) from None
    except (OSError, ValueError):  # a folder, no right to read it, a name with a null byte
        raise Refusal("FILE_UNREADABLE", file=name) from None


def _mutual(code: str) -> Mutual:
    from entraide.apps.schemes.models import Mutual
    from entraide.apps.schemes.selectors import mutual_by_code

    if code:
        return mutual_by_code(code)
    found = list(Mutual.objects.order_by("code")[:20])
    if len(found) != 1:
        known = ", ".join(mutual.code for mutual in found) or "—"
        raise Refusal("MUTUAL_NOT_SAID", place="--mutual", known=known)
    return found[0]


def _account(mutual: Mutual, name: str, content: bytes, format: str) -> BankAccount:
    """The account named, else the one whose number is in the file, else the only one."""
    from entraide.apps.banking.selectors import bank_account_named, bank_accounts
    from entraide.apps.banking.statement_files import AUTO, read_file, same_identifier

    accounts = list(bank_accounts(mutual))
    known = ", ".join(account.name for account in accounts) or "—"
    if name:
        try:
            return bank_account_named(mutual, name)
        except Refusal:
            raise Refusal("ACCOUNT_UNKNOWN", place="--account", name=name, known=known) from None
    profiles = {account.csv_profile for account in accounts if account.csv_profile}
    csv_code = profiles.pop() if len(profiles) == 1 and format == AUTO else ""
    _format, file = read_file(mutual, content, format=format, csv_code=csv_code)
    numbers = [statement.account_id for statement in file.statements if statement.account_id]
    named = [
        account
        for account in accounts
        if any(same_identifier(account.identifier, number) for number in numbers)
    ]
    candidates = named or ([] if numbers else accounts)
    if len(candidates) != 1:
        raise Refusal(
            "ACCOUNT_NOT_SAID",
            place="--account",
            found=", ".join(numbers) or "—",
            known=known,
        )
    return candidates[0]


def _document(plan: ImportPlan, account: BankAccount, *, is_dry_run: bool) -> dict[str, Any]:
    return {
        "mutual": account.mutual.code,
        "account": account.name,
        "format": plan.format,
        "is_dry_run": is_dry_run,
        "new_lines": plan.new_count,
        "known_lines": plan.known_count,
        "other_accounts": plan.other_count,
        "statements": [
            {
                "reference": statement.reference,
                "opening_on": statement.opening_on,
                "closing_on": statement.closing_on,
                "opening_minor": statement.opening_minor,
                "closing_minor": statement.closing_minor,
                "lines": len(statement.rows),
            }
            for statement in plan.statements
        ],
    }


def _lines(plan: ImportPlan, account: BankAccount, out: Output, *, is_dry_run: bool) -> list[str]:
    data = {"new": plan.new_count, "known": plan.known_count, "account": account.name}
    if not plan.statements:
        return [
            out.text(
                "{account}: all the {known} {known:line|lines} of this file were already there. "
                "Nothing was added.",
                **data,
            )
        ]
    if is_dry_run:
        return [
            out.text(
                "{account}: the file would add {new} {new:line|lines} ({known} already there). "
                "Nothing was written.",
                **data,
            )
        ]
    return [
        out.text("{account}: {new} {new:line|lines} added ({known} already there).", **data),
        out.text(
            "Balance of the bank on {on}: {closing_minor}.",
            on=plan.statements[-1].closing_on,
            closing_minor=plan.statements[-1].closing_minor,
            currency=account.currency,
        ),
    ]
