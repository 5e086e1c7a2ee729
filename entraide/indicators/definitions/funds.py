"""Fonds et fonctionnement: what the team costs, who pays it, what the fund still holds."""

from __future__ import annotations

import ibis.expr.types as ir
from ibis import _

from entraide.core.ledger import TREASURY_ROLES, AccountRole, FundCode
from entraide.indicators.quantities import Combined, Flow, MonthlyMean, Number, Over, Ratio
from entraide.indicators.schema import Facts

STAFF = (AccountRole.STAFF_COSTS,)
COSTS = (*STAFF, AccountRole.OTHER_RUNNING_COSTS, AccountRole.BANK_CHARGES)
OTHER_INCOME = (
    AccountRole.JOINING_FEE_INCOME,
    AccountRole.GRANT_INCOME,
    AccountRole.INTEREST_INCOME,
)


def _postings(facts: Facts, fund: FundCode, *roles: AccountRole) -> ir.Table:
    rows = facts.posting
    return rows.filter(rows.fund == fund.value, rows.role.isin([role.value for role in roles]))


def running_costs(facts: Facts) -> Flow:
    """Salaries, other costs and bank charges of the running fund, by day of the event, less what
    was taken back. Care is not among them."""
    return Flow(_postings(facts, FundCode.RUNNING, *COSTS), "occurred_on", _.signed_minor.sum())


def staff_costs(facts: Facts) -> Flow:
    """Salaries and charges of the team, by day of the event."""
    return Flow(_postings(facts, FundCode.RUNNING, *STAFF), "occurred_on", _.signed_minor.sum())


def other_income(facts: Facts) -> Flow:
    """Joining fees, grants and interest of the running fund. The subsidies that pay contributions
    are in the contributions."""
    rows = _postings(facts, FundCode.RUNNING, *OTHER_INCOME)
    return Flow(rows, "occurred_on", (-_.signed_minor).sum())


def autonomy_rate(facts: Facts) -> Ratio:
    """Running share of the contributions that households and employers pay ÷ running costs, over
    what the period earned. Aimed at 50% at least. Untenable in a period whose RSP is above 100%:
    the fund then pays care with money that it lacks."""
    return Ratio("own_running_share", "running_costs")


def left_after_care(facts: Facts) -> Combined:
    """Contributions earned − care incurred: what is left once care is paid."""

    def left(earned: Number, incurred: Number) -> Number:
        return earned - incurred

    return Combined(("contribution_earned", "claims_incurred"), left)


def net_autonomy_rate(facts: Facts) -> Ratio:
    """(Contributions earned − care incurred) ÷ running costs: what is really left once care is
    paid. It shows a deficit of the fund that the autonomy rate hides."""
    return Ratio("left_after_care", "running_costs")


def funding_gap(facts: Facts) -> Combined:
    """Running costs − running share − other income, when positive: what must still be found."""

    def gap(costs: Number, share: Number, income: Number) -> Number:
        return max(costs - share - income, 0)

    return Combined(("running_costs", "running_share", "other_income"), gap)


def _money_of(facts: Facts, fund: FundCode) -> Flow:
    rows = _postings(facts, fund, *sorted(TREASURY_ROLES))
    return Flow(rows, "occurred_on", _.signed_minor.sum(), Over.RUNNING)


def fund_balance(facts: Facts) -> Flow:
    """The money of the mutual fund at the end of the period, in cash, banks and mobile money: the
    opening balance, what was received for it, less care paid, and transfers."""
    return _money_of(facts, FundCode.MUTUAL)


def running_balance(facts: Facts) -> Flow:
    """The money of the running fund at the end of the period."""
    return _money_of(facts, FundCode.RUNNING)


def mean_monthly_claims(facts: Facts) -> MonthlyMean:
    """Care incurred in a mean month of the last twelve."""
    return MonthlyMean("claims_incurred", 12)


def reserve_months(facts: Facts) -> Ratio:
    """Balance of the mutual fund ÷ care incurred in a mean month of the last twelve: how long care
    could be paid without any income."""
    return Ratio("fund_balance", "mean_monthly_claims", is_rate=False)
