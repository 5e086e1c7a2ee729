"""Rules that contradict each other: each is well formed alone, together they mean nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from typing import Any

from entraide.core.errors import Finding
from entraide.core.product import (
    ContributionKind,
    ContributionRule,
    MembershipUnit,
    Product,
)
from entraide.rulebook.consistency_care import benefit_contradictions, care_faults
from entraide.rulebook.consistency_nesting import nesting_contradictions
from entraide.rulebook.schema import (
    ContributionDocument,
    parameters_of,
)
from entraide.rulebook.schema_product import ProductDocument

# What each formula needs, then what it may read besides; fees, subsidy, employer go with all.
READ_BY_KIND: dict[ContributionKind, tuple[tuple[str, ...], tuple[str, ...]]] = {
    ContributionKind.PER_HOUSEHOLD: (("amount_minor",), ()),
    ContributionKind.PER_PERSON: (("amount_minor",), ()),
    ContributionKind.BY_SIZE: (("by_size_minor",), ()),
    ContributionKind.BY_AGE: (
        ("adult_minor", "child_minor"),
        ("lump_sum_minor", "threshold_members"),
    ),
    ContributionKind.OF_LOAN: (
        (),
        ("loan_rate", "loan_brackets", "loan_floor_minor", "loan_cap_minor"),
    ),
    ContributionKind.BY_LOAN: (("by_loan_minor",), ()),
    ContributionKind.OF_INCOME: (
        (),
        ("income_rate", "income_brackets", "income_floor_minor", "income_cap_minor"),
    ),
}
# A formula on a base takes one rate or rates by tranche, never both.
_RATE_OR_BRACKETS = {
    ContributionKind.OF_LOAN: ("loan_rate", "loan_brackets"),
    ContributionKind.OF_INCOME: ("income_rate", "income_brackets"),
}
_OF_FORMULAS = {name for pair in READ_BY_KIND.values() for names in pair for name in names}


def document_faults(document: ProductDocument) -> tuple[Finding, ...]:
    """Faults that need no day: a formula without its amount, a sector without its rate…"""
    return (
        *_formula_faults(document.contribution, document.fund_share_rate.values[0].effective_from),
        *care_faults(document),
    )


def _formula_faults(contribution: ContributionDocument, begins_on: date) -> Iterator[Finding]:
    kind = ContributionKind(contribution.kind)
    needed, allowed = READ_BY_KIND[kind]
    given = parameters_of(contribution)
    if kind in _RATE_OR_BRACKETS:
        one, several = _RATE_OR_BRACKETS[kind]
        if one in given and several in given:
            yield Finding("RULE_RATE_TWICE", place=f"contribution.{several}")
        needed = (several if several in given else one,)
        if several in given and contribution.brackets is None:
            yield Finding("RULE_BRACKETS_UNSAID", place="contribution.brackets")
    if contribution.brackets is not None and not any("brackets" in name for name in given):
        data = {"kind": contribution.kind, "name": "brackets"}
        yield Finding("RULE_NOT_OF_FORMULA", place="contribution.brackets", data=data)
    for name in needed:
        place = f"contribution.{name}"
        if name not in given:
            yield Finding("RULE_KEY_MISSING", place=place)
        elif given[name].values[0].effective_from > begins_on:
            yield Finding("RULE_BEGINS_LATE", place=place, data={"begins_on": begins_on})
    for code, category in contribution.categories.items():
        if not parameters_of(category):
            yield Finding("CATEGORY_EMPTY", place=f"contribution.categories.{code}")
    for name in given:
        if name in _OF_FORMULAS and name not in needed and name not in allowed:
            data = {"kind": contribution.kind, "name": name}
            yield Finding("RULE_NOT_OF_FORMULA", place=f"contribution.{name}", data=data)


def faults_in_force(product: Product, on: date, *, is_kept: bool = False) -> tuple[Finding, ...]:
    """Contradictions between the values in force together from ``on``.

    ``is_kept``: of rules that were accepted before, which stay readable whatever is asked since.
    """
    return tuple(
        Finding(code, place=place, data={"on": on, **data})
        for code, place, data in (
            *_contribution_contradictions(product),
            *_membership_contradictions(product),
            *benefit_contradictions(product),
            *(() if is_kept else nesting_contradictions(product)),
        )
    )


_Fault = tuple[str, str, dict[str, Any]]


def _contribution_contradictions(product: Product) -> Iterator[_Fault]:
    rule = product.contribution
    for name, cap, floor in (
        ("loan_cap_minor", rule.loan_cap_minor, rule.loan_floor_minor),
        ("income_cap_minor", rule.income_cap_minor, rule.income_floor_minor),
    ):
        if cap is not None and cap < floor:
            yield (
                "LOAN_CAP_UNDER_FLOOR",
                f"contribution.{name}",
                {"cap_minor": cap, "floor_minor": floor, "currency": product.currency},
            )
    yield from _table_contradictions(rule)
    if bool(rule.lump_sum_minor) != bool(rule.threshold_members):
        yield "LUMP_SUM_WITHOUT_THRESHOLD", "contribution.threshold_members", {}
    maximum = product.membership.max_members
    if maximum is not None and rule.threshold_members > maximum:
        data = {"threshold": rule.threshold_members, "maximum": maximum}
        yield "THRESHOLD_ABOVE_MAXIMUM", "contribution.threshold_members", data
    yield from _discount_contradictions(product)
    shares = rule.state_share_rate + rule.employer_share_rate + rule.sponsor_share_rate
    if shares > 1:
        yield "SHARES_ABOVE_WHOLE", "contribution.employer_share_rate", {"share": shares}
    if rule.instalment_count > product.membership.cover_months:
        data = {"count": rule.instalment_count, "months": product.membership.cover_months}
        yield "INSTALMENT_COUNT_INVALID", "contribution.instalment_count", data


def _discount_contradictions(product: Product) -> Iterator[_Fault]:
    rule, membership = product.contribution, product.membership
    if rule.early_enrolment_discount_rate and not membership.cycle_starts:
        # Without cycles cover begins on the day of joining: nobody is ever early.
        yield "EARLY_DISCOUNT_WITHOUT_CYCLE", "contribution.early_enrolment_discount_rate", {}
    months = rule.instalment_months
    if months and (
        len(months) != rule.instalment_count
        or any(later <= earlier for earlier, later in pairwise(months))
        or months[-1] >= membership.cover_months
    ):
        data = {"count": rule.instalment_count, "months": membership.cover_months}
        yield "INSTALMENT_MONTHS_INVALID", "contribution.instalment_months", data


def _table_contradictions(rule: ContributionRule) -> Iterator[_Fault]:
    for name, table in (
        ("by_size_minor", rule.by_size_minor),
        ("by_loan_minor", rule.by_loan_minor),
    ):
        if any(later <= earlier for (earlier, _), (later, _) in pairwise(table)):
            yield "TABLE_UNSORTED", f"contribution.{name}", {}
    for name, brackets in (
        ("loan_brackets", rule.loan_brackets),
        ("income_brackets", rule.income_brackets),
    ):
        if any(later <= earlier for (earlier, _), (later, _) in pairwise(brackets)):
            yield "TABLE_UNSORTED", f"contribution.{name}", {}


def _membership_contradictions(product: Product) -> Iterator[_Fault]:
    rule = product.membership
    if rule.cover_months < 1:
        yield "COVER_MONTHS_MISSING", "membership.cover_months", {}
    if len(set(rule.cycle_starts)) < len(rule.cycle_starts):
        yield "CYCLE_TWICE", "membership.cycle_starts", {}
    youngest, oldest = rule.minimum_entry_age_years, rule.maximum_entry_age_years
    if youngest is not None and oldest is not None and youngest > oldest:
        data = {"minimum": youngest, "maximum": oldest}
        yield "AGES_INVERTED", "membership.minimum_entry_age_years", data
    if rule.unit is MembershipUnit.INDIVIDUAL and (rule.max_members or 1) > 1:
        yield "INDIVIDUAL_OF_SEVERAL", "membership.max_members", {"maximum": rule.max_members}
    if rule.enrolment_grace_months and not rule.cycle_starts:
        yield "GRACE_WITHOUT_CYCLE", "membership.enrolment_grace_months", {}
