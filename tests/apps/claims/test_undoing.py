"""A membership entered by mistake covered nobody and is owed by nobody."""

from __future__ import annotations

from datetime import date

import pytest

from entraide.apps.claims.undoing import undo_membership
from entraide.apps.contributions.selectors import standings_on
from entraide.apps.enrolment.history import changes_of
from entraide.apps.enrolment.models import Household, Membership
from entraide.apps.reporting.verification import verify
from entraide.apps.schemes.models import Mutual, Product
from entraide.core.errors import Refusal, RefusedRows
from tests.builders import a_claim, a_household, a_key, a_payment, a_provider
from tests.people import People

ON = date(2025, 6, 16)


@pytest.fixture
def family(scoped: Mutual, people: People, product: Product) -> Household:
    return a_household(scoped, people.awa, product)


def undone(family: Household, people: People) -> Membership:
    return undo_membership(
        mutual=family.mutual, actor=people.awa, on=ON, idempotency_key=a_key(),
        membership=family.memberships.get(),
    )  # fmt: skip


def test_what_nobody_paid_is_cancelled_and_no_cover_has_existed(
    scoped: Mutual, people: People, family: Household
) -> None:
    membership = undone(family, people)
    assert membership.ended_on == membership.effective_from
    assert membership.end_reason == "entered_in_error"
    assert {due.cancelled_on for due in family.dues.all()} == {ON}
    assert ("cover_ended", "entered_in_error") in {
        (row.field, row.after) for row in changes_of(family)
    }
    standings = standings_on(list(family.persons.all()), ON).values()
    codes = {reason.code for each in standings for reason in each.rights.reasons}
    assert "COVER_NEVER_BEGAN" in codes
    assert "MEMBERSHIP_ENDED" not in codes
    assert verify(scoped).findings == ()
    with pytest.raises(Refusal, match="MEMBERSHIP_ALREADY_ENDED"):
        undone(family, people)


def test_what_was_paid_or_claimed_was_no_mistake(
    scoped: Mutual, people: People, family: Household
) -> None:
    a_payment(family, people.cashier, sum(family.dues.values_list("amount_minor", flat=True)))
    member = family.persons.get(is_member=True)
    a_claim(member, a_provider(scoped, people.moussa), people.awa, ("consultation-1", "1", 4000))
    with pytest.raises(RefusedRows) as refused:
        undone(family, people)
    assert [each.code for each in refused.value.findings] == ["MISTAKE_PAID", "MISTAKE_CLAIMED"]
    assert family.memberships.get().ended_on is None
