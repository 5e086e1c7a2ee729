"""The form of an opinion: which line an exception is about, and what must be said."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from entraide.web.claims.forms import ReviewForm


def form_of(*lines: tuple[str, int, int]) -> ReviewForm:
    """A form about lines (key, payable, taken by a ceiling)."""
    sheet: Any = SimpleNamespace(
        lines=[
            SimpleNamespace(key=key, label=key, payable_minor=paid, above_ceiling_minor=above)
            for key, paid, above in lines
        ],
        claim=SimpleNamespace(payable_minor=sum(paid for _key, paid, _above in lines)),
        exception_minor=sum(above for _key, _paid, above in lines),
        repeats=(),
        is_by_rules=True,
        may_be_readmitted=False,
    )
    return ReviewForm(sheet=sheet, currency="XOF")


def test_the_line_that_met_a_ceiling_is_chosen_beforehand() -> None:
    assert form_of(("1", 4_000, 0), ("2", 1_000, 3_000))["line"].value() == "2"
    assert form_of(("1", 4_000, 0), ("2", 1_000, 0))["line"].value() is None


def test_what_a_change_needs_is_not_called_optional() -> None:
    form = form_of(("1", 4_000, 0))
    for name in ("reason", "reason_code"):
        field: Any = form.fields[name]
        assert field.is_conditional
        assert "quelque chose" in str(field.help_text) or "you change" in str(field.help_text)
