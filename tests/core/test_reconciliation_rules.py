from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraide.core.errors import Refusal
from entraide.core.reconciliation import MatchRule, compile_pattern
from entraide.core.reconciliation.rule_patterns import LABEL_LIMIT, rules_by_label


def rule(pattern: str, code: str = "r") -> MatchRule:
    return MatchRule(code, pattern, "bank_charges")


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+$",
        "(a|aa)*b",
        "(a|b|ab)*c",
        "(.*)*x",
        "a?" * 40 + "a" * 40,
        "x*x*x*x*y",
        "(x{1,50}){1,50}y",
        r"(frais)\1+",
        "(?=a)b",
        "(?<!a)b",
        "(a)?(?(1)b|c)",
    ],
)
def test_a_pattern_that_could_run_for_centuries_is_refused_at_once(pattern: str) -> None:
    started = time.process_time()
    with pytest.raises(Refusal) as refused:
        compile_pattern(rule(pattern))
    assert refused.value.code == "RULE_PATTERN_TOO_SLOW"
    assert refused.value.data["rule"] == "r"
    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    ("code", "pattern"),
    [
        ("RULE_PATTERN_TOO_LONG", "a" * 201),
        ("RULE_PATTERN_UNREADABLE", "(frais"),
        ("RULE_PATTERN_UNREADABLE", "*"),
        ("RULE_PATTERN_UNREADABLE", "[[a]"),
        ("RULE_PATTERN_UNREADABLE", "(" * 100),
        ("RULE_PATTERN_TOO_WIDE", ""),
        ("RULE_PATTERN_TOO_WIDE", "(frais)?"),
        ("RULE_PATTERN_TOO_WIDE", ".*"),
    ],
)
def test_a_pattern_that_makes_no_sense_is_refused(code: str, pattern: str) -> None:
    with pytest.raises(Refusal) as refused:
        compile_pattern(rule(pattern))
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("pattern", "label"),
    [
        ("frais", "FRAIS TENUE DE COMPTE"),
        (r"\b(frais|commission|agios)\b", "Agios du trimestre"),
        (r"^vir.*interets?$", "VIR CREDIT INTERETS"),
        (r"com(?:m)?\.? \d{2,4}", "COMM. 2025"),
        (r"t\.?v\.?a", "TVA SUR FRAIS"),
        ("é{2}", "ÉÉ"),
    ],
)
def test_ordinary_patterns_are_found_without_case(pattern: str, label: str) -> None:
    assert rules_by_label([rule(pattern)], [label])[label] == (rule(pattern),)


def test_the_worst_pattern_that_is_accepted_stays_quick() -> None:
    """Two wide quantifiers on a label made to resist them."""
    worst = "a.*b.*c"
    label = "ab" * (LABEL_LIMIT // 2)
    started = time.process_time()
    assert rules_by_label([rule(worst)], [label])[label] == ()
    assert time.process_time() - started < 1


def test_a_rule_that_takes_too_long_over_a_statement_is_stopped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("entraide.core.reconciliation.rule_patterns.SECONDS_LIMIT", 0.0)
    with pytest.raises(Refusal) as refused:
        rules_by_label([rule("frais", "slow")], ["VERSEMENT", "FRAIS"])
    assert (refused.value.code, refused.value.data["rule"]) == ("RULE_PATTERN_TOO_SLOW", "slow")


def test_only_the_beginning_of_a_label_is_searched() -> None:
    label = " " * LABEL_LIMIT + "frais"
    assert rules_by_label([rule("frais")], [label])[label] == ()


def test_codes_of_rules_are_unique() -> None:
    with pytest.raises(Refusal, match="RULE_CODE_TWICE"):
        rules_by_label([rule("a"), rule("b")], [])


@given(st.text(max_size=30))
def test_any_text_is_a_pattern_or_refused(pattern: str) -> None:
    try:
        code, is_wide = "", compile_pattern(rule(pattern)).search("") is not None
    except Refusal as refusal:
        code, is_wide = refusal.code, False
    assert not is_wide
    assert code == "" or code.startswith("RULE_PATTERN_")
