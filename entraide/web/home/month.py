"""The month in progress along the chain, ending with what the mutual fund holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import partial

from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from entraide.apps.claims.models import ClaimState
from entraide.apps.claims.selectors import claims_by_state, posted_between
from entraide.apps.contributions.custody import cash_without_slip
from entraide.apps.contributions.takings import Takings, takings
from entraide.apps.enrolment.selectors import new_households_count
from entraide.apps.ledger.selectors import entries, fund_balance, fund_changes
from entraide.apps.schemes.remembered import Remembered
from entraide.apps.schemes.rights import Right
from entraide.core.ledger import EntryKind, FundCode
from entraide.core.periods import month_start
from entraide.documents import writing
from entraide.web.office import OfficeRequest
from entraide.web.ways import BATCH_READERS, Way, open_to, page_way

_CONTRIBUTIONS = (
    EntryKind.CONTRIBUTION_PAID,
    EntryKind.GROUP_SUM_RECEIVED,
    EntryKind.CONTRIBUTION_REASSIGNED,
)


@dataclass(frozen=True, slots=True)
class MonthRow:
    """One step: a way to its page, what happened, the amount if it has one."""

    step: Way
    told: str
    amount_minor: int | None = None
    is_total: bool = False


def month_rows(request: OfficeRequest) -> list[MonthRow]:
    """From memberships to the fund. The last row is the sum of what stands above it in the books:
    opening + contributions − care ± the rest."""
    mutual, day = request.mutual, request.day
    start, until = month_start(day), day + timedelta(days=1)
    now = Remembered(mutual, day)
    by_kind = now.figure("fund changes of the month", partial(fund_changes, mutual, start, until))
    changes = {
        kind: (sum(by_fund.values()), by_fund.get(FundCode.MUTUAL, 0))
        for kind, by_fund in by_kind.items()
    }
    # The money that came in is counted by its receipts, as on the page of contributions; what of
    # it is the fund's, by the books.
    received = takings(mutual, start, until)
    for_fund = sum(changes[kind][1] for kind in _CONTRIBUTIONS if kind in changes)
    _all_paid, paid = changes.get(EntryKind.PAYOUT_MADE, (0, 0))
    moved = sum(of_fund for _total, of_fund in changes.values())
    opening = now.figure(
        "fund at the beginning of the month",
        partial(fund_balance, mutual, FundCode.MUTUAL, start - timedelta(days=1)),
    )
    approved = posted_between(mutual, start, until)
    rows = [
        MonthRow(
            page_way(mutual, _("Memberships"), "households"),
            _families(new_households_count(mutual, start, until)),
        ),
        MonthRow(
            page_way(mutual, _("Contributions received"), "contributions"),
            _receipts(request, received),
            received.amount_minor,
        ),
        MonthRow(
            _books(request, _("of which for the mutual fund")),
            _share(for_fund, received.amount_minor),
            for_fund,
        ),
        MonthRow(
            page_way(mutual, _("Claims approved"), "claims"),
            _claims(request, approved.count),
            approved.payable_minor,
        ),
        MonthRow(
            open_to(
                page_way(mutual, _("Claims paid"), "settlements"), request.rights, *BATCH_READERS
            ),
            _payouts(request, start, until),
            paid,
        ),
    ]
    others = moved - for_fund - paid
    if others:
        rows.append(
            MonthRow(
                _books(request, _("Other movements of the fund")),
                _("transfers, opening balances, corrections"),
                others,
            )
        )
    return [*rows, _fund_row(request, day, opening, (for_fund, paid, others))]


def _fund_row(
    request: OfficeRequest, day: date, opening: int, terms: tuple[int, int, int]
) -> MonthRow:
    language, currency = get_language() or "fr", request.mutual.currency
    told = writing.amount(opening, currency, language)
    for term in terms:
        if term:
            sign = writing.MINUS if term < 0 else "+"
            told += (
                f" {sign}{writing.NO_BREAK_SPACE}{writing.amount(abs(term), currency, language)}"
            )
    words = _("Mutual fund on {day}").format(day=writing.day_of_month(day, language))
    return MonthRow(_books(request, words), told, opening + sum(terms), is_total=True)


def _books(request: OfficeRequest, words: str) -> Way:
    """The way to the books, for who may read them."""
    return open_to(page_way(request.mutual, words, "ledger"), request.rights, Right.READ_BOOKS)


def _families(count: int) -> str:
    if not count:
        return _("no new family")
    return ngettext("{count} new family", "{count} new families", count).format(count=count)


def _receipts(request: OfficeRequest, received: Takings) -> str:
    count = received.receipts_count
    told = ngettext("{count} receipt", "{count} receipts", count).format(count=_number(count))
    if received.to_share_minor:
        to_share = writing.money(
            received.to_share_minor, request.mutual.currency, get_language() or "fr"
        )
        part = _("of which {amount} brought by groups, to share").format(amount=to_share)
        told += f", {part}"
    loose = cash_without_slip(request.mutual).pieces_count
    if loose:
        more = ngettext(
            "{count} piece of cash not on a slip yet", "{count} pieces of cash not on a slip yet",
            loose,
        )  # fmt: skip
        told += f"{pgettext('between changes', '; ')}{more.format(count=_number(loose))}"
    return told


def _share(part: int, whole: int) -> str:
    if whole <= 0:
        return ""
    return writing.percent(Decimal(part) / Decimal(whole), get_language() or "fr", 0)


def _claims(request: OfficeRequest, count: int) -> str:
    told = ngettext("{count} claim", "{count} claims", count).format(count=_number(count))
    waiting = claims_by_state(request.mutual).get(ClaimState.IN_REVIEW)
    if waiting is not None:
        more = ngettext(
            "{count} before the medical adviser", "{count} before the medical adviser",
            waiting.count,
        )  # fmt: skip
        told += f", {more.format(count=_number(waiting.count))}"
    return told


def _payouts(request: OfficeRequest, start: date, until: date) -> str:
    paid = entries(request.mutual, start=start, until=until, kind=EntryKind.PAYOUT_MADE)
    count = Remembered(request.mutual, request.day).figure("payouts of the month", paid.count)
    return ngettext("{count} payout", "{count} payouts", count).format(count=_number(count))


def _number(count: int) -> str:
    return writing.number(count, get_language() or "fr")
