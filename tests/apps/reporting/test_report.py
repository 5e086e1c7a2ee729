"""The report of three families: periods, comparisons, the split of a change, what is kept."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django_scopes import scope
from openpyxl import load_workbook

from entraide.apps.reporting.models import ReportRun
from entraide.apps.reporting.report import Report, previous_period
from entraide.apps.reporting.report_document import report_document
from entraide.apps.reporting.services import (
    figure_rows,
    headline,
    keep_report,
    last_full_year,
    period_of_report,
    run_report,
)
from entraide.apps.schemes.choosing import change_choice
from entraide.apps.schemes.models import Mutual, Product
from entraide.core.errors import Refusal
from entraide.core.periods import Period
from entraide.documents.report_words import ReportWords
from entraide.documents.report_xlsx import report_workbook
from entraide.indicators.catalogue import BY_CODE, CATALOGUE, Question
from tests.builders import a_household, a_key
from tests.indicators.three_households import three_households
from tests.people import People

YEAR = Period(date(2025, 1, 1), date(2026, 1, 1))
ON = date(2026, 1, 15)


@pytest.fixture
def report(mutual: Mutual, people: People) -> Report:
    three_households(mutual, people)
    return run_report(mutual=mutual, start=YEAR.start, until=YEAR.until, on=ON)


@pytest.mark.requirement("R141")
def test_a_year_stands_beside_the_year_before(report: Report) -> None:
    ratio = report.figures["claims_ratio"]
    assert (ratio.now.numerator, ratio.now.denominator) == (38000, 19455)
    assert (ratio.before.numerator, ratio.before.denominator) == (3000, 15781)
    assert ratio.before.period == Period(date(2024, 1, 1), date(2025, 1, 1))
    asked = [pair[0].code for question in Question for pair in report.of_question(question)]
    assert asked == [each.code for each in CATALOGUE if not each.only_by]


@pytest.mark.requirement("R146")
def test_the_claims_ratio_by_month_and_over_twelve(report: Report) -> None:
    monthly, rolling = report.monthly["claims_ratio"], report.rolling["claims_ratio"]
    assert [figure.period.start.month for figure in monthly] == list(range(1, 13))
    assert [figure.numerator for figure in monthly[:3]] == [0, 3000, 3000]
    assert len(rolling) == 13  # from the month before, where the line begins
    assert rolling[0] == report.figures["claims_ratio"].before
    assert rolling[-1] == report.now("claims_ratio")


def test_the_change_of_care_is_explained_to_the_unit(report: Report) -> None:
    rows = {row.code: row for row in report.categories}
    assert list(rows) == ["hospital", "consultation"]  # the largest change first
    assert rows["hospital"].change.total_minor == 32000
    assert rows["hospital"].change.frequency_minor == 32000  # nobody had gone the year before
    consultation = rows["consultation"]
    assert (consultation.claims_incurred.before.value, consultation.claims_incurred.now.value) == (
        3000,
        6000,
    )
    assert consultation.change.total_minor == 3000
    # 54 person-months became 50.74: fewer persons; twice the cases; the same cost of 3 000.
    assert consultation.change.persons_minor == -181
    assert consultation.change.frequency_minor == 3181
    assert consultation.change.cost_minor == 0


@pytest.mark.requirement("R012", begun=True)
def test_products_and_kinds_of_groups_add_up(report: Report) -> None:
    for rows in (report.products, report.group_kinds):
        earned = sum(int(row.figures["contribution_earned"].value or 0) for row in rows)
        assert earned == report.now("contribution_earned").value
    assert [(row.key, row.name) for row in report.products] == [
        ("essentielle", "Formule Essentielle")
    ]
    assert {row.key for row in report.group_kinds} == {"", "village"}


def test_the_document_holds_every_part(report: Report) -> None:
    document = report_document(report)
    assert document["period"] == {"from": "2025-01", "to": "2025-12"}
    ratio = document["figures"]["claims_ratio"]
    assert ratio["made_of"] == ["claims_incurred", "fund_share"]
    assert (ratio["numerator"], ratio["denominator"]) == (38000, 19455)
    assert ratio["percent"] == Decimal("195.32")
    assert document["figures"]["autonomy_rate"]["previous"] == {
        "value": None,
        "numerator": 5260,
        "denominator": 0,
        "note": "no_denominator",
    }


@pytest.mark.requirement("R143")
def test_a_figure_opens_to_its_rows(mutual: Mutual, people: People, report: Report) -> None:
    figure, rows = figure_rows(mutual=mutual, code="claims_incurred", period=YEAR, on=ON)
    assert sum(row["payable_minor"] for row in rows) == figure.value
    assert figure == report.now("claims_incurred")
    assert all(row["document_number"].startswith("S-") for row in rows)
    with scope(mutual=mutual):
        from entraide.apps.claims.models import Claim

        assert {row["claim"] for row in rows} <= {str(each.uid) for each in Claim.objects.all()}
    assert BY_CODE["claims_incurred"].definition.startswith("What the mutual pays")


def test_the_headline_is_the_last_full_year(mutual: Mutual, people: People) -> None:
    three_households(mutual, people)
    head = headline(mutual=mutual, on=ON)
    assert head.period == YEAR
    assert head.now("autonomy_rate").numerator == 6485
    assert head.now("fund_balance").value == 27000
    assert len(head.rolling["claims_ratio"]) == 13


def test_the_headline_may_be_a_little_old(mutual: Mutual, people: People, product: Product) -> None:
    three_households(mutual, people)
    before = headline(mutual=mutual, on=ON)
    assert headline(mutual=mutual, on=ON, at_most_old=timedelta(minutes=15)) == before
    with scope(mutual=mutual):
        a_household(mutual, people.awa, product, enrolled_on=date(2025, 12, 1))
    old = headline(mutual=mutual, on=ON, at_most_old=timedelta(minutes=15))
    assert old.overtaken_at is not None
    assert replace(old, overtaken_at=None) == before
    assert headline(mutual=mutual, on=ON, at_most_old=timedelta(0)) != before
    assert headline(mutual=mutual, on=ON) != before


@pytest.mark.requirement("R041")
def test_channels_tell_what_they_brought_and_cost(
    mutual: Mutual, people: People, report: Report
) -> None:
    [cash] = report.channels
    # Adjovi 12 000, Bocco 7 000 on the day and 6 000 on 12 May, 100 days after.
    assert (cash.channel, cash.amount_minor, cash.receipts_count) == ("cash", 25_000, 3)
    assert cash.cost is None  # not said, rather than nothing
    with scope(mutual=mutual):
        change_choice(
            mutual=mutual, actor=people.director, on=ON, idempotency_key=a_key(),
            name="receipt_cost_cash", value=200, source="Conseil",
        )  # fmt: skip
    said = Mutual.objects.get(pk=mutual.pk)
    again = run_report(mutual=said, start=YEAR.start, until=YEAR.until, on=ON)
    [row] = report_document(again)["collection_by_channel"]
    assert (row["cost_minor"], row["cost_rate"]) == (600, Decimal("0.024"))
    words = ReportWords(again, "fr")
    assert words.channel_table().rows[0][0] == "Espèces"
    assert "Recouvrement par canal" in {table.title for table in words.tables()}
    book = load_workbook(io.BytesIO(report_workbook(again)), read_only=True)
    assert "Recouvrement par canal" in book.sheetnames
    of_kind = {
        kind: run_report(
            mutual=said, start=YEAR.start, until=YEAR.until, on=ON, group_kind=kind
        ).channels
        for kind in ("village", "")
    }
    assert {kind: [each.amount_minor for each in rows] for kind, rows in of_kind.items()} == {
        "village": [13_000], "": [12_000],
    }  # fmt: skip


def test_periods() -> None:
    assert previous_period(YEAR) == Period(date(2024, 1, 1), date(2025, 1, 1))
    quarter = Period(date(2025, 4, 1), date(2025, 7, 1))
    assert previous_period(quarter) == Period(date(2024, 4, 1), date(2024, 7, 1))
    two_years = Period(date(2024, 1, 1), date(2026, 1, 1))
    assert previous_period(two_years) == Period(date(2022, 1, 1), date(2024, 1, 1))
    assert last_full_year(date(2025, 3, 20)) == Period(date(2024, 3, 1), date(2025, 3, 1))


def test_months_that_have_not_begun_are_left_out() -> None:
    on = date(2025, 6, 16)
    assert period_of_report(date(2025, 1, 1), date(2026, 1, 1), on) == Period(
        date(2025, 1, 1), date(2025, 7, 1)
    )


@pytest.mark.parametrize(
    ("start", "until", "code"),
    [
        (date(2025, 3, 1), date(2025, 3, 1), "REPORT_MONTHS_SWAPPED"),
        (date(2025, 3, 1), date(2025, 1, 1), "REPORT_MONTHS_SWAPPED"),
        (date(2018, 1, 1), date(2025, 1, 1), "REPORT_TOO_LONG"),
        (date(2025, 7, 1), date(2025, 8, 1), "REPORT_NOT_BEGUN"),
    ],
)
def test_periods_refused(start: date, until: date, code: str) -> None:
    with pytest.raises(Refusal, match=code):
        period_of_report(start, until, date(2025, 6, 16))


def test_the_month_in_progress_is_provisional(mutual: Mutual, people: People) -> None:
    three_households(mutual, people)
    report = run_report(mutual=mutual, start=YEAR.start, until=YEAR.until, on=date(2025, 12, 31))
    assert report.is_provisional
    assert not run_report(
        mutual=mutual, start=YEAR.start, until=YEAR.until, on=date(2026, 1, 1)
    ).is_provisional


def test_a_mutual_without_anything_has_a_report(mutual: Mutual) -> None:
    report = run_report(mutual=mutual, start=YEAR.start, until=YEAR.until, on=ON)
    assert report.now("claims_ratio").value is None
    assert report.now("households_covered").value == 0
    assert (report.categories, report.products, report.group_kinds) == ((), (), ())


@pytest.mark.requirement("R142", begun=True)
def test_a_report_is_kept_as_it_was_read(mutual: Mutual, people: People) -> None:
    three_households(mutual, people)
    kept: ReportRun = keep_report(
        mutual=mutual,
        actor=people.director,
        on=ON,
        idempotency_key=a_key(),
        start=YEAR.start,
        until=YEAR.until,
    )
    assert kept.figures["figures"]["claims_ratio"]["numerator"] == 38000
    assert kept.export.watermark
    assert kept.made_by == people.director
    with pytest.raises(Refusal, match="FORBIDDEN"):
        keep_report(
            mutual=mutual,
            actor=people.cashier,
            on=ON,
            idempotency_key=a_key(),
            start=YEAR.start,
            until=YEAR.until,
        )
