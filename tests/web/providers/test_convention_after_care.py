"""A convention approved after the care: what it lacks is named, claims refused for want of it are
found on its page and decided again."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from entraide.apps.claims.convention_again import decide_under_convention, refused_for_lack_of
from entraide.apps.claims.models import Circuit, Claim, ClaimState
from entraide.apps.providers.conventions import Terms, draft_convention
from entraide.apps.providers.models import Agreement, Provider
from entraide.apps.providers.services import ensure_provider
from entraide.apps.schemes.models import Mutual, Product
from entraide.core.errors import Refusal
from entraide.core.product import Sector
from tests.builders import a_claim, a_household, a_key, a_payment
from tests.people import People
from tests.web.conftest import Browser
from tests.web.providers.conftest import Address


@pytest.fixture
def late(scoped: Mutual, people: People, product: Product, provider: Provider) -> Agreement:
    """A draft from May on, entered in June with a price list, without any signatory."""
    centre = ensure_provider(
        system="test", code="tard", name="Dispensaire Tard", sector=Sector.PUBLIC
    )
    return draft_convention(
        mutual=scoped, actor=people.coordinator, on=date(2025, 6, 16), idempotency_key=a_key(),
        provider=centre,
        terms=Terms(date(2025, 5, 1), tariff_list=provider.agreements.get().tariff_list),
    )  # fmt: skip


@pytest.fixture
def refused(scoped: Mutual, people: People, product: Product, late: Agreement) -> Claim:
    household = a_household(scoped, people.awa, product)
    a_payment(household, people.awa, 13_000)
    member = household.persons.get(is_member=True)
    claim = a_claim(member, late.provider, people.awa, care_on=date(2025, 5, 5))
    assert (claim.state, claim.circuit) == (ClaimState.REFUSED, Circuit.THIRD_PARTY_PAYMENT)
    return claim


def test_what_a_convention_lacks_is_named_before_it_is_approved(
    late: Agreement, people: People, signed_in: Browser, address: Address
) -> None:
    page = signed_in(people.director).get(address("convention", uid=late.uid)).content.decode()
    for words in ("qui a signé pour le prestataire", "le jour de la signature", "le papier signé"):
        assert words in page, words
    assert "une liste de prix" not in page


def test_a_claim_refused_for_want_of_it_is_listed_and_decided_again(
    refused: Claim, late: Agreement, people: People, signed_in: Browser, address: Address
) -> None:
    sent: dict[str, Any]
    assert refused_for_lack_of(late) == []  # a draft counts for nothing
    page = address("convention", uid=late.uid)
    approver = signed_in(people.director)
    sent = {"seen": approver.get(page).context["seal"], "idempotency_key": a_key()}
    approver.post(address("convention-approve", uid=late.uid), sent)
    late.refresh_from_db()
    assert refused_for_lack_of(late) == [refused]
    assert refused.document_number in approver.get(page).content.decode()
    again = address("convention-decide-again", uid=late.uid)
    sent = {"claim": str(refused.uid), "idempotency_key": a_key()}
    assert signed_in(people.moussa).post(again, sent).status_code == 403
    reviewer = signed_in(people.medical_adviser)
    for _time in range(2):
        assert reviewer.post(again, sent).status_code == 302
    refused.refresh_from_db()
    assert (refused.state, refused.payable_minor, refused.decision_number) == (
        ClaimState.DECIDED, 3_000, 2,
    )  # fmt: skip
    assert refused_for_lack_of(late) == []
    with pytest.raises(Refusal, match="CLAIM_NOT_FOR_CONVENTION"):
        decide_under_convention(
            mutual=late.mutual, actor=people.medical_adviser, on=date(2025, 6, 16),
            idempotency_key=a_key(), claim=refused, agreement=late,
        )  # fmt: skip
