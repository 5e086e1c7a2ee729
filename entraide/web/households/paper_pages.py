"""The membership form of the mutual: printed blank, and its versions with what each asks."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from entraide.apps.enrolment.papers import (
    FIELDS,
    HOUSEHOLD_FIELDS,
    LONGEST_LABEL,
    Asked,
    EnrolmentPaper,
    FormField,
    paper_on,
    papers_of,
    product_facts,
    set_enrolment_form,
)
from entraide.apps.enrolment.selectors import paper_shares
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal
from entraide.documents.blank_form import blank_form_pdf
from entraide.web.fields import DayField
from entraide.web.groups.kinds import kind_tabs
from entraide.web.households.fields import text_input
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view
from entraide.web.refusals import show_refusal

FACT_NAMES: dict[str, str | Promise] = {
    "phone": gettext_lazy("Telephone"),
    "phone_owner": gettext_lazy("Whose telephone"),
    "area": gettext_lazy("Village or quarter"),
    "address": gettext_lazy("Address"),
    "declared_size": gettext_lazy("Persons in the family"),
    "consent": gettext_lazy("Consent"),
    "signature": gettext_lazy("Signature or thumbprint"),
    "mother": gettext_lazy("Mother of a child"),
    "occupation": gettext_lazy("Occupation"),
    "document": gettext_lazy("Identity document"),
    "own_phone": gettext_lazy("Telephone of the person"),
}
OF_FAMILY = (
    ("hidden", gettext_lazy("Not on the form")),
    (Asked.NOBODY.value, gettext_lazy("On the form")),
    (Asked.EVERYONE.value, gettext_lazy("Required")),
)
OF_PERSONS = (
    ("hidden", gettext_lazy("Not on the form")),
    (Asked.NOBODY.value, gettext_lazy("On the form")),
    (Asked.MEMBER.value, gettext_lazy("Required of the member")),
    (Asked.ADULTS.value, gettext_lazy("Required of adults")),
    (Asked.EVERYONE.value, gettext_lazy("Required of everyone")),
)


class PaperForm(forms.Form):
    """What the form asks from a day on, and what the mutual calls it."""

    effective_from = DayField(label=gettext_lazy("In use from"))

    def __init__(self, *args: Any, paper: EnrolmentPaper, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in FIELDS:
            field = paper.fields[name]
            self.fields[name] = forms.ChoiceField(
                label=FACT_NAMES[name],
                choices=OF_FAMILY if name in HOUSEHOLD_FIELDS else OF_PERSONS,
                initial=field.required.value if field.shown else "hidden",
            )
            for language in ("fr", "en"):
                label = _("Own name") if language == "fr" else _("Own name in English")
                self.fields[f"{name}_{language}"] = forms.CharField(
                    label=label, max_length=LONGEST_LABEL, required=False, widget=text_input(),
                    initial=field.label(language),
                )  # fmt: skip

    def rows(self) -> list[tuple[Any, Any, Any]]:
        """The three controls of each fact."""
        return [(self[name], self[f"{name}_fr"], self[f"{name}_en"]) for name in FIELDS]

    def chosen(self) -> tuple[FormField, ...]:
        """What was chosen, as the service takes it."""
        known = self.cleaned_data
        return tuple(
            FormField(
                name,
                shown=known[name] != "hidden",
                required=Asked.NOBODY if known[name] == "hidden" else Asked(known[name]),
                labels={language: known[f"{name}_{language}"] for language in ("fr", "en")},
            )
            for name in FIELDS
        )


@require_safe
@office_view(right=Right.READ_REGISTERS)
def blank(request: OfficeRequest) -> HttpResponse:
    """The blank form to print."""
    paper = paper_on(request.mutual, request.day)
    content = blank_form_pdf(
        request.mutual, paper, get_language() or "fr",
        asked=product_facts(request.mutual, request.day),
    )  # fmt: skip
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="fiche-adhesion-{request.mutual.code}.pdf"'
    return answer


@office_view(right=Right.READ_REGISTERS)
def versions(request: OfficeRequest) -> HttpResponse:
    """Every version of the form, how much still comes from paper, and the next version."""
    may_change = Right.CHANGE_SETTINGS in request.rights
    is_posted = request.method == "POST" and may_change
    form = PaperForm(
        request.POST if is_posted else None,
        paper=paper_on(request.mutual, request.day),
        initial={"effective_from": request.day},
    )
    if is_posted and form.is_valid():
        try:
            set_enrolment_form(
                effective_from=form.cleaned_data["effective_from"],
                fields=form.chosen(),
                **command_arguments(request),
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            notify(request, _("The form is recorded. Those entered before keep theirs."))
            return redirect(office_url(request, "paper-versions"))
    kinds = kind_tabs(request)
    context = {
        "form": form,
        "versions": papers_of(request.mutual),
        "kinds": kinds,
        "shares": paper_shares(request.mutual, request.day, group_kind=kinds.asked),
        "may_change": may_change,
    }
    status = 422 if form.errors else 200
    return render(request, "web/households/paper.html", context, status=status)
