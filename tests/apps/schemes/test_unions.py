"""A post in every mutual of a union: rights by level, written mutual by mutual."""

from __future__ import annotations

from datetime import date

import pytest

from entraide.apps.schemes.models import Appointment, Federation, Mutual, Role
from entraide.apps.schemes.network import end_appointment
from entraide.apps.schemes.rights import Right, may
from entraide.apps.schemes.services import create_federation
from entraide.apps.schemes.unions import appoint_in_union, mutuals_under
from entraide.core.errors import Refusal
from tests.builders import a_key, a_mutual
from tests.people import People

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R200")]

ON = date(2025, 6, 16)


@pytest.fixture
def north(federation: Federation, people: People) -> Federation:
    return create_federation(
        mutual=None, actor=people.system, on=ON, idempotency_key=a_key(), code="union-nord",
        name="Union du Nord", parent=federation,
    )  # fmt: skip


@pytest.fixture
def kara(north: Federation) -> Mutual:
    return a_mutual(north, "kara", "Mutuelle de Kara")


def _appoint(people: People, federation: Federation, **more: object) -> Federation:
    content = {
        "user": people.fanta, "role": Role.ADVISER, "effective_from": ON,
        "effective_until": date(2025, 12, 1), **more,
    }  # fmt: skip
    return appoint_in_union(
        mutual=None, actor=people.system, on=ON, idempotency_key=a_key(), federation=federation,
        **content,
    )  # fmt: skip


def test_a_union_holds_what_stands_below_it(
    federation: Federation, north: Federation, kara: Mutual, mutual: Mutual
) -> None:
    assert mutuals_under(north) == [kara]
    assert {kara, mutual} <= set(mutuals_under(federation))


def test_rights_hold_in_the_union_and_nowhere_else(
    north: Federation, kara: Mutual, mutual: Mutual, people: People
) -> None:
    _appoint(people, north)
    assert may(people.fanta, kara, Right.READ_REPORTS, ON)
    assert not may(people.fanta, kara, Right.READ_REPORTS, date(2025, 12, 1))
    assert not may(people.fanta, mutual, Right.READ_REPORTS, ON)
    post = Appointment.objects.get(mutual=kara, user=people.fanta)
    end_appointment(
        mutual=kara, actor=people.system, on=ON, idempotency_key=a_key(), appointment=post,
        effective_until=date(2025, 7, 1),
    )  # fmt: skip
    assert not may(people.fanta, kara, Right.READ_REPORTS, date(2025, 7, 1))


def test_what_is_held_already_is_not_given_twice(
    federation: Federation, north: Federation, kara: Mutual, mutual: Mutual, people: People
) -> None:
    _appoint(people, north)
    _appoint(people, federation)
    held = Appointment.objects.filter(user=people.fanta, role=Role.ADVISER)
    assert held.filter(mutual=kara).count() == 1
    assert held.filter(mutual=mutual).count() == 1
    with pytest.raises(Refusal, match="APPOINTED_EVERYWHERE"):
        _appoint(people, federation)


def test_an_empty_union_and_the_network_own_role_are_refused(
    north: Federation, people: People
) -> None:
    with pytest.raises(Refusal, match="UNION_EMPTY"):
        _appoint(people, north)
    with pytest.raises(Refusal, match="ROLE_OF_OTHER_PLACE"):
        _appoint(people, north, role=Role.NETWORK_ADMIN)
    with pytest.raises(Refusal, match="FORBIDDEN"):
        appoint_in_union(
            mutual=None, actor=people.awa, on=ON, idempotency_key=a_key(), federation=north,
            user=people.awa, role=Role.DIRECTOR, effective_from=ON,
        )  # fmt: skip
