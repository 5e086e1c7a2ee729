"""The three figures of the mutual fund, each with its definition and its rows."""

from __future__ import annotations

from django.utils.translation import gettext as _

from entraide.apps.banking.selectors import ReconciledBalance
from entraide.apps.ledger.selectors import month_end_balances
from entraide.core.ledger import FundCode
from entraide.documents import charts, writing
from entraide.web.figures import Definition, Figure
from entraide.web.ledger.periods import AskedPeriod
from entraide.web.ledger.wording import fund_name, told_without_statement
from entraide.web.office import OfficeRequest, office_url

SPARK_MONTHS = 12


def figures_of(
    request: OfficeRequest,
    period: AskedPeriod,
    *,
    balances: dict[str, int],
    reconciled: ReconciledBalance | None,
) -> tuple[Figure, ...]:
    """The mutual fund, the running costs, and how much of the fund the bank confirms."""
    return (
        _fund(
            request,
            period,
            FundCode.MUTUAL,
            balances,
            _(
                "The money that pays for care: all that cash box, bank and mobile money hold of "
                "it. It is kept apart from running costs, to the last franc."
            ),
        ),
        _fund(
            request,
            period,
            FundCode.RUNNING,
            balances,
            _(
                "The money that pays for the office: its part of contributions, joining fees, "
                "gifts and grants, less salaries, costs and bank charges."
            ),
        ),
        _reconciled(request, reconciled),
    )


def _fund(
    request: OfficeRequest,
    period: AskedPeriod,
    fund: FundCode,
    balances: dict[str, int],
    meaning: str,
) -> Figure:
    language, currency = request.LANGUAGE_CODE, request.mutual.currency
    on = writing.day(period.last_day, language)
    definition = Definition(
        term=fund_name(fund),
        meaning=meaning,
        period=_("On %(day)s") % {"day": on},
        rows_url=f"{office_url(request, 'journal')}?fund={fund}&{period.query}",
        rows_label=_("See the entries"),
    )
    value, unit = value_and_unit(request, balances.get(fund, 0))
    trend = month_end_balances(request.mutual, fund, period.last_day, SPARK_MONTHS)
    title = _("%(fund)s at the end of each of the last twelve months, %(balance)s at last") % {
        "fund": fund_name(fund),
        "balance": writing.money(trend[-1], currency, language),
    }
    return Figure(
        definition,
        value,
        unit,
        note=_("on %(day)s, in the books") % {"day": on},
        spark=charts.spark(f"spark-{fund}", title, trend) if any(trend) else "",
    )


def _reconciled(request: OfficeRequest, reconciled: ReconciledBalance | None) -> Figure:
    language = request.LANGUAGE_CODE
    definition = Definition(
        term=_("Reconciled balance"),
        meaning=_(
            "The mutual fund on the last day up to which every line of every statement is matched "
            "with the books, or explained. What came later is not confirmed yet."
        ),
        rows_url=office_url(request, "reconciliation"),
        rows_label=_("See the reconciliation"),
        opens_to_the_left=True,
    )
    if reconciled is None:
        note = _("No statement is reconciled yet.")
        return Figure(definition, writing.ABSENT, note=note)
    value, unit = value_and_unit(request, reconciled.amount_minor)
    since = writing.money(
        reconciled.unreconciled_since_minor, request.mutual.currency, language, sign=True
    )
    told = _("on %(day)s; %(since)s in the books since") % {
        "day": writing.day(reconciled.on, language),
        "since": since,
    }
    part = told_without_statement(reconciled, request.mutual.currency, language)
    return Figure(definition, value, unit, note=f"{told}, {part}" if part else told)


def value_and_unit(request: OfficeRequest, minor: int) -> tuple[str, str]:
    """An amount as a large figure shows it: digits, then the unit."""
    shown = writing.money(minor, request.mutual.currency, request.LANGUAGE_CODE)
    value, _space, unit = shown.partition(writing.NO_BREAK_SPACE)
    return value, unit
