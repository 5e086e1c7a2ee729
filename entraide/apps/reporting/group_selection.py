"""Groups near their threshold, and groups iller than the mutual beyond chance.

Figures come from the warehouse, each by its one definition; whether they say anything of a group
is decided in ``core.selection``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone
from ibis import _

from entraide.apps.contributions.groups import (
    current_contracts,
    headcounts,
    persons_covered_by_group,
)
from entraide.apps.enrolment.models import PartnerGroup
from entraide.apps.reporting.services import engine_for, last_full_year
from entraide.apps.reporting.warehouse import folder_of, latest_export
from entraide.apps.schemes.models import Mutual, Product
from entraide.apps.schemes.selectors import product_on
from entraide.core.errors import Refusal
from entraide.core.groups import SizeState, covered_share, size_state
from entraide.core.periods import Period
from entraide.core.selection import Frequency, claim_frequency
from entraide.indicators.engine import Engine, Figure
from entraide.indicators.quantities import Number
from entraide.indicators.schema import AGE_BANDS

BANDS = tuple(name for _edge, name in AGE_BANDS)


@dataclass(frozen=True, slots=True)
class GroupSelection:
    """One group: size beside its threshold, share covered, ages, care beside the mutual's."""

    group: PartnerGroup
    mode: str  # of its contract; empty without one
    persons_count: int
    headcount: int | None
    minimum_size: int
    size: SizeState
    share: Decimal | None
    claims_ratio: Figure | None
    frequency: Frequency
    ages: tuple[int, ...]  # persons in each of BANDS at the end of the period

    @property
    def by_band(self) -> tuple[tuple[str, int], ...]:
        """(age band, persons)."""
        return tuple(zip(BANDS, self.ages, strict=True))


@dataclass(frozen=True, slots=True)
class SelectionReport:
    """Every group of a mutual over twelve full months; ``mean`` is the mutual's own frequency."""

    period: Period
    mean: Decimal | None  # claims per person-year
    claims_ratio: Figure
    ages: tuple[int, ...]
    groups: tuple[GroupSelection, ...]

    @property
    def by_band(self) -> tuple[tuple[str, int], ...]:
        """(age band, persons of the mutual)."""
        return tuple(zip(BANDS, self.ages, strict=True))


def selection_report(mutual: Mutual, on: date) -> SelectionReport:
    """The groups that are open on a day with their figures of the last twelve full months."""
    period = last_full_year(on)
    groups = list(
        PartnerGroup.objects.filter(mutual=mutual, closed_on__isnull=True)
        .select_related("product")
        .order_by("name")
    )
    keys = {str(group.uid): group for group in groups}
    opened, _ignored = engine_for(mutual, on)
    with opened as engine:
        months = engine.cut("persons_covered_months", period, "group")
        claims = engine.cut("claims_count", period, "group")
        ratios = engine.cut("claims_ratio", period, "group")
        rows_covered = engine.rows("persons_covered", period)
        counted = rows_covered.group_by(["group", "age_band"]).aggregate(n=_.person.nunique())
        ages = {(row["group"], row["age_band"]): row["n"] for row in engine.fetch(counted)}
        whole_months = engine.figure("persons_covered_months", period).value
        whole_claims = engine.figure("claims_count", period).value
        ratio = engine.figure("claims_ratio", period)
    mean = _per_year(whole_claims, whole_months)
    persons = persons_covered_by_group(mutual, on)
    declared, minimums = headcounts((group.pk for group in groups), on), _Minimums(on)
    contracts = {each.group_id: each for each in current_contracts(
        (group.pk for group in groups), on
    )}  # fmt: skip
    rows = []
    for key, group in keys.items():
        contract = contracts.get(group.pk)
        product = contract.product if contract is not None else group.product
        minimum = minimums.of(product)
        count = persons.get(group.pk, 0)
        years = Decimal(_value(months.get(key))) / 12
        rows.append(
            GroupSelection(
                group=group,
                mode=contract.mode if contract is not None else "",
                persons_count=count,
                headcount=declared.get(group.pk),
                minimum_size=minimum,
                size=size_state(count, minimum),
                share=covered_share(count, declared.get(group.pk)),
                claims_ratio=ratios.get(key),
                frequency=claim_frequency(
                    claims=int(_value(claims.get(key))),
                    person_years=float(years),  # not money
                    persons=count,
                    mean=float(mean) if mean is not None else None,  # not money
                ),
                ages=tuple(ages.get((key, band), 0) for band in BANDS),
            )
        )
    of_all = tuple(
        sum(count for (_group, own), count in ages.items() if own == band) for band in BANDS
    )
    return SelectionReport(period, mean, ratio, of_all, tuple(rows))


def claims_ratio_of(mutual: Mutual, group: PartnerGroup, on: date) -> Figure | None:
    """The RSP of one group over twelve full months, from an export of the last days.

    None when nobody has read a report for a week: a page of one group does not export everything.
    """
    export = latest_export(mutual, not_before=timezone.now() - timedelta(days=7))
    if export is None:
        return None
    with Engine(folder_of(export), on, {"group": str(group.uid)}) as engine:
        return engine.figure("claims_ratio", last_full_year(on))


def _value(figure: Figure | None) -> Number:
    return figure.value if figure is not None and figure.value is not None else 0


def _per_year(claims: Number | None, months: Number | None) -> Decimal | None:
    return Decimal(claims or 0) * 12 / Decimal(months) if months else None


class _Minimums:
    """The smallest group of each product on a day, each product read once."""

    def __init__(self, on: date) -> None:
        self._on = on
        self._known: dict[int, int] = {}

    def of(self, product: Product | None) -> int:
        """1 where no product, or none in force, asks for a size."""
        if product is None:
            return 1
        if product.pk not in self._known:
            try:
                size = product_on(product, self._on)[1].membership.minimum_group_size
            except Refusal:
                size = 1
            self._known[product.pk] = size
        return self._known[product.pk]
