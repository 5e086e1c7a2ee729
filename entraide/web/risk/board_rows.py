"""The rows, figures and charts of the risk board: each figure opens to its formula."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlencode

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from entraide.apps.planning.risk_board import Board, BoardRow
from entraide.core.money import CURRENCIES, round_half_up
from entraide.core.risk_gaps import Alert, Measure, Seen
from entraide.documents import writing
from entraide.documents.charts import Axis, Words, line_chart, nice_axis, spark
from entraide.web.claims.reasons import category_names
from entraide.web.figures import Chart, Definition, Figure, Ratio
from entraide.web.names import State
from entraide.web.tariffs.condition_words import RISK_NAMES

Text = str | Promise

MEASURES: dict[Measure, Text] = {
    Measure.FREQUENCY: gettext_lazy("Frequency"),
    Measure.AVERAGE_COST: gettext_lazy("Mean cost"),
    Measure.COST_PER_PERSON: gettext_lazy("Cost per person"),
}
MEANINGS: dict[Measure, Text] = {
    Measure.FREQUENCY: gettext_lazy(
        "Cases ÷ person-years: how often a person uses this care in a year. A case is a claim in "
        "one category of care. Of one category, the person-years at risk, once its waiting period "
        "is over; of several together, those under cover."
    ),
    Measure.AVERAGE_COST: gettext_lazy("What the mutual pays ÷ cases."),
    Measure.COST_PER_PERSON: gettext_lazy(
        "What the mutual pays ÷ person-years under cover: the care of one person for a year."
    ),
}
GAP_MEANING: Text = gettext_lazy(
    "Seen ÷ expected − 1. Expected: for the persons who were really at risk, the frequency and the "
    "mean cost that the tariff assumes."
)
_ABOVE: dict[Measure, tuple[Text, Text]] = {
    Measure.FREQUENCY: (gettext_lazy("Cases"), gettext_lazy("Person-years")),
    Measure.AVERAGE_COST: (gettext_lazy("Care incurred"), gettext_lazy("Cases")),
    Measure.COST_PER_PERSON: (gettext_lazy("Care incurred"), gettext_lazy("Person-years")),
}


@dataclass(frozen=True, slots=True)
class Compared:
    """One measure beside the tariff; ``definition`` opens the gap, or what was seen without one."""

    label: str
    actual: str
    expected: str
    gap: str
    definition: Definition | None


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the board: a part of care, or a month of it."""

    name: str
    url: str
    is_current: bool
    cases: str
    expected_cases: str
    measures: tuple[Compared, ...]
    state: State | None
    note: str = ""  # under the name


class Writer:
    """Writes the figures of one board for one reader."""

    def __init__(self, board: Board, currency: str, language: str) -> None:
        self.board, self._currency, self._language = board, currency, language
        self._categories = category_names()

    def name(self, row: BoardRow) -> str:
        """What a part of care is called."""
        if row.kind == "whole":
            return _("All care")
        if row.kind == "risk":
            return str(RISK_NAMES.get(row.code, _("Risk not said")))
        return self._categories.get(row.code, row.code)

    def line(self, row: BoardRow, current: BoardRow, query: dict[str, str]) -> Line:
        """A part of care over the last twelve months."""
        asked = urlencode(query | {"part": f"{row.kind}:{row.code}"})
        seen = row.rolling[-1]
        return Line(
            self.name(row), f"?{asked}", row is current, self._count(seen),
            self._expected_count(seen),
            tuple(self.compared(measure, seen, self.period()) for measure in Measure),
            self._state(row), self._other_persons(seen),
        )  # fmt: skip

    def _other_persons(self, seen: Seen) -> str:
        """Where the cost per person is of other persons than the total: it does not add up."""
        whole = self.board.whole.rolling[-1].shown.person_years
        if seen.shown.person_years == whole:
            return ""
        return _(
            "per person: {years} person-years, not the {whole} of all care; not to be added up"
        ).format(years=self._number(seen.shown.person_years), whole=self._number(whole))

    def months(self, row: BoardRow) -> list[Line]:
        """A part of care month by month, the latest first."""
        lines = []
        for month, seen in zip(self.board.period.months(), row.months, strict=True):
            name = writing.month(month.start, self._language)
            measures = tuple(self.compared(measure, seen, name) for measure in Measure)
            lines.append(
                Line(name, "", False, self._count(seen), self._expected_count(seen), measures, None)
            )
        return lines[::-1]

    def period(self) -> str:
        """The twelve months shown."""
        return writing.period(self.board.period.start, self.board.period.until, self._language)

    def compared(self, measure: Measure, seen: Seen, period: str) -> Compared:
        """A measure as seen, as the tariff expects it, the gap between both."""
        actual = self.value(measure, seen.shown.value(measure))
        expected = self.value(measure, seen.expected(measure))
        gap = seen.gap(measure)
        definition = None
        seen_by = self._formula(measure, seen.shown.parts(measure))
        expected_by = self._formula(measure, seen.expected_parts(measure))
        if gap is not None:
            definition = Definition(
                self._percent(gap), f"{MEANINGS[measure]} {GAP_MEANING}",
                Ratio(
                    (_("Seen: {formula}").format(formula=seen_by), actual),
                    (_("Expected: {formula}").format(formula=expected_by), expected),
                    (_("Gap"), self._percent(gap)),
                ),
                period, opens_to_the_left=True,
            )  # fmt: skip
        elif actual != writing.ABSENT:
            above, below = (str(word) for word in _ABOVE[measure])
            parts = self._parts(measure, seen.shown.parts(measure))
            definition = Definition(
                actual, str(MEANINGS[measure]),
                Ratio((above, parts[0]), (below, parts[1]), (str(MEASURES[measure]), actual)),
                period, opens_to_the_left=True,
            )  # fmt: skip
        told = writing.ABSENT if gap is None else self._percent(gap)
        return Compared(str(MEASURES[measure]), actual, expected, told, definition)

    def figures(self, row: BoardRow) -> list[Figure]:
        """The three measures of a part of care on top, over twelve months."""
        seen = row.rolling[-1]
        figures = []
        for measure in Measure:
            told = self.compared(measure, seen, self.period())
            gap = seen.gap(measure)
            state = State("", "")
            if gap is not None:
                high = gap > self.board.threshold
                state = State(
                    "warn" if high else "ok", _("{gap} to the tariff").format(gap=told.gap)
                )
            ratio = told.definition.ratio if told.definition else None
            note = (
                _("the tariff assumes {value}").format(value=told.expected)
                if gap is not None
                else _("the tariff assumes nothing")
            )
            values = [each.shown.value(measure) for each in row.rolling]
            trend = [value for value in values if value is not None]
            title = _("{measure}, twelve months ending with each month").format(
                measure=MEASURES[measure]
            )
            name, meaning = str(MEASURES[measure]), str(MEANINGS[measure])
            figures.append(
                Figure(
                    Definition(name, meaning, ratio, self.period()), told.actual,
                    state_kind=state.kind, state_word=str(state.word), note=note,
                    spark=spark(f"risk-spark-{measure.value}", title, trend,
                                seen.expected(measure)),
                )
            )  # fmt: skip
        return figures

    def charts(self, row: BoardRow) -> list[Chart]:
        """Twelve months ending with each month: frequency, mean cost, cost per person."""
        return [chart for measure in Measure if (chart := self._chart(measure, row)) is not None]

    def alert(self, row: BoardRow, alert: Alert) -> str:
        """« Consultation: frequency over twelve months 26 % above the tariff, for 3 months »."""
        told = ngettext(
            "{part}: {measure} over twelve months {gap} above the tariff, for {count} month "
            "running",
            "{part}: {measure} over twelve months {gap} above the tariff, for {count} months "
            "running",
            alert.months,
        ).format(
            part=self.name(row), measure=str(MEASURES[alert.measure]).lower(),
            gap=writing.percent(alert.gap, self._language, 0), count=alert.months,
        )  # fmt: skip
        chance = _("It may still be chance.") if alert.may_be_chance else ""
        return f"{told}. {chance}".rstrip()

    def value(self, measure: Measure, value: Decimal | None) -> str:
        """A measure with its unit."""
        if value is None:
            return writing.ABSENT
        if measure is Measure.FREQUENCY:
            return writing.number(value, self._language, 3)
        return writing.money(round_half_up(value), self._currency, self._language)

    def _formula(self, measure: Measure, parts: tuple[Decimal, Decimal]) -> str:
        above, below = self._parts(measure, parts)
        return f"{above} ÷ {below}"

    def _parts(self, measure: Measure, parts: tuple[Decimal, Decimal]) -> tuple[str, str]:
        above, below = parts
        if measure is Measure.FREQUENCY:
            return self._number(above), self._number(below)
        money = writing.amount(round_half_up(above), self._currency, self._language)
        return money, self._number(below)

    def _number(self, value: Decimal) -> str:
        digits = 0 if value == value.to_integral() else 1
        return writing.number(value, self._language, digits)

    def _count(self, seen: Seen) -> str:
        return writing.number(seen.shown.cases, self._language)

    def _expected_count(self, seen: Seen) -> str:
        if not seen.has_expectation:
            return writing.ABSENT
        return writing.number(seen.expected_cases, self._language, 1)

    def _percent(self, gap: Decimal) -> str:
        return writing.percent(gap, self._language, 0, sign=True)

    def _state(self, row: BoardRow) -> State | None:
        if row.alerts:
            return State("warn", _("above the tariff"))
        if not row.rolling[-1].has_expectation:
            return State("plain", _("nothing assumed"))
        return State("ok", _("no alert"))

    def _chart(self, measure: Measure, row: BoardRow) -> Chart | None:
        points = [
            (month.start, seen)
            for month, seen in zip(self.board.period.months(), row.rolling, strict=True)
            if seen.shown.value(measure) is not None
        ]
        if len(points) < 2:
            return None
        scale, unit = self._scale(measure)
        values = [(seen.shown.value(measure) or Decimal(0)) * scale for _m, seen in points]
        tariff = [value for _m, seen in points if (value := seen.expected(measure)) is not None]
        rest = [each * scale for each in tariff] if len(tariff) == len(points) else []
        axis = nice_axis([*values, *rest])
        labels = [writing.month(month, self._language) for month, _seen in points]
        finding = self._finding(measure, points[-1][1])
        written = [self.value(measure, seen.shown.value(measure)) for _m, seen in points]
        told = _("from {first} in {from_month} to {last} in {to_month}").format(
            first=written[0], from_month=labels[0], last=written[-1], to_month=labels[-1]
        )
        svg = line_chart(
            Words(f"risk-{measure.value}", finding, told), labels, values,
            Axis(axis.low, axis.high, axis.ticks, 2 if measure is Measure.FREQUENCY else 0),
            rest=rest, rest_label=_("tariff"), language=self._language,
        )  # fmt: skip
        under = _("{measure}, twelve months ending with each month").format(
            measure=MEASURES[measure]
        )
        expected = [self.value(measure, seen.expected(measure)) for _m, seen in points]
        return Chart(
            finding, svg, under=f"{under}{unit}", head=(_("Month"), _("Seen"), _("Tariff")),
            rows=tuple(zip(labels, written, expected, strict=True)),
        )  # fmt: skip

    def _scale(self, measure: Measure) -> tuple[Decimal, str]:
        """From minor units to what an axis shows, and the unit told under the chart."""
        if measure is Measure.FREQUENCY:
            return Decimal(1), ""
        unit = CURRENCIES[self._currency]
        return Decimal(1).scaleb(-unit.minor_digits), f" ({unit.symbol})"

    def _finding(self, measure: Measure, last: Seen) -> str:
        gap = last.gap(measure)
        name = MEASURES[measure]
        if gap is None:
            return _("{measure}: {value}").format(
                measure=name, value=self.value(measure, last.shown.value(measure))
            )
        size = writing.percent(abs(gap), self._language, 0)
        if gap > 0:
            return _("{measure}: {gap} above the tariff").format(measure=name, gap=size)
        return _("{measure}: {gap} below the tariff").format(measure=name, gap=size)


def part_asked(board: Board, asked: str) -> BoardRow:
    """The part of care named in the address, all of it where none is."""
    kind, _colon, code = asked.partition(":")
    return next((row for row in board.rows if (row.kind, row.code) == (kind, code)), board.whole)
