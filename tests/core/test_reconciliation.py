from __future__ import annotations

import random
import time
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entraide.core.errors import Refusal
from entraide.core.reconciliation import (
    Leftover,
    Line,
    Match,
    MatchPass,
    MatchRule,
    MatchSettings,
    MatchStatus,
    Movement,
    Proposal,
    Settled,
    is_overdue,
    propose_matches,
)

ON = date(2025, 3, 14)
EVERYTHING = MatchSettings(frozenset(MatchPass), 5)
FEES = MatchRule("fees", r"frais|commission", "bank_charges")


def movement(
    id: str, amount: int, document: str = "", *, day: int = 0, holder: str = ""
) -> Movement:
    return Movement(id, document, amount, ON + timedelta(days=day), holder)


def line(id: str, amount: int, label: str = "", *, day: int = 0, reference: str = "") -> Line:
    return Line(id, amount, ON + timedelta(days=day), label, reference)


def only(proposal: Proposal) -> Match:
    assert len(proposal.matches) == 1
    return proposal.matches[0]


def left(leftovers: Sequence[Leftover], id: str) -> tuple[str, list[str]]:
    """(class, hint codes) of one leftover."""
    (found,) = (leftover for leftover in leftovers if leftover.id == id)
    return found.leftover_class.value, [hint.code for hint in found.hints]


# Pass 1: reference


@pytest.mark.requirement("R057")
@pytest.mark.requirement("R130", begun=True)
@pytest.mark.parametrize(
    ("label", "reference"),
    [
        ("VERSEMENT VRS-2025-0041", ""),
        ("versement vrs 2025 0041 caisse", ""),
        ("", "vrs2025–0041"),
        ("VERSt(VRS-2025-0041)", ""),
        ("PIECE:VRS\u00a02025\u20110041;", ""),
    ],
)
def test_a_document_number_is_found_however_it_is_written(label: str, reference: str) -> None:
    """And never by the date: the line comes four months later."""
    found = only(
        propose_matches(
            [movement("M", 185_000, "VRS-2025-0041")],
            [line("L", 185_000, label, reference=reference, day=120)],
        )
    )
    assert (found.line_ids, found.movement_ids) == (("L",), ("M",))
    assert (found.match_pass, found.status) == (MatchPass.REFERENCE, MatchStatus.AUTO)
    assert found.score == Decimal("1.00")


@pytest.mark.parametrize(
    ("document", "label"),
    [("REC-12", "REC-123"), ("REC-12", "PREC-12"), ("12", "le 12 mars"), ("VRS-1", "VRS-2")],
)
def test_a_number_inside_another_is_not_found(document: str, label: str) -> None:
    proposal = propose_matches([movement("M", 500, document)], [line("L", 500, label, day=30)])
    assert proposal.matches == ()


def test_the_longest_number_wins() -> None:
    found = only(
        propose_matches(
            [movement("A", 500, "REC-12"), movement("B", 500, "REC-12-3", day=90)],
            [line("L", 500, "REC 12 3")],
        )
    )
    assert (found.movement_ids, found.status) == (("B",), MatchStatus.AUTO)


def test_two_movements_of_one_number_and_amount_are_never_automatic() -> None:
    movements = [movement("A", 500, "REC-12"), movement("B", 500, "REC-12")]
    found = only(propose_matches(movements, [line("L", 500, "REC-12")], settings=EVERYTHING))
    assert (found.match_pass, found.status) == (MatchPass.REFERENCE, MatchStatus.PROPOSED)


def test_a_deposit_twice_on_the_statement_is_a_bank_error() -> None:
    proposal = propose_matches(
        [movement("M", 500, "REC-12")], [line("A", 500, "REC-12"), line("B", 500, "REC-12", day=1)]
    )
    assert only(proposal).status is MatchStatus.PROPOSED
    assert left(proposal.leftover_lines, "B") == ("bank_error", ["DUPLICATE_LINE"])


def test_a_line_that_names_two_open_documents_is_left_to_a_person() -> None:
    proposal = propose_matches(
        [movement("A", 500, "REC-12"), movement("B", 700, "REC-13")],
        [line("L", 500, "REC-12 et REC-13")],
        settings=EVERYTHING,
    )
    assert (only(proposal).movement_ids, only(proposal).status) == (("A",), MatchStatus.PROPOSED)


# Pass 2: reference-sum


def test_one_line_for_a_grouped_deposit() -> None:
    proposal = propose_matches(
        [movement("A", 500, "REC-12"), movement("B", 700, "REC-13"), movement("C", 9, "REC-14")],
        [line("L", 1200, "DEPOT REC-12 REC-13")],
    )
    found = only(proposal)
    assert (found.movement_ids, found.match_pass) == (("A", "B"), MatchPass.REFERENCE_SUM)
    assert found.status is MatchStatus.AUTO
    assert left(proposal.leftover_movements, "C") == ("in_transit", [])


def test_one_slip_of_several_movements() -> None:
    movements = [movement("A", 500, "BV-12"), movement("B", 700, "BV-12")]
    found = only(propose_matches(movements, [line("L", 1200, "bv 12")]))
    assert (found.movement_ids, found.status) == (("A", "B"), MatchStatus.AUTO)


def test_one_movement_paid_in_two_lines() -> None:
    found = only(
        propose_matches(
            [movement("M", -1200, "REG-12")], [line("A", -500, "REG-12"), line("B", -700, "REG-12")]
        )
    )
    assert (found.line_ids, found.match_pass) == (("A", "B"), MatchPass.REFERENCE_SUM)


def test_two_lines_for_the_same_sum_are_never_automatic() -> None:
    proposal = propose_matches(
        [movement("A", 500, "REC-12"), movement("B", 700, "REC-13")],
        [line("K", 1200, "REC-12 REC-13"), line("L", 1200, "REC-13 REC-12")],
        settings=EVERYTHING,
    )
    assert only(proposal).status is MatchStatus.PROPOSED


# Pass 3: amount-date


@pytest.mark.requirement("R140", begun=True)
def test_amount_and_near_date_are_proposed_by_default_and_automatic_only_when_asked() -> None:
    movements, lines = [movement("M", 500, "REC-12")], [line("L", 500, "VERSEMENT", day=5)]
    assert only(propose_matches(movements, lines)).status is MatchStatus.PROPOSED
    found = only(propose_matches(movements, lines, settings=EVERYTHING))
    assert (found.match_pass, found.status) == (MatchPass.AMOUNT_DATE, MatchStatus.AUTO)


@pytest.mark.parametrize(("day", "is_found"), [(-5, True), (5, True), (-6, False), (6, False)])
def test_the_window_counts_both_ways(day: int, is_found: bool) -> None:
    proposal = propose_matches([movement("M", 500)], [line("L", 500, day=day)])
    assert bool(proposal.matches) is is_found


def test_equal_amounts_are_never_automatic() -> None:
    proposal = propose_matches(
        [movement("A", 500), movement("B", 500, day=1)],
        [line("K", 500), line("L", 500, day=1)],
        settings=EVERYTHING,
    )
    assert [(match.line_ids, match.movement_ids) for match in proposal.matches] == [
        (("K",), ("A",)),
        (("L",), ("B",)),
    ]
    assert {match.status for match in proposal.matches} == {MatchStatus.PROPOSED}


def test_the_holder_named_in_the_label_comes_before_the_nearer_day() -> None:
    found = only(
        propose_matches(
            [movement("A", 500, holder="Rasoa Marie", day=-3), movement("B", 500, holder="Rabe")],
            [line("L", 500, "DEPOT RASOA MARIE")],
        )
    )
    assert found.movement_ids == ("A",)


@pytest.mark.requirement("R057")
def test_a_line_that_names_a_known_document_is_never_matched_by_amount_alone() -> None:
    """The slip of another deposit: the amount would fit M1, the number says M2."""
    proposal = propose_matches(
        [movement("M1", 500, "BV-0117"), movement("M2", 800, "BV-0118")],
        [line("L", 500, "DEPOT BV-0118")],
        settings=EVERYTHING,
    )
    assert proposal.matches == ()
    assert left(proposal.leftover_lines, "L") == ("entry_error", ["WRONG_SLIP", "AMOUNT_DIFFERS"])
    assert left(proposal.leftover_movements, "M1") == ("entry_error", ["WRONG_SLIP"])


def test_a_slip_number_that_differs_by_one_character_is_told() -> None:
    found = only(
        propose_matches([movement("M", 500, "BV-0117")], [line("L", 500, reference="BV 0171")])
    )
    assert [hint.code for hint in found.hints] == ["WRONG_SLIP"]
    assert found.hints[0].details["document_number"] == "BV-0117"


# Pass 4: rules


@pytest.mark.requirement("R140", begun=True)
def test_an_accepted_rule_names_the_account() -> None:
    found = only(propose_matches([], [line("L", -1500, "FRAIS tenue de compte")], [FEES]))
    assert (found.match_pass, found.status) == (MatchPass.RULE, MatchStatus.AUTO)
    assert (found.movement_ids, found.account_role) == ((), "bank_charges")


@pytest.mark.requirement("R140", begun=True)
def test_a_rule_that_nobody_accepted_only_proposes() -> None:
    rule = MatchRule("fees", "frais", "bank_charges", is_accepted=False)
    found = only(propose_matches([], [line("L", -1500, "FRAIS")], [rule], EVERYTHING))
    assert found.status is MatchStatus.PROPOSED


def test_two_rules_with_different_accounts_are_never_automatic() -> None:
    other = MatchRule("other", "compte", "other_running_costs")
    found = only(propose_matches([], [line("L", -1, "frais de compte")], [other, FEES], EVERYTHING))
    assert (found.rule_code, found.status) == ("fees", MatchStatus.PROPOSED)


def test_a_charge_already_in_the_books_is_not_posted_twice() -> None:
    proposal = propose_matches(
        [movement("M", -1500, "OD-7")], [line("L", -1500, "FRAIS")], [FEES], EVERYTHING
    )
    assert only(proposal).match_pass is MatchPass.AMOUNT_DATE


# What is left


@pytest.mark.parametrize(
    ("lines", "movements", "expected"),
    [
        ([line("L", -900, "AGIOS DU TRIMESTRE")], [], ("charges", [])),
        ([line("L", 900, "FRAIS")], [], ("unknown", [])),
        ([line("L", 12_345, "VERSEMENT")], [], ("unknown", [])),
        (
            [line("L", 54_000, "REC-12")],
            [movement("M", 45_000, "REC-12")],
            ("entry_error", ["TRANSPOSED_DIGITS"]),
        ),
        (
            [line("L", 54_000)],
            [movement("M", 45_000, "REC-12")],
            ("entry_error", ["TRANSPOSED_DIGITS"]),
        ),
        (
            [line("L", 4_500, "REC-12")],
            [movement("M", 45_000, "REC-12")],
            ("entry_error", ["FACTOR_TEN"]),
        ),
        ([line("L", 450_000)], [movement("M", 45_000)], ("entry_error", ["FACTOR_TEN"])),
        ([line("L", -45_000)], [movement("M", 45_000)], ("entry_error", ["OPPOSITE_SIGN"])),
        (
            [line("L", 45_000, "REC-12")],
            [movement("M", 46_999, "REC-12")],
            ("entry_error", ["AMOUNT_DIFFERS"]),
        ),
        (
            [line("K", 700, "REC-12"), line("L", 701, "REC-12 bis")],
            [movement("M", 700, "REC-12")],
            ("entry_error", ["DOCUMENT_ALREADY_MATCHED"]),
        ),
        ([line("K", 800), line("L", -800, day=2)], [], ("bank_error", ["OPPOSITE_LINE"])),
        (
            [line("L", 45_000, "VERSEMENT", day=40)],
            [movement("M", 45_000, "REC-12")],
            ("unknown", ["SAME_AMOUNT_OTHER_DATE"]),
        ),
    ],
)
def test_why_a_line_is_left(
    lines: list[Line], movements: list[Movement], expected: tuple[str, list[str]]
) -> None:
    assert left(propose_matches(movements, lines).leftover_lines, "L") == expected


@pytest.mark.requirement("R128")
def test_why_a_movement_is_left() -> None:
    proposal = propose_matches([movement("A", 500, "REC-1"), movement("B", -700, "REG-1")], [])
    assert left(proposal.leftover_movements, "A") == ("in_transit", [])
    assert left(proposal.leftover_movements, "B") == ("uncashed", [])


def test_the_hint_names_the_movement_and_the_difference() -> None:
    proposal = propose_matches([movement("M", 45_000, "REC-12")], [line("L", 54_000, "REC-12")])
    details = dict(proposal.leftover_lines[0].hints[0].details)
    assert details["movement_id"] == "M"
    assert details["difference_minor"] == 9_000
    assert left(proposal.leftover_movements, "M") == ("entry_error", ["TRANSPOSED_DIGITS"])


def test_identifiers_are_unique() -> None:
    with pytest.raises(Refusal, match="MATCH_ID_TWICE"):
        propose_matches([], [line("L", 1), line("L", 2)])


@pytest.mark.parametrize("days", [-1, 93])
def test_the_window_is_bounded(days: int) -> None:
    with pytest.raises(Refusal, match="MATCH_WINDOW"):
        MatchSettings(window_days=days)


def test_the_last_days_of_the_calendar_do_not_break_the_window() -> None:
    lines = [Line("L", 5, date.max), Line("K", 5, date.min)]
    assert len(propose_matches([Movement("M", "", 5, date.max)], lines).matches) == 1


# Invariants, on small worlds where everything collides

DOCUMENTS = ["", "REC-1", "REC-12", "REC-13", "BV 7A"]
LABELS = ["", "REC-1", "rec 12", "REC12 REC-13", "bv7a", "FRAIS", "Awa", "REC-1 REC-13"]
AMOUNTS = [0, 100, 200, 300, -100, 1000, 120, 210]
days = st.integers(0, 8)
movement_lists = st.lists(
    st.tuples(
        st.sampled_from(AMOUNTS), st.sampled_from(DOCUMENTS), days, st.sampled_from(["", "Awa"])
    ),
    max_size=9,
).map(
    lambda rows: [
        movement(f"M{i}", amount, document, day=day, holder=holder)
        for i, (amount, document, day, holder) in enumerate(rows)
    ]
)
line_lists = st.lists(
    st.tuples(st.sampled_from(AMOUNTS), st.sampled_from(LABELS), days, st.sampled_from(DOCUMENTS)),
    max_size=9,
).map(
    lambda rows: [
        line(f"L{i}", amount, label, day=day, reference=reference)
        for i, (amount, label, day, reference) in enumerate(rows)
    ]
)


@settings(max_examples=400)
@given(movement_lists, line_lists)
def test_each_piece_is_used_once_and_the_sums_agree(
    movements: list[Movement], lines: list[Line]
) -> None:
    proposal = propose_matches(movements, lines, [FEES], EVERYTHING)
    used_lines = [id for match in proposal.matches for id in match.line_ids]
    used_movements = [id for match in proposal.matches for id in match.movement_ids]
    used_lines += [leftover.id for leftover in proposal.leftover_lines]
    used_movements += [leftover.id for leftover in proposal.leftover_movements]
    assert sorted(used_lines) == sorted(each.id for each in lines)
    assert sorted(used_movements) == sorted(each.id for each in movements)
    line_minor = {each.id: each.amount_minor for each in lines}
    movement_minor = {each.id: each.amount_minor for each in movements}
    for match in proposal.matches:
        assert match.line_ids
        if match.match_pass is MatchPass.RULE:
            assert not match.movement_ids
        else:
            assert sum(line_minor[id] for id in match.line_ids) == sum(
                movement_minor[id] for id in match.movement_ids
            )


@settings(max_examples=300)
@given(movement_lists, line_lists, st.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_matter(
    movements: list[Movement], lines: list[Line], chance: random.Random
) -> None:
    expected = propose_matches(movements, lines, [FEES], EVERYTHING)
    shuffled_movements, shuffled_lines = list(movements), list(lines)
    chance.shuffle(shuffled_movements)
    chance.shuffle(shuffled_lines)
    assert propose_matches(shuffled_movements, shuffled_lines, [FEES], EVERYTHING) == expected


@settings(max_examples=300)
@given(movement_lists, line_lists, st.data())
def test_a_twin_of_a_matched_movement_makes_the_match_a_proposal(
    movements: list[Movement], lines: list[Line], data: st.DataObject
) -> None:
    """Equal candidates are never automatic: add an equal one and the machine must ask."""
    before = propose_matches(movements, lines, settings=EVERYTHING)
    automatic = [
        match
        for match in before.matches
        if match.status is MatchStatus.AUTO and len(match.movement_ids) == len(match.line_ids) == 1
    ]
    if not automatic:
        return
    match = data.draw(st.sampled_from(automatic))
    (original,) = (each for each in movements if each.id == match.movement_ids[0])
    twin = Movement(
        "TWIN", original.document_number, original.amount_minor, original.on, original.holder
    )
    after = propose_matches([*movements, twin], lines, settings=EVERYTHING)
    touched = [
        each
        for each in after.matches
        if set(each.line_ids) & set(match.line_ids) or "TWIN" in each.movement_ids
    ]
    assert touched
    assert all(each.status is MatchStatus.PROPOSED for each in touched)


@settings(max_examples=200)
@given(movement_lists, line_lists)
def test_only_the_accepted_passes_are_automatic(
    movements: list[Movement], lines: list[Line]
) -> None:
    none = MatchSettings(frozenset(), 5)
    proposal = propose_matches(movements, lines, [FEES], none)
    assert all(match.status is MatchStatus.PROPOSED for match in proposal.matches)


# Speed: nearly linear, also when everything looks alike


@pytest.mark.parametrize("world", ["numbered", "alike", "alike_numbers", "nothing_fits"])
def test_twenty_thousand_lines_take_seconds(world: str) -> None:
    count = 20_000
    chance = random.Random(7)
    movements, lines = [], []
    for i in range(count):
        on = ON + timedelta(days=i % 31)
        if world == "numbered":
            movements.append(Movement(f"M{i}", f"REC-2025-{i:06}", 5_000 + i % 97, on, "Rabe"))
            lines.append(Line(f"L{i}", 5_000 + i % 97, on, f"VERSEMENT REC 2025 {i:06} CAISSE"))
        elif world == "alike":
            movements.append(Movement(f"M{i}", f"REC-{i:06}", 12_000, on, f"HOLDER {i % 50}"))
            lines.append(Line(f"L{i}", 12_000, on, "VERSEMENT ESPECES HOLDER 12"))
        elif world == "alike_numbers":
            movements.append(Movement(f"M{i}", "BV-77", 12_000, on))
            lines.append(Line(f"L{i}", 12_000, on, "VERSEMENT BV 77"))
        else:
            movements.append(Movement(f"M{i}", f"REC-{i:06}", chance.randrange(10**6), on))
            lines.append(Line(f"L{i}", -chance.randrange(10**6), on, f"RETRAIT {i}"))
    started = time.process_time()
    proposal = propose_matches(movements, lines, [FEES])
    assert time.process_time() - started < 10
    if world == "numbered":
        assert len(proposal.matches) == count
        assert all(match.status is MatchStatus.AUTO for match in proposal.matches)
    elif world != "nothing_fits":
        assert len(proposal.matches) == count
        assert all(match.status is MatchStatus.PROPOSED for match in proposal.matches)


def test_the_example_of_the_documentation() -> None:
    proposal = propose_matches(
        [
            movement("M1", 185_000, "VRS-2025-0041"),
            movement("M2", 500, "REC-12"),
            movement("M3", 700, "REC-13"),
            movement("M4", 45_000, "BV-0117"),
            movement("M5", -64_000, "REG-0009"),
        ],
        [
            line("L1", 185_000, "vrs 2025 0041"),
            line("L2", 1_200, "DEPOT REC-12 REC-13"),
            line("L3", 54_000, "BV 0117"),
            line("L4", -1_500, "FRAIS TENUE DE COMPTE"),
        ],
        [FEES],
    )
    assert [(match.line_ids, match.movement_ids, match.status) for match in proposal.matches] == [
        (("L1",), ("M1",), MatchStatus.AUTO),
        (("L2",), ("M2", "M3"), MatchStatus.AUTO),
        (("L4",), (), MatchStatus.AUTO),
    ]
    assert left(proposal.leftover_lines, "L3") == ("entry_error", ["TRANSPOSED_DIGITS"])
    assert left(proposal.leftover_movements, "M4") == ("entry_error", ["TRANSPOSED_DIGITS"])
    assert left(proposal.leftover_movements, "M5") == ("uncashed", [])


# Pieces matched earlier


def test_what_was_matched_earlier_is_recognised_and_never_matched_again() -> None:
    settled = Settled((movement("M0", 500, "REC-12"),), (line("L0", 500, "VERST REC-12"),))
    lines = [line("L1", 500, "VERST REC-12"), line("L2", 500, "DEPOT REC-12"), line("L3", 700)]
    movements = [movement("M1", 500), movement("M2", 700)]
    proposal = propose_matches(movements, lines, settled=settled)
    assert (only(proposal).line_ids, only(proposal).movement_ids) == (("L3",), ("M2",))
    assert left(proposal.leftover_lines, "L1") == ("bank_error", ["DUPLICATE_LINE"])
    # Its number stands on a paper that is settled: the equal amount of M1 does not tempt.
    assert left(proposal.leftover_lines, "L2")[0] == "entry_error"
    assert [leftover.id for leftover in proposal.leftover_movements] == ["M1"]


def test_a_piece_is_not_both_open_and_settled() -> None:
    with pytest.raises(Refusal, match="MATCH_ID_TWICE"):
        propose_matches([], [line("L1", 1)], settled=Settled(lines=(line("L1", 1),)))


@pytest.mark.parametrize(("days", "overdue"), [(-1, False), (0, False), (5, False), (6, True)])
def test_what_stays_away_longer_than_the_window_is_overdue(days: int, overdue: bool) -> None:
    assert is_overdue(ON - timedelta(days=days), ON) == overdue
    assert is_overdue(ON - timedelta(days=days), ON, window_days=days) is False
