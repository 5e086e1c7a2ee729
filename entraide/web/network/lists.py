"""The lists of the whole network: read by all, changed by the administrator, with history."""

from __future__ import annotations

from functools import partial
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from entraide.apps.enrolment.selectors import found
from entraide.apps.nomenclature.changes import change_care_item as change_item_of_list
from entraide.apps.nomenclature.changes import change_diagnosis as change_diagnosis_of_list
from entraide.apps.nomenclature.changes import change_guide as change_guide_of_list
from entraide.apps.nomenclature.changes import list_changes
from entraide.apps.nomenclature.guide import Guided, guide, guided_label, written
from entraide.apps.nomenclature.models import (
    Area,
    CareItem,
    CareItemKind,
    Diagnosis,
    DrugClass,
    GuideEntry,
)
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal
from entraide.web.network.frame import NetworkRequest, act, network_view, shown
from entraide.web.notices import notify
from entraide.web.refusals import show_refusal
from entraide.web.tariffs.condition_words import RISK_NAMES

ROWS_PER_PAGE = 50
RISK_NOT_SAID = "not-said"
KINDS = ("items", "diagnoses", "guide", "areas")
DRUG_CLASSES = {
    DrugClass.ANTIBIOTIC.value: gettext_lazy("Antibiotic"),
    DrugClass.ANTIMALARIAL.value: gettext_lazy("Antimalarial"),
    DrugClass.ANALGESIC.value: gettext_lazy("Against pain and fever"),
    DrugClass.CHRONIC.value: gettext_lazy("Long treatment"),
    DrugClass.VITAMIN.value: gettext_lazy("Vitamin or tonic"),
    DrugClass.SUPPLIES.value: gettext_lazy("Supplies"),
    DrugClass.OTHER.value: gettext_lazy("Other drug"),
}


class ItemForm(forms.Form):
    """What may change of an act or drug."""

    label = forms.CharField(max_length=255, label=gettext_lazy("Wording"))
    sex = forms.ChoiceField(
        label=gettext_lazy("Only for"),
        required=False,
        choices=(("", gettext_lazy("Everybody")), ("F", gettext_lazy("Women")),
                 ("M", gettext_lazy("Men"))),
    )  # fmt: skip
    min_age_years = forms.IntegerField(
        label=gettext_lazy("Youngest age"), required=False, min_value=0, max_value=120
    )
    max_age_years = forms.IntegerField(
        label=gettext_lazy("Oldest age"), required=False, min_value=0, max_value=120
    )
    max_quantity = forms.DecimalField(
        label=gettext_lazy("Largest quantity"), required=False, min_value=0, localize=True
    )
    is_excluded = forms.BooleanField(label=gettext_lazy("Outside every package"), required=False)
    drug_class = forms.ChoiceField(
        label=gettext_lazy("Class of the drug"),
        required=False,
        choices=(("", gettext_lazy("None of these")), *DRUG_CLASSES.items()),
    )
    is_injection = forms.BooleanField(label=gettext_lazy("Given by injection"), required=False)
    risk_category = forms.ChoiceField(
        label=gettext_lazy("Risk"),
        required=False,
        choices=(("", gettext_lazy("Not said")), *RISK_NAMES.items()),
    )
    source = forms.CharField(max_length=200, label=gettext_lazy("Who decided it"))


class DiagnosisForm(forms.Form):
    """What may change of a diagnosis."""

    label = forms.CharField(max_length=255, label=gettext_lazy("Wording"))
    source = forms.CharField(max_length=200, label=gettext_lazy("Who decided it"))


class GuideForm(forms.Form):
    """What may change of an entry of the coding guide."""

    definition = forms.CharField(
        label=gettext_lazy("What is coded so"), widget=forms.Textarea(attrs={"rows": 2})
    )
    examples = forms.CharField(
        label=gettext_lazy("Examples"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    elsewhere = forms.CharField(
        label=gettext_lazy("What is coded otherwise"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    synonyms = forms.CharField(
        label=gettext_lazy("What people say, one a line"),
        help_text=gettext_lazy("A word of one country begins with its letters: mg:tazo"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    source = forms.CharField(max_length=200, label=gettext_lazy("Who decided it"))


@require_safe
@network_view
def lists(request: NetworkRequest) -> HttpResponse:
    """Acts and drugs, diagnoses or areas, with what was changed last."""
    kind = request.GET.get("list", "items")
    kind = kind if kind in KINDS else "items"
    text = request.GET.get("q", "").strip()
    risk = request.GET.get("risk", "") if kind == "items" else ""
    finders = {
        "items": partial(_items, risk=risk),
        "diagnoses": _diagnoses,
        "guide": _guide,
        "areas": _areas,
    }
    rows = finders[kind](text)
    page = Paginator(rows, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    if kind == "items":
        for item in page.object_list:
            item.risk_word = RISK_NAMES.get(item.risk_category, _("not said"))
    context = {
        "kind": kind,
        "tabs": [
            ("items", _("Acts and drugs")),
            ("diagnoses", _("Diagnoses")),
            ("guide", _("Coding guide")),
            ("areas", _("Areas")),
        ],
        "text": text,
        "risk": risk,
        "risks": [*RISK_NAMES.items(), (RISK_NOT_SAID, _("Risk not said"))],
        "untold_count": CareItem.objects.filter(risk_category="").count(),
        "page": page,
        "may_change": Right.ADMINISTER in request.network_rights,
        "changes": list_changes()[:10],
        "language": get_language(),
    }
    return shown(request, "web/network/lists.html", context)


def _items(text: str, *, risk: str = "") -> Any:
    rows = CareItem.objects.select_related("category")
    if risk:
        rows = rows.filter(risk_category="" if risk == RISK_NOT_SAID else risk)
    if text:
        rows = rows.filter(Q(label__icontains=text) | Q(code__icontains=text))
    return rows.order_by("category__rank", "label", "id")


def _diagnoses(text: str) -> Any:
    rows = Diagnosis.objects.all()
    if text:
        rows = rows.filter(Q(label__icontains=text) | Q(code__icontains=text))
    return rows.order_by("system", "code")


def _guide(text: str) -> list[Guided]:
    return guide(text, language=get_language() or "fr")


def _areas(text: str) -> Any:
    rows = Area.objects.select_related("parent")
    return (rows.filter(name__icontains=text) if text else rows).order_by("level", "name", "id")


@network_view(right=Right.ADMINISTER)
def change_item(request: NetworkRequest, uid: str) -> HttpResponse:
    """Another wording or other limits of an act or drug."""
    item = found(CareItem.objects.select_related("category"), uid=uid)
    names = (
        "label", "sex", "min_age_years", "max_age_years", "max_quantity", "is_excluded",
        "drug_class", "is_injection", "risk_category",
    )  # fmt: skip
    form = ItemForm(request.POST or None, initial={name: getattr(item, name) for name in names})
    if request.method == "POST" and form.is_valid():
        try:
            change_item_of_list(item=item, **form.cleaned_data, **act(request))
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            notify(request, _("The list is changed for every mutual."))
            return redirect("network:lists")
    kind = _("Act") if item.kind == CareItemKind.SERVICE else _("Drug")
    return _form(request, form, item, f"{kind} · {item.code}")


@network_view(right=Right.ADMINISTER)
def change_diagnosis(request: NetworkRequest, uid: str) -> HttpResponse:
    """Another wording of a diagnosis."""
    diagnosis = found(Diagnosis.objects.all(), uid=uid)
    form = DiagnosisForm(request.POST or None, initial={"label": diagnosis.label})
    if request.method == "POST" and form.is_valid():
        try:
            change_diagnosis_of_list(diagnosis=diagnosis, **form.cleaned_data, **act(request))
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            notify(request, _("The list is changed for every mutual."))
            return redirect("network:lists")
    return _form(request, form, diagnosis, f"{diagnosis.system} · {diagnosis.code}")


@network_view(right=Right.ADMINISTER)
def change_guide(request: NetworkRequest, uid: str) -> HttpResponse:
    """Another definition, other examples, other words of the coding guide."""
    entry = found(GuideEntry.objects.select_related("category", "diagnosis"), uid=uid)
    initial = {name: getattr(entry, name) for name in ("definition", "examples", "elsewhere")}
    initial["synonyms"] = "\n".join(written(entry))
    form = GuideForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        said["synonyms"] = tuple(line for line in said["synonyms"].splitlines() if line.strip())
        try:
            change_guide_of_list(entry=entry, **said, **act(request))
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            notify(request, _("The guide is changed for every mutual."))
            return redirect(reverse("network:lists") + "?list=guide")
    title = guided_label(entry, get_language() or "fr")
    return _form(request, form, entry, _("Coding guide"), title=title)


def _form(
    request: NetworkRequest,
    form: forms.Form,
    record: CareItem | Diagnosis | GuideEntry,
    under: str,
    *,
    title: str = "",
) -> HttpResponse:
    context = {
        "form": form,
        "title": title or str(getattr(record, "label", "")),
        "under": under,
        "changes": list_changes(record.uid)[:20],
    }
    response = shown(request, "web/network/list_change.html", context)
    if form.errors:
        response.status_code = 422
    return response
