"""Ageing of what is late, and how contributions come in by month, plan and channel."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from entraide.apps.contributions.collection import (
    ChannelCollection,
    Collection,
    ageing,
    bands_of,
    by_channel,
    by_month,
    by_plan,
    months_before,
)
from entraide.apps.contributions.field_collection import (
    agent_calls,
    by_agent,
    by_portfolio,
)
from entraide.apps.contributions.registers import members_of
from entraide.apps.enrolment.portfolios import animator_for
from entraide.apps.schemes.collection_terms import collection_terms
from entraide.apps.schemes.remembered import Remembered
from entraide.apps.schemes.rights import Right
from entraide.core.collection_costs import CollectionCost, collection_cost
from entraide.documents import writing
from entraide.web.collection.wording import AGEING_CUTS, AGEING_HEADS, BAND_NAMES, PLAN_NAMES
from entraide.web.contributions.wording import channel_name, due_name, due_state
from entraide.web.figures import Definition, Ratio
from entraide.web.groups.kinds import KindTabs, kind_name_in_report, kind_tabs
from entraide.web.office import OfficeRequest, office_url, office_view

MONTHS = 12
ROWS_PER_PAGE = 50
NOBODY = "personne"  # in the address, for families that nobody followed
READERS = (Right.READ_REGISTERS, Right.READ_REPORTS)


@require_GET
@office_view(right=READERS)
def ageing_page(request: OfficeRequest) -> HttpResponse:
    """What families are late by, in five bands, by group, kind of group or field agent."""
    by = request.GET.get("by", "")
    by = by if by in AGEING_CUTS else "group"
    rows = ageing(request.mutual, request.day, by=by)
    if by == "kind":
        language = request.LANGUAGE_CODE
        rows = [replace(each, name=kind_name_in_report(each.key, language)) for each in rows]
    context = {
        "by": by,
        "cuts": [(key, word, key == by) for key, word in AGEING_CUTS.items()],
        "head": AGEING_HEADS[by],
        "rows": rows,
        "bands": BAND_NAMES,
        "totals": list(bands_of(rows)),
        "total_minor": sum(each.total_minor for each in rows),
        "families": sum(each.families for each in rows),
    }
    return render(request, "web/collection/ageing.html", context)


@require_GET
@office_view(right=READERS)
def collection(request: OfficeRequest) -> HttpResponse:
    """The last twelve months: collected of what fell due, by plan, by channel with its delay;
    of the whole mutual, or of one kind of group."""
    mutual, day, kinds = request.mutual, request.day, kind_tabs(request)
    only = {"group_kind": kinds.asked}
    from_, until = months_before(day, MONTHS)
    now, of_kind = Remembered(mutual, day), f"of {kinds.asked}"
    received = now.figure(
        f"collection by channel {of_kind}", partial(by_channel, mutual, from_, until, **only)
    )
    channels = [_channel(request, each, from_, until, kinds) for each in received]
    months = now.figure(
        f"collection by month {of_kind}", partial(by_month, mutual, from_, until, **only)
    )
    plans = now.figure(
        f"collection by plan {of_kind}", partial(by_plan, mutual, from_, until, day, **only)
    )
    agents = now.figure(
        f"collection by agent {of_kind}", partial(by_agent, mutual, from_, until, day, **only)
    )
    costs = [row.cost.total_minor for row in channels if row.cost is not None]
    context = {
        "period": writing.period(from_, until, request.LANGUAGE_CODE),
        "may_open": Right.READ_REGISTERS in request.rights,
        "from": from_,
        "until": until,
        "kinds": kinds,
        "months": [(date.fromisoformat(f"{each.key}-01"), each) for each in months],
        "all_months": Collection(
            "",
            sum(each.due_minor for each in months),
            sum(each.collected_minor for each in months),
        ),
        "plans": [(PLAN_NAMES[each.key], each) for each in plans],
        "agents": agents,
        "nobody": NOBODY,
        "channels": channels,
        "channels_minor": sum(row.collected.amount_minor for row in channels),
        "channels_count": sum(row.collected.receipts_count for row in channels),
        "costs_minor": sum(costs) if costs else None,
        "not_said": [row.name for row in channels if row.cost is None],
    }
    return render(request, "web/collection/collection.html", context)


@require_GET
@office_view(right=Right.READ_REGISTERS)
def agent_page(request: OfficeRequest, key: str) -> HttpResponse:
    """What is behind the rate of one field agent: group by group, then call by call."""
    mutual, day = request.mutual, request.day
    from_, until = months_before(day, MONTHS)
    agent = None if key == NOBODY else animator_for(mutual, key, day)
    kinds = kind_tabs(request)
    calls = agent_calls(mutual, from_, until, agent, group_kind=kinds.asked)
    parts = by_portfolio(calls, day)
    page = Paginator(calls, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    members = members_of([each.household for each in page.object_list])
    total = Collection(
        key,
        sum(part.sums.due_minor for part in parts),
        sum(part.sums.collected_minor for part in parts),
        sum(part.sums.late_minor for part in parts),
    )
    context = {
        "agent": agent,
        "kinds": kinds,
        "period": writing.period(from_, until, request.LANGUAGE_CODE),
        "parts": parts,
        "total": total,
        "rate": writing.ABSENT
        if total.rate is None
        else writing.percent(total.rate, request.LANGUAGE_CODE),
        "page": page,
        "rows": [
            (due, due_name(due), due_state(due, day), members.get(due.household_id))
            for due in page.object_list
        ],
    }
    return render(request, "web/collection/agent.html", context)


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """One channel: what came, after how long, at which cost, and how that cost is reckoned."""

    name: str
    delay: str
    collected: ChannelCollection
    cost: CollectionCost | None
    reckoned: Definition | None  # the cost, opening to its formula and to the receipts


def _channel(
    request: OfficeRequest, collected: ChannelCollection, from_: date, until: date, kinds: KindTabs
) -> ChannelRow:
    name, delay = channel_name(collected.channel), _delay(collected.delay_days)
    terms = collection_terms(request.mutual, collected.channel)
    if terms is None:
        return ChannelRow(name, delay, collected, None, None)
    cost = collection_cost(
        terms, receipts_count=collected.receipts_count, amount_minor=collected.amount_minor
    )
    language, code = request.LANGUAGE_CODE, request.mutual.currency
    meaning = _(
        "%(count)s receipts × %(receipt)s + %(amount)s × %(fee)s = %(receipts_cost)s + "
        "%(fee_cost)s. Both terms are chosen in the settings."
    ) % {
        "count": writing.number(collected.receipts_count, language),
        "receipt": writing.money(terms.receipt_minor, code, language),
        "amount": writing.money(collected.amount_minor, code, language),
        "fee": writing.percent(terms.fee_rate, language, 2),
        "receipts_cost": writing.money(cost.receipts_minor, code, language),
        "fee_cost": writing.money(cost.fee_minor, code, language),
    }
    query = f"?channel={collected.channel}&from={from_:%d/%m/%Y}&until={until:%d/%m/%Y}"
    reckoned = Definition(
        writing.money(cost.total_minor, code, language),
        meaning,
        Ratio(
            (_("Cost"), writing.money(cost.total_minor, code, language)),
            (_("Received"), writing.money(cost.amount_minor, code, language)),
            (
                _("Cost of what is received"),
                writing.percent(cost.rate, language, 2)
                if cost.rate is not None
                else writing.ABSENT,
            ),
        ),
        writing.period(from_, until, language),
        office_url(request, "receipts") + query
        if Right.READ_REGISTERS in request.rights and kinds.asked is None
        else "",  # the list of receipts knows no kind of group: a receipt may pay for several
        _("See the receipts"),
        opens_to_the_left=True,
    )
    return ChannelRow(name, delay, collected, cost, reckoned)


def _delay(days: int | None) -> str:
    if days is None:
        return writing.ABSENT
    if days == 0:
        return _("on the day itself")
    if days < 0:
        return ngettext("%(days)s day before", "%(days)s days before", -days) % {"days": -days}
    return ngettext("%(days)s day after", "%(days)s days after", days) % {"days": days}
