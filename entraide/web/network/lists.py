"""The lists of the whole network: read by all, changed by the administrator, with history."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from entraide.apps.enrolment.selectors import found
from entraide.apps.nomenclature.changes import change_care_item as change_item_of_list
from entraide.apps.nomenclature.changes import change_diagnosis as change_diagnosis_of_list
from entraide.apps.nomenclature.changes import list_changes
from entraide.apps.nomenclature.models import Area, CareItem, CareItemKind, Diagnosis
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal
from entraide.web.network.frame import NetworkRequest, act, network_view, shown
from entraide.web.notices import notify
from entraide.web.refusals import show_refusal

ROWS_PER_PAGE = 50
KINDS = ("items", "diagnoses", "areas")


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
    source = forms.CharField(max_length=200, label=gettext_lazy("Who decided it"))


class DiagnosisForm(forms.Form):
    """What may change of a diagnosis."""

    label = forms.CharField(max_length=255, label=gettext_lazy("Wording"))
    source = forms.CharField(max_length=200, label=gettext_lazy("Who decided it"))


@require_safe
@network_view
def lists(request: NetworkRequest) -> HttpResponse:
    """Acts and drugs, diagnoses or areas, with what was changed last."""
    kind = request.GET.get("list", "items")
    kind = kind if kind in KINDS else "items"
    text = request.GET.get("q", "").strip()
    rows = {"items": _items, "diagnoses": _diagnoses, "areas": _areas}[kind](text)
    page = Paginator(rows, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "kind": kind,
        "tabs": [
            ("items", _("Acts and drugs")),
            ("diagnoses", _("Diagnoses")),
            ("areas", _("Areas")),
        ],
        "text": text,
        "page": page,
        "may_change": Right.ADMINISTER in request.network_rights,
        "changes": list_changes()[:10],
        "language": get_language(),
    }
    return shown(request, "web/network/lists.html", context)


def _items(text: str) -> Any:
    rows = CareItem.objects.select_related("category")
    if text:
        rows = rows.filter(Q(label__icontains=text) | Q(code__icontains=text))
    return rows.order_by("category__rank", "label", "id")


def _diagnoses(text: str) -> Any:
    rows = Diagnosis.objects.all()
    if text:
        rows = rows.filter(Q(label__icontains=text) | Q(code__icontains=text))
    return rows.order_by("system", "code")


def _areas(text: str) -> Any:
    rows = Area.objects.select_related("parent")
    return (rows.filter(name__icontains=text) if text else rows).order_by("level", "name", "id")


@network_view(right=Right.ADMINISTER)
def change_item(request: NetworkRequest, uid: str) -> HttpResponse:
    """Another wording or other limits of an act or drug."""
    item = found(CareItem.objects.select_related("category"), uid=uid)
    names = ("label", "sex", "min_age_years", "max_age_years", "max_quantity", "is_excluded")
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


def _form(
    request: NetworkRequest, form: forms.Form, record: CareItem | Diagnosis, under: str
) -> HttpResponse:
    context = {
        "form": form,
        "title": record.label,
        "under": under,
        "changes": list_changes(record.uid)[:20],
    }
    response = shown(request, "web/network/list_change.html", context)
    if form.errors:
        response.status_code = 422
    return response
