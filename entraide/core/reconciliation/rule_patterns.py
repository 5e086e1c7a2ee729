"""Patterns written by the people of a mutual, searched safely in labels.

Python's regular expressions have no time limit and some patterns take centuries. Two guards:
before use, the parsed pattern is refused when the number of ways it may be tried on one label is
too large (nested quantifiers, many wide ones), or when it looks back or around; while it runs, a
stopwatch per rule stops it between two labels. The stopwatch refuses, it never changes an answer.
"""

from __future__ import annotations

import re
import time
import warnings
from collections.abc import Iterable, Mapping
from itertools import pairwise
from re import _constants, _parser  # type: ignore[attr-defined]
from typing import Any

from entraide.core.errors import Refusal
from entraide.core.reconciliation.values import MatchRule

PATTERN_LIMIT = 200  # characters of a pattern
LABEL_LIMIT = 256  # characters of a label that are searched
WAYS_LIMIT = 100_000  # ways to try a pattern from one place of a label
SECONDS_LIMIT = 2.0  # per rule, over all labels of a statement

_REPEATS = {_constants.MAX_REPEAT, _constants.MIN_REPEAT, _constants.POSSESSIVE_REPEAT}
_PLAIN = {
    _constants.LITERAL,
    _constants.NOT_LITERAL,
    _constants.ANY,
    _constants.IN,
    _constants.AT,
}


class _TooMany(Exception):
    """The pattern has more ways than the limit, or an operation whose ways cannot be bounded."""


def _ways(parsed: Any) -> int:
    """An upper bound of the ways in which a parsed pattern can be tried from one place."""
    ways = 1
    for operation, argument in parsed:
        if operation in _PLAIN:
            continue
        if operation is _constants.SUBPATTERN:
            ways *= _ways(argument[-1])
        elif operation is _constants.BRANCH:
            ways *= sum(_ways(branch) for branch in argument[1])
        elif operation is _constants.ATOMIC_GROUP:
            ways *= _ways(argument)
        elif operation in _REPEATS:
            least, most, body = argument
            most = min(int(most), LABEL_LIMIT)
            inside = _ways(body)
            if inside > 1 and most > WAYS_LIMIT.bit_length():
                raise _TooMany
            ways *= inside**most * (max(most - int(least), 0) + 1)
        else:  # looking around, going back to a group, conditions
            raise _TooMany
        if ways > WAYS_LIMIT:
            raise _TooMany
    return ways


def compile_pattern(rule: MatchRule) -> re.Pattern[str]:
    """The pattern of a rule, ready to search without case.

    Refused with ``RULE_PATTERN_TOO_LONG``, ``RULE_PATTERN_UNREADABLE``, ``RULE_PATTERN_TOO_SLOW``
    (it could take too long) or ``RULE_PATTERN_TOO_WIDE`` (it answers to an empty label, so to all).
    """
    place = f"rules.{rule.code}.pattern"
    if len(rule.pattern) > PATTERN_LIMIT:
        raise Refusal(
            "RULE_PATTERN_TOO_LONG",
            place=place,
            rule=rule.code,
            length=len(rule.pattern),
            maximum=PATTERN_LIMIT,
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            parsed = _parser.parse(rule.pattern, re.IGNORECASE)
            _ways(parsed)
            pattern = re.compile(rule.pattern, re.IGNORECASE)
    except _TooMany:
        raise Refusal("RULE_PATTERN_TOO_SLOW", place=place, rule=rule.code) from None
    except (re.error, Warning, OverflowError, RecursionError) as error:
        raise Refusal(
            "RULE_PATTERN_UNREADABLE", place=place, rule=rule.code, reason=str(error)
        ) from None
    if pattern.search("") is not None:
        raise Refusal("RULE_PATTERN_TOO_WIDE", place=place, rule=rule.code)
    return pattern


def rules_by_label(
    rules: Iterable[MatchRule], labels: Iterable[str]
) -> Mapping[str, tuple[MatchRule, ...]]:
    """For each different label, the rules whose pattern is found in it, in the order of codes.

    Refused with ``RULE_CODE_TWICE``, or ``RULE_PATTERN_TOO_SLOW`` when a rule needs more than two
    seconds for the whole statement.
    """
    ordered = sorted(rules, key=lambda rule: rule.code)
    for earlier, later in pairwise(ordered):
        if earlier.code == later.code:
            raise Refusal("RULE_CODE_TWICE", place=f"rules.{later.code}", rule=later.code)
    patterns = [(rule, compile_pattern(rule)) for rule in ordered]
    found: dict[str, list[MatchRule]] = {label: [] for label in labels}
    for rule, pattern in patterns:
        started = time.perf_counter()
        for label, answers in found.items():
            if pattern.search(label, 0, LABEL_LIMIT) is not None:
                answers.append(rule)
            if time.perf_counter() - started > SECONDS_LIMIT:
                raise Refusal(
                    "RULE_PATTERN_TOO_SLOW", place=f"rules.{rule.code}.pattern", rule=rule.code
                )
    return {label: tuple(answers) for label, answers in found.items()}
