"""Figures for the committee: what controls found, who codes otherwise."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from entraide.apps.care_control.statistics import coding_by_operator, findings_by_provider
from entraide.apps.claims.models import Claim, ClaimLine
from entraide.apps.nomenclature.services import ensure_category
from entraide.apps.schemes.models import Mutual, Role
from tests.people import People, person

YEAR = (date(2025, 1, 1), date(2026, 1, 1))


def test_nothing_found_is_an_empty_table(scoped: Mutual, people: People) -> None:
    found = findings_by_provider(scoped, *YEAR)
    assert (found.providers, found.codes, found.drawn, found.asked_minor) == ((), (), 0, 0)


@pytest.mark.requirement("R060", begun=True)
def test_an_operator_who_codes_otherwise_is_named(
    scoped: Mutual, people: People, approved: Callable[..., Claim]
) -> None:
    other = person("sefa", "Sefa Doe", Role.DATA_ENTRY_CLERK, mutual=scoped)
    claim = approved()
    line = claim.lines.get()

    def lines(operator: object, category: str, count: int) -> None:
        """More lines as this operator entered them, without going through the desk each time."""
        Claim.objects.filter(pk=claim.pk).update(entered_by=operator)
        of = ensure_category(category)
        for _each in range(count):
            position = ClaimLine.objects.filter(claim=claim).count() + 1
            ClaimLine.objects.create(
                mutual=scoped, claim=claim, position=position, care_item=line.care_item,
                category=of, quantity=1, unit_price_minor=1, claimed_minor=1,
            )  # fmt: skip

    lines(people.awa, "dental", 40)
    assert coding_by_operator(scoped, *YEAR)[0] == ()
    second = approved(date(2025, 3, 5))
    Claim.objects.filter(pk=second.pk).update(entered_by=other)
    ClaimLine.objects.filter(claim=second).delete()
    for position in range(40):
        ClaimLine.objects.create(
            mutual=scoped, claim=second, position=position, care_item=line.care_item,
            category=line.category, quantity=1, unit_price_minor=1, claimed_minor=1,
        )  # fmt: skip
    found, names = coding_by_operator(scoped, *YEAR)
    assert {(names[each.operator], each.code, each.is_more) for each in found} == {
        ("Awa Kodjo", "dental", True), ("Awa Kodjo", "consultation", False),
        ("Sefa Doe", "consultation", True), ("Sefa Doe", "dental", False),
    }  # fmt: skip
