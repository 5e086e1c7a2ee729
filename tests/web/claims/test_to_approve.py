"""What a person may approve: the same count at home, in the menu, on the list and in one act."""

from __future__ import annotations

from datetime import date

import pytest

from entraide.apps.access.models import User
from entraide.apps.claims.approvable import to_approve_by
from entraide.apps.claims.approval import approve_claim
from entraide.apps.claims.committee import decide_in_committee, open_committee
from entraide.apps.claims.invoices import attach_claims, receive_invoice
from entraide.apps.claims.models import Claim, ClaimState
from entraide.apps.enrolment.models import Person
from entraide.apps.providers.models import Provider
from entraide.apps.reporting.verification import verify
from entraide.apps.schemes.models import Mutual
from entraide.core.errors import Refusal
from entraide.web.home.decision import Decision
from tests.builders import a_claim, a_key
from tests.people import People
from tests.web.claims.conftest import Address
from tests.web.conftest import Browser

ON = date(2025, 6, 11)


@pytest.fixture
def four(scoped: Mutual, people: People, person: Person, provider: Provider) -> list[Claim]:
    """Decided: two by the rules, one on an invoice that does not add up, one by a committee."""
    claims = [
        a_claim(person, provider, people.awa, care_on=date(2025, 5, day)) for day in (2, 3, 4, 5)
    ]
    act = {"mutual": scoped, "on": ON}
    invoice = receive_invoice(
        **act, actor=people.awa, idempotency_key=a_key(), provider=provider, provider_number="F-9",
        period_from=date(2025, 5, 1), period_until=date(2025, 6, 1), received_on=ON,
        stated_count=2, stated_minor=8_000, page_count=3,
    )  # fmt: skip
    attach_claims(
        **act, actor=people.awa, idempotency_key=a_key(), invoice=invoice, claims=[claims[2]]
    )
    session = open_committee(
        **act, actor=people.coordinator, idempotency_key=a_key(), held_on=ON,
        people=(people.medical_adviser,), members=("M. Kossi",),
    )  # fmt: skip
    decide_in_committee(
        **act, actor=people.coordinator, idempotency_key=a_key(), session=session, claim=claims[3],
        reason="papiers vus",
    )  # fmt: skip
    return claims


def test_the_coordinator_reads_one_count_and_approves_them_in_one_act(
    four: list[Claim], scoped: Mutual, people: People, signed_in: Browser, address: Address
) -> None:
    mine = to_approve_by(scoped, people.coordinator)
    assert [each.count for each in (mine.mine, mine.by_rules, mine.others, mine.held)] == [
        2, 2, 1, 1,
    ]  # fmt: skip
    browser = signed_in(people.coordinator)
    home = browser.get(address("home"))
    told = {each.what: each for each in home.context["decisions"]}
    assert told["Valider 2 sinistres"].amount_minor == mine.mine.payable_minor
    assert "2 sinistres que vous pouvez valider" in home.content.decode()
    page = browser.get(address("claims"), {"state": "decided"}).content.decode()
    assert "4 sinistres sont liquidés, à valider" in page
    for words in (
        "Vous pouvez en valider 2\u00a0:", "Un sinistre attend que sa facture soit close.",
        "Un sinistre revient à une autre personne.", "Valider les 2 sinistres",
    ):  # fmt: skip
        assert words in page
    done = browser.post(address("claims-approve"), {"idempotency_key": a_key()}, follow=True)
    assert "2 sinistres" in done.content.decode()
    states = [Claim.objects.get(pk=each.pk) for each in four]
    assert [each.state for each in states] == [
        ClaimState.APPROVED, ClaimState.APPROVED, ClaimState.DECIDED, ClaimState.DECIDED,
    ]  # fmt: skip
    assert states[0].approved_by == people.coordinator
    assert verify(scoped).findings == ()
    assert "Valider" not in " ".join(
        each.what for each in browser.get(address("home")).context["decisions"]
    )


def test_the_finance_officer_finds_at_home_what_the_rules_decided(
    four: list[Claim], scoped: Mutual, people: People, signed_in: Browser, address: Address
) -> None:
    browser = signed_in(people.moussa)
    by_rules = to_approve_by(scoped, people.moussa).by_rules
    told = {each.what: each for each in browser.get(address("home")).context["decisions"]}
    assert told[f"Valider {by_rules.count} sinistres"].amount_minor == by_rules.payable_minor
    listed = browser.get(address("claims"), {"state": "decided"}).content.decode()
    assert f"Valider les {by_rules.count} sinistres" in listed


def test_who_may_not_approve_a_claim_reads_why_and_who_may(
    four: list[Claim], people: People, scoped: Mutual, signed_in: Browser, address: Address
) -> None:
    page = address("claim", uid=four[3].uid)
    for person, why in (
        (people.coordinator, "Vous avez pris la décision en vigueur, seul ou pour le comité"),
        (people.medical_adviser, "Vous avez siégé au comité qui l’a décidé"),
    ):
        shown = signed_in(person).get(page).content.decode()
        assert why in shown
        assert f"Peuvent le valider\u00a0: {people.director}." in shown
        assert address("claim-approve", uid=four[3].uid) not in shown
    assert (
        address("claim-approve", uid=four[3].uid)
        in signed_in(people.director).get(page).content.decode()
    )
    with pytest.raises(Refusal, match="COMMITTEE_MEMBER_APPROVES"):
        approve_claim(
            mutual=scoped, actor=people.medical_adviser, on=ON, idempotency_key=a_key(),
            claim=four[3],
        )  # fmt: skip


def test_an_invoice_that_does_not_add_up_says_who_closes_it_and_waits_on_their_home(
    four: list[Claim], people: People, signed_in: Browser, address: Address
) -> None:
    invoice = Claim.objects.select_related("invoice").get(pk=four[2].pk).invoice
    assert invoice is not None
    page = address("invoice", uid=invoice.uid)
    names = ", ".join(
        sorted(map(str, (people.coordinator, people.director, people.medical_adviser)))
    )
    for person in (people.awa, people.moussa):  # who enters, and the finance officer
        told = signed_in(person).get(page).content.decode()
        assert f"Peuvent la clore ainsi\u00a0: {names}." in told
        assert 'name="reason"' not in told
        assert all(page != each.url for each in _waits(signed_in, person, address))
    assert any(page == each.url for each in _waits(signed_in, people.coordinator, address))
    assert 'name="reason"' in signed_in(people.coordinator).get(page).content.decode()


def _waits(signed_in: Browser, person: User, address: Address) -> list[Decision]:
    decisions: list[Decision] = signed_in(person).get(address("home")).context["decisions"]
    return decisions
