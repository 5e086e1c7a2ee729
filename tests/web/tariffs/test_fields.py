"""A rate as people type it."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from entraide.web.tariffs.fields import PercentField


@pytest.mark.parametrize(("text", "rate"), [("6,5", "0.065"), ("80 %", "0.8"), ("0", "0")])
def test_a_percentage_becomes_a_rate(text: str, rate: str) -> None:
    assert PercentField().clean(text) == rate


@pytest.mark.parametrize("text", ["NaN", "sNaN", "Infinity", "-1", "101", "1e400", "six", "0,1e-9"])
def test_what_is_no_percentage_is_refused_in_words(text: str) -> None:
    with pytest.raises(ValidationError, match=r"percentage|pourcentage"):
        PercentField().clean(text)
