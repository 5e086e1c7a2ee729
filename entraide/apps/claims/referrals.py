"""Referral vouchers: issued, cancelled by another record, found, and the respect of the path."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import TruncMonth

from entraide.apps.access.models import User
from entraide.apps.claims.around import OUT
from entraide.apps.claims.models import (
    Claim,
    ClaimState,
    ReferralCancellation,
    ReferralVoucher,
)
from entraide.apps.contributions.selectors import standing_on
from entraide.apps.enrolment.models import Person
from entraide.apps.enrolment.selectors import found, of_person
from entraide.apps.nomenclature.models import CareCategory
from entraide.apps.providers.models import Provider
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.numbering import next_number
from entraide.apps.schemes.rights import Right
from entraide.core.care_package import ProviderLevel
from entraide.core.care_path import FIRST_LEVELS, VOUCHER_PREFIX, PathStanding
from entraide.core.errors import Finding, Refusal, RefusedRows

USUAL_DAYS = 30
MOST_DAYS = 366
OPEN, USED, EXPIRED, CANCELLED = "open", "used", "expired", "cancelled"
STATES = (OPEN, USED, EXPIRED, CANCELLED)
# No step of the path: a pharmacy or a laboratory serves any level.
NO_LEVEL_OF_CARE = frozenset({ProviderLevel.PHARMACY.value, ProviderLevel.LABORATORY.value})


@command("issue_referral", right=Right.GIVE_PRE_AUTHORISATION)
def issue_referral(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    person: Person,
    effective_until: date,
    effective_from: date | None = None,
    provider: Provider | None = None,
    category: CareCategory | None = None,
    referred_by: Provider | None = None,
    note: str = "",
) -> ReferralVoucher:
    """Send a person on to a higher level; the voucher takes its number at once.

    ``effective_from``: today unless said; the médecin conseil may regularise care that began
    before. ``referred_by``: the provider that sends them, None for the médecin conseil. Every fault
    at once: ``REFERRAL_WITHOUT_DAYS``, ``REFERRAL_TOO_LONG``, ``REFERRAL_TO_ITSELF``,
    ``REFERRAL_NOT_FIRST_LEVEL`` (of the provider that sends), ``REFERRAL_NOT_HIGHER`` (of the one
    that receives), ``REFERRAL_PERSON_GONE``.
    """
    start = effective_from or on
    findings = []
    if effective_until <= start:
        findings.append(Finding("REFERRAL_WITHOUT_DAYS", place="effective_until"))
    elif (effective_until - start).days > MOST_DAYS:
        data = {"most_days": MOST_DAYS}
        findings.append(Finding("REFERRAL_TOO_LONG", place="effective_until", data=data))
    if person.exited_on is not None and person.exited_on <= start:
        findings.append(Finding("REFERRAL_PERSON_GONE", place="card"))
    if provider is not None and provider.level in first_levels_for(person, on) | NO_LEVEL_OF_CARE:
        data = {"provider": provider.name}
        findings.append(Finding("REFERRAL_NOT_HIGHER", place="provider", data=data))
    if referred_by is not None:
        if provider is not None and provider.pk == referred_by.pk:
            findings.append(Finding("REFERRAL_TO_ITSELF", place="provider"))
        if referred_by.level not in first_levels_for(person, on):
            data = {"provider": referred_by.name}
            findings.append(Finding("REFERRAL_NOT_FIRST_LEVEL", place="card", data=data))
    if findings:
        raise RefusedRows(tuple(findings))
    return ReferralVoucher.objects.create(
        mutual=mutual,
        document_number=next_number(mutual=mutual, prefix=VOUCHER_PREFIX, on=on),
        person=person,
        household_id=person.household_id,
        referred_by=referred_by,
        provider=provider,
        category=category,
        issued_on=on,
        issued_by=actor,
        effective_from=start,
        effective_until=effective_until,
        note=note.strip(),
    )


def first_levels_for(person: Person, on: date) -> frozenset[str]:
    """The levels whose providers send a person on, by the rules of their product that day."""
    product = standing_on(person, on).product
    path = product.care_path if product is not None else None
    return frozenset(level.value for level in (path.first_levels if path else FIRST_LEVELS))


@command("cancel_referral", right=Right.GIVE_PRE_AUTHORISATION)
def cancel_referral(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    voucher: ReferralVoucher,
    reason: str,
) -> ReferralCancellation:
    """Take a voucher back by another record; the voucher itself stays as it was written.

    Refused with ``REFERRAL_REASON_MISSING``, ``REFERRAL_ALREADY_CANCELLED``, or
    ``REFERRAL_STANDS_ON_CLAIM`` while a claim uses it: the claim is reversed first.
    """
    voucher = ReferralVoucher.objects.select_for_update(of=("self",)).get(pk=voucher.pk)
    if not reason.strip():
        raise Refusal("REFERRAL_REASON_MISSING", place="reason")
    if ReferralCancellation.objects.filter(voucher=voucher).exists():
        raise Refusal("REFERRAL_ALREADY_CANCELLED", voucher=voucher.document_number)
    user = using(voucher).first()
    if user is not None:
        data = {"voucher": voucher.document_number, "claim": user.document_number}
        raise Refusal("REFERRAL_STANDS_ON_CLAIM", **data)
    return ReferralCancellation.objects.create(
        mutual=mutual, voucher=voucher, cancelled_on=on, cancelled_by=actor, reason=reason.strip()
    )


def using(voucher: ReferralVoucher) -> QuerySet[Claim]:
    """The claims that stand on a voucher, the first that used it first."""
    return Claim.objects.filter(referral=voucher).exclude(state__in=OUT).order_by("pk")


def vouchers(mutual: Mutual, on: date, *, state: str = "") -> QuerySet[ReferralVoucher]:
    """The vouchers of a mutual, the latest first, narrowed to a state; see :func:`state_on`."""
    is_used = Exists(Claim.objects.filter(referral=OuterRef("pk")).exclude(state__in=OUT))
    rows = (
        ReferralVoucher.objects.filter(mutual=mutual)
        .select_related("person", "provider", "referred_by", "category", "cancellation")
        .annotate(is_used=is_used)
        .order_by("-issued_on", "-pk")
    )
    standing = Q(cancellation__isnull=True)
    narrowed = {
        CANCELLED: Q(cancellation__isnull=False),
        USED: standing & Q(is_used=True),
        EXPIRED: standing & Q(is_used=False, effective_until__lte=on),
        OPEN: standing & Q(is_used=False, effective_until__gt=on),
    }
    return rows.filter(narrowed[state]) if state in narrowed else rows


def state_on(voucher: ReferralVoucher, on: date) -> str:
    """How a voucher of :func:`vouchers` stands on a day: used goes before expired."""
    if hasattr(voucher, "cancellation"):
        return CANCELLED
    if voucher.is_used:  # type: ignore[attr-defined]
        return USED
    return EXPIRED if voucher.effective_until <= on else OPEN


def state_counts(mutual: Mutual, on: date) -> dict[str, int]:
    """How many vouchers stand in each state on a day. Four queries."""
    return {state: vouchers(mutual, on, state=state).count() for state in STATES}


def voucher_for(mutual: Mutual, uid: UUID | str) -> ReferralVoucher:
    """One voucher of a mutual; ``NOT_FOUND`` otherwise."""
    return found(vouchers(mutual, date.min).select_related("issued_by"), uid=uid)


def open_vouchers_of(person: Person, on: date) -> list[ReferralVoucher]:
    """The vouchers that a person may use on a day, the first to expire first. One query."""
    rows = vouchers(person.mutual, on, state=OPEN).filter(
        of_person(person.pk), effective_from__lte=on
    )
    return list(rows.order_by("effective_until", "pk"))


# --- the respect of the path ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Respect:
    """How the claims of a provider and month stand to the path of care.

    ``rate``: referred and follow-ups ÷ (these and those out of the path); emergencies are aside.
    """

    provider: str
    provider_uid: str
    month: date
    referred: int = 0
    follow_up: int = 0
    out_of_path: int = 0
    emergency: int = 0
    with_voucher: int = 0

    @property
    def in_path(self) -> int:
        """The numerator: claims that were in the path."""
        return self.referred + self.follow_up

    @property
    def concerned(self) -> int:
        """The denominator: claims of which the path asks something."""
        return self.in_path + self.out_of_path

    @property
    def rate(self) -> Decimal | None:
        """Numerator ÷ denominator; None where no claim is concerned."""
        return Decimal(self.in_path) / self.concerned if self.concerned else None


def path_claims(mutual: Mutual, from_: date, until: date) -> QuerySet[Claim]:
    """The claims for care in ``[from_, until)`` that a path of care concerns, reversed ones out."""
    rows = Claim.objects.filter(mutual=mutual, care_on__gte=from_, care_on__lt=until)
    return rows.exclude(care_path="").exclude(state=ClaimState.REVERSED)


def respect_of_path(mutual: Mutual, from_: date, until: date) -> list[Respect]:
    """By provider, then month, for care in ``[from_, until)``. One query."""
    rows = (
        path_claims(mutual, from_, until)
        .annotate(month=TruncMonth("care_on"))
        .order_by("provider__name", "provider", "month")
        .values_list("provider__name", "provider__uid", "month")
        .annotate(
            referred=Count("pk", filter=Q(care_path=PathStanding.REFERRED.value)),
            follow_up=Count("pk", filter=Q(care_path=PathStanding.FOLLOW_UP.value)),
            out=Count("pk", filter=Q(care_path=PathStanding.OUT_OF_PATH.value)),
            emergency=Count("pk", filter=Q(care_path=PathStanding.EMERGENCY.value)),
            proved=Count("pk", filter=Q(referral__isnull=False)),
        )
    )
    return [Respect(name, str(uid), month, *counts) for name, uid, month, *counts in rows]


def in_all(parts: list[Respect]) -> Respect:
    """The same for all providers and months together."""
    return Respect("", "", date.min, *(sum(counts) for counts in zip(*_counts(parts), strict=True)))


def _counts(parts: list[Respect]) -> Iterator[tuple[int, ...]]:
    yield (0, 0, 0, 0, 0)
    for each in parts:
        yield (
            each.referred, each.follow_up, each.out_of_path, each.emergency, each.with_voucher,
        )  # fmt: skip
