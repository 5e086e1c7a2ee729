"""Imports in one step, as the command line does them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from entraide.apps.access.models import User
from entraide.apps.schemes.models import Mutual
from entraide.apps.takeover.models import ImportRun
from entraide.exchange.registers.plan import Plan
from entraide.exchange.registers.running import carry_out, plan_file, prepare_import
from tests.builders import a_key
from tests.people import People

Import = Callable[..., ImportRun]
Planned = Callable[..., Plan]


@pytest.fixture
def planned(scoped: Mutual, people: People, today: date) -> Planned:
    """``planned(content, group="…")``: what a file would change."""

    def plan(
        content: bytes, *, actor: User | None = None, profile: str = "", **options: Any
    ) -> Plan:
        _, made = plan_file(
            mutual=scoped, actor=actor or people.awa, on=today, content=content, profile=profile,
            options=options,
        )  # fmt: skip
        return made

    return plan


@pytest.fixture
def importing(scoped: Mutual, people: People, today: date) -> Import:
    """``importing(content)``: a file prepared and carried out by the clerk, or the system."""

    def bring_in(
        content: bytes, *, actor: User | None = None, profile: str = "", on: date = today,
        **options: Any,
    ) -> ImportRun:  # fmt: skip
        person = actor or people.awa
        opened, _ = plan_file(
            mutual=scoped, actor=person, on=on, content=content, profile=profile, options=options
        )
        common = {"mutual": scoped, "actor": person, "on": on}
        draft = prepare_import(
            **common, idempotency_key=a_key(), file_name="liste.csv", content=content,
            profile=opened.profile.profile, options=options,
        )  # fmt: skip
        return carry_out(draft, actor=person, on=on, idempotency_key=a_key())

    return bring_in
