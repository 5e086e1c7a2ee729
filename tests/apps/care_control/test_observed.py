"""What claims look like to medical control: anomalies, profiles, and answers to them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from entraide.apps.care_control.models import AnomalyAnswer
from entraide.apps.care_control.observed import (
    anomalies_of,
    answer_anomaly,
    flagged,
    open_anomalies,
    practices,
    profiles,
)
from entraide.apps.care_control.scorecards import scorecards
from entraide.apps.claims.models import Claim, ClaimLine, ClaimState, VisitKind
from entraide.apps.claims.review import LineReview, review_claim
from entraide.apps.enrolment.models import Household, Person
from entraide.apps.nomenclature.models import CareItem, CareItemKind, DrugClass
from entraide.apps.schemes.models import Mutual
from entraide.core.control.anomalies import Kind
from entraide.core.control.holidays import easter, holidays
from entraide.core.control.profiles import Measure
from entraide.core.errors import Refusal
from tests.builders import a_care_item, a_claim, a_key, a_provider
from tests.people import People

ON = date(2025, 6, 16)
SPRING = (date(2025, 3, 1), date(2025, 6, 1))


@pytest.fixture
def two_places(
    scoped: Mutual, people: People, approved: Callable[..., Claim]
) -> tuple[Claim, Claim]:
    """One person at two providers on one day, and a third visit on another day."""
    other = a_provider(scoped, people.moussa, code="clinique")
    approved(date(2025, 3, 10))
    return approved(), approved(provider=other)


def test_two_places_on_one_day_are_told_once_and_answered_once(
    scoped: Mutual, people: People, two_places: tuple[Claim, Claim]
) -> None:
    told = flagged(scoped, *SPRING)
    assert told[Kind.TWO_PLACES] == {str(each.uid) for each in two_places}
    assert not any(claims for kind, claims in told.items() if kind is not Kind.TWO_PLACES)
    [anomaly] = open_anomalies(scoped, *SPRING)

    def answer(actor: object, **more: Any) -> Any:
        content = {"from_": SPRING[0], "until": SPRING[1], "key": anomaly.key,
                   "verdict": "nothing", **more}  # fmt: skip
        return answer_anomaly(mutual=scoped, actor=actor, on=ON, idempotency_key=a_key(), **content)

    for more, code in (
        ({"verdict": "perhaps"}, "ANOMALY_VERDICT"),
        ({"verdict": "finding"}, "REASON_MISSING"),
        ({"key": "other"}, "ANOMALY_UNKNOWN"),
    ):
        with pytest.raises(Refusal, match=code):
            answer(people.coordinator, **more)
    for stranger in (people.awa, people.moussa, people.fanta):
        with pytest.raises(Refusal, match="FORBIDDEN"):
            answer(stranger)
    answer(people.coordinator)
    assert AnomalyAnswer.objects.get().claims == list(anomaly.claims)
    assert open_anomalies(scoped, *SPRING) == []
    assert len(anomalies_of(scoped, *SPRING)) == 1
    with pytest.raises(Refusal, match="ANOMALY_UNKNOWN"):
        answer(people.coordinator)


def test_who_left_before_the_care_is_told_afterwards(
    scoped: Mutual, family: Household, approved: Callable[..., Claim]
) -> None:
    claim = approved()
    Person.objects.filter(pk=claim.person_id).update(exited_on=date(2025, 2, 1))
    assert flagged(scoped, *SPRING)[Kind.AFTER_EXIT] == {str(claim.uid)}
    Person.objects.filter(pk=claim.person_id).update(exited_on=None, entered_on=date(2025, 5, 1))
    assert flagged(scoped, *SPRING)[Kind.BEFORE_ENTRY] == {str(claim.uid)}


def test_anomalies_cost_the_same_whatever_the_claims(
    scoped: Mutual, approved: Callable[..., Claim], django_assert_num_queries: Any
) -> None:
    for day in range(2):
        approved(date(2025, 3, 3) + timedelta(days=day))
        with django_assert_num_queries(4):
            anomalies_of(scoped, *SPRING)
        with django_assert_num_queries(3):
            practices(scoped, *SPRING)


def test_a_provider_is_counted_by_its_consultations_and_shown_from_five(
    scoped: Mutual, people: People, approved: Callable[..., Claim], family: Household
) -> None:
    prices = {"consultation-1": 4000, "consultation-2": 500, "consultation-3": 100}
    provider = a_provider(scoped, people.moussa, code="poste", prices=prices)
    for day in range(5):
        lines = [("consultation-1", "1", 4000)]
        lines += [("consultation-2", "1", 500), ("consultation-3", "2", 100)] if day < 2 else []
        claim = a_claim(family.persons.first(), provider, people.awa, *lines,
                        care_on=date(2025, 3, 3) + timedelta(days=day))  # fmt: skip
        assert claim.stated_minor == (4_700 if day < 2 else 4_000)
    drugs = CareItem.objects.exclude(code="consultation-1")
    drugs.update(kind=CareItemKind.DRUG, is_injection=True, drug_class=DrugClass.ANTIBIOTIC)
    drugs.filter(code="consultation-3").update(drug_class=DrugClass.SUPPLIES, is_injection=False)
    [practice] = practices(scoped, *SPRING)
    assert (practice.consultations, practice.costs.total_minor) == (5, 21_400)
    assert (practice.drugs, practice.with_antibiotic, practice.with_injection) == (2, 2, 2)
    shown = profiles(scoped, *SPRING)
    assert {each.measure for each in shown} == set(Measure) - {Measure.REFERRAL}
    assert profiles(scoped, date(2025, 3, 3), date(2025, 3, 7)) == ()
    assert practice.referred is None  # no referral is recorded here
    first = Claim.objects.filter(provider=provider).earliest("care_on")
    hospital = a_provider(scoped, people.moussa, code="hopital")
    sent_on = approved(date(2025, 3, 20), provider=hospital)
    Claim.objects.filter(pk=sent_on.pk).update(visit=VisitKind.REFERRAL, episode=first)
    by_provider = {each.provider: each.referred for each in practices(scoped, *SPRING)}
    assert by_provider == {str(provider.uid): 1, str(hospital.uid): 0}


def test_an_act_coded_otherwise_counts_as_it_was_recoded(
    scoped: Mutual, people: People, family: Household
) -> None:
    prices = {"consultation-1": 4000, "consultation-2": 500}
    provider = a_provider(scoped, people.moussa, code="poste", prices=prices)
    for day in range(5):
        a_claim(family.persons.first(), provider, people.awa, ("consultation-1", "1", 4000),
                ("consultation-2", "1", 500), care_on=date(2025, 3, 3) + timedelta(days=day))  # fmt: skip
    entered = CareItem.objects.filter(code="consultation-2")
    entered.update(kind=CareItemKind.DRUG, is_injection=True, drug_class=DrugClass.ANTIBIOTIC)
    for code, drug_class in (("consultation-3", DrugClass.SUPPLIES), ("consultation-4", "")):
        other = a_care_item(code)
        CareItem.objects.filter(pk=other.pk).update(kind=CareItemKind.DRUG, drug_class=drug_class)
        line = ClaimLine.objects.filter(care_item__code="consultation-2", recoded_item=None).first()
        assert line is not None
        ClaimLine.objects.filter(pk=line.pk).update(recoded_item=other)
    [practice] = practices(scoped, *SPRING)
    # Five entered as injected antibiotics: one is supplies since, one an ordinary drug.
    assert (practice.drugs, practice.with_antibiotic, practice.with_injection) == (4, 3, 3)


def test_an_anomaly_of_an_act_is_that_of_the_act_in_force(
    scoped: Mutual, people: People, family: Household, approved: Callable[..., Claim]
) -> None:
    claim = approved(date(2025, 3, 20))
    person = claim.person
    other_sex = "m" if person.sex == "f" else "f"
    CareItem.objects.filter(code="consultation-1").update(sex=other_sex)
    found = flagged(scoped, *SPRING)
    assert any(str(claim.uid) in uids for uids in found.values())
    claim.lines.update(recoded_item=a_care_item("consultation-5"))
    assert not any(str(claim.uid) in uids for uids in flagged(scoped, *SPRING).values())


def test_the_cost_of_a_case_is_what_the_rules_accept(
    scoped: Mutual, people: People, family: Household
) -> None:
    provider = a_provider(scoped, people.moussa, code="poste", prices={"consultation-1": 4000})
    person = family.persons.first()
    for day in range(6):
        asked = 650_000 if day == 5 else 4_500  # 4 000 is the price agreed
        claim = a_claim(person, provider, people.awa, ("consultation-1", "1", asked),
                        care_on=date(2025, 3, 3) + timedelta(days=day))  # fmt: skip
    [practice] = practices(scoped, *SPRING)
    decided = 6 if claim.state != ClaimState.IN_REVIEW else 5
    assert practice.consultations == 6
    assert (practice.costs.count, practice.costs.total_minor) == (decided, decided * 4_000)
    assert practice.plain_mean_minor == 4_000
    # A claim that somebody is still to look at has no accepted cost yet.
    Claim.objects.filter(pk=claim.pk).update(state=ClaimState.IN_REVIEW)
    [practice] = practices(scoped, *SPRING)
    assert (practice.consultations, practice.costs.count) == (6, 5)


def test_a_quantity_that_a_person_reduced_costs_what_was_justified(
    scoped: Mutual, people: People, family: Household
) -> None:
    prices = {"consultation-1": 4000, "consultation-2": 65}
    provider = a_provider(scoped, people.moussa, code="poste", prices=prices)
    person = family.persons.first()
    for day in range(5):
        claim = a_claim(person, provider, people.awa, ("consultation-1", "1", 4000),
                        care_on=date(2025, 3, 3) + timedelta(days=day))  # fmt: skip
    claim = a_claim(person, provider, people.awa, ("consultation-1", "1", 4000),
                    ("consultation-2", "10000", 65), care_on=date(2025, 3, 20))  # fmt: skip
    twenty = LineReview("2", "20 comprimés suffisent", justified_quantity=Decimal(20))
    claim = review_claim(
        mutual=scoped, actor=people.medical_adviser, on=ON, idempotency_key=a_key(), claim=claim,
        changes=(twenty,),
    )  # fmt: skip
    Claim.objects.filter(pk=claim.pk).update(state=ClaimState.DECIDED)
    [practice] = practices(scoped, *SPRING)
    assert claim.stated_minor == 654_000
    assert practice.plain_mean_minor == round((5 * 4_000 + 5_300) / 6)
    [card] = scorecards(scoped, *SPRING, on=ON, provider=provider)
    assert (card.costs.count, card.mean_cost_minor) == (6, 4_000)  # the dearest as the next


def test_easter_and_the_days_that_follow_it() -> None:
    # Published dates: 31 March 2024, 20 April 2025, 5 April 2026; 18 April 1954 and 25 April 2038.
    assert [easter(year) for year in (2024, 2025, 2026, 1954, 2038)] == [
        date(2024, 3, 31), date(2025, 4, 20), date(2026, 4, 5), date(1954, 4, 18),
        date(2038, 4, 25),
    ]  # fmt: skip
    days = holidays("tg", date(2025, 4, 1), date(2025, 7, 1))
    assert days == {
        date(2025, 4, 21), date(2025, 4, 27), date(2025, 5, 1), date(2025, 5, 29),
        date(2025, 6, 9), date(2025, 6, 21),
    }  # fmt: skip
