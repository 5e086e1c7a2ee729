"""What who writes, and who approves, rules is told of them before they count."""

from __future__ import annotations

from datetime import date

from entraide.apps.schemes.drafts import newer_than_base
from entraide.apps.schemes.models import ProductDraft, ProductVersion
from entraide.apps.schemes.retroactive import reach_finding
from entraide.core.open_promises import unbounded_categories
from entraide.core.product import Product
from entraide.messages import sentence
from entraide.web.claims.reasons import language
from entraide.web.tariffs.care_summary import CareNames


def retroactive_told(version: ProductVersion, effective_from: date, on: date) -> str:
    """How much was decided already since the first day of rules of the same product; empty where
    they begin on the day or later, or nothing was."""
    finding = reach_finding(version.product, effective_from, on)
    return "" if finding is None else sentence(finding.code, finding.data, language())


def remarks_told(draft: ProductDraft, product: Product | None, names: CareNames) -> list[str]:
    """What is odd about a draft and stops nothing; ``product``: its rules, where they hold."""
    newer, told = newer_than_base(draft), unbounded_told(product, names)
    first = [] if newer is None else [sentence(newer.code, newer.data, language())]
    return [*first, *([told] if told else [])]


def unbounded_told(product: Product | None, names: CareNames) -> str:
    """The categories that rules pay in full and without a ceiling; empty where there is none."""
    categories = unbounded_categories(product) if product is not None else ()
    if not categories:
        return ""
    data = {"categories": ", ".join(names.category(each) for each in categories)}
    return sentence("PROMISE_UNBOUNDED", data, language())
