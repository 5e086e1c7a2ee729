"""Invoices of providers: received once, filled, closed only when they add up or with a reason."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date

import pytest
from django.db import connection
from django_scopes import scope

from entraide.apps.access.models import AuditEvent
from entraide.apps.claims.approval import approve_decided_claims, reverse_claim
from entraide.apps.claims.invoice_selectors import (
    invoice_for,
    invoices_list,
    loose_claims,
    overdue_invoices,
    totals_of,
)
from entraide.apps.claims.invoices import (
    attach_claims,
    cancel_invoice,
    close_invoice,
    close_invoice_with_difference,
    receive_invoice,
)
from entraide.apps.claims.models import Circuit, Claim, Invoice, InvoiceState
from entraide.apps.enrolment.models import Person
from entraide.apps.providers.models import Agreement, Provider
from entraide.apps.providers.services import ensure_provider
from entraide.apps.schemes.models import Mutual, Product
from entraide.core.errors import Refusal, RefusedRows
from entraide.core.product import Sector
from tests.builders import a_claim, a_household, a_key, a_payment, a_provider
from tests.people import People

pytestmark = pytest.mark.django_db

ON = date(2025, 4, 2)


@pytest.fixture
def provider(mutual: Mutual, people: People) -> Provider:
    return a_provider(mutual, people.moussa)


@pytest.fixture
def person(scoped: Mutual, people: People, product: Product) -> Person:
    household = a_household(scoped, people.awa, product)
    a_payment(household, people.awa, 13000)
    return household.persons.get(is_member=True)


def received(provider: Provider, people: People, mutual: Mutual, **more: object) -> Invoice:
    told: dict[str, object] = {
        "provider_number": "392", "period_from": date(2025, 3, 1), "stated_count": 2,
        "period_until": date(2025, 4, 1), "received_on": ON, "stated_minor": 8000, **more,
    }  # fmt: skip
    return receive_invoice(
        mutual=mutual, actor=people.awa, on=ON, idempotency_key=a_key(), provider=provider, **told
    )


def _claim(person: Person, provider: Provider, people: People, day: int, **more: object):  # type: ignore[no-untyped-def]
    return a_claim(person, provider, people.awa, care_on=date(2025, 3, day), received_on=ON, **more)


def test_an_invoice_number_of_two_alphabets_is_refused_with_the_other_faults(
    scoped: Mutual, people: People, provider: Provider
) -> None:
    with pytest.raises(RefusedRows) as refused:
        received(provider, people, scoped, provider_number="\u0410-392", stated_count=0)
    assert [each.code for each in refused.value.findings] == [
        "PAPER_NUMBER_MIXED", "INVOICE_COUNT_INVALID",
    ]  # fmt: skip
    received(provider, people, scoped)
    with pytest.raises(Refusal, match="INVOICE_TWICE"):
        received(provider, people, scoped, provider_number="３９２")


@pytest.mark.requirement("R050")
def test_an_invoice_is_received_under_a_number_without_holes_with_its_due_day(
    scoped: Mutual, people: People, provider: Provider
) -> None:
    provider = ensure_provider(
        system="test", code="cma-1", name="CMA de Kara", sector=Sector.PUBLIC
    )
    Agreement.objects.create(
        mutual=scoped, provider=provider, effective_from=date(2025, 1, 1), payment_delay_days=30
    )
    first = received(provider, people, scoped)
    assert (first.document_number, first.due_on) == ("FR-2025-00001", date(2025, 5, 2))
    with pytest.raises(RefusedRows) as refused:
        received(
            provider, people, scoped, provider_number=" ", period_until=date(2025, 3, 1),
            stated_count=0, received_on=date(2025, 2, 1), stated_minor=-1,
        )  # fmt: skip
    assert [each.code for each in refused.value.findings] == [
        "INVOICE_NUMBER_MISSING", "PERIOD_EMPTY", "INVOICE_BEFORE_CARE", "INVOICE_COUNT_INVALID",
        "INVOICE_AMOUNT_INVALID",
    ]  # fmt: skip
    with pytest.raises(Refusal) as twice:
        received(provider, people, scoped)
    assert (twice.value.code, twice.value.data["invoice"]) == ("INVOICE_TWICE", "FR-2025-00001")
    second = received(provider, people, scoped, provider_number="393")
    assert second.document_number == "FR-2025-00002"
    assert [each.pk for each in overdue_invoices(scoped, date(2025, 5, 3))] == [first.pk, second.pk]
    assert not overdue_invoices(scoped, date(2025, 5, 2))
    assert list(invoices_list(scoped, text="393")) == [second]


@pytest.mark.requirement("R058", begun=True)
def test_an_invoice_that_does_not_add_up_stays_open_until_another_person_gives_a_reason(
    scoped: Mutual, people: People, provider: Provider, person: Person
) -> None:
    invoice = received(provider, people, scoped)
    claim = _claim(person, provider, people, 3, invoice=invoice)
    assert (claim.invoice, claim.invoice_number) == (invoice, "392")
    ending = {"mutual": scoped, "on": ON, "invoice": invoice}
    with pytest.raises(Refusal) as differs:
        close_invoice(actor=people.awa, idempotency_key=a_key(), **ending)
    assert differs.value.code == "INVOICE_DIFFERS"
    assert (differs.value.data["difference_minor"], differs.value.data["difference_count"]) == (
        -4000,
        -1,
    )
    with pytest.raises(Refusal, match="INVOICE_REASON_MISSING"):
        close_invoice_with_difference(
            actor=people.director, idempotency_key=a_key(), reason=" ", **ending
        )
    with pytest.raises(Refusal, match="FORBIDDEN"):
        close_invoice_with_difference(
            actor=people.awa, idempotency_key=a_key(), reason="perdue", **ending
        )
    closed = close_invoice_with_difference(
        actor=people.director, idempotency_key=a_key(), reason="attestation perdue", **ending
    )
    assert (closed.state, closed.closing_difference_minor, closed.reason) == (
        InvoiceState.CLOSED, -4000, "attestation perdue",
    )  # fmt: skip
    assert (closed.stated_minor, closed.stated_count) == (8000, 2)  # the paper is never corrected
    with pytest.raises(Refusal, match="INVOICE_NOT_OPEN"):
        _claim(person, provider, people, 4, invoice=invoice)
    assert {e.code for e in AuditEvent.objects.filter(mutual=scoped)} >= {"INVOICE_DIFFERS"}


def test_reversed_claims_leave_the_total_and_a_whole_invoice_closes_by_its_clerk(
    scoped: Mutual, people: People, provider: Provider, person: Person
) -> None:
    invoice = received(provider, people, scoped)
    wrong = _claim(person, provider, people, 3, invoice=invoice)
    reverse_claim(
        mutual=scoped, actor=people.moussa, on=ON, idempotency_key=a_key(), claim=wrong,
        reason="mauvaise personne",
    )  # fmt: skip
    for day in (4, 5):
        _claim(person, provider, people, day, invoice=invoice)
    totals = totals_of([invoice])[invoice.pk]
    assert (totals.count, totals.stated_minor, totals.unpaid_count) == (2, 8000, 2)
    closed = close_invoice(
        mutual=scoped, actor=people.awa, on=ON, idempotency_key=a_key(), invoice=invoice
    )
    assert (closed.state, closed.closing_difference_minor) == (InvoiceState.CLOSED, 0)
    approve_decided_claims(mutual=scoped, actor=people.moussa, on=ON, idempotency_key=a_key())
    assert overdue_invoices(scoped, date(2026, 1, 1)).count() == 0  # no day was agreed


def test_claims_entered_before_are_put_on_it_all_or_none(
    scoped: Mutual, people: People, provider: Provider, person: Person
) -> None:
    loose = [_claim(person, provider, people, day, invoice_number="392") for day in (3, 4)]
    family = _claim(
        person, provider, people, 6, invoice_number="392", circuit=Circuit.REIMBURSEMENT,
        channel="cash",
    )  # fmt: skip
    invoice = received(provider, people, scoped)
    assert list(loose_claims(invoice)) == loose
    put = {"mutual": scoped, "actor": people.awa, "on": ON, "invoice": invoice}
    with pytest.raises(RefusedRows) as refused:
        attach_claims(idempotency_key=a_key(), claims=[*loose, family], **put)
    assert [(f.code, f.place) for f in refused.value.findings] == [
        ("CLAIM_NOT_THIRD_PARTY", family.document_number)
    ]
    assert totals_of([invoice])[invoice.pk].count == 0
    attach_claims(idempotency_key=a_key(), claims=loose, **put)
    assert totals_of([invoice])[invoice.pk].count == 2
    with pytest.raises(Refusal, match="INVOICE_HAS_CLAIMS"):
        cancel_invoice(
            mutual=scoped, actor=people.awa, on=ON, idempotency_key=a_key(), invoice=invoice,
            reason="erreur",
        )  # fmt: skip


def test_another_provider_or_another_mutual_has_nothing_to_do_with_it(
    scoped: Mutual, other_mutual: Mutual, people: People, provider: Provider, person: Person
) -> None:
    invoice = received(provider, people, scoped)
    other = a_provider(scoped, people.moussa, code="csps-2")
    with pytest.raises(Refusal, match="CLAIM_OF_ANOTHER_PROVIDER"):
        _claim(person, other, people, 3, invoice=invoice)
    with scope(mutual=other_mutual), pytest.raises(Refusal, match="NOT_FOUND"):
        invoice_for(other_mutual, invoice.uid)
    with pytest.raises(Refusal, match="RECORD_OF_OTHER_MUTUAL"):
        close_invoice(
            mutual=other_mutual, actor=people.fanta, on=ON, idempotency_key=a_key(), invoice=invoice
        )
    cancelled = cancel_invoice(
        mutual=scoped, actor=people.awa, on=ON, idempotency_key=a_key(), invoice=invoice,
        reason="facture d’une autre mutuelle",
    )  # fmt: skip
    assert cancelled.state == InvoiceState.CANCELLED
    assert received(provider, people, scoped).document_number == "FR-2025-00002"


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
@pytest.mark.django_db(transaction=True)
def test_one_attestation_entered_twice_at_one_moment_stands_once(
    mutual: Mutual, people: People, provider: Provider, product: Product
) -> None:
    """Two clerks, two families: the later claim names the earlier one and waits for a person."""
    with scope(mutual=mutual):
        persons = [
            a_household(mutual, people.awa, product).persons.get(is_member=True)
            for _family in range(2)
        ]

    def enter(person: Person) -> None:
        with scope(mutual=mutual):
            _claim(person, provider, people, 3, attestation_number="A-7")
        connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(enter, persons))
    with scope(mutual=mutual):
        first, second = sorted(
            Claim.objects.all(), key=lambda claim: claim.attestation_of_id is not None
        )
        assert (first.attestation_of, second.attestation_of) == (None, first)
        assert "ATTESTATION_TWICE" in second.review_codes


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
@pytest.mark.django_db(transaction=True)
def test_an_invoice_that_closes_takes_no_claim_entered_at_that_moment(
    mutual: Mutual, people: People, provider: Provider, product: Product
) -> None:
    with scope(mutual=mutual):
        person = a_household(mutual, people.awa, product).persons.get(is_member=True)
        invoice = received(provider, people, mutual, stated_count=1, stated_minor=4000)
        _claim(person, provider, people, 3, invoice=invoice)

    def enter() -> None:
        with scope(mutual=mutual), suppress(Refusal):
            _claim(person, provider, people, 4, invoice=invoice)
        connection.close()

    def close() -> None:
        with suppress(Refusal):
            close_invoice(
                mutual=mutual, actor=people.awa, on=ON, idempotency_key=a_key(), invoice=invoice
            )
        connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda act: act(), (enter, close)))
    with scope(mutual=mutual):
        invoice.refresh_from_db()
        count = totals_of([invoice])[invoice.pk].count
    is_closed = invoice.state == InvoiceState.CLOSED
    assert count == (1 if is_closed else 2)
