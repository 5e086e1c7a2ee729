"""What policies cost and what premiums brought: dues and receipts, posted by the ordinary rules.

Everything stands in the journal ``MIGRATION``: a due as ``OI-APP-<policy>``, a receipt as
``OI-<receipt>``. The amounts are openIMIS's own: ``PolicyValue`` is due, ``Amount`` was received.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Q, Sum

from entraide.apps.access.prepared_writes import write_many
from entraide.apps.contributions.allocation import (
    OpenDue,
    PaidPart,
    allocate_payment,
    payment_entry,
)
from entraide.apps.contributions.dues import DueDraft, due_entry, party_of
from entraide.apps.contributions.models import (
    Channel,
    ContributionDue,
    ContributionPayment,
    DueKind,
    Payer,
    PaymentAllocation,
)
from entraide.apps.enrolment.facts import person_facts
from entraide.apps.enrolment.models import Membership, Person
from entraide.apps.ledger.models import Entry
from entraide.apps.ledger.selectors import account_for
from entraide.apps.ledger.services import Draft, post_entries_in_bulk
from entraide.apps.schemes.selectors import rules_of
from entraide.core import ledger
from entraide.core.enrolment import composition_of
from entraide.core.ledger import AccountRole, Journal
from entraide.core.money import rate_of
from entraide.core.posting_rules import Treasury
from entraide.core.rating import contribution_due
from entraide.exchange.openimis.reading import Row, distinct_codes
from entraide.exchange.openimis.tables import PAYERS, POLICIES, PREMIUMS
from entraide.exchange.openimis.takeover import Takeover

_CASH = (Channel.CASH, AccountRole.CASH)
_CHANNELS = {
    "C": _CASH,
    "B": (Channel.BANK, AccountRole.BANK),
    "M": (Channel.MOBILE_MONEY, AccountRole.MOBILE_MONEY),
    "F": (Channel.BANK, AccountRole.BANK),  # funding
}
_RENEWAL = "R"


@dataclass
class _Account:
    """The dues of one membership while receipts are shared between them.

    ``dues`` are records, saved or not; ``fund_paid`` goes by their document number.
    """

    membership: Membership
    policy: Row
    dues: list[ContributionDue] = field(default_factory=list)
    made: list[ContributionDue] = field(default_factory=list)
    fund_paid: dict[str, int] = field(default_factory=dict)

    @property
    def open_dues(self) -> list[OpenDue]:
        return [
            OpenDue(
                key=due,
                kind=due.kind,
                due_on=due.due_on,
                document_number=due.document_number,
                amount_minor=due.amount_minor,
                fund_share_minor=due.fund_share_minor,
                paid_minor=due.paid_minor,
                fund_paid_minor=self.fund_paid.get(due.document_number, 0),
            )
            for due in self.dues
        ]

    @property
    def remaining_minor(self) -> int:
        return sum(due.amount_minor - due.paid_minor for due in self.dues)

    def owe(self, kind: DueKind, amount_minor: int) -> None:
        """One more due; a contribution follows the product's split, fees go to running costs."""
        if amount_minor == 0:
            return
        membership = self.membership
        product = rules_of(membership.product_version).on(membership.effective_from)
        rate = product.fund_share_rate if kind is DueKind.CONTRIBUTION else Decimal(0)
        fund_minor = rate_of(amount_minor, rate)
        draft = DueDraft(
            kind=kind,
            payer=Payer.HOUSEHOLD,
            instalment=1,
            due_on=membership.effective_from,
            cover_from=membership.effective_from,
            cover_until=membership.effective_until,
            amount_minor=amount_minor,
            fund_share_minor=fund_minor,
            running_share_minor=amount_minor - fund_minor,
            fund_share_rate=str(rate),
        )
        rank = f"-{len(self.dues) + 1}" if self.dues else ""
        due = ContributionDue(
            mutual_id=membership.mutual_id,
            membership=membership,
            household=membership.household,
            document_number=f"OI-APP-{self.policy.key}{rank}",
            **draft.fields(),
        )
        self.dues.append(due)
        self.made.append(due)

    def pay(self, amount_minor: int, currency: str) -> tuple[PaidPart, ...]:
        """Share a receipt between the dues, the oldest first."""
        parts = allocate_payment(amount_minor, self.open_dues, currency=currency)
        for part in parts:
            number = part.key.document_number
            part.key.paid_minor += part.amount_minor
            self.fund_paid[number] = self.fund_paid.get(number, 0) + part.fund_share_minor
        return parts


def take_money(
    takeover: Takeover,
    memberships: Mapping[int, Membership],
    made: frozenset[int],
    persons: Iterable[Person],
) -> None:
    """The dues of the memberships just made, and every receipt not yet imported."""
    premiums, present = _importable(takeover, memberships)
    accounts = _accounts(takeover, memberships, made, {row["PolicyID"] for row in premiums})
    _owe(takeover, accounts, made, persons, premiums)
    receipts: list[tuple[Row, tuple[PaidPart, ...]]] = []
    for row in premiums:
        account = accounts[row["PolicyID"]]
        excess_minor = row["Amount"] - account.remaining_minor
        if excess_minor > 0:
            takeover.report.leave(row, "OI_PAID_ABOVE_VALUE", "Amount")
            account.owe(DueKind.CONTRIBUTION, excess_minor)
        receipts.append((row, account.pay(row["Amount"], takeover.mutual.currency)))
    _record_dues(takeover, accounts.values())
    _record_receipts(takeover, accounts, receipts)
    takeover.done("contributions", len(receipts), present)
    takeover.report.imported["contributions_minor"] += sum(row["Amount"] for row, _ in receipts)


def _importable(takeover: Takeover, memberships: Mapping[int, Membership]) -> tuple[list[Row], int]:
    """The premiums to import in the order in which they were paid, and how many are there."""
    known = set(
        ContributionPayment.objects.filter(mutual=takeover.mutual).values_list("uid", flat=True)
    )
    rows = takeover.fresh(PREMIUMS, "PremiumUUID", known)
    found: list[Row] = []
    for row in rows:
        if row["PolicyID"] not in memberships:
            takeover.report.leave(row, "OI_POLICY_GONE", "PolicyID")
        elif row["Amount"] == 0:
            takeover.report.leave(row, "OI_AMOUNT_ZERO", "Amount")
        else:
            found.append(row)
    present = len(takeover.reading[PREMIUMS]) - len(rows)
    return sorted(found, key=lambda row: (row["PayDate"], row.key)), present


def _accounts(
    takeover: Takeover,
    memberships: Mapping[int, Membership],
    made: frozenset[int],
    paid: set[int],
) -> dict[int, _Account]:
    """An account for each new membership and for each that receives money, with its dues."""
    policies = takeover.reading[POLICIES]
    accounts = {key: _Account(memberships[key], policies[key]) for key in sorted(made | paid)}
    older = {memberships[key].pk: accounts[key] for key in accounts.keys() - made}
    standing = Q(allocations__payment__reversed_on__isnull=True)
    dues = ContributionDue.objects.filter(
        membership_id__in=older, payer=Payer.HOUSEHOLD, cancelled_on__isnull=True
    ).annotate(fund_paid=Sum("allocations__fund_share_minor", filter=standing, default=0))
    for due in dues.order_by("pk"):
        account = older[due.membership_id]
        account.dues.append(due)
        account.fund_paid[due.document_number] = due.fund_paid
    return accounts


def _owe(
    takeover: Takeover,
    accounts: Mapping[int, _Account],
    made: frozenset[int],
    persons: Iterable[Person],
    premiums: Iterable[Row],
) -> None:
    """What each new policy costs: its value, fees told apart; photo fees come besides."""
    by_household: dict[int, list[Person]] = defaultdict(list)
    for person in persons:
        by_household[person.household_id].append(person)
    paid: dict[int, int] = defaultdict(int)
    photo_fees: dict[int, int] = defaultdict(int)
    for row in premiums:
        (photo_fees if row["isPhotoFee"] else paid)[row["PolicyID"]] += row["Amount"]
    for key in sorted(made):
        account = accounts[key]
        value = account.policy["PolicyValue"]
        if value is None:
            takeover.report.leave(account.policy, "OI_VALUE_FROM_RECEIPTS", "PolicyValue")
            value = paid[key]
        joining, assembly = _fees(account, by_household[account.membership.household_id])
        if joining + assembly > value:
            joining = assembly = 0
        account.owe(DueKind.CONTRIBUTION, value - joining - assembly)
        account.owe(DueKind.JOINING_FEE, joining + photo_fees[key])
        account.owe(DueKind.ASSEMBLY_FEE, assembly)


def _fees(account: _Account, persons: list[Person]) -> tuple[int, int]:
    """The joining and assembly fees that the product asks of this household."""
    membership = account.membership
    product = rules_of(membership.product_version).on(membership.effective_from)
    composition = composition_of(
        (person_facts(person) for person in persons),
        product.membership,
        max(membership.effective_from, membership.enrolled_on),
        is_first_enrolment=account.policy["PolicyStage"] != _RENEWAL,
    )
    if composition.persons == 0:
        return 0, 0
    breakdown = contribution_due(product, composition)
    return breakdown.joining_fee_minor, breakdown.assembly_fee_minor


def in_migration(entry: ledger.Entry) -> ledger.Entry:
    """The same entry in the journal of what was taken over."""
    return dataclasses.replace(entry, journal=Journal.MIGRATION)


def _record_dues(takeover: Takeover, accounts: Iterable[_Account]) -> None:
    made, changed, drafts = [], [], []
    for account in accounts:
        changed += [due for due in account.dues if due.pk is not None]
        for due in account.made:
            fields = {name: getattr(due, name) for name in DueDraft.__dataclass_fields__}
            entry = due_entry(
                DueDraft(**fields),
                document_number=due.document_number,
                occurred_on=account.membership.enrolled_on,
                party=party_of(due.household.uid),
                label=due.household.number,
            )
            made.append(due)
            drafts.append(Draft(in_migration(entry), takeover.on, takeover.actor))
    post_entries_in_bulk(mutual=takeover.mutual, drafts=drafts)
    write_many(ContributionDue, made)
    ContributionDue.objects.bulk_update(changed, ["paid_minor"])


def _record_receipts(
    takeover: Takeover,
    accounts: Mapping[int, _Account],
    receipts: list[tuple[Row, tuple[PaidPart, ...]]],
) -> None:
    numbers = free_numbers(takeover, [row for row, _ in receipts], PREMIUMS.name, "Receipt")
    payments: list[ContributionPayment] = []
    drafts: list[Draft] = []
    for row, parts in receipts:
        household = accounts[row["PolicyID"]].membership.household
        payment = _payment(takeover, row, numbers[row.key])
        payment.household = household
        entry = payment_entry(
            parts,
            document_number=payment.document_number,
            occurred_on=payment.paid_on,
            treasury=Treasury(AccountRole(payment.treasury_account.role)),
            party=party_of(household.uid),
            payer=payment.payer,
            label=household.number,
        )
        payments.append(payment)
        drafts.append(Draft(in_migration(entry), takeover.on, takeover.actor))
    entries = post_entries_in_bulk(mutual=takeover.mutual, drafts=drafts)
    for payment, entry_row in zip(payments, entries, strict=True):
        payment.entry = entry_row
    write_many(ContributionPayment, payments)
    write_many(
        PaymentAllocation,
        (
            PaymentAllocation(
                mutual=takeover.mutual,
                payment=payment,
                due=part.key,
                amount_minor=part.amount_minor,
                fund_share_minor=part.fund_share_minor,
                running_share_minor=part.running_share_minor,
            )
            for payment, (_, parts) in zip(payments, receipts, strict=True)
            for part in parts
        ),
    )


def _payment(takeover: Takeover, row: Row, document_number: str) -> ContributionPayment:
    if row["PayType"] not in _CHANNELS:
        takeover.report.leave(row, "OI_PAY_TYPE_UNKNOWN", "PayType")
    channel, role = _CHANNELS.get(row["PayType"], _CASH)
    payer = takeover.reading[PAYERS].get(row["PayerID"])
    if row["PayerID"] is not None and payer is None:
        takeover.report.leave(row, "OI_PAYER_GONE", "PayerID")
    return ContributionPayment(
        uid=takeover.uid(row, "PremiumUUID"),
        mutual=takeover.mutual,
        document_number=document_number,
        payer=Payer.HOUSEHOLD,
        payer_name=payer["PayerName"] if payer is not None else "",
        channel=channel,
        treasury_account=account_for(takeover.mutual, role),
        paid_on=row["PayDate"],
        amount_minor=row["Amount"],
        received_by=takeover.actor,
    )


def free_numbers(
    takeover: Takeover, rows: Iterable[Row], table: str, column: str
) -> dict[int, str]:
    """``OI-<number of the paper>`` for each row; one that is taken gets the row's key after it."""
    codes, shared = distinct_codes({row.key: row for row in rows}, column)
    takeover.leave_all(shared, "OI_NUMBER_SHARED", column)
    wanted = {key: f"OI-{code}" for key, code in codes.items()}
    taken = set(
        Entry.objects.filter(mutual=takeover.mutual, document_number__startswith="OI-").values_list(
            "document_number", flat=True
        )
    )
    by_key = {row.key: row for row in rows}
    for key, number in wanted.items():
        if number in taken:
            takeover.report.leave(by_key[key], "OI_NUMBER_SHARED", column)
            wanted[key] = f"{number}-{table.removeprefix('tbl')}-{key}"
    return wanted
