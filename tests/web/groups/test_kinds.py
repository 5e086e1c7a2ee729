"""Every report is cut by the kind of the groups, and the parts make the whole (R012)."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest

from entraide.apps.contributions.collection import ageing, by_channel, by_month, by_plan
from entraide.apps.contributions.field_collection import agent_calls, by_agent
from entraide.apps.contributions.renewal_rates import rates_by_animator
from entraide.apps.enrolment.models import PartnerGroup
from entraide.apps.enrolment.obstacles import obstacle_table, record_obstacle
from entraide.apps.enrolment.selectors import paper_shares
from entraide.apps.enrolment.services import EndReason, create_group, end_membership
from entraide.apps.fieldwork.selectors import by_activity
from entraide.apps.fieldwork.services import record_time
from entraide.apps.reporting.membership_table import membership_table
from entraide.apps.reporting.services import run_report
from entraide.apps.schemes.models import Mutual, Product
from entraide.core.groups import GROUP_KINDS
from entraide.core.obstacles import ObstacleKind, ObstacleReason
from tests.builders import a_household, a_payment
from tests.people import People
from tests.web.conftest import Browser
from tests.web.groups.test_pages import TODAY, act, plain
from tests.web.households.conftest import Address, address

__all__ = ["address"]

YEAR = (date(2025, 1, 1), date(2026, 1, 1))
PAGES = (
    "report", "collection", "renewals-rates", "membership-months", "worktime", "payout-places",
    "paper-versions", "groups-selection",
)  # fmt: skip
EVERY_KIND = (*GROUP_KINDS, "")


@pytest.fixture
def three_kinds(scoped: Mutual, people: People, product: Product) -> dict[str, PartnerGroup | None]:
    """A village whose family pays 13 000, a company whose family pays 5 000, a family alone."""
    groups: dict[str, PartnerGroup | None] = {"": None}
    for kind, name in (("village", "Bè"), ("enterprise", "Ateliers")):
        groups[kind] = create_group(**act(scoped, people.awa), code=kind, name=name, kind=kind)
    for kind, paid in (("village", 13_000), ("enterprise", 5_000), ("", 0)):
        family = a_household(scoped, people.awa, product, group=groups[kind], source="paper")
        if paid:
            a_payment(family, people.cashier, paid)
        record_time(
            **act(scoped, people.field_agent), worker=people.field_agent, activity="home_visit",
            worked_on=date(2025, 6, 2), minutes=30, acts_count=1, group=groups[kind],
        )  # fmt: skip
        record_obstacle(
            **act(scoped, people.field_agent), kind=ObstacleKind.JOINING,
            reason=ObstacleReason.PRICE, told_on=date(2025, 6, 3), group=groups[kind],
        )  # fmt: skip
    last = a_household(scoped, people.awa, product, group=groups["village"], source="direct")
    end_membership(
        **act(scoped, people.awa), membership=last.memberships.get(), ended_on=TODAY,
        reason=EndReason.PRICE,
    )  # fmt: skip
    return groups


def figures(mutual: Mutual, kind: str | None) -> dict[str, int]:
    """A sum of every report, of one kind of group or of the whole mutual."""
    only: dict[str, Any] = {"group_kind": kind}
    report = run_report(mutual=mutual, start=YEAR[0], until=date(2025, 6, 1), on=TODAY, **only)
    table = membership_table(mutual=mutual, start=YEAR[0], until=date(2025, 6, 1), on=TODAY, **only)
    return {
        "earned": int(report.now("contribution_earned").value or 0),
        "channels of the report": sum(each.amount_minor for each in report.channels),
        "families": int(table.whole["households_covered"].value or 0),
        "months": sum(each.due_minor for each in by_month(mutual, *YEAR, **only)),
        "plans": sum(each.late_minor for each in by_plan(mutual, *YEAR, TODAY, **only)),
        "agents": sum(each.calls_count for each in by_agent(mutual, *YEAR, TODAY, **only)),
        "calls": agent_calls(mutual, *YEAR, None, **only).count(),
        "received": sum(each.amount_minor for each in by_channel(mutual, *YEAR, **only)),
        "ended": sum(each.ended_count for each in rates_by_animator(mutual, *YEAR, **only)),
        "minutes": sum(each.work.minutes for each in by_activity(mutual, *YEAR, **only)),
        "paper": sum(each.from_paper for each in paper_shares(mutual, TODAY, **only)),
    }


@pytest.mark.requirement("R012")
def test_the_parts_of_every_report_make_the_whole(
    scoped: Mutual, three_kinds: dict[str, PartnerGroup | None]
) -> None:
    whole = figures(scoped, None)
    parts = {kind: figures(scoped, kind) for kind in EVERY_KIND}
    for name, total in whole.items():
        assert total > 0, name
        assert sum(part[name] for part in parts.values()) == total, name
    assert (parts["village"]["received"], parts["enterprise"]["received"]) == (13_000, 5_000)
    assert parts["school"]["received"] == parts[""]["received"] == 0
    late = {each.key: each.total_minor for each in ageing(scoped, TODAY, by="kind")}
    assert late == {"village": 13_000, "enterprise": 8_000, "": 13_000}
    assert sum(late.values()) == sum(each.total_minor for each in ageing(scoped, TODAY))
    told = obstacle_table(scoped, *YEAR, "group_kind")
    assert {key: total for key, _counts, total in told.rows} == {
        "village": 2, "enterprise": 1, "": 1,
    }  # fmt: skip


@pytest.mark.requirement("R012")
@pytest.mark.parametrize("page", PAGES)
def test_the_page_of_every_report_keeps_to_one_kind(
    scoped: Mutual, people: People, three_kinds: dict[str, PartnerGroup | None],
    signed_in: Browser, address: Address, page: str,
) -> None:  # fmt: skip
    director = signed_in(people.director)
    whole = plain(director.get(address(page)).content)
    nav = whole[whole.index('aria-label="Type de groupe"') :]
    nav = nav[: nav.index("</nav>")]
    ways = re.findall(r'href="(\?[^"]*)"[^>]*>([^<]+)<', nav)
    words = [word for _query, word in ways]
    assert words[0] == "Toute la mutuelle"
    assert {"Entreprises", "Villages"} <= set(words)
    for query, word in ways[1:]:
        shown = director.get(address(page) + query.replace("&amp;", "&"))
        assert shown.status_code == 200
        text = plain(shown.content)
        assert re.search(rf'aria-current="page">{word}<', text)
        assert f"Seulement : {word}." in text


def test_cuts_that_are_rows(
    scoped: Mutual, people: People, three_kinds: dict[str, PartnerGroup | None],
    signed_in: Browser, address: Address,
) -> None:  # fmt: skip
    director = signed_in(people.director)
    late = plain(director.get(address("collection-ageing"), {"by": "kind"}).content)
    assert re.search(r'<th scope="row">Entreprises</th><td class="num">1</td>', late)
    told = plain(director.get(address("obstacles"), {"by": "group_kind"}).content)
    assert re.search(r'<th scope="row">Villages</th><td class="num">2</td>', told)
    agent = director.get(address("collection-agent", key="personne"), {"kind": "village"})
    calls = [row[0].household.group_id for row in agent.context["rows"]]
    assert set(calls) == {three_kinds["village"].pk}  # type: ignore[union-attr]
