"""What a post is asked beside its role, as work: month-end, renewals, data, and who must be told.

A duty gives no right (``schemes.titles``); its work shows to who holds it, where it waits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial

from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from entraide.apps.banking.selectors import reconciled_fund_balance
from entraide.apps.cards.incomplete import incomplete_households
from entraide.apps.contributions.groups import below_share
from entraide.apps.enrolment.groups import briefing_items, not_covered, officers_on
from entraide.apps.enrolment.models import PartnerGroup
from entraide.apps.enrolment.portfolios import assignments_on, portfolio_scope
from entraide.apps.enrolment.resemblances import open_resemblances
from entraide.apps.enrolment.selectors import memberships_to_renew
from entraide.apps.fieldwork.follow_list import to_follow
from entraide.apps.fieldwork.follow_plan import plan_on
from entraide.apps.schemes.month_points import last_full_month, unsigned_duties
from entraide.apps.schemes.remembered import Remembered
from entraide.apps.schemes.rights import Right
from entraide.apps.schemes.titles import Duty, duties_held
from entraide.core.periods import month_start
from entraide.documents import writing
from entraide.web.network.wording import DUTY_NAMES
from entraide.web.office import OfficeRequest
from entraide.web.ways import page_way

SIGNED_BY_WORD = frozenset({Duty.INDICATORS, Duty.TRAINING})
AT_MOST = 3  # presidents to brief: the rest stands on the portfolio

Task = tuple[str, str, str, str]  # what, why, verb, address
Finder = Callable[[OfficeRequest], Iterator[Task]]


def tasks_of(request: OfficeRequest) -> Iterator[Task]:
    """The work of the duties that the person holds today, then of their portfolio."""
    held = duties_held(request.user, request.mutual, request.day)
    for duty, right, find in _FINDERS:
        if duty in held and right in request.rights:
            yield from find(request)
    if Right.SIGN_MONTH in request.rights:
        yield from _points_to_sign(request, held)
    if Right.ENROL in request.rights:
        yield from _families_to_see(request)
        yield from _presidents_to_brief(request)


def _points_to_sign(request: OfficeRequest, held: frozenset[Duty]) -> Iterator[Task]:
    """What nothing else on this page asks for: the points that only a person can say are done."""
    asked = held & SIGNED_BY_WORD and unsigned_duties(request.mutual, request.user, request.day)
    names = [str(DUTY_NAMES[duty]) for duty in asked or () if duty in SIGNED_BY_WORD]
    if names:
        month = writing.month(last_full_month(request.day), get_language() or "fr")
        yield (
            _("Sign the points of {month}").format(month=month),
            ", ".join(names),
            pgettext("verb", "Sign"),
            page_way(request.mutual, "", "month-points").url,
        )


def _month_end(request: OfficeRequest) -> Iterator[Task]:
    last = month_start(request.day) - timedelta(days=1)
    reconciled = Remembered(request.mutual, request.day).figure(
        "fund reconciled", partial(reconciled_fund_balance, request.mutual, as_of=request.day)
    )
    if reconciled is None or reconciled.on < last:
        yield (
            _("Finish the month: bank and books"),
            _("The last month is not reconciled yet."),
            pgettext("verb", "Reconcile"),
            page_way(request.mutual, "", "reconciliation").url,
        )


def _renewals(request: OfficeRequest) -> Iterator[Task]:
    count = memberships_to_renew(request.mutual, request.day).count()
    if count:
        text = ngettext("Follow {count} cover to renew", "Follow {count} covers to renew", count)
        yield (
            text.format(count=count),
            _("From sixty days before the term to ninety days after."),
            pgettext("verb", "Follow"),
            page_way(request.mutual, "", "renewals").url,
        )


def _data_quality(request: OfficeRequest) -> Iterator[Task]:
    count = incomplete_households(request.mutual, request.day).order_by().count()
    if count:
        text = ngettext("Complete {count} file", "Complete {count} files", count)
        yield (
            text.format(count=count),
            _("A piece is missing that the rule asks for."),
            pgettext("verb", "Complete"),
            page_way(request.mutual, "", "incomplete-files").url,
        )


def _errors(request: OfficeRequest) -> Iterator[Task]:
    count = open_resemblances(request.mutual).order_by().count()
    if count:
        text = ngettext(
            "Look at {count} possible double", "Look at {count} possible doubles", count
        )
        yield (
            text.format(count=count),
            _("Two rows that may be one person."),
            pgettext("verb", "Look"),
            page_way(request.mutual, "", "doubles").url,
        )


def _families_to_see(request: OfficeRequest) -> Iterator[Task]:
    """The families of one's portfolio that the plan wants visited or called by today."""
    plan = plan_on(request.mutual, request.day)
    if plan is None or portfolio_scope(request.user, request.mutual, request.day).is_empty:
        return
    until = request.day + timedelta(days=1)
    count = to_follow(request.mutual, plan, request.day, until=until, animator=request.user).count()
    if count:
        text = ngettext("Visit or call {count} family", "Visit or call {count} families", count)
        yield (
            text.format(count=count),
            _("By the follow-up plan, in your portfolio."),
            pgettext("verb", "Follow"),
            page_way(request.mutual, "", "follow-list").url,
        )


def _presidents_to_brief(request: OfficeRequest) -> Iterator[Task]:
    """Presidents of the groups that the person follows who were not told everything."""
    followed = assignments_on(request.mutual, request.day).filter(
        animator=request.user, group__isnull=False
    )
    groups = list(PartnerGroup.objects.filter(pk__in=followed.values("group")).order_by("name"))
    if not groups:
        return
    below = below_share(request.mutual, request.day)
    items = briefing_items(request.mutual)
    told = 0
    for group in groups:
        if group.pk in below:
            yield (
                _("Bring more of {group} in").format(group=group.name),
                _("Its contract asks for a larger part of its people."),
                pgettext("verb", "See"),
                page_way(request.mutual, "", "group", uid=group.uid).url,
            )
        for officer in officers_on(group, request.day):
            if told == AT_MOST or officer.role != "president":
                continue
            missing, _told = not_covered(officer, items)
            if missing:
                told += 1
                yield (
                    _("Brief {person}").format(person=officer.name),
                    f"{group.name}. {missing[0].text}",
                    pgettext("verb", "Brief"),
                    page_way(request.mutual, "", "briefing-new", uid=officer.uid).url,
                )


_FINDERS: tuple[tuple[Duty, Right, Finder], ...] = (
    (Duty.MONTH_END, Right.MATCH, _month_end),
    (Duty.RENEWALS, Right.READ_REGISTERS, _renewals),
    (Duty.DATA_QUALITY, Right.READ_REGISTERS, _data_quality),
    (Duty.ERROR_REVIEW, Right.ENROL, _errors),
)
