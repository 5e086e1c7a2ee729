"""Conventions: a draft, approved by a second person, in force during its days, then ended.

What was approved is not rewritten: other terms are a new convention from their day on. A convention
ends earlier by a dated act with its reason and the notice given.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from entraide.apps.access.models import User
from entraide.apps.access.services import content_hash
from entraide.apps.providers.models import (
    Agreement,
    AgreementState,
    ConventionScan,
    Provider,
    ProviderState,
    TariffList,
)
from entraide.apps.providers.scans import PreparedScan
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right, require_other_person
from entraide.core.conventions import (
    FIRST_ALERT_DAYS,
    WORDED,
    Clause,
    ProviderService,
    Renewal,
    earliest_end,
    renewal_stage,
)
from entraide.core.errors import Refusal
from entraide.core.exactness import too_precise
from entraide.core.periods import last_day


@dataclass(frozen=True, slots=True)
class Terms:
    """What a convention says; see :class:`~entraide.apps.providers.models.Agreement`."""

    effective_from: date
    effective_until: date | None = None
    tariff_list: TariffList | None = None
    reference: str = ""
    is_third_party_payment: bool = True
    payment_delay_days: int | None = None
    notice_days: int | None = None
    discount_rate: Decimal | None = None
    needs_guarantee_letter: bool = False
    services: tuple[str, ...] = ()
    clauses: Mapping[str, str] = field(default_factory=dict)
    signed_for_provider: str = ""
    signed_for_mutual: str = ""
    signed_on: date | None = None


@command("draft_convention", right=Right.KEEP_PROVIDERS)
def draft_convention(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    provider: Provider,
    terms: Terms,
) -> Agreement:
    """A convention to be approved by a second person; until then it counts for nothing.

    Refused with ``PERIOD_EMPTY``, ``CURRENCY_DIFFERS``, ``AGREEMENT_OVERLAPS``,
    ``PROVIDER_CLOSED``, ``PROVIDER_REFUSED``, ``PROVIDER_SERVICE_UNKNOWN``,
    ``CLAUSE_UNKNOWN``, ``DISCOUNT_INVALID`` or ``RATE_TOO_PRECISE``.
    """
    require_right_terms(mutual, provider, terms)
    return Agreement.objects.create(
        mutual=mutual, provider=provider, state=AgreementState.DRAFT, entered_by=actor,
        entered_on=on, **_as_columns(terms),
    )  # fmt: skip


@command("change_convention", right=Right.KEEP_PROVIDERS)
def change_convention(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    agreement: Agreement,
    terms: Terms,
) -> Agreement:
    """Other terms of a draft; who changes it last is who entered it. Refused as
    :func:`draft_convention`, or with ``CONVENTION_NOT_DRAFT``.
    """
    held = _locked(agreement, AgreementState.DRAFT, "CONVENTION_NOT_DRAFT")
    require_right_terms(mutual, held.provider, terms, besides=held)
    columns = _as_columns(terms) | {"entered_by": actor, "entered_on": on}
    for name, value in columns.items():
        setattr(held, name, value)
    held.save(update_fields=list(columns))
    return held


@command("approve_convention", right=Right.APPROVE_CONVENTION)
def approve_convention(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    agreement: Agreement,
    seen: str | None = None,
) -> Agreement:
    """The convention holds during its days: by another person than who entered it.

    ``seen``: the :func:`seal_of` the terms as the page showed them. ``CONVENTION_NOT_DRAFT``,
    ``CONVENTION_CHANGED_SINCE`` (others by now), ``SEPARATION_OF_DUTIES``, ``AGREEMENT_OVERLAPS``.
    """
    held = _locked(agreement, AgreementState.DRAFT, "CONVENTION_NOT_DRAFT")
    if seen is not None and seen != seal_of(held):
        raise Refusal("CONVENTION_CHANGED_SINCE", person=str(held.entered_by))
    require_other_person(actor, held.entered_by, step="draft_convention")
    require_no_other(held.provider, held.effective_from, held.effective_until, besides=held)
    held.state, held.approved_by, held.approved_on = AgreementState.APPROVED, actor, on
    held.save(update_fields=["state", "approved_by", "approved_on"])
    return held


@command("refuse_convention", right=Right.APPROVE_CONVENTION)
def refuse_convention(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    agreement: Agreement,
    reason: str,
) -> Agreement:
    """The draft is not wanted; it stays readable with the reason. Refused with
    ``CONVENTION_NOT_DRAFT`` or ``REASON_MISSING``.
    """
    if not reason.strip():
        raise Refusal("REASON_MISSING", place="reason")
    held = _locked(agreement, AgreementState.DRAFT, "CONVENTION_NOT_DRAFT")
    held.state, held.refusal_reason = AgreementState.REFUSED, reason.strip()[:200]
    held.ended_by, held.ended_on = actor, on
    held.save(update_fields=["state", "refusal_reason", "ended_by", "ended_on"])
    return held


@command("end_convention", right=Right.APPROVE_CONVENTION)
def end_convention(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    agreement: Agreement,
    effective_until: date,
    reason: str,
    notice_given_on: date | None = None,
) -> Agreement:
    """The convention is over earlier than it says; ``effective_until`` is the first day without.

    Refused with ``REASON_MISSING``, ``CONVENTION_NOT_APPROVED``, ``PERIOD_EMPTY``,
    ``CONVENTION_ENDS_EARLIER`` or ``NOTICE_TOO_SHORT`` (the days of notice agreed, counted from
    the day on which it was given).
    """
    if not reason.strip():
        raise Refusal("REASON_MISSING", place="reason")
    held = _locked(agreement, AgreementState.APPROVED, "CONVENTION_NOT_APPROVED")
    if effective_until <= held.effective_from:
        start, last = held.effective_from, last_day(effective_until)
        raise Refusal("PERIOD_EMPTY", place="effective_until", start=start, until=last)
    if held.effective_until is not None and held.effective_until < effective_until:
        raise Refusal("CONVENTION_ENDS_EARLIER", place="effective_until", day=held.effective_until)
    earliest = earliest_end(notice_given_on or on, held.notice_days)
    if held.notice_days and effective_until < earliest:
        raise Refusal(
            "NOTICE_TOO_SHORT", place="effective_until", days=held.notice_days, day=earliest
        )
    held.effective_until, held.end_reason = effective_until, reason.strip()[:200]
    held.notice_given_on, held.ended_by, held.ended_on = notice_given_on, actor, on
    held.save(
        update_fields=["effective_until", "end_reason", "notice_given_on", "ended_by", "ended_on"]
    )
    return held


@command("keep_convention_scan", right=Right.KEEP_PROVIDERS)
def keep_scan(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    agreement: Agreement,
    scan: PreparedScan,
) -> ConventionScan:
    """The signed paper of a convention; earlier ones stay."""
    return ConventionScan.objects.create(
        mutual=mutual, agreement=agreement, content=scan.content, media_type=scan.media_type,
        sha256=hashlib.sha256(scan.content).hexdigest(), recorded_by=actor, recorded_on=on,
    )  # fmt: skip


def require_right_terms(
    mutual: Mutual, provider: Provider, terms: Terms, *, besides: Agreement | None = None
) -> None:
    """Refuse terms that cannot hold; see :func:`draft_convention`."""
    start, until = terms.effective_from, terms.effective_until
    if until is not None and until <= start:
        raise Refusal("PERIOD_EMPTY", place="effective_until", start=start, until=last_day(until))
    if provider.state == ProviderState.REFUSED:
        raise Refusal("PROVIDER_REFUSED", provider=provider.name)
    if provider.closed_on is not None and (until is None or until > provider.closed_on):
        raise Refusal("PROVIDER_CLOSED", provider=provider.name, day=provider.closed_on)
    if terms.tariff_list is not None and terms.tariff_list.currency != mutual.currency:
        raise Refusal(
            "CURRENCY_DIFFERS", expected=mutual.currency, found=terms.tariff_list.currency
        )
    for service in terms.services:
        if service not in frozenset(ProviderService):
            raise Refusal("PROVIDER_SERVICE_UNKNOWN", place="services", text=service)
    for clause in terms.clauses:
        if clause not in WORDED:
            raise Refusal("CLAUSE_UNKNOWN", place="clauses", text=clause)
    if terms.discount_rate is not None and not 0 <= terms.discount_rate < 1:
        raise Refusal("DISCOUNT_INVALID", place="discount_rate")
    for fault in too_precise(terms.discount_rate, "discount_rate"):
        raise Refusal(fault.code, place=fault.place, **fault.data)
    require_no_other(provider, start, until, besides=besides)


def require_no_other(
    provider: Provider, start: date, until: date | None, *, besides: Agreement | None = None
) -> None:
    """Refuse with ``AGREEMENT_OVERLAPS``: one agreement at a time with one provider; a draft waits
    for its decision like any other."""
    others = Agreement.objects.filter(provider=provider).exclude(state=AgreementState.REFUSED)
    others = others.filter(Q(effective_until__isnull=True) | Q(effective_until__gt=start))
    if until is not None:
        others = others.filter(effective_from__lt=until)
    if besides is not None:
        others = others.exclude(pk=besides.pk)
    if (other := others.order_by("effective_from").first()) is not None:
        raise Refusal(
            "AGREEMENT_OVERLAPS", place="effective_from", provider=provider.name,
            start=other.effective_from,
        )  # fmt: skip


def _as_columns(terms: Terms) -> dict[str, Any]:
    columns = {each.name: getattr(terms, each.name) for each in fields(terms)}
    return columns | {
        "services": sorted(set(terms.services), key=list(ProviderService).index),
        "clauses": {key: text.strip() for key, text in terms.clauses.items() if text.strip()},
    }


def terms_of(agreement: Agreement) -> Terms:
    """What a convention says."""
    known = {each.name: getattr(agreement, each.name) for each in fields(Terms)}
    return Terms(**{**known, "services": tuple(agreement.services)})


def seal_of(agreement: Agreement) -> str:
    """The same for the same terms only: what a page gives back of the terms that it showed."""
    return content_hash("terms", {"terms": terms_of(agreement)})


def _locked(agreement: Agreement, state: AgreementState, code: str) -> Agreement:
    held = (
        Agreement.objects.select_for_update(of=("self",))
        .select_related("provider", "entered_by")
        .get(pk=agreement.pk)
    )
    if held.state != state:
        raise Refusal(code, provider=held.provider.name)
    return held


def conventions_of(mutual: Mutual) -> QuerySet[Agreement]:
    """The conventions of a mutual with their providers, by name, the latest first."""
    rows = Agreement.objects.filter(mutual=mutual)
    rows = rows.select_related("provider__area", "tariff_list", "entered_by", "approved_by")
    return rows.order_by("provider__name", "-effective_from", "-id")


def convention_seen(mutual: Mutual, uid: object) -> Agreement:
    """The convention of this mutual with this ``uid``, or ``NOT_FOUND``."""
    found = conventions_of(mutual).select_related("ended_by").filter(uid=uid).first()
    if found is None:
        raise Refusal("NOT_FOUND", record="agreement", key=str(uid))
    return found


def scan_seen(mutual: Mutual, uid: object) -> ConventionScan:
    """The scan of this mutual with this ``uid``, or ``NOT_FOUND``."""
    found = ConventionScan.objects.filter(mutual=mutual, uid=uid).first()
    if found is None:
        raise Refusal("NOT_FOUND", record="convention_scan", key=str(uid))
    return found


def to_approve(mutual: Mutual) -> QuerySet[Agreement]:
    """Drafts that wait for a second person, the oldest first."""
    return conventions_of(mutual).filter(state=AgreementState.DRAFT).order_by("id")


def to_renew(mutual: Mutual, on: date) -> list[tuple[Agreement, Renewal]]:
    """Conventions that end within 90 days, or ended within 90, and nothing follows; soonest first.

    One that somebody ended before its term is not asked for again. Two queries.
    """
    rows = conventions_of(mutual).filter(
        state=AgreementState.APPROVED, ended_on__isnull=True,
        effective_until__gt=on - timedelta(days=FIRST_ALERT_DAYS),
        effective_until__lte=on + timedelta(days=FIRST_ALERT_DAYS),
        provider__closed_on__isnull=True,
    )  # fmt: skip
    near = list(rows.order_by("effective_until", "id"))
    later = _later_starts({each.provider_id for each in near})
    return [
        (each, renewal_stage(each.effective_until, on))
        for each in near
        if later[each.provider_id] < each.effective_until
    ]


def _later_starts(providers: Iterable[int]) -> dict[int, date]:
    """Provider → the latest day on which a convention, or a draft of one, begins."""
    rows = Agreement.objects.filter(provider__in=list(providers))
    found: dict[int, date] = {}
    for key, start in rows.exclude(state=AgreementState.REFUSED).values_list(
        "provider_id", "effective_from"
    ):
        found[key] = max(start, found.get(key, start))
    return found


def clause_is_in(agreement: Agreement, clause: Clause) -> bool:
    """Whether a convention settles something by a clause."""
    said: dict[Clause, bool] = {
        Clause.PAYMENT_DELAY: agreement.payment_delay_days is not None,
        Clause.TARIFF: agreement.tariff_list_id is not None,
        Clause.GUARANTEE_LETTER: agreement.needs_guarantee_letter,
        Clause.DISCOUNT: bool(agreement.discount_rate),
        Clause.NOTICE: agreement.notice_days is not None,
    }
    if clause in WORDED and clause != Clause.OTHER:
        return bool(agreement.clauses.get(clause))
    return said.get(clause, True)
