"""One rule of a draft in its form: what it says is shown while it is typed."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from entraide.apps.nomenclature.selectors import find_care_items
from entraide.apps.providers.selectors import care_systems
from entraide.apps.schemes.drafts import change_product_draft, draft_checksum, draft_for
from entraide.apps.schemes.models import DraftState, ProductDraft
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal
from entraide.rulebook.drafts import part_at, read_draft, without
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view, told
from entraide.web.products.faults import fault_told, place_told
from entraide.web.products.fields import item_options
from entraide.web.products.rule_forms import (
    KINDS_OF_RULES,
    BenefitForm,
    DraftForm,
    GeneralForm,
    RuleForm,
)
from entraide.web.refusals import show_refusal
from entraide.web.tariffs.care_names import care_names
from entraide.web.tariffs.care_summary import care_parts

ITEMS_OFFERED = 600


@office_view(right=Right.ENTER_PRODUCT)
def benefit(request: OfficeRequest, uid: str, category: str) -> HttpResponse:
    """A category of care: its promise for all providers and by sector."""
    draft = draft_for(request.mutual, uid)
    names = care_names(draft.document)
    if category not in draft.document["benefits"] and category not in names.categories:
        raise Refusal("NOT_FOUND", record="care_category", key=category)
    form = BenefitForm(request.POST or None, draft=draft, category=category)
    path = f"benefits.{category}"
    context = {"heading": names.category(category), "rows": form.rows()}
    return answer(request, draft, form, path, context)


@office_view(right=Right.ENTER_PRODUCT)
def variant(request: OfficeRequest, uid: str, category: str, code: str = "") -> HttpResponse:
    """What a category promises when a condition holds."""
    draft = draft_for(request.mutual, uid)
    if category not in draft.document["benefits"]:
        raise Refusal("NOT_FOUND", record="care_category", key=category)
    return _ruled(request, draft, "variant", code, category)


@office_view(right=Right.ENTER_PRODUCT)
def rule(request: OfficeRequest, uid: str, kind: str, code: str = "") -> HttpResponse:
    """A rule of single acts, a limit or a deductible."""
    draft = draft_for(request.mutual, uid)
    if kind not in KINDS_OF_RULES or kind == "variant":
        raise Refusal("NOT_FOUND", record="rule", key=kind)
    return _ruled(request, draft, kind, code, "")


@office_view(right=Right.ENTER_PRODUCT)
def general(request: OfficeRequest, uid: str) -> HttpResponse:
    """What holds for all care."""
    draft = draft_for(request.mutual, uid)
    form = GeneralForm(request.POST or None, draft=draft)
    return answer(request, draft, form, "", {"heading": _("All care")})


def _ruled(
    request: OfficeRequest, draft: ProductDraft, kind: str, code: str, category: str
) -> HttpResponse:
    holder = f"benefits.{category}.variants" if kind == "variant" else KINDS_OF_RULES[kind].part
    if code and part_at(draft.document, f"{holder}.{code}") is None:
        raise Refusal("NOT_FOUND", record="rule", key=code)
    names = care_names(draft.document)
    choices = [(each, names.category(each)) for each in draft.document["benefits"]]
    form = RuleForm(
        request.POST or None, draft=draft, kind=kind, category=category, code=code,
        categories=choices,
    )  # fmt: skip
    heading = KINDS_OF_RULES[kind].name
    if kind == "variant":
        heading = _("%(category)s: a variant") % {"category": names.category(category)}
    items = find_care_items("", systems=care_systems(), limit=ITEMS_OFFERED)
    context = {
        "heading": heading,
        "is_ruled": True,
        "items": item_options(items) if KINDS_OF_RULES[kind].has_target else "",
        "is_limit": kind == "limit",
    }
    return answer(request, draft, form, f"{holder}.{code}" if code else "", context)


def answer(
    request: OfficeRequest, draft: ProductDraft, form: DraftForm, path: str, context: dict[str, Any]
) -> HttpResponse:
    """The form, what it would say, or the draft once it is kept."""
    act = request.POST.get("act", "save") if request.method == "POST" else ""
    if act == "remove" and path:
        return _kept(request, draft, form, without(draft.document, path))
    shown = {**context, "draft": draft, "form": form, "may_remove": _may_remove(draft, path)}
    shown["is_open"] = draft.state == DraftState.OPEN
    shown["title"] = draft.document.get("title", {}).get("fr", "")
    if act and form.is_valid():
        if act == "save":
            return _kept(request, draft, form, form.document())
        shown |= _preview(draft, form)
    if request.htmx and act == "preview":
        return render(request, "web/products/_preview.html", shown)
    if act == "more":  # one more line to fill in: nothing is said of what is not finished
        form.errors.clear()
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "web/products/rule.html", shown, status=status)


def _may_remove(draft: ProductDraft, path: str) -> bool:
    """The last category stays: a product promises something."""
    if not path or part_at(draft.document, path) is None:
        return False
    return (
        path.count(".") > 1
        or not path.startswith("benefits.")
        or (len(draft.document["benefits"]) > 1)
    )


def _kept(
    request: OfficeRequest, draft: ProductDraft, form: DraftForm, document: dict[str, Any]
) -> HttpResponse:
    try:
        change_product_draft(
            **command_arguments(request), draft=draft, document=document,
            was=draft_checksum(draft),
        )  # fmt: skip
    except Refusal as refusal:
        if form.is_bound and hasattr(form, "cleaned_data"):
            show_refusal(form, refusal)
        notify(request, told(refusal), kind="bad")
    else:
        notify(request, _("The draft is kept."))
    return redirect(office_url(request, "care-draft", uid=draft.uid))


def _preview(draft: ProductDraft, form: DraftForm) -> dict[str, Any]:
    """What is new in the sentences of the whole draft with what was typed, and its faults."""
    document = form.document()
    before = read_draft(draft.document, draft.effective_from)
    after = read_draft(document, draft.effective_from)
    names = care_names(document)
    known = _sentences(before.product, care_names(draft.document))
    new = [each for each in _sentences(after.product, names) if each not in known]
    colon = pgettext("between a term and its meaning", ": ")
    old = {(each.place, each.code) for each in before.findings}
    faults = [
        f"{place_told(draft, each.place, names)}{colon}{fault_told(draft, each, names)}"
        for each in after.findings
        if (each.place, each.code) not in old
    ]
    return {"is_previewed": True, "sentences": new, "faults": faults}


def _sentences(product: Any, names: Any) -> list[str]:
    if product is None:
        return []
    return [sentence for _name, sentences in care_parts(product, names) for sentence in sentences]
