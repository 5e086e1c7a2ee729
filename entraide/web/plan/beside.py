"""What a scenario comes to in a sentence, and what stands beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from entraide.actuarial.assumptions import Assumptions, Lever
from entraide.actuarial.levers import resting_value
from entraide.apps.planning.comparisons import TARGET_PLAN_YEAR, Outcome
from entraide.documents import writing
from entraide.documents.charts import cell_bar
from entraide.web.plan.levers import lever_value
from entraide.web.plan.numbers import AUTONOMY_TARGET, Result, percent_of, percent_points, points
from entraide.web.plan.wording import LEVER_NAMES, UPSETS, named


def finding(result: Result, moved: int, alone: Sequence[Outcome]) -> tuple[str, str]:
    """What the scenario comes to: the main sentence, then what else must be known."""
    years = result["years"]
    target, last = years[TARGET_PLAN_YEAR], years[-1]
    autonomy = percent_of(target, "autonomy_rate")
    words = {
        "autonomy": percent_points(autonomy),
        "claims": percent_points(percent_of(target, "claims_ratio")),
        "year": target["year"],
        "count": moved,
    }
    if autonomy is None:
        return _("Without running costs there is no autonomy rate to plan."), ""
    reached = autonomy >= AUTONOMY_TARGET
    if not moved:
        main = _("If nothing changes, contributions pay {autonomy} of running costs in {year}")
    elif reached:
        main = ngettext(
            "One change alone leads to {autonomy} of autonomy in {year}",
            "{count} changes together lead to {autonomy} of autonomy in {year}",
            moved,
        )
    else:
        main = ngettext(
            "One change alone leads only to {autonomy} of autonomy in {year}",
            "{count} changes together lead only to {autonomy} of autonomy in {year}",
            moved,
        )
    more = [_("with an RSP of {claims}.").format(**words)]
    if moved > 1 and reached and not any(each.reaches_autonomy for each in alone):
        more.append(_("None of them is enough alone."))
    if not reached:
        gap = points(AUTONOMY_TARGET - autonomy)
        more.append(_("{gap} are missing to reach half.").format(gap=gap))
    later = percent_of(last, "autonomy_rate")
    if moved and later is not None and autonomy - later >= Decimal("0.05"):
        text = _("Without another rise, inflation takes {lost} back in {year}.")
        more.append(text.format(lost=points(autonomy - later), year=last["year"]))
    return main.format(**words), " ".join(more)


@dataclass(frozen=True, slots=True)
class SideCell:
    """The setting of one lever in one scenario."""

    text: str
    is_ours: bool
    is_changed: bool


@dataclass(frozen=True, slots=True)
class Beside:
    """Scenarios side by side: the heads, a row for each lever, both ratios of the target year."""

    heads: tuple[tuple[str, bool], ...]
    rows: tuple[tuple[str, tuple[SideCell, ...]], ...]
    outcomes: tuple[tuple[str, tuple[SideCell, ...]], ...]


def side_by_side(
    plan: Assumptions,
    columns: Sequence[tuple[str, Mapping[str, Any], Result]],
    ours: int,
) -> Beside:
    """``columns`` are (name, levers, result); what differs from column ``ours`` is marked."""

    def percent(levers: Mapping[str, Any], lever: Lever) -> Decimal:
        given = levers.get(lever.name, resting_value(plan, lever))
        value = given["value"] if isinstance(given, Mapping) else given
        return Decimal(str(round(float(value) * 100, 4)))

    rows = []
    for lever in plan.levers:
        reference = percent(columns[ours][1], lever)
        cells = tuple(
            SideCell(
                lever_value(lever, percent(levers, lever)),
                place == ours,
                percent(levers, lever) != reference,
            )
            for place, (_name, levers, _result) in enumerate(columns)
        )
        rows.append((named(LEVER_NAMES, lever.name), cells))
    year = plan.base_year + TARGET_PLAN_YEAR
    outcomes = []
    for ratio, name in (
        ("autonomy_rate", _("Autonomy in {year}")),
        ("claims_ratio", _("RSP in {year}")),
    ):
        cells = tuple(
            SideCell(
                percent_points(percent_of(result["years"][TARGET_PLAN_YEAR], ratio)),
                place == ours,
                False,
            )
            for place, (_name, _levers, result) in enumerate(columns)
        )
        outcomes.append((name.format(year=year), cells))
    heads = tuple((name, place == ours) for place, (name, _l, _r) in enumerate(columns))
    return Beside(heads, tuple(rows), tuple(outcomes))


@dataclass(frozen=True, slots=True)
class AloneRow:
    """What one lever gives alone, with its bar and where the RSP then stands."""

    name: str
    bar: str
    autonomy: str
    gap: str
    claims_ratio: str
    state_kind: str
    state_word: str
    is_total: bool = False


def alone_rows(alone: Sequence[Outcome], ours: Outcome, name_of_ours: str) -> list[AloneRow]:
    """Each lever alone, the strongest first, then the scenario itself."""
    rows = [
        _alone_row(place, each, named(LEVER_NAMES, each.name)) for place, each in enumerate(alone)
    ]
    return [*rows, _alone_row(len(alone), ours, name_of_ours, is_total=True)]


def _alone_row(place: int, outcome: Outcome, name: str, is_total: bool = False) -> AloneRow:
    autonomy = None if outcome.autonomy is None else outcome.autonomy * 100
    claims = None if outcome.claims_ratio is None else outcome.claims_ratio * 100
    kind, word = {
        -1: ("warn", _("Too low")),
        0: ("ok", _("In the band")),
        1: ("bad", _("Too high")),
    }[outcome.claims_ratio_side]
    if autonomy is None or outcome.reaches_autonomy:
        gap = writing.ABSENT if autonomy is None else _("reached")
    else:
        gap = points(AUTONOMY_TARGET - autonomy)
    return AloneRow(
        name=name,
        bar=cell_bar(
            f"alone-{place}",
            f"{name}, {percent_points(autonomy)}",
            autonomy or 0,
            Decimal(60),
            mark=Decimal(AUTONOMY_TARGET),
            is_ours=is_total,
        ),
        autonomy=percent_points(autonomy),
        gap=gap,
        claims_ratio=percent_points(claims),
        state_kind=kind,
        state_word=word,
        is_total=is_total,
    )


def margin(ours: Outcome, upsets: Sequence[Outcome], year: int) -> tuple[str, str]:
    """How thin the result is: the margin of the target year, then what would eat it."""
    if ours.autonomy is None:
        return "", ""
    left = ours.autonomy * 100 - AUTONOMY_TARGET
    if left >= 0:
        head = _("The margin of {year} is {left}.").format(year=year, left=points(left))
    else:
        head = _("{left} are missing in {year}.").format(year=year, left=points(left))
    told = [
        _("{change}: autonomy {autonomy}, RSP {claims}").format(
            change=named(UPSETS, each.name),
            autonomy=percent_points(None if each.autonomy is None else each.autonomy * 100),
            claims=percent_points(None if each.claims_ratio is None else each.claims_ratio * 100),
        )
        for each in upsets
    ]
    return head, pgettext("between changes", "; ").join(told)
