"""Claims whose invoice does not add up: left out, or paid with a written reason that stays."""

from __future__ import annotations

from datetime import date

import pytest

from entraide.apps.claims.approvable import to_approve_by
from entraide.apps.claims.approval import approve_claim, approve_decided_claims
from entraide.apps.claims.held import held_at
from entraide.apps.claims.invoices import close_invoice_with_difference, receive_invoice
from entraide.apps.claims.models import Claim, ClaimState, Invoice
from entraide.apps.claims.selectors import decided_by_rules
from entraide.apps.enrolment.models import Person
from entraide.apps.ledger.selectors import account_for
from entraide.apps.providers.models import Provider
from entraide.apps.schemes.models import Mutual, Product
from entraide.apps.settlement.inclusions import inclusions_of
from entraide.apps.settlement.models import SettlementBatch
from entraide.apps.settlement.services import prepare_batch
from entraide.core.errors import RefusedRows
from entraide.core.ledger import AccountRole
from tests.builders import a_claim, a_household, a_key, a_payment, a_provider
from tests.people import People

ON = date(2025, 4, 2)


@pytest.fixture
def provider(mutual: Mutual, people: People) -> Provider:
    return a_provider(mutual, people.moussa)


@pytest.fixture
def person(scoped: Mutual, people: People, product: Product) -> Person:
    household = a_household(scoped, people.awa, product)
    a_payment(household, people.awa, 13000)
    return household.persons.get(is_member=True)


@pytest.fixture
def invoice(scoped: Mutual, people: People, provider: Provider) -> Invoice:
    """Of two attestations, 8 000 in all."""
    return receive_invoice(
        mutual=scoped, actor=people.awa, on=ON, idempotency_key=a_key(), provider=provider,
        provider_number="392", period_from=date(2025, 3, 1), period_until=date(2025, 4, 1),
        received_on=ON, stated_count=2, stated_minor=8000,
    )  # fmt: skip


@pytest.fixture
def claims(
    scoped: Mutual, people: People, provider: Provider, person: Person, invoice: Invoice
) -> tuple[Claim, Claim]:
    """One on the invoice, which lacks another; one on no invoice."""
    held = a_claim(
        person, provider, people.awa, care_on=date(2025, 3, 3), received_on=ON, invoice=invoice
    )
    free = a_claim(person, provider, people.awa, care_on=date(2025, 3, 4), received_on=ON)
    return held, free


def _approve(mutual: Mutual, people: People) -> None:
    approve_decided_claims(mutual=mutual, actor=people.moussa, on=ON, idempotency_key=a_key())


def _prepare(mutual: Mutual, people: People, **more: object) -> SettlementBatch:
    return prepare_batch(
        mutual=mutual, actor=people.moussa, on=ON, idempotency_key=a_key(),
        treasury_account=account_for(mutual, AccountRole.BANK), **more,
    )  # fmt: skip


def test_a_claim_of_an_invoice_that_does_not_add_up_is_not_approved_with_the_others(
    scoped: Mutual, people: People, claims: tuple[Claim, Claim]
) -> None:
    held, free = claims
    assert decided_by_rules(scoped).count == 1
    [waiting] = held_at(scoped, ClaimState.DECIDED)
    assert (waiting.difference_minor, waiting.difference_count) == (-4000, -1)
    seen = to_approve_by(scoped, people.director)
    assert (seen.mine.count, seen.by_rules.count, seen.held.count) == (1, 1, 1)
    assert (seen.mine.payable_minor, seen.held.payable_minor) == (
        free.payable_minor, held.payable_minor,
    )  # fmt: skip
    own = to_approve_by(scoped, people.awa)
    assert (own.mine.count, own.others.count) == (0, 1), "who entered them approves none"
    _approve(scoped, people)
    held.refresh_from_db()
    free.refresh_from_db()
    assert (held.state, free.state) == (ClaimState.DECIDED, ClaimState.APPROVED)
    with pytest.raises(RefusedRows) as refused:
        _approve(scoped, people)
    assert [each.code for each in refused.value.findings] == ["INVOICE_HOLDS_CLAIMS"]


def test_it_is_left_out_of_batches_and_put_in_with_a_reason_only(
    scoped: Mutual, people: People, claims: tuple[Claim, Claim], invoice: Invoice
) -> None:
    held, free = claims
    approve_claim(mutual=scoped, actor=people.director, on=ON, idempotency_key=a_key(), claim=held)
    with pytest.raises(RefusedRows) as alone:
        _prepare(scoped, people)
    assert [each.code for each in alone.value.findings] == ["INVOICE_HOLDS_CLAIMS"]
    _approve(scoped, people)
    first = _prepare(scoped, people)
    assert first.total_minor == free.payable_minor
    assert not inclusions_of(first)
    with pytest.raises(RefusedRows) as refused:
        _prepare(scoped, people, claims=[held], invoice_reason=" ")
    [finding] = refused.value.findings
    assert (finding.code, finding.place) == ("INVOICE_HOLDS_CLAIMS", "invoice_reason")
    assert (finding.data["invoice"], finding.data["difference_minor"]) == (
        invoice.document_number, -4000,
    )  # fmt: skip
    second = _prepare(scoped, people, claims=[held], invoice_reason="la pharmacie ferme demain")
    [kept] = inclusions_of(second)
    assert (kept.reason, kept.difference_minor, kept.difference_count, kept.claim_count) == (
        "la pharmacie ferme demain", -4000, -1, 1,
    )  # fmt: skip
    assert kept.included_by == people.moussa


def test_an_invoice_that_another_person_closed_with_its_difference_holds_nothing(
    scoped: Mutual, people: People, claims: tuple[Claim, Claim], invoice: Invoice
) -> None:
    close_invoice_with_difference(
        mutual=scoped, actor=people.director, on=ON, idempotency_key=a_key(), invoice=invoice,
        reason="attestation perdue",
    )  # fmt: skip
    assert decided_by_rules(scoped).count == 2
    _approve(scoped, people)
    batch = _prepare(scoped, people)
    assert batch.total_minor == sum(each.payable_minor for each in claims)
