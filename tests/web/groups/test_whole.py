"""Rows of the list that a group proves whole: its threshold, its register, its families' segment."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from entraide.apps.enrolment.models import (
    GroupContract,
    GroupOfficer,
    Household,
    PartnerGroup,
)
from entraide.apps.enrolment.scorecards import approve_scorecard, enter_scorecard, record_score
from entraide.apps.enrolment.services import create_group
from entraide.apps.fieldwork.follow_plan import approve_follow_plan, propose_follow_plan
from entraide.apps.schemes.models import Mutual, Product
from entraide.core.follow_up import ContractStage, FollowRow
from entraide.rulebook.scorecards import read_scorecard, scorecard_path
from tests.builders import a_claim, a_household, a_key, a_payment, a_provider, an_approved_product
from tests.files.workbooks import HEADER, xlsx_of
from tests.people import People
from tests.web.conftest import Browser
from tests.web.groups.test_pages import YEAR, act, plain
from tests.web.households.conftest import Address, address

__all__ = ["address"]


@pytest.fixture
def collective(scoped: Mutual, people: People) -> Product:
    """A product for groups of five at least; the other product of the mutual says nothing."""
    version = an_approved_product(scoped, people.moussa, people.director, template="sugri")
    return version.product


@pytest.mark.requirement("R010")
def test_a_group_under_its_threshold_is_not_activated_and_is_reported_with_its_ratio(
    scoped: Mutual, people: People, product: Product, collective: Product, signed_in: Browser,
    address: Address,
) -> None:  # fmt: skip
    awa, kossi = signed_in(people.awa), signed_in(people.coordinator)
    for kind in (product, collective):  # the threshold is the product's own
        group = create_group(
            **act(scoped, people.awa), code=kind.code, name=f"Groupe {kind.code}", kind="village",
            product=kind,
        )  # fmt: skip
        awa.post(
            address("contract-new", uid=group.uid),
            {"idempotency_key": a_key(), "product": kind.code, "mode": "voluntary",
             "signed_on": "01/01/2025", "starts_on": "02/01/2025", "joining_count": "4"},
        )  # fmt: skip
    free, asking = GroupContract.objects.order_by("id")
    assert (free.product, asking.product) == (product, collective)
    page = plain(kossi.get(address("contract", uid=asking.uid)).content)
    assert re.search(r"4 personnes.*5", page)

    def activate(contract: GroupContract) -> int:
        sent = {"idempotency_key": a_key()}
        return kossi.post(address("contract-activate", uid=contract.uid), sent).status_code

    assert activate(asking) == 409
    asking.refresh_from_db()
    assert asking.activated_on is None
    assert activate(free) == 302
    GroupContract.objects.filter(pk=asking.pk).update(joining_count=5)
    assert activate(asking) == 302

    family = a_household(scoped, people.awa, collective, group=asking.group, declared_group_size=5)
    a_payment(family, people.cashier, 6000)
    provider = a_provider(scoped, people.moussa)
    a_claim(family.persons.get(is_member=True), provider, people.awa)
    report = plain(kossi.get(address("groups-selection")).content)
    near = report[report.index('id="h-n"') : report.index('id="h-s"')]
    cells = re.sub(r"(?:<[^>]+>|\s)+", " ", near[near.index("Groupe sugri") :])
    assert re.match(r"Groupe sugri Village 3 5 Sous le seuil [\d,]+ %", cells), cells


@pytest.mark.requirement("R011")
def test_the_register_of_groups_and_a_list_of_members_by_workbook(
    scoped: Mutual, people: People, product: Product, signed_in: Browser, address: Address
) -> None:
    awa, kossi = signed_in(people.awa), signed_in(people.coordinator)

    def send(name: str, data: dict[str, Any], **kwargs: object) -> None:
        by = kossi if name == "group-animator" else awa
        answer = by.post(address(name, **kwargs), {"idempotency_key": a_key(), **data})
        assert answer.status_code == 302, answer.content.decode()

    send("group-new", {"name": "Coopérative de Bè", "code": "be", "kind": "cooperative",
                       "product": product.code})  # fmt: skip
    group = PartnerGroup.objects.get()
    send("group-headcount", {"persons_count": "420", "declared_on": "01/06/2025"}, uid=group.uid)
    send("contract-new", {"product": product.code, "mode": "voluntary", "signed_on": "01/06/2025",
                          "starts_on": "10/06/2025", "ends_on": "10/06/2026",
                          "joining_count": "12"}, uid=group.uid)  # fmt: skip
    for role, name, phone in (("president", "Afi Bodo", "90 11"), ("contact", "Yao Kpe", "90 22")):
        send("officer-new", {"role": role, "name": name, "phone": phone,
                             "starts_on": "01/06/2025"}, uid=group.uid)  # fmt: skip
    send("group-animator", {"animator": str(people.field_agent.uid), "starts_on": "01/06/2025"},
         uid=group.uid)  # fmt: skip
    assert GroupOfficer.objects.count() == 2
    page = plain(awa.get(address("group", uid=group.uid)).content)
    for told in ("Coopérative", product.name, "10 juin 2025", "10 juin 2026", "Afi Bodo", "90 11",
                 "Yao Kpe", "90 22", str(people.field_agent), "420"):  # fmt: skip
        assert told in page, told
    listed = plain(awa.get(address("groups"), {"kind": "cooperative"}).content)
    assert "Coopérative de Bè" in listed
    assert "Coopérative de Bè" not in plain(awa.get(address("groups"), {"kind": "ngo"}).content)

    def sheet(birth: str) -> bytes:
        header = (*HEADER, "Groupe")
        row = ("1", "Ado Koffi", birth, "M", "Adhérent", "90 12 34 56", "be")
        return xlsx_of(header, row)

    def dry_run(content: bytes) -> str:
        sent = {"file": SimpleUploadedFile("liste.xlsx", content), "idempotency_key": a_key()}
        return str(awa.post(address("imports"), sent)["Location"])

    at = dry_run(sheet("31/02/1987"))
    told = plain(awa.get(at).content)
    assert "Un point à corriger" in told
    assert "Date de naissance" in told
    refused = awa.post(at + "importer/", {"idempotency_key": a_key()})
    assert refused.status_code == 422
    assert not Household.objects.exists()
    waits = plain(awa.get(dry_run(sheet("28/02/1987"))).content)
    assert "n’est pas encore actif" in waits
    kossi.post(
        address("contract-activate", uid=group.contracts.get().uid), {"idempotency_key": a_key()}
    )
    at = dry_run(sheet("28/02/1987"))
    assert not Household.objects.exists()  # a look writes nothing
    awa.post(at + "importer/", {"idempotency_key": a_key()})
    assert Household.objects.get().group == group


@pytest.mark.requirement("R016")
def test_the_segment_of_a_family_says_whether_it_is_visited_or_called(
    scoped: Mutual, people: People, product: Product, signed_in: Browser, address: Address
) -> None:
    rules = read_scorecard(scorecard_path())
    assert 5 <= len(rules.card.questions) <= 10
    version = enter_scorecard(
        **act(scoped, people.coordinator), document=rules.document, effective_from=YEAR, source="AG"
    )
    approve_scorecard(**act(scoped, people.director), version=version)
    plan = propose_follow_plan(
        **act(scoped, people.coordinator),
        rows=[FollowRow(segment, stage.value, "visit" if segment == "C" else "call", 60)
              for segment in ("", "A", "B", "C") for stage in ContractStage],
        effective_from=YEAR, source="AG",
    )  # fmt: skip
    approve_follow_plan(**act(scoped, people.director), version=plan)
    awa = signed_in(people.awa)
    for segment, channel in (("C", "Visite"), ("A", "Appel")):
        household = a_household(scoped, people.awa, product)
        record_score(
            **act(scoped, people.awa), household=household, answered_on=date(2025, 2, 1),
            answers={each.code: each.answers[-1 if segment == "C" else 0].code
                     for each in rules.card.questions},
        )  # fmt: skip
        page = plain(awa.get(address("household", uid=household.uid)).content)
        assert re.search(rf"<dt>Segment</dt><dd>{segment} ", page)
        rows = awa.get(address("follow-list")).context["rows"]
        [row] = [each for each in rows if each.household == household]
        assert row.rule == f"{channel} tous les 60 jours"
