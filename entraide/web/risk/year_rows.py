"""The rows of claims from year to year as the page shows them: each figure opens to its formula."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from entraide.apps.planning.models import CareNote
from entraide.apps.planning.year_on_year import CareRow, YearOnYear
from entraide.apps.schemes.rights import Right
from entraide.core.money import round_half_up
from entraide.documents import writing
from entraide.documents.charts import Bar, Words, bar_chart
from entraide.indicators.catalogue import BY_CODE
from entraide.indicators.decomposition import Care
from entraide.messages import translate
from entraide.web.claims.reasons import category_names
from entraide.web.figures import Chart, Definition, Ratio
from entraide.web.office import OfficeRequest, office_url
from entraide.web.report.periods import query_of

WITHOUT = "none"  # in an address: the claims of a category that bear no diagnosis
MOST_BARS, LABEL_LENGTH = 6, 20


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure of the period over that of the period before, and its formula where it has one."""

    now: str
    before: str
    definition: Definition | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """One row: a category or a pathology in it, with what was written about it.

    ``effects``: what more persons, their frequency and the mean cost explain, in amounts.
    """

    key: str
    name: str
    under: str
    is_inside: bool
    cases: Cell
    frequency: Cell
    average: Cell
    amount: Cell
    change: str
    effects: tuple[str, str, str]
    url: str
    notes: tuple[CareNote, ...]


def frequency(care: Care) -> Decimal | None:
    """Cases a person-year at risk; None where nobody was."""
    return Decimal(care.cases) / care.person_years if care.person_years else None


def average_minor(care: Care) -> int | None:
    """Mean cost of a case in minor units; None without a case."""
    return round_half_up(Decimal(care.amount_minor) / care.cases) if care.cases else None


class Rows:
    """Writes the table of one reader."""

    def __init__(
        self, request: OfficeRequest, table: YearOnYear, notes: Iterable[CareNote]
    ) -> None:
        self._request, self.table = request, table
        self._language: str = request.LANGUAGE_CODE
        self._names = category_names()
        self._notes: Mapping[tuple[str, str], list[CareNote]] = defaultdict(list)
        for note in notes:
            self._notes[note.category.code, note.diagnosis.code if note.diagnosis else ""].append(
                note
            )

    def rows(self) -> list[Shown]:
        """Each category followed by its pathologies, then the sum."""
        shown = []
        for row in self.table.rows:
            shown.append(self._row(row))
            shown += [self._row(each) for each in row.inside]
        return shown

    def total(self) -> Shown:
        """All categories together."""
        return self._row(self.table.total)

    def name(self, row: CareRow) -> str:
        """What a row is called."""
        if row.pathology is not None:
            return row.pathology.label or _("Without diagnosis")
        return self._names.get(row.category, row.category) if row.category else _("Total")

    def chart(self) -> Chart | None:
        """What each category adds to the change, those that go the way of the whole. None where a
        part is hidden: a share of the rest would mislead."""
        total = self.table.total.change
        if total is None or not total.total_minor or self.table.hidden_count:
            return None
        way = 1 if total.total_minor > 0 else -1
        with_change = [(row, row.change) for row in self.table.rows if row.change is not None]
        moving = [(row, change) for row, change in with_change if change.total_minor * way > 0]
        if not moving:
            return None
        share = Decimal(moving[0][1].total_minor) / sum(each.total_minor for _r, each in moving)
        told = {
            "category": self.name(moving[0][0]), "share": writing.percent(share, self._language, 0)
        }  # fmt: skip
        finding = (
            _("{category}: {share} of what rises")
            if way > 0
            else _("{category}: {share} of what falls")
        ).format(**told)
        bars = [
            Bar(
                _cut(self.name(row)), abs(change.total_minor),
                self._amount(change.total_minor, sign=True), is_ours=place == 0,
            )
            for place, (row, change) in enumerate(moving[:MOST_BARS])
        ]  # fmt: skip
        words = Words(
            "care-years", finding, ", ".join(f"{bar.label} {bar.written}" for bar in bars)
        )
        rows = tuple(
            (self.name(row), self._amount(change.total_minor, sign=True))
            for row, change in with_change
        )
        return Chart(
            finding, bar_chart(words, bars), under=_("Change of care by category"),
            head=(_("Category"), _("Change")), rows=rows,
        )  # fmt: skip

    def _row(self, row: CareRow) -> Shown:
        code = row.pathology.code if row.pathology else ""
        key = row.category if row.pathology is None else f"{row.category}:{row.pathology.uid}"
        effects = (writing.ABSENT,) * 4
        if row.change is not None:
            change = row.change
            total, persons, cases, cost = (
                self._amount(minor, sign=True)
                for minor in (
                    change.total_minor, change.persons_minor, change.frequency_minor,
                    change.cost_minor,
                )
            )  # fmt: skip
            effects = (total, persons, cases, cost)
        return Shown(
            key=key,
            name=self.name(row),
            under=code,
            is_inside=row.pathology is not None,
            cases=self._cell(row, lambda care: writing.number(care.cases, self._language)),
            frequency=self._frequency(row),
            average=self._average(row),
            amount=self._cell(row, lambda care: self._amount(care.amount_minor)),
            change=effects[0],
            effects=effects[1:],
            url=self._url(row),
            notes=tuple(self._notes.get((row.category, code), ()))
            if row.pathology is None or code
            else (),
        )  # fmt: skip

    def _cell(self, row: CareRow, write: object) -> Cell:
        assert callable(write)
        now, before = (
            writing.ABSENT if care is None else str(write(care)) for care in (row.now, row.before)
        )
        return Cell(now, before)

    def _frequency(self, row: CareRow) -> Cell:
        def write(care: Care) -> str:
            value = frequency(care)
            return writing.ABSENT if value is None else writing.number(value, self._language, 3)

        cell = self._cell(row, write)
        if row.now is None or not row.now.person_years:
            return cell
        return self._opening(
            cell, "category_frequency",
            (_("Cases"), writing.number(row.now.cases, self._language)),
            (_("Person-years at risk"), writing.number(row.now.person_years, self._language, 1)),
        )  # fmt: skip

    def _average(self, row: CareRow) -> Cell:
        def write(care: Care) -> str:
            value = average_minor(care)
            return writing.ABSENT if value is None else self._amount(value)

        cell = self._cell(row, write)
        if row.now is None or not row.now.cases:
            return cell
        return self._opening(
            cell, "category_average_cost",
            (_("Care incurred"), self._amount(row.now.amount_minor)),
            (_("Cases"), writing.number(row.now.cases, self._language)),
        )  # fmt: skip

    def _opening(
        self, cell: Cell, code: str, above: tuple[str, str], below: tuple[str, str]
    ) -> Cell:
        indicator = BY_CODE[code]
        result = (translate(indicator.name, self._language), cell.now)
        months = writing.period(self.table.now.start, self.table.now.until, self._language)
        definition = Definition(
            cell.now, translate(indicator.definition, self._language), Ratio(above, below, result),
            months,
        )  # fmt: skip
        return Cell(cell.now, cell.before, definition)

    def _url(self, row: CareRow) -> str:
        """The claims behind a row, for who may read the register."""
        if Right.READ_REGISTERS not in self._request.rights or not row.category or not row.now:
            return ""
        if not row.now.cases:
            return ""
        asked = {"category": row.category}
        if row.pathology is not None:
            asked["pathology"] = row.pathology.uid or WITHOUT
        way = office_url(self._request, "care-years-rows")
        return f"{way}?{query_of(self.table.now)}&{urlencode(asked)}"

    def _amount(self, minor: int, *, sign: bool = False) -> str:
        return writing.amount(minor, self._request.mutual.currency, self._language, sign=sign)


def heads(language: str) -> list[Definition | str]:
    """The heads of the columns; the causes of a change open to their formula."""
    return [
        _("Care"),
        _("Cases"),
        _("Frequency"),
        _("Mean cost"),
        _("Care incurred"),
        _("Change"),
        Definition(
            pgettext("cause", "Persons"),
            _(
                "More or fewer persons at risk, at the former frequency and cost: "
                "former amount × (person-years ÷ former person-years − 1)."
            ),
        ),
        Definition(
            pgettext("cause", "Frequency"),
            _(
                "More or fewer cases for as many persons, at the former cost: (cases − former "
                "cases × person-years ÷ former person-years) × former mean cost."
            ),
            opens_to_the_left=True,
        ),
        Definition(
            pgettext("cause", "Cost"),
            _(
                "What is left: cases of today, dearer or cheaper than before. The three causes "
                "add up to the change."
            ),
            opens_to_the_left=True,
        ),
    ]


def _cut(label: str) -> str:
    return label if len(label) <= LABEL_LENGTH else f"{label[: LABEL_LENGTH - 1].rstrip()}…"
