"""The risk board: care of each month beside what the tariffs expected, by category and by risk."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from django.db.models import Count

from entraide.apps.nomenclature.models import CareCategory
from entraide.apps.planning.models import TariffAssumption
from entraide.apps.planning.plan_expectations import PlanExpectations, plan_expectations
from entraide.apps.planning.risk_cells import Cells, Expected
from entraide.apps.planning.selectors import plans
from entraide.apps.planning.tariff_assumptions import Expectation, Key, expectations_of
from entraide.apps.reporting.services import engine_for
from entraide.apps.reporting.warehouse import folder_of, latest_export
from entraide.apps.schemes.care_terms import RISK_GAP_THRESHOLD
from entraide.apps.schemes.models import Mutual, Product, ProductVersion
from entraide.apps.schemes.selectors import product_on, products
from entraide.core.care_package import Risk
from entraide.core.errors import Refusal
from entraide.core.periods import Period, add_months, month_start
from entraide.core.risk_gaps import ROLLING_MONTHS, Alert, Seen, alerts, rolling
from entraide.indicators.engine import Engine

SHOWN = 12  # months
MONTHS = SHOWN + ROLLING_MONTHS  # read: each month shown has the twelve that end with it


@dataclass(frozen=True, slots=True)
class TariffSource:
    """Where the expectations of one product come from, in the last month of the board.

    ``version``: of the product's rules in force then; None where none is. ``assumption``: what
    two persons wrote down; None where nobody did, and then ``plan`` speaks, if there is one.
    """

    product: Product
    version: ProductVersion | None
    assumption: TariffAssumption | None
    plan: PlanExpectations | None

    @property
    def is_missing(self) -> bool:
        """Whether nothing at all is assumed."""
        return self.assumption is None and self.plan is None


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One part of care: all of it, a risk or a category, month by month.

    ``months``: the months shown, in order; ``rolling``: for each, the twelve that end with it.
    """

    kind: str  # whole, risk, category
    code: str
    months: tuple[Seen, ...]
    rolling: tuple[Seen, ...]
    alerts: tuple[Alert, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """The board of a mutual, or of one product, up to its last full month."""

    period: Period
    threshold: Decimal
    rows: tuple[BoardRow, ...]
    sources: tuple[TariffSource, ...]
    read_at: datetime

    @property
    def whole(self) -> BoardRow:
        """All care together."""
        return self.rows[0]

    def of(self, kind: str) -> tuple[BoardRow, ...]:
        """The rows by ``risk`` or by ``category``."""
        return tuple(row for row in self.rows if row.kind == kind)

    @property
    def alerts(self) -> tuple[tuple[BoardRow, Alert], ...]:
        """Every alert with its row."""
        return tuple((row, alert) for row in self.rows for alert in row.alerts)


def risk_board(mutual: Mutual, on: date, product: Product | None = None) -> Board:
    """The board as known on a day, from an up-to-date export of the registers."""
    opened, export = engine_for(mutual, on)
    with opened as engine:
        return _board(mutual, on, engine, product, export.recorded_at)


@dataclass(frozen=True, slots=True)
class Standing:
    """How many alerts the board gives, and for how many months running the longest has lasted."""

    count: int = 0
    months: int = 0


_counted: dict[str, tuple[tuple[object, ...], Standing]] = {}


def alert_count(mutual: Mutual, on: date) -> int:
    """How many alerts the board gives, from the last export that was made; 0 without one."""
    return alerts_standing(mutual, on).count


def alerts_standing(mutual: Mutual, on: date) -> Standing:
    """The alerts of the board in two numbers, from the last export that was made.

    For pages that cannot wait: nothing is exported, and one export is read once by a process.
    """
    export = latest_export(mutual, not_before=datetime.min.replace(tzinfo=UTC))
    if export is None:
        return Standing()
    approved = TariffAssumption.objects.filter(mutual=mutual, approved_on__isnull=False)
    key = (
        export.pk, month_start(on), approved.aggregate(count=Count("pk"))["count"],
        plans(mutual).values_list("pk", flat=True).first(), RISK_GAP_THRESHOLD.of(mutual),
    )  # fmt: skip
    known = _counted.get(mutual.code)
    if known is None or known[0] != key:
        with Engine(folder_of(export), on) as engine:
            found = _board(mutual, on, engine, None, export.recorded_at).alerts
        longest = max((alert.months for _row, alert in found), default=0)
        known = _counted[mutual.code] = (key, Standing(len(found), longest))
    return known[1]


def _board(
    mutual: Mutual, on: date, engine: Engine, product: Product | None, read_at: datetime
) -> Board:
    # Up to the last month that the export saw to its end: one half told would look cheap or dear.
    until = month_start(min(on, read_at.date()))
    read = Period(add_months(until, -MONTHS), until)
    months = [month.start for month in read.months()]
    cells = Cells(engine, read, product.code if product else None)
    plan = plan_expectations(mutual, add_months(until, -1))
    written = _written(mutual, until)
    expected = _expected(written, plan)
    threshold = RISK_GAP_THRESHOLD.of(mutual)

    def row(kind: str, code: str = "") -> BoardRow:
        series = [cells.seen(month, expected, kind, code) for month in months]
        return BoardRow(
            kind, code, tuple(series[-SHOWN:]), rolling(series)[-SHOWN:],
            alerts(series, threshold),
        )  # fmt: skip

    order = [*(risk.value for risk in Risk), ""]
    ranks = dict(CareCategory.objects.values_list("code", "rank"))
    categories = sorted(cells.categories, key=lambda code: (ranks.get(code, 1000), code))
    return Board(
        Period(add_months(until, -SHOWN), until),
        threshold,
        (
            row("whole"),
            *(row("risk", code) for code in order if code in cells.risks),
            *(row("category", code) for code in categories),
        ),
        _sources(mutual, until, cells.products, written, plan),
        read_at,
    )


def _written(mutual: Mutual, until: date) -> dict[str, list[TariffAssumption]]:
    """What is approved for each product, by its code, the latest that begins first."""
    rows = TariffAssumption.objects.filter(
        mutual=mutual, approved_on__isnull=False, effective_from__lt=until
    )
    found: dict[str, list[TariffAssumption]] = defaultdict(list)
    for each in rows.select_related("product", "entered_by", "approved_by").order_by(
        "-effective_from", "-id"
    ):
        found[each.product.code].append(each)
    return found


def _expected(
    written: Mapping[str, list[TariffAssumption]], plan: PlanExpectations | None
) -> Expected:
    """What is expected of a product in a month: as written down for its first day, else by the
    plan."""
    read = {each.pk: expectations_of(each) for held in written.values() for each in held}

    def expected(product: str, month: date) -> Mapping[Key, Expectation]:
        for each in written.get(product, ()):
            if each.effective_from <= month:
                return read[each.pk]
        return plan.on(month) if plan is not None else {}

    return expected


def _sources(
    mutual: Mutual,
    until: date,
    codes: set[str],
    written: Mapping[str, list[TariffAssumption]],
    plan: PlanExpectations | None,
) -> tuple[TariffSource, ...]:
    last = until - timedelta(days=1)
    found = []
    for product in products(mutual):
        if product.code not in codes:
            continue
        try:
            version, _rules = product_on(product, last)
        except Refusal:
            version = None
        found.append(
            TariffSource(product, version, next(iter(written.get(product.code, ())), None), plan)
        )
    return tuple(found)
