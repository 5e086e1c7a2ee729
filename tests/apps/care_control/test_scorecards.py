"""Scorecards of providers, what families say, and the decisions of the comité de suivi."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from entraide.apps.care_control.committee import (
    close_decision,
    open_decisions,
    record_decision,
    record_feedback,
    record_meeting,
    scores,
)
from entraide.apps.care_control.committee_models import CareFeedback
from entraide.apps.care_control.scorecards import reductions_of, scorecards, share_of
from entraide.apps.care_control.turnovers import record_turnover
from entraide.apps.claims.models import Claim
from entraide.apps.enrolment.models import Person
from entraide.apps.providers.breaches import record_breach
from entraide.apps.providers.models import Provider
from entraide.apps.schemes.models import Mutual, Product
from entraide.core.errors import Refusal, RefusedRows
from tests.builders import a_claim, a_household, a_key, a_payment, a_provider
from tests.people import People

ON = date(2025, 6, 16)
FROM, UNTIL = date(2025, 1, 1), date(2025, 7, 1)


@pytest.fixture
def provider(scoped: Mutual, people: People) -> Provider:
    return a_provider(scoped, people.moussa)


@pytest.fixture
def claims(scoped: Mutual, people: People, product: Product, provider: Provider) -> list[Claim]:
    """Six visits of one person, each of a consultation, and a dearer one elsewhere."""
    household = a_household(scoped, people.awa, product)
    a_payment(household, people.awa, 13000)
    person: Person = household.persons.get(is_member=True)
    own = [
        a_claim(person, provider, people.awa, care_on=date(2025, 3, 3) + timedelta(days=7 * week))
        for week in range(6)
    ]
    other = a_provider(scoped, people.moussa, code="csps-2")
    a_claim(person, other, people.awa, ("consultation-1", "2", 4000), care_on=date(2025, 5, 5))
    return own


def once(mutual: Mutual, actor: Any) -> dict[str, Any]:
    return {"mutual": mutual, "actor": actor, "on": ON, "idempotency_key": a_key()}


@pytest.mark.requirement("R069", begun=True)
def test_a_card_adds_up_what_the_provider_did(
    claims: list[Claim], provider: Provider, scoped: Mutual, people: People
) -> None:
    agreement = provider.agreements.get()
    record_breach(
        **once(scoped, people.coordinator), agreement=agreement, clause="tariff",
        occurred_on=date(2025, 5, 2), what_happened="Prix au-dessus",
    )  # fmt: skip
    record_turnover(
        **once(scoped, people.coordinator), provider=provider, year=2024,
        amount_minor=1_000_000, source="Rapport",
    )  # fmt: skip
    cards = scorecards(scoped, FROM, UNTIL, on=ON)
    assert len(cards) == 2
    [own] = scorecards(scoped, FROM, UNTIL, on=ON, provider=provider)
    assert (own.claims_count, own.persons_count, own.stated_minor) == (6, 1, 24_000)
    assert own.payable_minor == sum(each.payable_minor for each in claims)
    assert own.reduced_minor == 24_000 - own.payable_minor
    assert (own.breaches_count, own.breaches_open) == (1, 1)
    assert own.delay_median_days is None, "nothing is paid yet"
    assert own.late_count == 0, "this convention promises no delay"
    assert own.measures, "six consultations are enough to be compared"
    found = reductions_of(scoped, provider, FROM, UNTIL)
    assert sum(each.amount_minor for each in found) == own.reduced_minor
    share = share_of(scoped, provider, UNTIL)
    assert share is not None
    assert (share.year, share.paid_minor, share.rate) == (2024, 0, 0)


def test_a_slip_of_the_hand_that_was_refused_costs_nothing(
    claims: list[Claim], provider: Provider, scoped: Mutual
) -> None:
    Claim.objects.filter(pk=claims[0].pk).update(
        state="refused", stated_minor=53_500_000, payable_minor=0
    )
    [card] = scorecards(scoped, FROM, UNTIL, on=ON, provider=provider)
    assert (card.claims_count, card.accepted_count) == (6, 5)
    assert (card.stated_minor, card.costs.count, card.mean_cost_minor) == (20_000, 5, 4_000)
    assert card.reduced_minor == 20_000 - card.payable_minor
    assert (card.refused_count, card.refused_minor) == (1, 53_500_000)
    found = reductions_of(scoped, provider, FROM, UNTIL)
    assert sum(each.amount_minor for each in found) == card.reduced_minor, "refused ones apart"
    Claim.objects.filter(provider=provider).update(state="refused", payable_minor=0)
    [card] = scorecards(scoped, FROM, UNTIL, on=ON, provider=provider)
    assert (card.claims_count, card.mean_cost_minor) == (6, None)


def test_a_delay_is_late_by_the_word_of_the_convention(
    claims: list[Claim], provider: Provider, scoped: Mutual
) -> None:
    Claim.objects.filter(pk=claims[0].pk).update(state="paid", paid_on=date(2025, 3, 13))
    [card] = scorecards(scoped, FROM, UNTIL, on=ON, provider=provider)
    assert (card.delay_median_days, card.delay_p90_days) == (10, 10)


def test_nothing_in_the_period_is_an_empty_card(provider: Provider, scoped: Mutual) -> None:
    [card] = scorecards(scoped, FROM, UNTIL, on=ON, provider=provider)
    assert (card.claims_count, card.payable_minor, card.measures) == (0, 0, ())
    assert share_of(scoped, provider, UNTIL) is None


@pytest.mark.requirement("R078", begun=True)
def test_families_are_asked_once_and_few_answers_stay_hidden(
    claims: list[Claim], provider: Provider, scoped: Mutual, people: People
) -> None:
    def answer(claim: Claim, *opinions: int, actor: Any = people.field_agent, **more: Any) -> Any:
        return record_feedback(
            **once(scoped, actor), claim=claim, mode="call", welcome=opinions[0],
            treatment=opinions[1], **more,
        )  # fmt: skip

    answer(claims[0], 3, 2, complaint="Attendu trois heures")
    with pytest.raises(RefusedRows) as refused:
        answer(claims[0], 4, 0)
    assert [each.code for each in refused.value.findings] == [
        "FEEDBACK_ANSWER", "FEEDBACK_ANSWER", "FEEDBACK_TWICE",
    ]  # fmt: skip
    for actor in (people.moussa, people.fanta):
        with pytest.raises(Refusal, match="FORBIDDEN"):
            answer(claims[1], 3, 3, actor=actor)
    score = scores(scoped, FROM, UNTIL)[provider.pk]
    assert (score.asked, score.good_welcome, score.complaints) == (1, None, 1)
    for claim in claims[1:5]:
        answer(claim, 3, 1)
    score = scores(scoped, FROM, UNTIL)[provider.pk]
    assert (score.asked, score.good_welcome, score.good_treatment) == (5, 5, 0)
    assert CareFeedback.objects.count() == 5


@pytest.mark.requirement("R080", begun=True)
def test_minutes_stay_and_a_decision_is_followed_until_done(
    provider: Provider, scoped: Mutual, people: People
) -> None:
    sitting = {
        "held_on": date(2025, 6, 10), "period_from": FROM, "period_until": date(2025, 6, 1),
        "present": "Tous", "minutes": "Les prix ont été revus.",
    }  # fmt: skip
    with pytest.raises(RefusedRows) as refused:
        record_meeting(
            **once(scoped, people.coordinator), held_on=date(2025, 7, 1), period_from=UNTIL,
            period_until=FROM, present=" ", minutes="",
        )  # fmt: skip
    assert [each.code for each in refused.value.findings] == [
        "DATE_IN_FUTURE", "PERIOD_EMPTY", "MINUTES_EMPTY", "MINUTES_EMPTY",
    ]  # fmt: skip
    with pytest.raises(Refusal, match="FORBIDDEN"):
        record_meeting(**once(scoped, people.awa), **sitting)
    meeting = record_meeting(**once(scoped, people.coordinator), **sitting)
    with pytest.raises(RefusedRows):
        record_decision(
            **once(scoped, people.coordinator), meeting=meeting, what="", responsible="",
            due_on=date(2025, 6, 1),
        )  # fmt: skip
    decision = record_decision(
        **once(scoped, people.coordinator), meeting=meeting, what="Afficher les prix",
        responsible="Le directeur du centre", due_on=date(2025, 6, 30), provider=provider,
    )  # fmt: skip
    assert list(open_decisions(scoped)) == [decision]
    with pytest.raises(Refusal, match="REASON_MISSING"):
        close_decision(**once(scoped, people.coordinator), decision=decision, outcome="")
    close_decision(**once(scoped, people.coordinator), decision=decision, outcome="Affichés")
    assert not open_decisions(scoped).exists()
    with pytest.raises(Refusal, match="DECISION_CLOSED"):
        close_decision(**once(scoped, people.coordinator), decision=decision, outcome="Encore")
