"""The report in words and written figures, for every form it takes: terminal, PDF, spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from entraide.apps.reporting.report import Comparison, CutRow, Report
from entraide.core.money import CURRENCIES, round_half_up
from entraide.documents.writing import (
    ABSENT,
    NO_BREAK_SPACE,
    amount,
    month,
    number,
    percent,
    period,
    points_between,
)
from entraide.indicators.catalogue import BY_CODE, Indicator, Question, Unit
from entraide.indicators.engine import Figure
from entraide.messages import fill, translate

TITLE = "Report of the mutual"
QUESTION_TITLES = {
    Question.MEMBERSHIP: "Who is covered?",
    Question.CONTRIBUTIONS: "Are contributions coming in?",
    Question.CARE: "What does care cost?",
    Question.FUNDS: "Do contributions pay for the care and for the mutual?",
}
GROUP_KINDS = {
    "": "Families on their own",
    "enterprise": "Companies",
    "ngo": "NGOs and associations",
    "lender": "Lenders",
    "school": "Schools",
    "village": "Villages",
    "commune": "Communes",
    "cooperative": "Cooperatives",
    "grouping": "Groupings",
}
CHANNELS = {
    "cash": "Cash",
    "bank": "Bank",
    "mobile_money": "Mobile money",
    "lender": "Kept back by the lender",
    "group": "Brought by the group",
}
NO_PRODUCT = "Without a cover"
_DIGITS = {Unit.PERSONS: 1, Unit.MONTHS: 1, Unit.YEARS: 1, Unit.DAYS: 0, Unit.PER_YEAR: 2}
_SHORT = {"claims_incurred": "Care incurred", "claims_ratio": "RSP"}  # heads of columns
MEMBERSHIP_HEADS = {  # heads of columns
    "households_at_start": "At the start",
    "households_first_covered": "+ New",
    "households_reopened": "+ Covered again",
    "households_suspended": "− Suspended",
    "households_lapsed": "− Term",
    "households_exited": "− Gone",
    "households_covered": "= Families",
    "covers_renewed": "Renewals",
    "persons_covered": "Persons",
    "mean_household_size": "Mean size",
    "retention_rate": "Kept",
    "growth_rate": "Growth",
}
_SERIES_TITLES = (
    ("claims_ratio", "RSP"),
    ("autonomy_rate", "Autonomy rate"),
)


@dataclass(frozen=True, slots=True)
class PrintedTable:
    """A table ready to be set: its title, head and rows of text, the first column a name."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


class ReportWords:
    """Writes the figures of one report in one language."""

    def __init__(self, report: Report, language: str) -> None:
        self.report = report
        self.language = language

    def say(self, english: str, **details: object) -> str:
        """A text of the report in its language."""
        return fill(translate(english, self.language), details, self.language)

    def written(self, figure: Figure) -> str:
        """A figure as it is printed; a dash when it is absent."""
        return written(figure, self.report.currency, self.language)

    def name(self, indicator: Indicator) -> str:
        """The name of a figure, with the unit of its amounts where it is one."""
        return self.say(indicator.name)

    def title(self) -> str:
        """« Rapport de la mutuelle, 2025 »."""
        return f"{self.say(TITLE)}, {self.months()}"

    def months(self) -> str:
        """The months of the report in the fewest words."""
        return period(self.report.period.start, self.report.period.until, self.language)

    def months_before(self) -> str:
        """The months that they are compared with."""
        return period(self.report.previous.start, self.report.previous.until, self.language)

    def remarks(self) -> tuple[str, ...]:
        """What a reader must know before the figures."""
        kept = [
            self.say(
                "Amounts in {symbol}. Figures as known on {on}.",
                symbol=CURRENCIES[self.report.currency].symbol,
                on=self.report.on,
            )
        ]
        if self.report.group_kind is not None:
            kind = self.say(GROUP_KINDS.get(self.report.group_kind, self.report.group_kind))
            kept.append(
                self.say(
                    "Only: {kind}. What the books alone know is of the whole mutual and left out.",
                    kind=kind,
                )
            )
        if self.report.is_provisional:
            kept.append(self.say("The last month is not over: its figures are provisional."))
        kept.append(
            self.say(
                "Care incurred has no provision for care whose invoice has not been received: "
                "the last months will rise."
            )
        )
        if (self.report.now("claims_ratio").value or 0) > 1:
            kept.append(self.say("The RSP is above 100%: the autonomy of this period cannot last."))
        return tuple(kept)

    def questions(self) -> Iterator[PrintedTable]:
        """The four tables of figures."""
        for question in Question:
            yield PrintedTable(
                self.say(QUESTION_TITLES[question]),
                ("", self.months(), self.months_before(), self.say("Change")),
                tuple(
                    (
                        self.name(indicator),
                        self.written(compared.now),
                        self.written(compared.before),
                        self.evolution(compared),
                    )
                    for indicator, compared in self.report.of_question(question)
                ),
            )

    def evolution(self, compared: Comparison) -> str:
        """The change from before: in points for a rate, in per cent for the rest."""
        now, before = compared.now.value, compared.before.value
        if now is None or before is None:
            return ABSENT
        if compared.now.unit is Unit.RATE:
            between = points_between(Decimal(now), Decimal(before))
            points = number(between, self.language, 1, sign=True)
            return f"{points}{NO_BREAK_SPACE}{self.say('pts')}"
        if before <= 0 or now < 0:
            return ABSENT
        return percent(Decimal(now) / Decimal(before) - 1, self.language, sign=True)

    def category_table(self) -> PrintedTable:
        """Cases, frequency, mean cost and amount by category, and the causes of the change."""
        report = self.report
        return PrintedTable(
            self.say("Care by category"),
            tuple(
                self.say(text) if text else ""
                for text in ("", "Cases", "Per person-year", "Mean cost", "Care incurred", "Change",
                             "of which persons", "of which frequency", "of which cost")
            ),
            tuple(
                (
                    row.label_fr if self.language == "fr" else row.label_en,
                    self.written(row.cases.now),
                    self.written(row.frequency.now),
                    self.written(row.average_cost.now),
                    self.written(row.claims_incurred.now),
                    *(
                        amount(minor, report.currency, self.language, sign=True)
                        for minor in (
                            row.change.total_minor,
                            row.change.persons_minor,
                            row.change.frequency_minor,
                            row.change.cost_minor,
                        )
                    ),
                )
                for row in report.categories
            ),
        )  # fmt: skip

    def cut_table(self, english: str, rows: tuple[CutRow, ...]) -> PrintedTable:
        """Products or kinds of groups, each with its figures."""
        codes = ("households_covered", "persons_covered", "contribution_earned",
                 "claims_incurred", "claims_ratio", "utilisation_rate")  # fmt: skip
        return PrintedTable(
            self.say(english),
            ("", *(self.say(_SHORT.get(code, BY_CODE[code].name)) for code in codes)),
            tuple(
                (
                    self.name_of_cut(row),
                    *(self.written(row.figures[code]) for code in codes),
                )
                for row in rows
            ),
        )

    def name_of_cut(self, row: CutRow) -> str:
        """A product's name, or the kind of group in words."""
        if row.by == "product":
            return row.name or row.key or self.say(NO_PRODUCT)
        return self.say(GROUP_KINDS[row.key]) if row.key in GROUP_KINDS else row.key

    def product_table(self) -> PrintedTable:
        """By product."""
        return self.cut_table("By product", self.report.products)

    def group_table(self) -> PrintedTable:
        """By kind of partner group."""
        return self.cut_table("By kind of group", self.report.group_kinds)

    def channel_table(self) -> PrintedTable:
        """What each channel brought, after how long, and what that cost."""
        currency, language = self.report.currency, self.language
        rows = tuple(
            (
                self.say(CHANNELS[row.channel]),
                amount(row.amount_minor, currency, language),
                number(row.receipts_count, language),
                ABSENT if row.delay_days is None else number(row.delay_days, language),
                ABSENT if row.cost is None else amount(row.cost.total_minor, currency, language),
                ABSENT
                if row.cost is None or row.cost.rate is None
                else percent(row.cost.rate, language),
            )
            for row in self.report.channels
        )
        heads = ("Amount", "Receipts", "Mean delay, days", "Cost", "Cost of what is received")
        return PrintedTable(
            self.say("Collection by channel"), ("", *(self.say(head) for head in heads)), rows
        )

    def month_table(self) -> PrintedTable:
        """RSP and autonomy, each month alone and over the twelve months that end with it."""
        monthly, rolling = self.report.monthly, self.report.rolling
        head = [self.say("Month")]
        for _, title in _SERIES_TITLES:
            head += [self.say(title), self.say("over 12 months")]
        rows = []
        for place, figure in enumerate(monthly["claims_ratio"]):
            row = [self.month_name(figure.period.last)]
            for code, _ in _SERIES_TITLES:
                # The series over twelve months begins one month earlier.
                row += [self.written(monthly[code][place]), self.written(rolling[code][place + 1])]
            rows.append(tuple(row))
        return PrintedTable(self.say("Month by month"), tuple(head), tuple(rows))

    def membership_table(self) -> PrintedTable:
        """From the families at the start of each month to those at its end; kept, renewed."""
        series = self.report.membership
        rows = [
            (self.month_name(months[0].period.last), *(self.written(each) for each in months))
            for months in zip(*series.values(), strict=True)
        ]
        head = (self.say("Month"), *(self.say(MEMBERSHIP_HEADS[code]) for code in series))
        return PrintedTable(self.say("Memberships, month by month"), head, tuple(rows))

    def month_name(self, day: date) -> str:
        """« mars 2025 »."""
        return month(day, self.language)

    def tables(self) -> Iterator[PrintedTable]:
        """Every table, in the order of reading; those without a row are left out."""
        yield from self.questions()
        others = (
            self.category_table(), self.product_table(), self.group_table(), self.channel_table(),
        )  # fmt: skip
        yield from (table for table in others if table.rows)
        yield self.month_table()
        yield self.membership_table()


def written(figure: Figure, currency: str, language: str) -> str:
    """A figure as it is printed: amounts without their unit, rates as percentages."""
    value = figure.value
    if value is None:
        return ABSENT
    if figure.unit is Unit.MONEY:
        return amount(round_half_up(Decimal(value)), currency, language)
    if figure.unit is Unit.RATE:
        return percent(Decimal(value), language)
    is_whole = Decimal(value) == Decimal(value).to_integral()
    digits = 0 if is_whole and figure.unit is Unit.PERSONS else _DIGITS.get(figure.unit, 0)
    return number(value, language, digits)
