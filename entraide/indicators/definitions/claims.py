"""Soins: how often, how dear, how soon paid, and what they take of the contributions.

Nothing is yet provided for care that was given and whose invoice has not come: the last two or
three months look too good, and the definitions say so.
"""

from __future__ import annotations

from decimal import Decimal

import ibis.expr.types as ir
from ibis import _

from entraide.indicators.quantities import Combined, Flow, Number, Over, Ratio
from entraide.indicators.schema import Facts

REFUSED, IN_REVIEW = "refused", "in_review"


def _claims(facts: Facts) -> ir.Table:
    return facts.claim.filter(facts.claim.state != REFUSED)


def _lines(facts: Facts) -> ir.Table:
    return facts.claim_line.filter(facts.claim_line.state != REFUSED)


def _decided(facts: Facts) -> ir.Table:
    return facts.claim.filter(facts.claim.state != IN_REVIEW)


def _paid(facts: Facts) -> ir.Table:
    return facts.claim.filter(facts.claim.paid_on.notnull())


def claims_count(facts: Facts) -> Flow:
    """Claims for care given in the period, those refused or reversed apart."""
    return Flow(_claims(facts), "care_on", _.uid.nunique())


def claims_incurred(facts: Facts) -> Flow:
    """What the mutual pays for care given in the period, paid or still to pay, including claims
    that still wait for a decision by a person. Without provision for care whose invoice has not
    been received: recent months will rise."""
    return Flow(_lines(facts), "care_on", _.payable_minor.sum())


def claims_paid(facts: Facts) -> Flow:
    """What was paid for care in the period, by day of payment, whenever the care was given."""
    return Flow(_paid(facts), "paid_on", _.payable_minor.sum())


def persons_covered_years(facts: Facts) -> Combined:
    """Person-months under cover ÷ 12."""

    def years(months: Number) -> Number:
        return Decimal(months) / 12

    return Combined(("persons_covered_months",), years)


def utilisation_rate(facts: Facts) -> Ratio:
    """Claims by day of care ÷ person-years under cover: how often a person uses care in a year."""
    return Ratio("claims_count", "persons_covered_years", is_rate=False)


def average_cost(facts: Facts) -> Ratio:
    """Care incurred ÷ number of claims: what the mutual pays for one claim."""
    return Ratio("claims_incurred", "claims_count", is_rate=False)


def cases(facts: Facts) -> Flow:
    """Claims with at least one line of the category, for care given in the period."""
    return Flow(_lines(facts), "care_on", _.claim.nunique())


def person_years_at_risk(facts: Facts) -> Flow:
    """Years under cover once the waiting period of the category is over, of all persons."""
    years = _.person_days.cast("float64") / (_.days_of_month * 12)
    return Flow(facts.risk_month, "month", years.sum())


def category_frequency(facts: Facts) -> Ratio:
    """Cases of the category ÷ person-years at risk of it."""
    return Ratio("cases", "person_years_at_risk", is_rate=False)


def category_average_cost(facts: Facts) -> Ratio:
    """Care incurred in the category ÷ its cases."""
    return Ratio("claims_incurred", "cases", is_rate=False)


def claims_per_person(facts: Facts) -> Ratio:
    """Care incurred ÷ mean number of persons covered."""
    return Ratio("claims_incurred", "mean_members", is_rate=False)


def cost_in_contributions(facts: Facts) -> Ratio:
    """Mean cost of a claim ÷ contribution earned per person: how many contributions of a person
    one claim takes. Without a unit of money, so that mutuals of several countries compare."""
    return Ratio("average_cost", "contribution_per_person", is_rate=False)


def claims_ratio(facts: Facts) -> Ratio:
    """RSP: care incurred ÷ fund share of the earned contributions. Aimed at 90%, between 85 and
    95%. Without provision for care whose invoice has not been received."""
    return Ratio("claims_incurred", "fund_share")


def gross_claims_ratio(facts: Facts) -> Ratio:
    """Care incurred ÷ all earned contributions, the running share included."""
    return Ratio("claims_incurred", "contribution_earned")


def cash_claims_ratio(facts: Facts) -> Ratio:
    """Care paid ÷ fund share received, both by day of payment: the former way of counting, which
    flatters a mutual that grows or pays late."""
    return Ratio("claims_paid", "fund_share_collected")


def claims_decided(facts: Facts) -> Flow:
    """Claims whose decision in force was made in the period."""
    return Flow(_decided(facts), "decided_on", _.uid.nunique())


def claims_refused(facts: Facts) -> Flow:
    """Claims refused altogether in the period: nothing is payable."""
    rows = facts.claim
    return Flow(rows.filter(rows.state == REFUSED), "decided_on", _.uid.nunique())


def rejection_rate(facts: Facts) -> Ratio:
    """Claims refused altogether ÷ claims decided."""
    return Ratio("claims_refused", "claims_decided")


def claims_received(facts: Facts) -> Flow:
    """Claims received in the period and not cancelled, whatever became of them: refused ones and
    those that wait for a person too."""
    return Flow(facts.claim, "received_on", _.uid.nunique())


def claims_decided_by_rules(facts: Facts) -> Flow:
    """Claims received in the period that the rules alone decided, which no person touched."""
    rows = _decided(facts)
    return Flow(rows.filter(rows.decision_number == 1), "received_on", _.uid.nunique())


def straight_through_rate(facts: Facts) -> Ratio:
    """Claims that the rules alone decided ÷ claims received and not cancelled: the share without a
    human touch. A claim that waits for a person counts as touched."""
    return Ratio("claims_decided_by_rules", "claims_received")


def payment_delay_median(facts: Facts) -> Flow:
    """Days from the receipt of a claim to its payment: half of the claims paid in the period waited
    longer, half less."""
    return Flow(_paid(facts), "paid_on", _.days_to_pay.quantile(0.5), Over.APART)


def payment_delay_p90(facts: Facts) -> Flow:
    """Days from the receipt of a claim to its payment that one claim in ten exceeded, of those paid
    in the period."""
    return Flow(_paid(facts), "paid_on", _.days_to_pay.quantile(0.9), Over.APART)


def claims_settled(facts: Facts) -> Flow:
    """Claims paid in the period, whose payment stands."""
    return Flow(_paid(facts), "paid_on", _.uid.nunique())


def claims_settled_in_time(facts: Facts) -> Flow:
    """Claims paid in the period within what the mutual promised on the day they were received:
    30 days, unless it chose otherwise. A claim counts once, in the month of the payment that
    stands: neither reversed nor its payment come back."""
    rows = _paid(facts)
    in_time = rows.filter(rows.days_to_pay <= rows.promised_days)
    return Flow(in_time, "paid_on", _.uid.nunique())


def promptness_rate(facts: Facts) -> Ratio:
    """Claims paid within the days promised ÷ claims paid, whatever the month of the care."""
    return Ratio("claims_settled_in_time", "claims_settled")
