"""« À suivre » in the office: the plan proposed and approved, the list, one click, a decision."""

from __future__ import annotations

import html
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from entraide.apps.enrolment.models import Household
from entraide.apps.enrolment.portfolios import assign_portfolio
from entraide.apps.enrolment.services import create_group
from entraide.apps.fieldwork import follow_list
from entraide.apps.fieldwork.follow_plan import approve_follow_plan, propose_follow_plan
from entraide.apps.fieldwork.models import FollowContact, FollowOverride, FollowPlanVersion
from entraide.apps.schemes.models import Mutual, Product
from entraide.core.follow_up import ContractStage, FollowRow
from tests.builders import a_household, a_key
from tests.people import People
from tests.web.conftest import Browser
from tests.web.households.conftest import Address, address, household

__all__ = ["address", "household"]
pytestmark = pytest.mark.requirement("R017")

ON = date(2025, 6, 16)


def text(answer: Any) -> str:
    return html.unescape(answer.content.decode()).replace("\u00a0", " ").replace("\u202f", " ")


def in_force(mutual: Mutual, people: People, channel: str = "visit", days: int = 60) -> None:
    rows = [FollowRow("", stage.value, channel, days) for stage in ContractStage]
    act = {"mutual": mutual, "on": ON}
    version = propose_follow_plan(
        **act, actor=people.coordinator, idempotency_key=a_key(), rows=rows,
        effective_from=date(2025, 1, 1), source="AG",
    )  # fmt: skip
    approve_follow_plan(**act, actor=people.director, idempotency_key=a_key(), version=version)


def shown(browser: Client, url: str) -> dict[str, str]:
    form = browser.get(url).context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {name: "" if value is None else str(value) for name, value in values.items()}


def test_a_plan_is_proposed_cell_by_cell_and_approved_by_another(
    scoped: Mutual, people: People, signed_in: Browser, address: Address
) -> None:
    coordinator = signed_in(people.coordinator)
    assert "Aucun plan de suivi" in text(coordinator.get(address("follow-list")))
    url = address("follow-plan-new")
    sent = shown(coordinator, url) | {
        "effective_from": "01/06/2025", "source": "Bureau du 2 juin", "idempotency_key": a_key(),
    }  # fmt: skip
    refused = coordinator.post(url, sent | {"d0_j30": ""})
    assert refused.status_code == 422
    assert "tous les combien de jours" in text(refused)
    refused = coordinator.post(url, sent | {"d0_j30": "0", "idempotency_key": a_key()})
    assert refused.status_code == 422
    assert "de 1 à 366 jours" in text(refused)
    sent |= {"c0_running": "none", "d0_running": "", "c0_j30": "visit", "d0_j30": "10"}
    assert coordinator.post(url, sent)["Location"] == address("follow-plans")
    version = FollowPlanVersion.objects.get()
    assert {row["stage"]: (row["channel"], row["every_days"]) for row in version.rows} == {
        "running": ("none", 0), "j60": ("call", 30), "j30": ("visit", 10), "j0": ("call", 30),
        "after_j30": ("call", 30),
    }  # fmt: skip
    approval = address("follow-plan-approve", uid=version.uid)
    page = text(coordinator.get(address("follow-plan", uid=version.uid)))
    assert "Visite tous les 10 jours" in page
    assert approval not in page
    assert coordinator.post(approval, {"idempotency_key": a_key()}).status_code == 403
    director = signed_in(people.director)
    assert approval in text(director.get(address("follow-plan", uid=version.uid)))
    director.post(approval, {"idempotency_key": a_key()})
    page = text(director.get(address("follow-plans")))
    assert "En vigueur depuis le" in page
    assert "Bureau du 2 juin" in page


def test_one_click_tells_the_contact_and_the_family_leaves_the_list(
    scoped: Mutual, people: People, signed_in: Browser, address: Address, household: Household
) -> None:
    in_force(scoped, people)
    clerk = signed_in(people.awa)
    page = clerk.get(address("follow-list"))
    assert (page.context["counts"].late, len(page.context["rows"])) == (1, 1)
    row = page.context["rows"][0]
    # Covered since 10 January, to be visited within sixty days: from 11 March on.
    assert (row.due, row.rule) == ("97 jours de retard", "Visite tous les 60 jours")
    done = address("follow-done", uid=household.uid)
    clerk.post(done, {"idempotency_key": a_key(), "channel": "call"})
    assert clerk.get(address("follow-list")).context["counts"].late == 1  # a call is no visit
    sent = {"idempotency_key": a_key(), "channel": "visit", "back": "when=retard"}
    for _twice in range(2):
        assert clerk.post(done, sent)["Location"] == address("follow-list") + "?when=retard"
    assert FollowContact.objects.count() == 2
    nobody = text(clerk.get(address("follow-list")))
    assert "Personne à voir" in nobody
    assert "Aucune famille n’est à voir ni à appeler d’ici ce soir." in nobody
    assert "Une famille" not in nobody
    page = text(clerk.get(address("follow-family", uid=household.uid)))
    assert "15 août 2025" in page
    visit = FollowContact.objects.get(channel="visit")
    clerk.post(
        address("follow-contact-withdraw", uid=visit.uid),
        {"idempotency_key": a_key(), "reason": "Absents"},
    )
    assert "Absents" in text(clerk.get(address("follow-family", uid=household.uid)))
    assert clerk.get(address("follow-list")).context["counts"].late == 1


def test_a_contact_of_another_day_is_told_with_who_made_it(
    scoped: Mutual, people: People, signed_in: Browser, address: Address, household: Household
) -> None:
    clerk = signed_in(people.awa)
    url = address("follow-contact", uid=household.uid)
    sent = {"idempotency_key": a_key(), "channel": "visit", "contacted_on": "17/06/2025",
            "worker": str(people.field_agent.uid), "note": "Rappeler en juillet"}  # fmt: skip
    assert clerk.post(url, sent).status_code == 422
    sent |= {"idempotency_key": a_key(), "contacted_on": "02/06/2025"}
    assert clerk.post(url, sent).status_code == 302
    told = FollowContact.objects.get()
    assert (told.worker, told.recorded_by) == (people.field_agent, people.awa)
    assert "Rappeler en juillet" in text(clerk.get(address("follow-family", uid=household.uid)))


def test_the_coordinator_decides_otherwise_with_a_reason(
    scoped: Mutual, people: People, signed_in: Browser, address: Address, household: Household
) -> None:
    in_force(scoped, people)
    coordinator = signed_in(people.coordinator)
    url = address("follow-override", uid=household.uid)
    sent = {"idempotency_key": a_key(), "channel": "call", "every_days": "15", "reason": ""}
    assert coordinator.post(url, sent).status_code == 422
    coordinator.post(url, sent | {"idempotency_key": a_key(), "reason": "Village inondé"})
    [row] = coordinator.get(address("follow-list")).context["rows"]
    assert (row.rule, row.own_reason, row.due) == (
        "Appel tous les 15 jours", "Village inondé", "Aujourd’hui",
    )  # fmt: skip
    end = address("follow-override-end", uid=FollowOverride.objects.get().uid)
    assert end in text(coordinator.get(address("follow-family", uid=household.uid)))
    coordinator.post(end, {"idempotency_key": a_key(), "reason": "Route ouverte"})
    [row] = coordinator.get(address("follow-list")).context["rows"]
    assert row.rule == "Visite tous les 60 jours"


def test_each_sees_what_is_theirs_to_see(
    scoped: Mutual, people: People, signed_in: Browser, address: Address, household: Household
) -> None:
    in_force(scoped, people)
    family, done = (address(name, uid=household.uid) for name in ("follow-family", "follow-done"))
    finance = signed_in(people.moussa)
    page = text(finance.get(address("follow-list")))
    assert household.number in page
    assert done not in page
    assert finance.post(done, {"idempotency_key": a_key(), "channel": "call"}).status_code == 403
    assert finance.get(address("follow-contact", uid=household.uid)).status_code == 403
    clerk = signed_in(people.awa)
    for name in ("follow-override", "follow-contact"):
        status = clerk.get(address(name, uid=household.uid)).status_code
        assert status == (403 if name == "follow-override" else 200)
    assert clerk.get(address("follow-plan-new")).status_code == 403
    stranger = signed_in(people.fanta)
    assert stranger.get(address("follow-list")).status_code == 404
    assert stranger.get(family).status_code == 404
    assert not FollowContact.objects.exists()


def test_who_follows_a_portfolio_finds_it_first_and_on_their_home_page(
    scoped: Mutual, people: People, product: Product, signed_in: Browser, address: Address,
    household: Household,
) -> None:  # fmt: skip
    in_force(scoped, people)
    act = {"mutual": scoped, "on": ON, "idempotency_key": a_key()}
    group = create_group(**act, actor=people.awa, code="v", name="Village", kind="village")
    assign_portfolio(
        **act | {"idempotency_key": a_key()}, actor=people.coordinator, group=group,
        animator=people.field_agent, starts_on=ON,
    )  # fmt: skip
    a_household(scoped, people.awa, product, group=group)
    agent = signed_in(people.field_agent)
    assert agent.get(address("follow-list")).context["counts"].late == 1
    everybody = agent.get(address("follow-list") + "?animator=tous").context
    assert everybody["counts"].late == 2
    assert {row.animator for row in everybody["rows"]} == {people.field_agent, None}
    calls = agent.get(address("follow-list") + "?channel=call").context
    assert calls["counts"].due == 0
    assert "Voir ou appeler 1 famille" in text(agent.get(address("home")))
    for page in (address("portfolios"), address("household", uid=household.uid)):
        assert "/portefeuilles/suivre/" in text(agent.get(page))


def test_a_large_mutual_is_seen_one_animator_at_a_time(
    scoped: Mutual, people: People, signed_in: Browser, address: Address, household: Household,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    in_force(scoped, people)
    monkeypatch.setattr(follow_list, "MOST_AT_ONCE", 0)
    clerk = signed_in(people.awa)
    assert "Choisissez qui suit les familles" in text(clerk.get(address("follow-list")))
    own = clerk.get(address("follow-list") + f"?animator={people.field_agent.uid}")
    assert own.context["counts"].due == 0


def test_a_page_asks_the_database_as_often_for_many_families(
    scoped: Mutual, people: People, product: Product, signed_in: Browser, address: Address
) -> None:
    in_force(scoped, people)
    clerk, counts = signed_in(people.awa), []
    clerk.get(address("follow-list"))  # what is read once for all pages
    for _time in range(2):
        for _home in range(3):
            a_household(scoped, people.awa, product)
        with CaptureQueriesContext(connection) as queries:
            clerk.get(address("follow-list"))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_families_in_no_portfolio_are_listed_together_however_many_the_others_are(
    household: Household, scoped: Mutual, people: People, signed_in: Browser, address: Address,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    in_force(scoped, people)
    coordinator, url = signed_in(people.coordinator), address("follow-list")
    asked = {"animator": "personne", "when": "semaine"}
    listed = text(coordinator.get(url, asked))
    assert household.number in listed
    assert '<option value="personne" selected>Sans animateur</option>' in listed
    with monkeypatch.context() as patched:
        patched.setattr(follow_list, "MOST_AT_ONCE", 0)
        crowded = text(coordinator.get(url, asked))
    assert "La plupart des familles ne sont dans aucun portefeuille" in crowded
    group = create_group(
        mutual=scoped, actor=people.coordinator, on=ON, idempotency_key=a_key(),
        code="be", name="Bè", kind="village",
    )  # fmt: skip
    Household.objects.filter(pk=household.pk).update(group=group)
    assert household.number in text(coordinator.get(url, asked))
    assign_portfolio(
        mutual=scoped, actor=people.coordinator, on=ON, idempotency_key=a_key(), group=group,
        animator=people.field_agent, starts_on=ON,
    )  # fmt: skip
    assert household.number not in text(coordinator.get(url, asked))
    assert household.number in text(coordinator.get(url, {"animator": "tous", "when": "semaine"}))
