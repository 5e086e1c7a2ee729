"""The paper printed by the command is typed from top to bottom; its share is told by month."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from entraide.apps.enrolment.models import Household
from entraide.apps.enrolment.papers import product_facts
from entraide.apps.enrolment.services import create_group
from entraide.apps.schemes.models import Mutual, Product
from tests.builders import a_key, an_approved_product
from tests.cli.conftest import cli
from tests.cli.running import CommandLine
from tests.documents.printed import printed_papers
from tests.people import People
from tests.web.conftest import Browser
from tests.web.households.conftest import Address, typed

__all__ = ["cli"]

ON = date(2025, 6, 16)
# What stands on the paper → the field of the screen into which it is typed.
HEAD = {
    "Formule": "product",
    "Groupe": "group",
    "Personnes déclarées par le groupe": "declared_group_size",
    "Téléphone": "phone",
    "À qui est ce téléphone": "phone_owner",
    "Village ou quartier": "area",
    "Adresse": "address",
    "Signée le": "enrolled_on",
    "Personnes dans la famille": "declared_size",
    "Montant du prêt": "loan_minor",
    "Numéro du prêt": "loan_reference",
}
PERSON = {
    "Nom": "name",
    "Prénom": "given_name",
    "Né(e) le (ou l’année)": "birth",
    "F ou H": "sex",
    "Lien": "relation",
    "Photo": "has_photo",
    "Mère (n° de ligne)": "mother",
    "Profession": "occupation",
    "Pièce d’identité et numéro": "document_kind",
    "Téléphone à elle ou à lui": "phone",
}
FOOT = ("consent", "signed_by", "witness_name", "amount", "treasury", "external_reference")


@pytest.fixture
def offered(scoped: Mutual, people: People, product: Product) -> Mutual:
    """A price on the loan, a collective product, and a group to join with."""
    for template in ("zems", "sugri"):
        an_approved_product(scoped, people.moussa, people.director, template=template)
    create_group(
        mutual=scoped, actor=people.awa, on=ON, idempotency_key=a_key(), code="be",
        name="Marché de Bè", kind="village",
    )  # fmt: skip
    return scoped


@pytest.mark.requirement("R002")
def test_the_paper_is_in_the_order_of_the_screen_and_its_share_is_told(
    offered: Mutual, people: People, signed_in: Browser, address: Address,
    cli: CommandLine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
) -> None:  # fmt: skip
    papers, target = printed_papers(monkeypatch), tmp_path / "fiche.pdf"
    assert cli.run("print-form", "adhesion", offered.code, "--out", str(target)) == 0
    assert target.read_bytes().startswith(b"%PDF")
    [paper] = papers
    assert paper["contact"] == list(HEAD)
    assert [each["label"] for each in paper["columns"][1:]] + paper["more"] == list(PERSON)
    assert paper["consent"]
    assert (len(paper["boxes"]), len(paper["payment"])) == (4, 3)

    browser = signed_in(people.awa)
    screen = browser.get(address("household-new")).content.decode()
    names = list(dict.fromkeys(re.findall(r'<(?:input|select)[^>]* name="([\w-]+)"', screen)))
    places = [
        names.index(name)
        for name in (*HEAD.values(), *(f"persons-0-{each}" for each in PERSON.values()), *FOOT)
    ]
    assert places == sorted(places)

    for rank, source in enumerate(("paper", "paper", "direct")):
        name, given = (("Kodjovi", "Yawa"), ("Mensah", "Abla"), ("Sossou", "Essi"))[rank]
        one = ((name, given, f"1{rank}/06/198{rank}", "F", "member", True),)
        browser.post(
            address("household-new"), typed(one, source=source, phone=f"9{rank} 12 34 5{rank}")
        )
    assert sorted(Household.objects.values_list("source", flat=True)) == [
        "direct", "paper", "paper",
    ]  # fmt: skip
    report = browser.get(address("paper-versions")).content.decode()
    told = re.sub(r"(?:<[^>]+>|\s)+", " ", report[report.index("Part saisie depuis le papier") :])
    assert "juin 2025 2 3 67 % " in told


def test_a_paper_asks_only_what_its_products_ask(
    scoped: Mutual, people: People, product: Product
) -> None:
    assert product_facts(scoped, ON) == frozenset()
    an_approved_product(scoped, people.moussa, people.director, template="revenu-declare")
    assert product_facts(scoped, ON) == {"income_minor"}
    an_approved_product(scoped, people.moussa, people.director, template="zems")
    assert product_facts(scoped, ON) == {"income_minor", "loan_minor", "loan_reference"}
