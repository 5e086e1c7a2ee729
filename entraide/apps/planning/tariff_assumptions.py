"""What the price of a product assumes of care: written down by one person, approved by another.

The rules of a product carry no frequency and no cost: what its price supposes stands here, dated
and sourced. Where nobody wrote it, the business plan speaks (``planning.plan_expectations``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet

from entraide.apps.access.models import User
from entraide.apps.planning.models import TariffAssumption
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual, Product
from entraide.apps.schemes.rights import Right, require_other_person
from entraide.core.errors import Finding, Refusal, RefusedRows

MOST_FREQUENT = Decimal(50)  # cases of one category a person and year: more is a slip of the pen
Key = tuple[str, str]  # category, risk


@dataclass(frozen=True, slots=True)
class Expectation:
    """What is expected of one category and risk: cases a person-year at risk, mean cost of a case
    in minor units."""

    frequency: Decimal
    cost_minor: Decimal


@dataclass(frozen=True, slots=True)
class AssumedLine:
    """One line as it is entered; ``cost_minor`` is a whole amount."""

    category: str
    risk: str
    frequency: Decimal
    cost_minor: int


@command("enter_tariff_assumption", right=Right.ENTER_PRODUCT)
def enter_tariff_assumption(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    product: Product,
    effective_from: date,
    source: str,
    lines: Sequence[AssumedLine],
) -> TariffAssumption:
    """Write down what a tariff supposes; it counts once another person approved it.

    Every fault at once: ``ASSUMPTION_WITHOUT_LINES``, ``ASSUMPTION_FREQUENCY``,
    ``ASSUMPTION_COST``, ``ASSUMPTION_TWICE``, ``SETTING_SOURCE_MISSING``.
    """
    findings = list(_faults(lines))
    if not source.strip():
        findings.append(Finding("SETTING_SOURCE_MISSING", place="source"))
    if findings:
        raise RefusedRows(tuple(findings))
    return TariffAssumption.objects.create(
        mutual=mutual,
        product=product,
        effective_from=effective_from,
        source=source.strip()[:200],
        lines=[
            {"category": line.category, "risk": line.risk, "frequency": str(line.frequency),
             "cost_minor": line.cost_minor}
            for line in lines
        ],
        entered_by=actor,
        entered_on=on,
    )  # fmt: skip


def _faults(lines: Sequence[AssumedLine]) -> Iterable[Finding]:
    if not lines:
        yield Finding("ASSUMPTION_WITHOUT_LINES", place="lines")
    seen: set[Key] = set()
    for rank, line in enumerate(lines):
        place = f"lines[{rank}]"
        if not 0 < line.frequency <= MOST_FREQUENT:
            data = {"category": line.category, "value": line.frequency, "most": MOST_FREQUENT}
            yield Finding("ASSUMPTION_FREQUENCY", rank, f"{place}.frequency", data)
        if line.cost_minor <= 0:
            data = {"category": line.category}
            yield Finding("ASSUMPTION_COST", rank, f"{place}.cost_minor", data)
        if (line.category, line.risk) in seen:
            yield Finding("ASSUMPTION_TWICE", rank, place, {"category": line.category})
        seen.add((line.category, line.risk))


@command("decide_tariff_assumption", right=Right.APPROVE_PRODUCT)
def decide_tariff_assumption(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    assumption: TariffAssumption,
    is_refused: bool = False,
) -> TariffAssumption:
    """A second person puts what was written in force, or refuses it.

    ``ASSUMPTION_DECIDED`` the second time, ``SEPARATION_OF_DUTIES`` for who entered it.
    """
    held = TariffAssumption.objects.select_for_update(of=("self",)).get(pk=assumption.pk)
    if held.approved_on is not None or held.refused_on is not None:
        raise Refusal("ASSUMPTION_DECIDED", product=held.product.name)
    require_other_person(actor, held.entered_by, step="enter_tariff_assumption")
    held.approved_by = actor
    if is_refused:
        held.refused_on = on
    else:
        held.approved_on = on
    held.save(update_fields=["approved_by", "approved_on", "refused_on"])
    return held


def assumptions_of(mutual: Mutual) -> QuerySet[TariffAssumption]:
    """Everything that was written down, those that wait first, then the latest."""
    rows = TariffAssumption.objects.filter(mutual=mutual)
    return rows.select_related("product", "entered_by", "approved_by").order_by(
        "approved_on", "refused_on", "-effective_from", "-id"
    )


def assumption_for(mutual: Mutual, uid: str) -> TariffAssumption:
    """One of a mutual; ``NOT_FOUND`` otherwise."""
    assumption = assumptions_of(mutual).filter(uid=uid).first()
    if assumption is None:
        raise Refusal("NOT_FOUND", record="tariff_assumption", key=uid)
    return assumption


def assumptions_waiting(mutual: Mutual) -> QuerySet[TariffAssumption]:
    """Those that another person must look at."""
    return assumptions_of(mutual).filter(approved_on__isnull=True, refused_on__isnull=True)


def expectations_of(assumption: TariffAssumption) -> dict[Key, Expectation]:
    """What an assumption expects, by category and risk."""
    return {
        (line["category"], line["risk"]): Expectation(
            Decimal(line["frequency"]), Decimal(line["cost_minor"])
        )
        for line in assumption.lines
    }
