"""« Suivi des adhésions »: the monthly table, its rows and its cohorts."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse
from django_scopes import scope

from entraide.apps.reporting.membership_table import membership_table
from entraide.apps.reporting.report import MEMBERSHIP_MONTHS
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
    assert by_code["households_at_start"] == [2, 2, 3, 2, 1, 2]
    assert by_code["households_first_covered"] == [0, 1, 0, 0, 0, 0]  # Bocco
    assert by_code["households_suspended"] == [0, 0, 1, 0, 0, 0]  # Bocco, from 4 March
    assert by_code["households_lapsed"] == [0, 0, 0, 1, 0, 0]  # Codjo
    assert by_code["households_reopened"] == [0, 0, 0, 0, 1, 0]  # Bocco paid on 12 May
    assert by_code["households_exited"] == [0] * 6
    assert by_code["households_covered"] == [2, 3, 2, 1, 2, 2]
    assert by_code["covers_renewed"] == [1, 0, 0, 0, 0, 0]  # Adjovi
    for row in [*zip(*(by_code[code] for code in MEMBERSHIP_MONTHS[:7]), strict=True),
                [table.whole[code].value for code in MEMBERSHIP_MONTHS[:7]]]:  # fmt: skip
        start, new, reopened, suspended, lapsed, exited, end = row
        assert start + new + reopened - suspended - lapsed - exited == end
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
    rows = reverse("web:report-rows", args=[mutual.code, "households_lapsed"])
    assert f"{rows}?from=2025-04&amp;to=2025-04" in page
    assert (
        "avril 2025"
        in signed_in(people.director)
        .get(rows, {"from": "2025-04", "to": "2025-04"})
        .content.decode()
    )
    assert signed_in(people.awa).get(url).status_code == 403
