"""« Charger un fichier »: a product file becomes a draft, or every fault of it is told, by line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from entraide.apps.schemes.drafts import start_product_draft
from entraide.apps.schemes.models import ProductVersion
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Finding, Refusal, RefusedRows
from entraide.messages import sentence
from entraide.rulebook import parse_product
from entraide.rulebook.document import MAXIMUM_BYTES, document_of, line_of, lines_of
from entraide.web.claims.reasons import language
from entraide.web.fields import DayField
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view
from entraide.web.refusals import show_refusal


class LoadForm(forms.Form):
    """The file, from when it counts and who decided it."""

    file = forms.FileField(
        label=gettext_lazy("Product file (.yaml)"),
        widget=forms.FileInput(attrs={"accept": ".yaml,.yml,.json"}),
    )
    effective_from = DayField(
        label=gettext_lazy("In force from"),
        required=False,
        help_text=gettext_lazy("Left empty: the first day that the file names."),
    )
    source = forms.CharField(
        label=gettext_lazy("Who decided it"),
        max_length=200,
        help_text=gettext_lazy("The assembly or the board, its day, its resolution."),
    )


@dataclass(frozen=True, slots=True)
class FileFault:
    """One fault of a file: its line (0: nobody can say), the key path, the code, the sentence."""

    line: int
    place: str
    code: str
    told: str


@office_view(right=Right.ENTER_PRODUCT)
def load(request: OfficeRequest) -> HttpResponse:
    """The form; a file without fault is a draft, any other leaves nothing and tells them all."""
    form = LoadForm(request.POST or None, request.FILES or None)
    faults: list[FileFault] = []
    if request.method == "POST" and form.is_valid():
        # One byte more than a file may have, so that a longer one is known as such.
        content = form.cleaned_data["file"].read(MAXIMUM_BYTES + 1)
        try:
            return _begun(request, form, content)
        except RefusedRows as refusal:
            faults = _shown(content, refusal.findings)
        except Refusal as refusal:
            if refusal.place in form.fields and refusal.place != "file":
                show_refusal(form, refusal)
            else:
                faults = _shown(content, [refusal.as_finding()])
    status = 422 if faults or form.errors else 200
    return render(
        request, "web/products/load.html", {"form": form, "faults": faults}, status=status
    )


def _begun(request: OfficeRequest, form: LoadForm, content: bytes) -> HttpResponse:
    document = document_of(content)
    rules = parse_product(document)
    if rules.currency != request.mutual.currency:
        raise Refusal(
            "PRODUCT_CURRENCY", place="currency", product=rules.currency,
            mutual=request.mutual.currency,
        )  # fmt: skip
    effective_from = form.cleaned_data["effective_from"] or rules.begins_on
    if effective_from < rules.begins_on:
        raise Refusal(
            "PRODUCT_NOT_YET", place="effective_from", product=rules.code, on=effective_from,
            begins_on=rules.begins_on,
        )  # fmt: skip
    versions = ProductVersion.objects.filter(
        mutual=request.mutual, product__code=rules.code, product__mutual=request.mutual
    )
    base = versions.order_by("-number").first()
    draft = start_product_draft(
        **command_arguments(request), document=document, effective_from=effective_from,
        source=form.cleaned_data["source"], base=base,
    )  # fmt: skip
    told = _("The file is a draft of %(product)s: read it through, then propose it.")
    notify(request, told % {"product": rules.titles.get(language(), rules.titles["fr"])})
    return redirect(office_url(request, "care-draft", uid=draft.uid))


def _shown(content: bytes, findings: Iterable[Finding]) -> list[FileFault]:
    """The faults in the order of the lines; one that names its line itself keeps it."""
    lines = lines_of(content)
    told = [
        FileFault(
            int(each.data.get("line") or line_of(lines, each.place)),
            each.place,
            each.code,
            sentence(each.code, dict(each.data), language()),
        )
        for each in findings
    ]
    return sorted(told, key=lambda each: each.line)
