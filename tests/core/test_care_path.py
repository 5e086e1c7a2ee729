"""The path of care: who is concerned, who is in it, and which voucher proves that."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraide.core.adjudication.decision import Decision
from entraide.core.adjudication.facts import ClaimFacts, Context, LineFacts
from entraide.core.adjudication.pipeline import adjudicate
from entraide.core.adjudication.replay import facts_from_json, facts_to_json
from entraide.core.care_package import ProviderLevel, Sector, Visit
from entraide.core.care_path import (
    CarePath,
    PathStanding,
    Voucher,
    voucher_fault,
    voucher_number,
)
from entraide.rulebook.packs import RULES_FOLDER
from entraide.rulebook.products import read_product

HOSPITALS = (ProviderLevel.DISTRICT, ProviderLevel.REGIONAL)
DAY = date(2026, 3, 10)
GOOD = Voucher("REF-2026-00001", 1, date(2026, 3, 1), date(2026, 4, 1), provider=7)
BENCH = read_product(RULES_FOLDER / "benches/parcours/product.yaml")


def claim(**more: object) -> ClaimFacts:
    lines = (LineFacts("1", "consultation", 4_000, tariff_unit_minor=4_000),)
    facts = ClaimFacts(DAY, DAY, Sector.PUBLIC, lines, level=ProviderLevel.DISTRICT)
    return replace(facts, **more)  # type: ignore[arg-type]


def test_a_path_concerns_its_levels_and_its_care_only() -> None:
    path = CarePath(HOSPITALS, categories=("hospital",))
    assert path.concerns(ProviderLevel.DISTRICT, ["medicines", "hospital"])
    assert not path.concerns(ProviderLevel.DISTRICT, ["medicines"])
    assert not path.concerns(ProviderLevel.PRIMARY, ["hospital"])
    assert not path.concerns(None, ["hospital"])
    assert CarePath(HOSPITALS).concerns(ProviderLevel.REGIONAL, ["optics"])


def test_an_emergency_goes_before_a_referral_unless_the_product_excepts_none() -> None:
    path = CarePath(HOSPITALS)
    assert path.standing(Visit.EMERGENCY, is_referred=True) is PathStanding.EMERGENCY
    strict = replace(path, excepts_emergencies=False)
    assert strict.standing(Visit.EMERGENCY, is_referred=False) is PathStanding.OUT_OF_PATH
    assert path.standing(Visit.FOLLOW_UP, is_referred=False) is PathStanding.OUT_OF_PATH
    lenient = replace(path, excepts_follow_up=True)
    assert lenient.standing(Visit.FOLLOW_UP, is_referred=False) is PathStanding.FOLLOW_UP


@pytest.mark.parametrize(
    ("voucher", "code"),
    [
        (None, "REFERRAL_UNKNOWN"),
        (replace(GOOD, person=2), "REFERRAL_OF_ANOTHER"),
        (replace(GOOD, person=2, is_cancelled=True, used_by="S-1"), "REFERRAL_OF_ANOTHER"),
        (replace(GOOD, is_cancelled=True), "REFERRAL_CANCELLED"),
        (replace(GOOD, effective_until=DAY), "REFERRAL_EXPIRED"),
        (replace(GOOD, effective_from=date(2026, 3, 11)), "REFERRAL_EXPIRED"),
        (replace(GOOD, provider=8), "REFERRAL_ELSEWHERE"),
        (replace(GOOD, used_by="S-2026-00009"), "REFERRAL_USED"),
        (GOOD, ""),
        (replace(GOOD, provider=None), ""),
        (replace(GOOD, effective_from=DAY), ""),
    ],
)
def test_a_voucher_proves_a_referral_or_says_why_not(voucher: Voucher | None, code: str) -> None:
    fault = voucher_fault("REF-2026-00001", voucher, person=1, provider=7, care_on=DAY)
    assert (fault.code if fault is not None else "") == code


def test_another_persons_voucher_tells_nothing_of_that_person() -> None:
    theirs = replace(GOOD, person=2, used_by="S-2026-00009")
    fault = voucher_fault("REF-2026-00001", theirs, person=1, provider=7, care_on=DAY)
    assert fault is not None
    assert set(fault.data) == {"voucher"}


def test_decision_and_facts_come_back_from_what_is_kept() -> None:
    expired = claim(
        is_referred=True, referral_fault="REFERRAL_EXPIRED",
        referral_data={"voucher": "REF-2026-00001", "care_on": DAY, "start": DAY, "until": DAY},
    )  # fmt: skip
    context = Context(BENCH.on(DAY))
    decision = adjudicate(expired, context)
    assert decision.path is PathStanding.OUT_OF_PATH
    assert Decision.from_json(json.loads(json.dumps(decision.to_json()))) == decision
    kept = json.loads(json.dumps(facts_to_json(expired, context)))
    assert adjudicate(*facts_from_json(kept, context.product)) == decision


def test_a_decision_kept_before_paths_were_known_reads_without_one() -> None:
    written = adjudicate(claim(), Context(BENCH.on(date(2027, 2, 1)))).to_json()
    assert "path" not in written
    assert Decision.from_json(written).path is None


@pytest.mark.requirement("R062", begun=True)
@given(
    amounts=st.lists(st.integers(0, 300_000), min_size=1, max_size=5),
    category=st.sampled_from(["consultation", "hospital", "delivery", "surgery", "medicines"]),
    is_direct=st.booleans(),
)
def test_out_of_the_path_the_mutual_never_pays_more_and_never_above_its_rate(
    amounts: list[int], category: str, is_direct: bool
) -> None:
    lines = tuple(
        LineFacts(str(rank), category, amount, tariff_unit_minor=amount)
        for rank, amount in enumerate(amounts)
    )
    context = Context(BENCH.on(DAY))
    out = claim(lines=lines, is_third_party_payment=is_direct)
    without = adjudicate(out, context)
    sent = adjudicate(replace(out, has_voucher=True), context)
    assert without.payable_minor <= sent.payable_minor
    assert without.claimed_minor == sent.claimed_minor or category == "surgery"
    if category != "medicines":
        for line in without.lines:
            assert 2 * line.payable_minor <= line.claimed_minor + 1
    else:
        assert without.payable_minor == sent.payable_minor


def test_only_a_number_written_as_the_registers_is_looked_for_there() -> None:
    for written in ("REF-2026-00012", "ref-2026-00012", "REF 2026 12", "REF2026-12"):
        assert voucher_number(written) == "REF-2026-00012", written
    assert not any(map(voucher_number, ("", "12", "REF-26-12", "REF-2026-", "REFU-2026-12")))
