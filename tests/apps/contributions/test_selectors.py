"""Rights on a day, arrears and rates, counted by hand on few households."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_scopes import scope

from entraide.apps.contributions.accounts import household_account
from entraide.apps.contributions.selectors import (
    arrears,
    collection_rate,
    rights_by_number,
    rights_on,
    standings_on,
)
from entraide.apps.contributions.services import add_dependant, renew_membership
from entraide.apps.enrolment.exits import end_person
from entraide.apps.enrolment.models import Household
from entraide.apps.enrolment.selectors import memberships_to_renew
from entraide.apps.schemes.models import Mutual, Product
from entraide.core.enrolment import RightsStatus
from entraide.core.errors import Refusal
from tests.builders import CHILD, a_household, a_key, a_payment
from tests.people import People

ENROLLED_ON = date(2025, 1, 10)


@pytest.fixture
def household(scoped: Mutual, people: People, product: Product) -> Household:
    return a_household(scoped, people.awa, product)


def status(household: Household, on: date, relation: str = "member") -> tuple[str, list[str]]:
    rights = rights_on(household.persons.get(relation=relation), on)
    return rights.status.value, [finding.code for finding in rights.reasons]


@pytest.mark.requirement("R006")
@pytest.mark.requirement("R032", begun=True)
def test_rights_are_computed_and_every_closure_has_its_reason(
    household: Household, people: People
) -> None:
    assert status(household, date(2025, 1, 9)) == (
        "not_yet",
        ["PERSON_NOT_YET", "COVER_NOT_STARTED"],
    )
    assert status(household, date(2025, 2, 9)) == ("active", [])  # within the 30 days of grace
    assert status(household, date(2025, 2, 10)) == ("suspended", ["CONTRIBUTION_UNPAID"])
    a_payment(household, people.awa, 12_999)
    assert status(household, date(2025, 2, 10)) == ("suspended", ["CONTRIBUTION_UNPAID"])
    a_payment(household, people.awa, 1)  # lifted by the payment itself
    assert status(household, date(2025, 2, 10)) == ("active", [])
    assert status(household, date(2026, 1, 9)) == ("active", [])
    assert status(household, date(2026, 1, 10)) == ("expired", ["COVER_EXPIRED"])
    child = household.persons.get(relation="child")
    end_person(
        mutual=household.mutual, actor=people.awa, on=date(2025, 5, 1), idempotency_key=a_key(),
        person=child, exited_on=date(2025, 5, 1),
    )  # fmt: skip
    assert status(household, date(2025, 4, 30), "child") == ("active", [])
    assert status(household, date(2025, 5, 1), "child") == ("ended", ["PERSON_EXITED"])


def test_waiting_counts_from_seniority_also_after_a_renewal(
    household: Household, people: People
) -> None:
    member = household.persons.get(relation="member")
    assert rights_on(member, date(2025, 3, 1)).waiting_until == {"delivery": date(2025, 10, 10)}
    assert rights_on(member, date(2025, 10, 10)).waiting_until == {}
    renew_membership(
        mutual=household.mutual, actor=people.awa, on=date(2026, 1, 5), idempotency_key=a_key(),
        membership=household.memberships.get(), renewed_on=date(2026, 1, 5),
    )  # fmt: skip
    assert rights_on(member, date(2026, 1, 20)).waiting_until == {}


@pytest.mark.parametrize(
    ("birth_on", "waits_until"),
    [
        (date(2025, 3, 1), date(2025, 10, 10)),  # born under cover: the household's waiting
        (date(2024, 3, 1), date(2026, 1, 20)),  # entered later: nine months of their own
    ],
)
def test_a_newborn_waits_with_the_household_others_from_their_entry(
    household: Household, people: People, birth_on: date, waits_until: date
) -> None:
    child = add_dependant(
        mutual=household.mutual, actor=people.awa, on=date(2025, 4, 20), idempotency_key=a_key(),
        membership=household.memberships.get(), entry=replace(CHILD, birth_on=birth_on),
        entered_on=date(2025, 4, 20),
    )  # fmt: skip
    assert rights_on(child, date(2025, 5, 1)).waiting_until == {"delivery": waits_until}


def test_rights_by_card_number_say_cover_and_rules(household: Household) -> None:
    standing = rights_by_number(household.mutual, " f-2025-00001-2 ", date(2025, 2, 1))
    assert standing.person.given_name == "Koffi"
    assert standing.rights.status is RightsStatus.ACTIVE
    assert standing.membership == household.memberships.get()
    assert standing.product.code == "essentielle"
    with pytest.raises(Refusal, match="NOT_FOUND"):
        rights_by_number(household.mutual, "F-2025-99999-1", date(2025, 2, 1))


def test_rights_cost_the_same_whatever_the_history(household: Household, people: People) -> None:
    person = household.persons.get(relation="member")

    def queries(on: date) -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            rights_on(person, on)
        return len(captured)

    assert queries(date(2025, 6, 1)) == 4
    membership = household.memberships.get()
    for year in range(2026, 2030):
        membership = renew_membership(
            mutual=household.mutual, actor=people.awa, on=date(year, 1, 10),
            idempotency_key=a_key(), membership=membership, renewed_on=date(year, 1, 10),
        )  # fmt: skip
    assert queries(date(2029, 6, 1)) == 4
    with CaptureQueriesContext(connection) as captured:
        assert len(standings_on(household.persons.all(), date(2029, 6, 1))) == 3
    assert len(captured) == 5  # the persons themselves, and the same four


@pytest.mark.requirement("R037", begun=True)
def test_the_account_of_a_household_says_due_paid_and_remaining(
    household: Household, people: People
) -> None:
    a_payment(household, people.awa, 4000)
    account = household_account(household, ENROLLED_ON)
    assert (account.due_minor, account.paid_minor, account.remaining_minor) == (13000, 4000, 9000)
    assert account.overdue_minor == 0
    assert household_account(household, ENROLLED_ON + timedelta(days=1)).overdue_minor == 9000
    assert account.next_due.kind == "contribution"
    assert len(account.payments) == 1


@pytest.mark.requirement("R032", begun=True)
@pytest.mark.requirement("R041", begun=True)
def test_arrears_and_collection_rate_agree_with_a_count_by_hand(
    household: Household, scoped: Mutual, people: People, product: Product
) -> None:
    second = a_household(scoped, people.awa, product, enrolled_on=date(2025, 2, 1))
    a_household(scoped, people.awa, product, enrolled_on=date(2025, 3, 1))
    a_payment(household, people.awa, 13_000)
    a_payment(second, people.awa, 6500, paid_on=date(2025, 2, 3))
    rows = arrears(scoped, date(2025, 3, 1))  # the third falls due that very day: not late yet
    assert [(row.household_id, row.remaining_minor, row.days_late) for row in rows] == [
        (second.pk, 6500, 28)
    ]
    rate = collection_rate(scoped, date(2025, 1, 1), date(2025, 3, 1))
    assert (rate.collected_minor, rate.due_minor, rate.rate) == (19_500, 26_000, Decimal("0.75"))
    assert collection_rate(scoped, date(2024, 1, 1), date(2024, 2, 1)).rate is None


@pytest.mark.requirement("R019", begun=True)
def test_covers_that_end_soon_and_are_not_followed_are_listed(
    household: Household, people: People
) -> None:
    mutual, membership = household.mutual, household.memberships.get()
    assert list(memberships_to_renew(mutual, date(2025, 11, 10))) == []
    assert list(memberships_to_renew(mutual, date(2025, 11, 11))) == [membership]
    assert list(memberships_to_renew(mutual, date(2026, 4, 10))) == [membership]
    assert list(memberships_to_renew(mutual, date(2026, 4, 11))) == []
    renew_membership(
        mutual=mutual, actor=people.awa, on=date(2025, 12, 1), idempotency_key=a_key(),
        membership=membership, renewed_on=date(2025, 12, 1),
    )  # fmt: skip
    assert list(memberships_to_renew(mutual, date(2025, 12, 2))) == []


def test_a_card_of_another_mutual_is_unknown(household: Household, other_mutual: Mutual) -> None:
    with scope(mutual=other_mutual), pytest.raises(Refusal, match="NOT_FOUND"):
        rights_by_number(other_mutual, "F-2025-00001-1", date(2025, 2, 1))
