"""The faults of a draft as a person reads them: which rule, what is wrong, where to mend it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from entraide.apps.schemes.models import ProductDraft
from entraide.core.errors import Finding
from entraide.messages import sentence
from entraide.rulebook.drafts import part_at
from entraide.web.claims.reasons import SECTORS
from entraide.web.home.rule_words import VALUE_NAMES, language, value_name
from entraide.web.office import OfficeRequest, office_url
from entraide.web.products.rule_forms import GENERAL_PATHS
from entraide.web.tariffs.care_summary import CareNames

_PARTS = {"items": "item", "limits": "limit", "deductibles": "deductible"}


@dataclass(frozen=True, slots=True)
class FaultShown:
    """One fault: the rule, the sentence, the page where it is mended."""

    name: str
    told: str
    url: str


def faults_shown(
    request: OfficeRequest, draft: ProductDraft, findings: Iterable[Finding], names: CareNames
) -> list[FaultShown]:
    """Every fault with its place, in the order in which the checks found them."""
    return [
        FaultShown(
            place_told(draft, each.place, names),
            fault_told(draft, each, names),
            office_url(request, page, uid=draft.uid, **more),
        )
        for each in findings
        for page, more in [place_of(each.place)]
    ]


def fault_told(draft: ProductDraft, finding: Finding, names: CareNames) -> str:
    """The sentence of a fault, with the names that the forms use in place of keys."""
    data = dict(finding.data)
    for key in ("name", "inner", "outer"):
        if isinstance(data.get(key), str) and data[key] in VALUE_NAMES:
            data[key] = (
                f"« {value_name(data[key])} »" if language() == "fr" else value_name(data[key])
            )
    if isinstance(data.get("wider"), str):
        data["wider"] = place_told(draft, data["wider"], names)
    if isinstance(data.get("sector"), str):
        data["sector"] = str(SECTORS.get(data["sector"], data["sector"]))
    if isinstance(data.get("category"), str):
        data["category"] = names.category(data["category"])
    return sentence(finding.code, data, language())


def place_of(place: str) -> tuple[str, dict[str, str]]:
    """The page of the form that holds a key path, and what its address says besides."""
    first, *rest = re.sub(r"\[\d+\]", "", place).split(".")
    if first == "benefits" and len(rest) >= 3 and rest[1] == "variants":
        return "care-variant", {"category": rest[0], "code": rest[2]}
    if first == "benefits" and rest:
        return "care-benefit", {"category": rest[0]}
    if first in _PARTS and rest:
        return "care-rule", {"kind": _PARTS[first], "code": rest[0]}
    if any(place.startswith(path) for path in GENERAL_PATHS) or first == "review":
        return "care-general", {}
    if first == "care_path":
        return "care-path", {}
    if first in ("contribution", "membership", "fund_share_rate"):
        return "care-contribution", {}
    return "care-draft-head", {}


def place_told(draft: ProductDraft, place: str, names: CareNames) -> str:
    """The rule and the value that a key path names: « Consultation, Plafond par cas »."""
    clean = re.sub(r"\[\d+\]|\.values|\.(from|source|value)$", "", place)
    first, *rest = clean.split(".")
    last = clean.rpartition(".")[2]
    value = value_name(clean) if last in VALUE_NAMES else ""
    if first == "benefits" and rest:
        told = [names.category(rest[0])]
        if len(rest) >= 3 and rest[1] == "variants":
            told.append(_title(draft, f"benefits.{rest[0]}.variants.{rest[2]}"))
    elif first in _PARTS and rest:
        told = [_title(draft, f"{first}.{rest[0]}")]
    elif first == "care_path":
        told = [_("Path of care")]
    elif clean in GENERAL_PATHS:
        told = [_("All care")]
    else:
        told = [_("The product")]
    return ", ".join(filter(None, [*told, value]))


def _title(draft: ProductDraft, path: str) -> str:
    rule = part_at(draft.document, path) or {}
    return str(rule.get("title", {}).get(language(), path.rpartition(".")[2]))
