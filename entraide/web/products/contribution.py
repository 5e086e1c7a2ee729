"""What a new product asks of a family, and how one joins it: values of a draft that is no change.

A product that people belong to changes its price by a tariff, of which groups are told first.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from entraide.apps.schemes.drafts import change_product_draft, draft_checksum, draft_for
from entraide.apps.schemes.models import DraftState, ProductDraft
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal
from entraide.rulebook.drafts import read_draft, with_values
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view
from entraide.web.products.rule_forms import DraftForm
from entraide.web.refusals import show_refusal
from entraide.web.tariffs.fields import changed_values, field_of, tariff_values

JOINING = (
    "cover_months",
    "minimum_entry_age_years",
    "maximum_entry_age_years",
    "max_members",
    "minimum_group_size",
    "photo_required",
    "payment_grace_days",
    "renewal_grace_days",
    "newborn_cover_days",
)


class ContributionForm(DraftForm):
    """The contribution by the formula of the draft, its sharing, and the rules of joining."""

    def __init__(self, *args: Any, draft: ProductDraft, **kwargs: Any) -> None:
        super().__init__(*args, draft=draft, **kwargs)
        read = read_draft(draft.document, draft.effective_from)
        self.standing, self.absent = tariff_values(read, draft.effective_from)
        for value in (*self.standing, *self.absent):
            self.fields[value.field_name] = field_of(value, str(draft.document["currency"]))
        for name in JOINING:
            self.add_value(f"membership-{name}", f"membership.{name}")

    def of_tariff(self) -> list[forms.BoundField]:
        """The fields of what the draft asks."""
        return [self[value.field_name] for value in self.standing]

    def to_add(self) -> list[forms.BoundField]:
        """The fields of what it could ask besides."""
        return [self[value.field_name] for value in self.absent]

    def document(self) -> dict[str, Any]:
        """The draft with what was typed."""
        changes = changed_values([*self.standing, *self.absent], self.cleaned_data)
        draft = self.draft
        return with_values(
            super().document(), changes, on=draft.effective_from, source=draft.source
        )


@office_view(right=Right.ENTER_PRODUCT)
def contribution(request: OfficeRequest, uid: str) -> HttpResponse:
    """The contribution and the joining of a new product."""
    draft = draft_for(request.mutual, uid)
    if draft.base is not None or draft.state != DraftState.OPEN:
        return redirect(office_url(request, "care-draft", uid=draft.uid))
    form = ContributionForm(request.POST or None, draft=draft)
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
        "title": str(draft.document.get("title", {}).get("fr", draft.code)),
    }
    status = 422 if form.errors else 200
    return render(request, "web/products/contribution.html", context, status=status)
