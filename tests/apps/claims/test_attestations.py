"""Booklets of attestations and what is usual: told on the claim, never refused."""

from __future__ import annotations

from datetime import date

import pytest

from entraide.apps.claims.attestations import (
    give_attestations,
    return_attestations,
    spoil_attestation,
    use_of,
)
from entraide.apps.claims.habits import keep_habits_current
from entraide.apps.claims.models import AttestationRange, Claim, ClaimState, SpoiltKind, UsualCare
from entraide.apps.enrolment.models import Person
from entraide.apps.providers.models import Provider
from entraide.apps.schemes.models import Mutual, Product
from entraide.core.care_package import Sector
from entraide.core.errors import Refusal
from tests.builders import a_claim, a_household, a_key, a_payment, a_provider
from tests.people import People

pytestmark = pytest.mark.django_db

ON = date(2025, 6, 2)


@pytest.fixture
def provider(mutual: Mutual, people: People) -> Provider:
    return a_provider(mutual, people.moussa)


@pytest.fixture
def person(scoped: Mutual, people: People, product: Product) -> Person:
    household = a_household(scoped, people.awa, product)
    a_payment(household, people.awa, 13000)
    return household.persons.get(is_member=True)


@pytest.fixture
def booklet(scoped: Mutual, people: People, provider: Provider) -> AttestationRange:
    return _given(scoped, people, provider=provider)


def _given(mutual: Mutual, people: People, **more: object) -> AttestationRange:
    content: dict[str, object] = {
        "first_number": "A-00001", "last_number": "A-00050", "given_on": ON, **more,
    }  # fmt: skip
    return give_attestations(
        mutual=mutual, actor=people.coordinator, on=ON, idempotency_key=a_key(), **content
    )


def _codes(person: Person, provider: Provider, people: People, day: int, number: str) -> list[str]:
    claim = a_claim(
        person, provider, people.awa, care_on=date(2025, 6, day), attestation_number=number
    )
    return list(claim.review_codes)


@pytest.mark.requirement("R058")
def test_a_number_out_of_place_is_told_on_the_claim(
    scoped: Mutual, people: People, provider: Provider, person: Person, booklet: AttestationRange
) -> None:
    other = a_provider(scoped, people.moussa, code="csps-2")
    spoil_attestation(
        mutual=scoped, actor=people.coordinator, on=ON, idempotency_key=a_key(),
        attestation_range=booklet, number="A-9", kind=SpoiltKind.LOST, reason="tombée dans l’eau",
    )  # fmt: skip
    assert _codes(person, provider, people, 3, "A-00007") == []
    assert _codes(person, provider, people, 4, "A-00051") == ["ATTESTATION_OUT_OF_RANGE"]
    assert _codes(person, provider, people, 5, "sans numéro") == ["ATTESTATION_OUT_OF_RANGE"]
    assert _codes(person, other, people, 6, "A-8") == ["ATTESTATION_OF_ANOTHER"]
    assert _codes(person, provider, people, 7, "A-00009") == ["ATTESTATION_SPOILT"]
    assert _codes(person, provider, people, 8, "") == []
    use = use_of([booklet])[booklet.pk]
    assert (use.used, use.voided, use.left) == (3, 1, 41)
    returned = return_attestations(
        mutual=scoped, actor=people.coordinator, on=ON, idempotency_key=a_key(),
        attestation_range=booklet, returned_on=ON,
    )  # fmt: skip
    assert returned.unused_from == 10
    assert _codes(person, provider, people, 9, "A-00012") == ["ATTESTATION_HANDED_BACK"]


def test_what_cannot_be_given_is_refused_with_its_place(
    scoped: Mutual, people: People, provider: Provider, person: Person, booklet: AttestationRange
) -> None:
    for code, content in (
        ("ATTESTATION_HOLDER_MISSING", {}),
        ("ATTESTATION_HOLDER_MISSING", {"provider": provider, "holder": people.awa}),
        ("SEPARATION_OF_DUTIES", {"holder": people.coordinator}),
        ("BOOKLET_NUMBER_UNREADABLE", {"holder": people.awa, "first_number": "A"}),
        ("BOOKLET_NUMBERS_APART", {"holder": people.awa, "last_number": "B-00060"}),
        ("RANGE_OVERLAPS", {"holder": people.awa, "first_number": "A-50", "last_number": "A-60"}),
        ("RANGE_COUNT", {"holder": people.awa, "first_number": "C-1", "last_number": "C-99999"}),
    ):
        with pytest.raises(Refusal, match=code):
            _given(scoped, people, **content)
    with pytest.raises(Refusal, match="FORBIDDEN"):
        give_attestations(
            mutual=scoped, actor=people.awa, on=ON, idempotency_key=a_key(), provider=provider,
            first_number="Z-1", last_number="Z-2", given_on=ON,
        )  # fmt: skip
    assert _codes(person, provider, people, 3, "A-00007") == []
    spoil = {"kind": SpoiltKind.CANCELLED, "reason": "rature", "attestation_range": booklet}
    for code, number in (("ATTESTATION_CLAIMED", "A-7"), ("RECEIPT_NUMBER_NOT_IN_RANGE", "A-51")):
        with pytest.raises(Refusal, match=code):
            spoil_attestation(
                mutual=scoped, actor=people.coordinator, on=ON, idempotency_key=a_key(),
                number=number, **spoil,
            )  # fmt: skip


@pytest.mark.requirement("R058")
def test_a_price_or_quantity_far_from_the_usual_and_an_act_at_two_places_wait_for_a_person(
    scoped: Mutual, people: People, provider: Provider, person: Person
) -> None:
    for day in range(1, 23):
        a_claim(person, provider, people.awa, care_on=date(2025, 5, day))
    assert not UsualCare.objects.exists()
    keep_habits_current(scoped, ON)
    keep_habits_current(scoped, ON)  # thirty days old at most: nothing more to do
    own = UsualCare.objects.get(provider=provider)
    assert (own.sample_count, own.price_median_minor, own.price_limit_minor) == (22, 4000, 8000)
    ten_times = a_claim(person, provider, people.awa, ("consultation-1", "1", 40_000), care_on=ON)
    assert (ten_times.state, ten_times.review_codes) == (ClaimState.IN_REVIEW, ["PRICE_UNUSUAL"])
    many = a_claim(
        person, provider, people.awa, ("consultation-1", "10000", 4000), care_on=date(2025, 6, 3)
    )
    assert many.review_codes == ["QUANTITY_UNUSUAL"]
    other = a_provider(scoped, people.moussa, code="csps-2")
    twice = a_claim(person, other, people.awa, care_on=ON)
    assert twice.review_codes == ["SAME_ACT_ELSEWHERE"]
    assert twice.warnings[0]["data"]["other_claim"] == ten_times.document_number
    assert sum(bool(claim.review_codes) for claim in Claim.objects.all()) == 3


@pytest.mark.requirement("R058", begun=True)
def test_what_is_usual_in_public_says_nothing_of_private(
    scoped: Mutual, people: People, provider: Provider, person: Person
) -> None:
    for day in range(1, 23):
        a_claim(person, provider, people.awa, care_on=date(2025, 5, day))
    keep_habits_current(scoped, ON)
    private = a_provider(
        scoped, people.moussa, code="clinique", prices={"consultation-1": 20_000},
        sector=Sector.PRIVATE,
    )  # fmt: skip
    claim = a_claim(person, private, people.awa, ("consultation-1", "1", 20_000), care_on=ON)
    above = a_claim(
        person, private, people.awa, ("consultation-1", "1", 30_000), care_on=date(2025, 6, 3)
    )
    assert "PRICE_UNUSUAL" not in (*claim.review_codes, *above.review_codes), "none was measured"
    public = a_provider(
        scoped, people.moussa, code="csps-9", prices={"consultation-1": 20_000},
    )  # fmt: skip
    agreed, dear = (
        a_claim(
            person, public, people.awa, ("consultation-1", "1", price), care_on=date(2025, 6, day)
        )
        for day, price in ((5, 20_000), (6, 20_001))
    )
    assert (agreed.review_codes, dear.review_codes) == ([], ["PRICE_UNUSUAL"])
