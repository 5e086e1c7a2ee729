"""The home page: figures with their parts, what waits for whom, the month that adds up."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest
from django.utils.translation import override

from entraide.apps.access.models import AuditEvent
from entraide.apps.banking.selectors import ReconciledBalance
from entraide.apps.claims.models import Claim
from entraide.apps.contributions.lump_sums import (
    FamilyShare,
    receive_lump_sum,
    share_lump_sum,
)
from entraide.apps.contributions.models import SumOrigin
from entraide.apps.contributions.shortages import establish_shortage
from entraide.apps.contributions.slips import prepare_slip
from entraide.apps.ledger.selectors import account_for
from entraide.apps.schemes.models import Mutual, Product, ProductVersion
from entraide.apps.schemes.services import enter_product_version
from entraide.apps.settlement.models import SettlementBatch
from entraide.core.ledger import AccountRole
from entraide.rulebook import product_path, read_product
from entraide.web.home.figures import _fund_note
from tests.builders import a_household, a_key, a_payment
from tests.people import People
from tests.web.conftest import Browser
from tests.web.pilot.conftest import Address

ON = date(2025, 6, 16)


def without_spaces(page: str) -> str:
    """A page with plain spaces, so that amounts can be looked for."""
    return re.sub(r"[\u00a0\u202f]", " ", page)


@pytest.mark.requirement("R146", begun=True)
def test_the_figures_open_to_their_parts(
    claim: Claim, people: People, signed_in: Browser, address: Address
) -> None:
    answer = signed_in(people.director).get(address("home"), {"chiffres": "1"})
    page = without_spaces(answer.content.decode())
    assert "Mutuelle Essentielle de Lomé au 31 mai 2025" in page
    assert "3 personnes sous contrat à jour de cotisation</a>, 1 famille." in page
    assert "rapport/lignes/persons_covered/?from=2024-06&amp;to=2025-05" in page
    term, rsp = (
        (each, each.definition.ratio)
        for each in answer.context["figures"]
        if each.definition.term == "RSP"
    ).__next__()
    assert rsp.numerator == ("Prestations survenues", "3\u202f000\u00a0F\u00a0CFA")
    assert rsp.denominator[0] == "Part fonds mutuel des cotisations acquises"
    earned = int(re.sub(r"\D", "", rsp.denominator[1]))
    assert term.value.replace(",", ".") == f"{3000 / earned * 100:.1f}"
    # 142 of 365 days, from 10 January to the end of May, of 9 000
    assert (earned, term.state_word) == (3501, "Dans la bande 85–95\u00a0%")
    autonomy = answer.context["figures"][0]
    assert (autonomy.value, autonomy.definition.ratio) == ("–", None)  # no running costs yet


def test_months_of_reserve_say_the_day_that_they_are_of() -> None:
    balance = ReconciledBalance(date(2025, 5, 31), 19_200, 0, 0, ())
    with override("fr"):
        note = without_spaces(_fund_note(Decimal("19.17"), balance, "XOF"))
    assert note == "19,2 mois de prestations devant nous au 31 mai 2025, dernier jour rapproché."


def test_the_page_comes_first_and_asks_for_figures_that_are_not_made_yet(
    claim: Claim, people: People, signed_in: Browser, address: Address
) -> None:
    browser = signed_in(people.director)
    first = browser.get(address("home"))
    assert "figures" not in first.context
    assert f'hx-get="{address("home-figures")}"' in first.content.decode()
    fragment = browser.get(address("home-figures"))
    assert len(fragment.context["figures"]) == 3
    assert "<html" not in fragment.content.decode()
    again = browser.get(address("home"))  # the export is current now
    assert len(again.context["figures"]) == 3


def test_the_page_leads_nobody_where_the_role_does_not_open(
    claim: Claim, people: People, signed_in: Browser, address: Address
) -> None:
    browser = signed_in(people.medical_adviser)
    page = browser.get(address("home"), {"chiffres": "1"}).content.decode()
    body = page[page.index("<main") :]
    for name in ("ledger", "settlements", "reconciliation"):
        assert f'href="{address(name)}"' not in body, name
    for way in set(re.findall(r'href="(/m/[^"#]+)"', body)):
        assert browser.get(way).status_code == 200, way


def test_figures_that_something_has_overtaken_say_when_they_were_read(
    claim: Claim,
    scoped: Mutual,
    product: Product,
    people: People,
    signed_in: Browser,
    address: Address,
) -> None:
    browser = signed_in(people.director)
    fresh = browser.get(address("home"), {"chiffres": "1"}).content.decode()
    assert "Registres lus le" not in fresh
    a_household(scoped, people.awa, product)
    later = browser.get(address("home")).content.decode()
    assert "n’y est pas encore" in later


def test_without_the_right_to_reports_there_are_decisions_only(
    claim: Claim, people: People, signed_in: Browser, address: Address
) -> None:
    browser = signed_in(people.awa)
    page = browser.get(address("home"), {"chiffres": "1"})
    assert "figures" not in page.context
    assert not page.context["month_rows"]
    assert browser.get(address("home-figures")).status_code == 403
    assert AuditEvent.objects.get(code="FORBIDDEN").actor == people.awa
    assert signed_in(people.fanta).get(address("home-figures")).status_code == 404


def test_each_decision_waits_for_who_may_take_it(
    batch: SettlementBatch, people: People, signed_in: Browser, address: Address
) -> None:
    def waiting(user: object) -> list[tuple[str, int | None]]:
        decisions = signed_in(user).get(address("home")).context["decisions"]  # type: ignore[arg-type]
        return [(each.verb, each.amount_minor) for each in decisions]

    assert ("Autoriser", 3000) in waiting(people.director)
    assert ("Autoriser", 3000) in waiting(people.elected_officer)
    assert "Autoriser" not in dict(waiting(people.moussa))  # who prepared it
    assert "Autoriser" not in dict(waiting(people.awa))
    assert waiting(people.awa) == [("Préparer", 13000)]  # cash on no slip

    director = signed_in(people.director)
    page = without_spaces(director.get(address("home")).content.decode())
    assert f"Autoriser le bordereau de règlement {batch.document_number}" in page
    assert "1 paiement, 1 sinistre. Préparé par Moussa Adjavon le 16 juin." in page
    director.post(
        address("batch-authorise", uid=batch.uid),
        {"idempotency_key": a_key(), "overdraft": "99999"},
    )
    assert "Autoriser" not in dict(waiting(people.director))
    assert ("Payer", 3000) in waiting(people.cashier)


def test_who_decides_nothing_is_told_what_waits_along_the_chain(
    claim: Claim, people: People, signed_in: Browser, address: Address
) -> None:
    reader = signed_in(people.auditor)
    answer = reader.get(address("home"))
    page = without_spaces(answer.content.decode())
    assert not answer.context["decisions"]
    assert "1 sinistre à valider" in page
    assert "Rien ne vous attend" not in page
    assert f'href="{address("claims")}"' in page


def test_claims_wait_for_the_adviser_and_for_their_approval(
    claim: Claim, people: People, signed_in: Browser, address: Address
) -> None:
    decisions = signed_in(people.coordinator).get(address("home")).context["decisions"]
    approve = next(each for each in decisions if each.verb == "Valider")
    assert (approve.what, approve.amount_minor) == ("Valider 1 sinistre", 3000)
    assert approve.url == f"{address('claims')}?state=decided"
    assert approve.why == "1 décidé par les seules règles."


def test_the_month_adds_up_to_the_fund(
    batch: SettlementBatch, people: People, signed_in: Browser, address: Address
) -> None:
    director, cashier = signed_in(people.director), signed_in(people.cashier)
    director.post(
        address("batch-authorise", uid=batch.uid),
        {"idempotency_key": a_key(), "overdraft": "99999"},
    )
    payout = batch.payouts.get()
    cashier.post(
        address("batch-pay", uid=batch.uid),
        {"idempotency_key": a_key(), "payouts": [str(payout.uid)], "paid_on": "16/06/2025"},
    )
    payout.refresh_from_db()
    assert payout.paid_on == date(2025, 6, 16)
    rows = {row.step.words: row for row in director.get(address("home")).context["month_rows"]}
    fund = rows["Fonds mutuel au 16\u00a0juin"]
    assert rows["Règlements payés"].amount_minor == -3000
    assert rows["Sinistres validés"].amount_minor == 3000
    assert fund.amount_minor == 9000 - 3000  # three quarters of 12 000, less the claim
    assert without_spaces(fund.told) == "9 000 − 3 000"


def test_a_sum_of_a_group_is_a_contribution_before_and_after_it_is_shared(
    scoped: Mutual, people: People, product: Product, signed_in: Browser, address: Address
) -> None:
    household = a_household(scoped, people.awa, product)
    lump_sum = receive_lump_sum(
        mutual=scoped, actor=people.awa, on=ON, idempotency_key=a_key(),
        origin=SumOrigin.COLLECTIVE_FIELD, payer_name="Benkadi", amount_minor=20_000,
        treasury_account=account_for(scoped, AccountRole.CASH), paid_on=ON,
    )  # fmt: skip
    share_lump_sum(
        mutual=scoped, actor=people.awa, on=ON, idempotency_key=a_key(), lump_sum=lump_sum,
        shares=(FamilyShare(household, 13_000),),
    )  # fmt: skip
    page = signed_in(people.director).get(address("home"))
    rows = {row.step.words: row for row in page.context["month_rows"]}
    assert rows["Cotisations encaissées"].amount_minor == 20_000
    assert rows["dont part fonds mutuel"].amount_minor == 9000  # of the 12 000 that are shared
    assert without_spaces(rows["dont part fonds mutuel"].told) == "45 %"


@pytest.fixture
def version(scoped: Mutual, people: People) -> ProductVersion:
    """A second version of the product, with a dearer contribution, entered by Moussa."""
    document = read_product(product_path("essentielle")).document
    document["contribution"]["amount_minor"]["values"].append(
        {"from": "2026-01-01", "value": 15000, "source": "AG du 2 juin 2025, résolution 3"}
    )
    return enter_product_version(
        mutual=scoped,
        actor=people.moussa,
        on=date(2025, 6, 10),
        idempotency_key=a_key(),
        document=document,
        effective_from=date(2026, 1, 1),
        source="AG du 2 juin 2025",
    )


def test_new_rules_are_read_then_approved_by_another_person(
    version: ProductVersion, people: People, signed_in: Browser, address: Address
) -> None:
    director, officer = signed_in(people.director), signed_in(people.moussa)
    url = address("product-version", uid=version.uid)
    decisions = director.get(address("home")).context["decisions"]
    assert url in [each.url for each in decisions]
    assert url not in [each.url for each in officer.get(address("home")).context["decisions"]]

    page = without_spaces(director.get(url).content.decode())
    assert "15 000 F CFA" in page
    assert "AG du 2 juin 2025, résolution 3" in page
    assert "Approuver ces règles" in page
    assert page.count("is-changed") == 1  # only what the second version changes
    assert "Approuver ces règles" not in officer.get(url).content.decode()
    assert signed_in(people.awa).get(url).status_code == 403
    assert signed_in(people.fanta).get(url).status_code == 404

    approve = address("product-version-approve", uid=version.uid)
    assert officer.post(approve, {"idempotency_key": a_key()}).status_code == 403
    key = {"idempotency_key": a_key()}
    answer = director.post(approve, key, follow=True)
    assert "sont validées" in answer.content.decode()
    director.post(approve, key)
    version.refresh_from_db()
    assert version.approved_by == people.director
    assert url not in [each.url for each in director.get(address("home")).context["decisions"]]


def test_missing_cash_waits_for_who_may_write_it_off(
    scoped: Mutual, people: People, product: Product, signed_in: Browser, address: Address
) -> None:
    receipt = a_payment(a_household(scoped, people.awa, product), people.awa, 5_000)
    common = {"mutual": scoped, "on": ON}
    slip = prepare_slip(**common, actor=people.awa, idempotency_key=a_key(), receipts=(receipt,))
    shortage = establish_shortage(
        **common, actor=people.moussa, idempotency_key=a_key(), slip=slip, amount_minor=2_000,
        found_on=ON, reason="Un billet manque",
    )  # fmt: skip
    what = f"Décider du manquant {shortage.document_number}"
    [line] = [
        each
        for each in signed_in(people.director).get(address("home")).context["decisions"]
        if each.what == what
    ]
    assert (line.amount_minor, line.since) == (2_000, ON)
    assert line.url == address("shortage", uid=shortage.uid)
    assert what not in signed_in(people.moussa).get(address("home")).content.decode()
    assert what not in signed_in(people.awa).get(address("home")).content.decode()


def test_the_home_page_begins_with_the_daily_acts_of_whoever_may_do_them(
    scoped: Mutual, people: People, signed_in: Browser, address: Address
) -> None:
    page = signed_in(people.awa).get(address("home")).content.decode()
    assert f'<a class="btn" href="{address("household-new")}">' in page
    assert f'<a class="btn" href="{address("payment-choose")}">' in page
    page = signed_in(people.director).get(address("home")).content.decode()
    assert f'<a class="btn" href="{address("household-new")}">' not in page


def test_what_waits_stands_in_words_below_its_step(
    claim: Claim, people: People, signed_in: Browser, address: Address
) -> None:
    page = signed_in(people.awa).get(address("home")).content.decode()
    rail = page[page.index('<nav class="rail"') :].partition("</nav>")[0]
    told = re.findall(r'<small class="waits[^"]*">([^<]+)', rail)
    assert told
    assert all(re.match(r"\d+ \w", each) for each in told)
    assert 'class="count' not in rail
