"""Journey J6 whole: an invoice of 40 attestations, each typed within its gestures, controlled, closed.

The browser enters three of them (``tests/e2e/test_an_invoice.py``) and counts the hands; here all
forty go through the same pages, and the gestures are read off the form that is offered each time.
"""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client

from entraide.apps.claims.models import Claim, ClaimState, Invoice, InvoiceState
from entraide.apps.enrolment.models import Person
from entraide.apps.nomenclature.services import ensure_diagnosis
from entraide.apps.providers.models import Provider
from entraide.apps.schemes.models import Mutual, Product
from tests.builders import a_household, a_key, a_payment
from tests.people import People
from tests.web.claims.conftest import Address
from tests.web.claims.test_entry import paper
from tests.web.conftest import Browser

ATTESTATIONS, FAMILIES, DAYS = 40, 7, 2
MOST_GESTURES = 20  # of one attestation: the target of the journey
ABOVE, UNKNOWN, TWICE = 7, 19, 31  # rank of the odd ones, from 0


class Fields(HTMLParser):
    """The fields of the entry that a keyboard goes through, in their order, up to a name."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self._closed = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "details" and "open" not in given:
            self._closed += 1
        is_field = tag in ("input", "select") and given.get("type") not in ("hidden", "submit")
        name = given.get("name", "")
        if is_field and name and not self._closed:
            self.values.setdefault(name, given.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "details" and self._closed:
            self._closed -= 1


def gestures(page: str) -> int:
    """Fields left one after the other as far as the first act, then one shortcut to record.

    The channel is hidden while the provider is paid; what stands there is passed over by one key.
    """
    form = page[page.index('data-enter="next"') :]
    fields = Fields()
    fields.feed(form)
    names = [name for name in fields.values if name != "channel"]
    return names.index("lines-0-item") + 1 + 1


@pytest.fixture
def persons(scoped: Mutual, people: People, product: Product, person: Person) -> list[Person]:
    ensure_diagnosis(system="reseau", code="B54", label="Paludisme")  # so that its field is there
    households = [person.household]
    for _rank in range(FAMILIES - 1):
        household = a_household(scoped, people.awa, product)
        a_payment(household, people.awa, 13000)
        households.append(household)
    return [each for one in households for each in one.persons.order_by("pk")]


def _text(answer: Any) -> str:
    return str(answer.content.decode()).replace("\u202f", " ").replace("\xa0", " ")


def _attestation(rank: int, person: Person, provider: Provider, invoice: Invoice) -> dict[str, Any]:
    """As the clerk sends it: one consultation at 4 000; three papers are odd."""
    act, price = ("consultation-1", "4000")
    if rank == UNKNOWN:
        act = "massage du dos"
    if rank == ABOVE:
        price = "4500"
    number = rank if rank != TWICE else rank - 1
    return dict(
        paper(
            person, provider, (act, "1", price), act="record_next", invoice=str(invoice.uid),
            received_on="02/04/2025", attestation_number=f"J6-{number}",
            care_on=f"{3 + rank // (3 * FAMILIES):02d}/03/2025",
        )
    )  # fmt: skip


@pytest.mark.requirement("R050")
def test_forty_attestations_are_entered_controlled_and_closed(
    signed_in: Browser, people: People, address: Address, provider: Provider,
    persons: list[Person],
) -> None:  # fmt: skip
    clerk: Client = signed_in(people.awa)
    total = ATTESTATIONS * 4000 + 500
    clerk.post(
        address("invoice-new"),
        {
            "idempotency_key": a_key(), "provider": str(provider.uid), "provider_number": "J6-40",
            "period_from": "01/03/2025", "period_until": "31/03/2025",
            "received_on": "02/04/2025", "stated_count": str(ATTESTATIONS),
            "stated_total": str(total), "page_count": "41",
        },
    )  # fmt: skip
    invoice = Invoice.objects.get()
    page = clerk.get(address("claim-new"), {"invoice": str(invoice.uid)})
    counted = []
    for rank in range(ATTESTATIONS):
        counted.append(gestures(page.content.decode()))
        form = page.context["form"]
        prefilled = {
            name for name in ("provider", "received_on", "invoice_number") if form[name].value()
        }
        assert prefilled == {"provider", "received_on", "invoice_number"}
        person = persons[rank % len(persons)]
        page = clerk.post(
            address("claim-new"), _attestation(rank, person, provider, invoice), follow=True
        )
        assert Claim.objects.count() == rank + 1
        if rank < ATTESTATIONS - 1:
            left = total - (rank + 1) * 4000 - (500 if rank >= ABOVE else 0)
            assert f"Écart : −{left:,}".replace(",", " ") in _text(page), rank
    assert max(counted) <= MOST_GESTURES
    assert set(counted) == {10}, "card, day, 6 fields passed over or filled, act, record"
    _controlled(signed_in, people, address, invoice, page)


def _controlled(
    signed_in: Browser, people: People, address: Address, invoice: Invoice, page: Any
) -> None:
    """The last one leads to the register: it adds up, the odd ones wait under their reasons."""
    assert "La facture tombe juste" in _text(page)
    claims = list(Claim.objects.filter(invoice=invoice).order_by("pk"))
    assert len(claims) == ATTESTATIONS
    assert sum(each.stated_minor for each in claims) == invoice.stated_minor
    waiting = [rank for rank, each in enumerate(claims) if each.state == ClaimState.IN_REVIEW]
    assert waiting == [UNKNOWN, TWICE]
    assert sum(each.state == ClaimState.DECIDED for each in claims) == ATTESTATIONS - 2
    doctor = signed_in(people.medical_adviser)
    for code, rank in (("ITEM_UNKNOWN", UNKNOWN), ("ATTESTATION_TWICE", TWICE)):
        told = _text(doctor.get(address("claim-worklists"), {"reason": code}))
        assert claims[rank].document_number in told
    shown = _text(signed_in(people.awa).get(address("claim", uid=claims[ABOVE].uid)))
    assert "Au-dessus du tarif de la convention" in shown
    clerk = signed_in(people.awa)
    clerk.post(address("invoice-close", uid=invoice.uid), {"idempotency_key": a_key()})
    invoice.refresh_from_db()
    assert (invoice.state, invoice.closing_difference_minor) in (
        (InvoiceState.CLOSED, None), (InvoiceState.CLOSED, 0),
    )  # fmt: skip
    assert invoice.document_number in _text(clerk.get(address("invoices"), {"state": "all"}))
