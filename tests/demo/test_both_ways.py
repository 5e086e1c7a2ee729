"""The bulk path leaves the rows that the services leave: the same plan, carried out in both ways."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.db import models, transaction
from django_scopes import scope, scopes_disabled

from entraide.apps.access.models import CommandLog
from entraide.apps.access.services import system_user
from entraide.apps.ledger.models import Entry, Posting
from entraide.apps.ledger.operations import record_expense
from entraide.apps.reporting.verification import verify
from entraide.apps.schemes.file_rules import approve_file_rule, enter_file_rule
from entraide.demo import acts, contents
from entraide.demo.by_services import ByServices
from entraide.demo.foundation import FOUNDED_ON, World, found_mutual, found_network
from entraide.demo.in_bulk import InBulk
from entraide.demo.network import NETWORK
from entraide.demo.planner import Planner

UNTIL = date(2024, 4, 12)
NATURAL_KEYS = ("document_number", "number", "username", "code", "idempotency_key")
# Drawn anew at each writing, or made of what is drawn: proven by ``verify`` and the replay below.
DRAWN = {"id", "uid", "recorded_at", "approved_at", "password"}
DRAWN |= {"content_hash", "result_uid", "hash", "previous_hash", "last_hash"}


class RolledBack(Exception):
    """Undoes a way of carrying out the plan, so that the other starts from the same database."""


def planner_of(code: str, households: int) -> Planner:
    plan = next(plan for plan in NETWORK if plan.code == code)
    currency = "MGA" if plan.country == "mg" else "XOF"
    return Planner(plan, households, seed=7, until=UNTIL, currency=currency)


def rows_left(world: World) -> dict[str, list[str]]:
    """Every row of the mutual as text, keys replaced by what people call the record."""
    parties = {}
    with scopes_disabled():
        for label in ("enrolment.Household", "providers.Provider"):
            model = apps.get_model(label)
            for row in model._base_manager.all():
                name = getattr(row, "number", "") or getattr(row, "code", "")
                parties[f"{model._meta.model_name}:{row.uid}"] = name
        return {
            model._meta.label: sorted(
                _as_text(row, parties) for row in model._base_manager.filter(mutual=world.mutual)
            )
            for model in apps.get_models()
            if any(field.name == "mutual" for field in model._meta.fields)
        }


def _as_text(row: models.Model, parties: dict[str, str]) -> str:
    values: dict[str, Any] = {}
    for field in row._meta.concrete_fields:
        if field.name in DRAWN:
            continue
        if isinstance(field, models.ForeignKey):
            values[field.name] = _natural(getattr(row, field.name))
        else:
            value = getattr(row, field.attname)
            values[field.name] = parties.get(value, value) if field.name == "party" else value
    return repr(values)


def _natural(record: models.Model | None) -> str:
    if record is None:
        return "-"
    named = [str(getattr(record, key)) for key in NATURAL_KEYS if getattr(record, key, "")]
    if hasattr(record, "effective_from") and hasattr(record, "household"):
        named.append(f"{record.household.number}@{record.effective_from}")
    return "/".join(named) or type(record).__name__


def be_strict(world: World) -> None:
    """From the beginning on, the mutual holds rights back without an exact birth date."""
    mutual, people = world.mutual, world.people
    with scope(mutual=mutual):
        version = enter_file_rule(
            mutual=mutual, actor=people["coordinator"], on=FOUNDED_ON,
            idempotency_key="strict", document={"birth_date": {"demand": "suspends"}},
            effective_from=FOUNDED_ON, source="Assemblée générale",
        )  # fmt: skip
        approve_file_rule(
            mutual=mutual, actor=people["director"], on=FOUNDED_ON,
            idempotency_key="strict-approved", version=version,
        )  # fmt: skip


def left_by_services(planner: Planner, *, strict: bool = False) -> dict[str, list[str]]:
    plan = planner.acts()
    rows: dict[str, list[str]] = {}
    try:
        with transaction.atomic():
            world = found_mutual(found_network(), planner)
            if strict:
                be_strict(world)
            ByServices(world).carry_out(plan)
            rows = rows_left(world)
            raise RolledBack
    except RolledBack:
        return rows


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("code", "households"), [("atia-sante", 7), ("sugri-laafi", 4), ("zems-laafi", 4)]
)
def test_bulk_leaves_the_rows_of_the_services(code: str, households: int) -> None:
    system_user()
    expected = left_by_services(planner_of(code, households))
    planner = planner_of(code, households)
    world = found_mutual(found_network(), planner)
    InBulk(world).carry_out(planner.acts())
    actual = rows_left(world)
    assert sum(map(len, expected.values())) > 400
    for label, rows in expected.items():
        assert actual[label] == rows, label


@pytest.mark.django_db
def test_bulk_heeds_what_a_file_must_hold() -> None:
    """A mutual that holds rights back without an exact birth date decides claims alike both ways."""
    system_user()
    expected = left_by_services(planner_of("sugri-laafi", 4), strict=True)
    planner = planner_of("sugri-laafi", 4)
    world = found_mutual(found_network(), planner)
    be_strict(world)
    InBulk(world).carry_out(planner.acts())
    actual = rows_left(world)
    assert any("FILE_BIRTH_DATE_MISSING" in row for row in expected["claims.Decision"])
    for label in ("claims.Claim", "claims.ClaimLine", "claims.Decision", "enrolment.Person"):
        assert actual[label] == expected[label], label


@pytest.mark.django_db
def test_bulk_is_proven_by_verify_and_its_commands_are_known_again() -> None:
    system_user()
    planner = planner_of("mirindra-sante", 6)
    plan = planner.acts()
    world = found_mutual(found_network(), planner)
    InBulk(world).carry_out(plan)
    assert verify(world.mutual).findings == ()
    with scope(mutual=world.mutual):
        before = (Entry.objects.count(), Posting.objects.count(), CommandLog.objects.count())
        spent = next(act for act in plan if isinstance(act, acts.Spend))
        entry = record_expense(
            mutual=world.mutual,
            actor=world.people[spent.by],
            on=spent.day,
            idempotency_key=spent.key,
            **contents.expense(spent, world),
        )
        assert entry.label == spent.label
        assert before == (
            Entry.objects.count(), Posting.objects.count(), CommandLog.objects.count(),
        )  # fmt: skip


def test_a_longer_demonstration_has_the_same_past() -> None:
    short, longer = planner_of("atia-sante", 12), planner_of("atia-sante", 12)
    longer.until = date(2025, 2, 1)
    settled = (acts.Review, acts.Authorise, acts.PayBatch)
    before = date(2024, 3, 1)
    past = [
        [act for act in planner.acts() if act.day < before and not isinstance(act, settled)]
        for planner in (short, longer)
    ]
    assert past[0] == past[1]
    assert len(past[0]) > 200
