"""The forms of price lists: a new list, and prices from a day on, each on its line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from entraide.apps.nomenclature.models import CareItem
from entraide.apps.nomenclature.selectors import care_items_named
from entraide.apps.providers.prices import PriceLine, PriceShown
from entraide.messages import sentence
from entraide.web.fields import DayField, MoneyField
from entraide.web.providers.forms import text_input
from entraide.web.providers.wording import LEVELS

NEW_LINES = 8
MOST_LINES = 400  # on one page; a longer list comes by import


class PriceListForm(forms.Form):
    """What a list of prices is called, and for whom it is."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=160, widget=text_input())
    level = forms.ChoiceField(
        label=gettext_lazy("Level"), required=False,
        help_text=gettext_lazy("For flat rates: offered to providers of this level only."),
    )  # fmt: skip
    is_network = forms.BooleanField(
        label=gettext_lazy("For all mutuals of the network"), required=False
    )

    def __init__(self, *args: Any, may_administer: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["level"].choices = [("", _("every level")), *LEVELS.items()]
        if not may_administer:
            del self.fields["is_network"]


def _price_field(label: str, currency: str) -> MoneyField:
    """A price in the table: its label is spoken, the header of the column is seen."""
    attributes = {
        "class": "input input--num w-s", "inputmode": "decimal", "autocomplete": "off",
        "aria-label": label,
    }  # fmt: skip
    return MoneyField(
        label=label, currency=currency, required=False, widget=forms.TextInput(attrs=attributes)
    )


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the form: the item when it has a price already, the field of the new one."""

    price: Any
    item: CareItem | None = None
    current_minor: int | None = None
    named: Any = None


class PricesForm(forms.Form):
    """A day of effect, who agreed, and the prices that change; lines left empty stay."""

    effective_from = DayField(label=gettext_lazy("In force from"))
    source = forms.CharField(
        label=gettext_lazy("Agreed by"), max_length=200, widget=text_input(),
        help_text=gettext_lazy("For example: convention of 3 January, article 4."),
    )  # fmt: skip

    def __init__(
        self, *args: Any, shown: Sequence[PriceShown], systems: Iterable[str], currency: str,
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.shown = {str(each.item.uid): each for each in shown[:MOST_LINES]}
        self.systems = tuple(systems)
        for uid, each in self.shown.items():
            self.fields[f"price-{uid}"] = _price_field(each.item.label, currency)
        for number in range(NEW_LINES):
            line = {"number": number + 1}
            named = _("Act or drug, line %(number)d") % line
            self.fields[f"item-{number}"] = forms.CharField(
                label=named, max_length=255, required=False,
                widget=text_input(**{"list": "care-items", "class": "input", "aria-label": named}),
            )  # fmt: skip
            self.fields[f"new-{number}"] = _price_field(
                _("New price, line %(number)d") % line, currency
            )

    @staticmethod
    def initial_of(lines: Iterable[PriceLine], shown: Sequence[PriceShown]) -> dict[str, object]:
        """What stands in the form at first when these prices are to be entered."""
        known = {each.item.pk for each in shown[:MOST_LINES]}
        initial: dict[str, object] = {}
        number = 0
        for each in lines:
            item = each.care_item
            if item.pk in known:
                initial[f"price-{item.uid}"] = each.unit_price_minor
            elif number < NEW_LINES:
                initial |= {f"item-{number}": item.code, f"new-{number}": each.unit_price_minor}
                number += 1
        return initial

    def rows(self) -> list[Row]:
        """The lines as the page lays them out: those with a price, then empty ones."""
        known = [
            Row(self[f"price-{uid}"], each.item, each.unit_price_minor)
            for uid, each in self.shown.items()
        ]
        new = [
            Row(self[f"new-{number}"], named=self[f"item-{number}"]) for number in range(NEW_LINES)
        ]
        return [*known, *new]

    def clean(self) -> dict[str, Any]:
        """The prices typed, each with its field as its place; every fault beside its line."""
        said = super().clean() or {}
        lines = [
            PriceLine(each.item, said[f"price-{uid}"], f"price-{uid}")
            for uid, each in self.shown.items()
            if said.get(f"price-{uid}") is not None
        ]
        for number in range(NEW_LINES):
            line = self._new_line(number)
            if line is not None:
                lines.append(line)
        said["lines"] = lines
        return said

    def _new_line(self, number: int) -> PriceLine | None:
        named, price = f"item-{number}", f"new-{number}"
        text = (self.cleaned_data.get(named) or "").strip()
        amount = self.cleaned_data.get(price)
        if not text and amount is None:
            return None
        found = care_items_named(text, systems=self.systems)
        if len(found) != 1:
            code = "CARE_ITEM_SEVERAL" if found else "CARE_ITEM_NOT_FOUND"
            near = ", ".join(f"{each.label} ({each.code})" for each in found[:4])
            data = {"text": text, "near": near}
            self.add_error(named, sentence(code, data, get_language() or "fr"))
            return None
        if amount is None and price not in self.errors:
            self.add_error(price, sentence("PRICE_MISSING", {}, get_language() or "fr"))
        return PriceLine(found[0], amount, price) if amount is not None else None
