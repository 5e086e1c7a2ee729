"""The negotiation file: proposals with their effect, notes that stay, agreed prices entered."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from entraide.apps.providers.models import NegotiationNote, PriceProposal, Provider
from entraide.apps.schemes.models import Mutual, Product
from tests.builders import a_care_item, a_claim, a_household, a_key, a_payment
from tests.people import People
from tests.web.conftest import Browser
from tests.web.providers.conftest import Address

PROPOSED: dict[str, Any] = {
    "side": "provider", "proposed_on": "10/06/2025", "said_by": "Dr Mensah, lettre du 9 juin",
    "terms": "Paiement sous 20 jours",
}  # fmt: skip


@pytest.fixture
def coordinator(signed_in: Browser, people: People) -> Client:
    return signed_in(people.coordinator)


@pytest.fixture
def proposal(
    provider: Provider, product: Product, scoped: Mutual, people: People, coordinator: Client,
    address: Address,
) -> PriceProposal:  # fmt: skip
    household = a_household(scoped, people.awa, product)
    a_payment(household, people.awa, 13_000)
    member = household.persons.get(is_member=True)
    a_claim(member, provider, people.awa, ("consultation-1", "2", 4_000), care_on=date(2025, 5, 5))
    item = a_care_item()
    a_care_item("consultation-2")
    sent = PROPOSED | {
        f"price-{item.uid}": "4 500", "item-0": "consultation-2", "new-0": "900",
        "idempotency_key": a_key(),
    }  # fmt: skip
    answer = coordinator.post(address("price-propose", uid=provider.uid), sent)
    assert answer.status_code == 302
    return PriceProposal.objects.get()


@pytest.mark.requirement("R072")
def test_a_proposal_is_told_beside_what_twelve_months_cost(
    proposal: PriceProposal, coordinator: Client, address: Address
) -> None:
    page = coordinator.get(address("price-proposal", uid=proposal.uid))
    compared = page.context["comparison"]
    (_line, first), (_new, second) = compared.lines
    assert (first.quantity, first.asked_minor, first.effect_minor) == (2, 8_000, 1_000)
    assert first.agreed_minor == 4_000
    assert (second.agreed_minor, second.effect_minor) == (None, None)
    assert (compared.start, compared.until) == (date(2024, 6, 10), date(2025, 6, 10))
    text = page.content.decode().replace("\u202f", " ").replace("\u00a0", " ")
    assert "+1 000 F CFA" in text
    assert "nombre dans ces mois × prix proposé" in text
    sheet = coordinator.get(address("price-proposal-sheet", uid=proposal.uid))
    assert sheet.content.startswith(b"%PDF")
    listed = coordinator.get(address("negotiation", uid=proposal.provider.uid))
    assert [each.is_agreed for each in listed.context["proposals"]] == [False]


@pytest.mark.requirement("R072")
def test_what_is_agreed_is_kept_and_waits_in_the_price_list_for_a_second_person(
    proposal: PriceProposal, coordinator: Client, address: Address
) -> None:
    page = address("price-proposal", uid=proposal.uid)
    said = {"said_on": "15/06/2025", "present": "Dr Mensah, Kossi", "text": "Dès juillet"}
    assert (
        coordinator.post(page, said | {"present": "", "idempotency_key": a_key()}).status_code
        == 422
    )
    assert (
        coordinator.post(
            page, said | {"said_on": "15/06/2026", "idempotency_key": a_key()}
        ).status_code
        == 422
    )
    assert coordinator.post(page, said | {"idempotency_key": a_key()}).status_code == 302
    shown = coordinator.get(page)
    assert [each.text for each in shown.context["agreements"]] == ["Dès juillet"]
    prices = shown.context["list"]
    form = coordinator.get(
        address("price-list-enter", uid=prices.uid) + f"?proposal={proposal.uid}"
    ).context["form"]
    assert form[f"price-{a_care_item().uid}"].value().replace("\u202f", " ") == "4 500"
    assert (form["item-0"].value(), form["new-0"].value()) == ("consultation-2", "900")
    assert "Dr Mensah" in form["source"].value()
    assert prices.tariffs.count() == 1  # nothing holds before somebody else has approved


@pytest.mark.requirement("R072")
def test_notes_are_kept_as_written(
    proposal: PriceProposal, coordinator: Client, address: Address
) -> None:
    note = address("negotiation-note", uid=proposal.provider.uid)
    said = {"kind": "incentive", "said_on": "12/06/2025", "present": "Kossi", "text": "2 %"}
    assert coordinator.post(note, said | {"kind": "agreement"}).status_code == 422
    assert coordinator.post(note, said | {"text": " "}).status_code == 422
    assert coordinator.post(note, said | {"idempotency_key": a_key()}).status_code == 302
    kept = NegotiationNote.objects.get()
    for act in (
        lambda: NegotiationNote.objects.filter(pk=kept.pk).update(text="3 %"),
        lambda: PriceProposal.objects.filter(pk=proposal.pk).update(terms=""),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


def test_a_proposal_without_anything_and_wrong_prices_are_told_together(
    provider: Provider, coordinator: Client, address: Address
) -> None:
    new = address("price-propose", uid=provider.uid)
    empty = coordinator.post(new, PROPOSED | {"terms": "", "idempotency_key": a_key()})
    assert empty.status_code == 422
    assert "au moins un prix" in empty.content.decode()
    wrong = PROPOSED | {"said_by": "", "item-0": "inconnu", "new-0": "10", "new-1": "x"}
    assert {"said_by", "item-0", "new-1"} <= set(
        coordinator.post(new, wrong).context["form"].errors
    )
    assert not PriceProposal.objects.exists()


def test_only_who_keeps_or_approves_conventions_reads_the_file_and_only_of_the_mutual(
    proposal: PriceProposal, people: People, signed_in: Browser, address: Address
) -> None:
    file = address("negotiation", uid=proposal.provider.uid)
    pages = (file, *(address(name, uid=proposal.uid)
                     for name in ("price-proposal", "price-proposal-sheet")))  # fmt: skip
    for user, status in ((people.awa, 403), (people.moussa, 200), (people.director, 200)):
        assert [signed_in(user).get(page).status_code for page in pages] == [status] * 3
    assert signed_in(people.director).get(address("price-propose", uid=proposal.provider.uid)
                                          ).status_code == 403  # fmt: skip
    assert [signed_in(people.fanta).get(page).status_code for page in pages] == [404] * 3
