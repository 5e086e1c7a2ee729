"""« Recoder »: a line is another act or of another category, a claim is of another illness."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from entraide.apps.claims.again import OPEN
from entraide.apps.claims.models import Claim, ClaimLine, LineRecoding
from entraide.apps.claims.recoding import diagnosis_recodings, recode_diagnosis, recode_line
from entraide.apps.claims.selectors import claim_for
from entraide.apps.nomenclature.models import CareCategory, CareItem
from entraide.apps.nomenclature.selectors import care_items_named
from entraide.apps.providers.selectors import care_systems
from entraide.apps.schemes.rights import Right
from entraide.core.control.reasons import RECODINGS, in_force
from entraide.core.errors import Refusal
from entraide.web.care_control.wording import RECODING_REASONS
from entraide.web.claims.entry_sheet import catalogue, diagnosis_meant
from entraide.web.claims.reasons import category_names
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view
from entraide.web.refusals import show_refusal


class ReasonForm(forms.Form):
    """Why it is coded otherwise: a code and words."""

    reason_code = forms.ChoiceField(label=gettext_lazy("Why it is coded otherwise"))
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=300,
        help_text=gettext_lazy("Read in the history of the claim: no illness here."),
    )  # fmt: skip

    def __init__(self, *args: Any, request: OfficeRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes = in_force(RECODINGS, request.day)
        self.fields["reason_code"].choices = [  # type: ignore[attr-defined]
            ("", "–"), *((code, RECODING_REASONS[code]) for code in codes),
        ]  # fmt: skip

    def said(self) -> dict[str, str]:
        """The reason as the commands take it."""
        return {name: self.cleaned_data[name] for name in ("reason_code", "reason")}


class LineForm(ReasonForm):
    """Which line, and what it is instead."""

    position = forms.ChoiceField(label=gettext_lazy("Line"))
    item = forms.CharField(
        label=gettext_lazy("Act or drug"), max_length=160, required=False,
        widget=forms.TextInput(attrs={"list": "care-items", "autocomplete": "off"}),
        help_text=gettext_lazy("Empty: the act stays, only its category changes."),
    )  # fmt: skip
    category = forms.ChoiceField(
        label=gettext_lazy("Category"), required=False,
        help_text=gettext_lazy("Empty: the category of the act."),
    )  # fmt: skip
    field_order = ("position", "item", "category", "reason_code", "reason")

    def __init__(self, *args: Any, request: OfficeRequest, claim: Claim, **kwargs: Any) -> None:
        super().__init__(*args, request=request, **kwargs)
        names = category_names()
        lines = claim.lines.select_related("care_item", "recoded_item", "category")
        self.fields["position"].choices = [  # type: ignore[attr-defined]
            (
                str(line.position),
                _("{rank}. {act} ({category})").format(
                    rank=line.position, act=_named(line), category=names.get(line.category.code, "")
                ),
            )
            for line in lines
        ]
        self._categories = {each.code: each for each in CareCategory.objects.all()}
        self.fields["category"].choices = [  # type: ignore[attr-defined]
            ("", "–"), *((code, names.get(code, code)) for code in self._categories),
        ]  # fmt: skip
        self.item: CareItem | None = None

    def clean_item(self) -> str:
        """One act of the lists, by its name or code."""
        typed: str = self.cleaned_data["item"].strip()
        if typed:
            found = care_items_named(typed, systems=care_systems())
            if len(found) != 1:
                raise forms.ValidationError(
                    _("Several acts are called so: choose one in the list.")
                    if found
                    else _("No act is called so: choose one in the list.")
                )
            self.item = found[0]
        return typed

    def said_of_line(self) -> dict[str, Any]:
        """The content of the command."""
        return {
            **self.said(),
            "position": int(self.cleaned_data["position"]),
            "item": self.item,
            "category": self._categories.get(self.cleaned_data["category"]),
        }


def _named(line: ClaimLine) -> str:
    """What a line is called: as recoded, else in the words of the paper, else as coded."""
    return line.act.label if line.recoded_item else line.stated_as or line.care_item.label


class DiagnosisForm(ReasonForm):
    """The illness that it is instead."""

    diagnosis = forms.CharField(
        label=gettext_lazy("Diagnosis"), max_length=160,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    field_order = ("diagnosis", "reason_code", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="illness_%s", **kwargs)  # two forms stand on one page
        self.fields["reason"].help_text = _("Read by medical roles only.")


@office_view(right=Right.RECODE_CLAIM)
def recode(request: OfficeRequest, uid: str) -> HttpResponse:
    """The two forms, and what was coded before; ``act`` says which form was sent."""
    claim = claim_for(request.mutual, uid)
    act = request.POST.get("act", "") if request.method == "POST" else ""
    line = LineForm(request.POST if act == "line" else None, request=request, claim=claim)
    is_medical = Right.READ_MEDICAL in request.rights
    illness = DiagnosisForm(request.POST if act == "diagnosis" else None, request=request)
    if act == "line" and line.is_valid() and _line_recoded(request, claim, line):
        return redirect(office_url(request, "claim", uid=claim.uid))
    is_sent = act == "diagnosis" and is_medical and illness.is_valid()
    if is_sent and _illness_recoded(request, claim, illness):
        return redirect(office_url(request, "claim-recode", uid=claim.uid))
    context = {
        "claim": claim,
        "line": line if claim.state in OPEN and claim.entered_by_id != request.user.pk else None,
        "illness": illness if is_medical else None,
        "rows": _done(claim),
        "illnesses": diagnosis_recodings(claim, request.user, request.day) if is_medical else [],
        "items": catalogue(care_systems()),
    }
    is_refused = line.errors or illness.errors
    return render(request, "web/claims/recode.html", context, status=422 if is_refused else 200)


def _done(claim: Claim) -> list[tuple[LineRecoding, str, str, Any]]:
    """What was coded otherwise: before, since, and the coded reason in words."""
    names = category_names()
    rows = claim.recodings.select_related(
        "from_item", "to_item", "from_category", "to_category", "recoded_by"
    )
    return [
        (
            each,
            f"{each.from_item.label}, {names.get(each.from_category.code, '')}",
            f"{each.to_item.label}, {names.get(each.to_category.code, '')}",
            RECODING_REASONS.get(each.reason_code, each.reason_code),
        )
        for each in rows
    ]


def _line_recoded(request: OfficeRequest, claim: Claim, form: LineForm) -> bool:
    try:
        done = recode_line(**command_arguments(request), claim=claim, **form.said_of_line())
    except Refusal as refusal:
        show_refusal(form, refusal)
        return False
    text = _("Line %(line)s is coded as %(act)s: the rules decided the claim again.")
    notify(request, text % {"line": done.position, "act": done.to_item.label})
    return True


def _illness_recoded(request: OfficeRequest, claim: Claim, form: DiagnosisForm) -> bool:
    meant, why = diagnosis_meant(form.cleaned_data["diagnosis"], care_systems())
    if meant is None:
        form.add_error("diagnosis", why or _("No illness is called so."))
        return False
    try:
        recode_diagnosis(**command_arguments(request), claim=claim, diagnosis=meant, **form.said())
    except Refusal as refusal:
        show_refusal(form, refusal)
        return False
    notify(request, _("The illness is coded otherwise; the first code is kept."))
    return True
