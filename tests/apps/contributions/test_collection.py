"""Ageing, collection, reminders and other payers; figures worked out by hand."""

from __future__ import annotations

from datetime import date

import pytest

from entraide.apps.contributions.collection import (
    ageing,
    by_channel,
    by_month,
    by_plan,
    late_households,
    payer_accounts,
)
from entraide.apps.contributions.reminders import record_reminders
from entraide.apps.contributions.services import enrol_household
from entraide.apps.contributions.tariff_records import ReminderWay
from entraide.apps.enrolment.models import Household
from entraide.apps.enrolment.services import create_group
from entraide.apps.schemes.models import Mutual, Product
from entraide.core.errors import Refusal
from tests.builders import MEMBER, SPOUSE, a_household, a_key, a_payment, an_approved_product
from tests.people import People

ENROLLED_ON = date(2025, 1, 10)


@pytest.fixture
def household(scoped: Mutual, people: People, product: Product) -> Household:
    """13 000 due on 10 January; 5 000 paid the same day."""
    family = a_household(scoped, people.awa, product)
    a_payment(family, people.awa, 5000)
    return family


@pytest.mark.requirement("R032", begun=True)
def test_what_is_late_ages_by_the_days_since_it_fell_due(
    household: Household, people: People
) -> None:
    mutual = household.mutual
    for on, bands in (
        (date(2025, 1, 10), None),  # the day itself is not late
        (date(2025, 1, 11), (8000, 0, 0, 0, 0)),
        (date(2025, 2, 9), (8000, 0, 0, 0, 0)),  # 30 days
        (date(2025, 2, 10), (0, 8000, 0, 0, 0)),
        (date(2025, 3, 12), (0, 0, 8000, 0, 0)),  # 61 days
        (date(2025, 7, 9), (0, 0, 0, 8000, 0)),  # 180 days
        (date(2025, 7, 10), (0, 0, 0, 0, 8000)),
    ):
        rows = ageing(mutual, on)
        assert [row.bands_minor for row in rows] == ([bands] if bands else [])
        assert [row.bands_minor for row in ageing(mutual, on, by="agent")] == (
            [bands] if bands else []
        )
    a_payment(household, people.awa, 8000, paid_on=date(2025, 3, 1), on=date(2025, 3, 1))
    assert ageing(mutual, date(2025, 7, 10)) == []


@pytest.mark.requirement("R041", begun=True)
def test_collection_by_month_channel_and_plan(
    household: Household, people: People, scoped: Mutual
) -> None:
    a_payment(
        household, people.awa, 8000, paid_on=date(2025, 3, 1), on=date(2025, 3, 1)
    )  # 50 days after
    income = an_approved_product(scoped, people.moussa, people.director, "revenu-declare").product
    enrol_household(
        mutual=scoped,
        actor=people.awa,
        on=ENROLLED_ON,
        idempotency_key=a_key(),
        product=income,
        enrolled_on=ENROLLED_ON,
        persons=(MEMBER, SPOUSE),
        income_minor=80_000,
    )
    year = (date(2025, 1, 1), date(2026, 1, 1))
    months = {row.key: (row.due_minor, row.collected_minor) for row in by_month(scoped, *year)}
    # January: 13 000 paid in full, and 1 000 + 7 200 of the other family; then one part a time.
    assert months["2025-01"] == (21_200, 13_000)
    assert months["2025-03"] == (7_200, 0)
    plans = {row.key: row for row in by_plan(scoped, *year, date(2025, 4, 1))}
    assert plans["single"].rate == 1
    assert plans["instalments"].late_minor == 15_400
    [cash] = by_channel(scoped, *year)
    assert (cash.amount_minor, cash.receipts_count) == (13_000, 2)
    # Three parts of receipts: two on the day, one 50 days after.
    assert cash.delay_days == 17


def test_a_reminder_keeps_what_was_owed_and_shows_on_the_list(
    household: Household, people: People
) -> None:
    mutual, on = household.mutual, date(2025, 3, 1)
    act = {"mutual": mutual, "actor": people.awa, "on": on}
    [reminder] = record_reminders(
        **act,
        idempotency_key=a_key(),
        households=[household],
        given_on=on,
        way=ReminderWay.VISIT,
    )
    assert (reminder.remaining_minor, reminder.oldest_due_on) == (8000, ENROLLED_ON)
    [late] = late_households(mutual, on)
    assert (late.owed_minor, late.reminded_on, late.reminded_way) == (8000, on, "visit")
    a_payment(household, people.awa, 8000, paid_on=on, on=on)
    with pytest.raises(Refusal, match="REMINDER_NOBODY"):
        record_reminders(
            **act,
            idempotency_key=a_key(),
            households=[household],
            given_on=on,
            way=ReminderWay.CALL,
        )


@pytest.mark.requirement("R043", begun=True)
def test_each_other_payer_has_its_account(scoped: Mutual, people: People) -> None:
    shared = an_approved_product(scoped, people.moussa, people.director, "sugri").product
    enrol_household(
        mutual=scoped,
        actor=people.awa,
        on=ENROLLED_ON,
        idempotency_key=a_key(),
        product=shared,
        enrolled_on=ENROLLED_ON,
        persons=(MEMBER, SPOUSE),
        declared_group_size=8,
        group=create_group(
            mutual=scoped,
            actor=people.awa,
            on=ENROLLED_ON,
            idempotency_key=a_key(),
            code="v",
            name="Village",
            kind="village",
        ),
    )
    [state] = payer_accounts(scoped, date(2025, 2, 1))
    assert (state.payer, state.due_minor, state.late_minor) == ("state", 2000, 2000)
