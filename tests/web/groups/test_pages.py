"""The register of groups at the desk: who may do what, and every page answers."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from entraide.apps.access.models import AuditEvent, User
from entraide.apps.enrolment.contracts import declare_headcount
from entraide.apps.enrolment.models import (
    GroupContract,
    GroupOfficer,
    HouseholdScore,
    Obstacle,
    PartnerGroup,
    PortfolioAssignment,
)
from entraide.apps.enrolment.portfolios import assign_portfolio
from entraide.apps.enrolment.scorecards import approve_scorecard, enter_scorecard
from entraide.apps.enrolment.services import create_group
from entraide.apps.enrolment.territory import propose_area
from entraide.apps.fieldwork.follow_plan import approve_follow_plan, propose_follow_plan
from entraide.apps.nomenclature.services import ensure_area
from entraide.apps.schemes.models import Mutual, Product
from entraide.core.follow_up import ContractStage, FollowRow
from entraide.rulebook.scorecards import read_scorecard, scorecard_path
from tests.builders import a_household, a_key, a_payment
from tests.people import People
from tests.web.conftest import Browser
from tests.web.households.conftest import Address, address

__all__ = ["address"]
TODAY = date(2025, 6, 16)
YEAR = date(2025, 1, 1)


def plain(content: bytes) -> str:
    return re.sub(r"[\u00a0\u202f]", " ", content.decode())


def act(mutual: Mutual, who: object, on: date = TODAY) -> dict[str, object]:
    return {"mutual": mutual, "actor": who, "on": on, "idempotency_key": a_key()}


@pytest.fixture
def group(scoped: Mutual, people: People, product: Product) -> PartnerGroup:
    return create_group(
        **act(scoped, people.awa), code="adawlato", name="Marché d’Adawlato", kind="grouping",
        product=product,
    )  # fmt: skip


def test_a_group_is_entered_signed_and_activated_by_three_hands(
    scoped: Mutual, people: People, product: Product, signed_in: Browser, address: Address
) -> None:
    awa, kossi = signed_in(people.awa), signed_in(people.coordinator)
    awa.post(
        address("group-new"),
        {"idempotency_key": a_key(), "name": "Marché de Bè", "code": "be", "kind": "village",
         "product": "essentielle", "area": "", "address": "", "phone": "90 00 00 01"},
    )  # fmt: skip
    group = PartnerGroup.objects.get()
    awa.post(
        address("group-headcount", uid=group.uid),
        {"idempotency_key": a_key(), "persons_count": "20", "declared_on": "01/06/2025"},
    )
    awa.post(
        address("contract-new", uid=group.uid),
        {"idempotency_key": a_key(), "product": "essentielle", "mode": "voluntary",
         "signed_on": "01/06/2025", "starts_on": "01/07/2025", "joining_count": "4",
         "minimum_share": "50"},
    )  # fmt: skip
    contract = GroupContract.objects.get()
    page = plain(kossi.get(address("contract", uid=contract.uid)).content)
    assert "4 personnes sur 20 adhèrent ; ce contrat en demande 10 (50 %)" in page
    refused = kossi.post(
        address("contract-activate", uid=contract.uid), {"idempotency_key": a_key()}
    )
    assert refused.status_code == 409
    GroupContract.objects.update(joining_count=12)
    assert awa.post(address("contract-activate", uid=contract.uid)).status_code == 403
    kossi.post(address("contract-activate", uid=contract.uid), {"idempotency_key": a_key()})
    contract.refresh_from_db()
    assert contract.activated_by == people.coordinator
    page = plain(kossi.get(address("group", uid=group.uid)).content)
    assert "Écrire qui préside le groupe" in page
    assert "0 ÷ 20" in page
    assert "0 famille, 0 personne sous contrat aujourd’hui." in page


def test_what_fell_due_adds_up_and_what_is_late_says_that_it_is_of_all_years(
    scoped: Mutual, people: People, product: Product, signed_in: Browser, address: Address
) -> None:
    group = create_group(
        mutual=scoped, actor=people.awa, on=date(2024, 1, 5), idempotency_key=a_key(),
        code="be", name="Marché de Bè", kind="village", product=product,
    )  # fmt: skip
    old, new = (
        a_household(scoped, people.awa, product, enrolled_on=day, group=group)
        for day in (date(2024, 1, 10), date(2025, 1, 10))
    )
    a_payment(new, people.awa, 5000)
    answer = signed_in(people.coordinator).get(address("group", uid=group.uid))
    row = answer.context["row"]
    assert (row.due_minor, row.paid_minor, row.left_minor) == (13_000, 5000, 8000)
    assert row.late_minor == 13_000 + 8000
    page = plain(answer.content)
    for term, amount in (
        ("Échu en douze mois", "13 000"), ("Payé sur cet échu", "5 000"),
        ("Reste à payer de cet échu", "8 000"), ("En retard aujourd’hui, toutes années", "21 000"),
    ):  # fmt: skip
        assert re.search(rf"<dt>{term}</dt><dd>(<a[^>]*>)?\D*{amount} F CFA", page), term
    assert old.number in plain(
        signed_in(people.awa).get(address("arrears"), {"group": group.uid}).content
    )


@pytest.mark.requirement("R014")
def test_what_a_president_has_not_been_told_stands_on_the_page(
    scoped: Mutual, people: People, group: PartnerGroup, signed_in: Browser, address: Address
) -> None:
    awa, kossi = signed_in(people.awa), signed_in(people.coordinator)
    kossi.post(
        address("briefing-items"),
        {"idempotency_key": a_key(), "texts": "Les délais d’attente\nLe reçu numéroté"},
    )
    awa.post(
        address("officer-new", uid=group.uid),
        {"idempotency_key": a_key(), "role": "president", "name": "Afi B.", "phone": "90 11",
         "starts_on": "01/02/2025"},
    )  # fmt: skip
    officer = GroupOfficer.objects.get()
    page = awa.get(address("briefing-new", uid=officer.uid)).content.decode()
    first = re.search(r'value="(item-\d+)"', page)
    assert first is not None
    awa.post(
        address("briefing-new", uid=officer.uid),
        {"idempotency_key": a_key(), "briefed_on": "10/06/2025", "items": first.group(1)},
    )
    page = plain(awa.get(address("group", uid=group.uid)).content)
    assert "Informer Afi B." in page
    assert "Le reçu numéroté" in page
    assert "Les délais d’attente" not in page.split("À faire")[1]


def test_another_mutual_sees_nothing_of_it(
    scoped: Mutual, other_mutual: Mutual, people: People, group: PartnerGroup,
    signed_in: Browser, address: Address,
) -> None:  # fmt: skip
    fanta = signed_in(people.fanta)
    for name, kwargs in (
        ("groups", {}), ("group", {"uid": group.uid}), ("territory", {}), ("portfolios", {}),
    ):  # fmt: skip
        assert fanta.get(address(name, **kwargs)).status_code == 404
    elsewhere = address("group", uid=group.uid).replace(scoped.code, other_mutual.code)
    assert fanta.get(elsewhere).status_code == 404


def test_the_register_asks_no_more_for_more_groups(
    scoped: Mutual, people: People, product: Product, signed_in: Browser, address: Address
) -> None:
    awa = signed_in(people.awa)

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            assert awa.get(address("groups")).status_code == 200
        return len(caught)

    create_group(**act(scoped, people.awa), code="g0", name="Groupe 0", kind="ngo")
    queries()
    before = queries()
    for number in range(1, 12):
        made = create_group(
            **act(scoped, people.awa), code=f"g{number}", name=f"Groupe {number}", kind="ngo"
        )
        declare_headcount(**act(scoped, people.awa), group=made, persons_count=9, declared_on=YEAR)
    queries()  # after a command, counts are worked out anew
    assert queries() == before


@pytest.mark.requirement("R013", begun=True)
def test_a_portfolio_is_shown_filters_the_families_and_is_transferred(
    scoped: Mutual, people: People, product: Product, group: PartnerGroup,
    signed_in: Browser, address: Address,
) -> None:  # fmt: skip
    koffi, kossi = signed_in(people.field_agent), signed_in(people.coordinator)
    inside = a_household(scoped, people.awa, product, group=group)
    a_household(scoped, people.awa, product)
    assign_portfolio(
        **act(scoped, people.coordinator), animator=people.field_agent, starts_on=YEAR, group=group
    )
    mine = koffi.get(address("portfolio-mine"), follow=True)
    assert "Mon portefeuille" in mine.content.decode()
    families = koffi.get(address("households"), {"animator": str(people.field_agent.uid)})
    assert inside.number in families.content.decode()
    assert "1 famille" in plain(families.content)
    held = PortfolioAssignment.objects.get()
    to = address("portfolio-transfer", uid=people.field_agent.uid)
    sent = {
        "idempotency_key": a_key(), "to_animator": str(people.awa.uid),
        "transferred_on": "16/06/2025", "reason": "Congé", "assignments": str(held.uid),
    }  # fmt: skip
    assert koffi.post(to, sent).status_code == 403
    kossi.post(to, sent)
    assert PortfolioAssignment.objects.get(ends_on__isnull=True).animator == people.awa
    page = kossi.get(address("portfolios")).content.decode()
    assert "Congé" in page


@pytest.mark.requirement("R013", begun=True)  # what the telephone holds comes with the telephone
def test_one_act_moves_groups_of_any_kind_and_what_is_to_do_there(
    scoped: Mutual, people: People, product: Product, signed_in: Browser, address: Address
) -> None:
    """A village and a company of one animator go to another: their families to see go along."""
    rows = [FollowRow("", stage.value, "visit", 60) for stage in ContractStage]
    plan = propose_follow_plan(
        **act(scoped, people.coordinator), rows=rows, effective_from=YEAR, source="AG"
    )
    approve_follow_plan(**act(scoped, people.director), version=plan)
    families = []
    for kind in ("village", "enterprise"):
        group = create_group(**act(scoped, people.awa), code=kind, name=kind, kind=kind)
        assign_portfolio(
            **act(scoped, people.coordinator), animator=people.field_agent, starts_on=YEAR,
            group=group,
        )  # fmt: skip
        families.append(a_household(scoped, people.awa, product, group=group).number)
    kossi = signed_in(people.coordinator)

    def to_see(animator: User) -> set[str]:
        page = kossi.get(address("follow-list"), {"animator": str(animator.uid)})
        return {row.household.number for row in page.context["rows"]}

    assert (to_see(people.field_agent), to_see(people.awa)) == (set(families), set())
    held = PortfolioAssignment.objects.values_list("uid", flat=True)
    sent = {
        "idempotency_key": a_key(), "to_animator": str(people.awa.uid), "reason": "Congé",
        "transferred_on": "16/06/2025", "assignments": [str(uid) for uid in held],
    }  # fmt: skip
    kossi.post(address("portfolio-transfer", uid=people.field_agent.uid), sent)
    assert (to_see(people.field_agent), to_see(people.awa)) == (set(), set(families))
    event = AuditEvent.objects.get(code="PORTFOLIO_TRANSFERRED")
    assert (event.actor, event.details["count"]) == (people.coordinator, 2)


@pytest.mark.requirement("R015", begun=True)
def test_the_territory_tells_who_lives_where_and_who_answers(
    scoped: Mutual, people: People, product: Product, signed_in: Browser, address: Address
) -> None:
    awa, kossi = signed_in(people.awa), signed_in(people.coordinator)
    region = ensure_area(system="t", code="r", name="Maritime", level=1, country="tg")
    village = ensure_area(
        system="t", code="v", name="Kpogan", level=5, parent=region, population_count=300
    )
    a_household(scoped, people.awa, product, area=village)
    page = plain(awa.get(address("territory")).content)
    assert "Maritime" in page
    assert "1,00 %" in page  # three persons of 300
    assert "Kpogan" in awa.get(address("areas-without-focal-point")).content.decode()
    awa.post(
        address("focal-point-new", uid=village.uid),
        {"idempotency_key": a_key(), "name": "Yao K.", "phone": "90 22", "starts_on": "01/03/2025"},
    )
    assert "Yao K." in awa.get(address("area", uid=village.uid)).content.decode()
    assert "Kpogan" not in awa.get(address("areas-without-focal-point")).content.decode()
    proposal = propose_area(**act(scoped, people.awa), name="Kpogann", within=region)
    decide = address("area-proposal", uid=proposal.uid)
    assert awa.get(decide).status_code == 403
    assert "Kpogan" in kossi.get(decide).content.decode()
    kossi.post(decide, {"idempotency_key": a_key(), "act": "merge", "into": "Kpogan"})
    proposal.refresh_from_db()
    assert proposal.decision == "merged"


@pytest.mark.requirement("R022")
def test_a_refusal_is_told_in_two_taps_and_counted(
    scoped: Mutual, people: People, group: PartnerGroup, signed_in: Browser, address: Address
) -> None:
    koffi = signed_in(people.field_agent)
    koffi.post(
        address("obstacle-new"),
        {"idempotency_key": a_key(), "reason": "price", "told_on": "16/06/2025"},
    )
    assert Obstacle.objects.get().recorded_by == people.field_agent
    for cut in ("area", "group", "segment", "month", "kind"):
        page = plain(koffi.get(address("obstacles"), {"by": cut}).content)
        assert "Le prix" in page
        assert "1 motif dit" in page


@pytest.mark.requirement("R016", begun=True)
def test_a_family_is_scored_and_its_segment_shown(
    scoped: Mutual, people: People, product: Product, signed_in: Browser, address: Address
) -> None:
    rules = read_scorecard(scorecard_path())
    version = enter_scorecard(
        **act(scoped, people.coordinator), document=rules.document, effective_from=YEAR,
        source="AG",
    )  # fmt: skip
    approve_scorecard(**act(scoped, people.director), version=version)
    household = a_household(scoped, people.awa, product)
    awa = signed_in(people.awa)
    fill = address("scorecard-fill", uid=household.uid)
    answers = {each.code: each.answers[-1].code for each in rules.card.questions}
    assert awa.post(fill, {"idempotency_key": a_key()}).status_code == 422
    awa.post(fill, {"idempotency_key": a_key(), "answered_on": "16/06/2025", **answers})
    assert HouseholdScore.objects.get().segment == "C"
    assert "Segment" in awa.get(address("household", uid=household.uid)).content.decode()
    kept = awa.get(address("households"), {"segment": "C"}).content.decode()
    assert household.number in kept
    assert household.number not in awa.get(address("households"), {"segment": "A"}).content.decode()
    page = plain(awa.get(address("scorecards")).content)
    assert "une visite" in page


def test_groups_under_their_threshold_and_selection(
    scoped: Mutual, people: People, product: Product, group: PartnerGroup,
    signed_in: Browser, address: Address,
) -> None:  # fmt: skip
    a_household(scoped, people.awa, product, group=group)
    page = plain(signed_in(people.coordinator).get(address("groups-selection")).content)
    assert "Trop peu de personnes : pas de taux" in page
    assert "Garwood" in page
    assert signed_in(people.awa).get(address("groups-selection")).status_code == 403


def test_the_report_reads_one_kind_of_group(
    scoped: Mutual, people: People, product: Product, group: PartnerGroup,
    signed_in: Browser, address: Address,
) -> None:  # fmt: skip
    a_household(scoped, people.awa, product, group=group)
    a_household(scoped, people.awa, product)
    director = signed_in(people.director)
    page = plain(director.get(address("report"), {"kind": "grouping"}).content)
    assert "Seulement : Groupements." in page
    assert "pour toute la mutuelle seulement" in page


def test_families_of_no_known_place_stand_in_a_row_of_their_own(
    scoped: Mutual, people: People, product: Product, signed_in: Browser, address: Address
) -> None:
    household = a_household(scoped, people.awa, product)
    ensure_area(system="test", code="r1", name="Maritime", level=1, country="tg")
    page = plain(signed_in(people.awa).get(address("territory")).content)
    row = page[page.index("Lieu inconnu") :]
    assert "familles dont la fiche ne nomme pas de village" in row
    assert f">{household.persons.count()}</td>" in row
