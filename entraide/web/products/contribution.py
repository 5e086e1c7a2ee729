"""What a product asks of a family, and how one joins it: values of a draft.

A product that people belong to changes its price by a tariff, of which groups are told first: of
the draft of such a product only the values of joining that bear on no price are written here.
"""

from __future__ import annotations

import copy
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from entraide.apps.schemes.drafts import change_product_draft, draft_checksum, draft_for
from entraide.apps.schemes.models import DraftState, ProductDraft
from entraide.apps.schemes.rights import Right
from entraide.apps.schemes.selectors import versions_of
from entraide.core.errors import Refusal
from entraide.core.product import ContributionKind
from entraide.rulebook.drafts import read_draft, reformulated, with_values
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view, told
from entraide.web.products.rule_forms import DraftForm
from entraide.web.refusals import show_refusal
from entraide.web.tariffs.fields import changed_values, field_of, tariff_values
from entraide.web.tariffs.forms import CategoryForm

JOINING = (
    "minimum_entry_age_years",
    "maximum_entry_age_years",
    "max_members",
    "minimum_group_size",
    "photo_required",
    "cycle_starts",
    "enrolment_grace_months",
    "administration_months",
    "enrolment_windows",
    "payment_grace_days",
    "renewal_grace_days",
    "newborn_cover_days",
)
# What makes another price, or another product: fixed once families belong to it.
OF_PRICE = ("cover_months", "unit", "adult_age_years")
FORMULAS = {
    ContributionKind.PER_PERSON: gettext_lazy("an amount for each person"),
    ContributionKind.PER_HOUSEHOLD: gettext_lazy("an amount for the family"),
    ContributionKind.BY_SIZE: gettext_lazy("an amount by the size of the family"),
    ContributionKind.BY_AGE: gettext_lazy("an amount for each adult and each child"),
    ContributionKind.OF_LOAN: gettext_lazy("a share of the loan"),
    ContributionKind.BY_LOAN: gettext_lazy("an amount by the size of the loan"),
    ContributionKind.OF_INCOME: gettext_lazy("a share of the declared income"),
}
BRACKETS = (
    ("", "–"),
    ("marginal", gettext_lazy("each rate on its own tranche")),
    ("whole", gettext_lazy("the rate of the tranche reached, on everything")),
)
_BY_TRANCHE = (ContributionKind.OF_LOAN, ContributionKind.OF_INCOME)


def is_of_new_product(draft: ProductDraft) -> bool:
    """Whether no approved version stands yet: nobody can belong to the product."""
    if draft.base is None:
        return True
    return not versions_of(draft.base.product).filter(approved_at__isnull=False).exists()


class JoiningForm(DraftForm):
    """Who may join, when, and how long one stays covered, of a product that families have."""

    of_tariff: list[forms.BoundField] = []
    to_add: list[forms.BoundField] = []
    of_category: list[forms.BoundField] = []

    def __init__(self, *args: Any, draft: ProductDraft, **kwargs: Any) -> None:
        super().__init__(*args, draft=draft, **kwargs)
        for name in JOINING:
            self.add_value(f"membership-{name}", f"membership.{name}")


class ContributionForm(DraftForm, CategoryForm):
    """The contribution by the formula of the draft, its sharing, and the rules of joining."""

    def __init__(self, *args: Any, draft: ProductDraft, **kwargs: Any) -> None:
        super().__init__(*args, draft=draft, **kwargs)
        currency = str(draft.document["currency"])
        self.count_in(currency)
        read = read_draft(draft.document, draft.effective_from)
        self.standing, self.absent = tariff_values(read, draft.effective_from)
        for value in (*self.standing, *self.absent):
            self.fields[value.field_name] = field_of(value, currency)
        contribution = draft.document["contribution"]
        if ContributionKind(contribution["kind"]) in _BY_TRANCHE:
            self.fields["brackets"] = forms.ChoiceField(
                label=_("Rates by tranche are read"), choices=BRACKETS, required=False,
                initial=contribution.get("brackets") or "",
            )  # fmt: skip
        for name in (*OF_PRICE, *JOINING):
            self.add_value(f"membership-{name}", f"membership.{name}")

    def of_tariff(self) -> list[forms.BoundField]:
        """The fields of what the draft asks."""
        fields = [self[value.field_name] for value in self.standing]
        return [*fields, self["brackets"]] if "brackets" in self.fields else fields

    def to_add(self) -> list[forms.BoundField]:
        """The fields of what it could ask besides."""
        return [self[value.field_name] for value in self.absent]

    def document(self) -> dict[str, Any]:
        """The draft with what was typed."""
        changes = changed_values([*self.standing, *self.absent], self.cleaned_data)
        draft = self.draft
        document = with_values(
            super().document(), changes | self.category_changes(),
            on=draft.effective_from, source=draft.source,
        )  # fmt: skip
        if "brackets" in self.fields:
            document = copy.deepcopy(document)
            said = self.cleaned_data["brackets"]
            document["contribution"].pop("brackets", None)
            document["contribution"] |= {"brackets": said} if said else {}
        return self.titled(document)


@office_view(right=Right.ENTER_PRODUCT)
def contribution(request: OfficeRequest, uid: str) -> HttpResponse:
    """The contribution and the joining of a new product; of another one, the joining."""
    draft = draft_for(request.mutual, uid)
    if draft.state != DraftState.OPEN:
        return redirect(office_url(request, "care-draft", uid=draft.uid))
    is_new = is_of_new_product(draft)
    form = (ContributionForm if is_new else JoiningForm)(request.POST or None, draft=draft)
    if request.method == "POST" and form.is_valid():
        try:
            change_product_draft(
                **command_arguments(request), draft=draft, document=form.document(),
                was=draft_checksum(draft),
            )  # fmt: skip
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            notify(request, _("The draft is kept."))
            return redirect(office_url(request, "care-draft", uid=draft.uid))
    context = {
        "form": form,
        "draft": draft,
        "is_new": is_new,
        "kind": draft.document["contribution"]["kind"],
        "formulas": list(FORMULAS.items()),
        "title": str(draft.document.get("title", {}).get("fr", draft.code)),
    }
    status = 422 if form.errors else 200
    return render(request, "web/products/contribution.html", context, status=status)


@require_POST
@office_view(right=Right.ENTER_PRODUCT)
def formula(request: OfficeRequest, uid: str) -> HttpResponse:
    """A new product asks by another formula: the amounts of the former one go."""
    draft = draft_for(request.mutual, uid)
    kind = request.POST.get("kind", "")
    if draft.state != DraftState.OPEN or not is_of_new_product(draft) or kind not in FORMULAS:
        return redirect(office_url(request, "care-draft", uid=draft.uid))
    try:
        change_product_draft(
            **command_arguments(request), draft=draft,
            document=reformulated(draft.document, ContributionKind(kind)),
            was=draft_checksum(draft),
        )  # fmt: skip
    except Refusal as refusal:
        notify(request, told(refusal), kind="bad")
    else:
        notify(request, _("The formula is kept: now write its amounts."))
    return redirect(office_url(request, "care-contribution", uid=draft.uid))
