"""A cover near its term: where it stands, what comes next, what a family that returns must do.

All days are half-open: the *term* is the first day without cover. The stages are those of the
renewal cycle of the field: J-60, J-30, J0, J+30.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from entraide.core.enrolment import MembershipCover
from entraide.core.errors import Finding
from entraide.core.periods import Period
from entraide.core.product import MembershipRule


class RenewalStage(StrEnum):
    """Where a cover that nothing follows stands, by the days left until its term."""

    J60 = "j60"  # 60 to 31 days are left: the family is told
    J30 = "j30"  # 30 days to 1 day: it is asked
    J0 = "j0"  # over since 0 to 29 days: it may still come back without loss, within the grace
    AFTER_J30 = "after_j30"  # over since 30 to 90 days: it is asked why


_DAYS_LEFT: dict[RenewalStage, tuple[int, int]] = {  # least and most days left, both inside
    RenewalStage.J60: (31, 60),
    RenewalStage.J30: (1, 30),
    RenewalStage.J0: (-29, 0),
    RenewalStage.AFTER_J30: (-90, -30),
}


def terms_of_stage(stage: RenewalStage, on: date) -> Period:
    """The terms that are at a stage on a day, as ``[first, last + 1)``."""
    least, most = _DAYS_LEFT[stage]
    return Period.inclusive(on + timedelta(days=least), on + timedelta(days=most))


def terms_followed(on: date) -> Period:
    """The terms of every stage together: what the renewal list of a day shows."""
    least = min(low for low, _ in _DAYS_LEFT.values())
    most = max(high for _, high in _DAYS_LEFT.values())
    return Period.inclusive(on + timedelta(days=least), on + timedelta(days=most))


def stage_of(term: date, on: date) -> RenewalStage | None:
    """The stage of a cover on a day; None when its term is too far before or after."""
    return next((each for each in RenewalStage if term in terms_of_stage(each, on)), None)


def days_to_term(stage: RenewalStage) -> int:
    """How many days before its term a cover comes to a stage; negative: after the term."""
    return _DAYS_LEFT[stage][1]


class NextStep(StrEnum):
    """What the office does next for a family whose cover comes to its term."""

    TELL = "tell"  # say the term and the price
    ASK = "ask"  # ask for the decision, collect, renew
    RENEW_IN_GRACE = "renew_in_grace"  # still without loss of seniority
    RENEW_ANEW = "renew_anew"  # the grace is over: waiting periods begin again
    ASK_WHY = "ask_why"  # record why it does not renew


@dataclass(frozen=True, slots=True)
class Following:
    """The stage of a cover, the next thing to do, and the last day of the grace."""

    stage: RenewalStage
    step: NextStep
    grace_last_on: date


def following(term: date, grace_days: int, on: date) -> Following | None:
    """What a cover asks for on a day, by the grace of its product; None outside every stage.

    A renewal asked for on the term itself leaves no day without cover; one that begins up to
    ``grace_days`` later keeps the seniority (:func:`seniority_start`).
    """
    stage = stage_of(term, on)
    if stage is None:
        return None
    grace_last_on = term + timedelta(days=grace_days)
    if stage is RenewalStage.J60:
        step = NextStep.TELL
    elif stage is RenewalStage.J30:
        step = NextStep.ASK
    elif on <= grace_last_on:
        step = NextStep.RENEW_IN_GRACE
    else:
        step = NextStep.RENEW_ANEW if stage is RenewalStage.J0 else NextStep.ASK_WHY
    return Following(stage, step, grace_last_on)


@dataclass(frozen=True, slots=True)
class Reentry:
    """What the return of a family means: days without cover, seniority kept or begun anew.

    ``findings`` say it in words. ``ARREARS_BEFORE_REENTRY`` prevents the return; the others do
    not: ``REENTRY_IN_GRACE``, ``REENTRY_WAITING_ANEW``, ``REENTRY_ARREARS_STAY``.
    """

    gap_days: int
    joined_on: date
    keeps_seniority: bool
    findings: tuple[Finding, ...] = ()

    @property
    def refusals(self) -> tuple[Finding, ...]:
        """What prevents the return."""
        return tuple(each for each in self.findings if each.code == "ARREARS_BEFORE_REENTRY")


def reentry(
    rule: MembershipRule,
    previous: MembershipCover,
    starts_on: date,
    *,
    arrears_minor: int = 0,
    arrears_first: bool = False,
    currency: str = "",
) -> Reentry:
    """What a family does that comes back with a cover from ``starts_on`` after an earlier one.

    ``arrears_minor``: what has fallen due of earlier covers and is not paid; ``arrears_first``:
    whether the mutual wants it paid before the family comes back after days without cover. A
    family that renews without such a day goes on: what it owes suspends its rights by the rule of
    payment, and does not prevent the renewal.
    """
    term = previous.period.until
    if previous.ended_on is not None:
        term = min(term, previous.ended_on)
    gap_days = max(0, (starts_on - term).days)
    joined_on = seniority_start(rule, previous, starts_on)
    keeps = joined_on == previous.joined_on
    findings: list[Finding] = []
    if gap_days:
        seen = {"days": gap_days, "grace_days": rule.renewal_grace_days, "term": term}
        if keeps:
            findings.append(Finding("REENTRY_IN_GRACE", data=seen))
        else:
            findings.append(Finding("REENTRY_WAITING_ANEW", data={**seen, "starts_on": starts_on}))
    if gap_days and arrears_minor > 0:
        code = "ARREARS_BEFORE_REENTRY" if arrears_first else "REENTRY_ARREARS_STAY"
        owed = {"remaining_minor": arrears_minor, "currency": currency, "days": gap_days}
        findings.append(Finding(code, data=owed))
    return Reentry(gap_days, joined_on, keeps, tuple(findings))


def seniority_start(
    rule: MembershipRule, previous: MembershipCover | None, starts_on: date
) -> date:
    """``joined_on`` of a cover that starts on a day, given the cover before it (or None).

    A membership ended before its term counts as having covered until that day. Seniority, and
    with it no new waiting period, is kept when the days without cover are at most
    ``renewal_grace_days``.
    """
    if previous is None:
        return starts_on
    until = previous.period.until
    if previous.ended_on is not None:
        until = min(until, previous.ended_on)
    gap_days = (starts_on - until).days
    return previous.joined_on if gap_days <= rule.renewal_grace_days else starts_on
