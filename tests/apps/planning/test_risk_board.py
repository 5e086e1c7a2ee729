"""The board of three families counted by hand, and what their tariff was said to assume."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import IntegrityError, transaction

from entraide.actuarial.claims_cost import limited_expected_value
from entraide.apps.nomenclature.models import CareItem
from entraide.apps.nomenclature.services import ensure_categories
from entraide.apps.planning.models import TariffAssumption
from entraide.apps.planning.plan_expectations import plan_expectations
from entraide.apps.planning.risk_board import Board, alert_count, alerts_standing, risk_board
from entraide.apps.planning.services import save_plan
from entraide.apps.planning.tariff_assumptions import (
    AssumedLine,
    assumption_for,
    decide_tariff_assumption,
    enter_tariff_assumption,
)
from entraide.apps.planning.training_plan import exact
from entraide.apps.schemes.choosing import change_choice
from entraide.apps.schemes.models import Mutual, Product
from entraide.core.errors import Refusal, RefusedRows
from entraide.core.risk_gaps import Measure, Seen
from tests.actuarial.plans import atia_document
from tests.builders import a_key
from tests.indicators.three_households import three_households
from tests.people import People

ON = date(2025, 7, 1)
# July 2024 to June 2025: Adjovi, three persons, twelve months; Codjo, two, nine; Bocco, one, of
# February, three days of March, 12 to 31 May and June.
BOCCO = 2 + Fraction(3 + 20, 31)
YEARS = (36 + 18 + BOCCO) / 12
# From January: 18 months of persons, 6, and Bocco's.
SINCE_JANUARY = (18 + 6 + BOCCO) / 12


@pytest.fixture
def counted(scoped: Mutual, people: People) -> Mutual:
    three_households(scoped, people)
    return scoped


def assumed(
    mutual: Mutual, people: People, *lines: AssumedLine, approve: bool = True,
    effective_from: date = date(2025, 1, 1), source: str = "Étude de 2024",
) -> TariffAssumption:  # fmt: skip
    assumption = enter_tariff_assumption(
        mutual=mutual, actor=people.moussa, on=ON, idempotency_key=a_key(),
        product=Product.objects.get(code="essentielle"), effective_from=effective_from,
        source=source, lines=lines,
    )  # fmt: skip
    if approve:
        decide_tariff_assumption(
            mutual=mutual, actor=people.director, on=ON, idempotency_key=a_key(),
            assumption=assumption,
        )  # fmt: skip
    return assumption


CONSULTATION = AssumedLine("consultation", "minor", Decimal("0.5"), 2_000)
HOSPITAL = AssumedLine("hospital", "major", Decimal("0.1"), 20_000)


def year(board: Board, kind: str, code: str = "") -> Seen:
    return next(row for row in board.rows if (row.kind, row.code) == (kind, code)).rolling[-1]


def near(value: Decimal | None, exact: Fraction | int) -> bool:
    return value is not None and abs(Fraction(value) - exact) < Fraction(1, 10**6)


@pytest.mark.requirement("R065")
@pytest.mark.requirement("R066")
def test_the_board_shows_what_happened_where_nothing_is_assumed(
    counted: Mutual, people: People
) -> None:
    board = risk_board(counted, ON)
    assert (board.period.start, board.period.until) == (date(2024, 7, 1), ON)
    seen = year(board, "whole")
    assert (seen.actual.cases, seen.actual.amount_minor) == (3, 38_000)
    assert near(seen.actual.person_years, YEARS)
    assert year(board, "category", "consultation").actual.cases == 2
    assert year(board, "risk", "major").actual.amount_minor == 32_000
    assert year(board, "risk", "minor").actual.amount_minor == 6_000
    assert board.alerts == ()
    [source] = board.sources
    assert source.version is not None
    assert source.is_missing


@pytest.mark.requirement("R065")
def test_each_month_is_compared_with_the_assumption_in_force(
    counted: Mutual, people: People
) -> None:
    assumed(counted, people, CONSULTATION, HOSPITAL)
    waiting = assumed(counted, people, HOSPITAL, approve=False)
    board = risk_board(counted, ON)
    consultation = year(board, "category", "consultation")
    # Compared since January only; 2024 has no assumption.
    assert near(consultation.compared.exposure, SINCE_JANUARY)
    assert near(consultation.expected_cases, SINCE_JANUARY / 2)
    assert near(consultation.gap(Measure.FREQUENCY), 2 / (SINCE_JANUARY / 2) - 1)
    assert consultation.gap(Measure.AVERAGE_COST) == Decimal("0.5")  # 3 000 for 2 000
    whole = year(board, "whole")
    expected = SINCE_JANUARY / 2 * 2_000 + SINCE_JANUARY / 10 * 20_000
    assert near(whole.expected_minor, expected)
    assert near(whole.gap(Measure.COST_PER_PERSON), 38_000 / expected - 1)
    assert whole.actual.cases == 3
    march = next(row for row in board.rows if row.kind == "whole").months[8]
    assert (march.compared.cases, march.compared.amount_minor) == (1, 3_000)
    [source] = board.sources
    assert source.assumption is not None
    assert source.assumption.pk != waiting.pk
    assert not source.is_missing


def test_a_later_assumption_takes_over_from_its_day(counted: Mutual, people: People) -> None:
    assumed(counted, people, CONSULTATION)
    assumed(
        counted, people, AssumedLine("consultation", "minor", Decimal(1), 2_000),
        effective_from=date(2025, 6, 1),
    )  # fmt: skip
    row = risk_board(counted, ON).whole
    april, june = row.months[9], row.months[11]
    assert near(april.expected_cases, Fraction(3, 12) / 2)  # Adjovi: Bocco had no rights
    assert near(june.expected_cases, Fraction(4, 12))


@pytest.mark.requirement("R065")
def test_a_gap_of_two_months_gives_the_alert_at_the_threshold_of_the_mutual(
    counted: Mutual, people: People
) -> None:
    assert alert_count(counted, ON) == 0  # no export was made: a page does not wait for one
    few = AssumedLine("consultation", "minor", Decimal("0.5"), 300)
    assumed(counted, people, few)
    assert risk_board(counted, ON).alerts == ()  # one case expected in all: nothing is told
    often = AssumedLine("consultation", "minor", Decimal("2.5"), 300)
    assumed(counted, people, often)  # of the same day: what was written last
    board = risk_board(counted, ON)
    # 2,5 a year of 2,23 persons: five cases and more expected, two seen, each ten times dearer.
    found = {(row.kind, alert.measure) for row, alert in board.alerts}
    assert ("category", Measure.AVERAGE_COST) in found
    assert ("whole", Measure.COST_PER_PERSON) in found
    assert not any(measure is Measure.FREQUENCY for _kind, measure in found)
    assert alert_count(counted, ON) == len(board.alerts)
    assert alerts_standing(counted, ON).months == max(each.months for _r, each in board.alerts)
    for row, alert in board.alerts:
        assert alert.gap == row.rolling[-1].gap(alert.measure)
    assert board.threshold == Decimal("0.20")
    change_choice(
        mutual=counted, actor=people.coordinator, on=ON, idempotency_key=a_key(),
        name="risk_gap_threshold", value="1", source="CA",
    )  # fmt: skip
    higher = risk_board(counted, ON)
    assert higher.threshold == 1
    assert len(higher.alerts) <= len(board.alerts)


def test_an_act_without_a_risk_stands_apart(counted: Mutual) -> None:
    CareItem.objects.filter(code="consultation-1").update(risk_category="")
    board = risk_board(counted, ON)
    assert [row.code for row in board.of("risk")] == ["major", ""]
    assert year(board, "risk", "").actual.cases == 2


@pytest.mark.requirement("R065")
def test_two_persons_write_an_assumption_and_it_stays(counted: Mutual, people: People) -> None:
    waiting = assumed(counted, people, CONSULTATION, approve=False)
    said = {"mutual": counted, "on": ON, "assumption": waiting}
    with pytest.raises(Refusal, match="FORBIDDEN"):
        decide_tariff_assumption(**said, actor=people.moussa, idempotency_key=a_key())
    decide_tariff_assumption(**said, actor=people.director, idempotency_key=a_key())
    with pytest.raises(Refusal, match="ASSUMPTION_DECIDED"):
        decide_tariff_assumption(**said, actor=people.elected_officer, idempotency_key=a_key())
    for act in (
        lambda: TariffAssumption.objects.filter(pk=waiting.pk).update(source="autre"),
        lambda: TariffAssumption.objects.filter(pk=waiting.pk).delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            act()
    assert assumption_for(counted, str(waiting.uid)).approved_by == people.director
    with pytest.raises(Refusal, match="NOT_FOUND"):
        assumption_for(counted, "0190a3f0-0000-7000-8000-000000000000")


def test_every_fault_of_an_assumption_is_told_at_once(counted: Mutual, people: People) -> None:
    with pytest.raises(RefusedRows) as refused:
        assumed(
            counted, people, AssumedLine("consultation", "minor", Decimal(80), 0),
            AssumedLine("consultation", "minor", Decimal(0), 5), source=" ",
        )  # fmt: skip
    assert [(each.code, each.place) for each in refused.value.findings] == [
        ("ASSUMPTION_FREQUENCY", "lines[0].frequency"),
        ("ASSUMPTION_COST", "lines[0].cost_minor"),
        ("ASSUMPTION_FREQUENCY", "lines[1].frequency"),
        ("ASSUMPTION_TWICE", "lines[1]"),
        ("SETTING_SOURCE_MISSING", "source"),
    ]
    with pytest.raises(RefusedRows) as refused:
        assumed(counted, people)
    assert [each.code for each in refused.value.findings] == ["ASSUMPTION_WITHOUT_LINES"]


@pytest.mark.requirement("R065")
def test_the_business_plan_speaks_where_nobody_wrote(scoped: Mutual, people: People) -> None:
    ensure_categories()
    three_households(scoped, people)
    document = exact(atia_document()) | {"currency": scoped.currency}
    document["care_lines"][4]["category"] = "Cures thermales"  # the dearest public line
    save_plan(
        mutual=scoped, actor=people.moussa, on=ON, idempotency_key=a_key(), name="Plan",
        assumptions=document,
    )  # fmt: skip
    plan = plan_expectations(scoped, date(2025, 12, 1))
    assert plan is not None
    assert plan.unknown == ("Cures thermales",)
    assert plan.on(date(2024, 12, 1)) == {}
    key = ("consultation", "minor")
    months = [plan.on(date(2025, month, 1))[key] for month in range(1, 13)]
    mean = sum(each.frequency for each in months) / 12
    assert abs(mean - (Decimal("0.54") + Decimal("0.35"))) < Decimal("0.003")  # public, private
    # January: a season of 1,2 over its mean, drift of 5,5 months back; costs weigh by frequency.
    season = 1.2 / (sum([1.2, 1.2, 1.2, 1, 1, 1.3, 1.3, 1.3, 1, 1, 1, 1]) / 12)
    back = 1.03 ** (-5.5 / 12)
    assert float(months[0].frequency) == pytest.approx(0.89 * season * back, abs=1e-5)
    dearer = 1.07 ** (-5.5 / 12)
    public = limited_expected_value(6500 * dearer * 0.80, 0.8, 15000)
    private = limited_expected_value(13000 * dearer * 0.65, 0.9, 15000)
    mixed = (0.54 * public + 0.35 * private) / 0.89
    assert float(months[0].cost_minor) == pytest.approx(mixed, abs=1e-2)
    board = risk_board(scoped, ON)
    [source] = board.sources
    assert source.plan is not None
    assert not source.is_missing
    june = next(row for row in board.of("category") if row.code == "consultation").months[-1]
    expected = Fraction(4, 12) * Fraction(months[5].frequency)
    assert near(june.expected_cases, expected)
    assumed(scoped, people, CONSULTATION)  # what two persons wrote goes before the plan
    june = next(
        row for row in risk_board(scoped, ON).of("category") if row.code == "consultation"
    ).months[-1]
    assert near(june.expected_cases, Fraction(4, 12) / 2)
