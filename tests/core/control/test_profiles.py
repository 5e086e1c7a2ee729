"""A provider is named when its whole band lies beyond its peers, and by chance almost never."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from entraide.core.control.credibility import Costs
from entraide.core.control.profiles import FEWEST_CASES, Compared, Measure, Practice, compared


def practice(
    provider: str, consultations: int, *, level: str = "primary", drugs: float = 3.0,
    antibiotic: float = 0.4, cost: int = 4_000,
) -> Practice:  # fmt: skip
    return Practice(
        provider, level, consultations, round(consultations * drugs),
        round(consultations * antibiotic), round(consultations * 0.1),
        Costs.of([cost + 100 * (place % 9 - 4) for place in range(consultations)]),
        round(consultations * 0.05),
    )  # fmt: skip


def of(rows: tuple[Compared, ...], provider: str, measure: Measure) -> Compared:
    [row] = [each for each in rows if (each.provider, each.measure) == (provider, measure)]
    return row


def test_many_antibiotics_in_many_cases_are_named_in_few_they_are_not() -> None:
    peers = [practice("a", 80), practice("b", 120, antibiotic=0.45), practice("c", 60)]
    many = compared([*peers, practice("x", 100, antibiotic=0.9)])
    few = compared([*peers, practice("x", 6, antibiotic=0.9)])
    assert of(many, "x", Measure.ANTIBIOTIC).is_unusual
    assert not of(few, "x", Measure.ANTIBIOTIC).is_unusual
    assert of(few, "x", Measure.ANTIBIOTIC).band.low < 0.45
    assert not any(each.is_unusual for each in many if each.provider != "x")


def test_no_share_is_held_against_a_limit_above_the_whole() -> None:
    peers = [practice("a", 80, antibiotic=0.95), practice("b", 120, antibiotic=0.9)]
    rows = compared([*peers, practice("x", 400, antibiotic=1.0)])
    own = of(rows, "x", Measure.ANTIBIOTIC)
    assert own.peers is not None
    assert own.peers.limit == 1  # a fifth above nine in ten would be 108 %
    assert not own.can_be_unusual
    assert not own.is_unusual
    drugs = of(rows, "x", Measure.DRUGS)
    assert drugs.peers is not None
    assert drugs.peers.limit > 1  # a number of drugs is no share
    assert drugs.can_be_unusual


def test_drugs_and_cost_are_compared_too() -> None:
    peers = [practice("a", 80), practice("b", 120), practice("c", 60, cost=4_200)]
    rows = compared([*peers, practice("x", 100, drugs=6.0, cost=9_000)])
    assert of(rows, "x", Measure.DRUGS).is_unusual
    assert of(rows, "x", Measure.COST).is_unusual
    assert not of(rows, "x", Measure.INJECTION).is_unusual
    assert not of(rows, "a", Measure.COST).is_unusual


def test_few_cases_are_not_shown_and_one_neighbour_is_no_measure() -> None:
    rows = compared([practice("a", 80), practice("b", FEWEST_CASES - 1)])
    assert {each.provider for each in rows} == {"a"}
    assert all(each.peers is None and not each.is_unusual for each in rows)


def test_without_knowing_who_was_sent_on_nothing_is_said_of_it() -> None:
    peers = [replace(practice(name, 80), referred=None) for name in "abc"]
    assert Measure.REFERRAL not in {each.measure for each in compared(peers)}


def test_without_peers_of_the_level_all_others_serve_and_it_is_said() -> None:
    others = [practice("a", 80), practice("b", 120)]
    row = of(compared([*others, practice("h", 50, level="district")]), "h", Measure.DRUGS)
    assert row.peers is not None
    assert (row.is_same_level, row.peers.peers) == (False, 2)


@pytest.mark.parametrize("spread", [0.0, 0.05])
def test_honest_providers_are_seldom_named(spread: float) -> None:
    """Eight honest providers over a hundred years: less than one figure in a hundred is named."""
    chance = random.Random(20251130)
    named = looked_at = 0
    for _year in range(100):
        practices = []
        for provider in range(8):
            count = chance.randint(10, 150)
            share = min(0.9, max(0.05, chance.gauss(0.4, spread)))
            costs = [round(chance.lognormvariate(8, 0.8)) for _case in range(count)]
            practices.append(
                Practice(
                    str(provider), "primary", count,
                    sum(chance.choice((1, 2, 3, 4)) for _case in range(count)),
                    sum(chance.random() < share for _case in range(count)),
                    sum(chance.random() < share / 3 for _case in range(count)),
                    Costs.of(costs),
                    sum(chance.random() < 0.05 for _case in range(count)),
                )
            )  # fmt: skip
        rows = compared(practices)
        looked_at += len(rows)
        named += sum(each.is_unusual for each in rows)
    assert looked_at == 4_000
    assert named / looked_at < 0.01


def test_one_absurd_claim_names_nobody_and_keeps_the_bands() -> None:
    means = {"tanjomoha": 8_014, "dispensaire": 14_984, "fanilo": 9_740, "hopital": 7_559}
    amounts = {
        name: [mean + 700 * (place % 7 - 3) for place in range(14)] for name, mean in means.items()
    }

    def rows(of_costs: dict[str, list[int]]) -> tuple[Compared, ...]:
        return compared(
            [
                replace(practice(name, len(each)), costs=Costs.winsorised(each))
                for name, each in of_costs.items()
            ]
        )

    broken = rows(amounts | {"tanjomoha": [*amounts["tanjomoha"], 650_000]})
    plain = rows(amounts)
    for name in means:
        row, before = of(broken, name, Measure.COST), of(plain, name, Measure.COST)
        assert row.band.estimate == pytest.approx(before.band.estimate, rel=0.05)
        assert row.band.low < row.band.estimate < row.band.high
    assert not of(broken, "tanjomoha", Measure.COST).is_unusual


def test_who_is_drawn_wholly_to_its_peers_is_not_beyond_them() -> None:
    peers = [replace(practice(name, 10), costs=Costs.of([0, 8_000] * 5)) for name in "ab"]
    wild = replace(practice("x", 10), costs=Costs.of([0, 12_000] * 5), plain_mean_minor=6_000)
    row = of(compared([*peers, wild]), "x", Measure.COST)
    assert (row.own_weight, row.band.estimate, row.plain_mean_minor) == (0, 4_000, 6_000)
    assert row.band.low < row.band.estimate < row.band.high
    assert not row.is_unusual
