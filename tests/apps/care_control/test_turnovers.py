"""What a provider says it earned: the latest word holds, never less than the mutual paid."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from entraide.apps.care_control import turnovers
from entraide.apps.care_control.scorecards import Share
from entraide.apps.care_control.turnovers import record_turnover
from entraide.apps.providers.breaches import turnovers_of
from entraide.apps.providers.models import Provider
from entraide.apps.schemes.models import Mutual
from entraide.core.errors import Refusal
from tests.builders import a_key, a_provider
from tests.people import People


def once(mutual: Mutual, actor: Any) -> dict[str, Any]:
    on = date(2025, 6, 16)
    return {"mutual": mutual, "actor": actor, "on": on, "idempotency_key": a_key()}


@pytest.fixture
def provider(scoped: Mutual, people: People) -> Provider:
    """A provider under convention."""
    return a_provider(scoped, people.moussa)


def test_the_latest_turnover_told_of_a_year_holds(
    scoped: Mutual, people: People, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    for amount in (9_000_000, 8_000_000):
        record_turnover(
            provider=provider, year=2024, amount_minor=amount, source="rapport",
            **once(scoped, people.coordinator),
        )  # fmt: skip
    assert [(each.year, each.amount_minor) for each in turnovers_of(scoped, provider)] == [
        (2024, 8_000_000)
    ]
    monkeypatch.setattr(turnovers, "paid_by_year", lambda *_: {2024: 9_560, 2023: 20_000})
    for wrong, code in (({"amount_minor": 9_559}, "TURNOVER_BELOW_PAID"),
                        ({"year": 2026}, "TURNOVER_YEAR"), ({"amount_minor": 0}, "TURNOVER_INVALID"),
                        ({"source": ""}, "SETTING_SOURCE_MISSING")):  # fmt: skip
        content = {"year": 2024, "amount_minor": 9_560, "source": "rapport"} | wrong
        with pytest.raises(Refusal) as refused:
            record_turnover(provider=provider, **content, **once(scoped, people.coordinator))
        assert refused.value.code == code
    record_turnover(
        provider=provider, year=2024, amount_minor=9_560, source="rapport",
        **once(scoped, people.coordinator),
    )  # fmt: skip


def test_more_paid_than_earned_is_impossible_and_all_of_it_is_not() -> None:
    assert Share(2025, 109_560, 10_000, "rapport").is_impossible
    assert not Share(2025, 10_000, 10_000, "rapport").is_impossible
