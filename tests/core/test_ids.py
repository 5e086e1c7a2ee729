"""Identifiers that sort by time (RFC 9562, version 7)."""

from __future__ import annotations

import uuid

from hypothesis import given
from hypothesis import strategies as st

from entraide.core.ids import uuid7, uuid7_from

instants = st.integers(0, 2**48 - 1)
chance = st.integers(0, 2**74 - 1)


@given(instants, chance)
def test_version_variant_and_time_are_those_of_the_standard(instant: int, bits: int) -> None:
    made = uuid7_from(instant, bits)
    assert made.version == 7
    assert made.variant == uuid.RFC_4122
    assert made.int >> 80 == instant


@given(instants, chance, chance)
def test_other_bits_make_another_identifier(instant: int, one: int, other: int) -> None:
    assert (uuid7_from(instant, one) == uuid7_from(instant, other)) == (one == other)


@given(st.integers(0, 2**48 - 2), chance, chance)
def test_a_later_instant_sorts_later(instant: int, one: int, other: int) -> None:
    assert uuid7_from(instant, one) < uuid7_from(instant + 1, other)


def test_the_example_of_the_standard() -> None:
    """RFC 9562, appendix A.6: 2022-02-22T19:22:22Z, rand_a 0xCC3, rand_b 0x18C4DC0C0C07398F."""
    made = uuid7_from(0x017F22E279B0, 0xCC3 << 62 | 0x18C4DC0C0C07398F)
    assert str(made) == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"


def test_new_ones_differ() -> None:
    assert len({uuid7() for _ in range(1000)}) == 1000
