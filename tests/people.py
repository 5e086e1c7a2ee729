"""The people of the tests, by name or by role: appointed by the services, as in the product."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest

from entraide.apps.access.models import User
from entraide.apps.access.services import system_user
from entraide.apps.schemes.models import Mutual, Role
from entraide.apps.schemes.services import appoint, create_user

APPOINTED_FROM = date(2024, 1, 1)


@dataclass(frozen=True, slots=True)
class People:
    """Everyone of the first mutual; Fanta and Issa are of the other, Njaka of the network."""

    system: User
    network_admin: User
    awa: User  # data-entry clerk
    moussa: User  # finance officer
    director: User
    coordinator: User
    medical_adviser: User
    cashier: User
    elected_officer: User
    field_agent: User
    monitoring_officer: User
    adviser: User
    auditor: User
    fanta: User  # finance officer and data-entry clerk of the other mutual
    issa: User  # director and cashier of the other mutual


def person(
    username: str, display_name: str, *roles: str, mutual: Mutual | None, actor: User | None = None
) -> User:
    """A new person with these roles in a mutual (the network for None) since 2024."""
    actor = actor or system_user()
    user = create_user(
        mutual=None,
        actor=actor,
        on=APPOINTED_FROM,
        idempotency_key=f"user-{username}",
        username=username,
        display_name=display_name,
    )
    for role in roles:
        appoint(
            mutual=mutual,
            actor=actor,
            on=APPOINTED_FROM,
            idempotency_key=f"appoint-{username}-{role}",
            user=user,
            role=role,
            effective_from=APPOINTED_FROM,
        )
    return user


@pytest.fixture
def people(bare_mutual: Mutual, bare_other_mutual: Mutual) -> People:
    """One person for each role of the first mutual, two in the other; none has a password."""
    ours, other = bare_mutual, bare_other_mutual
    return People(
        system=system_user(),
        network_admin=person("njaka", "Njaka R.", Role.NETWORK_ADMIN, mutual=None),
        awa=person("awa", "Awa Kodjo", Role.DATA_ENTRY_CLERK, mutual=ours),
        moussa=person("moussa", "Moussa Adjavon", Role.FINANCE_OFFICER, mutual=ours),
        director=person("afi", "Afi Mensah", Role.DIRECTOR, mutual=ours),
        coordinator=person("kossi", "Kossi Agbeko", Role.COORDINATOR, mutual=ours),
        medical_adviser=person("ama", "Dr Ama Lawson", Role.MEDICAL_ADVISER, mutual=ours),
        cashier=person("yao", "Yao Amegan", Role.CASHIER, mutual=ours),
        elected_officer=person("dede", "Dédé Sossou", Role.ELECTED_OFFICER, mutual=ours),
        field_agent=person("koffi", "Koffi Tetteh", Role.FIELD_AGENT, mutual=ours),
        monitoring_officer=person("essi", "Essi Gbeku", Role.MONITORING_OFFICER, mutual=ours),
        adviser=person("claire", "Claire Dupont", Role.ADVISER, mutual=ours),
        auditor=person("sena", "Séna Folly", Role.AUDITOR, mutual=ours),
        fanta=person(
            "fanta", "Fanta Ouédraogo", Role.FINANCE_OFFICER, Role.DATA_ENTRY_CLERK, mutual=other
        ),
        issa=person("issa", "Issa Sawadogo", Role.DIRECTOR, Role.CASHIER, mutual=other),
    )
