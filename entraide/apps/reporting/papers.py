"""From an entry of the books to the paper that it stands for, and to the names of its parties."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from entraide.apps.access.models import User
from entraide.apps.access.records import MutualRecord
from entraide.apps.claims.models import Claim
from entraide.apps.contributions.models import (
    BankDeposit,
    CashHandover,
    CashRefund,
    CashShortage,
    CashSurplus,
    CollectionSlip,
    ContributionDue,
    ContributionPayment,
    GroupPayment,
    OpeningAdvance,
    PaymentReassignment,
    ShortageSettlement,
    SurplusClearance,
)
from entraide.apps.enrolment.models import Household
from entraide.apps.ledger.models import Entry
from entraide.apps.providers.models import Provider
from entraide.apps.settlement.models import (
    IncentiveAward,
    Payout,
    SubsidyCredit,
    SubsidyInvoice,
    SubsidyPayment,
    SubsidyReceipt,
    SubsidyRepayment,
    UnclaimedRefund,
)
from entraide.core.ledger import EntryKind

# Kind of entry → where its paper may be: the register, its records, the path to the uid.
_Source = tuple[str, type[MutualRecord], str]
_REGISTERS: dict[str, tuple[_Source, ...]] = {
    EntryKind.CONTRIBUTION_RAISED: (("due", ContributionDue, "uid"),),
    EntryKind.CONTRIBUTION_PAID: (("receipt", ContributionPayment, "uid"),),
    EntryKind.CONTRIBUTION_REASSIGNED: (("receipt", PaymentReassignment, "payment__uid"),),
    EntryKind.CASH_DEPOSITED: (
        ("slip", CollectionSlip, "uid"),
        ("bank-deposit", BankDeposit, "uid"),
        ("handover", CashHandover, "uid"),
        ("receipt", CashRefund, "payment__uid"),
    ),
    EntryKind.GROUP_SUM_RECEIVED: (("lump-sum", GroupPayment, "uid"),),
    EntryKind.CASH_SHORTAGE: (("shortage", CashShortage, "uid"),),
    EntryKind.SHORTAGE_REPAID: (("shortage", ShortageSettlement, "shortage__uid"),),
    EntryKind.SHORTAGE_WRITTEN_OFF: (("shortage", ShortageSettlement, "shortage__uid"),),
    EntryKind.SUSPENSE: (("surplus", CashSurplus, "uid"),),
    EntryKind.SUSPENSE_CLEARED: (("surplus", SurplusClearance, "surplus__uid"),),
    EntryKind.ADVANCE_CARRIED_OVER: (("household", OpeningAdvance, "household__uid"),),
    EntryKind.CLAIM_APPROVED: (("claim", Claim, "uid"),),
    EntryKind.PAYOUT_MADE: (("payout", Payout, "uid"),),
    EntryKind.SHARE_INVOICED: (("subsidy", SubsidyInvoice, "uid"),),
    EntryKind.SHARE_CREDITED: (("subsidy", SubsidyCredit, "invoice__uid"),),
    EntryKind.SHARE_RECEIVED: (("subsidy", SubsidyReceipt, "invoice__uid"),),
    EntryKind.SHARE_PASSED_ON: (("subsidy", SubsidyPayment, "invoice__uid"),),
    EntryKind.SHARE_REPAID: (("subsidy", SubsidyRepayment, "invoice__uid"),),
    EntryKind.INCENTIVE_AWARDED: (("convention", IncentiveAward, "term__agreement__uid"),),
    EntryKind.REFUND_SET_ASIDE: (("payout", UnclaimedRefund, "payout__uid"),),
}


@dataclass(frozen=True, slots=True)
class Paper:
    """The record behind an entry: ``register`` is the page that shows it: due, receipt, slip …"""

    register: str
    document_number: str
    uid: UUID


def paper_of(entry: Entry) -> Paper | None:
    """The record that posted an entry (for a reversal, what it takes back); None for an operation
    made in the books themselves. One query, a few for money that moved between accounts."""
    source = entry.reverses or entry
    number = source.document_number
    for register, model, path in _REGISTERS.get(source.kind, ()):
        found = model.objects.filter(mutual=entry.mutual_id, document_number=number)  # type: ignore[attr-defined]
        uid = found.values_list(path, flat=True).first()
        if uid is not None:
            return Paper(register, number, uid)
    return _claim_posted_again(source)


def _claim_posted_again(entry: Entry) -> Paper | None:
    """The claim of an entry that bears its second number: approved again."""
    if entry.kind != EntryKind.CLAIM_APPROVED:
        return None
    posted = Q(entry=entry) | Q(again__entry=entry)
    claim = Claim.objects.filter(posted, mutual=entry.mutual_id).first()
    return Paper("claim", entry.document_number, claim.uid) if claim is not None else None


@dataclass(frozen=True, slots=True)
class Party:
    """Whose a posting is: a family or a lump sum (its number), or a provider or a
    person who held cash (the name)."""

    kind: str
    name: str
    uid: UUID


def parties_of(entry: Entry) -> dict[str, Party]:
    """Whose the postings of an entry are, by code (``household:<uid>``). Four queries."""
    codes = {posting.party for posting in entry.postings.all() if posting.party}
    families = Household.objects.filter(
        mutual=entry.mutual_id, uid__in=_uids(codes, "household")
    ).values_list("uid", "number")
    providers = Provider.objects.filter(uid__in=_uids(codes, "provider")).values_list("uid", "name")
    lump_sums = GroupPayment.objects.filter(
        mutual=entry.mutual_id, uid__in=_uids(codes, "group_sum")
    ).values_list("uid", "document_number")
    holders = [(user.uid, str(user)) for user in User.objects.filter(uid__in=_uids(codes, "user"))]
    registers = (
        ("household", families),
        ("provider", providers),
        ("group_sum", lump_sums),
        ("user", holders),
    )
    return {
        f"{kind}:{uid}": Party(kind, name, uid) for kind, rows in registers for uid, name in rows
    }


def _uids(codes: Iterable[str], kind: str) -> list[UUID]:
    return [UUID(uid) for found, _colon, uid in map(_parts, codes) if found == kind]


def _parts(code: str) -> tuple[str, str, str]:
    return code.partition(":")
