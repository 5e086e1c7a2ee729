"""« Trop-perçus »: what families paid beyond what they owe, until it is given back or moved."""

from __future__ import annotations

from datetime import date

from entraide.apps.contributions.corrections import reassign_payment, reverse_payment
from entraide.apps.contributions.endings import end_family
from entraide.apps.contributions.overpayments import OverpaidWhy, overpaid
from entraide.apps.contributions.services import renew_membership
from entraide.apps.enrolment.history import Act, Change, note
from entraide.apps.enrolment.services import EndReason
from entraide.apps.schemes.models import Mutual, Product
from tests.builders import a_household, a_key, a_payment
from tests.people import People
from tests.web.collection.test_collection_page import page_of, plain
from tests.web.conftest import Browser

ON = date(2025, 6, 16)


def test_money_for_a_cover_that_never_began_waits_until_it_is_given_back(
    scoped: Mutual, people: People, product: Product, signed_in: Browser
) -> None:
    browser, url = signed_in(people.moussa), page_of(scoped, "overpayments")
    assert "Personne n’a trop payé" in plain(browser.get(url).content)
    family = a_household(scoped, people.awa, product)
    a_payment(family, people.awa, 13_000)
    first = family.memberships.get()
    act = {"mutual": scoped, "actor": people.awa, "on": ON}
    renew_membership(**act, idempotency_key=a_key(), membership=first, renewed_on=ON)
    receipt = a_payment(family, people.awa, 5_000, paid_on=ON)
    assert overpaid(scoped) == []
    end_family(
        **act, idempotency_key=a_key(), membership=first, ended_on=ON, reason=EndReason.MOVED_AWAY,
    )  # fmt: skip
    [row] = overpaid(scoped)
    assert (row.household, row.why, row.amount_minor) == (family, OverpaidWhy.NEVER_BEGUN, 5_000)
    page = plain(browser.get(url).content)
    assert "Une famille a payé 5 000 F CFA de plus" in page.replace("<strong>", "").replace(
        "</strong>", ""
    )
    assert "Payé pour une couverture qui n’a jamais commencé." in page
    assert page_of(scoped, "receipt", uid=receipt.uid) in page
    assert signed_in(people.fanta).get(url).status_code == 404
    reverse_payment(
        mutual=scoped, actor=people.moussa, on=ON, idempotency_key=a_key(), payment=receipt,
        reason="rendu à la famille",
    )  # fmt: skip
    assert overpaid(scoped) == []


def test_what_a_correction_made_too_much_is_less_what_was_reversed_or_moved_since(
    scoped: Mutual, people: People, product: Product
) -> None:
    family, other = (a_household(scoped, people.awa, product) for _rank in range(2))
    before = a_payment(family, people.awa, 1_000)
    reverse_payment(
        mutual=scoped, actor=people.moussa, on=date(2025, 6, 1), idempotency_key=a_key(),
        payment=before, reason="erreur",
    )  # fmt: skip
    small = a_payment(family, people.awa, 2_000)
    large = a_payment(family, people.awa, 4_000)
    note(Act(people.awa, ON), family, Change.OVERPAID, after="5000")
    assert [(row.amount_minor, row.since) for row in overpaid(scoped)] == [(5_000, ON)]
    reverse_payment(
        mutual=scoped, actor=people.moussa, on=ON, idempotency_key=a_key(), payment=small,
        reason="rendu",
    )  # fmt: skip
    assert [row.amount_minor for row in overpaid(scoped)] == [3_000]
    reassign_payment(
        mutual=scoped, actor=people.moussa, on=ON, idempotency_key=a_key(), payment=large,
        household=other, reason="au nom des voisins",
    )  # fmt: skip
    assert overpaid(scoped) == []
