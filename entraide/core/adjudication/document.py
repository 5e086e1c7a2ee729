"""``entraide calc claim``: a decision on a claim, in the open, from one JSON document.

An auditor replays any decision with it, without the database. The document is one that
:func:`entraide.core.schema.require_valid` accepted against ``SCHEMA``; its decimal numbers are
``Decimal`` (``json.loads(text, parse_float=Decimal)``).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from entraide.core.adjudication.decision import BorneBy, Decision
from entraide.core.adjudication.document_faults import faults_between
from entraide.core.adjudication.document_rules import product_from
from entraide.core.adjudication.document_schema import EXAMPLE, SCHEMA
from entraide.core.adjudication.facts import (
    ClaimFacts,
    Context,
    CoverFacts,
    LineFacts,
    PatientFacts,
    UsedAmounts,
)
from entraide.core.adjudication.pipeline import adjudicate
from entraide.core.care_package import ProviderLevel, Visit
from entraide.core.errors import RefusedRows
from entraide.core.product import Sector

__all__ = ["EXAMPLE", "SCHEMA", "claim_from_document", "decision_document", "run"]


def run(document: Mapping[str, Any]) -> dict[str, Any]:
    """The decision on the claim of a document that follows ``SCHEMA``, as plain JSON values.

    :class:`RefusedRows` names every key that does not go with another: ``DOCUMENT_CONTRADICTS``,
    ``DOCUMENT_KEY_MISSING``, ``DOCUMENT_KEY_UNKNOWN``, ``LINE_KEY_TWICE``, ``BENEFIT_TWICE``.
    """
    if faults := tuple(faults_between(document)):
        raise RefusedRows(faults)
    claim, context = claim_from_document(document)
    return decision_document(adjudicate(claim, context))


def claim_from_document(document: Mapping[str, Any]) -> tuple[ClaimFacts, Context]:
    """The facts and the context that a document describes."""
    asked = document["claim"]
    provider = document.get("provider", {})
    tariff = document.get("tariff", {})
    care_on = date.fromisoformat(asked["care_on"])
    claim = ClaimFacts(
        care_on=care_on,
        received_on=_date(asked.get("received_on")) or care_on,
        sector=Sector(provider.get("sector", Sector.PUBLIC)),
        lines=tuple(_line(line, tariff) for line in asked["lines"]),
        provider_has_agreement=provider.get("has_agreement", True),
        is_third_party_payment=asked.get("is_third_party_payment", True),
        is_emergency=asked.get("is_emergency", False),
        level=ProviderLevel(provider["level"]) if "level" in provider else None,
        visit=Visit(asked.get("visit", Visit.PLANNED)),
        is_inpatient=asked.get("is_inpatient"),
        is_referred=asked.get("is_referred", False),
        episode=asked.get("episode", ""),
        attestation_of=asked.get("attestation_of"),
        provider_is_paid_directly=provider.get("is_paid_directly", True),
        needs_guarantee_letter=provider.get("needs_guarantee_letter", False),
        discount_rate=_rate(provider.get("discount_rate")),
        infers_stay=asked.get("infers_stay", True),
        bounds_flat_rate=asked.get("bounds_flat_rate", True),
        bounds_payment=asked.get("bounds_payment", True),
        weighs_together=asked.get("weighs_together", True),
        shows_no_tariff=asked.get(
            "shows_no_tariff",
            not provider.get("has_agreement", True)
            and not asked.get("is_third_party_payment", True),
        ),
        has_voucher=asked.get("has_voucher", False),
        referral_fault=asked.get("referral_fault", ""),
        referral_data=asked.get("referral_data", {}),
    )
    person, cover = document.get("person", {}), document.get("cover", {})
    context = Context(
        product=product_from(document["rules"], document["currency"]),
        person=PatientFacts(
            person.get("sex"),
            _date(person.get("birth_on")),
            tuple(person.get("lists", ())),
            _date(person.get("expected_delivery_on")),
            person.get("other_payer"),
        ),
        cover=CoverFacts(
            is_covered=cover.get("is_covered", True),
            refusal_code=cover.get("refusal_code"),
            refusal_data=cover.get("refusal_data", {}),
            waiting_until={
                category: date.fromisoformat(day)
                for category, day in cover.get("waiting_until", {}).items()
            },
            waits_from=_date(cover.get("waits_from")),
            household_size=cover.get("household_size"),
        ),
        used=UsedAmounts(**document.get("used", {})),
    )
    return claim, context


def decision_document(decision: Decision) -> dict[str, Any]:
    """A decision as the command prints it: totals, who bears what, then line by line.

    Dates are ISO and rates are texts, so that a reader without decimals loses nothing.
    """
    written = decision.to_json()
    return {
        "currency": decision.currency,
        "rules_version": decision.product_version,
        "claimed_minor": decision.claimed_minor,
        "payable_minor": decision.payable_minor,
        "reduced_minor": decision.reduced_minor,
        "borne_minor": {by.value: decision.borne_minor(by) for by in BorneBy},
        "reduced_minor_by_code": decision.reduced_minor_by_code(),
        "is_straight_through": decision.is_straight_through,
        "review_codes": list(decision.review_codes),
        "path": decision.path.value if decision.path is not None else None,
        "findings": _plain(written["claim_findings"]),
        "lines": _plain(written["lines"]),
        "used_after": written["used_after"],
    }


def _plain(value: Any) -> Any:
    """Stored JSON without its marks: ``{"decimal": "0.2"}`` is printed as ``"0.2"``."""
    if isinstance(value, dict):
        if len(value) == 1 and next(iter(value)) in ("date", "decimal"):
            return next(iter(value.values()))
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value


def _date(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _rate(value: Any) -> Decimal | None:
    return None if value is None else Decimal(value)


def _line(stated: Mapping[str, Any], tariff: Mapping[str, int]) -> LineFacts:
    values = dict(stated)
    for name in ("last_care_on", "next_care_on"):
        values[name] = _date(stated.get(name))
    for name in ("quantity", "max_quantity", "used_quantity", "justified_quantity"):
        if name in values:
            values[name] = Decimal(values[name])
    item = stated.get("item_code", "")
    return LineFacts(**values, tariff_unit_minor=tariff.get(item) if item else None)
