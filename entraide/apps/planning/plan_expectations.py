"""What the care lines of a business plan expect of each month, in the words of the risk board."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from entraide.actuarial.assumptions import MONTHS_PER_YEAR, Assumptions, CareLine
from entraide.actuarial.claims_cost import cost_per_case, yearly_drift
from entraide.actuarial.levers import LeverSettings, lever_paths
from entraide.apps.nomenclature.models import CareCategory
from entraide.apps.nomenclature.services import RISK_OF_CATEGORY
from entraide.apps.planning.models import BusinessPlan
from entraide.apps.planning.selectors import plans
from entraide.apps.planning.tariff_assumptions import Expectation, Key
from entraide.apps.schemes.models import Mutual
from entraide.core.places import place_key

_PLACES = Decimal("0.000001")  # of a frequency or a cost: beyond this a float is noise


@dataclass(frozen=True, slots=True)
class PlanExpectations:
    """The expectations of a plan with no lever moved, by month from January of its base year.

    A plan names categories in words: ``unknown`` are those that no category of care is called by.
    It does not tell the risks inside a category apart: each line stands under the usual one.
    """

    plan: BusinessPlan
    months: Mapping[date, Mapping[Key, Expectation]]
    unknown: tuple[str, ...]

    def on(self, month: date) -> Mapping[Key, Expectation]:
        """What is expected in a month; nothing before the plan's base year."""
        return self.months.get(month, {})


def plan_expectations(mutual: Mutual, last: date) -> PlanExpectations | None:
    """What the latest plan expects up to the month of ``last``; None without a plan."""
    plan = plans(mutual).first()
    if plan is None:
        return None
    read = Assumptions.from_document(plan.assumptions)
    count = max(0, (last.year - plan.base_year) * MONTHS_PER_YEAR + last.month)
    codes = _category_codes()
    series: dict[str, list[list[Expectation]]] = defaultdict(list)
    unknown: dict[str, None] = {}
    for line in read.care_lines if count else ():
        code = codes.get(place_key(line.category))
        if code is None:
            unknown[line.category] = None
        else:
            series[code].append(_months_of(read, line, count))
    months = {
        date(plan.base_year + rank // MONTHS_PER_YEAR, rank % MONTHS_PER_YEAR + 1, 1): {
            (code, str(RISK_OF_CATEGORY.get(code, ""))): _added(line[rank] for line in lines)
            for code, lines in series.items()
        }
        for rank in range(count)
    }
    return PlanExpectations(plan, months, tuple(unknown))


def _category_codes() -> dict[str, str]:
    """The code of each category by all that it is called."""
    return {
        place_key(words): category.code
        for category in CareCategory.objects.all()
        for words in (category.label_en, category.label_fr, category.code)
    }


def _months_of(plan: Assumptions, line: CareLine, months: int) -> list[Expectation]:
    """Frequency with its drift and its season, mean cost for the mutual, of each month."""
    use = yearly_drift(plan.care.use_growth, months).tolist()
    costs = cost_per_case(line, plan.care, lever_paths(plan, LeverSettings(), months)).tolist()
    mean_season = sum(line.season) / MONTHS_PER_YEAR
    return [
        Expectation(
            _decimal(line.frequency * use[rank] * line.season[rank % 12] / mean_season),
            _decimal(costs[rank]),
        )
        for rank in range(months)
    ]


def _added(lines: Iterable[Expectation]) -> Expectation:
    """Lines of one category (its sectors) as one: frequencies add up, costs weigh by them."""
    lines = list(lines)
    frequency = sum((line.frequency for line in lines), Decimal(0))
    cost = sum((line.frequency * line.cost_minor for line in lines), Decimal(0))
    return Expectation(frequency, cost / frequency if frequency else Decimal(0))


def _decimal(value: float) -> Decimal:
    return Decimal(repr(value)).quantize(_PLACES)
