from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraide.actuarial.assumptions import Lever
from entraide.actuarial.levers import LeverSetting, LeverSettings, lever_paths, progress
from entraide.actuarial.projection import project
from entraide.core.errors import RefusedRows
from tests.actuarial.plans import atia

LEVERS = st.builds(
    Lever,
    name=st.just("any"),
    effect=st.just("organisation"),
    bound=st.just(1.0),
    lead_months=st.integers(0, 40),
    ramp_months=st.integers(0, 40),
    contract_steps=st.integers(0, 4),
)


@pytest.mark.requirement("R169", begun=True)
@given(LEVERS, st.integers(0, 24))
def test_a_lever_never_acts_before_its_lead_time_and_never_goes_back(lever, start):
    reached = progress(lever, start, 132)
    before = 12 + start + lever.lead_months
    assert not reached[:before].any()
    assert (np.diff(reached) >= 0).all()
    assert reached[-1] == 1.0 or before + lever.ramp_months >= 132


def test_a_change_in_two_contract_steps_reaches_the_last_contract_at_the_end_of_its_ramp():
    price = atia().lever("price")
    assert price is not None
    reached = progress(price, 0, 60)
    steps = [12 + 6, 12 + 6 + 15]  # the second leaves a year for the contracts to follow
    assert [reached[steps[0] - 1], reached[steps[0]], reached[steps[1] - 1], reached[steps[1]]] == [
        0,
        0.5,
        0.5,
        1,
    ]
    assert steps[1] + 12 == 12 + price.lead_months + price.ramp_months


def test_a_linear_ramp_is_half_way_in_its_middle():
    growth = atia().lever("growth")
    assert growth is not None
    paths = lever_paths(atia(), LeverSettings.of(growth=0.6), 60)
    assert paths.added_households[12 + 6 + 15] == pytest.approx(0.3, abs=0.02)
    assert paths.added_households[12 + 36] == 0.6


def test_the_running_share_moves_from_the_rate_of_today():
    paths = lever_paths(atia(), LeverSettings.of(share=0.30), 60)
    assert (paths.running_share[0], paths.running_share[-1]) == (0.22, 0.30)


@pytest.mark.requirement("R170", begun=True)
@pytest.mark.parametrize(
    ("name", "value"),
    [("growth", 0.9), ("price", -0.1), ("share", 0.4), ("share", 0.1), ("phone", 1.5)],
)
def test_a_value_outside_its_bounds_is_projected_and_said_to_be_not_realistic(name, value):
    projection = project(atia(), 48, LeverSettings.of(**{name: value}))
    assert [(each.code, each.place) for each in projection.findings] == [
        ("NOT_REALISTIC", f"levers.{name}")
    ]
    assert len(projection.years) == 5


def test_values_at_their_bounds_are_realistic():
    bounds = {lever.name: lever.bound for lever in atia().levers}
    assert LeverSettings.of(**bounds).check(atia()) == ()


def test_a_lever_that_the_plan_does_not_have_is_refused():
    with pytest.raises(RefusedRows) as refused:
        project(atia(), 48, LeverSettings.of(magic=1))
    assert [each.code for each in refused.value.findings] == ["LEVER_UNKNOWN"]


def test_settings_read_back_equal_and_faults_name_their_key():
    settings = LeverSettings({"price": LeverSetting(0.2, 6), "phone": LeverSetting(1.0)})
    assert LeverSettings.from_document(settings.to_document()) == settings
    with pytest.raises(RefusedRows) as refused:
        LeverSettings.from_document({"price": "high", "phone": {"value": 1, "start_month": -3}})
    assert [each.place for each in refused.value.findings] == [
        "levers.price",
        "levers.phone.start_month",
    ]


def test_a_later_decision_acts_later_by_as_many_months():
    now = lever_paths(atia(), LeverSettings.of(sms=1), 60).organisation["sms"]
    later = lever_paths(atia(), LeverSettings({"sms": LeverSetting(1.0, 5)}), 60).organisation[
        "sms"
    ]
    assert later[5:].tolist() == now[:-5].tolist()
