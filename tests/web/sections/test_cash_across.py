"""Numbers and slips know no sections: who works in one is told no false gap, prints no wrong slip."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from entraide.apps.access.models import User
from entraide.apps.contributions.models import ContributionPayment
from entraide.apps.contributions.ranges import give_booklet
from entraide.apps.contributions.slips import prepare_slip
from entraide.apps.enrolment.models import Household
from entraide.apps.schemes.models import Mutual
from entraide.web.contributions import slips
from tests.builders import a_payment
from tests.people import People
from tests.web.conftest import Browser
from tests.web.households.conftest import Address, address
from tests.web.sections.test_sections import act, families, kofi, north

__all__ = ["address", "families", "kofi", "north"]

pytestmark = pytest.mark.requirement("R200", begun=True)


@pytest.fixture
def papers(
    families: tuple[Household, Household], people: People
) -> tuple[ContributionPayment, ContributionPayment]:
    """Leaves 2 of two booklets, of another section, stand between leaves 1 and 3 of the north."""
    ours, theirs = families
    june = {"paid_on": date(2025, 6, 1)}
    seen = a_payment(ours, people.awa, 1_000, paper_number="A-0001", **june)
    hidden = a_payment(theirs, people.awa, 1_500, paper_number="A-0002", **june)
    a_payment(ours, people.awa, 1_000, paper_number="A-0003", **june)
    for family, number in ((ours, "B-0001"), (theirs, "B-0002"), (ours, "B-0003")):
        a_payment(family, people.awa, 500, paper_number=number, **june)
    return seen, hidden


def test_no_leaf_of_another_section_is_missing(
    papers: tuple[ContributionPayment, ContributionPayment], scoped: Mutual, people: People,
    kofi: User, signed_in: Browser, address: Address, today: date,
) -> None:  # fmt: skip
    give_booklet(
        **act(scoped, people.cashier, today), holder=people.awa, first_number="B-0001",
        last_number="B-0003", given_on=date(2025, 5, 1),
    )  # fmt: skip
    browser = signed_in(kofi)
    lines = browser.get(address("daily-check")).context["rows"]
    assert not [line for line, *_more in lines if line.kind in ("hole", "double")]
    booklets = browser.get(address("booklets")).context
    assert booklets["faults"] == []
    assert [row.use.holes for row in booklets["ranges"]] == [()]


def test_a_slip_partly_out_of_sight_says_how_many_receipts_it_does_not_name(
    papers: tuple[ContributionPayment, ContributionPayment], scoped: Mutual, people: People,
    kofi: User, signed_in: Browser, address: Address, today: date,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    printed: list[Any] = []
    monkeypatch.setattr(slips, "slip_pdf", lambda content: printed.append(content) or b"%PDF")
    slip = prepare_slip(**act(scoped, people.awa, today), receipts=papers)
    browser = signed_in(kofi)
    page = browser.get(address("slip", uid=slip.uid))
    assert page.context["pieces"] == 2
    assert "1 reçu d’une autre section" in page.content.decode()
    assert papers[1].document_number not in page.content.decode()
    browser.get(address("slip-paper", uid=slip.uid))
    assert "2 pièces" in printed[0].lede
    rows = printed[0].rows
    assert [row[1] for row in rows][1:] == ["1 reçu d’une autre section"]
    assert rows[-1][-1].replace("\u202f", " ") == "1 500"
    signed_in(people.awa).get(address("slip-paper", uid=slip.uid))
    assert len(printed[1].rows) == 2
    assert "autre section" not in str(printed[1])
