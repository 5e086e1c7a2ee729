"""Into whose hand a refund may be given: an adult of the family, or another with a mandate (R055).

A signature alone proves little: whoever gives the money could draw it. So the receiver is chosen
among the family, or stands with a paper that can be asked for again; the same drawing, photograph
or slip serves one payment; and nobody gives a refund to themselves.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from datetime import date

from PIL import Image

from entraide.apps.access.models import User
from entraide.apps.enrolment.models import DocumentKind, Household, Person, PhotoKind
from entraide.apps.enrolment.papers import ADULT_YEARS
from entraide.apps.enrolment.photos import prepared_photo
from entraide.apps.enrolment.search import name_key
from entraide.apps.enrolment.selectors import kept_household, present_persons
from entraide.apps.settlement.models import PayoutReceipt, ProofKind, RefundReceiver
from entraide.core.errors import Finding, Refusal, RefusedRows
from entraide.core.periods import age_on

FAINTEST = 24  # of 255: a picture whose darkest and lightest points lie nearer shows nothing


@dataclass(frozen=True, slots=True)
class Receiver:
    """Who receives: ``person`` of the family, or else ``name`` with the mandate: the link to the
    family, the identity paper and its number, a picture of it or nothing."""

    person: Person | None = None
    name: str = ""
    link: str = ""
    paper_kind: str = ""
    paper_number: str = ""
    mandate: bytes = b""

    @property
    def told(self) -> str:
        """The name that the receipt bears."""
        return self.person.full_name if self.person is not None else " ".join(self.name.split())


@dataclass(frozen=True, slots=True)
class Proof:
    """The picture of a signature, of the signed receipt or of a thumbprint, as it was sent;
    ``slip_number`` is that of the paper that was signed."""

    kind: str
    content: bytes
    witness: str = ""
    slip_number: str = ""


def adults_of(household: Household, on: date) -> list[Person]:
    """Who of a family may receive for it on a day: its member, and all of 18 years; present."""
    persons = Person.objects.filter(
        present_persons(on), household=kept_household(household), merged_into__isnull=True
    ).order_by("-is_member", "id")
    return [each for each in persons if each.is_member or age_on(each.birth_on, on) >= ADULT_YEARS]


def require_told(
    household: Household, receiver: Receiver, proof: Proof, giver: User, on: date
) -> None:
    """Refuse, all at once: ``RECEIVER_MISSING``, ``RECEIVER_NOT_OF_FAMILY`` (nor an adult of it),
    ``MANDATE_LINK_MISSING``, ``MANDATE_PAPER_MISSING``, ``RECEIVER_GIVES`` (bears the giver's own
    name), ``PROOF_UNKNOWN``, ``RECEIPT_WITNESS_MISSING`` (a thumbprint), ``WITNESS_NOT_OTHER``
    (the giver or the receiver)."""
    faults = [*_faults_of(household, receiver, on)]
    if receiver.told and name_key(receiver.told) == name_key(str(giver)):
        faults.append(Finding("RECEIVER_GIVES", place="received_by"))
    if proof.kind not in ProofKind.values:
        faults.append(Finding("PROOF_UNKNOWN", place="picture"))
    witness = proof.witness.strip()
    if proof.kind == ProofKind.THUMBPRINT and not witness:
        faults.append(Finding("RECEIPT_WITNESS_MISSING", place="witness"))
    if witness and name_key(witness) in (name_key(str(giver)), name_key(receiver.told)):
        faults.append(Finding("WITNESS_NOT_OTHER", place="witness"))
    if faults:
        raise RefusedRows(tuple(faults))


def _faults_of(household: Household, receiver: Receiver, on: date) -> list[Finding]:
    if receiver.person is not None:
        if receiver.person in adults_of(household, on):
            return []
        return [Finding("RECEIVER_NOT_OF_FAMILY", place="received_by")]
    faults = []
    if not receiver.told:
        faults.append(Finding("RECEIVER_MISSING", place="name"))
    if not receiver.link.strip():
        faults.append(Finding("MANDATE_LINK_MISSING", place="link"))
    if receiver.paper_kind not in DocumentKind.values or not receiver.paper_number.strip():
        faults.append(Finding("MANDATE_PAPER_MISSING", place="paper_number"))
    return faults


def prepared_proof(proof: Proof) -> bytes:
    """The picture as it is kept. ``PROOF_BLANK`` where nothing is drawn on it, and what a photo is
    refused with."""
    picture = prepared_photo(proof.content, PhotoKind.FAMILY).content
    darkest, lightest = Image.open(io.BytesIO(picture)).convert("L").getextrema()
    if int(lightest) - int(darkest) < FAINTEST:  # type: ignore[arg-type]
        raise Refusal("PROOF_BLANK", place="picture")
    return picture


def keep_receiver(receipt: PayoutReceipt, receiver: Receiver, proof: Proof) -> RefundReceiver:
    """Write down who received, beside the receipt. ``PROOF_SERVED`` and ``SLIP_SERVED`` name the
    payment for which the same picture or slip already served."""
    sha256 = hashlib.sha256(bytes(receipt.proof)).hexdigest()
    slip = "".join(proof.slip_number.split()).upper()[:40]
    earlier = RefundReceiver.objects.filter(mutual=receipt.mutual_id).select_related(
        "receipt__payout"
    )
    if same := earlier.filter(proof_sha256=sha256).first():
        number = same.receipt.payout.document_number
        raise Refusal("PROOF_SERVED", place="picture", payout=number)
    if slip and (same := earlier.filter(slip_number=slip).first()):
        number = same.receipt.payout.document_number
        raise Refusal("SLIP_SERVED", place="slip_number", payout=number)
    is_mandated = receiver.person is None
    mandate = receiver.mandate if is_mandated else b""
    return RefundReceiver.objects.create(
        mutual_id=receipt.mutual_id,
        receipt=receipt,
        person=receiver.person,
        link=receiver.link.strip()[:80] if is_mandated else "",
        paper_kind=receiver.paper_kind if is_mandated else "",
        paper_number=receiver.paper_number.strip()[:40] if is_mandated else "",
        mandate=prepared_photo(mandate, PhotoKind.FAMILY).content if mandate else None,
        slip_number=slip or None,
        proof_sha256=sha256,
    )
