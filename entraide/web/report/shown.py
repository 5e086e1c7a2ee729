"""The figures of a report as the page shows them: each opens to its definition, parts and rows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from urllib.parse import urlencode

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from entraide.apps.reporting.report import Comparison, Report
from entraide.core.money import CURRENCIES
from entraide.documents import writing
from entraide.documents.report_words import ReportWords, written
from entraide.indicators.catalogue import BY_CODE, Indicator, Question, Unit
from entraide.indicators.engine import Figure as Read
from entraide.indicators.quantities import Flow
from entraide.messages import translate
from entraide.web.figures import Definition, Figure, Ratio
from entraide.web.office import OfficeRequest, office_url
from entraide.web.plurals import agreeing
from entraide.web.report.periods import query_of

# The figures on top with their short names; the two of the fund open to the left.
HEAD: dict[str, str | Promise] = {
    "autonomy_rate": gettext_lazy("Autonomy"),
    "claims_ratio": gettext_lazy("RSP"),
    "gross_claims_ratio": gettext_lazy("Gross RSP"),
    "fund_balance": gettext_lazy("Mutual fund"),
    "reserve_months": gettext_lazy("Reserve"),
}
TO_THE_LEFT = ("fund_balance", "reserve_months")


@dataclass(frozen=True, slots=True)
class Line:
    """One figure beside the one of a year before."""

    definition: Definition
    now: str
    before: str
    change: str
    why_absent: str = ""


@dataclass(frozen=True, slots=True)
class Lines:
    """The figures of one question."""

    title: str
    rows: tuple[Line, ...]


def with_unit(figure: Read, currency: str, language: str) -> str:
    """A figure with its unit: ``565 708 Ar``, ``15,3 %``, ``25,4 mois``."""
    if figure.value is None:
        return writing.ABSENT
    if figure.unit is Unit.MONEY:
        return writing.money(round(Decimal(figure.value)), currency, language)
    shown = written(figure, currency, language)
    if figure.unit is Unit.DAYS:
        many = agreeing(round(Decimal(figure.value), 1))
        return ngettext("{count} day", "{count} days", many).format(count=shown)
    if figure.code == "reserve_months":
        return _("{count} months").format(count=shown)
    return shown


class Shown:
    """Writes the figures of one report for one reader's page."""

    def __init__(self, request: OfficeRequest, report: Report) -> None:
        self.request = request
        self.report = report
        self.words = ReportWords(report, request.LANGUAGE_CODE)
        self.language: str = request.LANGUAGE_CODE

    def head(self) -> list[Figure]:
        """The five figures on top."""
        return [self._head_figure(code, code in TO_THE_LEFT) for code in HEAD]

    def lines(self, question: Question, title: str) -> Lines:
        """All figures of one question, in their order."""
        rows = tuple(
            Line(
                self.definition(indicator, compared.now),
                self.with_unit(compared.now),
                self.with_unit(compared.before),
                self.words.evolution(compared),
                self.why_absent(compared.now),
            )
            for indicator, compared in self.report.of_question(question)
        )
        return Lines(title, rows)

    def definition(
        self, indicator: Indicator, figure: Read, *, opens_to_the_left: bool = False
    ) -> Definition:
        """What a figure is, what it divides and where its rows are."""
        return Definition(
            term=self.words.name(indicator),
            meaning=translate(indicator.definition, self.language),
            ratio=self._ratio(indicator, figure),
            period=self.words.months(),
            rows_url=self._rows_url(indicator),
            opens_to_the_left=opens_to_the_left,
        )

    def with_unit(self, figure: Read) -> str:
        """A figure of this report with its unit."""
        return with_unit(figure, self.report.currency, self.language)

    def why_absent(self, figure: Read) -> str:
        """Why there is no figure."""
        return {
            "no_denominator": _("nothing to divide by"),
            "nothing_to_measure": _("nothing to measure"),
            "not_by_part": _("of the whole mutual only"),
        }.get(figure.note, "")

    def before_note(self, compared: Comparison) -> str:
        """« 15,6 % un an avant »."""
        if compared.before.value is None:
            return self.why_absent(compared.now)
        return _("{value} before").format(value=self._short(compared.before))

    def _head_figure(self, code: str, opens_to_the_left: bool) -> Figure:
        compared = self.report.figures[code]
        definition = self.definition(
            BY_CODE[code], compared.now, opens_to_the_left=opens_to_the_left
        )
        definition = replace(definition, term=str(HEAD[code]))
        value, unit = self._value_and_unit(compared.now)
        note = self.before_note(compared)
        if code in TO_THE_LEFT:  # what stands on the last day, where the others are of the months
            on = writing.day(self.report.period.last, self.language)
            note = (
                _("on {day}; {before}").format(day=on, before=note)
                if note
                else pgettext("end of a period", "on {day}").format(day=on)
            )
        return Figure(definition, value, unit, note=note)

    def _value_and_unit(self, figure: Read) -> tuple[str, str]:
        written = self._short(figure)
        value, _space, unit = written.partition(writing.NO_BREAK_SPACE)
        if figure.value is not None and figure.code == "reserve_months":
            value, unit = self.words.written(figure), _("months")
        if not unit and value.endswith("%"):
            value, unit = value[:-1], "%"
        return value, unit

    def _short(self, figure: Read) -> str:
        """Amounts above a million in millions: ``93,9 M Ar`` fits where a figure is large."""
        if figure.unit is Unit.MONEY and figure.value is not None and abs(figure.value) >= 10**7:
            unit = CURRENCIES[self.report.currency]
            exact = Decimal(figure.value).scaleb(-unit.minor_digits - 6)
            millions = writing.number(exact, self.language, 1)
            return f"{millions}{writing.NO_BREAK_SPACE}M{writing.NO_BREAK_SPACE}{unit.symbol}"
        return self.with_unit(figure)

    def _ratio(self, indicator: Indicator, figure: Read) -> Ratio | None:
        if figure.denominator is None or figure.numerator is None or figure.value is None:
            return None
        above, below = (BY_CODE[code] for code in indicator.parts)
        return Ratio(
            (self.words.name(above), self._part(above, figure.numerator, figure)),
            (self.words.name(below), self._part(below, figure.denominator, figure)),
            (self.words.name(indicator), self.with_unit(figure)),
        )

    def _part(self, indicator: Indicator, value: Decimal | int, figure: Read) -> str:
        return self.with_unit(Read(indicator.code, value, indicator.unit, figure.period))

    def _rows_url(self, indicator: Indicator) -> str:
        """The rows of a figure that is counted in them; of its numerator for a ratio."""
        code = indicator.code
        while BY_CODE[code].parts:
            code = BY_CODE[code].parts[0]
        if not isinstance(BY_CODE[code].quantity, Flow):
            return ""
        way = office_url(self.request, "report-rows", code=code)
        query = query_of(self.report.period, self.report.group_kind)
        return f"{way}?{query}&{urlencode({'of': indicator.code})}"
