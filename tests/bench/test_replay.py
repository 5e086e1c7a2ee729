"""Past claims replayed by the benchmark: every line is decided, beside what reading them costs."""

from __future__ import annotations

import pytest

from entraide.bench.replay import PER_CLAIM, measure_replay


@pytest.mark.requirement("R049")
def test_past_claims_are_replayed_beside_their_limit() -> None:
    figure = measure_replay(lines=3_000)
    assert figure.units_per_success >= 3_000
    assert figure.units_per_success % PER_CLAIM == 0
    assert figure.limit.per_second > figure.per_second > 0
    assert figure.aim is not None
    assert (figure.aim.unit, figure.aim.value) == ("seconds", 60.0)
