"""« Suivi des adhésions »: the monthly table, its rows and its cohorts."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse
from django_scopes import scope

from entraide.apps.reporting.membership_table import membership_table
from entraide.apps.schemes.models import Mutual
from tests.indicators.three_households import three_households
from tests.people import People
from tests.web.conftest import Browser


@pytest.mark.requirement("R023")
def test_months_add_up_and_open_to_their_rows(
    mutual: Mutual, people: People, signed_in: Browser
) -> None:
    three_households(mutual, people)
    on = date(2025, 6, 16)
    with scope(mutual=mutual):
        table = membership_table(
            mutual=mutual, start=date(2025, 1, 1), until=date(2025, 7, 1), on=on
        )
    by_code = {code: [each.value for each in row] for code, row in table.months.items()}
    assert by_code["new_households"] == [0, 1, 0, 0, 0, 0]  # Bocco
    assert by_code["covers_renewed"] == [1, 0, 0, 0, 0, 0]  # Adjovi
    assert by_code["covers_lapsed"] == [0, 0, 0, 1, 0, 0]  # Codjo
    assert by_code["covers_exited"] == [0] * 6
    assert by_code["households_covered"] == [2, 3, 2, 1, 2, 2]  # Bocco suspended March to May
    assert table.whole["retention_rate"].numerator == 1
    assert table.whole["retention_rate"].denominator == 2
    cohorts = {row.key: row.rate.denominator for row in table.cohorts["cohort"]}
    assert cohorts == {"2024": 2}
    url = reverse("web:membership-months", args=[mutual.code])
    asked = {"from": "2025-01", "to": "2025-06"}
    answer = signed_in(people.director).get(url, asked)
    page = answer.content.decode().replace("\u00a0", " ").replace("\u202f", " ")
    assert "Suivi des adhésions, mois par mois" in page
    assert "50,0 %" in page
    rows = reverse("web:report-rows", args=[mutual.code, "covers_lapsed"])
    assert f"{rows}?from=2025-04&amp;to=2025-04" in page
    assert (
        "avril 2025"
        in signed_in(people.director)
        .get(rows, {"from": "2025-04", "to": "2025-04"})
        .content.decode()
    )
    assert signed_in(people.awa).get(url).status_code == 403
