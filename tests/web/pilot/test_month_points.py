"""The points of a month: signed by who answers for them, taken up again with a reason."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from entraide.apps.access.services import system_user
from entraide.apps.schemes.models import Mutual, Role
from entraide.apps.schemes.month_points import month_points, sign_month_point
from entraide.apps.schemes.services import appoint
from entraide.apps.schemes.titles import PRESETS, Duty
from entraide.core.errors import Refusal
from tests.builders import a_key
from tests.people import People
from tests.web.conftest import Browser
from tests.web.groups.test_pages import TODAY, act
from tests.web.households.conftest import Address, address
from tests.web.pilot.test_duties import whats
from tests.web.search.test_search import plain

__all__ = ["address"]
MAY = date(2025, 5, 1)


@pytest.fixture
def rsec(scoped: Mutual, people: People) -> Any:
    """The head of monitoring (« RSEC »), by the usual post of that name."""
    preset = next(each for each in PRESETS if Duty.INDICATORS in each.duties)
    _appointed(scoped, people.awa, Role.DATA_ENTRY_CLERK, (Duty.ERROR_REVIEW, Duty.TRAINING))
    _appointed(scoped, people.coordinator, preset.role, preset.duties)
    return people.coordinator


def _appointed(mutual: Mutual, user: Any, role: str, duties: tuple[Duty, ...]) -> None:
    appoint(
        mutual=mutual, actor=system_user(), on=TODAY, idempotency_key=a_key(), user=user,
        role=role, effective_from=TODAY, duties=duties,
    )  # fmt: skip


def _sign(browser: Any, url: str, duty: Duty, **more: str) -> Any:
    sent = {"duty": duty.value, "idempotency_key": a_key(), **more}
    return browser.post(f"{url}?month=2025-05", sent)


@pytest.mark.requirement("R247")
def test_month_end_tasks_are_assigned_to_posts_asked_for_and_signed(
    scoped: Mutual, people: People, rsec: Any, signed_in: Browser, address: Address
) -> None:
    reference, head, url = signed_in(people.awa), signed_in(rsec), address("month-points")
    assert any(what.startswith("Signer les points") for what in whats(head, address("home")))
    assert any(what.startswith("Signer les points") for what in whats(reference, address("home")))
    page = plain(head.get(url).content)
    assert people.awa.display_name in page
    assert "Le rapport du mois est lu" in page
    assert _sign(head, url, Duty.INDICATORS, done="1", remark="RSP lu").status_code == 302
    assert "RSP lu" in plain(reference.get(f"{url}?month=2025-05").content)
    assert not any(what.startswith("Signer les points") for what in whats(head, address("home")))
    assert _sign(reference, url, Duty.TRAINING, done="1").status_code == 302
    assert not any(
        what.startswith("Signer les points") for what in whats(reference, address("home"))
    )
    again = _sign(head, url, Duty.INDICATORS, remark="Une facture manquait")
    assert again.status_code == 302
    point = next(each for each in month_points(scoped, MAY, TODAY) if each.duty is Duty.INDICATORS)
    assert not point.is_done
    assert point.last is not None
    assert point.last.remark == "Une facture manquait"


def test_an_adviser_with_a_duty_reads_the_points_and_is_offered_nothing_to_sign(
    scoped: Mutual, people: People, signed_in: Browser, address: Address
) -> None:
    _appointed(scoped, people.adviser, Role.ADVISER, (Duty.INDICATORS,))
    browser, url = signed_in(people.adviser), address("month-points")
    page = plain(browser.get(url).content)
    assert people.adviser.display_name in page
    assert 'name="duty"' not in page
    assert not any(what.startswith("Signer les points") for what in whats(browser, address("home")))
    assert _sign(browser, url, Duty.INDICATORS, done="1").status_code in (403, 422)
    assert not any(each.is_done for each in month_points(scoped, MAY, TODAY))


def test_nobody_signs_for_another_nor_before_the_end_nor_twice(
    scoped: Mutual, people: People, rsec: Any, signed_in: Browser, address: Address
) -> None:
    url = address("month-points")
    refused = _sign(signed_in(people.moussa), url, Duty.INDICATORS, done="1")
    assert refused.status_code == 422
    assert "Une autre personne répond de ce point" in plain(refused.content)
    assert signed_in(people.fanta).get(url).status_code == 404

    def code(**content: Any) -> str:
        with pytest.raises(Refusal) as caught:
            sign_month_point(**act(scoped, rsec), **content)
        return caught.value.code

    assert code(month=TODAY, duty="indicators") == "MONTH_NOT_OVER"
    assert code(month=MAY, duty="cooking") == "DUTY_UNKNOWN"
    assert code(month=MAY, duty="indicators", is_done=False, remark="x") == "POINT_NOT_SIGNED"
    sign_month_point(**act(scoped, rsec), month=MAY, duty="indicators")
    assert code(month=MAY, duty="indicators") == "POINT_SIGNED"
    assert code(month=MAY, duty="indicators", is_done=False, remark=" ") == "REASON_MISSING"
