"""What a provider's user asks of the mutual, always in the name of their own provider.

The work is that of the office's services; the right is another one (``Right.USE_PORTAL``) and holds
at one provider only, so that no claim is ever entered for somebody else.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from entraide.apps.access.models import User
from entraide.apps.claims.around import ORDINARY, Circumstances
from entraide.apps.claims.desk import LineEntry
from entraide.apps.claims.invoices import attach_claims, close_invoice, receive_invoice
from entraide.apps.claims.models import (
    Circuit,
    Claim,
    ClaimState,
    Invoice,
    PreAuthorisation,
    ReferralCancellation,
    ReferralVoucher,
)
from entraide.apps.claims.pre_authorisations import ask_pre_authorisation
from entraide.apps.claims.referrals import cancel_referral, issue_referral
from entraide.apps.claims.services import submit_claim
from entraide.apps.enrolment.models import Person
from entraide.apps.nomenclature.models import CareCategory, CareItem, Diagnosis
from entraide.apps.portal.selectors import claims_to_invoice
from entraide.apps.providers.models import Provider
from entraide.apps.providers.posts import require_place
from entraide.apps.schemes.commands import command, service_of
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right
from entraide.core.booklets import paper_key
from entraide.core.errors import Refusal

_submit = service_of(submit_claim)
_issue = service_of(issue_referral)
_cancel = service_of(cancel_referral)
_ask = service_of(ask_pre_authorisation)
_receive = service_of(receive_invoice)
_attach = service_of(attach_claims)
_close = service_of(close_invoice)


@command("submit_attestation", right=Right.USE_PORTAL)
def submit_attestation(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    person: Person,
    care_on: date,
    lines: Sequence[LineEntry],
    attestation_number: str = "",
    stated_total_minor: int | None = None,
    diagnosis: Diagnosis | None = None,
    circumstances: Circumstances = ORDINARY,
) -> Claim:
    """A provider's own attestation, paid to the provider, received today and decided at once.

    ``FORBIDDEN`` for whoever serves nowhere in this mutual, ``ATTESTATION_SENT`` for a number that
    the provider has sent already; else as :func:`entraide.apps.claims.services.submit_claim`.
    """
    place = require_place(actor, mutual, on)
    if attestation_number:
        _require_not_sent(place.provider, attestation_number)
    return _submit(
        mutual=mutual, actor=actor, on=on, idempotency_key=idempotency_key,
        person=person, provider=place.provider, circuit=Circuit.THIRD_PARTY_PAYMENT,
        care_on=care_on, received_on=on, lines=lines, attestation_number=attestation_number,
        stated_total_minor=stated_total_minor, diagnosis=diagnosis, circumstances=circumstances,
    )  # fmt: skip


def _require_not_sent(provider: Provider, number: str) -> None:
    """The office keeps a paper that comes twice; at the desk that writes it, it is a slip."""
    sent = Claim.objects.filter(provider=provider, attestation_key=paper_key(number))
    earlier = sent.exclude(state=ClaimState.REVERSED).first()
    if earlier is not None:
        raise Refusal(
            "ATTESTATION_SENT",
            place="attestation_number",
            attestation=number,
            claim=earlier.document_number,
        )


@command("ask_agreement_at_portal", right=Right.USE_PORTAL)
def ask_agreement(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    person: Person,
    category: CareCategory,
    effective_from: date,
    effective_until: date,
    care_item: CareItem | None = None,
    amount_minor: int | None = None,
    reason: str = "",
) -> PreAuthorisation:
    """A provider asks that care at its own place be agreed to before it is given.

    ``FORBIDDEN`` for whoever serves nowhere in this mutual; else as
    :func:`entraide.apps.claims.pre_authorisations.ask_pre_authorisation`.
    """
    place = require_place(actor, mutual, on)
    return _ask(
        mutual=mutual, actor=actor, on=on, idempotency_key=idempotency_key,
        person=person, category=category, effective_from=effective_from,
        effective_until=effective_until, care_item=care_item, provider=place.provider,
        amount_minor=amount_minor, reason=reason,
    )  # fmt: skip


@command("issue_referral_at_portal", right=Right.USE_PORTAL)
def send_on(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    person: Person,
    effective_until: date,
    provider: Provider | None = None,
    category: CareCategory | None = None,
    note: str = "",
) -> ReferralVoucher:
    """A provider of the first level sends a person on, from today, in its own name.

    ``FORBIDDEN`` for whoever serves nowhere in this mutual; else as
    :func:`entraide.apps.claims.referrals.issue_referral`.
    """
    place = require_place(actor, mutual, on)
    return _issue(
        mutual=mutual, actor=actor, on=on, idempotency_key=idempotency_key, person=person,
        effective_until=effective_until, provider=provider, category=category,
        referred_by=place.provider, note=note,
    )  # fmt: skip


@command("cancel_referral_at_portal", right=Right.USE_PORTAL)
def take_back_referral(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    voucher: ReferralVoucher,
    reason: str,
) -> ReferralCancellation:
    """A provider takes back a voucher of its own; ``NOT_FOUND`` for another one's.

    Else as :func:`entraide.apps.claims.referrals.cancel_referral`.
    """
    place = require_place(actor, mutual, on)
    if voucher.referred_by_id != place.provider.pk:
        raise Refusal("NOT_FOUND", record="referral", key=str(voucher.uid))
    return _cancel(
        mutual=mutual, actor=actor, on=on, idempotency_key=idempotency_key, voucher=voucher,
        reason=reason,
    )  # fmt: skip


@command("send_invoice", right=Right.USE_PORTAL)
def send_invoice(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    provider_number: str,
    period_from: date,
    period_until: date,
    stated_minor: int,
) -> Invoice:
    """The invoice of all attestations of a period that stand on none yet; it is closed at once.

    ``FORBIDDEN`` for whoever serves nowhere in this mutual; ``INVOICE_WITHOUT_ATTESTATIONS``;
    ``INVOICE_NOT_THE_SUM`` where the total is not that of the attestations; else as
    :func:`entraide.apps.claims.invoices.receive_invoice`.
    """
    place = require_place(actor, mutual, on)
    claims = list(claims_to_invoice(place, period_from, period_until))
    total = sum(claim.stated_minor for claim in claims)
    if not claims:
        raise Refusal("INVOICE_WITHOUT_ATTESTATIONS", place="period_from")
    if total != stated_minor:
        raise Refusal(
            "INVOICE_NOT_THE_SUM", place="stated_total", stated_minor=stated_minor,
            total_minor=total, currency=mutual.currency, count=len(claims),
        )  # fmt: skip
    once = {"mutual": mutual, "actor": actor, "on": on, "idempotency_key": idempotency_key}
    invoice = _receive(
        **once, provider=place.provider, provider_number=provider_number,
        period_from=period_from, period_until=period_until, received_on=on,
        stated_count=len(claims), stated_minor=stated_minor,
    )  # fmt: skip
    _attach(**once, invoice=invoice, claims=claims)
    return _close(**once, invoice=invoice)
