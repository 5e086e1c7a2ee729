"""Decisions made again before their door was kept: the migration reads it from what they say."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from types import ModuleType

import pytest

from entraide.apps.claims import migrations
from entraide.apps.claims.again_models import WhyAgain
from entraide.apps.claims.models import Decision
from entraide.apps.claims.review import LineReview, review_claim
from tests.apps.claims.test_again import DOORS, PAPER, World, world

__all__ = ["world"]
pytestmark = pytest.mark.django_db


def _migration() -> ModuleType:
    names = [each.name for each in pkgutil.iter_modules(migrations.__path__)]
    (name,) = [each for each in names if each.endswith("_decided_again")]
    return import_module(f"{migrations.__name__}.{name}")


@pytest.mark.parametrize("door", [WhyAgain.READMITTED, WhyAgain.RIGHTS, WhyAgain.CONVENTION])
def test_the_door_of_an_earlier_decision_is_read_from_it(world: World, door: WhyAgain) -> None:
    if door == WhyAgain.READMITTED:
        world.entered(1, **PAPER)
    provider = world.late if door == WhyAgain.CONVENTION else world.known
    world.claim = world.entered(2, provider, **PAPER)
    DOORS[door](world)
    first, again = Decision.objects.filter(claim=world.claim).order_by("number")
    assert _migration()._door_of(first, again) == door


def test_the_opinion_of_a_person_has_no_door(world: World) -> None:
    world.claim = world.entered(2)
    less = LineReview("1", "tarif de nuit", less_minor=500)
    world.done(review_claim, claim=world.claim, changes=(less,))
    first, opinion = Decision.objects.filter(claim=world.claim).order_by("number")
    assert _migration()._door_of(first, opinion) == ""
