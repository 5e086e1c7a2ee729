"""The preset roles: whom a mutual finds ready when it opens, and what stays apart."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, transaction

from entraide.apps.schemes.models import Appointment, Mutual, Role
from entraide.apps.schemes.rights import ROLE_RIGHTS, Right, rights_of
from tests.people import People

# Who enters, who approves, who pays; a person with both roles is stopped by the record itself.
CHAIN = (
    (Right.ENTER_CLAIM, Right.APPROVE_CLAIM),
    (Right.PREPARE_BATCH, Right.AUTHORISE_BATCH),
    (Right.AUTHORISE_BATCH, Right.RECORD_PAYOUT),
    (Right.PREPARE_BATCH, Right.RECORD_PAYOUT),
    (Right.ENTER_PRODUCT, Right.APPROVE_PRODUCT),
    (Right.ENTER_CLAIM, Right.RECORD_PAYOUT),
)
READERS = (Role.ADVISER, Role.AUDITOR)
READING = {Right.READ_REGISTERS, Right.READ_BOOKS, Right.READ_REPORTS, Right.READ_AUDIT}


@pytest.mark.requirement("R246")
def test_every_post_of_a_mutual_has_its_role() -> None:
    assert set(Role.values) == set(ROLE_RIGHTS)
    assert set(Role.values) == {
        "field_agent", "data_entry_clerk", "coordinator", "medical_adviser", "finance_officer",
        "cashier", "director", "elected_officer", "monitoring_officer", "adviser", "auditor",
        "provider_user", "network_admin",
    }  # fmt: skip
    with_portal = {role for role, rights in ROLE_RIGHTS.items() if Right.USE_PORTAL in rights}
    assert with_portal == {Role.PROVIDER_USER}
    assert ROLE_RIGHTS[Role.PROVIDER_USER] == {Right.USE_PORTAL}, "a provider sees the portal only"


@pytest.mark.requirement("R246")
@pytest.mark.parametrize(("first", "second"), CHAIN)
def test_no_role_alone_does_two_steps_of_one_record(first: Right, second: Right) -> None:
    assert any(first in rights for rights in ROLE_RIGHTS.values())
    for role, rights in ROLE_RIGHTS.items():
        assert not {first, second} <= rights, role


@pytest.mark.requirement("R246")
def test_medical_detail_is_for_the_medical_adviser_alone() -> None:
    assert [role for role, rights in ROLE_RIGHTS.items() if Right.READ_MEDICAL in rights] == [
        Role.MEDICAL_ADVISER
    ]


@pytest.mark.requirement("R246")
def test_advisers_and_auditors_only_read_and_the_network_sees_no_member() -> None:
    for role in READERS:
        assert ROLE_RIGHTS[role] <= READING
    assert not ROLE_RIGHTS[Role.NETWORK_ADMIN] & READING


def test_two_roles_add_up() -> None:
    both = rights_of(frozenset({Role.CASHIER, Role.DATA_ENTRY_CLERK}))
    assert both == ROLE_RIGHTS[Role.CASHIER] | ROLE_RIGHTS[Role.DATA_ENTRY_CLERK]


def test_the_database_gives_nobody_another_role(mutual: Mutual, people: People) -> None:
    """A post ends by its day; what it allowed, whom and from when stays as it was appointed."""
    post = Appointment.objects.get(user=people.awa)
    for change in (
        {"role": Role.DIRECTOR},
        {"user": people.moussa},
        {"branch": None, "mutual": None},
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            Appointment.objects.filter(pk=post.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        Appointment.objects.filter(pk=post.pk).delete()
    Appointment.objects.filter(pk=post.pk).update(effective_until=date(2030, 1, 1))
