from __future__ import annotations

from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraide.core.errors import Refusal
from entraide.core.settlement import (
    PayableClaim,
    PayeeKind,
    PayoutDraft,
    SettledAmount,
    make_batches,
)

PROVIDER, MEMBER = PayeeKind.PROVIDER, PayeeKind.MEMBER


@st.composite
def approved(draw: st.DrawFn) -> list[PayableClaim]:
    claims = st.lists(
        st.builds(
            PayableClaim,
            key=st.integers(0, 10_000).map("S-{:05}".format),
            payee_kind=st.sampled_from(PayeeKind),
            payee_key=st.sampled_from("ABC"),
            channel=st.sampled_from(["bank", "cash", "mobile_money"]),
            amount_minor=st.integers(-20_000, 30_000),
        ),
        max_size=30,
        unique_by=lambda claim: claim.key,
    )
    return draw(claims)


@given(approved())
def test_nothing_is_lost_and_no_payout_is_negative(claims: list[PayableClaim]) -> None:
    draft = make_batches(claims)
    came_in = sum(claim.amount_minor for claim in claims)
    assert came_in == draft.total_minor + sum(claim.amount_minor for claim in draft.carried)
    settled: dict[str, int] = defaultdict(int)
    for batch in draft.batches:
        assert batch.total_minor == sum(payout.amount_minor for payout in batch.payouts)
        for payout in batch.payouts:
            assert payout.amount_minor >= 0
            for item in payout.items:
                settled[item.claim_key] += item.amount_minor
    for claim in draft.carried:
        assert claim.amount_minor < 0
        settled[claim.key] += claim.amount_minor
    assert settled == {claim.key: claim.amount_minor for claim in claims}


@given(approved())
def test_a_recovery_is_carried_only_when_its_payee_is_paid_nothing(
    claims: list[PayableClaim],
) -> None:
    draft = make_batches(claims)
    carried = {(claim.payee_kind, claim.payee_key) for claim in draft.carried}
    for batch in draft.batches:
        for payout in batch.payouts:
            if payout.amount_minor:
                assert (batch.payee_kind, payout.payee_key) not in carried


@given(approved(), st.randoms(use_true_random=False))
def test_the_order_of_the_input_changes_nothing(claims: list[PayableClaim], chance) -> None:
    shuffled = list(claims)
    chance.shuffle(shuffled)
    assert make_batches(shuffled) == make_batches(claims)


@given(approved())
def test_what_is_carried_can_be_settled_again_for_the_same_result(
    claims: list[PayableClaim],
) -> None:
    carried = make_batches(claims).carried
    again = make_batches(carried)
    assert again.batches == ()
    assert again.carried == carried


@pytest.mark.requirement("R057", begun=True)
@pytest.mark.requirement("R064", begun=True)
def test_slips_by_kind_of_payee_and_channel() -> None:
    draft = make_batches(
        [
            PayableClaim("S-3", MEMBER, "Awa", "mobile_money", 1_500),
            PayableClaim("S-1", PROVIDER, "Clinique", "bank", 4_000),
            PayableClaim("S-2", PROVIDER, "Clinique", "bank", 3_000),
            PayableClaim("S-4", PROVIDER, "Poste", "bank", 1_000),
            PayableClaim("R-1", PROVIDER, "Clinique", "bank", -2_500),
        ]
    )
    assert [(batch.payee_kind, batch.channel, batch.total_minor) for batch in draft.batches] == [
        (MEMBER, "mobile_money", 1_500),
        (PROVIDER, "bank", 5_500),
    ]
    clinic, post = draft.batches[1].payouts
    assert clinic == PayoutDraft(
        "Clinique",
        4_500,
        (SettledAmount("S-1", 4_000), SettledAmount("S-2", 3_000), SettledAmount("R-1", -2_500)),
    )
    assert post.amount_minor == 1_000
    assert draft.carried == ()


def test_a_recovery_larger_than_what_is_due_is_carried() -> None:
    draft = make_batches(
        [
            PayableClaim("S-1", PROVIDER, "Clinique", "bank", 4_000),
            PayableClaim("R-1", PROVIDER, "Clinique", "bank", -6_000),
        ]
    )
    assert draft.total_minor == 0
    assert draft.batches[0].payouts[0].items == (
        SettledAmount("S-1", 4_000),
        SettledAmount("R-1", -4_000),
    )
    assert draft.carried == (PayableClaim("R-1", PROVIDER, "Clinique", "bank", -2_000),)


def test_a_recovery_takes_from_its_own_channel_first() -> None:
    draft = make_batches(
        [
            PayableClaim("S-1", PROVIDER, "Clinique", "bank", 4_000),
            PayableClaim("S-2", PROVIDER, "Clinique", "cash", 1_000),
            PayableClaim("R-1", PROVIDER, "Clinique", "cash", -1_600),
        ]
    )
    assert {batch.channel: batch.total_minor for batch in draft.batches} == {
        "bank": 3_400,
        "cash": 0,
    }


def test_a_claim_that_comes_twice_is_refused() -> None:
    claim = PayableClaim("S-1", PROVIDER, "Clinique", "bank", 4_000)
    with pytest.raises(Refusal) as refused:
        make_batches([claim, claim])
    assert refused.value.code == "SETTLEMENT_KEY_TWICE"


def test_a_payout_that_does_not_add_up_cannot_be_constructed() -> None:
    with pytest.raises(Refusal):
        PayoutDraft("Clinique", 1, ())
    with pytest.raises(Refusal):
        PayoutDraft("Clinique", -1, (SettledAmount("R-1", -1),))


def test_a_discount_comes_off_before_any_recovery() -> None:
    """Of 4 000 the discount of 80 stays whole; the recovery takes what is left of them."""
    draft = make_batches(
        [
            PayableClaim("S-1", PROVIDER, "Clinique", "bank", 4_000),
            PayableClaim("A-1", PROVIDER, "Clinique", "bank", -6_000),
            PayableClaim("discount:1", PROVIDER, "Clinique", "bank", -80, comes_first=True),
        ]
    )
    assert draft.batches[0].payouts[0].items == (
        SettledAmount("S-1", 4_000),
        SettledAmount("discount:1", -80),
        SettledAmount("A-1", -3_920),
    )
    assert draft.carried == (PayableClaim("A-1", PROVIDER, "Clinique", "bank", -2_080),)
