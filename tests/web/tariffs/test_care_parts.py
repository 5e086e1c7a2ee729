"""Each sentence of a product stands under the head of what it is about."""

from __future__ import annotations

from datetime import date

from django.utils.translation import override

from entraide.rulebook import product_path, read_product
from entraide.web.tariffs.care_summary import CareNames, care_parts


def test_how_waiting_is_counted_stands_with_the_care_that_waits() -> None:
    product = read_product(product_path("essentielle")).on(date(2026, 1, 1))
    assert any(benefit.waiting_period_months for benefit in product.benefits)
    with override("fr"):
        parts = dict(care_parts(product, CareNames({})))
    [waits] = [head for head, told in parts.items() if any("se comptent de" in t for t in told)]
    assert waits == "Soins"
