"""What proposed prices would have cost."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from entraide.core.negotiation import Effect, Volume, effect_of

PRICES = st.integers(min_value=0, max_value=10**7)
VOLUMES = st.builds(
    lambda hundredths, asked: Volume(Decimal(hundredths) / 100, asked),
    st.integers(min_value=1, max_value=10**6), PRICES,
)  # fmt: skip


def test_an_effect_is_number_times_price_less_what_was_asked() -> None:
    volumes = {1: Volume(Decimal(10), 20_000, Decimal("0.75")), 2: Volume(Decimal(3), 9_000)}
    effect = effect_of([(1, 2_500), (3, 700)], {1: 2_000}, volumes)
    first, unseen = effect.lines
    assert (first.effect_minor, first.agreed_minor, first.average_minor) == (5_000, 2_000, 2_000)
    assert (unseen.effect_minor, unseen.agreed_minor, unseen.average_minor) == (None, None, None)
    assert (effect.asked_minor, effect.other_minor, effect.effect_minor) == (20_000, 9_000, 5_000)
    assert effect.share == Decimal(5_000) / 29_000
    assert effect.borne_minor == first.borne_minor == 3_750  # not the share of all acts together
    assert Effect((), 0, 0, 0).share is None
    assert Effect((), 0, 0, 0).borne_minor is None


@given(st.dictionaries(st.integers(0, 9), VOLUMES), st.dictionaries(st.integers(0, 9), PRICES))
def test_lines_make_the_whole_and_nothing_asked_is_lost(
    volumes: dict[int, Volume], proposed: dict[int, int]
) -> None:
    effect = effect_of(list(proposed.items()), {}, volumes)
    assert effect.effect_minor == sum(line.effect_minor or 0 for line in effect.lines)
    asked = sum(each.asked_minor for each in volumes.values())
    assert effect.asked_minor + effect.other_minor == asked
