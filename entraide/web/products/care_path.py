"""The path of care of a draft: where one goes first, where by referral, what is out of it."""

from __future__ import annotations

import copy
from typing import Any

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext as _

from entraide.apps.schemes.drafts import draft_for
from entraide.apps.schemes.rights import Right
from entraide.core.care_path import FIRST_LEVELS
from entraide.rulebook.drafts import part_at
from entraide.web.office import OfficeRequest, office_view
from entraide.web.products.rule_forms import DraftForm, several
from entraide.web.products.rules import answer
from entraide.web.providers.wording import LEVELS
from entraide.web.tariffs.care_names import care_names

PART = "care_path"
VALUES = (
    "out_of_path_copayment_rate",
    "is_reviewed",
    "excepts_emergencies",
    "excepts_follow_up",
    "needs_voucher",
    "is_asked",
)


class CarePathForm(DraftForm):
    """Levels and categories, which bear no date, then the dated values."""

    def __init__(self, *args: Any, categories: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        part = part_at(self.draft.document, PART) or {}
        levels = LEVELS.items()
        first = part.get("first_levels", [str(each) for each in FIRST_LEVELS])
        self.fields["first_levels"] = several(_("One goes first to"), levels, first)
        self.fields["referred_levels"] = several(
            _("One goes by referral to"), levels, part.get("referred_levels", ())
        )
        self.fields["categories"] = several(
            _("For this care"), categories, part.get("categories", ())
        )
        self.fields["categories"].help_text = _("Nothing chosen: all care.")
        for name in VALUES:
            self.add_value(name, f"{PART}.{name}")

    def document(self) -> dict[str, Any]:
        """The draft with the path; without it when no higher level and no value is said."""
        document = copy.deepcopy(super().document())
        part, known = document.get(PART, {}), self.cleaned_data
        if not part and not known["referred_levels"]:
            document.pop(PART, None)
            return document
        part = document.setdefault(PART, {})
        for name in ("first_levels", "referred_levels", "categories"):
            part[name] = list(known[name])
        return document

    def value_fields(self) -> list[forms.BoundField]:
        """Every field, in the order in which the path is told."""
        return [self[name] for name in self.fields]


@office_view(right=Right.ENTER_PRODUCT)
def care_path(request: OfficeRequest, uid: str) -> HttpResponse:
    """The path of care that the draft asks for."""
    draft = draft_for(request.mutual, uid)
    names = care_names(draft.document)
    choices = [(each, names.category(each)) for each in draft.document["benefits"]]
    form = CarePathForm(request.POST or None, draft=draft, categories=choices)
    return answer(request, draft, form, PART, {"heading": _("Path of care")})
