"""Several payers of one contribution: each with its list of calls and its statement."""

from __future__ import annotations

import re
from datetime import date

import pytest

from entraide.apps.contributions.models import ContributionDue, Payer
from entraide.apps.contributions.selectors import collection_rate
from entraide.apps.enrolment.services import create_group
from entraide.apps.reporting.verification import verify
from entraide.apps.schemes.models import Mutual
from entraide.core.ledger import AccountRole
from tests.builders import a_household, a_key, a_payment, an_approved_product
from tests.people import People
from tests.web.collection.test_collection_page import page_of, plain
from tests.web.conftest import Browser


@pytest.mark.requirement("R043")
def test_each_payer_has_its_share_its_calls_and_its_statement(
    scoped: Mutual, people: People, signed_in: Browser
) -> None:
    """Three persons at 3 000: the State 20 % and 500 a person on top, the employer 1 000 a person,
    a sponsor 10 %; the family the rest and 1 000 to join."""
    shared = an_approved_product(scoped, people.moussa, people.director, "plusieurs-payeurs")
    employer = create_group(
        mutual=scoped, actor=people.awa, on=shared.effective_from.replace(year=2025),
        idempotency_key=a_key(), code="port", name="Port de Lomé", kind="enterprise",
    )  # fmt: skip
    family = a_household(scoped, people.awa, shared.product, group=employer, declared_group_size=40)
    owed = {
        payer: sum(
            ContributionDue.objects.filter(household=family, payer=payer).values_list(
                "amount_minor", flat=True
            )
        )
        for payer in (Payer.HOUSEHOLD, Payer.EMPLOYER, Payer.STATE, Payer.SPONSOR)
    }
    assert owed == {"household": 4_300, "employer": 3_000, "state": 3_300, "sponsor": 900}
    a_payment(family, people.awa, 2_000, payer=Payer.EMPLOYER, channel="bank",
              role=AccountRole.BANK)  # fmt: skip
    browser = signed_in(people.moussa)
    answer = browser.get(page_of(scoped, "payers"))
    shown = {row.payer: row for _name, row in answer.context["rows"]}
    assert {
        payer: (row.due_minor, row.paid_minor, row.remaining_minor)
        for payer, row in shown.items()
    } == {
        "employer": (3_000, 2_000, 1_000), "state": (3_300, 0, 3_300), "sponsor": (900, 0, 900),
    }  # fmt: skip
    assert "Port de Lomé" in plain(answer.content)
    # The statement of one payer: its calls and nobody else's, on the screen and on paper.
    for payer, row in shown.items():
        asked = {"payer": payer, "key": row.key}
        page = plain(browser.get(page_of(scoped, "payer"), asked | {"show": "all"}).content)
        numbers = set(re.findall(r"APP-2025-\d{5}", page))
        ours = ContributionDue.objects.filter(household=family, payer=payer)
        assert numbers == set(ours.values_list("document_number", flat=True))
        assert browser.get(page_of(scoped, "payer-pdf"), asked).content.startswith(b"%PDF")
    # What others owe is not asked of the family: its own page counts its own part.
    told = plain(browser.get(page_of(scoped, "household", uid=family.uid)).content)
    assert "reste 4 300 F CFA · total 4 300 F CFA" in told
    # One rate of collection on both pages, whoever pays: 2 000 of 11 500.
    rate = collection_rate(scoped, date(2025, 1, 1), date(2026, 1, 1))
    months = browser.get(page_of(scoped, "collection")).context["all_months"]
    assert (months.collected_minor, months.due_minor) == (2_000, 11_500)
    assert (rate.collected_minor, rate.due_minor) == (2_000, 11_500)
    for name in ("collection", "contributions"):
        told = plain(browser.get(page_of(scoped, name)).content)
        assert "quel que soit le payeur" in told
    assert not verify(scoped).findings
