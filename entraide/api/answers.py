"""Records and decisions as the documents that the API answers; nothing medical in any of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from entraide.apps.claims.models import Claim
from entraide.apps.claims.selectors import Eligibility
from entraide.apps.schemes.models import Mutual
from entraide.core.adjudication.decision import Decision, LineDecision, finding_from_json
from entraide.core.errors import Finding
from entraide.messages import sentence


def eligibility_answer(
    asked: Eligibility, mutual: Mutual, on: date, language: str
) -> dict[str, Any]:
    """Rights and ceilings of the bearer of a card on a day."""
    standing = asked.standing
    person, rights, membership = standing.person, standing.rights, standing.membership
    return {
        "number": person.number,
        "on": on.isoformat(),
        "is_covered": asked.is_covered,
        "status": rights.status.value,
        "reasons": _said(rights.reasons, mutual.currency, language),
        "waiting": [
            {"category": category, "until": until.isoformat()}
            for category, until in sorted(rights.waiting_until.items())
            if until > on
        ],
        "person": {
            "name": person.spoken_name,
            "sex": person.sex,
            "birth_on": person.birth_on.isoformat(),
            "is_member": person.is_member,
            "has_photo": person.has_photo,
        },
        "product": membership.product.name if membership else None,
        "currency": mutual.currency,
        "covered_from": _iso(membership.effective_from if membership else None),
        "covered_until": _iso(
            (membership.ended_on or membership.effective_until) if membership else None
        ),
        "ceilings": [
            {
                "category": row.category,
                "whose": row.whose,
                "unit": "cases" if row.whose == "count" else "minor",
                "ceiling": row.ceiling_minor,
                "remaining": row.remaining_minor,
            }
            for row in asked.ceilings
        ],
    }


def claim_answer(claim: Claim, decision: Decision, mutual: Mutual, language: str) -> dict[str, Any]:
    """A claim with the decision in force; person, provider and entry are loaded."""
    return {
        "uid": str(claim.uid),
        "document_number": claim.document_number,
        "state": str(claim.state),
        "circuit": str(claim.circuit),
        "person_number": claim.person.number,
        "provider": {
            "system": claim.provider.system,
            "code": claim.provider.code,
            "name": claim.provider.name,
        },
        "care_on": claim.care_on.isoformat(),
        "received_on": claim.received_on.isoformat(),
        "posted_on": _iso(claim.entry.posted_on if claim.entry else None),
        "paid_on": _iso(claim.paid_on),
        "currency": mutual.currency,
        "stated_minor": claim.stated_minor,
        "claimed_minor": claim.claimed_minor,
        "payable_minor": claim.payable_minor,
        "warnings": _said(map(finding_from_json, claim.warnings), mutual.currency, language),
        "decision": {
            "number": claim.decision_number,
            "product_version": decision.product_version,
            "findings": _said(decision.claim_findings, mutual.currency, language),
            "lines": [_line(line, mutual.currency, language) for line in decision.lines],
        },
    }


def _line(line: LineDecision, currency: str, language: str) -> dict[str, Any]:
    return {
        "key": line.line_key,
        "category": line.category,
        "claimed_minor": line.claimed_minor,
        "payable_minor": line.payable_minor,
        "reductions": [
            {
                "code": item.code,
                "message": sentence(item.code, {"currency": currency, **item.data}, language),
                "amount_minor": item.amount_minor,
                "borne_by": item.borne_by.value,
            }
            for item in line.reductions
        ],
        "remarks": _said(line.remarks, currency, language),
    }


def _said(findings: Iterable[Finding], currency: str, language: str) -> list[dict[str, str]]:
    return [
        {
            "code": finding.code,
            "message": sentence(finding.code, {"currency": currency, **finding.data}, language),
        }
        for finding in findings
    ]


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
