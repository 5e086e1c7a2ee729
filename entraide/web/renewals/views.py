"""The renewal pipeline: how many covers stand where, which they are, what comes next for each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from entraide.apps.access.models import User
from entraide.apps.contributions.registers import groups_named, members_of
from entraide.apps.contributions.renewals import (
    RenewalOffer,
    followed_by,
    renewal_offers,
    renewals_list,
    stage_counts,
    stages_by_group,
)
from entraide.apps.enrolment.models import Membership, PartnerGroup
from entraide.apps.enrolment.portfolios import animator_for, animators
from entraide.apps.enrolment.selectors import group_for, memberships_to_renew
from entraide.apps.schemes.choices import ARREARS_BEFORE_REENTRY
from entraide.apps.schemes.flags import RENEWAL_IN_LIST, is_open
from entraide.apps.schemes.models import Mutual, Product
from entraide.apps.schemes.remembered import Remembered
from entraide.apps.schemes.rights import Right
from entraide.apps.schemes.selectors import product_for, products
from entraide.core.errors import Refusal
from entraide.core.periods import Period
from entraide.core.renewals import RenewalStage, following
from entraide.web import clock
from entraide.web.office import OfficeRequest, office_view
from entraide.web.renewals.wording import (
    STAGE_KINDS,
    STAGE_MEANINGS,
    STAGE_NAMES,
    finding_told,
    next_thing,
    term_in_words,
    why_not,
)
from entraide.web.ways import page_way

ROWS_PER_PAGE = 50
ROWS_PER_PAPER = 200
GROUPS_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Row:
    """One cover of the list, its offer and what to do next, in words."""

    cover: Membership
    member_name: str
    persons_count: int
    overdue_minor: int
    stage_kind: str
    stage_name: str
    term: str
    step: str
    price_minor: int | None
    period: Period | None  # of the next cover, where it has a price
    faults: list[str]
    remarks: list[str]
    why_url: str  # where the reason of a family that does not renew is recorded


@dataclass(frozen=True, slots=True)
class Asked:
    """The filters of the address; what is unknown is not asked."""

    stage: RenewalStage | None
    group: PartnerGroup | None
    product: Product | None
    animator: User | None
    text: str
    sort: str

    @property
    def any(self) -> bool:
        """Whether something is filtered."""
        return bool(self.stage or self.group or self.product or self.animator or self.text.strip())

    def filters(self) -> dict[str, Any]:
        """As the list of the services takes them."""
        return {
            "stage": self.stage,
            "group": self.group,
            "product": self.product,
            "animator": self.animator,
            "text": self.text,
            "sort": self.sort,
        }


def asked_of(request: OfficeRequest) -> Asked:
    """What the address asks for."""
    given = request.GET
    stage = given.get("stage", "")
    return Asked(
        RenewalStage(stage) if stage in RenewalStage.__members__.values() else None,
        _known(group_for, request, given.get("group", "")),
        _known(product_for, request, given.get("product", "")),
        _known(_animator, request, given.get("animator", "")),
        given.get("q", ""),
        given.get("sort", ""),
    )


def _animator(mutual: Mutual, uid: str) -> User:
    return animator_for(mutual, uid, clock.today(mutual))


def _known(reader: Any, request: OfficeRequest, key: str) -> Any:
    if not key:
        return None
    try:
        return reader(request.mutual, key)
    except Refusal:
        return None


def rows_of(
    request: OfficeRequest, covers: Sequence[Membership], product: Product | None = None
) -> list[Row]:
    """The covers of one page with price, faults and next step; queries do not grow with them.

    ``product``: the other product that all of them would go to.
    """
    offers = renewal_offers(
        request.mutual,
        covers,
        on=request.day,
        arrears_first=ARREARS_BEFORE_REENTRY.of(request.mutual),
        product=product,
    )
    members = members_of([cover.household for cover in covers])
    return [_row(request, offer, members) for offer in offers]


def _row(request: OfficeRequest, offer: RenewalOffer, members: Any) -> Row:
    cover = offer.membership
    follow = following(cover.effective_until, offer.grace_days, request.day)
    member = members.get(cover.household_id)
    return Row(
        cover=cover,
        member_name=member.full_name if member else cover.household.number,
        persons_count=getattr(cover, "persons_count", None) or 0,
        overdue_minor=getattr(cover, "overdue_minor", None) or 0,
        stage_kind=STAGE_KINDS[follow.stage] if follow else "plain",
        stage_name=str(STAGE_NAMES[follow.stage]) if follow else "",
        term=term_in_words(cover.effective_until),
        step=next_thing(follow) if follow else "",
        price_minor=offer.quote.total_minor if offer.quote else None,
        period=offer.quote.period if offer.quote else None,
        faults=why_not(offer.refusal) if offer.refusal else [],
        remarks=[finding_told(each) for each in offer.quote.remarks] if offer.quote else [],
        why_url=page_way(request.mutual, "", "obstacle-family", uid=cover.household.uid).url
        if request.day >= cover.effective_until
        else "",
    )


def begins_anew(request: OfficeRequest, covers: Sequence[Membership]) -> Iterator[bool]:
    """For each cover that may be renewed, whether its family comes back without its seniority."""
    for offer in renewal_offers(request.mutual, covers, on=request.day):
        if offer.terms is not None:
            back = offer.terms.reentry
            yield back.gap_days > 0 and not back.keeps_seniority


@require_safe
@office_view(right=Right.READ_REGISTERS)
def pipeline(request: OfficeRequest) -> HttpResponse:
    """The covers near their term: counts by stage and by group, the list, one click to renew."""
    asked = asked_of(request)
    page = Paginator(
        renewals_list(request.mutual, request.day, **asked.filters()), ROWS_PER_PAGE
    ).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "asked": asked,
        "may_read_reports": Right.READ_REPORTS in request.rights,
        "page": page,
        "rows": rows_of(request, list(page.object_list)),
        "may_enrol": Right.ENROL in request.rights,
        "may_renew": Right.ENROL in request.rights
        and is_open(request.mutual, RENEWAL_IN_LIST, request.day),
    }
    if request.htmx:
        return render(request, "web/renewals/_rows.html", context)
    followed = memberships_to_renew(request.mutual, request.day)
    if asked.group is not None:
        followed = followed.filter(household__group=asked.group)
    if asked.animator is not None:
        followed = followed_by(followed, request.mutual, asked.animator, request.day)
    now = Remembered(request.mutual, request.day)
    asked_for = [each and each.pk for each in (asked.group, asked.animator)]
    counts = now.figure(f"stages {asked_for}", partial(stage_counts, followed, request.day))
    covers = memberships_to_renew(request.mutual, request.day)
    groups = now.figure(
        "stages by group", partial(stages_by_group, covers, request.day, most=GROUPS_SHOWN)
    )
    context |= {
        "stages": [
            (stage, STAGE_NAMES[stage], STAGE_MEANINGS[stage], counts[stage])
            for stage in RenewalStage
        ],
        "total": sum(counts.values()),
        "by_group": [
            (each, [(stage, STAGE_NAMES[stage], each.counts[stage]) for stage in RenewalStage])
            for each in groups
        ],
        "groups": groups_named(request.mutual),
        "products": products(request.mutual),
        "animators": animators(request.mutual, request.day),
    }
    return render(request, "web/renewals/pipeline.html", context)


@require_safe
@office_view(right=Right.READ_REGISTERS)
def paper(request: OfficeRequest) -> HttpResponse:
    """The list to take along to a group's meeting: family, price, what is owed, boxes to sign."""
    asked = asked_of(request)
    page = Paginator(
        renewals_list(request.mutual, request.day, **asked.filters()), ROWS_PER_PAPER
    ).get_page(request.GET.get("page"))
    rows = rows_of(request, list(page.object_list))
    prices = [row.price_minor for row in rows if row.price_minor is not None]
    context = {
        "asked": asked,
        "page": page,
        "rows": rows,
        "price_minor": sum(prices),
        "overdue_minor": sum(row.overdue_minor for row in rows),
        "stage_name": STAGE_NAMES[asked.stage] if asked.stage else "",
        "groups": groups_named(request.mutual),
    }
    return render(request, "web/renewals/paper.html", context)
