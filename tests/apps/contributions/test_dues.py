"""What a cover makes due, payer by payer; expected amounts are worked out by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from entraide.apps.contributions.dues import due_drafts, due_entry, further_due_drafts
from entraide.apps.contributions.models import DueKind, Payer
from entraide.core.ledger import AccountRole, FundCode, Side
from entraide.core.periods import Period
from entraide.core.product import ContributionKind, ContributionRule, MembershipRule, Product
from entraide.core.rating import HouseholdComposition

PERIOD = Period(date(2025, 3, 1), date(2026, 3, 1))


def product(**rule: object) -> Product:
    return Product(
        code="p",
        version="p@1",
        currency="XOF",
        contribution=ContributionRule(**rule),
        membership=MembershipRule(),
        benefits=(),
        fund_share_rate=Decimal("0.75"),
    )


EMPLOYER = product(
    kind=ContributionKind.PER_HOUSEHOLD,
    amount_minor=12001,
    joining_fee_minor=1000,
    employer_share_rate=Decimal("0.5"),
    instalment_count=12,
)
SUBSIDISED = product(
    kind=ContributionKind.PER_PERSON, amount_minor=2000, subsidy_minor_per_person=1000
)
PER_PERSON = product(
    kind=ContributionKind.PER_PERSON, amount_minor=2500, joining_fee_minor_per_person=200
)


@pytest.mark.requirement("R030", begun=True)
def test_employer_and_household_each_pay_half_in_twelve_parts() -> None:
    drafts = due_drafts(EMPLOYER, HouseholdComposition(2, 1), PERIOD)
    assert [(draft.kind, draft.amount_minor) for draft in drafts[:1]] == [
        (DueKind.JOINING_FEE, 1000)
    ]
    for payer, expected in ((Payer.HOUSEHOLD, 6000), (Payer.EMPLOYER, 6001)):
        parts = [
            draft for draft in drafts if draft.payer == payer and draft.kind is DueKind.CONTRIBUTION
        ]
        assert len(parts) == 12
        assert sum(part.amount_minor for part in parts) == expected
        assert [part.instalment for part in parts] == list(range(1, 13))
        assert (parts[0].due_on, parts[11].due_on) == (date(2025, 3, 1), date(2026, 2, 1))
    # 12 001 × 75 % = 9 000.75 → 9 001 to the mutual fund
    assert sum(draft.fund_share_minor for draft in drafts) == 9001


def test_a_subsidy_is_due_by_the_state_at_once_on_top() -> None:
    [household, state] = due_drafts(SUBSIDISED, HouseholdComposition(2, 3), PERIOD)
    assert (household.payer, household.amount_minor, household.fund_share_minor) == (
        Payer.HOUSEHOLD, 10_000, 7500,
    )  # fmt: skip
    assert (state.payer, state.amount_minor, state.fund_share_minor) == (Payer.STATE, 5000, 3750)
    entry = due_entry(state, document_number="APP-1", occurred_on=PERIOD.start, party="household:x")
    assert {(line.role, line.fund, line.side, line.amount_minor) for line in entry.postings} == {
        (AccountRole.PAYERS_RECEIVABLE, FundCode.MUTUAL, Side.DEBIT, 3750),
        (AccountRole.SUBSIDY_INCOME, FundCode.MUTUAL, Side.CREDIT, 3750),
        (AccountRole.PAYERS_RECEIVABLE, FundCode.RUNNING, Side.DEBIT, 1250),
        (AccountRole.SUBSIDY_INCOME, FundCode.RUNNING, Side.CREDIT, 1250),
    }


def test_a_fee_is_income_of_running_costs_only() -> None:
    [fee, *_] = due_drafts(EMPLOYER, HouseholdComposition(1), PERIOD)
    entry = due_entry(fee, document_number="APP-1", occurred_on=PERIOD.start, party="household:x")
    assert {(line.role, line.fund, line.amount_minor) for line in entry.postings} == {
        (AccountRole.MEMBERS_RECEIVABLE, FundCode.RUNNING, 1000),
        (AccountRole.JOINING_FEE_INCOME, FundCode.RUNNING, 1000),
    }


@pytest.mark.parametrize(
    ("entered_on", "months", "expected"),
    [
        (date(2025, 3, 1), 12, 2500),  # the first day: the whole price
        (date(2025, 3, 31), 12, 2500),  # the first month has begun
        (date(2025, 4, 1), 11, 2292),  # 2 500 × 11 ÷ 12 = 2 291.67
        (date(2026, 2, 28), 1, 208),  # 2 500 ÷ 12 = 208.33
    ],
)
def test_who_enters_later_owes_the_months_that_remain(
    entered_on: date, months: int, expected: int
) -> None:
    fee, contribution = further_due_drafts(
        PER_PERSON, HouseholdComposition(2), HouseholdComposition(2, 1), PERIOD, entered_on
    )
    assert (fee.kind, fee.amount_minor) == (DueKind.JOINING_FEE, 200)
    assert contribution.amount_minor == expected, f"{months} months remain"
    assert contribution.amount_minor == (
        contribution.fund_share_minor + contribution.running_share_minor
    )
    assert (contribution.due_on, contribution.cover_until) == (entered_on, PERIOD.until)


def test_who_enters_a_household_priced_as_one_owes_nothing_more() -> None:
    flat = product(kind=ContributionKind.PER_HOUSEHOLD, amount_minor=12000)
    assert (
        further_due_drafts(
            flat, HouseholdComposition(2), HouseholdComposition(2, 1), PERIOD, PERIOD.start
        )
        == ()
    )
