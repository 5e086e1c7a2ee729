"""One sum shared between families: to the last unit, never above what is due."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraide.core.lump_sums import FamilyOwing, OwedOn, SharingRule, share_sum

DAYS = (date(2025, 1, 1), date(2025, 4, 1), date(2025, 7, 1))
FAMILIES = st.lists(
    st.lists(st.builds(OwedOn, st.sampled_from(DAYS), st.integers(1, 50_000)), max_size=3).map(
        tuple
    ),
    max_size=8,
).map(lambda owed: [FamilyOwing(f"F{rank}", dues) for rank, dues in enumerate(owed)])


@given(st.integers(0, 400_000), FAMILIES, st.sampled_from(SharingRule))
def test_parts_sum_to_the_amount_or_to_all_that_is_owed(
    amount_minor: int, families: list[FamilyOwing], rule: SharingRule
) -> None:
    parts = share_sum(amount_minor, families, rule)
    owed = {family.key: family.owed_minor for family in families}
    assert sum(parts.values()) == min(amount_minor, sum(owed.values()))
    assert all(0 < part <= owed[key] for key, part in parts.items())


def owing(**amounts: int) -> list[FamilyOwing]:
    return [FamilyOwing(key, (OwedOn(DAYS[0], minor),)) for key, minor in amounts.items()]


@pytest.mark.requirement("R040", begun=True)
def test_each_rule_shares_in_its_own_way() -> None:
    families = owing(a=1000, b=5000, c=9000)
    assert share_sum(9000, families, SharingRule.EQUAL) == {"a": 1000, "b": 4000, "c": 4000}
    assert share_sum(9000, families, SharingRule.IN_PROPORTION) == {"a": 600, "b": 3000, "c": 5400}
    late = FamilyOwing("late", (OwedOn(DAYS[0], 3000), OwedOn(DAYS[2], 2000)))
    soon = FamilyOwing("soon", (OwedOn(DAYS[1], 2000),))
    assert share_sum(4000, [soon, late], SharingRule.OLDEST_FIRST) == {"late": 3000, "soon": 1000}
    assert share_sum(500, [], SharingRule.EQUAL) == {}
