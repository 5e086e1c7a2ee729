"""Plans that the tests of the projection share."""

from __future__ import annotations

import copy
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from entraide.actuarial.assumptions import Assumptions
from entraide.actuarial.levers import LeverSettings
from entraide.actuarial.plan_example import EXAMPLE_ASSUMPTIONS

ATIA_FILE = Path(__file__).parents[2] / "rules" / "plans" / "atia-sante.yaml"

# The workshop's plan: six levers together, none of which is enough alone.
PLAN_P = LeverSettings.of(growth=0.70, price=0.35, share=0.30, sms=0.7, circuits=1, phone=1)


def atia_document() -> dict[str, Any]:
    return copy.deepcopy(_atia_document())


@cache
def _atia_document() -> dict[str, Any]:
    with ATIA_FILE.open(encoding="utf-8") as file:
        document: dict[str, Any] = yaml.safe_load(file)
    return document


@cache
def atia() -> Assumptions:
    return Assumptions.from_document(_atia_document())


def village_document() -> dict[str, Any]:
    return copy.deepcopy(EXAMPLE_ASSUMPTIONS)


def village() -> Assumptions:
    return Assumptions.from_document(village_document())
