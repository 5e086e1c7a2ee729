"""Time told in the office, beside what the plan supposes and what it costs."""

from __future__ import annotations

import html
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.urls import reverse

from entraide.apps.fieldwork.models import TimeSpent
from entraide.apps.fieldwork.services import record_time
from entraide.apps.planning.services import save_plan
from entraide.apps.planning.training_plan import exact
from entraide.apps.schemes.choosing import change_choice
from entraide.apps.schemes.models import Mutual
from tests.builders import a_key
from tests.people import People
from tests.web.conftest import Browser

ON = date(2025, 6, 16)


@pytest.fixture
def address(scoped: Mutual) -> Callable[..., str]:
    def of(name: str, **kwargs: Any) -> str:
        return reverse(f"web:{name}", kwargs={"mutual": scoped.code, **kwargs})

    return of


@pytest.mark.requirement("R033")
def test_a_sheet_of_time_becomes_the_cost_of_collecting(
    scoped: Mutual, people: People, signed_in: Browser, address: Callable[..., str]
) -> None:
    clerk, url = signed_in(people.awa), address("worktime-new")
    sheet = {"idempotency_key": a_key(), "worker": str(people.awa.uid), "worked_on": "02/06/2025",
             "activity": "monthly_collection", "minutes": "240", "acts_count": "20"}  # fmt: skip
    for _time in range(2):  # sent twice, told once
        assert clerk.post(url, sheet)["Location"] == f"{url}?worker={people.awa.uid}"
    clerk.post(url, {**sheet, "idempotency_key": a_key(), "activity": "single_collection",
                     "minutes": "30", "acts_count": "10"})  # fmt: skip
    assert TimeSpent.objects.count() == 2
    refused = clerk.post(url, {**sheet, "idempotency_key": a_key(), "minutes": "1400"})
    assert refused.status_code == 422
    assert "plus de vingt-quatre heures" in html.unescape(refused.content.decode())
    change_choice(
        mutual=scoped, actor=people.director, on=ON, idempotency_key=a_key(),
        name="hour_cost", value=1000, source="Paie de juin",
    )  # fmt: skip
    page = html.unescape(clerk.get(address("worktime")).content.decode())
    assert "144 minutes par an pour une famille qui paie au mois" in page
    assert "Encaissement en une fois" in page
    monthly = clerk.get(address("worktime")).context["rows"][0]
    assert (monthly.mean_minutes, monthly.cost.term[:3]) == (12, "200")


def test_a_line_told_by_mistake_is_withdrawn_with_its_reason(
    people: People, signed_in: Browser, address: Callable[..., str]
) -> None:
    clerk = signed_in(people.awa)
    clerk.post(address("worktime-new"), {
        "idempotency_key": a_key(), "worker": str(people.awa.uid), "worked_on": "02/06/2025",
        "activity": "call", "minutes": "20", "acts_count": "2",
    })  # fmt: skip
    line = TimeSpent.objects.get()
    withdraw = address("worktime-withdraw", uid=line.uid)
    assert "20 min" in clerk.get(withdraw).content.decode()
    clerk.post(withdraw, {"idempotency_key": a_key(), "reason": "Mauvais jour"})
    page = html.unescape(clerk.get(address("worktime")).content.decode())
    assert "Mauvais jour" in page
    assert clerk.get(address("worktime")).context["rows"] == []
    assert signed_in(people.moussa).get(address("worktime-new")).status_code == 403
    assert signed_in(people.fanta).get(address("worktime")).status_code == 404


def test_what_the_plan_supposes_stands_beside(
    scoped: Mutual, people: People, signed_in: Browser, address: Callable[..., str]
) -> None:
    text = (settings.RULES_FOLDER / "plans" / "atia-sante.yaml").read_text(encoding="utf-8")
    assumptions = {**exact(yaml.safe_load(text)), "currency": scoped.currency}
    save_plan(
        mutual=scoped, actor=people.moussa, on=ON, idempotency_key=a_key(), name="Plan",
        assumptions=assumptions,
    )  # fmt: skip
    record_time(
        mutual=scoped, actor=people.awa, on=ON, idempotency_key=a_key(), worker=people.awa,
        activity="monthly_collection", worked_on=ON, minutes=90, acts_count=10,
    )  # fmt: skip
    [row] = signed_in(people.awa).get(address("worktime")).context["rows"]
    assert (row.mean_minutes, row.supposed) == (9, 6)
