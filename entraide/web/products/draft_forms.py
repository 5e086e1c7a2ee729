"""The forms around a draft: from what it begins, from when it counts, who decided it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from uuid import UUID

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from entraide.apps.schemes.models import ProductDraft, ProductVersion
from entraide.apps.schemes.selectors import product_version_for, products, versions_of
from entraide.core.errors import Refusal
from entraide.rulebook import product_path, read_product
from entraide.rulebook.drafts import new_document, restated
from entraide.rulebook.packs import product_paths
from entraide.web.claims.reasons import category_names
from entraide.web.fields import DayField, MoneyField
from entraide.web.office import OfficeRequest
from entraide.web.tariffs.fields import PercentField

FROM_NOTHING = "nothing"


@lru_cache(maxsize=1)
def _examples() -> dict[str, tuple[str, str]]:
    """Code → title and money of every example; files of the product, read once."""
    read = {code: read_product(path) for code, path in product_paths().items()}
    return {code: (rules.titles["fr"], rules.currency) for code, rules in read.items()}


class StartForm(forms.Form):
    """From what the draft begins, when it counts, who decided it; a name where it is new."""

    base = forms.ChoiceField(label=gettext_lazy("Begin from"))
    title_fr = forms.CharField(
        label=gettext_lazy("Name of the product"), max_length=120, required=False,
        help_text=gettext_lazy(
            "For a new product only; a new version keeps its name: leave it empty."
        ),
    )  # fmt: skip
    effective_from = DayField(label=gettext_lazy("In force from"))
    source = forms.CharField(
        label=gettext_lazy("Who decided it"),
        max_length=200,
        help_text=gettext_lazy("The assembly or the board, its day, its resolution."),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("The contribution is"),
        required=False,
        choices=[
            ("per_person", gettext_lazy("an amount for each person")),
            ("per_household", gettext_lazy("an amount for the family")),
        ],
    )
    amount = MoneyField(label=gettext_lazy("Contribution"), required=False)
    fund_share_rate = PercentField(
        label=gettext_lazy("Part of it for the mutual fund"), required=False, max_length=8
    )
    categories = forms.MultipleChoiceField(
        label=gettext_lazy("Care that it covers"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, request: OfficeRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.mutual = request.mutual
        self.base_version: ProductVersion | None = None
        self.fields["amount"].currency = request.mutual.currency  # type: ignore[attr-defined]
        self.fields["categories"].choices = list(category_names().items())  # type: ignore[attr-defined]
        versions = []
        for product in products(request.mutual):
            for version in versions_of(product):
                name = _("new version of %(product)s, after its version %(number)s") % {
                    "product": product.name, "number": version.number,
                }  # fmt: skip
                versions.append((str(version.uid), name))
        self.examples = {
            code: title
            for code, (title, currency) in _examples().items()
            if currency == request.mutual.currency
        }
        examples = [
            (f"example:{code}", _("new product, after the example “%(title)s”") % {"title": title})
            for code, title in self.examples.items()
        ]
        choices = [
            (_("A new version of a product of the mutual"), versions),
            (_("A new product, after an example"), examples),
            (_("A new product, from nothing"), [(FROM_NOTHING, _("An empty product"))]),
        ]
        self.fields["base"].choices = [  # type: ignore[attr-defined]
            (head, group) for head, group in choices if group
        ]

    def of_nothing(self) -> list[forms.BoundField]:
        """The fields that only an empty product asks for."""
        return [self[name] for name in ("kind", "amount", "fund_share_rate", "categories")]

    def clean(self) -> dict[str, Any]:
        known = super().clean() or {}
        base = known.get("base", "")
        if base and ":" not in base and base != FROM_NOTHING:
            self.base_version = product_version_for(self.mutual, UUID(base))
            self._require_its_own_name(known.get("title_fr", ""))
        elif base and not known.get("title_fr"):
            self.add_error("title_fr", _("Name the product."))
        elif base and len(self.code) < 2:
            self.add_error("title_fr", _("Write the name with letters."))
        if base == FROM_NOTHING:
            for name, text in (
                ("amount", _("Write the contribution.")),
                ("fund_share_rate", _("Write which part pays for care.")),
                ("categories", _("Choose one category of care at least.")),
            ):
                if not known.get(name) and name not in self.errors:
                    self.add_error(name, text)
        return known

    def _require_its_own_name(self, title: str) -> None:
        """A new version keeps the name of its product: another one typed beside it is no slip."""
        assert self.base_version is not None, "of a version only"
        name = self.base_version.product.name
        if title.strip() and title.strip().casefold() != name.casefold():
            text = _(
                "A new version of %(product)s keeps its name: leave this empty. For a product of "
                "another name, begin from an example or from nothing."
            )
            self.add_error("title_fr", text % {"product": name})

    @property
    def code(self) -> str:
        """The code of a new product, made of its name."""
        code = slugify(self.cleaned_data.get("title_fr", ""))[:40].strip("-")
        return code if not code or code[0].isalpha() else f"p-{code}"[:40]

    def document(self) -> dict[str, Any]:
        """What the draft begins with."""
        known = self.cleaned_data
        if self.base_version is not None:
            return dict(self.base_version.document)
        title = {"fr": known["title_fr"], "en": known["title_fr"]}
        dated = {"on": known["effective_from"], "source": known["source"]}
        if known["base"] == FROM_NOTHING:
            return new_document(
                code=self.code, titles=title, currency=self.mutual.currency, kind=known["kind"],
                amount_minor=known["amount"], fund_share_rate=known["fund_share_rate"],
                cover_months=12, categories=known["categories"], **dated,
            )  # fmt: skip
        name = known["base"].partition(":")[2]
        if name not in self.examples:
            raise Refusal("PRODUCT_TEMPLATE_UNKNOWN", product=name, known="")
        rules = read_product(product_path(name))
        return {**restated(rules.document, **dated), "product": self.code, "title": title}


class HeadForm(forms.Form):
    """The names of the product, the first day of the draft, who decided it."""

    title_fr = forms.CharField(label=gettext_lazy("Name of the product"), max_length=120)
    title_en = forms.CharField(
        label=gettext_lazy("Name in English"), max_length=120, required=False
    )
    effective_from = DayField(label=gettext_lazy("In force from"))
    source = forms.CharField(label=gettext_lazy("Who decided it"), max_length=200)

    def __init__(self, *args: Any, draft: ProductDraft, **kwargs: Any) -> None:
        titles = draft.document.get("title", {})
        initial = {
            "title_fr": titles.get("fr", ""),
            "title_en": titles.get("en", ""),
            "effective_from": draft.effective_from,
            "source": draft.source,
        }
        super().__init__(*args, initial=initial, **kwargs)

    def said(self) -> dict[str, Any]:
        """What the service is told."""
        known = self.cleaned_data
        titles = {"fr": known["title_fr"], "en": known["title_en"] or known["title_fr"]}
        return {
            "titles": titles,
            "effective_from": known["effective_from"],
            "source": known["source"],
        }
