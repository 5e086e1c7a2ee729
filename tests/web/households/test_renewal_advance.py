"""The price of a renewal at the desk, for a family that had paid ahead in the old tool."""

from __future__ import annotations

from datetime import date

from entraide.apps.contributions.accounts import household_account
from entraide.apps.enrolment.models import Household
from tests.apps.takeover.test_advances import Taken, approve, home, prepare, renewed, taken
from tests.people import People
from tests.web.conftest import Browser
from tests.web.households.conftest import Address
from tests.web.households.test_enrolment import plain

__all__ = ["home", "taken"]


def test_the_price_told_takes_off_what_was_paid_ahead(
    home: Household,
    taken: Taken,
    people: People,
    signed_in: Browser,
    address: Address,
    today: date,
) -> None:
    browser, url = signed_in(people.awa), address("household-renew", uid=home.uid)
    assert "Avance reprise" not in plain(browser.get(url).content)
    run = taken({home: 5_000})
    prepare(run, people, today)
    assert "Avance reprise" not in plain(browser.get(url).content)  # not approved yet
    approve(run, people, today)
    answer = browser.get(url)
    page = plain(answer.content)
    assert "Avance reprise de l’ancien outil" in page
    assert "−5 000 F CFA" in page
    assert "Reste à payer" in page
    assert answer.context["to_pay_minor"] == 7_000
    # What is told is what the renewal then leaves to pay.
    renewed(home, people, today)
    assert household_account(home, today).remaining_minor == 7_000
