"""What who writes, and who approves, rules is told of them before they count."""

from __future__ import annotations

from datetime import date

from entraide.apps.schemes.drafts import newer_than_base
from entraide.apps.schemes.models import ProductDraft, ProductVersion
from entraide.apps.schemes.retroactive import reach_finding
from entraide.messages import sentence
from entraide.web.claims.reasons import language


def retroactive_told(version: ProductVersion, effective_from: date, on: date) -> str:
    """How much was decided already since the first day of rules of the same product; empty where
    they begin on the day or later, or nothing was."""
    finding = reach_finding(version.product, effective_from, on)
    return "" if finding is None else sentence(finding.code, finding.data, language())


def remarks_told(draft: ProductDraft) -> list[str]:
    """What is odd about a draft and stops nothing."""
    findings = [newer_than_base(draft)]
    return [sentence(each.code, each.data, language()) for each in findings if each is not None]
