"""Products being written: begun, changed rule by rule, entered as a version or given up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from entraide.apps.access.models import User
from entraide.apps.schemes.commands import command, key_of_step
from entraide.apps.schemes.models import (
    DraftState,
    Mutual,
    Product,
    ProductDraft,
    ProductVersion,
)
from entraide.apps.schemes.rights import Right
from entraide.apps.schemes.services import enter_product_version
from entraide.core.errors import Finding, Refusal
from entraide.rulebook.document import checksum_of
from entraide.rulebook.drafts import moved


@command("start_product_draft", right=Right.ENTER_PRODUCT)
def start_product_draft(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    document: Mapping[str, Any],
    effective_from: date,
    source: str,
    base: ProductVersion | None = None,
) -> ProductDraft:
    """Begin a draft from a whole document: a version's, an example's or one made from nothing.

    ``CODE_TAKEN`` when it is to be a new product and the mutual has one of this code.
    """
    code = str(document.get("product", ""))
    if base is None and Product.objects.filter(mutual=mutual, code=code).exists():
        raise Refusal("CODE_TAKEN", place="code", entered=code)
    _require_source(source)
    return ProductDraft.objects.create(
        mutual=mutual,
        code=code,
        base=base,
        effective_from=effective_from,
        source=source.strip(),
        document=dict(document),
        started_by=actor,
        changed_by=actor,
        changed_on=on,
    )


@command("change_product_draft", right=Right.ENTER_PRODUCT)
def change_product_draft(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    draft: ProductDraft,
    document: Mapping[str, Any],
    was: str,
) -> ProductDraft:
    """Keep a draft with one rule changed; ``was`` is the checksum of what the change was made on.

    ``DRAFT_NOT_OPEN`` once it is a version or given up; ``DRAFT_CHANGED`` when somebody else
    changed it meanwhile.
    """
    draft = _open(draft)
    if draft_checksum(draft) != was:
        raise Refusal("DRAFT_CHANGED", person=draft.changed_by.display_name)
    return _kept(draft, dict(document), actor, on)


@command("date_product_draft", right=Right.ENTER_PRODUCT)
def date_product_draft(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    draft: ProductDraft,
    titles: Mapping[str, str],
    effective_from: date,
    source: str,
) -> ProductDraft:
    """Say anew how the product is called, from when the draft counts and who decided it."""
    draft = _open(draft)
    _require_source(source)
    document = moved(
        draft.document,
        was=(draft.effective_from, draft.source),
        now=(effective_from, source.strip()),
    )
    draft.effective_from, draft.source = effective_from, source.strip()
    return _kept(draft, {**document, "title": dict(titles)}, actor, on)


@command("drop_product_draft", right=Right.ENTER_PRODUCT)
def drop_product_draft(
    *, mutual: Mutual, actor: User, on: date, idempotency_key: str, draft: ProductDraft
) -> ProductDraft:
    """Give a draft up; what it was stays readable. ``DRAFT_NOT_OPEN`` the second time."""
    draft = _open(draft)
    draft.state = DraftState.DROPPED
    return _kept(draft, draft.document, actor, on)


@transaction.atomic
def enter_product_draft(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    draft: ProductDraft,
    running_share_reason: str = "",
    retroactive_reason: str = "",
) -> ProductVersion:
    """Make a version of a draft, which another person then approves.

    Every fault of its rules is refused at once; see ``services.enter_product_version``.
    """
    version = enter_product_version(
        mutual=mutual,
        actor=actor,
        on=on,
        idempotency_key=idempotency_key,
        document=draft.document,
        effective_from=draft.effective_from,
        source=draft.source,
        running_share_reason=running_share_reason,
        retroactive_reason=retroactive_reason,
    )
    _close_product_draft(
        mutual=mutual,
        actor=actor,
        on=on,
        idempotency_key=key_of_step(idempotency_key, "draft"),
        draft=draft,
        version=version,
    )
    return version


@command("close_product_draft", right=Right.ENTER_PRODUCT)
def _close_product_draft(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    draft: ProductDraft,
    version: ProductVersion,
) -> ProductDraft:
    draft = _open(draft)
    draft.state, draft.version = DraftState.ENTERED, version
    return _kept(draft, draft.document, actor, on)


def drafts_open(mutual: Mutual) -> QuerySet[ProductDraft]:
    """The products being written in a mutual, the latest first."""
    drafts = ProductDraft.objects.filter(mutual=mutual, state=DraftState.OPEN)
    return drafts.select_related("changed_by", "base__product").order_by("-id")


def draft_for(mutual: Mutual, uid: UUID | str) -> ProductDraft:
    """One draft of a mutual, whatever became of it; ``NOT_FOUND`` otherwise."""
    drafts = ProductDraft.objects.filter(mutual=mutual, uid=uid)
    draft = drafts.select_related("base__product", "changed_by", "version").first()
    if draft is None:
        raise Refusal("NOT_FOUND", record="product_draft", key=str(uid))
    return draft


def draft_checksum(draft: ProductDraft) -> str:
    """What names the content of a draft, as the checksum of a version does."""
    return checksum_of(draft.document)


def newer_than_base(draft: ProductDraft) -> Finding | None:
    """``DRAFT_BASE_OLD``: versions came after the one that a draft began from, waiting ones too;
    the draft knows nothing of what they change."""
    if draft.base is None:
        return None
    later = ProductVersion.objects.filter(
        product=draft.base.product, number__gt=draft.base.number
    ).order_by("-number")
    newest = later.exclude(pk=draft.version_id).first()
    if newest is None:
        return None
    return Finding("DRAFT_BASE_OLD", data={"base": draft.base.number, "number": newest.number})


def _open(draft: ProductDraft) -> ProductDraft:
    draft = (
        ProductDraft.objects.select_for_update(of=("self",))
        .select_related("changed_by")
        .get(pk=draft.pk)
    )
    if draft.state != DraftState.OPEN:
        raise Refusal("DRAFT_NOT_OPEN", product=draft.document.get("title", {}).get("fr", ""))
    return draft


def _kept(draft: ProductDraft, document: dict[str, Any], actor: User, on: date) -> ProductDraft:
    draft.document, draft.changed_by, draft.changed_on = document, actor, on
    draft.save(
        update_fields=[
            "document", "effective_from", "source", "state", "version", "changed_by", "changed_on",
        ]
    )  # fmt: skip
    return draft


def _require_source(source: str) -> None:
    if not source.strip():
        raise Refusal("VERSION_SOURCE_MISSING", place="source")
