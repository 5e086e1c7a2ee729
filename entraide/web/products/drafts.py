"""The products of the mutual with those being written; a draft begun, read, entered, given up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from entraide.apps.schemes.choices import running_share_limit
from entraide.apps.schemes.drafts import (
    date_product_draft,
    draft_checksum,
    draft_for,
    drafts_open,
    drop_product_draft,
    enter_product_draft,
    start_product_draft,
)
from entraide.apps.schemes.models import DraftState, ProductDraft
from entraide.apps.schemes.rights import Right
from entraide.apps.schemes.selectors import products, versions_of
from entraide.apps.what_if.approval import trial_of
from entraide.core.errors import Refusal, RefusedRows
from entraide.core.product import Product
from entraide.rulebook.drafts import DraftRead, read_draft
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view, told
from entraide.web.products.contribution import is_of_new_product
from entraide.web.products.draft_forms import HeadForm, StartForm
from entraide.web.products.elsewhere import ELSEWHERE
from entraide.web.products.faults import faults_shown
from entraide.web.products.remarks import remarks_told, retroactive_told
from entraide.web.products.trials import DRAFT, trial_way
from entraide.web.refusals import show_refusal
from entraide.web.tariffs.care_names import care_names
from entraide.web.tariffs.care_summary import CareNames, CareWords, care_parts
from entraide.web.tariffs.path_words import path_told
from entraide.web.tariffs.products import VERSION_READERS
from entraide.web.tariffs.summary import summary_of

READERS = (Right.ENTER_PRODUCT, Right.APPROVE_PRODUCT, Right.PLAN)


@dataclass(frozen=True, slots=True)
class RuleShown:
    """One rule of a draft: what it is called, what it says, where it is changed."""

    name: str
    told: str
    url: str


@dataclass(frozen=True, slots=True)
class CategoryShown:
    """One category of a draft with its variants."""

    name: str
    told: list[str]
    url: str
    variant_url: str
    variants: list[RuleShown]


@require_safe
@office_view(right=(*READERS, Right.READ_REPORTS))
def care_packages(request: OfficeRequest) -> HttpResponse:
    """The products with their version in force and what waits, and the drafts."""
    rows = []
    for product in products(request.mutual):
        versions = list(versions_of(product))
        in_force = next(
            (v for v in versions if v.approved_at and v.effective_from <= request.day), None
        )
        waiting = [v for v in versions if v.is_waiting]
        rows.append((product, in_force, waiting))
    context = {
        "rows": rows,
        "drafts": [(each, _title(each)) for each in drafts_open(request.mutual)]
        if request.rights.intersection(READERS)
        else [],
        "may_read_versions": bool(VERSION_READERS & request.rights),
        "may_enter": Right.ENTER_PRODUCT in request.rights,
    }
    return render(request, "web/products/list.html", context)


@office_view(right=Right.ENTER_PRODUCT)
def start(request: OfficeRequest) -> HttpResponse:
    """A new draft: from a version, from an example, or from nothing."""
    asked = {name: request.GET[name] for name in ("base",) if name in request.GET}
    form = StartForm(request.POST or None, request=request, initial=asked)
    if request.method == "POST" and form.is_valid():
        known = form.cleaned_data
        try:
            draft = start_product_draft(
                **command_arguments(request),
                document=form.document(),
                effective_from=known["effective_from"],
                source=known["source"],
                base=form.base_version,
            )
        except Refusal as refusal:
            show_refusal(form, refusal, {"code": "title_fr"})
        else:
            return redirect(office_url(request, "care-draft", uid=draft.uid))
    status = 422 if form.errors else 200
    return render(request, "web/products/start.html", {"form": form}, status=status)


@require_safe
@office_view(right=READERS)
def draft_page(request: OfficeRequest, uid: str) -> HttpResponse:
    """Every rule of a draft as a sentence, its faults, and the ways to go on."""
    draft = draft_for(request.mutual, uid)
    read = read_draft(draft.document, draft.effective_from)
    names = care_names(draft.document)
    may_write = Right.ENTER_PRODUCT in request.rights and draft.state == DraftState.OPEN
    context = {
        "draft": draft,
        "title": _title(draft),
        "is_open": draft.state == DraftState.OPEN,
        "faults": faults_shown(request, draft, read.findings, names),
        "categories": list(_categories(request, draft, read, names)),
        "absent": _absent(draft, names),
        "parts": _rules(request, draft, read, names),
        "general": _general(read, names),
        "path": _path(read, names),
        "joining": summary_of(read.product, names)[:3] if read.product is not None else [],
        "may_write": may_write,
        "is_new": is_of_new_product(draft),
        "elsewhere": list(ELSEWHERE.values()),
        "checksum": draft_checksum(draft),
        "limit": running_share_limit(request.mutual),
        "asks_why": _asks_why(request, read.product),
        "retroactive": retroactive_told(draft.base, draft.effective_from, request.day)
        if draft.base is not None and draft.state == DraftState.OPEN
        else "",
        "remarks": remarks_told(draft, read.product, names)
        if draft.state == DraftState.OPEN
        else [],
        **_trial_context(request, draft, read),
    }
    return render(request, "web/products/draft.html", context)


def _asks_why(request: OfficeRequest, product: Product | None) -> bool:
    """Whether running costs would take more than the mutual's limit, which somebody explains; or
    the draft was just refused for want of that reason (a value of a later day passes it)."""
    if "why" in request.GET:
        return True
    if product is None:
        return False
    return 1 - product.fund_share_rate > running_share_limit(request.mutual)


def _trial_context(request: OfficeRequest, draft: ProductDraft, read: DraftRead) -> dict[str, Any]:
    """The trial of the draft as it stands, or the way to try it."""
    product = draft.base.product if draft.base is not None else None
    return {
        "trial": trial_of(request.mutual, draft_checksum(draft)),
        "may_try": read.is_whole,
        "try_url": trial_way(request, f"{DRAFT}:{draft.uid}", product),
    }


def _title(draft: ProductDraft) -> str:
    titles = draft.document.get("title", {})
    return str(titles.get("fr", draft.code))


def _categories(
    request: OfficeRequest, draft: ProductDraft, read: DraftRead, names: CareNames
) -> Iterator[CategoryShown]:
    product = read.product
    words = CareWords(str(draft.document["currency"]), names)
    order = [code for code in names.categories if code in draft.document["benefits"]]
    for code in dict.fromkeys([*order, *draft.document["benefits"]]):
        part = draft.document["benefits"][code]
        promises = [each for each in product.benefits if each.category == code] if product else []
        variants = {
            each.code: words.variant(each, product)
            for each in (product.variants if product else ())
            if each.benefit.category == code and each.benefit.sector is None and product
        }
        yield CategoryShown(
            names.category(code),
            [words.benefit(each, is_alone=len(promises) == 1) for each in promises],
            office_url(request, "care-benefit", uid=draft.uid, category=code),
            office_url(request, "care-variant-new", uid=draft.uid, category=code),
            [
                RuleShown(
                    names.titles.get(f"benefits.{code}.variants.{own}", own),
                    variants.get(own, ""),
                    office_url(request, "care-variant", uid=draft.uid, category=code, code=own),
                )
                for own, _rule in sorted(
                    part.get("variants", {}).items(),
                    key=lambda rule: (rule[1].get("rank", 1000), rule[0]),
                )
            ],
        )


def _absent(draft: ProductDraft, names: CareNames) -> list[tuple[str, str]]:
    """The categories of care that the draft does not name: what it could promise besides."""
    return [
        (code, name)
        for code, name in names.categories.items()
        if code not in draft.document["benefits"]
    ]


def _rules(
    request: OfficeRequest, draft: ProductDraft, read: DraftRead, names: CareNames
) -> list[tuple[str, str, list[RuleShown]]]:
    """Kind, heading and rules of single acts, limits and deductibles."""
    words, product = CareWords(str(draft.document["currency"]), names), read.product
    sentences: dict[tuple[str, str], str] = {}
    if product is not None:
        sentences |= {("items", each.code): words.item_rule(each) for each in product.item_rules}
        sentences |= {("limits", each.code): words.limit(each) for each in product.limits}
        sentences |= {
            ("deductibles", each.code): words.deductible(each) for each in product.deductibles
        }
    heads = (
        ("item", "items", _("Single acts and drugs")),
        ("limit", "limits", _("Limits")),
        ("deductible", "deductibles", _("Deductibles")),
    )
    return [
        (
            kind,
            head,
            [
                RuleShown(
                    str(rule["title"].get("fr", code)),
                    sentences.get((part, code), ""),
                    office_url(request, "care-rule", uid=draft.uid, kind=kind, code=code),
                )
                for code, rule in sorted(
                    draft.document.get(part, {}).items(),
                    key=lambda rule: (rule[1].get("rank", 1000), rule[0]),
                )
            ],
        )
        for kind, part, head in heads
    ]


def _general(read: DraftRead, names: CareNames) -> list[str]:
    """What holds for all care, as sentences; the limits of some care stand in their own part."""
    product = read.product
    if product is None:
        return []
    bare = Product(
        code=product.code, version=product.version, currency=product.currency,
        contribution=product.contribution, membership=product.membership,
        benefits=product.benefits, fund_share_rate=product.fund_share_rate,
        ceiling_minor_per_person_per_year=product.ceiling_minor_per_person_per_year,
        ceiling_minor_per_household_per_year=product.ceiling_minor_per_household_per_year,
        review=product.review, pays_after_others=product.pays_after_others,
    )  # fmt: skip
    _care, *others = care_parts(bare, names)
    return [sentence for _name, told_of in others for sentence in told_of]


def _path(read: DraftRead, names: CareNames) -> list[str]:
    """The path of care, as sentences; empty where none is asked for."""
    if read.product is None:
        return []
    words = CareWords(read.product.currency, names)
    return list(path_told(read.product.care_path, names.categories, words.rate))


@office_view(right=Right.ENTER_PRODUCT)
def head(request: OfficeRequest, uid: str) -> HttpResponse:
    """How the product is called, from when the draft counts, who decided it."""
    draft = draft_for(request.mutual, uid)
    form = HeadForm(request.POST or None, draft=draft)
    if request.method == "POST" and form.is_valid():
        try:
            date_product_draft(**command_arguments(request), draft=draft, **form.said())
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            return redirect(office_url(request, "care-draft", uid=draft.uid))
    context = {"form": form, "draft": draft, "title": _title(draft)}
    status = 422 if form.errors else 200
    return render(request, "web/products/head.html", context, status=status)


@require_POST
@office_view(right=Right.ENTER_PRODUCT)
def enter(request: OfficeRequest, uid: str) -> HttpResponse:
    """The draft becomes a version that waits for another person."""
    draft = draft_for(request.mutual, uid)
    try:
        version = enter_product_draft(
            **command_arguments(request),
            draft=draft,
            running_share_reason=request.POST.get("running_share_reason", ""),
            retroactive_reason=request.POST.get("retroactive_reason", ""),
        )
    except Refusal as refusal:
        text = told(refusal)
        if isinstance(refusal, RefusedRows):
            text = _("The rules still contradict themselves: correct what is listed below.")
        notify(request, text, kind="bad")
        why = "?why=1#h-go" if refusal.code == "RUNNING_SHARE_REASON_MISSING" else ""
        return redirect(office_url(request, "care-draft", uid=draft.uid) + why)
    text = _("Version %(number)s waits for another person to approve it.")
    notify(request, text % {"number": version.number})
    return redirect(office_url(request, "product-version", uid=version.uid))


@require_POST
@office_view(right=Right.ENTER_PRODUCT)
def drop(request: OfficeRequest, uid: str) -> HttpResponse:
    """The draft is given up."""
    draft = draft_for(request.mutual, uid)
    try:
        drop_product_draft(**command_arguments(request), draft=draft)
    except Refusal as refusal:
        notify(request, told(refusal), kind="bad")
        return redirect(office_url(request, "care-draft", uid=draft.uid))
    notify(request, _("The draft was given up."))
    return redirect(office_url(request, "care-packages"))
