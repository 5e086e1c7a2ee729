"""Enrolment under other products of the network: loan, photo, collective contract, subsidy."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from entraide.apps.contributions.accounts import household_account
from entraide.apps.contributions.dues import party_of
from entraide.apps.contributions.models import Channel, Payer
from entraide.apps.contributions.selectors import rights_on
from entraide.apps.contributions.services import add_dependant
from entraide.apps.enrolment.models import Household, PartnerGroup
from entraide.apps.enrolment.selectors import covered_persons_count
from entraide.apps.enrolment.services import create_group, record_photo
from entraide.apps.ledger.selectors import account_balance
from entraide.apps.schemes.models import Mutual, Product
from entraide.core.enrolment import RightsStatus
from entraide.core.errors import Refusal, RefusedRows
from entraide.core.ledger import AccountRole, FundCode
from entraide.messages import sentence
from tests.builders import (
    CHILD,
    MEMBER,
    SPOUSE,
    a_household,
    a_key,
    a_payment,
    an_approved_product,
)
from tests.people import People

ENROLLED_ON = date(2025, 1, 10)


@pytest.fixture
def zems(scoped: Mutual, people: People) -> Product:
    """4 % of the loan, at least 8 000 and at most 20 000; joining fee 1 000; photo required."""
    version = an_approved_product(scoped, people.moussa, people.director, template="zems")
    return version.product


@pytest.fixture
def sugri(scoped: Mutual, people: People) -> Product:
    """2 000 a person from the household, 1 000 from the State; groups of 5; 85 % to the fund."""
    version = an_approved_product(scoped, people.moussa, people.director, template="sugri")
    return version.product


@pytest.fixture
def village(scoped: Mutual, people: People) -> PartnerGroup:
    return create_group(
        mutual=scoped, actor=people.awa, on=ENROLLED_ON, idempotency_key=a_key(),
        code="boromo", name="Boromo", kind="village",
    )  # fmt: skip


@pytest.mark.requirement("R025", begun=True)
@pytest.mark.parametrize(
    ("loan_minor", "contribution_minor"),
    [(100_000, 8000), (300_000, 12_000), (900_000, 20_000)],
)
def test_the_contribution_follows_the_loan_between_floor_and_cap(
    scoped: Mutual, people: People, zems: Product, loan_minor: int, contribution_minor: int
) -> None:
    household = a_household(
        scoped, people.awa, zems, loan_minor=loan_minor, loan_reference="P-0815"
    )
    assert household_account(household, ENROLLED_ON).due_minor == 1000 + contribution_minor
    assert household.memberships.get().loan_reference == "P-0815"


def test_a_loan_formula_asks_for_the_loan_and_records_nothing_without(
    scoped: Mutual, people: People, zems: Product
) -> None:
    with pytest.raises(Refusal, match="LOAN_MISSING"):
        a_household(scoped, people.awa, zems)
    assert not Household.objects.exists()


@pytest.mark.requirement("R031", begun=True)
def test_the_lender_keeps_the_contribution_back_at_disbursement(
    scoped: Mutual, people: People, zems: Product
) -> None:
    household = a_household(scoped, people.awa, zems, loan_minor=300_000)
    payment = a_payment(
        household, people.awa, 13_000, channel=Channel.LENDER, role=AccountRole.BANK,
        external_reference="DEC-2025-0001",
    )  # fmt: skip
    assert payment.payer == Payer.HOUSEHOLD
    assert household_account(household, ENROLLED_ON).remaining_minor == 0


@pytest.mark.requirement("R004", begun=True)
@pytest.mark.requirement("R006", begun=True)
def test_a_dependant_without_photo_is_enrolled_and_has_no_rights_until_it_comes(
    scoped: Mutual, people: People, zems: Product
) -> None:
    household = a_household(
        scoped, people.awa, zems, loan_minor=300_000,
        persons=(MEMBER, replace(CHILD, has_photo=False)),
    )  # fmt: skip
    a_payment(household, people.awa, 13_000)
    on = date(2025, 2, 1)
    member, child = household.persons.order_by("number")
    assert rights_on(member, on).is_open
    rights = rights_on(child, on)
    assert rights.status is RightsStatus.SUSPENDED
    [reason] = rights.reasons
    assert reason.code == "PHOTO_MISSING"
    assert sentence(reason.code, reason.data) != reason.code
    record_photo(mutual=scoped, actor=people.awa, on=on, idempotency_key=a_key(), person=child)
    assert rights_on(child, on).is_open


@pytest.mark.requirement("R010", begun=True)
def test_a_collective_contract_needs_five_persons(
    scoped: Mutual, people: People, sugri: Product, village: PartnerGroup
) -> None:
    def codes(**more: object) -> list[str]:
        with pytest.raises(RefusedRows) as refused:
            a_household(scoped, people.awa, sugri, **more)
        return [finding.code for finding in refused.value.findings]

    assert codes() == ["GROUP_REQUIRED"]
    assert codes(group=village) == ["GROUP_TOO_SMALL"]  # three persons
    a_household(scoped, people.awa, sugri, group=village, declared_group_size=12)
    assert covered_persons_count(village, ENROLLED_ON) == 3
    # Three are there already: two more make five.
    a_household(scoped, people.awa, sugri, group=village, persons=(MEMBER, SPOUSE))
    assert covered_persons_count(village, ENROLLED_ON) == 5


def test_the_arrears_of_the_state_do_not_close_the_rights_of_the_family(
    scoped: Mutual, people: People, sugri: Product, village: PartnerGroup
) -> None:
    household = a_household(scoped, people.awa, sugri, group=village, declared_group_size=12)
    state = household_account(household, ENROLLED_ON, payer=Payer.STATE)
    assert (state.due_minor, state.remaining_minor) == (3000, 3000)
    a_payment(household, people.awa, 6000)
    member = household.persons.get(relation="member")
    assert rights_on(member, date(2025, 6, 1)).is_open
    owed = {"party": party_of(household.uid), "fund": FundCode.MUTUAL}
    # 9 000 × 85 % = 7 650 to the fund, of which the State's third: 2 550.
    assert account_balance(scoped, AccountRole.PAYERS_RECEIVABLE, **owed) == 2550
    assert account_balance(scoped, AccountRole.MEMBERS_RECEIVABLE, **owed) == 0
    with pytest.raises(Refusal, match="OVERPAYMENT"):
        a_payment(household, people.awa, 3001, payer=Payer.STATE)
    a_payment(household, people.awa, 3000, payer=Payer.STATE)
    assert account_balance(scoped, AccountRole.PAYERS_RECEIVABLE, **owed) == 0


def test_a_further_person_adds_their_price_and_their_subsidy(
    scoped: Mutual, people: People, sugri: Product, village: PartnerGroup
) -> None:
    household = a_household(scoped, people.awa, sugri, group=village, declared_group_size=12)
    add_dependant(
        mutual=scoped, actor=people.awa, on=date(2025, 7, 20), idempotency_key=a_key(),
        membership=household.memberships.get(), entry=CHILD, entered_on=date(2025, 7, 20),
    )  # fmt: skip
    # Covered from 10 January: six months gone by on 20 July, six remain.
    assert household_account(household, ENROLLED_ON).due_minor == 6000 + 1000
    assert household_account(household, ENROLLED_ON, payer=Payer.STATE).due_minor == 3000 + 500
