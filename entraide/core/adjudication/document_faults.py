"""What does not go together in a document of ``entraide calc claim`` that follows its schema."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from entraide.core.adjudication.document_rules import deductibles_from, limits_from
from entraide.core.adjudication.scopes import case_key, deductible_key, limit_key
from entraide.core.errors import Finding

_OF_CASES = case_key("", "").rstrip(":")


def faults_between(document: Mapping[str, Any]) -> Iterator[Finding]:
    """Every key that does not go with another, with its path; the schema was checked before."""
    rules, claim = document["rules"], document["claim"]
    promises = [(each["category"], each.get("sector")) for each in rules["benefits"]]
    yield from _twice("BENEFIT_TWICE", "rules.benefits", "category", promises)
    for name in ("variants", "item_rules", "limits", "deductibles"):
        for number, rule in enumerate(rules.get(name, ())):
            place = f"rules.{name}[{number}].when"
            yield from _turned(rule.get("when", {}), place, "min_age_years", "max_age_years")
    lines = [(line["key"],) for line in claim["lines"]]
    yield from _twice("LINE_KEY_TWICE", "claim.lines", "key", lines)
    for number, line in enumerate(claim["lines"]):
        yield from _of_line(line, f"claim.lines[{number}]", claim["care_on"])
    if claim.get("has_voucher") and claim.get("referral_fault"):
        yield _against("claim.referral_fault", "has_voucher")
    cover, birth_on = document.get("cover", {}), document.get("person", {}).get("birth_on", "")
    if cover.get("refusal_code") and cover.get("is_covered", True):
        yield _against("cover.refusal_code", "is_covered")
    if birth_on > claim["care_on"]:
        yield _against("person.birth_on", "claim.care_on")
    known = [limit_key(each) for each in limits_from(rules)]
    known += [deductible_key(each) for each in deductibles_from(rules)]
    for key in document.get("used", {}).get("scopes", {}):
        if key not in known and not key.startswith(f"{_OF_CASES}:"):
            data = {"known": sorted(known) or [f"{_OF_CASES}:…"]}
            yield Finding("DOCUMENT_KEY_UNKNOWN", place=f"used.scopes.{key}", data=data)


def _of_line(line: Mapping[str, Any], place: str, care_on: str) -> Iterator[Finding]:
    yield from _turned(line, place, "min_age", "max_age")
    if line.get("last_care_on", "") > care_on:
        yield _against(f"{place}.last_care_on", "claim.care_on")
    if line.get("next_care_on", care_on) < care_on:
        yield _against(f"{place}.next_care_on", "claim.care_on")
    for key, needed in (
        ("pre_authorised_minor", "pre_authorisation"),
        ("justified_quantity", "justified_reason"),
        ("justified_minor", "justified_reason"),
    ):
        if key in line and not line.get(needed):
            yield Finding("DOCUMENT_KEY_MISSING", place=f"{place}.{needed}")
            return


def _turned(part: Mapping[str, Any], place: str, least: str, most: str) -> Iterator[Finding]:
    if least in part and most in part and part[least] > part[most]:
        yield _against(f"{place}.{least}", most)


def _against(place: str, other: str) -> Finding:
    return Finding("DOCUMENT_CONTRADICTS", place=place, data={"other": other})


def _twice(code: str, place: str, key: str, named: list[tuple[Any, ...]]) -> Iterator[Finding]:
    for number, each in enumerate(named):
        if each in named[:number]:
            yield Finding(code, place=f"{place}[{number}].{key}", data={key: each[0]})
