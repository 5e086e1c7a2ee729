"""What a mutual usually sees of each act, measured from its claims and remembered by the process.

Read once a day by each process: deciding a claim then costs no query for it. What is measured in
the day is known to the other processes from the next day on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from entraide.apps.access.models import User
from entraide.apps.access.services import system_user
from entraide.apps.claims.acts_now import ACT_NOW
from entraide.apps.claims.models import (
    AttestationRange,
    ClaimLine,
    ClaimState,
    UsualCare,
)
from entraide.apps.nomenclature.incompatible import rules_of_incompatible_acts
from entraide.apps.providers.models import Provider
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right
from entraide.core.claim_warnings import UsualAct
from entraide.core.control.usual import usual_of
from entraide.core.incompatible import Incompatible
from entraide.core.periods import add_months

MONTHS_MEASURED = 12
MEASURED_AGAIN_AFTER = timedelta(days=30)
_HUNDREDTHS = 100
_QUANTITY_TIMES = 4  # three of what is usually one is nothing odd
_MOST_KEPT = 300  # mutuals of one process

Place = tuple[int, int | None, str, str]  # care item, provider or none, sector, level


@dataclass(frozen=True, slots=True)
class Habits:
    """What is usual by act and provider, whether booklets of attestations are registered, and
    which acts do not go together: a rule counts from the day after its approval, at the earliest.
    """

    usual: Mapping[Place, UsualAct] = field(default_factory=dict)
    has_ranges: bool = False
    incompatible: tuple[Incompatible, ...] = ()
    act_names: Mapping[int, str] = field(default_factory=dict)  # of those that rules name

    def usual_of(self, care_item_id: int, provider: Provider) -> UsualAct | None:
        """What is usual of an act at a provider; where it has too few, at those of its sector and
        level, then of its sector. Never of another sector, whose prices are others."""
        for place in _places(care_item_id, provider.pk, provider.sector, provider.level):
            found = self.usual.get(place)
            if found is not None:
                return found
        return None


def _places(item: int, provider: int, sector: str, level: str) -> tuple[Place, ...]:
    """Where an act is measured, the narrowest first."""
    own: Place = (item, provider, "", "")
    of_sector: Place = (item, None, sector, "")
    return (own, (item, None, sector, level), of_sector) if level else (own, of_sector)


NO_HABITS = Habits()
_kept: dict[UUID, tuple[date, Habits]] = {}


def habits_of(mutual: Mutual, on: date) -> Habits:
    """The habits of the mutual in scope. Four queries on the first call of a day, then none."""
    kept = _kept.get(mutual.uid)
    if kept is not None and kept[0] == on:
        return kept[1]
    usual = {
        (row.care_item_id, row.provider_id, row.sector, row.level): UsualAct(
            row.sample_count,
            row.price_median_minor,
            row.price_limit_minor,
            row.quantity_median,
            row.quantity_limit,
        )
        for row in UsualCare.objects.all()
    }
    rules, names = rules_of_incompatible_acts(mutual)
    habits = Habits(usual, AttestationRange.objects.exists(), rules, names)
    if len(_kept) >= _MOST_KEPT:
        _kept.clear()
    _kept[mutual.uid] = (on, habits)
    return habits


def forget_habits(mutual: Mutual) -> None:
    """Read them again at the next claim, in this process."""
    _kept.pop(mutual.uid, None)


def keep_habits_current(mutual: Mutual, on: date) -> None:
    """Measure again what is usual where nobody did for thirty days."""
    latest = UsualCare.objects.filter(mutual=mutual).order_by("-measured_on")
    measured_on = latest.values_list("measured_on", flat=True).first()
    if measured_on is None or on - measured_on >= MEASURED_AGAIN_AFTER:
        measure_usual_care(
            mutual=mutual, actor=system_user(), on=on, idempotency_key=f"usual-care-{on:%Y-%m-%d}"
        )


@command("measure_usual_care", right=Right.REVIEW_CLAIM)
def measure_usual_care(*, mutual: Mutual, actor: User, on: date, idempotency_key: str) -> None:
    """Measure price and quantity of each act over the last twelve months: by provider, by sector
    and level, by sector.

    Claims reversed are left out; what has too few lines has no measure. Three queries.
    """
    seen: dict[Place, list[tuple[int, Decimal]]] = defaultdict(list)
    lines = ClaimLine.objects.filter(
        mutual=mutual,
        claim__received_on__gte=add_months(on, -MONTHS_MEASURED),
        stated_as="",
    ).exclude(claim__state=ClaimState.REVERSED)
    for item, provider, sector, level, price_minor, quantity in lines.order_by().values_list(
        ACT_NOW, "claim__provider", "claim__provider__sector", "claim__provider__level",
        "unit_price_minor", "quantity",
    ):  # fmt: skip
        for place in _places(item, provider, sector, level):
            seen[place].append((price_minor, quantity))
    UsualCare.objects.filter(mutual=mutual).delete()
    UsualCare.objects.bulk_create(
        row for place, values in seen.items() if (row := _row(mutual, place, values, on))
    )
    forget_habits(mutual)


def _row(
    mutual: Mutual, place: Place, values: list[tuple[int, Decimal]], on: date
) -> UsualCare | None:
    prices = usual_of([price for price, _quantity in values])
    quantities = usual_of(
        [int(quantity * _HUNDREDTHS) for _price, quantity in values], at_least_times=_QUANTITY_TIMES
    )
    if prices is None or quantities is None:
        return None
    return UsualCare(
        mutual=mutual,
        care_item_id=place[0],
        provider_id=place[1],
        sector=place[2],
        level=place[3],
        sample_count=prices.count,
        price_median_minor=prices.median,
        price_limit_minor=prices.limit,
        quantity_median=Decimal(quantities.median) / _HUNDREDTHS,
        quantity_limit=Decimal(quantities.limit) / _HUNDREDTHS,
        measured_on=on,
    )
