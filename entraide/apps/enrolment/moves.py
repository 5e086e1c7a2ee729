"""A household changes group in the middle of its contract: cover and seniority stay."""

from __future__ import annotations

from datetime import date

from entraide.apps.access.models import User
from entraide.apps.enrolment.checks import require_not_future
from entraide.apps.enrolment.history import Act, Change, note
from entraide.apps.enrolment.models import GroupMove, Household, PartnerGroup
from entraide.apps.enrolment.selectors import last_membership
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal


@command("move_to_group", right=Right.ENROL)
def move_to_group(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    household: Household,
    group: PartnerGroup | None,
    moved_on: date,
) -> GroupMove:
    """From ``moved_on`` a household belongs to another group, or to none.

    Its cover, its dues and its seniority stay as they are; the cover keeps the group under which
    it was taken, the next one takes the new group. Refused with ``GROUP_UNCHANGED``,
    ``GROUP_CLOSED`` (on the day of the move or since), ``GROUP_OTHER_PRODUCT`` (the group has
    another product: the family renews into it), ``MOVE_OUT_OF_ORDER`` (before the enrolment or an
    earlier move) or ``DATE_IN_FUTURE``.
    """
    require_not_future(moved_on, on, "moved_on")
    household = Household.objects.select_for_update().get(pk=household.pk)
    if household.group_id == (group.pk if group else None):
        raise Refusal("GROUP_UNCHANGED", place="group")
    if group is not None and group.closed_on is not None and group.closed_on <= on:
        raise Refusal("GROUP_CLOSED", place="group", group=group.name, day=group.closed_on)
    _require_same_product(household, group)
    earlier = household.group_moves.order_by("-moved_on").values_list("moved_on", flat=True).first()
    first_day = earlier or household.enrolled_on
    if moved_on < first_day:
        raise Refusal("MOVE_OUT_OF_ORDER", place="moved_on", day=first_day)
    move = GroupMove.objects.create(
        mutual=mutual,
        household=household,
        from_group=household.group,
        to_group=group,
        moved_on=moved_on,
    )
    act = Act(actor, on, occurred_on=moved_on)
    note(act, household, Change.GROUP, before=household.group, after=group)
    household.group = group
    household.save(update_fields=["group"])
    return move


def _require_same_product(household: Household, group: PartnerGroup | None) -> None:
    membership = last_membership(household)
    if group is None or group.product_id is None or membership is None:
        return
    if group.product_id != membership.product_id:
        assert group.product is not None
        raise Refusal(
            "GROUP_OTHER_PRODUCT", place="group", group=group.name, product=group.product.name
        )


def group_on(household: Household, on: date) -> PartnerGroup | None:
    """The group of a household on a day, told by its moves."""
    later = household.group_moves.filter(moved_on__gt=on).order_by("moved_on", "id").first()
    return later.from_group if later is not None else household.group


def moves_of(household: Household) -> list[GroupMove]:
    """The moves of a household, the latest first."""
    return list(
        household.group_moves.select_related("from_group", "to_group").order_by("-moved_on", "-id")
    )
