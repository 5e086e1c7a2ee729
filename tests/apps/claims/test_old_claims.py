"""Claims older than their home section take it from the register, on the day of care."""

from __future__ import annotations

from datetime import date, timedelta
from importlib import import_module
from types import ModuleType

import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from entraide.apps.claims.models import Claim
from entraide.apps.enrolment.models import Household
from entraide.apps.enrolment.sections import move_to_section
from entraide.apps.schemes.models import Branch, Mutual, Product
from entraide.apps.schemes.network import create_branch
from tests.builders import a_claim, a_household, a_key, a_payment, a_provider
from tests.people import People

ON = date(2025, 6, 1)


@pytest.fixture
def migration() -> ModuleType:
    return import_module("entraide.apps.claims.migrations.0019_home_section_of_old_claims")


@pytest.fixture
def sections(scoped: Mutual, people: People) -> dict[str, Branch]:
    return {
        code: create_branch(
            mutual=scoped, actor=people.network_admin, on=date(2025, 1, 1),
            idempotency_key=a_key(), code=code, name=code.title(), place=code,
        )
        for code in ("nord", "sud", "est")
    }  # fmt: skip


def moved(mutual: Mutual, people: People, family: Household, to: Branch | None, on: date) -> None:
    move_to_section(
        mutual=mutual, actor=people.coordinator, on=on, idempotency_key=a_key(), household=family,
        branch=to,
    )  # fmt: skip


def test_an_old_claim_takes_the_section_of_the_day_of_care_where_the_register_tells_it(
    scoped: Mutual, people: People, product: Product, sections: dict[str, Branch],
    migration: ModuleType,
) -> None:  # fmt: skip
    """In the north until 1 April, in the south until 1 May, in none until 15 May, then south."""
    family = a_household(scoped, people.awa, product)
    Household.objects.filter(pk=family.pk).update(branch=sections["nord"])
    a_payment(family, people.awa, 13000)
    moved(scoped, people, family, sections["sud"], date(2025, 4, 1))
    moved(scoped, people, family, None, date(2025, 5, 1))
    moved(scoped, people, family, sections["sud"], date(2025, 5, 15))
    provider, person = a_provider(scoped, people.moussa), family.persons.get(is_member=True)
    wanted = {
        date(2025, 3, 31): "nord", date(2025, 4, 1): "sud", date(2025, 5, 10): None,
        date(2025, 5, 20): "sud",
    }  # fmt: skip
    claims = {
        day: a_claim(person, provider, people.awa, care_on=day, received_on=ON) for day in wanted
    }
    recent = a_claim(person, provider, people.awa, care_on=date(2025, 5, 21), received_on=ON)
    came_at = timezone.now()
    Claim.objects.update(home_branch=None)
    Claim.objects.filter(pk=recent.pk).update(recorded_at=came_at + timedelta(seconds=1))

    migration.fill_before(apps, came_at)

    found = {
        day: Claim.objects.select_related("home_branch").get(pk=claim.pk).home_branch
        for day, claim in claims.items()
    }
    assert {day: each.code if each else None for day, each in found.items()} == wanted
    recent.refresh_from_db()
    assert recent.home_branch is None  # entered since the column: the family was in none then


def test_a_section_renamed_since_is_not_guessed_and_what_is_there_stays(
    scoped: Mutual, people: People, product: Product, sections: dict[str, Branch],
    migration: ModuleType,
) -> None:  # fmt: skip
    family = a_household(scoped, people.awa, product)
    Household.objects.filter(pk=family.pk).update(branch=sections["nord"])
    moved(scoped, people, family, sections["sud"], date(2025, 4, 1))
    Branch.objects.filter(pk=sections["nord"].pk).update(name="Nord et Savanes")
    provider, person = a_provider(scoped, people.moussa), family.persons.get(is_member=True)
    unknown = a_claim(person, provider, people.awa, care_on=date(2025, 3, 3), received_on=ON)
    known = a_claim(person, provider, people.awa, care_on=date(2025, 3, 4), received_on=ON)
    Claim.objects.filter(pk=unknown.pk).update(home_branch=None)
    Claim.objects.filter(pk=known.pk).update(home_branch=sections["est"])
    migration.fill_before(apps, timezone.now())
    unknown.refresh_from_db()
    known.refresh_from_db()
    assert (unknown.home_branch, known.home_branch) == (None, sections["est"])


def test_the_day_the_column_came_is_that_of_its_migration(db: None, migration: ModuleType) -> None:
    recorder = MigrationRecorder(connection)
    app, name = migration.COLUMN_CAME_WITH
    told = recorder.migration_qs.filter(app=app, name=name).values_list("applied", flat=True)
    assert migration.column_came_at(connection) == told.first()
