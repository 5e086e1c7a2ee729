"""« Fiches des prestataires »: each figure beside its peers, with its formula and its rows."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy
from django.views.decorators.http import require_safe

from entraide.apps.care_control.scorecards import (
    Scorecard,
    Share,
    claims_looked_at,
    is_late,
    reductions_of,
    scorecards,
    share_of,
)
from entraide.apps.claims.models import Claim, ClaimState
from entraide.apps.providers.models import Agreement
from entraide.apps.providers.register import provider_seen
from entraide.apps.schemes.rights import Right
from entraide.core.control.profiles import Compared, Measure
from entraide.documents import writing
from entraide.web.care_control.periods import Asked, asked_period
from entraide.web.care_control.profiles import plain_mean
from entraide.web.care_control.wording import MEASURES
from entraide.web.claims.reasons import reason_name
from entraide.web.figures import Definition, Figure, Ratio
from entraide.web.names import State
from entraide.web.office import OfficeRequest, office_url, office_view
from entraide.web.providers.wording import LEVELS, convention_state

MONTHS = 12
PER_PAGE = 50
READERS = (Right.CONTROL_CARE, Right.READ_REPORTS, Right.KEEP_PROVIDERS)
KINDS = ("", "reduced", "late", "paid")
Money = Callable[[int], str]


@require_safe
@office_view(right=READERS, of_whole_mutual=True)
def card_list(request: OfficeRequest) -> HttpResponse:
    """Every provider with a claim in the period, the dearest first; who is beyond its peers."""
    asked = asked_period(request, MONTHS)
    cards = scorecards(request.mutual, asked.from_, asked.until, on=request.day)
    context = {
        "period_form": asked.form,
        "period": writing.period(asked.from_, asked.until, request.LANGUAGE_CODE),
        "query": query_of(asked),
        "rows": [
            (
                card, LEVELS.get(card.provider.level, ""), _beyond(card), card.mean_cost_minor,
                "".join(refused_told(card, request.LANGUAGE_CODE)),
            )
            for card in cards
        ],
    }  # fmt: skip
    return render(request, "web/care_control/scorecards.html", context)


def query_of(asked: Asked) -> str:
    """The period of a page, for the addresses of what lies behind it."""
    first, last = asked.form["first"].value(), asked.form["last"].value()
    return urlencode({"first": first, "last": last})


def _beyond(card: Scorecard) -> str:
    return ", ".join(str(MEASURES[each.measure]) for each in card.measures if each.is_unusual)


@require_safe
@office_view(right=READERS, of_whole_mutual=True)
def card(request: OfficeRequest, uid: str) -> HttpResponse:
    """One provider: every figure opens to what it means, how it is made and its rows."""
    provider = provider_seen(request.mutual, uid)
    asked = asked_period(request, MONTHS)
    [shown] = scorecards(
        request.mutual, asked.from_, asked.until, on=request.day, provider=provider
    )
    rows_url = office_url(request, "control-scorecard-claims", uid=provider.uid)
    context = {
        "provider": provider,
        "level": LEVELS.get(provider.level, ""),
        "card": shown,
        "period_form": asked.form,
        "period": writing.period(asked.from_, asked.until, request.LANGUAGE_CODE),
        "query": query_of(asked),
        "figures": figures_of(
            request, shown, share_of(request.mutual, provider, asked.until),
            f"{rows_url}?{query_of(asked)}",
        ),
        "measures": [measure_told(request, each) for each in shown.measures],
        "reductions": [
            (reason_name(each.code), each.count, each.amount_minor)
            for each in reductions_of(request.mutual, provider, asked.from_, asked.until)
        ],
        "refused": writing.money(
            shown.refused_minor, request.mutual.currency, request.LANGUAGE_CODE
        ),
        "convention": convention_state(shown.agreement, request.day),
        "may_open_breaches": bool(
            {Right.READ_REGISTERS, Right.KEEP_PROVIDERS} & request.rights
        ),
    }  # fmt: skip
    return render(request, "web/care_control/scorecard.html", context)


def figures_of(
    request: OfficeRequest, card: Scorecard, share: Share | None, rows: str
) -> list[Figure]:
    """The large figures of a card, each with its definition."""
    language, currency = request.LANGUAGE_CODE, request.mutual.currency

    def money(minor: int) -> str:
        return writing.money(minor, currency, language)

    return [
        *_amounts(card, rows, money, language),
        *_delays(card, rows, language),
        _heard(request, card, language),
        _turnover(share, money, language),
    ]


def _ratio(part: tuple[str, str], of: tuple[str, str], result: str) -> Ratio:
    return Ratio(part, of, (_("Result"), result))


def _amounts(card: Scorecard, rows: str, money: Money, language: str) -> list[Figure]:
    """How much was asked, what a case cost, what is owed of it."""
    count = writing.number(card.claims_count, language)
    decided = writing.number(card.costs.count, language)
    mean = card.mean_cost_minor
    cost = money(mean) if mean is not None else "–"
    stated, reduced = money(card.stated_minor), money(card.reduced_minor)
    share = _share_text(card.reduced_minor, card.stated_minor, language)
    persons = ngettext("%(n)d person", "%(n)d persons", card.persons_count)
    claims = Definition(
        _("Claims"),
        _("Claims for care given in the period, refused ones included, reversed ones left out."),
        rows_url=rows,
    )  # fmt: skip
    case = Definition(
        _("Cost of a case"),
        _("What the decisions accept as the cost of a claim, whoever pays it; claims refused or "
          "not yet decided are left out. The dearest twentieth of the cases (at least one) counts "
          "as the next dearest."),
        _ratio(
            (pgettext("of a cost", "accepted"), money(card.costs.total_minor)),
            (_("claims decided"), decided), cost,
        ),
        rows_url=rows,
    )  # fmt: skip
    owed = Definition(
        _("Owed by the mutual"),
        _("Payable by the decisions in force, what is paid already included."), rows_url=rows,
    )  # fmt: skip
    taken = Definition(
        _("Taken away"),
        _("Stated and not owed: shares of families, prices, ceilings; refused claims left out."),
        _ratio((_("stated − owed"), reduced), (_("stated"), stated), share),
        rows_url=f"{rows}&kind=reduced",
    )  # fmt: skip
    return [
        Figure(
            claims, count,
            note=", ".join((persons % {"n": card.persons_count}, *refused_told(card, language))),
        ),
        Figure(case, cost),
        Figure(
            owed, money(card.payable_minor),
            note=_("of which paid: %(amount)s") % {"amount": money(card.paid_minor)},
        ),
        Figure(taken, share, note=reduced),
    ]  # fmt: skip


def refused_told(card: Scorecard, language: str) -> tuple[str, ...]:
    """« of which 7 refused », where some are: a mean cost is not over these."""
    if not card.refused_count:
        return ()
    told = ngettext(
        "of which %(n)s claim refused", "of which %(n)s claims refused", card.refused_count
    )
    return (told % {"n": writing.number(card.refused_count, language)},)


def _delays(card: Scorecard, rows: str, language: str) -> list[Figure]:
    """How long the provider waits for our money, and beyond our word."""
    told = card.agreement.payment_delay_days if card.agreement else None
    delay = Definition(
        _("Delay of our payment"),
        _("Days from reception to payment, of the claims paid: the median."),
        rows_url=f"{rows}&kind=paid",
    )
    late = Definition(
        _("Paid late by us"), _("Waited longer than the convention says, paid or not."),
        rows_url=f"{rows}&kind=late",
    )  # fmt: skip
    promise = _("the convention says no delay")
    if told is not None:
        promise = _("the convention says %(days)s") % {"days": _days(told)}
    ninetieth = _("nothing is paid yet")
    if card.delay_p90_days is not None:
        ninetieth = _("nine in ten within %(days)s") % {"days": _days(card.delay_p90_days)}
    return [
        Figure(delay, _days(card.delay_median_days), note=ninetieth),
        Figure(
            late, writing.number(card.late_count, language) if told is not None else "–",
            state_kind="warn" if card.late_count else "",
            state_word=_("to explain") if card.late_count else "", note=promise,
        ),
    ]  # fmt: skip


def _heard(request: OfficeRequest, card: Scorecard, language: str) -> Figure:
    score = card.score
    good = _("hidden: fewer than five families asked")
    value = "–"
    if score.good_welcome is not None and score.good_treatment is not None:
        value = _share_text(score.good_welcome + score.good_treatment, 2 * score.asked, language)
        good = _("welcome %(welcome)s, care %(care)s") % {
            "welcome": _share_text(score.good_welcome, score.asked, language),
            "care": _share_text(score.good_treatment, score.asked, language),
        }  # fmt: skip
    return Figure(
        Definition(
            _("Said good by families"),
            _("Answers « good » to the two questions, of all answers of the period."),
            Ratio(
                (_("answers « good »"), value), (_("families asked"), str(score.asked)),
                (_("Complaints"), str(score.complaints)),
            ),
            rows_url=office_url(request, "care-feedback") + f"?provider={card.provider.uid}",
        ),
        value,
        note=good,
    )  # fmt: skip


def _turnover(share: Share | None, money: Money, language: str) -> Figure:
    meaning = _("Paid for care of the year, to the provider or to families, of what it earned.")
    if share is None:
        return Figure(
            Definition(_("Our share of its turnover"), meaning), "–",
            note=_("the provider has not told what it earns"),
        )  # fmt: skip
    rate = writing.percent(share.rate, language)
    return Figure(
        Definition(
            _("Our share of its turnover"), meaning,
            Ratio(
                (_("paid for %(year)d") % {"year": share.year}, money(share.paid_minor)),
                (share.source, money(share.turnover_minor)), (_("Result"), rate),
            ),
        ),
        rate,
        state_kind="warn" if share.is_impossible else "",
        state_word=_("to correct") if share.is_impossible else "",
        note=(
            _("more than it says it earned in %(year)d: to correct") if share.is_impossible
            else _("of the care of %(year)d")
        ) % {"year": share.year},
    )  # fmt: skip


def _share_text(part: int, of: int, language: str) -> str:
    return writing.percent(Decimal(part) / of, language, 0) if of else "–"


def _days(days: int | None) -> str:
    return "–" if days is None else ngettext("%(n)d day", "%(n)d days", days) % {"n": days}


def measure_told(request: OfficeRequest, each: Compared) -> dict[str, Any]:
    """One figure beside its peers in words: estimate, band, limit, and whether it is beyond."""
    return {
        "name": MEASURES[each.measure],
        "cases": each.cases,
        "estimate": _written(request, each.measure, each.band.estimate),
        "band": " – ".join(
            _written(request, each.measure, end) for end in (each.band.low, each.band.high)
        ),
        "limit": _written(request, each.measure, each.peers.limit) if each.peers else "–",
        "plain_mean": plain_mean(request, each) if each.measure is Measure.COST else "",
        "is_unusual": each.is_unusual,
        "is_same_level": each.is_same_level,
        "is_never_named": each.peers is not None and not each.can_be_unusual,
    }


def _written(request: OfficeRequest, measure: Measure, value: float) -> str:
    language = request.LANGUAGE_CODE
    if math.isinf(value):
        return "–"
    if measure is Measure.COST:
        return writing.money(round(value), request.mutual.currency, language)
    if measure is Measure.DRUGS:
        return writing.number(Decimal(str(round(value, 1))), language, 1)
    return writing.percent(Decimal(str(round(value, 3))), language, 0)


@require_safe
@office_view(right=READERS, of_whole_mutual=True)
def claims(request: OfficeRequest, uid: str) -> HttpResponse:
    """The rows behind a figure: claims without names; ``kind`` as the figure counts them."""
    provider = provider_seen(request.mutual, uid)
    asked = asked_period(request, MONTHS)
    kind = request.GET.get("kind", "")
    kind = kind if kind in KINDS else ""
    [shown] = scorecards(
        request.mutual, asked.from_, asked.until, on=request.day, provider=provider
    )
    rows: Any = claims_looked_at(request.mutual, asked.from_, asked.until, provider).order_by(
        "-care_on", "-pk"
    )
    if kind:
        rows = list(_of_kind(rows, kind, request, shown.agreement))
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "provider": provider,
        "period": writing.period(asked.from_, asked.until, request.LANGUAGE_CODE),
        "kind": KIND_STATES[kind],
        "page": page,
        "rows": [
            (each, each.stated_minor - each.payable_minor, _waited(each, request)) for each in page
        ],
        "may_open": Right.READ_REGISTERS in request.rights,
        "card_url": office_url(request, "control-scorecard", uid=provider.uid)
        + f"?{query_of(asked)}",
    }
    return render(request, "web/care_control/scorecard_claims.html", context)


KIND_STATES: dict[str, State] = {
    "": State("plain", gettext_lazy("all")),
    "reduced": State("plain", gettext_lazy("with something taken away")),
    "late": State("warn", gettext_lazy("paid late, or late today")),
    "paid": State("ok", pgettext_lazy("claims", "paid")),
}


def _of_kind(
    rows: Iterable[Claim], kind: str, request: OfficeRequest, agreement: Agreement | None
) -> Iterable[Claim]:
    def is_of(each: Claim) -> bool:
        if kind == "reduced":
            refused = each.state == ClaimState.REFUSED  # the figure leaves them out
            return not refused and each.payable_minor < each.stated_minor
        if kind == "paid":
            return each.paid_on is not None
        waits = is_late(each.received_on, each.paid_on, request.day, agreement)
        return each.payable_minor > 0 and waits

    return filter(is_of, rows)


def _waited(claim: Claim, request: OfficeRequest) -> int:
    return ((claim.paid_on or request.day) - claim.received_on).days
