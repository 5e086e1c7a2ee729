"""Who need not pay: entered by one person, approved by another, dated, with reason and source.

The approval deals out anew what the household still owes of the covers that run: what its category
takes from it is cancelled by reversal and, where another pays instead, raised in their name. What
was already paid stays paid. A later renewal is priced with the category from its first day.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db.models import Q, QuerySet

from entraide.apps.access.models import User
from entraide.apps.contributions.dues import moved_drafts
from entraide.apps.contributions.models import ContributionDue, DueKind, Payer
from entraide.apps.contributions.services import record_dues, take_back
from entraide.apps.contributions.terms_records import Exemption
from entraide.apps.enrolment.history import Act, Change, note
from entraide.apps.enrolment.models import Household, Membership
from entraide.apps.enrolment.selectors import found
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right, require_other_person
from entraide.apps.schemes.selectors import product_on
from entraide.core.errors import Refusal
from entraide.core.periods import last_day
from entraide.core.product import PayingCategory


@command("enter_exemption", right=Right.ENROL)
def enter_exemption(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    household: Household,
    category: str,
    effective_from: date,
    reason: str,
    source: str,
    effective_until: date | None = None,
    payer_name: str = "",
) -> Exemption:
    """Propose that a household is in a paying category of its product from a day on.

    Refused with ``REASON_MISSING``, ``EXEMPTION_SOURCE_MISSING``, ``PERIOD_EMPTY``,
    ``EXEMPTION_CATEGORY_UNKNOWN`` when no running or coming cover has a product that knows the
    category, or ``EXEMPTION_TWICE`` when another one stands on the same days.
    """
    if not reason.strip():
        raise Refusal("REASON_MISSING", place="reason")
    if not source.strip():
        raise Refusal("EXEMPTION_SOURCE_MISSING", place="source")
    if effective_until is not None and effective_until <= effective_from:
        raise Refusal(
            "PERIOD_EMPTY",
            place="effective_until",
            start=effective_from,
            until=last_day(effective_until),
        )
    if not any(_categories(household, category, effective_from, effective_until)):
        raise Refusal("EXEMPTION_CATEGORY_UNKNOWN", place="category", category=category)
    if _standing(household, effective_from, effective_until).exists():
        raise Refusal("EXEMPTION_TWICE", place="effective_from", day=effective_from)
    return Exemption.objects.create(
        mutual=mutual,
        household=household,
        category=category,
        effective_from=effective_from,
        effective_until=effective_until,
        reason=reason.strip(),
        source=source.strip(),
        payer_name=payer_name.strip(),
        entered_by=actor,
        entered_on=on,
    )


@command("approve_exemption", right=Right.APPROVE_EXEMPTION)
def approve_exemption(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    exemption: Exemption,
) -> Exemption:
    """A second person approves; what the household still owes is dealt out anew on the spot.

    Refused with ``EXEMPTION_APPROVED_ALREADY``, ``EXEMPTION_WITHDRAWN``, ``EXEMPTION_REFUSED`` or
    ``SEPARATION_OF_DUTIES``.
    """
    exemption = _waiting(exemption)
    require_other_person(actor, exemption.entered_by, step="enter_exemption")
    exemption.approved_by, exemption.approved_on = actor, on
    exemption.save(update_fields=["approved_by", "approved_on"])
    for membership, category in _categories(
        exemption.household,
        exemption.category,
        exemption.effective_from,
        exemption.effective_until,
    ):
        _deal_anew(membership, category, exemption, actor, on)
    return exemption


@command("withdraw_exemption", right=Right.ENROL)
def withdraw_exemption(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    exemption: Exemption,
    reason: str,
) -> Exemption:
    """Whoever proposed an exemption takes it back before anybody approved it; it stays readable.

    Refused with ``REASON_MISSING``, ``EXEMPTION_APPROVED_ALREADY``, ``EXEMPTION_WITHDRAWN``,
    ``EXEMPTION_REFUSED`` or ``EXEMPTION_OF_ANOTHER`` when somebody else proposed it.
    """
    if not reason.strip():
        raise Refusal("REASON_MISSING", place="reason")
    exemption = _waiting(exemption)
    if exemption.entered_by_id != actor.pk:
        raise Refusal("EXEMPTION_OF_ANOTHER", person=str(exemption.entered_by))
    return _closed(exemption, reason, actor, on)


@command("refuse_exemption", right=Right.APPROVE_EXEMPTION)
def refuse_exemption(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    exemption: Exemption,
    reason: str,
) -> Exemption:
    """The second person says no, with the reason; it stays readable, and may be proposed anew.

    Refused with ``REASON_MISSING``, ``EXEMPTION_APPROVED_ALREADY``, ``EXEMPTION_WITHDRAWN``,
    ``EXEMPTION_REFUSED`` or ``SEPARATION_OF_DUTIES`` (who proposed it withdraws it).
    """
    if not reason.strip():
        raise Refusal("REASON_MISSING", place="reason")
    exemption = _waiting(exemption)
    require_other_person(actor, exemption.entered_by, step="enter_exemption")
    return _closed(exemption, reason, actor, on)


def _closed(exemption: Exemption, reason: str, actor: User, on: date) -> Exemption:
    """A proposal that will not be approved: why, by whom, when."""
    exemption.end_reason = reason.strip()[:200]
    exemption.ended_by, exemption.end_recorded_on = actor, on
    exemption.save(update_fields=["end_reason", "ended_by", "end_recorded_on"])
    return exemption


def _waiting(exemption: Exemption) -> Exemption:
    """The proposal, locked; refused once approved, refused or withdrawn."""
    exemption = Exemption.objects.select_for_update(of=("self",)).get(pk=exemption.pk)
    if exemption.approved_on is not None:
        raise Refusal("EXEMPTION_APPROVED_ALREADY", day=exemption.approved_on)
    if exemption.is_refused:
        raise Refusal(
            "EXEMPTION_REFUSED", day=exemption.end_recorded_on, person=str(exemption.ended_by)
        )
    if exemption.is_withdrawn:
        raise Refusal("EXEMPTION_WITHDRAWN", day=exemption.end_recorded_on)
    return exemption


@command("end_exemption", right=Right.APPROVE_EXEMPTION)
def end_exemption(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    exemption: Exemption,
    effective_until: date,
    reason: str,
) -> Exemption:
    """An exemption stops; covers priced with it keep their price, the next renewal has none.

    ``effective_until``: the first day without it. Who may approve one ends it alone, with a
    reason: it takes a favour back. Refused with ``REASON_MISSING``, ``PERIOD_EMPTY``,
    ``EXEMPTION_ENDED`` when its end is past, or ``EXEMPTION_ENDS_BEFORE`` when it is not later: a
    longer one is entered and approved by two persons as the first was. An end still to come may
    come nearer; the history of the family keeps each, with who wrote it and why.
    """
    if not reason.strip():
        raise Refusal("REASON_MISSING", place="reason")
    exemption = Exemption.objects.select_for_update().get(pk=exemption.pk)
    before = exemption.effective_until
    if before is not None and before <= on:
        raise Refusal("EXEMPTION_ENDED", day=before)
    if before is not None and effective_until >= before:
        raise Refusal("EXEMPTION_ENDS_BEFORE", place="effective_until", until=before)
    if effective_until <= exemption.effective_from:
        raise Refusal(
            "PERIOD_EMPTY",
            place="effective_until",
            start=exemption.effective_from,
            until=last_day(effective_until),
        )
    note(
        Act(actor, on, reason=reason),
        exemption.household,
        Change.EXEMPTION_ENDED,
        before=before or "",
        after=effective_until,
    )
    exemption.effective_until = effective_until
    exemption.end_reason = reason.strip()[:200]
    exemption.ended_by, exemption.end_recorded_on = actor, on
    exemption.save(update_fields=["effective_until", "end_reason", "ended_by", "end_recorded_on"])
    return exemption


def exemptions_of(household: Household) -> QuerySet[Exemption]:
    """The exemptions of a household, the latest first, approved or not."""
    return (
        Exemption.objects.filter(household=household)
        .select_related("entered_by", "approved_by", "ended_by")
        .order_by("-effective_from", "-id")
    )


def exemptions_to_approve(mutual: Mutual) -> QuerySet[Exemption]:
    """The exemptions that nobody has approved yet, the oldest first."""
    return (
        Exemption.objects.filter(
            mutual=mutual, approved_on__isnull=True, end_recorded_on__isnull=True
        )
        .select_related("household", "entered_by")
        .order_by("entered_on", "id")
    )


def exemption_for(mutual: Mutual, uid: object) -> Exemption:
    """The exemption of this mutual with this ``uid``, or ``NOT_FOUND``."""
    exemptions = Exemption.objects.filter(mutual=mutual).select_related(
        "household", "entered_by", "approved_by", "ended_by"
    )
    return found(exemptions, uid=uid)


def _standing(household: Household, from_: date, until: date | None) -> QuerySet[Exemption]:
    ends_later = Q(effective_until__isnull=True) | Q(effective_until__gt=from_)
    others = Exemption.objects.filter(ends_later, household=household).exclude(
        approved_on__isnull=True, end_recorded_on__isnull=False
    )
    return others if until is None else others.filter(effective_from__lt=until)


def _categories(
    household: Household, code: str, from_: date, until: date | None
) -> Iterator[tuple[Membership, PayingCategory]]:
    """The covers of a household within the days, and what their product gives the category."""
    covers = household.memberships.select_related("product").filter(
        Q(ended_on__isnull=True) | Q(ended_on__gt=from_), effective_until__gt=from_
    )
    if until is not None:
        covers = covers.filter(effective_from__lt=until)
    for membership in covers:
        _, rules = product_on(membership.product, membership.effective_from)
        category = rules.contribution.category(code)
        if category is not None:
            yield membership, category


def _deal_anew(
    membership: Membership, category: PayingCategory, exemption: Exemption, actor: User, on: date
) -> None:
    """Take back the open dues of a cover that fall within the exemption, raise what replaces them.

    A due paid in part stays: money was received for it under its own split.
    """
    dues = ContributionDue.objects.filter(
        membership=membership,
        payer=Payer.HOUSEHOLD,
        cancelled_on__isnull=True,
        paid_minor=0,
        due_on__gte=exemption.effective_from,
    )
    if exemption.effective_until is not None:
        dues = dues.filter(due_on__lt=exemption.effective_until)
    payer = None if category.paid_by == "mutual" else Payer(category.paid_by)
    raised = []
    for due in dues.order_by("due_on", "document_number"):
        is_fee = due.kind != DueKind.CONTRIBUTION
        if is_fee and category.waives_fees:
            drafts = ()
        elif is_fee or not category.exempted_rate:
            continue
        else:
            drafts = moved_drafts(due, category.exempted_rate, payer, exemption.payer_name)
        take_back(due=due, actor=actor, on=on, reason=exemption.reason)
        raised += drafts
    record_dues(membership=membership, drafts=raised, occurred_on=on, actor=actor, on=on)


def exempting_categories(cover: Membership) -> tuple[PayingCategory, ...]:
    """The categories by which the rules of a cover may exempt its family; often none."""
    _version, rules = product_on(cover.product, cover.effective_from)
    return rules.contribution.categories
