"""The levers of a scenario as the page shows them, and what the engine says of them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from entraide.actuarial.assumptions import Assumptions, Lever
from entraide.actuarial.levers import resting_value
from entraide.documents import writing
from entraide.messages import sentence
from entraide.web.plan.forms import LeverForm
from entraide.web.plan.numbers import Result, language
from entraide.web.plan.wording import LEVER_MEANINGS, LEVER_NAMES, named


@dataclass(frozen=True, slots=True)
class ShownLever:
    """One lever: where it stands, its bounds, when it can act. Numbers are percentages."""

    name: str
    label: str
    meaning: str
    low: str
    high: str
    value: str
    written: str
    pattern: str  # how the page writes a value while the lever is being moved
    bounds: str
    timing: str
    is_moved: bool
    faults: tuple[str, ...] = ()


def shown_levers(form: LeverForm) -> list[ShownLever]:
    """The levers of the form, each where it stands."""
    return [_shown_lever(form, lever) for lever in form.plan.levers]


def _shown_lever(form: LeverForm, lever: Lever) -> ShownLever:
    at_rest = Decimal(repr(round(resting_value(form.plan, lever) * 100, 4)))
    bound = Decimal(repr(round(lever.bound * 100, 4)))
    value = form.percent(lever)
    timing = _("{lead} months, then {ramp}").format(lead=lever.lead_months, ramp=lever.ramp_months)
    pattern = lever_value(lever, Decimal(77)).replace("77", "{value}")
    return ShownLever(
        name=lever.name,
        label=named(LEVER_NAMES, lever.name),
        meaning=str(LEVER_MEANINGS.get(lever.name, lever.note)),
        low=_plain(min(at_rest, bound)),
        high=_plain(max(at_rest, bound, value)),
        value=_plain(value),
        written=lever_value(lever, value),
        pattern=pattern,
        bounds=f"{writing.number(at_rest, language())} → {lever_value(lever, bound)}",
        timing=timing,
        is_moved=value != at_rest,
        faults=tuple(form.errors.get(lever.name, ())) if form.is_bound else (),
    )


def lever_value(lever: Lever, percent: Decimal) -> str:
    """``+35 %`` for what is added, ``30 %`` for a share or a degree."""
    is_added = lever.effect in ("households", "contribution")
    digits = 0 if percent == percent.to_integral_value() else 1
    return writing.percent(percent / 100, language(), digits, sign=is_added)


def _plain(percent: Decimal) -> str:
    return f"{percent.normalize():f}"


def warnings(result: Result, plan: Assumptions) -> list[str]:
    """Levers beyond their bounds: what the engine says of them, in the reader's words."""
    told = []
    for each in result["findings"]:
        data = {key: value for key, value in each.items() if key not in ("code", "place")}
        lever = plan.lever(str(data.get("lever", "")))
        if lever is not None:
            percents = {
                key: lever_value(lever, Decimal(str(data[key])) * 100)
                for key in ("value", "low", "high")
                if key in data
            }
            data |= {"lever": named(LEVER_NAMES, lever.name), **percents}
        told.append(sentence(each["code"], data, language()))
    return told
