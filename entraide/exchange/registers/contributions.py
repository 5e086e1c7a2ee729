"""Contributions received by another program: each a due wholly paid, in the journal of migration.

What was paid before is not called again and pays nothing of today: each receipt brings its own
due, ``<system>-APP-<receipt>``, and pays it, ``<system>-<receipt>``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from entraide.apps.access.prepared_writes import write_many
from entraide.apps.contributions.allocation import PaidPart, payment_entry
from entraide.apps.contributions.dues import party_of
from entraide.apps.contributions.models import (
    Channel,
    ContributionDue,
    ContributionPayment,
    DueKind,
    Payer,
    PaymentAllocation,
)
from entraide.apps.enrolment.models import Membership
from entraide.apps.ledger.models import Account, Entry
from entraide.apps.ledger.selectors import account_for
from entraide.apps.ledger.services import Draft, post_entries_in_bulk
from entraide.apps.takeover.families import in_migration, owed_draft, write_dues
from entraide.apps.takeover.models import ImportRun
from entraide.apps.takeover.rows import Kept, content_hash, keep_rows, known_rows
from entraide.core.ledger import AccountRole
from entraide.core.paper_numbers import paper_number_faults
from entraide.core.posting_rules import Treasury
from entraide.exchange.registers.cards import covers_by_household, households_by_number
from entraide.exchange.registers.plan import Action, Asked, Line, Plan
from entraide.files.cell_values import plain
from entraide.files.table_reading import TableRow

_AT_A_TIME = 1000
_ROLE_OF_CHANNEL = {
    Channel.CASH: AccountRole.CASH,
    Channel.BANK: AccountRole.BANK,
    Channel.MOBILE_MONEY: AccountRole.MOBILE_MONEY,
    Channel.LENDER: AccountRole.BANK,
    Channel.GROUP: AccountRole.BANK,
}


@dataclass(frozen=True, slots=True)
class _Receipt:
    """A receipt that will be written, with the cover that it is for."""

    row: TableRow
    key: str
    membership: Membership
    kind: DueKind
    channel: Channel


def plan_contributions(asked: Asked) -> Plan:
    """The receipts that a table would bring; those of families not here are faults."""
    plan, profile = Plan(asked), asked.table.profile
    keys = {row.number: f"{profile.system}-{_number(row)}"[:60] for row in asked.table.rows}
    known = known_rows(asked.mutual, "contributions", keys.values())
    homes = households_by_number(
        asked.mutual, [row.text("household_number") for row in asked.table.rows]
    )
    covers = covers_by_household(homes.values())
    receipts: list[_Receipt] = []
    for row in asked.table.rows:
        key = keys[row.number]
        before = known.get(key)
        if before is not None:
            plan.lines.append(_line(row, key, Action.KNOWN))
            if before.content_hash != content_hash(row.values):
                plan.faults.append(row.fault("RECEIPT_SAID_OTHERWISE", "receipt_number",
                                             number=_number(row)))  # fmt: skip
            continue
        receipt = _receipt(asked, plan, row, key, homes, covers)
        if receipt is not None:
            receipts.append(receipt)
            plan.lines.append(_line(row, key, Action.PAY, receipt.membership))
    _require_free_numbers(asked, plan, receipts)
    plan.counts["payments"] = len(receipts)
    plan.counts["payments_minor"] = sum(each.row.values["amount_minor"] for each in receipts)
    plan.counts["known"] = sum(line.action is Action.KNOWN for line in plan.lines)
    plan.write = lambda run: _write(asked, run, receipts)
    return plan


def _number(row: TableRow) -> str:
    """The receipt's number; without one, what tells the payment from others."""
    if row.text("receipt_number"):
        return row.text("receipt_number")
    day = row.values["paid_on"]
    return f"{row.text('household_number')}-{day:%Y%m%d}-{row.values['amount_minor']}"


def _receipt(
    asked: Asked, plan: Plan, row: TableRow, key: str, homes: Any, covers: Any
) -> _Receipt | None:
    household = homes.get(row.text("household_number"))
    day = row.values["paid_on"]
    if household is None:
        plan.faults.append(row.fault("FAMILY_NOT_HERE", "household_number",
                                     number=row.text("household_number")))  # fmt: skip
    if day > asked.on:
        plan.faults.append(row.fault("DATE_IN_FUTURE", "paid_on", day=day, on=asked.on))
    if row.values["amount_minor"] <= 0:
        plan.faults.append(row.fault("PAYMENT_NOT_POSITIVE", "amount_minor",
                                     amount_minor=row.values["amount_minor"],
                                     currency=asked.mutual.currency))  # fmt: skip
    for fault in paper_number_faults({"receipt_number": row.text("receipt_number")}):
        plan.faults.append(row.fault(fault.code, fault.place, **fault.data))
    channel = meaning(plan, row, "channel", Channel.CASH.value)
    kind = meaning(plan, row, "nature", DueKind.CONTRIBUTION.value)
    own = covers.get(household.pk, []) if household is not None else []
    if household is not None and not own:
        plan.faults.append(row.fault("FAMILY_WITHOUT_COVER", "household_number",
                                     number=household.number))  # fmt: skip
    is_wrong = day > asked.on or row.values["amount_minor"] <= 0 or not own
    if is_wrong or channel is None or kind is None:
        return None
    begun = [each for each in own if each.effective_from <= day]
    return _Receipt(row, key, (begun or own)[-1 if begun else 0], DueKind(kind), Channel(channel))


def meaning(plan: Plan, row: TableRow, field: str, default: str) -> str | None:
    """What a word of the table means by its profile; None, with a fault, for an unknown word."""
    word = plain(row.text(field))
    if not word:
        return default
    profile = plan.asked.table.profile
    words = profile.words(field)
    if word in words:
        return words[word]
    known = ", ".join(sorted(profile.values.get(field, {}), key=plain))
    plan.faults.append(row.fault("WORD_UNKNOWN", field, text=row.text(field), known=known))
    return None


def _require_free_numbers(asked: Asked, plan: Plan, receipts: Sequence[_Receipt]) -> None:
    """Receipts whose document number stands in the accounts, or twice in the table itself."""
    wanted: dict[str, TableRow] = {}
    for each in receipts:
        first = wanted.setdefault(each.key, each.row)
        if first is not each.row:
            plan.faults.append(
                each.row.fault(
                    "KEY_TWICE", "receipt_number", text=_number(each.row), first=first.number
                )
            )
    keys = list(wanted)
    for start in range(0, len(keys), 500):
        taken = Entry.objects.filter(
            mutual=asked.mutual, document_number__in=keys[start : start + 500]
        )
        for number in taken.values_list("document_number", flat=True):
            plan.faults.append(wanted[number].fault("DOCUMENT_NUMBER_TAKEN", "receipt_number",
                                                    document_number=number))  # fmt: skip


def _line(row: TableRow, key: str, action: Action, membership: Membership | None = None) -> Line:
    household = membership.household if membership is not None else None
    return Line(
        action, row.place(), f"{_number(row)} {row.text('name')}".strip(), row=row.number, key=key,
        amount_minor=row.values["amount_minor"], day=row.values["paid_on"],
        household_uid=household.uid if household is not None else None,
        household_number=row.text("household_number"),
    )  # fmt: skip


def _write(asked: Asked, run: ImportRun, receipts: Sequence[_Receipt]) -> None:
    for start in range(0, len(receipts), _AT_A_TIME):
        _write_part(asked, run, receipts[start : start + _AT_A_TIME])
        done = min(start + _AT_A_TIME, len(receipts))
        asked.progress("payments", done, len(receipts))


def _write_part(asked: Asked, run: ImportRun, receipts: Sequence[_Receipt]) -> None:
    system = asked.table.profile.system
    dues = write_dues(
        mutual=asked.mutual,
        actor=asked.actor,
        on=asked.on,
        drafts=[
            (
                each.membership,
                owed_draft(
                    each.membership, each.row.values["amount_minor"], asked.versions,
                    kind=each.kind, due_on=each.row.values["paid_on"],
                ),
            )
            for each in receipts
        ],
        numbers=[f"{system}-APP-{each.key.removeprefix(system + '-')}"[:60] for each in receipts],
        days=[each.row.values["paid_on"] for each in receipts],
        is_migration=True,
    )  # fmt: skip
    payments = _payments(asked, receipts, dues)
    keep_rows(
        run,
        "contributions",
        (
            Kept(each.key, content_hash(each.row.values), "contributions.ContributionPayment",
                 payment.uid)
            for each, payment in zip(receipts, payments, strict=True)
        ),
    )  # fmt: skip


def _payments(
    asked: Asked, receipts: Sequence[_Receipt], dues: Sequence[ContributionDue]
) -> list[ContributionPayment]:
    accounts: dict[Channel, Account] = {}
    payments, parts, drafts = [], [], []
    for receipt, due in zip(receipts, dues, strict=True):
        if receipt.channel not in accounts:
            role = _ROLE_OF_CHANNEL[receipt.channel]
            accounts[receipt.channel] = account_for(asked.mutual, role)
        account, household = accounts[receipt.channel], receipt.membership.household
        part = PaidPart(due, due.amount_minor, due.fund_share_minor, due.running_share_minor)
        entry = payment_entry(
            [part], document_number=receipt.key, occurred_on=receipt.row.values["paid_on"],
            treasury=Treasury(AccountRole(account.role), account.key),
            party=party_of(household.uid), payer=Payer.HOUSEHOLD, label=household.number,
        )  # fmt: skip
        drafts.append(Draft(in_migration(entry), asked.on, asked.actor))
        payments.append(
            ContributionPayment(
                mutual=asked.mutual, document_number=receipt.key, household=household,
                payer=Payer.HOUSEHOLD, channel=receipt.channel, treasury_account=account,
                paid_on=receipt.row.values["paid_on"], amount_minor=due.amount_minor,
                received_by=asked.actor,
            )
        )  # fmt: skip
        parts.append(part)
    entries = post_entries_in_bulk(mutual=asked.mutual, drafts=drafts)
    for payment, entry_row in zip(payments, entries, strict=True):
        payment.entry = entry_row
    write_many(ContributionPayment, payments)
    write_many(
        PaymentAllocation,
        [
            PaymentAllocation(
                mutual=asked.mutual, payment=payment, due=part.key,
                amount_minor=part.amount_minor, fund_share_minor=part.fund_share_minor,
                running_share_minor=part.running_share_minor,
            )
            for payment, part in zip(payments, parts, strict=True)
        ],
    )  # fmt: skip
    for due in dues:
        due.paid_minor = due.amount_minor
    ContributionDue.objects.bulk_update(dues, ["paid_minor"], batch_size=200)
    return payments
