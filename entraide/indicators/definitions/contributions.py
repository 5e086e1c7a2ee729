"""Cotisations: written, collected, earned; the part of care and the part of running costs."""

from __future__ import annotations

import ibis.expr.types as ir
from ibis import _

from entraide.indicators.quantities import Flow, Ratio
from entraide.indicators.schema import Facts

STATE = "state"  # who pays a subsidy, whichever level of it
CONTRIBUTION = "contribution"  # joining and assembly fees are income of running costs, not these


def _dues(facts: Facts) -> ir.Table:
    return facts.due.filter(facts.due.kind == CONTRIBUTION)


def _payments(facts: Facts) -> ir.Table:
    return facts.payment.filter(facts.payment.kind == CONTRIBUTION)


def contribution_written(facts: Facts) -> Flow:
    """Contributions due for covers that begin in the period, all payers, without joining fees."""
    return Flow(_dues(facts), "cover_from", _.amount_minor.sum())


def contribution_collected(facts: Facts) -> Flow:
    """Contributions received in the period, by day of payment, less the receipts taken back."""
    return Flow(_payments(facts), "paid_on", _.amount_minor.sum())


def contribution_earned(facts: Facts) -> Flow:
    """Contributions spread by day over their cover: the part that the days of the period earn."""
    return Flow(facts.earned_month, "month", _.earned_minor.sum())


def fund_share(facts: Facts) -> Flow:
    """The part of the earned contributions that belongs to the mutual fund, at the rate in force on
    the first day of each cover."""
    return Flow(facts.earned_month, "month", _.fund_share_minor.sum())


def running_share(facts: Facts) -> Flow:
    """The part of the earned contributions that pays running costs: the earned contributions less
    the fund share."""
    return Flow(facts.earned_month, "month", _.running_share_minor.sum())


def own_running_share(facts: Facts) -> Flow:
    """Of the running share, what households and employers pay. A subsidy of the State or of a
    commune pays running costs too, but does not make the mutual autonomous."""
    rows = facts.earned_month
    own = rows.filter(rows.payer != STATE)
    return Flow(own, "month", _.running_share_minor.sum())


def fund_share_collected(facts: Facts) -> Flow:
    """The part of the contributions received in the period that belongs to the mutual fund."""
    return Flow(_payments(facts), "paid_on", _.fund_share_minor.sum())


def contribution_due(facts: Facts) -> Flow:
    """Contributions that fell due in the period."""
    rows = _dues(facts)
    return Flow(rows.filter(rows.due_on <= facts.on), "due_on", _.amount_minor.sum())


def collected_on_due(facts: Facts) -> Flow:
    """What has been received, to date, for the contributions that fell due in the period."""
    rows = _payments(facts)
    return Flow(rows.filter(rows.due_on <= facts.on), "due_on", _.amount_minor.sum())


def collection_rate(facts: Facts) -> Ratio:
    """Received ÷ due, by generation: of the contributions that fell due in the period, the part
    that has been received to date."""
    return Ratio("collected_on_due", "contribution_due")


def contribution_per_person(facts: Facts) -> Ratio:
    """Contributions earned ÷ mean number of persons covered."""
    return Ratio("contribution_earned", "mean_members", is_rate=False)
