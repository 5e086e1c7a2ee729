"""The chain as navigation: its steps in their order, each with the count of what waits there.

A step shows when its page exists and the person may read it. ``counter`` is the dotted name of a
function ``(mutual, day) -> Waiting``, imported when it is first needed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right


@dataclass(frozen=True, slots=True)
class Waiting:
    """How much waits at a step, ``is_due`` when someone should look today; ``told`` names it."""

    count: int
    is_due: bool = False
    told: tuple[str, ...] = ()  # « 3 families late », each kind with its number


Counter = Callable[[Mutual, date], Waiting]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the chain: its page, who may see it, what waits. ``icon`` for the bottom bar."""

    name: str | Promise
    page: str
    rights: frozenset[Right] = frozenset()  # any of these; empty: everyone of the mutual
    counter: str = ""
    icon: str = ""
    short_name: str | Promise = ""


HOME = Step(_("Home"), "home", icon="home")

STEPS: tuple[Step, ...] = (
    Step(
        _("Memberships"), "households", frozenset({Right.READ_REGISTERS}),
        counter="entraide.web.households.counts.waiting", icon="people",
    ),
    Step(
        _("Contributions"), "contributions", frozenset({Right.READ_REGISTERS}),
        counter="entraide.web.contributions.counts.waiting", icon="coin",
    ),
    Step(
        _("Care"), "claims", frozenset({Right.READ_REGISTERS}),
        counter="entraide.web.claims.counts.waiting", icon="care",
    ),
    Step(
        _("Settlements"), "settlements",
        frozenset(
            {Right.READ_BOOKS, Right.PREPARE_BATCH, Right.AUTHORISE_BATCH, Right.RECORD_PAYOUT}
        ),
        counter="entraide.web.settlements.counts.waiting",
    ),
    Step(
        _("Mutual fund"), "ledger", frozenset({Right.READ_BOOKS}), icon="fund",
        short_name=_("Fund"),
    ),
    Step(
        _("Reconciliation"), "reconciliation", frozenset({Right.READ_BOOKS, Right.MATCH}),
        counter="entraide.web.reconciliation.counts.waiting",
    ),
    Step(_("Report"), "report", frozenset({Right.READ_REPORTS})),
    Step(_("Business plan"), "plan", frozenset({Right.PLAN, Right.READ_REPORTS})),
)  # fmt: skip

# The phone's bottom bar, between home and « the whole chain »: the first three that a person may
# enter of those that have an icon, the fund before contributions.
BOTTOM_BAR = ("households", "claims", "ledger", "contributions")
BOTTOM_BAR_STEPS = 3


@dataclass(frozen=True, slots=True)
class Place:
    """A step as one page shows it."""

    name: str | Promise
    short_name: str | Promise
    page: str
    url: str
    icon: str
    is_current: bool
    waiting: Waiting | None


def places(
    steps: tuple[Step, ...], *, mutual: Mutual, day: date, rights: frozenset[Right], path: str
) -> list[Place]:
    """The steps that a person may enter, with their counts and the one where they are."""
    shown = []
    for step in steps:
        url = page_url(mutual, step.page)
        if url is None or (step.rights and not step.rights & rights):
            continue
        is_current = path == url if step is HOME else path.startswith(url)
        shown.append(
            Place(
                name=step.name,
                short_name=step.short_name or step.name,
                page=step.page,
                url=url,
                icon=step.icon,
                is_current=is_current,
                waiting=_waiting(step, mutual, day),
            )
        )
    return shown


def page_url(mutual: Mutual, page: str) -> str | None:
    """The address of a step of a mutual, or None when it is not built."""
    try:
        return reverse(f"web:{page}", kwargs={"mutual": mutual.code})
    except NoReverseMatch:
        return None


def _waiting(step: Step, mutual: Mutual, day: date) -> Waiting | None:
    """What waits at a step, or None when nothing does or the step counts nothing."""
    if not step.counter:
        return None
    try:
        counter: Counter = import_string(step.counter)
    except ModuleNotFoundError as missing:
        if missing.name is None or not step.counter.startswith(missing.name):
            raise
        return None  # the step's page exists, its count does not yet
    waiting = counter(mutual, day)
    return waiting if waiting.count else None
