"""The medical detail of a claim: read by medical roles only, and never without a trace."""

from __future__ import annotations

from datetime import date

from entraide.apps.access.models import AuditKind, User
from entraide.apps.access.services import record_audit
from entraide.apps.claims.models import Claim, MedicalDetail
from entraide.apps.schemes.rights import Right, require_right


def medical_detail(claim: Claim, reader: User, on: date) -> MedicalDetail | None:
    """Diagnosis and notes of a claim, for medical roles only; the reading is journalled."""
    require_right(reader, claim.mutual, Right.READ_MEDICAL, on)
    detail = MedicalDetail.objects.select_related("diagnosis").filter(claim=claim).first()
    if detail is not None:
        record_audit(
            kind=AuditKind.MEDICAL_READING,
            mutual=claim.mutual,
            actor=reader,
            subject=f"claim {claim.document_number}",
        )
    return detail
