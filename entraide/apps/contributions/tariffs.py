"""A new tariff: entered, told to the groups, then approved by another person.

The rules themselves are a version of the product (``schemes.services``); what is asked here is
that enough partner groups know of it before it takes effect, or a written reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Q, QuerySet

from entraide.apps.access.models import User
from entraide.apps.contributions.simulation import running_covers
from entraide.apps.contributions.tariff_records import TariffBriefing, TariffChange
from entraide.apps.enrolment.checks import require_not_future
from entraide.apps.enrolment.models import PartnerGroup
from entraide.apps.enrolment.sections import require_own_group
from entraide.apps.enrolment.selectors import found
from entraide.apps.schemes.choices import BRIEFING_TARGET
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual, ProductVersion
from entraide.apps.schemes.rights import Right
from entraide.apps.schemes.services import approve_product_version, enter_product_version
from entraide.apps.schemes.withdrawals import require_not_withdrawn
from entraide.core.errors import Refusal


@transaction.atomic
def propose_tariff(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    document: Mapping[str, Any],
    effective_from: date,
    source: str,
    scenario: str = "",
    scenario_uid: UUID | None = None,
    running_share_reason: str = "",
    retroactive_reason: str = "",
) -> ProductVersion:
    """Enter a version of a product and open the list of the groups to tell of it.

    ``scenario`` names what justifies it; ``scenario_uid`` is its key when it is kept in the plan.
    See ``schemes.services.enter_product_version`` for the refusals.
    """
    version = enter_product_version(
        mutual=mutual,
        actor=actor,
        on=on,
        idempotency_key=idempotency_key,
        document=document,
        effective_from=effective_from,
        source=source,
        running_share_reason=running_share_reason,
        retroactive_reason=retroactive_reason,
    )
    open_briefing(
        mutual=mutual,
        actor=actor,
        on=on,
        idempotency_key=f"{idempotency_key}-briefing",
        version=version,
        scenario=scenario,
        scenario_uid=scenario_uid,
    )
    return version


@command("open_briefing", right=Right.ENTER_PRODUCT)
def open_briefing(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    version: ProductVersion,
    scenario: str = "",
    scenario_uid: UUID | None = None,
) -> TariffChange:
    """List the groups to tell of a version: those that join by its product, and those of whose
    families some are covered by it on the day."""
    change = TariffChange.objects.create(
        mutual=mutual, version=version, scenario=scenario.strip(), scenario_uid=scenario_uid
    )
    covered = running_covers(version.product, on).order_by().values("group_id")
    groups = PartnerGroup.objects.filter(
        Q(product=version.product) | Q(pk__in=covered), mutual=mutual
    )
    TariffBriefing.objects.bulk_create(
        TariffBriefing(mutual=mutual, change=change, group=group) for group in groups
    )
    return change


@command("record_briefing", right=Right.ENROL)
def record_briefing(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    briefing: TariffBriefing,
    done_on: date,
    staff: str = "",
    note: str = "",
) -> TariffBriefing:
    """A group was told of a new tariff on a day. Refused with ``BRIEFING_DONE_ALREADY``,
    ``VERSION_WITHDRAWN`` or ``DATE_IN_FUTURE``."""
    briefing = TariffBriefing.objects.select_for_update().get(pk=briefing.pk)
    require_not_withdrawn(briefing.change.version)
    require_own_group(briefing.group, actor, on)
    if briefing.done_on is not None:
        raise Refusal("BRIEFING_DONE_ALREADY", group=briefing.group.name, day=briefing.done_on)
    require_not_future(done_on, on, "done_on")
    briefing.done_on, briefing.done_by = done_on, actor
    briefing.staff, briefing.note = staff.strip(), note.strip()
    briefing.save(update_fields=["done_on", "done_by", "staff", "note"])
    return briefing


@dataclass(frozen=True, slots=True)
class BriefingProgress:
    """How many groups were told of a version, of how many."""

    done: int
    groups: int
    target: Decimal

    @property
    def rate(self) -> Decimal:
        """Groups told ÷ groups to tell; 1 when there is nobody to tell."""
        return Decimal(self.done) / Decimal(self.groups) if self.groups else Decimal(1)

    @property
    def is_reached(self) -> bool:
        """Whether enough know for the version to be approved without a reason."""
        return self.rate >= self.target


def briefing_progress(version: ProductVersion) -> BriefingProgress:
    """Where the telling of a version stands; nobody to tell for one entered without a list."""
    counts = TariffBriefing.objects.filter(change__version=version).aggregate(
        groups=Count("pk"), done=Count("pk", filter=Q(done_on__isnull=False))
    )
    return BriefingProgress(counts["done"], counts["groups"], BRIEFING_TARGET.of(version.mutual))


def briefings_of(version: ProductVersion) -> QuerySet[TariffBriefing]:
    """The groups to tell of a version, those not yet told first, by name."""
    return (
        TariffBriefing.objects.filter(change__version=version)
        .select_related("group", "done_by")
        .annotate(households_count=Count("group__households"))
        .order_by("done_on", "group__name")
    )


def briefing_for(mutual: Mutual, uid: object) -> TariffBriefing:
    """The briefing of this mutual with this ``uid``, or ``NOT_FOUND``."""
    briefings = TariffBriefing.objects.filter(mutual=mutual)
    return found(briefings.select_related("group", "change__version__product"), uid=uid)


def change_of(version: ProductVersion) -> TariffChange | None:
    """What stands beside a version; None for one that was entered without a list of groups."""
    return TariffChange.objects.filter(version=version).first()


def justified_by(mutual: Mutual, scenario_uid: UUID) -> QuerySet[TariffChange]:
    """The tariffs, in force or waiting, that a scenario of the business plan justifies."""
    changes = TariffChange.objects.filter(
        mutual=mutual, scenario_uid=scenario_uid, version__withdrawal__isnull=True
    )
    return changes.select_related("version__product").order_by("version_id")


def require_told(version: ProductVersion) -> None:
    """Refused with ``BRIEFING_TOO_LOW`` when too few groups know of a version and nobody wrote why
    it cannot wait. Asked before every approval (``schemes.services.BEFORE_APPROVAL``)."""
    progress = briefing_progress(version)
    if progress.is_reached:
        return
    change = change_of(version)
    if change is None or not change.without_briefing_reason:
        raise Refusal(
            "BRIEFING_TOO_LOW",
            place="without_briefing_reason",
            done=progress.done,
            groups=progress.groups,
            target_rate=progress.target,
        )


@transaction.atomic
def approve_tariff(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    version: ProductVersion,
    without_briefing_reason: str = "",
    retroactive_reason: str = "",
) -> ProductVersion:
    """Approve a version once enough groups know of it, or with a written reason.

    Refused with ``BRIEFING_TOO_LOW``, and as ``schemes.services.approve_product_version``.
    """
    reason = without_briefing_reason.strip()
    if reason and not briefing_progress(version).is_reached:
        go_without_briefing(
            mutual=mutual,
            actor=actor,
            on=on,
            idempotency_key=f"{idempotency_key}-without",
            version=version,
            reason=reason,
        )
    return approve_product_version(
        mutual=mutual, actor=actor, on=on, idempotency_key=idempotency_key, version=version,
        retroactive_reason=retroactive_reason,
    )  # fmt: skip


@command("go_without_briefing", right=Right.APPROVE_PRODUCT)
def go_without_briefing(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    version: ProductVersion,
    reason: str,
) -> TariffChange:
    """Keep why a version is approved before enough groups know of it."""
    change = TariffChange.objects.select_for_update().get(version=version)
    change.without_briefing_reason = reason.strip()
    change.save(update_fields=["without_briefing_reason"])
    return change
