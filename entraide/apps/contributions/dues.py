"""What a cover makes due, payer by payer and instalment by instalment: plain values, no query.

Used by the services one household at a time and by bulk writers thousands at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from entraide.apps.contributions.models import ContributionDue, DueKind, Payer
from entraide.core import posting_rules, rating
from entraide.core.ledger import AccountRole, Entry
from entraide.core.money import allocate, rate_of
from entraide.core.periods import Period, add_months
from entraide.core.product import Product
from entraide.core.rating import DueBreakdown, HouseholdComposition

_PAYERS = {
    rating.Payer.HOUSEHOLD: Payer.HOUSEHOLD,
    rating.Payer.EMPLOYER: Payer.EMPLOYER,
    rating.Payer.SUBSIDY: Payer.STATE,
    rating.Payer.SPONSOR: Payer.SPONSOR,
}
_IN_ONE_PART = frozenset({Payer.STATE, Payer.SPONSOR})


@dataclass(frozen=True, slots=True)
class DueDraft:
    """One due before it has a number: ``amount = fund_share + running_share``, in minor units."""

    kind: DueKind
    payer: Payer
    instalment: int
    due_on: date
    cover_from: date
    cover_until: date
    amount_minor: int
    fund_share_minor: int
    running_share_minor: int
    fund_share_rate: str
    payer_name: str = ""

    def fields(self) -> dict[str, Any]:
        """The columns of ``ContributionDue`` that the draft fills."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


def due_drafts(
    product: Product, composition: HouseholdComposition, period: Period
) -> tuple[DueDraft, ...]:
    """Everything due for a cover: fees first, then each payer's contribution in its instalments.

    ``product`` is the one in force on the first day of the cover: its fund share is written on
    each due and never changes with later rates. The State and a sponsor pay their part at once,
    and so does a household that chose to.
    """
    breakdown = rating.contribution_due(product, composition)
    count = 1 if composition.pays_at_once else product.contribution.instalment_count
    return (
        *_fees(breakdown, product, period),
        *_contributions(breakdown, product, period, count),
    )


def _fees(breakdown: DueBreakdown, product: Product, period: Period) -> Iterator[DueDraft]:
    for kind, amount_minor in (
        (DueKind.JOINING_FEE, breakdown.joining_fee_minor),
        (DueKind.ASSEMBLY_FEE, breakdown.assembly_fee_minor),
    ):
        if amount_minor > 0:
            yield DueDraft(
                kind=kind,
                payer=Payer.HOUSEHOLD,
                instalment=1,
                due_on=period.start,
                cover_from=period.start,
                cover_until=period.until,
                amount_minor=amount_minor,
                fund_share_minor=0,
                running_share_minor=amount_minor,
                fund_share_rate="0",
            )


def _contributions(
    breakdown: DueBreakdown, product: Product, period: Period, household_count: int
) -> Iterator[DueDraft]:
    without_fees = replace(breakdown, joining_fee_minor=0, assembly_fee_minor=0)
    for rated_payer, payer in _PAYERS.items():
        count = product.contribution.instalment_count
        if payer is Payer.HOUSEHOLD:
            count = household_count
        elif payer in _IN_ONE_PART:
            count = 1
        months = product.contribution.instalment_months
        parts = rating.instalments(without_fees, count, period, rated_payer, months)
        for number, part in enumerate(parts, start=1):
            yield DueDraft(
                kind=DueKind.CONTRIBUTION,
                payer=payer,
                instalment=number,
                due_on=part.due_on,
                cover_from=period.start,
                cover_until=period.until,
                amount_minor=part.amount_minor,
                fund_share_minor=part.fund_share_minor,
                running_share_minor=part.running_share_minor,
                fund_share_rate=str(product.fund_share_rate),
            )


def further_due_drafts(
    product: Product,
    before: HouseholdComposition,
    after: HouseholdComposition,
    period: Period,
    entered_on: date,
) -> tuple[DueDraft, ...]:
    """What a person who enters during the cover adds, due on the day they enter.

    Fees in full; of the contribution, the difference of price in proportion to the months that
    remain, a month begun counting whole. Rounded half up once for the amount and once for its
    fund share, payer by payer. Nothing when the price does not depend on persons.
    """
    was, now = (rating.contribution_due(product, each) for each in (before, after))
    total, remaining = _months(period, entered_on)
    remainder = Period(max(entered_on, period.start), period.until)
    difference = replace(
        now,
        joining_fee_minor=now.joining_fee_minor - was.joining_fee_minor,
        assembly_fee_minor=now.assembly_fee_minor - was.assembly_fee_minor,
    )
    drafts = list(_fees(difference, product, remainder))
    for rated_payer, payer in _PAYERS.items():
        full_minor = now.share_of(rated_payer).amount_minor - was.share_of(rated_payer).amount_minor
        if full_minor <= 0:
            continue
        amount_minor = (2 * full_minor * remaining + total) // (2 * total)  # half up, in integers
        fund_minor = rate_of(amount_minor, product.fund_share_rate)
        if amount_minor > 0:
            drafts.append(
                DueDraft(
                    kind=DueKind.CONTRIBUTION,
                    payer=payer,
                    instalment=1,
                    due_on=remainder.start,
                    cover_from=remainder.start,
                    cover_until=remainder.until,
                    amount_minor=amount_minor,
                    fund_share_minor=fund_minor,
                    running_share_minor=amount_minor - fund_minor,
                    fund_share_rate=str(product.fund_share_rate),
                )
            )
    return tuple(drafts)


def supplement_draft(
    product: Product, payer: Payer, amount_minor: int, period: Period, due_on: date
) -> DueDraft:
    """What a corrected birth adds to the price of a cover, due on the day of the correction."""
    fund_minor = rate_of(amount_minor, product.fund_share_rate)
    return DueDraft(
        kind=DueKind.CONTRIBUTION,
        payer=payer,
        instalment=1,
        due_on=due_on,
        cover_from=period.start,
        cover_until=period.until,
        amount_minor=amount_minor,
        fund_share_minor=fund_minor,
        running_share_minor=amount_minor - fund_minor,
        fund_share_rate=str(product.fund_share_rate),
    )


def lowered_draft(due: ContributionDue, by_minor: int) -> DueDraft | None:
    """An open due with ``by_minor`` less, its fund share in proportion; None when nothing is left.

    It replaces the due, which is taken back by a reversal.
    """
    left_minor = due.amount_minor - by_minor
    if left_minor <= 0:
        return None
    fund_minor = allocate(due.fund_share_minor, [left_minor, by_minor])[0]
    kept = {
        name: getattr(due, name) for name in ("instalment", "due_on", "cover_from", "cover_until")
    }
    return DueDraft(
        kind=DueKind(due.kind),
        payer=Payer(due.payer),
        amount_minor=left_minor,
        fund_share_minor=fund_minor,
        running_share_minor=left_minor - fund_minor,
        fund_share_rate=due.fund_share_rate,
        payer_name=due.payer_name,
        **kept,
    )


def _months(period: Period, day: date) -> tuple[int, int]:
    """The months of a period, and those not yet gone by on a day, the month begun included."""
    total = 1
    while add_months(period.start, total) < period.until:
        total += 1
    gone = 0
    while gone < total - 1 and add_months(period.start, gone + 1) <= day:
        gone += 1
    return total, total - gone


def moved_drafts(
    due: ContributionDue, rate: Decimal, payer: Payer | None, payer_name: str
) -> tuple[DueDraft, ...]:
    """An open due dealt out anew: ``rate`` of it to another payer, the rest to the household.

    Without payer the mutual gives that part up: it is owed by nobody.

    Rounded half up once; the fund share follows the amounts in proportion, to the last unit.
    """
    moved_minor = rate_of(due.amount_minor, rate)
    amounts = [due.amount_minor - moved_minor, moved_minor]
    funds = allocate(due.fund_share_minor, amounts)
    whom = ((Payer.HOUSEHOLD, ""), (payer, payer_name))
    return tuple(
        DueDraft(
            kind=DueKind(due.kind),
            payer=each,
            instalment=due.instalment,
            due_on=due.due_on,
            cover_from=due.cover_from,
            cover_until=due.cover_until,
            amount_minor=amount,
            fund_share_minor=fund,
            running_share_minor=amount - fund,
            fund_share_rate=due.fund_share_rate,
            payer_name=name,
        )
        for (each, name), amount, fund in zip(whom, amounts, funds, strict=True)
        if amount > 0 and each is not None
    )


def due_entry(
    draft: DueDraft, *, document_number: str, occurred_on: date, party: str, label: str = ""
) -> Entry:
    """The entry of one due: receivable / income in each fund."""
    is_fee = draft.kind is not DueKind.CONTRIBUTION
    is_subsidy = draft.payer is Payer.STATE
    return posting_rules.contribution_raised(
        document_number=document_number,
        occurred_on=occurred_on,
        party=party,
        fund_share_minor=draft.fund_share_minor,
        running_share_minor=0 if is_fee else draft.running_share_minor,
        fees_minor=draft.running_share_minor if is_fee else 0,
        receivable=receivable_of(draft.payer),
        income=AccountRole.SUBSIDY_INCOME if is_subsidy else AccountRole.CONTRIBUTION_INCOME,
        label=label,
    )


def receivable_of(payer: str) -> AccountRole:
    """Which receivable a payer's debt stands in: the members' or the other payers'."""
    if payer == Payer.HOUSEHOLD:
        return AccountRole.MEMBERS_RECEIVABLE
    return AccountRole.PAYERS_RECEIVABLE


def party_of(household_uid: object) -> str:
    """How the books name a household."""
    return f"household:{household_uid}"
