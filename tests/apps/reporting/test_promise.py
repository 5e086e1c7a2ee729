"""The promise of service: each claim held to the word of the day its paper came."""

from __future__ import annotations

from datetime import date

import pytest

from entraide.apps.claims.models import Claim, ClaimState
from entraide.apps.enrolment.models import Person
from entraide.apps.providers.models import Provider
from entraide.apps.reporting.delays import delays_between, late_claims, promise_kept
from entraide.apps.reporting.services import run_report
from entraide.apps.schemes.care_terms import Promise, promise_of
from entraide.apps.schemes.choosing import change_choice
from entraide.apps.schemes.models import Mutual, Product
from entraide.core.delays import Step
from tests.builders import a_claim, a_household, a_key, a_payment, a_provider
from tests.people import People

MAY, JUNE = date(2025, 5, 1), date(2025, 6, 16)


@pytest.fixture
def provider(mutual: Mutual, people: People) -> Provider:
    return a_provider(mutual, people.moussa)


@pytest.fixture
def person(scoped: Mutual, people: People, product: Product) -> Person:
    household = a_household(scoped, people.awa, product)
    a_payment(household, people.awa, 13_000)
    return household.persons.get(is_member=True)


def promised(mutual: Mutual, people: People, days: int, on: date) -> None:
    change_choice(
        mutual=mutual, actor=people.director, on=on, idempotency_key=a_key(),
        name="promise_days", value=days, source=f"CA du {on:%d/%m/%Y}",
    )  # fmt: skip


def test_the_word_of_a_day_is_the_last_that_was_given_before_it_ended() -> None:
    promise = Promise(((date(2025, 3, 1), 30), (date(2025, 5, 3), 20), (date(2025, 5, 3), 15)), 10)
    days = (date(2025, 2, 28), date(2025, 3, 1), date(2025, 5, 2), date(2025, 5, 3))
    assert [promise.on(each) for each in days] == [30, 20, 20, 10]
    assert list(promise.spans()) == [
        (None, date(2025, 3, 1), 30), (date(2025, 3, 1), date(2025, 5, 3), 20),
        (date(2025, 5, 3), None, 10),
    ]  # fmt: skip


@pytest.mark.requirement("R067")
def test_the_report_and_the_page_hold_a_claim_to_the_promise_of_its_reception(
    scoped: Mutual, people: People, person: Person, provider: Provider
) -> None:
    before, after = (
        a_claim(person, provider, people.awa, care_on=date(2025, 4, day), received_on=received)
        for day, received in ((20, MAY), (21, date(2025, 5, 3)))
    )
    for claim, paid_on in ((before, date(2025, 5, 21)), (after, date(2025, 5, 23))):
        Claim.objects.filter(pk=claim.pk).update(state=ClaimState.PAID, paid_on=paid_on)
    assert promise_of(scoped).today_days == 30
    assert [each.in_time for each in promise_kept(scoped, JUNE)] == [2]
    promised(scoped, people, 10, date(2025, 5, 3))  # both were paid after 20 days
    [month] = promise_kept(scoped, JUNE)
    assert (month.paid, month.in_time) == (2, 1)
    whole = delays_between(scoped, MAY, date(2025, 6, 1))[-1]
    assert (whole.step, whole.count, whole.within) == (Step.RECEPTION_TO_PAYMENT, 2, 1)
    report = run_report(mutual=scoped, start=MAY, until=date(2025, 6, 1), on=JUNE)
    figure = report.now("promptness_rate")
    assert (figure.numerator, figure.denominator) == (1, 2)
    # A payment that came back leaves its month.
    Claim.objects.filter(pk=before.pk).update(state=ClaimState.APPROVED, paid_on=None)
    assert [each.paid for each in promise_kept(scoped, JUNE)] == [1]


def test_the_red_list_waits_by_the_promise_of_the_reception(
    scoped: Mutual, people: People, person: Person, provider: Provider
) -> None:
    before, after = (
        a_claim(person, provider, people.awa, care_on=date(2025, 4, day), received_on=received)
        for day, received in ((20, MAY), (21, date(2025, 5, 3)))
    )
    on = date(2025, 5, 20)
    assert list(late_claims(scoped, on)) == []
    promised(scoped, people, 10, date(2025, 5, 3))
    assert list(late_claims(scoped, on)) == [after]
    assert set(late_claims(scoped, JUNE)) == {before, after}
