"""The chain as navigation: its steps in their order, each with the count of what waits there.

A step shows when its page exists and the person may read it. ``counter`` is the dotted name of a
function ``(mutual, day) -> Waiting``, ``own_counter`` of one that also takes who reads; each is
imported when it is first needed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.urls import NoReverseMatch, resolve, reverse
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from entraide.apps.access.models import User
from entraide.apps.access.records import sections_in_sight
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.remembered import Remembered
from entraide.apps.schemes.rights import Right

_MOST_ADDRESSES = 8192  # remembered by a process: those of a hundred mutuals


@dataclass(frozen=True, slots=True)
class Waiting:
    """How much waits at a step, ``is_due`` when someone should look today. ``told`` is what the
    navigation shows of it: a number alone does not say what it counts."""

    count: int
    is_due: bool
    told: tuple[str, ...]  # « 3 families late », each kind with its number; empty for nothing


Counter = Callable[[Mutual, date], Waiting]


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads the navigation, and what they may do in the mutual."""

    user: User
    rights: frozenset[Right]


OwnCounter = Callable[[Mutual, date, Reader], Waiting]


@dataclass(frozen=True, slots=True)
class Part:
    """A page inside a step: shown under it once one is there, to whoever may open it."""

    name: str | Promise
    page: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the chain: its page, who may see it, what waits. ``icon`` for the bottom bar."""

    name: str | Promise
    page: str
    rights: frozenset[Right] = frozenset()  # any of these; empty: everyone of the mutual
    counter: str = ""
    own_counter: str = ""  # what waits for the one who reads, where it differs from one to another
    icon: str = ""
    short_name: str | Promise = ""
    parts: tuple[Part, ...] = ()


HOME = Step(_("Home"), "home", icon="home")

STEPS: tuple[Step, ...] = (
    Step(
        _("Memberships"), "households", frozenset({Right.READ_REGISTERS}),
        counter="entraide.web.households.counts.waiting", icon="people",
        parts=(
            Part(pgettext_lazy("pages", "Families"), "households"),
            Part(pgettext_lazy("pages", "Imports"), "imports"),
            Part(pgettext_lazy("pages", "Incomplete files"), "incomplete-files"),
            Part(pgettext_lazy("pages", "Possible duplicates"), "doubles"),
            Part(pgettext_lazy("pages", "Cards"), "cards"),
            Part(pgettext_lazy("pages", "Groups"), "groups"),
            Part(pgettext_lazy("pages", "Portfolios"), "portfolios"),
            Part(pgettext_lazy("pages", "Territory"), "territory"),
            Part(pgettext_lazy("pages", "Obstacles"), "obstacles"),
            Part(pgettext_lazy("pages", "Scorecards"), "scorecards"),
            Part(pgettext_lazy("pages", "Renewals"), "renewals"),
            Part(pgettext_lazy("pages", "Month by month"), "membership-months"),
        ),
    ),
    Step(
        _("Contributions"), "contributions", frozenset({Right.READ_REGISTERS}),
        counter="entraide.web.contributions.counts.waiting", icon="coin",
        parts=(
            Part(pgettext_lazy("pages", "Overview"), "contributions"),
            Part(pgettext_lazy("pages", "Calls"), "dues"),
            Part(pgettext_lazy("pages", "Arrears"), "arrears"),
            Part(pgettext_lazy("pages", "Reminders"), "reminders"),
            Part(pgettext_lazy("pages", "Receipts"), "receipts"),
            Part(pgettext_lazy("pages", "Sums of groups"), "lump-sums"),
            Part(pgettext_lazy("pages", "Slips"), "slips"),
            Part(pgettext_lazy("pages", "Cash in hand"), "custody"),
            Part(pgettext_lazy("pages", "Check of the day"), "daily-check"),
            Part(pgettext_lazy("pages", "Booklets and ranges"), "booklets"),
            Part(pgettext_lazy("pages", "Collection"), "collection"),
            Part(pgettext_lazy("pages", "Tariffs"), "tariffs"),
        ),
    ),
    Step(
        _("Care"), "claims", frozenset({Right.READ_REGISTERS}),
        counter="entraide.web.claims.counts.waiting",
        own_counter="entraide.web.claims.counts.waiting_for", icon="care",
        parts=(
            Part(pgettext_lazy("pages", "Claims"), "claims"),
            Part(pgettext_lazy("pages", "Check a right"), "eligibility"),
            Part(pgettext_lazy("pages", "Invoices"), "invoices"),
            Part(pgettext_lazy("pages", "Prior agreements"), "prior-agreements"),
            Part(pgettext_lazy("pages", "To decide"), "claim-worklists"),
            Part(pgettext_lazy("pages", "Delays"), "claim-delays"),
            Part(pgettext_lazy("pages", "Providers"), "providers"),
            Part(pgettext_lazy("pages", "Conventions"), "conventions"),
            Part(pgettext_lazy("pages", "Medical control"), "care-control"),
            Part(pgettext_lazy("pages", "Sessions"), "control-sessions"),
            Part(pgettext_lazy("pages", "Care packages"), "care-packages"),
            Part(pgettext_lazy("pages", "Trials of rules"), "what-if"),
        ),
    ),
    Step(
        _("Settlements"), "settlements",
        frozenset(
            {
                Right.READ_BOOKS, Right.PREPARE_BATCH, Right.AUTHORISE_BATCH, Right.RECORD_PAYOUT,
                Right.GIVE_REFUND,
            }
        ),
        counter="entraide.web.settlements.counts.waiting",
        parts=(
            Part(pgettext_lazy("pages", "Batches"), "settlements"),
            Part(pgettext_lazy("pages", "Refunds to give"), "refund-desk"),
            Part(pgettext_lazy("pages", "Unclaimed refunds"), "unclaimed"),
            Part(pgettext_lazy("pages", "Cash for refunds"), "agent-floats"),
            Part(pgettext_lazy("pages", "Accounts of payees"), "payment-accounts"),
            Part(pgettext_lazy("pages", "State’s share"), "subsidies"),
            Part(pgettext_lazy("pages", "Where families are paid"), "payout-places"),
            Part(pgettext_lazy("pages", "Answers of banks"), "import-returns"),
        ),
    ),
    Step(
        _("Mutual fund"), "ledger", frozenset({Right.READ_BOOKS}), icon="fund",
        short_name=_("Fund"),
    ),
    Step(
        _("Reconciliation"), "reconciliation", frozenset({Right.READ_BOOKS, Right.MATCH}),
        counter="entraide.web.reconciliation.counts.waiting",
    ),
    Step(
        _("Report"), "report", frozenset({Right.READ_REPORTS}),
        counter="entraide.web.risk.counts.waiting",
        parts=(
            Part(pgettext_lazy("pages", "Overview"), "report"),
            Part(pgettext_lazy("pages", "Year to year"), "care-years"),
            Part(pgettext_lazy("pages", "Risk board"), "risk-board"),
            Part(pgettext_lazy("pages", "Quality of entry"), "entry-quality"),
            Part(pgettext_lazy("pages", "Practices"), "practices"),
        ),
    ),
    Step(_("Business plan"), "plan", frozenset({Right.PLAN, Right.READ_REPORTS})),
)  # fmt: skip

# The phone's bottom bar, between home and « the whole chain »: the first three that a person may
# enter of those that have an icon, the fund before contributions.
BOTTOM_BAR = ("households", "claims", "ledger", "contributions")
BOTTOM_BAR_STEPS = 3


@dataclass(frozen=True, slots=True)
class PartPlace:
    """A page inside the step where one is, as the navigation shows it."""

    name: str | Promise
    url: str
    is_current: bool


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
    parts: tuple[PartPlace, ...] = ()  # of the step where one is


def places(
    steps: tuple[Step, ...], *, mutual: Mutual, day: date, rights: frozenset[Right], path: str,
    user: User | None = None,
) -> list[Place]:  # fmt: skip
    """The steps that a person may enter, with their counts and the one where they are: the step
    whose address, or that of one of its pages, is the longest beginning of the page's."""
    open_to_them = [
        (step, url)
        for step in steps
        if (url := page_url(mutual, step.page)) is not None
        and (not step.rights or step.rights & rights)
    ]
    now = Remembered(mutual, day)
    reader = Reader(user, rights) if user is not None else None
    inside = {step: _inside(step, mutual, rights) for step, _url in open_to_them}
    return [
        Place(
            name=step.name,
            short_name=step.short_name or step.name,
            page=step.page,
            url=url,
            icon=step.icon,
            is_current=is_current,
            waiting=_waiting(step, mutual, day, now, reader),
            parts=_parts(inside[step], path) if is_current else (),
        )
        for step, url in open_to_them
        for is_current in [
            path == url
            if step is HOME
            else path.startswith((url, *(each for _name, each in inside[step])))
        ]
    ]


def _inside(
    step: Step, mutual: Mutual, rights: frozenset[Right]
) -> list[tuple[str | Promise, str]]:
    """The pages of a step that exist and that the person may open."""
    return [
        (part.name, url)
        for part in step.parts
        if (url := page_url(mutual, part.page)) is not None and _may_open(url, rights)
    ]


def _may_open(url: str, rights: frozenset[Right]) -> bool:
    """Whether the page itself lets the person in: its view says with which rights."""
    view = _view_at(url)
    if getattr(view, "of_whole_mutual", False) and sections_in_sight() is not None:
        return False
    needed: frozenset[Right] = getattr(view, "office_rights", frozenset())
    return not needed or bool(needed & rights)


@lru_cache(maxsize=_MOST_ADDRESSES)
def _view_at(url: str) -> Callable[..., Any]:
    return resolve(url).func


def _parts(inside: list[tuple[str | Promise, str]], path: str) -> tuple[PartPlace, ...]:
    """The pages of the step as the navigation shows them; the longest address that the page's
    begins with is where one is."""
    if len(inside) < 2:
        return ()
    here = max((url for _name, url in inside if path.startswith(url)), key=len, default="")
    return tuple(PartPlace(name, url, url == here) for name, url in inside)


def page_url(mutual: Mutual, page: str) -> str | None:
    """The address of a step of a mutual, or None when it is not built."""
    return _address(mutual.code, page)


@lru_cache(maxsize=_MOST_ADDRESSES)
def _address(code: str, page: str) -> str | None:
    try:
        return reverse(f"web:{page}", kwargs={"mutual": code})
    except NoReverseMatch:
        return None


def _waiting(
    step: Step, mutual: Mutual, day: date, now: Remembered, reader: Reader | None
) -> Waiting | None:
    """What waits at a step, or None when nothing does or the step counts nothing."""
    if not step.counter:
        return None
    name = step.own_counter if reader is not None and step.own_counter else step.counter
    try:
        counter = import_string(name)
    except ModuleNotFoundError as missing:
        if missing.name is None or not name.startswith(missing.name):
            raise
        return None  # the step's page exists, its count does not yet
    if reader is not None and step.own_counter:
        own: OwnCounter = counter
        rights = ",".join(sorted(reader.rights))
        waiting = now.figure(f"{name} {reader.user.pk} {rights}", lambda: own(mutual, day, reader))
    else:
        of_all: Counter = counter
        waiting = now.figure(name, lambda: of_all(mutual, day))
    return waiting if waiting.count else None
