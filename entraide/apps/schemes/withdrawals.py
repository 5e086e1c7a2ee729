"""A version that nobody approved is taken back by who entered it, or sent back by the approver.

Nothing is deleted: the version keeps its number, its document and its source, and bears beside it
who withdrew it, when and why. What is right in it is taken up in a new draft.
"""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, OuterRef, QuerySet

from entraide.apps.access.models import User
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import (
    DraftState,
    Mutual,
    ProductDraft,
    ProductVersion,
    VersionWithdrawal,
)
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal


@command("withdraw_product_version", right=Right.ENTER_PRODUCT)
def withdraw_product_version(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    version: ProductVersion,
    reason: str,
) -> VersionWithdrawal:
    """Who entered a version takes it back before anybody approves it.

    ``VERSION_OF_OTHER`` for a version that somebody else entered; ``VERSION_APPROVED_ALREADY``,
    ``VERSION_WITHDRAWN`` or ``REASON_MISSING`` otherwise.
    """
    version = _waiting(version)
    if version.entered_by_id != actor.pk:
        raise Refusal("VERSION_OF_OTHER", person=version.entered_by.display_name)
    return _kept(version, actor, on, reason)


@command("send_product_version_back", right=Right.APPROVE_PRODUCT)
def send_product_version_back(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    version: ProductVersion,
    reason: str,
) -> VersionWithdrawal:
    """Who may approve a version sends it back, with what is to be mended; refused as
    :func:`withdraw_product_version`, but for who entered it."""
    return _kept(_waiting(version), actor, on, reason)


def require_not_withdrawn(version: ProductVersion) -> None:
    """Refused with ``VERSION_WITHDRAWN`` when a version was taken or sent back."""
    withdrawal = VersionWithdrawal.objects.filter(version=version).first()
    if withdrawal is not None:
        raise Refusal("VERSION_WITHDRAWN", product=version.product.name, on=withdrawal.withdrawn_on)


def versions_to_mend(mutual: Mutual, person: User) -> QuerySet[ProductVersion]:
    """The versions that a person entered and another sent back, while neither a draft begun from
    them nor a later version of the product takes their place; the oldest first."""
    later = ProductVersion.objects.filter(
        product=OuterRef("product"), number__gt=OuterRef("number")
    )
    begun = ProductDraft.objects.filter(base=OuterRef("pk")).exclude(state=DraftState.DROPPED)
    return (
        ProductVersion.objects.select_related("product", "withdrawal__withdrawn_by")
        .filter(mutual=mutual, entered_by=person, withdrawal__isnull=False)
        .exclude(withdrawal__withdrawn_by=person)
        .filter(~Exists(later), ~Exists(begun))
        .order_by("id")
    )


def _waiting(version: ProductVersion) -> ProductVersion:
    locked = ProductVersion.objects.select_for_update(of=("self",))
    version = locked.select_related("product", "entered_by").get(pk=version.pk)
    if version.approved_at is not None:
        raise Refusal("VERSION_APPROVED_ALREADY", product=version.product.name)
    require_not_withdrawn(version)
    return version


def _kept(version: ProductVersion, actor: User, on: date, reason: str) -> VersionWithdrawal:
    if not reason.strip():
        raise Refusal("REASON_MISSING", place="reason")
    return VersionWithdrawal.objects.create(
        mutual=version.mutual,
        version=version,
        withdrawn_on=on,
        withdrawn_by=actor,
        reason=reason.strip(),
    )
