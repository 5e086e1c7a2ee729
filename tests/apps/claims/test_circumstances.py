"""A rich care package on real records: levels, lists, agreements, episodes, limits counted."""

from __future__ import annotations

from datetime import date

import pytest

from entraide.apps.claims.approval import reverse_claim
from entraide.apps.claims.around import Circumstances
from entraide.apps.claims.models import (
    Claim,
    ClaimState,
    PreAuthorisation,
    PreAuthorisationState,
    UseCounter,
    VisitKind,
)
from entraide.apps.claims.pre_authorisations import (
    ask_pre_authorisation,
    cancel_pre_authorisation,
    decide_pre_authorisation,
    end_patient_listing,
    list_patient,
    paid_under,
    remarks_of,
)
from entraide.apps.claims.review import LineReview, readmit_claim, review_claim
from entraide.apps.claims.selectors import decision_in_force
from entraide.apps.claims.services import replay_decision
from entraide.apps.claims.verification import check_counters
from entraide.apps.enrolment.models import Person
from entraide.apps.nomenclature.models import CareItem, RiskCategory
from entraide.apps.nomenclature.services import ensure_category
from entraide.apps.providers.models import Provider
from entraide.apps.providers.services import ensure_provider, make_agreement
from entraide.apps.schemes.models import Mutual
from entraide.core.adjudication.decision import Decision as CoreDecision
from entraide.core.errors import Refusal, RefusedRows
from entraide.core.product import Sector
from tests.builders import (
    OPENED_ON,
    a_claim,
    a_household,
    a_key,
    a_payment,
    a_provider,
    an_approved_product,
)
from tests.people import People

pytestmark = pytest.mark.django_db

ON = date(2025, 6, 2)
PRICES = {"consultation-1": 4000, "hospital-1": 30000, "medicines-1": 10500, "dental-1": 9000}


@pytest.fixture
def provider(mutual: Mutual, people: People) -> Provider:
    return a_provider(mutual, people.moussa, prices=PRICES)


@pytest.fixture
def family(scoped: Mutual, people: People) -> list[Person]:
    """Éloïse, Koffi and Afi, covered since 10 January 2025, 19 000 paid."""
    version = an_approved_product(scoped, people.moussa, people.director, "panier-complet")
    household = a_household(scoped, people.awa, version.product)
    a_payment(household, people.awa, sum(due.amount_minor for due in household.dues.all()))
    return list(household.persons.order_by("number"))


def _codes(claim: Claim) -> dict[str, int]:
    return CoreDecision.from_json(decision_in_force(claim).outcome).reduced_minor_by_code()


def _is_true(mutual: Mutual) -> None:
    assert list(check_counters(mutual)) == []
    for claim in Claim.objects.all():
        first = claim.decisions.get(number=1)
        assert replay_decision(first).to_json() == first.outcome


@pytest.mark.parametrize(
    ("level", "visit", "payable"),
    [
        ("", VisitKind.PLANNED, 3000),
        ("primary", VisitKind.PLANNED, 3000),
        ("district", VisitKind.PLANNED, 2000),
        ("district", VisitKind.REFERRAL, 3000),
        ("district", VisitKind.EMERGENCY, 3400),
    ],
)
def test_what_is_paid_depends_on_the_level_and_on_how_one_came(
    scoped: Mutual, people: People, provider: Provider, family: list[Person],
    level: str, visit: str, payable: int,
) -> None:  # fmt: skip
    provider.level = level
    provider.save(update_fields=["level"])
    how = Circumstances(visit=visit)
    claim = a_claim(family[0], provider, people.awa, care_on=ON, circumstances=how)
    assert (claim.visit, claim.payable_minor) == (visit, payable)
    _is_true(scoped)


def test_a_limit_of_the_household_is_counted_over_its_persons_and_given_back(
    scoped: Mutual, people: People, provider: Provider, family: list[Person]
) -> None:
    claims = [
        a_claim(family[n % 3], provider, people.awa, care_on=date(2025, 6, 2 + n)) for n in range(7)
    ]
    assert [claim.payable_minor > 0 for claim in claims] == [True] * 6 + [False]
    assert _codes(claims[6]) == {"LIMIT_COUNT": 4000}
    counter = UseCounter.objects.get(category_code="count:household:year:consultations")
    assert (counter.person_id, counter.amount_minor) == (None, 6)
    review_claim(
        mutual=scoped, actor=people.medical_adviser, on=date(2025, 6, 9), idempotency_key=a_key(),
        claim=claims[0], changes=(LineReview("1", "non faite", less_minor=3000),),
    )  # fmt: skip
    _is_true(scoped)
    reverse_claim(
        mutual=scoped, actor=people.moussa, on=date(2025, 6, 9), idempotency_key=a_key(),
        claim=claims[1], reason="saisie en double",
    )  # fmt: skip
    counter.refresh_from_db()
    assert counter.amount_minor == 4
    _is_true(scoped)


@pytest.mark.requirement("R066")
def test_a_ceiling_by_risk_counts_the_acts_that_the_list_says_are_of_it(
    scoped: Mutual, people: People, provider: Provider, family: list[Person]
) -> None:
    chronic = CareItem.objects.get(code="medicines-1")
    chronic.risk_category = RiskCategory.CHRONIC
    chronic.save(update_fields=["risk_category"])
    claims = [
        a_claim(family[0], provider, people.awa, ("medicines-1", "1", 10500), care_on=day)
        for day in (date(2025, 6, 2), date(2025, 6, 12), date(2025, 6, 22))
    ]
    assert [claim.payable_minor > 0 for claim in claims] == [True, True, False]
    assert _codes(claims[2]) == {"LIMIT_COUNT": 10500}
    counters = UseCounter.objects.filter(category_code__endswith=":suivi_chronique")
    assert [counter.amount_minor for counter in counters] == [2]
    _is_true(scoped)


def _asked(person: Person, people: People, **more: object) -> PreAuthorisation:
    return ask_pre_authorisation(
        mutual=person.mutual, actor=people.awa, on=ON, idempotency_key=a_key(), person=person,
        category=ensure_category("hospital"), effective_from=ON, effective_until=date(2025, 7, 2),
        **more,
    )  # fmt: skip


def test_hospital_is_paid_under_an_agreement_up_to_its_amount(
    scoped: Mutual, people: People, provider: Provider, family: list[Person]
) -> None:
    first = a_claim(family[0], provider, people.awa, ("hospital-1", "1", 30000), care_on=ON)
    assert _codes(first) == {"PRE_AUTHORISATION_MISSING": 30000}
    asked = _asked(family[0], people, amount_minor=50000)
    assert asked.document_number == "AP-2025-00001"
    again = a_claim(family[0], provider, people.awa, ("hospital-1", "1", 30000), care_on=ON)
    assert again.payable_minor == 0, "asked is not given"
    decide = {"mutual": scoped, "on": ON, "authorisation": asked, "is_given": True}
    with pytest.raises(Refusal, match="FORBIDDEN"):
        decide_pre_authorisation(actor=people.awa, idempotency_key=a_key(), **decide)
    given = decide_pre_authorisation(
        actor=people.medical_adviser, idempotency_key=a_key(), **decide
    )
    assert given.state == PreAuthorisationState.GIVEN
    day = date(2025, 6, 5)
    one = a_claim(family[0], provider, people.awa, ("hospital-1", "1", 30000), care_on=day)
    assert (one.payable_minor, one.lines.get().pre_authorisation) == (24000, given)
    two = a_claim(
        family[0], provider, people.awa, ("hospital-1", "1", 30000), care_on=date(2025, 6, 20)
    )
    assert _codes(two) == {"COPAYMENT": 6000}, "26 000 are left, 24 000 are paid"
    three = a_claim(
        family[0], provider, people.awa, ("hospital-1", "1", 30000), care_on=date(2025, 6, 20),
    )  # fmt: skip
    assert three.payable_minor == 0, "asked twice"
    three = a_claim(
        family[0], provider, people.awa, ("hospital-1", "1", 30000), care_on=date(2025, 6, 21)
    )
    assert _codes(three) == {"COPAYMENT": 6000, "ABOVE_PRE_AUTHORISATION": 22000}
    assert sum(line.payable_minor for line in paid_under(given)) == 50000
    cancel_pre_authorisation(
        mutual=scoped, actor=people.medical_adviser, on=date(2025, 6, 21), idempotency_key=a_key(),
        authorisation=given, reason="sortie",
    )  # fmt: skip
    after = a_claim(
        family[0], provider, people.awa, ("hospital-1", "1", 30000), care_on=date(2025, 6, 25)
    )
    assert _codes(after) == {"PRE_AUTHORISATION_MISSING": 30000}
    _is_true(scoped)


def test_one_bill_and_two_bills_pay_the_same_under_an_agreement(
    scoped: Mutual, people: People, provider: Provider, family: list[Person]
) -> None:
    """40 000 guaranteed, 60 000 asked in one claim or in two, the family's 20 % taken off."""

    def paid(person: Person, *bills: str) -> int:
        decide_pre_authorisation(
            mutual=scoped, actor=people.medical_adviser, on=ON, idempotency_key=a_key(),
            authorisation=_asked(person, people, amount_minor=40000), is_given=True,
        )  # fmt: skip
        claims = [
            a_claim(
                person, provider, people.awa, ("hospital-1", bill, 30000),
                care_on=date(2025, 6, 3 + day),
            )
            for day, bill in enumerate(bills)
        ]  # fmt: skip
        return sum(claim.payable_minor for claim in claims)

    assert paid(family[0], "2") == paid(family[1], "1", "1") == 40000
    _is_true(scoped)


def test_an_agreement_that_nobody_asks_for_lowers_nothing(
    scoped: Mutual, people: People, provider: Provider, family: list[Person]
) -> None:
    asked = ask_pre_authorisation(
        mutual=scoped, actor=people.awa, on=ON, idempotency_key=a_key(), person=family[0],
        category=ensure_category("consultation"), effective_from=ON,
        effective_until=date(2025, 7, 2), amount_minor=1000,
    )  # fmt: skip
    given = decide_pre_authorisation(
        mutual=scoped, actor=people.medical_adviser, on=ON, idempotency_key=a_key(),
        authorisation=asked, is_given=True,
    )  # fmt: skip
    claim = a_claim(family[0], provider, people.awa, care_on=date(2025, 6, 5))
    assert "ABOVE_PRE_AUTHORISATION" not in _codes(claim)
    assert paid_under(given) == []
    _is_true(scoped)


def test_an_agreement_asked_after_its_first_day_says_so(
    scoped: Mutual, people: People, provider: Provider, family: list[Person]
) -> None:
    later = ask_pre_authorisation(
        mutual=scoped, actor=people.awa, on=date(2025, 6, 13), idempotency_key=a_key(),
        person=family[0], category=ensure_category("hospital"), effective_from=ON,
        effective_until=date(2025, 7, 2),
    )  # fmt: skip
    (remark,) = remarks_of(later)
    assert (remark.code, remark.data["days"]) == ("PRE_AUTHORISATION_RETROACTIVE", 11)
    assert remarks_of(_asked(family[1], people)) == ()


def test_an_agreement_asked_wrongly_names_every_fault(
    scoped: Mutual, people: People, provider: Provider, family: list[Person]
) -> None:
    with pytest.raises(RefusedRows) as refused:
        ask_pre_authorisation(
            mutual=scoped, actor=people.awa, on=ON, idempotency_key=a_key(), person=family[0],
            category=ensure_category("hospital"), effective_from=ON, effective_until=ON,
            amount_minor=0,
        )  # fmt: skip
    assert [finding.code for finding in refused.value.findings] == [
        "PRE_AUTHORISATION_WITHOUT_DAYS", "PRE_AUTHORISATION_AMOUNT_INVALID",
    ]  # fmt: skip


def test_an_episode_in_two_circuits_pays_its_deductible_once(
    scoped: Mutual, people: People, provider: Provider, family: list[Person]
) -> None:
    first = a_claim(family[0], provider, people.awa, ("medicines-1", "1", 10500), care_on=ON)
    assert _codes(first) == {"DEDUCTIBLE": 500, "COPAYMENT": 2000}
    pharmacy = a_provider(scoped, people.moussa, code="pharmacie", prices={"medicines-1": 10500})
    following = Circumstances(episode=first)
    second = a_claim(
        family[0], pharmacy, people.awa, ("medicines-1", "1", 10000),
        care_on=date(2025, 6, 3), circumstances=following,
    )  # fmt: skip
    assert _codes(second) == {"COPAYMENT": 2000, "LIMIT_AMOUNT": 4000}
    third = a_claim(
        family[0], provider, people.awa, ("medicines-1", "1", 5000),
        care_on=date(2025, 6, 4), circumstances=Circumstances(episode=second),
    )  # fmt: skip
    assert (third.episode, _codes(third)) == (first, {"COPAYMENT": 1000, "LIMIT_AMOUNT": 4000})
    counter = UseCounter.objects.get(person=family[0], category_code="medicines")
    assert (counter.amount_minor, counter.case_count) == (12000, 1)
    with pytest.raises(Refusal, match="EPISODE_OF_ANOTHER"):
        a_claim(family[1], provider, people.awa, care_on=ON, circumstances=following)
    _is_true(scoped)


def test_an_attestation_used_twice_is_kept_for_a_person(
    scoped: Mutual, people: People, provider: Provider, family: list[Person]
) -> None:
    content = {"care_on": ON, "attestation_number": "AT-7"}
    first = a_claim(family[0], provider, people.awa, **content)
    second = a_claim(family[1], provider, people.awa, **content)
    assert (second.state, second.attestation_of, second.payable_minor) == (
        ClaimState.IN_REVIEW, first, 0,
    )  # fmt: skip
    readmit_claim(
        mutual=scoped, actor=people.medical_adviser, on=ON, idempotency_key=a_key(), claim=second,
        reason="numéro mal imprimé",
    )  # fmt: skip
    second.refresh_from_db()
    assert (second.state, second.payable_minor) == (ClaimState.DECIDED, 3000)
    _is_true(scoped)


def test_who_is_on_a_list_has_its_rules_while_they_are_on_it(
    scoped: Mutual, people: People, provider: Provider, family: list[Person]
) -> None:
    content = {"mutual": scoped, "actor": people.medical_adviser, "on": ON}
    listing = list_patient(
        idempotency_key=a_key(), person=family[0], list_code="chronic", effective_from=ON,
        reason="hypertension", **content,
    )  # fmt: skip
    with pytest.raises(Refusal, match="PATIENT_LISTED"):
        list_patient(
            idempotency_key=a_key(), person=family[0], list_code="chronic", effective_from=ON,
            reason="encore", **content,
        )  # fmt: skip
    on_it = a_claim(family[0], provider, people.awa, ("medicines-1", "1", 10500), care_on=ON)
    assert on_it.payable_minor == 10500
    end_patient_listing(
        idempotency_key=a_key(), listing=listing, effective_until=date(2025, 6, 10), **content
    )
    off_it = a_claim(
        family[0], provider, people.awa, ("medicines-1", "1", 10500), care_on=date(2025, 6, 10)
    )
    assert off_it.payable_minor == 8000
    _is_true(scoped)


def test_a_provider_whose_members_pay_first_is_not_paid_directly(
    scoped: Mutual, people: People, provider: Provider, family: list[Person]
) -> None:
    clinic = ensure_provider(system="test", code="clinique", name="Clinique", sector=Sector.PRIVATE)
    make_agreement(
        mutual=scoped, actor=people.moussa, on=OPENED_ON, idempotency_key=a_key(), provider=clinic,
        tariff_list=None, effective_from=OPENED_ON, is_third_party_payment=False,
    )  # fmt: skip
    claim = a_claim(family[0], clinic, people.awa, care_on=ON)
    assert _codes(claim) == {"NOT_PAID_DIRECTLY": 4000}
