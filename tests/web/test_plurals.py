"""Words agree with a number, whole or with decimals."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.template import Context, Template
from django.utils.translation import override

from entraide.web.plurals import agreeing


@pytest.mark.parametrize(
    ("value", "french", "english"),
    [
        (0, 1, 2), (1, 1, 1), (2, 2, 2), (None, 1, 2), (1.21, 1, 2), (1.99, 1, 2), (2.0, 2, 2),
        (Decimal("1.21"), 1, 2), (Decimal("2.4"), 2, 2), (Decimal("-1.5"), 1, 2),
    ],
)  # fmt: skip
def test_the_plural_begins_at_two_in_french(value: float, french: int, english: int) -> None:
    with override("fr"):
        assert agreeing(value) == french
    with override("en"):
        assert agreeing(value) == english


@pytest.mark.parametrize(
    ("mean", "told"), [(1.21, "1,21\u00a0sinistre par"), (2.4, "2,40\u00a0sinistres par")]
)
def test_a_mean_with_decimals_agrees(mean: float, told: str) -> None:
    page = Template(
        "{% load i18n entraide %}{% blocktranslate trimmed count n=mean|agreeing with"
        " shown=mean|number:2 %}The mutual: {{ shown }} claim per person and year.{% plural %}"
        "The mutual: {{ shown }} claims per person and year.{% endblocktranslate %}"
    )
    with override("fr"):
        assert told in page.render(Context({"mean": mean})).replace(" sin", "\u00a0sin")
