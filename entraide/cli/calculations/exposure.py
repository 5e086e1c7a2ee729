"""``exposure``: member-months of a year, those at risk, and the rate of use of a kind of care."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from entraide.cli.calculations import forms
from entraide.core.errors import Finding, RefusedRows
from entraide.core.exposure import CoveredGroup, year_exposure
from entraide.core.periods import Period

SCHEMA = forms.document(
    "exposure",
    ("year", "groups", "waiting_months_for_new", "cases"),
    {
        "year": forms.count("calendar year", at_least=1900, at_most=2199),
        "groups": forms.many(
            forms.form(
                ("from", "to", "persons", "new"),
                {
                    "from": forms.day("first day of cover"),
                    "to": forms.day("last day of cover, inside"),
                    "persons": forms.count("persons covered"),
                    "new": forms.flag("the waiting period applies"),
                },
            ),
            at_least=0,
        ),
        "waiting_months_for_new": forms.count("calendar months of waiting", at_most=120),
        "cases": forms.quantity("cases by date of care, in the year"),
    },
)

EXAMPLE: dict[str, Any] = {
    "year": 2025,
    "groups": [
        {"from": "2024-07-01", "to": "2025-12-31", "persons": 300, "new": False},
        {"from": "2025-04-01", "to": "2026-03-31", "persons": 60, "new": True},
    ],
    "waiting_months_for_new": 3,
    "cases": 240,
}


def _groups(document: Mapping[str, Any]) -> list[CoveredGroup]:
    groups, faults = [], []
    for index, stated in enumerate(document["groups"]):
        first, last = date.fromisoformat(stated["from"]), date.fromisoformat(stated["to"])
        if last < first:
            shown = {"start": first, "until": last}
            faults.append(Finding("PERIOD_EMPTY", place=f"groups[{index}].to", data=shown))
        else:
            cover = Period.inclusive(first, last)
            groups.append(CoveredGroup(cover, stated["persons"], stated["new"]))
    if faults:
        raise RefusedRows(tuple(faults))
    return groups


def run(document: Mapping[str, Any]) -> dict[str, Any]:
    """``utilisation_per_person_year`` is null when nobody was at risk."""
    cases = Fraction(Decimal(document["cases"]))
    year = year_exposure(
        document["year"], _groups(document), document["waiting_months_for_new"], cases
    )
    use = year.utilisation_per_person_year
    return {
        "member_months_covered": year.member_months_covered,
        "member_months_at_risk": year.member_months_at_risk,
        "mean_members_at_risk": year.mean_members_at_risk,
        "utilisation_per_person_year": use,
        "cases_per_1000": None if use is None else use * 1000,
    }
