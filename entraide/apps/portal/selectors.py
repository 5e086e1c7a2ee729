"""What a provider reads of a mutual: its own claims, agreements and payments, and a card's rights.

Everything is asked for one provider; another one's records are not found.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet, Sum
from django.utils import timezone

from entraide.apps.access.models import AuditEvent, AuditKind, User
from entraide.apps.access.services import record_audit
from entraide.apps.care_control.models import QuestionKind, RegisterEntry
from entraide.apps.claims.models import (
    Claim,
    ClaimState,
    DiagnosisRecoding,
    Invoice,
    MedicalDetail,
    PreAuthorisation,
    ReferralVoucher,
)
from entraide.apps.claims.paid_elsewhere import paid_instead
from entraide.apps.claims.referrals import vouchers
from entraide.apps.enrolment.models import Person
from entraide.apps.enrolment.selectors import found
from entraide.apps.providers.posts import Place
from entraide.apps.settlement.models import BatchState, PayeeKind, Payout, PayoutClaim
from entraide.core.errors import Refusal

MOST_A_MINUTE, MOST_A_DAY = 30, 1000
_OF_A_RIGHT = "right of "
_PAID_OUT = (BatchState.AUTHORISED, BatchState.PAID)


def log_right_reading(
    place: Place, reader: User, person: Person, on: date, *, is_covered: bool
) -> None:
    """Keep that a provider asked what a person is entitled to, for which day and what it read."""
    record_audit(
        kind=AuditKind.RIGHT_READING,
        mutual=place.mutual,
        actor=reader,
        subject=_subject(person, place),
        details={
            "provider": place.provider.uid,
            "person": person.uid,
            "day": on,
            "covered": is_covered,
        },
    )


def was_read_lately(place: Place, reader: User, person: Person) -> bool:
    """Whether the same reader was told of this person within the hour: a form that is checked
    again tells nothing new."""
    return AuditEvent.objects.filter(
        kind=AuditKind.RIGHT_READING,
        mutual=place.mutual,
        actor=reader,
        subject=_subject(person, place),
        occurred_at__gt=timezone.now() - timedelta(hours=1),
    ).exists()


def _subject(person: Person, place: Place) -> str:
    return f"{_OF_A_RIGHT}{person.number} at {place.provider.name}"


def log_refused_reading(place: Place, reader: User, code: str) -> None:
    """Keep that a provider asked for a card that was not answered, and why."""
    record_audit(
        kind=AuditKind.REFUSAL,
        mutual=place.mutual,
        actor=reader,
        code=code,
        subject=f"{_OF_A_RIGHT}a card at {place.provider.name}",
        details={"provider": place.provider.uid},
    )


def require_pace(places: Sequence[Place], reader: User) -> None:
    """``RIGHT_READINGS_TOO_MANY`` for who asks more rights than a desk has people before it.

    Whoever tries numbers one after the other would read the whole register: answers and refusals
    both count, by what the journal holds of the last minute and of the last day.
    """
    asked = AuditEvent.objects.filter(
        Q(kind=AuditKind.RIGHT_READING)
        | Q(kind=AuditKind.REFUSAL, subject__startswith=_OF_A_RIGHT),
        mutual__in=[place.mutual for place in places],
        actor=reader,
    )
    now = timezone.now()
    for most, length in ((MOST_A_MINUTE, timedelta(minutes=1)), (MOST_A_DAY, timedelta(days=1))):
        if asked.filter(occurred_at__gt=now - length).count() >= most:
            for place in places[:1]:
                log_refused_reading(place, reader, "RIGHT_READINGS_TOO_MANY")
            raise Refusal("RIGHT_READINGS_TOO_MANY", place="code", count=most)


PAID_INSTEAD = "paid_instead"


def claims_of_place(place: Place, *, state: str = "", apart: bool = False) -> QuerySet[Claim]:
    """The attestations of the provider that the mutual is to pay to it, the latest care first.

    Those that families brought themselves are between them and the mutual. ``apart``: what the
    State pays in full is asked for as ``PAID_INSTEAD``, and not refused.
    """
    rows = Claim.objects.filter(
        mutual=place.mutual, provider=place.provider, circuit="third_party_payment"
    )
    if state in (PAID_INSTEAD, ClaimState.REFUSED) and apart:
        keys = paid_instead(rows.filter(state=ClaimState.REFUSED))
        is_asked = Q(pk__in=keys)
        rows = rows.filter(is_asked if state == PAID_INSTEAD else ~is_asked)
        state = ClaimState.REFUSED
    if state:
        rows = rows.filter(state=state)
    return rows.select_related("person").order_by("-care_on", "-pk")


def claim_of_place(place: Place, uid: UUID | str) -> Claim:
    """One attestation of the provider; ``NOT_FOUND`` for any other."""
    rows = claims_of_place(place)
    return found(rows.select_related("person", "provider", "membership", "household"), uid=uid)


@dataclass(frozen=True, slots=True)
class OwnState:
    """How many attestations stand in a state, and what the mutual pays for them."""

    state: str
    count: int
    payable_minor: int
    elsewhere_minor: int = 0  # paid by the State in full


def states_of_place(place: Place) -> list[OwnState]:
    """Every state that has attestations, in the order of their life; what the State pays in full
    stands apart from what is refused (``PAID_INSTEAD``). Three queries."""
    rows = claims_of_place(place).order_by().values_list("state")
    counted = {
        state: OwnState(state, count, payable or 0)
        for state, count, payable in rows.annotate(count=Count("pk"), payable=Sum("payable_minor"))
    }
    instead = paid_instead_of(place)
    if instead:
        refused = counted.pop(ClaimState.REFUSED)
        left = refused.count - len(instead)
        if left:
            counted[ClaimState.REFUSED] = replace(refused, count=left)
        counted[PAID_INSTEAD] = OwnState(
            PAID_INSTEAD, len(instead), 0, sum(each.claimed_minor for each in instead)
        )
    order = [*ClaimState.values]
    order.insert(order.index(ClaimState.REFUSED), PAID_INSTEAD)
    return [counted[state] for state in order if state in counted]


def paid_instead_of(place: Place) -> list[Claim]:
    """The attestations of the provider that the State pays in full."""
    refused = list(claims_of_place(place, state=ClaimState.REFUSED))
    keys = paid_instead(refused)
    return [each for each in refused if each.pk in keys]


def own_diagnosis(place: Place, claim: Claim, reader: User) -> str:
    """The diagnosis that stands on the provider's own attestation; the reading is journalled."""
    detail = MedicalDetail.objects.select_related("diagnosis").filter(claim=claim).first()
    first = DiagnosisRecoding.objects.select_related("from_diagnosis").filter(claim=claim).first()
    told = detail.diagnosis if detail is not None else None
    if first is not None:  # what the mutual coded otherwise is between its medical roles
        told = first.from_diagnosis
    if told is None:
        return ""
    record_audit(
        kind=AuditKind.MEDICAL_READING,
        mutual=place.mutual,
        actor=reader,
        subject=f"claim {claim.document_number}",
        details={"provider": place.provider.uid},
    )
    return f"{told.code} {told.label}"


def agreements_of_place(place: Place) -> QuerySet[PreAuthorisation]:
    """What was asked for care at the provider, the latest first."""
    rows = PreAuthorisation.objects.filter(mutual=place.mutual, provider=place.provider)
    return rows.select_related("person", "category", "care_item").order_by("-asked_on", "-pk")


def agreement_of_place(place: Place, uid: UUID | str) -> PreAuthorisation:
    """One of them; ``NOT_FOUND`` for any other."""
    return found(agreements_of_place(place), uid=uid)


def referrals_of_place(place: Place, on: date) -> QuerySet[ReferralVoucher]:
    """The vouchers that the provider issued, or that send a person to it, the latest first."""
    rows = vouchers(place.mutual, on)
    return rows.filter(Q(referred_by=place.provider) | Q(provider=place.provider))


def referral_of_place(place: Place, uid: UUID | str, on: date) -> ReferralVoucher:
    """One of them; ``NOT_FOUND`` for any other."""
    return found(referrals_of_place(place, on), uid=uid)


def payouts_of_place(place: Place) -> QuerySet[Payout]:
    """The payments to the provider that are signed, each with the number of its attestations."""
    rows = Payout.objects.filter(
        mutual=place.mutual,
        provider=place.provider,
        payee_kind=PayeeKind.PROVIDER,
        batch__state__in=_PAID_OUT,
    )
    return (
        rows.select_related("batch")
        .annotate(claim_count=Count("claims"))
        .order_by(F("paid_on").desc(nulls_first=True), "-batch__prepared_on", "-pk")
    )


def payout_of_place(place: Place, uid: UUID | str) -> Payout:
    """One of them; ``NOT_FOUND`` for any other."""
    return found(payouts_of_place(place), uid=uid)


def claims_paid_by(payout: Payout) -> list[PayoutClaim]:
    """The attestations of a payment, by the day of care."""
    rows = payout.claims.select_related("claim__person").filter(is_cancelled=False)
    return list(rows.order_by("claim__care_on", "pk"))


def payment_of(claim: Claim) -> Payout | None:
    """The signed payment in which an attestation stands, or None while it waits."""
    row = (
        PayoutClaim.objects.select_related("payout__batch")
        .filter(claim=claim, is_cancelled=False, payout__batch__state__in=_PAID_OUT)
        .first()
    )
    return row.payout if row is not None else None


def coded_reasons(claim: Claim) -> list[str]:
    """The coded reasons of the opinions on a claim, the latest last; what was said stays closed."""
    rows = RegisterEntry.objects.filter(claim=claim, corrected_by__isnull=True)
    rows = rows.filter(kind__in=(QuestionKind.CLAIM, QuestionKind.EXCEPTION))
    return list(rows.exclude(reason_code="").order_by("pk").values_list("reason_code", flat=True))


def claims_to_invoice(place: Place, start: date | None, until: date | None) -> QuerySet[Claim]:
    """The provider's attestations of ``[start, until)`` that stand on no invoice yet and of which
    something is still to be paid: neither refused, nor paid, nor reversed. None: no limit."""
    rows = claims_of_place(place).filter(invoice__isnull=True)
    if start is not None:
        rows = rows.filter(care_on__gte=start)
    if until is not None:
        rows = rows.filter(care_on__lt=until)
    return rows.exclude(state__in=(ClaimState.REVERSED, ClaimState.REFUSED, ClaimState.PAID))


def invoices_of_place(place: Place) -> QuerySet[Invoice]:
    """The invoices of the provider, the latest first."""
    rows = Invoice.objects.filter(mutual=place.mutual, provider=place.provider)
    return rows.order_by("-received_on", "-pk")


def invoice_of_place(place: Place, uid: UUID | str) -> Invoice:
    """One of them; ``NOT_FOUND`` for any other."""
    return found(invoices_of_place(place), uid=uid)
