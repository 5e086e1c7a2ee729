"""The payment plan of each contract: chosen at the desk, usual of the group, compared after."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from entraide.apps.contributions.models import ContributionDue
from entraide.apps.contributions.services import enrol_household
from entraide.apps.enrolment.facts import PersonEntry
from entraide.apps.enrolment.models import Membership, PartnerGroup
from entraide.apps.enrolment.services import create_group
from entraide.apps.schemes.models import Mutual, Product
from entraide.apps.schemes.services import approve_product_version, enter_product_version
from entraide.apps.takeover.clients import link_client
from entraide.exchange.registers.running import carry_out, plan_file, prepare_import
from entraide.rulebook import product_path, read_product
from tests.builders import a_key, an_approved_product
from tests.files.workbooks import csv_of
from tests.people import People
from tests.web.conftest import Browser
from tests.web.households.conftest import Address, typed
from tests.web.households.test_enrolment import plain

LOANS_HEADER = ("N° client", "Nom et prénoms", "N° prêt", "Montant du prêt", "Décaissé le")


def parts_of(cover: Membership) -> list[tuple[date, int]]:
    """The parts of the family's own contribution: their day and amount."""
    dues = ContributionDue.objects.filter(
        membership=cover, payer="household", kind="contribution", cancelled_on=None
    )
    return list(dues.order_by("instalment").values_list("due_on", "amount_minor"))


@pytest.fixture
def income(scoped: Mutual, people: People) -> Product:
    """3 % of the income declared, in four parts; 5 % less for who pays at once."""
    return an_approved_product(scoped, people.moussa, people.director, "revenu-declare").product


@pytest.fixture
def loans(scoped: Mutual, people: People) -> Product:
    """A product on the loan that may be paid in four parts."""
    document = read_product(product_path("zems")).document
    known = document["contribution"]["loan_rate"]["values"][0]
    document["contribution"]["instalment_count"] = {
        "unit": "1", "values": [{**known, "value": 4}],
    }  # fmt: skip
    common = {"mutual": scoped, "on": date(2024, 12, 1)}
    version = enter_product_version(
        **common, actor=people.moussa, idempotency_key=a_key(), document=document,
        effective_from=date(2025, 1, 1), source="AG", running_share_reason="Démarrage",
    )  # fmt: skip
    return approve_product_version(
        **common, actor=people.director, idempotency_key=a_key(), version=version
    ).product


def test_the_plan_of_a_product_is_not_hidden_by_the_style_of_the_page(
    scoped: Mutual, people: People, product: Product, income: Product, signed_in: Browser,
    address: Address,
) -> None:  # fmt: skip
    """The part of the form that a product calls for is hidden while it holds nothing."""
    style = finders.find("web/entraide.css")
    assert isinstance(style, str)
    rule = re.search(r"\.asked:not\(:has\(\.([a-z-]+)\)\)", Path(style).read_text("utf-8"))
    assert rule is not None
    desk = signed_in(people.awa)
    asked = desk.post(address("household-loan"), typed(product=income.code)).content.decode()
    shown = asked.partition('name="pays_at_once"')[0].rpartition("<div")[2]
    assert f'class="{rule.group(1)}' in shown
    assert "D’habitude en plusieurs fois" in plain(asked.encode())
    nothing = desk.post(address("household-loan"), typed(product=product.code)).content.decode()
    assert f'class="{rule.group(1)}' not in nothing


@pytest.mark.requirement("R030")
def test_each_contract_has_its_payment_plan_and_the_two_are_compared(
    scoped: Mutual, people: People, income: Product, signed_in: Browser, address: Address
) -> None:
    act = {"mutual": scoped, "actor": people.awa, "on": date(2025, 1, 5)}
    village, lender = (
        create_group(**act, idempotency_key=a_key(), code=kind, name=kind.title(), kind=kind)
        for kind in ("village", "lender")
    )
    browser = signed_in(people.coordinator)  # who may enter a paper signed long ago
    page = plain(browser.get(address("household-new")).content)
    assert "Plan de paiement" in page
    assert "En un seul paiement" in page

    def enrolled(group: PartnerGroup, plan: str, name: str) -> list[tuple[date, int]]:
        persons = ((name, "Yawa", "1987", "F", "member", True),)
        sent = typed(
            persons, product=income.code, income_minor="80 000", group=str(group.uid),
            pays_at_once=plan, enrolled_on="10/01/2025", late_reason="Retour de tournée",
        )  # fmt: skip
        quoted = plain(browser.post(address("household-quote"), sent).content)
        answer = browser.post(address("household-new"), sent)
        assert answer.status_code == 302
        parts = parts_of(Membership.objects.latest("id"))
        assert f"{parts[0][1]:,}".replace(",", " ") in quoted
        return parts

    days = [date(2025, month, 10) for month in (1, 3, 6, 10)]
    in_parts, at_once = [(day, 7_200) for day in days], [(days[0], 27_360)]
    assert enrolled(village, "", "Kodjovi") == in_parts
    assert enrolled(village, "once", "Mensah") == at_once
    assert enrolled(lender, "", "Tchalla") == at_once  # the default of a lender's clients
    assert enrolled(lender, "parts", "Bawa") == in_parts
    # The report: those in one payment and those in parts, what fell due and what is late.
    answer = signed_in(people.director).get(address("collection"))
    told = plain(answer.content)
    assert "Payé en une fois ou en parts" in told
    rows = {row.key: row for _name, row in answer.context["plans"]}
    assert (rows["single"].families, rows["instalments"].families) == (2, 2)
    # Fees apart, on 16 June: one part of 27 360, or three parts of 7 200, each with 1 000 to join.
    assert rows["single"].late_minor == 2 * 28_360
    assert rows["instalments"].late_minor == 2 * (1_000 + 21_600)


@pytest.mark.requirement("R030", begun=True)
def test_what_the_lender_keeps_back_pays_the_whole_at_the_disbursement(
    scoped: Mutual, people: People, loans: Product, today: date
) -> None:
    act = {"mutual": scoped, "actor": people.awa}
    lender = create_group(
        **act, on=date(2025, 1, 5), idempotency_key=a_key(), code="ZEMS", name="Prêteur",
        kind="lender", product=loans,
    )  # fmt: skip
    family = enrol_household(
        **act, on=date(2025, 1, 6), idempotency_key=a_key(), product=loans, group=lender,
        enrolled_on=date(2025, 1, 6), loan_minor=500_000, loan_reference="P0",
        persons=(PersonEntry(name="Ado Koffi", birth_on=date(1985, 5, 5), sex="M",
                             has_photo=True),),
        pays_at_once=False,
    )  # fmt: skip
    assert len(parts_of(family.memberships.get())) == 4
    link_client(
        **act, on=today, idempotency_key=a_key(), lender=lender, number="C-1", household=family
    )  # fmt: skip
    content = csv_of(LOANS_HEADER, ("C-1", "Ado Koffi", "P1", "400 000", "10/06/2025"))
    options = {"group": "ZEMS"}
    opened, plan = plan_file(**act, on=today, content=content, profile="", options=options)
    assert not plan.faults
    draft = prepare_import(
        **act, on=today, idempotency_key=a_key(), file_name="prêts.csv", content=content,
        profile=opened.profile.profile, options=options,
    )  # fmt: skip
    carry_out(draft, actor=people.awa, on=today, idempotency_key=a_key())
    cover = family.memberships.latest("id")
    assert cover.loan_reference == "P1"
    assert len(parts_of(cover)) == 1
