"""A household changes group in the middle of its contract."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from entraide.apps.enrolment.groups import close_group
from entraide.apps.enrolment.models import GroupMove, PartnerGroup
from entraide.apps.enrolment.moves import group_on, move_to_group, moves_of
from entraide.apps.enrolment.services import create_group
from entraide.apps.schemes.models import Mutual, Product
from entraide.core.errors import Refusal
from tests.builders import a_household, a_key
from tests.people import People

ON = date(2025, 6, 16)


def a_group(mutual: Mutual, people: People, code: str, product: Product | None) -> PartnerGroup:
    return create_group(
        mutual=mutual, actor=people.awa, on=ON, idempotency_key=a_key(), code=code,
        name=f"Groupe {code}", kind="village", product=product,
    )  # fmt: skip


def test_cover_and_seniority_stay_and_the_next_cover_takes_the_new_group(
    scoped: Mutual, people: People, product: Product
) -> None:
    first, second = (a_group(scoped, people, code, product) for code in ("a", "b"))
    household = a_household(scoped, people.awa, product, group=first)
    before = household.memberships.values().get()
    act = {"mutual": scoped, "actor": people.awa, "on": ON, "idempotency_key": a_key()}
    move = move_to_group(**act, household=household, group=second, moved_on=date(2025, 3, 1))
    assert (
        move_to_group(**act, household=household, group=second, moved_on=date(2025, 3, 1)) == move
    )
    household.refresh_from_db()
    assert household.group == second
    assert household.memberships.values().get() == before
    assert group_on(household, date(2025, 2, 28)) == first
    assert group_on(household, date(2025, 3, 1)) == second
    move_to_group(
        **{**act, "idempotency_key": a_key()}, household=household, group=None,
        moved_on=date(2025, 5, 1),
    )  # fmt: skip
    assert [each.from_group for each in moves_of(household)] == [second, first]
    assert group_on(household, date(2025, 4, 30)) == second
    household.refresh_from_db()
    assert group_on(household, ON) is None


@pytest.mark.parametrize(
    ("to", "moved_on", "code"),
    [
        ("a", date(2025, 3, 1), "GROUP_UNCHANGED"),
        ("b", date(2025, 6, 17), "DATE_IN_FUTURE"),
        ("b", date(2025, 1, 9), "MOVE_OUT_OF_ORDER"),
        ("c", date(2025, 3, 1), "GROUP_OTHER_PRODUCT"),
    ],
)
def test_moves_that_are_refused(
    scoped: Mutual, people: People, product: Product, to: str, moved_on: date, code: str
) -> None:
    other = Product.objects.create(mutual=scoped, code="autre", name="Autre formule")
    groups = {
        name: a_group(scoped, people, name, of) for name, of in
        (("a", product), ("b", None), ("c", other))
    }  # fmt: skip
    household = a_household(scoped, people.awa, product, group=groups["a"])
    with pytest.raises(Refusal) as refused:
        move_to_group(
            mutual=scoped, actor=people.awa, on=ON, idempotency_key=a_key(),
            household=household, group=groups[to], moved_on=moved_on,
        )  # fmt: skip
    assert refused.value.code == code
    assert not GroupMove.objects.exists()


def test_who_may_not_enrol_may_not_move(scoped: Mutual, people: People, product: Product) -> None:
    household = a_household(scoped, people.awa, product)
    with pytest.raises(Refusal) as refused:
        move_to_group(
            mutual=scoped, actor=people.auditor, on=ON, idempotency_key=a_key(),
            household=household, group=None, moved_on=ON,
        )  # fmt: skip
    assert refused.value.code == "FORBIDDEN"


@pytest.mark.parametrize(
    "statement",
    ["UPDATE enrolment_groupmove SET moved_on = '2024-01-01'", "DELETE FROM enrolment_groupmove"],
)
def test_the_database_refuses_to_change_a_move(
    scoped: Mutual, people: People, product: Product, statement: str
) -> None:
    group = a_group(scoped, people, "a", product)
    move_to_group(
        mutual=scoped, actor=people.awa, on=ON, idempotency_key=a_key(),
        household=a_household(scoped, people.awa, product), group=group, moved_on=ON,
    )  # fmt: skip
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert GroupMove.objects.get().moved_on == ON


def test_nobody_moves_into_a_group_that_is_closed(
    scoped: Mutual, people: People, product: Product
) -> None:
    group = a_group(scoped, people, "a", product)
    group = close_group(
        mutual=scoped, actor=people.coordinator, on=ON, idempotency_key=a_key(), group=group,
        closed_on=ON,
    )  # fmt: skip
    with pytest.raises(Refusal, match="GROUP_CLOSED"):
        move_to_group(
            mutual=scoped, actor=people.awa, on=ON, idempotency_key=a_key(),
            household=a_household(scoped, people.awa, product), group=group, moved_on=ON,
        )  # fmt: skip
