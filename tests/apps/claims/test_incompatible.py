"""Acts that do not go together: a dated record of two persons, known by the decision at no query."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from entraide.apps.care_control.pre_control import claims_found_by, pre_control
from entraide.apps.claims.habits import forget_habits
from entraide.apps.claims.models import Claim
from entraide.apps.claims.selectors import decision_in_force
from entraide.apps.claims.services import replay_decision
from entraide.apps.enrolment.models import Person
from entraide.apps.nomenclature.incompatible import (
    approve_incompatible_acts,
    end_incompatible_acts,
    enter_incompatible_acts,
)
from entraide.apps.nomenclature.models import IncompatibleActs
from entraide.apps.providers.models import Provider
from entraide.apps.schemes.models import Mutual, Product
from entraide.core.errors import Refusal, RefusedRows
from tests.builders import a_claim, a_household, a_key, a_payment, a_provider
from tests.people import People

pytestmark = pytest.mark.django_db

ENTERED = date(2025, 3, 1)
FROM = date(2025, 3, 10)
PRICES = {"consultation-1": 4000, "consultation-2": 3000, "consultation-3": 2000}


@pytest.fixture
def provider(scoped: Mutual, people: People) -> Provider:
    return a_provider(scoped, people.moussa, prices=PRICES)


@pytest.fixture
def person(scoped: Mutual, people: People, product: Product) -> Person:
    household = a_household(scoped, people.awa, product)
    a_payment(household, people.awa, sum(due.amount_minor for due in household.dues.all()))
    return household.persons.get(is_member=True)


def a_rule(mutual: Mutual, people: People, **more: Any) -> IncompatibleActs:
    content = {
        "name": "Une seule consultation", "source": "Nomenclature 2025, art. 7",
        "kept": ["test:consultation-1"], "refused": ["test:consultation-2"],
        "effective_from": FROM, **more,
    }  # fmt: skip
    return enter_incompatible_acts(
        mutual=mutual, actor=people.moussa, on=ENTERED, idempotency_key=a_key(), **content
    )


def approved(rule: IncompatibleActs, people: People, on: date = ENTERED) -> IncompatibleActs:
    return approve_incompatible_acts(
        mutual=rule.mutual, actor=people.director, on=on, idempotency_key=a_key(), rule=rule
    )


def _codes(claim: Claim) -> list[list[str]]:
    lines = decision_in_force(claim).outcome["lines"]
    return [[one["code"] for one in line["reductions"]] for line in lines]


def _every(claim: Claim) -> set[str]:
    return {code for codes in _codes(claim) for code in codes}


ONE, TWO = ("consultation-1", "1", 4000), ("consultation-2", "1", 3000)


@pytest.mark.requirement("R088")
def test_an_act_is_refused_beside_another_of_the_claim_or_of_the_day(
    scoped: Mutual, people: People, person: Person, provider: Provider
) -> None:
    rule = a_rule(scoped, people)
    waits = a_claim(person, provider, people.awa, TWO, ONE, care_on=date(2025, 3, 11))
    assert "INCOMPATIBLE_ACTS" not in _every(waits)
    approved(rule, people)
    both = a_claim(person, provider, people.awa, TWO, ONE, care_on=date(2025, 3, 12))
    assert _codes(both)[0] == ["INCOMPATIBLE_ACTS"]
    assert "INCOMPATIBLE_ACTS" not in _codes(both)[1]
    (reduction,) = decision_in_force(both).outcome["lines"][0]["reductions"]
    assert reduction["data"]["other"] == "Consultation-1"
    first = a_claim(person, provider, people.awa, TWO, care_on=date(2025, 3, 13))
    later = a_claim(person, provider, people.awa, ONE, care_on=date(2025, 3, 13),
                    received_on=date(2025, 3, 14))  # fmt: skip
    assert _codes(later) == [["INCOMPATIBLE_ACTS"]]
    assert "INCOMPATIBLE_ACTS" not in _every(first)
    before = a_claim(person, provider, people.awa, TWO, ONE, care_on=date(2025, 3, 9),
                     received_on=date(2025, 3, 15))  # fmt: skip
    assert "INCOMPATIBLE_ACTS" not in _every(before)
    for claim in (both, later):
        kept = decision_in_force(claim)
        assert replay_decision(kept).to_json() == kept.outcome
    found = pre_control(scoped, date(2025, 3, 1), date(2025, 4, 1))
    assert (found.received, found.examined) == (5, 5)
    hits = found.rules["INCOMPATIBLE_ACTS"]
    assert (hits.claims, hits.lines, hits.amount_minor) == (2, 2, 7_000)
    rows = claims_found_by(scoped, date(2025, 3, 1), date(2025, 4, 1), "INCOMPATIBLE_ACTS")
    assert {each.pk for each in rows} == {both.pk, later.pk}


def test_a_rule_takes_two_persons_a_day_to_come_and_is_never_rewritten(
    scoped: Mutual, people: People
) -> None:
    with pytest.raises(RefusedRows) as refused:
        a_rule(scoped, people, kept=[], source=" ", effective_from=ENTERED,
               effective_until=date(2025, 2, 1))  # fmt: skip
    assert {each.code for each in refused.value.findings} == {
        "INCOMPATIBLE_WITHOUT_ACTS", "VERSION_SOURCE_MISSING", "INCOMPATIBLE_FROM_TODAY",
        "PERIOD_EMPTY",
    }  # fmt: skip
    with pytest.raises(RefusedRows, match="INPUT_REFUSED"):
        a_rule(scoped, people, refused=["test:consultation-1"])
    rule = a_rule(scoped, people)
    with pytest.raises(Refusal, match="INCOMPATIBLE_NOT_APPROVED"):
        _ended(rule, people, date(2025, 5, 1))
    with pytest.raises(Refusal, match="INCOMPATIBLE_FROM_TODAY"):
        approved(rule, people, on=FROM)
    with pytest.raises(Refusal, match="FORBIDDEN"):
        approve_incompatible_acts(
            mutual=scoped, actor=people.moussa, on=ENTERED, idempotency_key=a_key(), rule=rule
        )
    approved(rule, people)
    with pytest.raises(Refusal, match="INCOMPATIBLE_DECIDED"):
        approved(rule, people)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE nomenclature_incompatibleacts SET name = 'x'")
    with pytest.raises(Refusal, match="INCOMPATIBLE_FROM_TODAY"):
        _ended(rule, people, ENTERED)


def _ended(rule: IncompatibleActs, people: People, until: date) -> IncompatibleActs:
    return end_incompatible_acts(
        mutual=rule.mutual, actor=people.director, on=ENTERED, idempotency_key=a_key(), rule=rule,
        effective_until=until,
    )  # fmt: skip


def test_a_rule_ends_and_care_from_that_day_on_is_free_of_it(
    scoped: Mutual, people: People, person: Person, provider: Provider
) -> None:
    _ended(approved(a_rule(scoped, people), people), people, date(2025, 4, 1))
    last = a_claim(person, provider, people.awa, TWO, ONE, care_on=date(2025, 3, 31))
    after = a_claim(person, provider, people.awa, TWO, ONE, care_on=date(2025, 4, 1))
    assert "INCOMPATIBLE_ACTS" in _every(last)
    assert "INCOMPATIBLE_ACTS" not in _every(after)


def test_a_claim_costs_the_same_queries_with_and_without_rules(
    scoped: Mutual, people: People, person: Person, provider: Provider
) -> None:
    def queries(day: int) -> int:
        care_on = date(2025, 5, day)
        on = date(2025, 5, 20)
        with CaptureQueriesContext(connection) as seen:
            a_claim(person, provider, people.awa, TWO, ONE, care_on=care_on, on=on)
        return len(seen)

    queries(1)  # what is kept ready, and the habits of the day
    without = queries(2)
    approved(a_rule(scoped, people), people)
    forget_habits(scoped)  # as on another day
    queries(3)
    assert queries(4) == without
