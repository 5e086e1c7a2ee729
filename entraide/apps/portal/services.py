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
from entraide.apps.claims.models import Circuit, Claim, ClaimState, PreAuthorisation
from entraide.apps.claims.pre_authorisations import ask_pre_authorisation
from entraide.apps.claims.services import submit_claim
from entraide.apps.enrolment.models import Person
from entraide.apps.nomenclature.models import CareCategory, CareItem, Diagnosis
from entraide.apps.providers.models import Provider
from entraide.apps.providers.posts import require_place
from entraide.apps.schemes.commands import command, service_of
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal

_submit = service_of(submit_claim)
_ask = service_of(ask_pre_authorisation)


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
    sent = Claim.objects.filter(provider=provider, attestation_number=number)
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
