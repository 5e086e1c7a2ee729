"""Claims by the API: sent, decided at once, read again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from entraide.api.answers import claim_answer
from entraide.api.bearer import in_mutual
from entraide.api.bodies import read_body
from entraide.api.language import language_of
from entraide.api.schemas import CLAIM
from entraide.apps.claims.around import ORDINARY, Circumstances
from entraide.apps.claims.desk import LineEntry
from entraide.apps.claims.invoice_selectors import invoice_numbered
from entraide.apps.claims.models import Circuit, Claim, VisitKind
from entraide.apps.claims.selectors import claim_for, claim_numbered, decision_in_force
from entraide.apps.claims.services import submit_claim
from entraide.apps.enrolment.selectors import person_by_number
from entraide.apps.nomenclature.models import CareItem, CareItemKind, Diagnosis
from entraide.apps.nomenclature.selectors import care_items_by_kind_and_code, diagnosis_for
from entraide.apps.nomenclature.services import unknown_care_item
from entraide.apps.providers.selectors import provider_by_code
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right
from entraide.core.adjudication.decision import Decision
from entraide.core.errors import Finding, Refusal, RefusedRows

OUR_SYSTEM = "entraide"
_HUNDREDTH = Decimal("0.01")


@in_mutual(right=Right.ENTER_CLAIM)
def send_claim(request: Any) -> HttpResponse:
    """Record a claim and answer what the rules decide, line by line.

    A repeated key with the same content answers the same claim again, as it stands now; with
    another content it is refused (409). What the rules have against the claim is no error: it
    stands in the decision.
    """
    body = read_body(request, CLAIM)
    claim = submit_claim(
        mutual=request.mutual,
        actor=request.user,
        on=request.day,
        idempotency_key=key_of(request, body),
        person=person_by_number(request.mutual, body["person_number"]),
        provider=provider_by_code(*_reference(body["provider"])),
        circuit=Circuit(body["circuit"]),
        care_on=date.fromisoformat(body["care_on"]),
        received_on=date.fromisoformat(body["received_on"]),
        lines=_lines(body["lines"]),
        attestation_number=body.get("attestation_number", "").strip(),
        invoice_number=body.get("invoice_number", "").strip(),
        channel=body.get("channel", ""),
        stated_total_minor=body.get("stated_total_minor"),
        diagnosis=_diagnosis(body.get("diagnosis")),
        medical_notes=body.get("medical_notes", ""),
        **_invoice(request.mutual, body),
        **_circumstances(request.mutual, body),
    )
    return _answered(request, claim, status=201)


def _invoice(mutual: Mutual, body: Mapping[str, Any]) -> dict[str, Any]:
    """The invoice received; nothing where none is named, so that a repeated key stays the same."""
    number = body.get("reception_number", "").strip()
    return {"invoice": invoice_numbered(mutual, number)} if number else {}


def _circumstances(mutual: Mutual, body: Mapping[str, Any]) -> dict[str, Any]:
    """How the person came; nothing where nothing is told, so that a repeated key stays the same."""
    follows, expected = body.get("follows", "").strip(), body.get("expected_delivery_on")
    given = Circumstances(
        visit=body.get("visit", VisitKind.PLANNED),
        is_inpatient=body.get("is_inpatient"),
        referral_number=body.get("referral_number", "").strip(),
        episode=claim_numbered(mutual, follows) if follows else None,
        expected_delivery_on=date.fromisoformat(expected) if expected else None,
    )
    return {} if given == ORDINARY else {"circumstances": given}


@in_mutual(right=Right.READ_REGISTERS)
def read_claim(request: Any, uid: str) -> HttpResponse:
    """A claim of the token's mutual with the decision in force; never its medical part."""
    return _answered(request, claim_for(request.mutual, uid), status=200)


def _answered(request: Any, claim: Claim, *, status: int) -> HttpResponse:
    decision = claim.just_decided or Decision.from_json(decision_in_force(claim).outcome)
    document = claim_answer(claim, decision, request.mutual, language_of(request))
    return JsonResponse(document, status=status)


def key_of(request: HttpRequest, body: Mapping[str, Any]) -> str:
    """The sender's own key, in the header or in the body; refused when the two differ."""
    in_header = request.headers.get("Idempotency-Key", "").strip()
    in_body = str(body.get("idempotency_key", "")).strip()
    if in_header and in_body and in_header != in_body:
        raise Refusal("IDEMPOTENCY_KEYS_DIFFER", place="idempotency_key")
    key = in_header or in_body
    if len(key) > 100:
        raise Refusal("DOCUMENT_TEXT_LONG", place="Idempotency-Key", maximum=100)
    return key


def _reference(named: Mapping[str, str]) -> tuple[str, str]:
    return named.get("system", OUR_SYSTEM), named["code"]


def _diagnosis(named: Mapping[str, str] | None) -> Diagnosis | None:
    return diagnosis_for(*_reference(named)) if named else None


def _lines(rows: list[dict[str, Any]]) -> tuple[LineEntry, ...]:
    """The lines with their acts and drugs; every quantity that cannot be written at once."""
    wanted = [
        (row.get("system", OUR_SYSTEM), row.get("kind", CareItemKind.SERVICE.value), row["code"])
        for row in rows
    ]
    items = care_items_by_kind_and_code(wanted)
    findings: list[Finding] = []
    for position, row in enumerate(rows):
        place = f"lines[{position}]"
        if round(Decimal(row["quantity"]), 2) != row["quantity"]:
            data = {"quantity": row["quantity"]}
            findings.append(Finding("QUANTITY_INVALID", place=f"{place}.quantity", data=data))
    if findings:
        raise RefusedRows(tuple(findings))
    return tuple(_line(items.get(name), row) for row, name in zip(rows, wanted, strict=True))


def _line(item: CareItem | None, row: Mapping[str, Any]) -> LineEntry:
    # One writing of a quantity: 1 and 1.0 are the same content of a repeated key.
    return LineEntry(
        item or unknown_care_item(),
        Decimal(row["quantity"]).quantize(_HUNDREDTH),
        row["unit_price_minor"],
        stated_minor=row.get("amount_minor"),
        stated_as="" if item is not None else row["code"],
    )
