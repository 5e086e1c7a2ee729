"""The three figures that open the day: autonomy, RSP, reconciled fund."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from zoneinfo import ZoneInfo

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from entraide.apps.banking.selectors import ReconciledBalance, reconciled_fund_balance
from entraide.apps.ledger.selectors import month_end_balances
from entraide.apps.reporting.report import Comparison
from entraide.apps.reporting.services import Headline
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.remembered import Remembered
from entraide.apps.schemes.rights import Right
from entraide.core.ledger import FundCode
from entraide.documents import writing
from entraide.documents.charts import spark
from entraide.indicators.engine import Figure as Read
from entraide.web.figures import Definition, Figure, Ratio
from entraide.web.ledger.wording import told_without_statement
from entraide.web.office import OfficeRequest, office_url
from entraide.web.plurals import agreeing
from entraide.web.ways import open_to, page_way

AUTONOMY_TARGET = Decimal("0.50")
BAND = (Decimal("0.85"), Decimal("0.95"))
SPARK_MONTHS = 13


def home_figures(request: OfficeRequest, read: Headline) -> list[Figure]:
    """The figures of the last twelve full months, each with its parts and its trend."""
    return [_autonomy(request, read), _claims_ratio(request, read), _fund(request, read)]


def language() -> str:
    """The reader's language."""
    return get_language() or "fr"


def _autonomy(request: OfficeRequest, read: Headline) -> Figure:
    compared = read.figures["autonomy_rate"]
    rate = compared.now.value
    care = read.now("claims_ratio").value
    if rate is None:
        kind, word = "", ""
    elif care is not None and care > 1:
        kind, word = "bad", _("Untenable: RSP above 100%")
    elif rate < AUTONOMY_TARGET:
        kind, word = "warn", _("Below the target of 50%")
    else:
        kind, word = "ok", _("Target of 50% reached")
    net = read.now("net_autonomy_rate").value
    more = _("Net autonomy, once care is paid: {rate}.").format(rate=_percent(net))
    definition = Definition(
        term=_("Autonomy rate"),
        meaning=_("the part of contributions kept for running costs, compared with these costs."),
        ratio=_ratio(
            request.mutual,
            compared.now,
            _("Running share without subsidies"),
            _("Running costs"),
            _("Autonomy rate"),
        ),
        period=f"{_months(request.mutual, read)} {more}",
        rows_url=f"{office_url(request, 'report')}#fonctionnement",
        rows_label=_("See the report"),
    )
    return Figure(
        definition,
        *_value(rate),
        state_kind=kind,
        state_word=word,
        note=_change(compared) or more,
        spark=_spark("spark-autonomy", read.rolling["autonomy_rate"]),
    )


def _claims_ratio(request: OfficeRequest, read: Headline) -> Figure:
    compared = read.figures["claims_ratio"]
    rate = compared.now.value
    low, high = BAND
    if rate is None:
        kind, word = "", ""
    elif rate < low:
        kind, word = "warn", _("Below the band of 85–95%")
    elif rate > high:
        kind, word = "bad", _("Above the band of 85–95%")
    else:
        kind, word = "ok", _("In the band of 85–95%")
    gross = read.now("gross_claims_ratio")
    more = _("Gross, on all contributions: {rate}.").format(rate=_percent(gross.value))
    definition = Definition(
        term=_("RSP"),
        meaning=_(
            "care incurred, compared with the part of contributions kept for the mutual fund "
            "(claims to premiums). Without provision for invoices not received yet: the last "
            "months will still rise."
        ),
        ratio=_ratio(
            request.mutual,
            compared.now,
            _("Care incurred"),
            _("Fund share of earned contributions"),
            _("RSP"),
        ),
        period=f"{_months(request.mutual, read)} {more}",
        rows_url=f"{office_url(request, 'report')}#soins",
        rows_label=_("See the report"),
    )
    return Figure(
        definition,
        *_value(rate),
        state_kind=kind,
        state_word=word,
        note=_change(compared) or more,
        spark=_spark("spark-claims", read.rolling["claims_ratio"]),
    )


def _fund(request: OfficeRequest, read: Headline) -> Figure:
    mutual, day = request.mutual, request.day
    balance = Remembered(mutual, day).figure(
        "fund reconciled", partial(reconciled_fund_balance, mutual, as_of=day)
    )
    meaning = _(
        "the mutual fund on the last day up to which every line of every statement is matched with "
        "the books, or explained."
    )
    way = page_way(mutual, "", "reconciliation")
    url = open_to(way, request.rights, Right.READ_BOOKS, Right.MATCH).url
    term = _("Mutual fund, reconciled")
    if balance is None:
        definition = Definition(
            term,
            meaning,
            rows_url=url,
            rows_label=_("Bring the first statement"),
            opens_to_the_left=True,
        )
        return Figure(definition, writing.ABSENT, note=_("No statement agrees with the books yet."))
    monthly = read.now("reserve_months").denominator
    months = Decimal(balance.amount_minor) / Decimal(monthly) if monthly else None
    ratio = None
    if months is not None and monthly:
        ratio = Ratio(
            (
                _("Balance confirmed by the statements"),
                writing.money(balance.amount_minor, mutual.currency, language()),
            ),
            (
                _("Care incurred in a mean month"),
                writing.money(round(Decimal(monthly)), mutual.currency, language()),
            ),
            (
                _("Months of reserve on {day}").format(day=writing.day(balance.on, language())),
                writing.number(months, language(), 1),
            ),
        )
    definition = Definition(
        term,
        meaning,
        ratio=ratio,
        period=_since(mutual, balance),
        rows_url=url,
        rows_label=_("Open the reconciliation"),
        opens_to_the_left=True,
    )
    kind, word = _reconciled_state(read, balance)
    value, _space, unit = writing.money(
        balance.amount_minor, mutual.currency, language()
    ).partition(writing.NO_BREAK_SPACE)
    last = read.period.last
    trend = Remembered(mutual, day).figure(
        f"fund at the end of months to {last}",
        partial(month_end_balances, mutual, FundCode.MUTUAL, last, SPARK_MONTHS),
    )
    title = _("At the end of each of the last months, {balance} at last").format(
        balance=writing.money(trend[-1], mutual.currency, language())
    )
    return Figure(
        definition,
        value,
        unit,
        state_kind=kind,
        state_word=word,
        note=_fund_note(months, balance, mutual.currency),
        spark=spark("spark-fund", title, trend) if any(trend) else "",
    )


def _reconciled_state(read: Headline, balance: ReconciledBalance) -> tuple[str, str]:
    on = writing.day(balance.on, language())
    kind = "ok" if balance.on >= read.period.last else "warn"
    return kind, _("Reconciled on {day}").format(day=on)


def _fund_note(months: Decimal | None, balance: ReconciledBalance, currency: str) -> str:
    """What no statement speaks of, how long the fund lasts, what is still to be matched."""
    told = []
    if part := told_without_statement(balance, currency, language()):
        told.append(f"{part[0].upper()}{part[1:]}.")
    if months is not None:
        count = writing.number(months, language(), 1)
        on = writing.day(balance.on, language())
        text = _("{count} months of care ahead on {day}, the last day reconciled.")
        told.append(text.format(count=count, day=on))
    open_lines = sum(account.open_line_count for account in balance.accounts)
    if open_lines:
        text = ngettext(
            "{count} movement is still to be matched.",
            "{count} movements are still to be matched.",
            open_lines,
        )
        told.append(text.format(count=open_lines))
    return " ".join(told)


def _since(mutual: Mutual, balance: ReconciledBalance) -> str:
    if not balance.unreconciled_since_minor:
        return _("The books have not moved it since.")
    since = writing.money(balance.unreconciled_since_minor, mutual.currency, language(), sign=True)
    return _("Since then the books have moved it by {amount}, not confirmed yet.").format(
        amount=since
    )


def _value(rate: Decimal | int | None) -> tuple[str, str]:
    """The figure and its unit apart."""
    if rate is None:
        return writing.ABSENT, ""
    return writing.number(Decimal(rate) * 100, language(), 1), "%"


def _percent(rate: Decimal | int | None) -> str:
    return writing.ABSENT if rate is None else writing.percent(Decimal(rate), language())


def _change(compared: Comparison) -> str:
    """« Moins 0,3 point en un an. »: the difference of the two figures as they are written.

    Empty when there is nothing to compare.
    """
    now, before = compared.now.value, compared.before.value
    if now is None or before is None:
        return ""
    points = writing.points_between(Decimal(now), Decimal(before))
    if not points:
        return _("As one year before.")
    written = writing.number(abs(points), language(), 1)
    many = agreeing(abs(points))
    if points > 0:
        text = ngettext("{count} point more in a year.", "{count} points more in a year.", many)
    else:
        text = ngettext("{count} point less in a year.", "{count} points less in a year.", many)
    return text.format(count=written)


def _months(mutual: Mutual, read: Headline) -> str:
    months = writing.period(read.period.start, read.period.until, language())
    told = _("Twelve full months, {months}.").format(months=months)
    if read.overtaken_at is None:
        return told
    at = writing.moment(read.overtaken_at.astimezone(ZoneInfo(mutual.time_zone)), language())
    since = _("As the registers were on {moment}; what came since is not in it yet.")
    return f"{told} {since.format(moment=at)}"


def _ratio(
    mutual: Mutual, figure: Read, numerator: str, denominator: str, result: str
) -> Ratio | None:
    if figure.value is None or figure.numerator is None or figure.denominator is None:
        return None
    above, below = (
        writing.money(round(Decimal(part)), mutual.currency, language())
        for part in (figure.numerator, figure.denominator)
    )
    return Ratio((numerator, above), (denominator, below), (result, _percent(figure.value)))


def _spark(ident: str, series: Sequence[Read]) -> str:
    values = [Decimal(figure.value) for figure in series if figure.value is not None]
    if len(values) < 2:
        return ""
    title = _("Over twelve months, from {first} to {last}").format(
        first=_percent(values[0]), last=_percent(values[-1])
    )
    return spark(ident, title, values)
