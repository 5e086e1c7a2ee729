"""Collective contracts: entered, activated by somebody else when large enough, ended."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q

from entraide.apps.access.models import User
from entraide.apps.enrolment.checks import require_not_future
from entraide.apps.enrolment.models import GroupContract, GroupHeadcount, PartnerGroup
from entraide.apps.enrolment.sections import require_own_group
from entraide.apps.enrolment.selectors import covered_persons_count
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual, Product
from entraide.apps.schemes.rights import Right, require_other_person
from entraide.apps.schemes.selectors import product_on
from entraide.core.errors import Finding, Refusal, RefusedRows
from entraide.core.groups import GroupTerms, JoiningMode, activation_findings
from entraide.core.obstacles import ObstacleReason

ContractsOn = Callable[[PartnerGroup, date], Sequence[GroupContract]]
"""Which contracts of a group run on a day."""


@command("enter_contract", right=Right.ENROL)
def enter_contract(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    group: PartnerGroup,
    product: Product,
    mode: JoiningMode,
    signed_on: date,
    starts_on: date,
    ends_on: date | None = None,
    minimum_share: Decimal | None = None,
    waives_waiting: bool = False,
    joining_count: int = 0,
    reference: str = "",
) -> GroupContract:
    """What a group and the mutual have signed; somebody else activates it.

    ``minimum_share`` between 0 and 1, ``joining_count`` the persons on the signed list. Every
    fault is refused at once: ``CONTRACT_DATES_SWAPPED``, ``RATE_OUT_OF_RANGE``,
    ``DATE_IN_FUTURE``, ``WAITING_NEEDED_IF_VOLUNTARY``, ``CONTRACT_OVERLAP``.
    """
    require_own_group(group, actor, on)
    terms = {
        "product": product,
        "mode": JoiningMode(mode).value,
        "signed_on": signed_on,
        "starts_on": starts_on,
        "ends_on": ends_on,
        "minimum_share": minimum_share,
        "waives_waiting": waives_waiting,
        "joining_count": joining_count,
        "reference": reference,
    }
    contract = GroupContract(mutual=mutual, group=group, entered_by=actor, **terms)
    _require_sound(contract, on)
    contract.save()
    return contract


@command("correct_contract", right=Right.ENROL)
def correct_contract(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    contract: GroupContract,
    **terms: Any,
) -> GroupContract:
    """What was entered is put right before anybody activates it: who corrects has entered it then.

    ``terms`` and the refusals are those of :func:`enter_contract`; ``CONTRACT_ACTIVE`` once it is
    active, for then it is what both have signed.
    """
    contract = _locked(contract)
    require_own_group(contract.group, actor, on)
    if contract.activated_on is not None:
        raise Refusal("CONTRACT_ACTIVE", day=contract.activated_on)
    for name, value in {**terms, "mode": JoiningMode(terms["mode"]).value}.items():
        setattr(contract, name, value)
    contract.entered_by = actor
    _require_sound(contract, on)
    contract.save()
    return contract


def _require_sound(contract: GroupContract, on: date) -> None:
    """Every fault of the terms at once."""
    faults = []
    if contract.ends_on is not None and contract.ends_on <= contract.starts_on:
        faults.append(Finding("CONTRACT_DATES_SWAPPED", place="ends_on"))
    share = contract.minimum_share
    if share is not None and not Decimal(0) < share <= Decimal(1):
        faults.append(Finding("RATE_OUT_OF_RANGE", place="minimum_share", data={"value": share}))
    if contract.waives_waiting and contract.mode == JoiningMode.VOLUNTARY:
        faults.append(Finding("WAITING_NEEDED_IF_VOLUNTARY", place="waives_waiting"))
    if contract.signed_on > on:
        data = {"day": contract.signed_on, "on": on}
        faults.append(Finding("DATE_IN_FUTURE", place="signed_on", data=data))
    overlapping = _overlapping(contract)
    if overlapping is not None:
        data = {"since": overlapping.starts_on}
        faults.append(Finding("CONTRACT_OVERLAP", place="starts_on", data=data))
    if faults:
        raise RefusedRows(tuple(faults))


def _overlapping(contract: GroupContract) -> GroupContract | None:
    """Another contract of the group for the product whose days meet those of this one."""
    others = GroupContract.objects.filter(group=contract.group, product=contract.product)
    after = others.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=contract.starts_on))
    if contract.ends_on is not None:
        after = after.filter(starts_on__lt=contract.ends_on)
    return after.exclude(pk=contract.pk).first()


@command("activate_contract", right=Right.COORDINATE)
def activate_contract(
    *, mutual: Mutual, actor: User, on: date, idempotency_key: str, contract: GroupContract
) -> GroupContract:
    """The contract comes into force on its first day, when the group is large enough for it.

    The persons who join are those on the signed list or already covered, whichever are more.
    Refused with ``CONTRACT_ALREADY_ACTIVE``, ``SEPARATION_OF_DUTIES``, ``PRODUCT_NOT_IN_FORCE`` or
    every fault of ``core.groups.activation_findings`` at once.
    """
    contract = _locked(contract)
    if contract.activated_on is not None:
        raise Refusal("CONTRACT_ALREADY_ACTIVE", day=contract.activated_on)
    require_other_person(actor, contract.entered_by, step="enter_contract")
    findings = activation_faults(contract, on)
    if findings:
        raise RefusedRows(findings)
    contract.activated_on, contract.activated_by = on, actor
    contract.save(update_fields=["activated_on", "activated_by"])
    return contract


def activation_faults(contract: GroupContract, on: date) -> tuple[Finding, ...]:
    """What still prevents a contract from coming into force on a day."""
    group = contract.group
    _, rules = product_on(contract.product, contract.starts_on)
    return activation_findings(
        terms_of(contract),
        persons_count=max(contract.joining_count, covered_persons_count(group, on)),
        minimum_size=rules.membership.minimum_group_size,
        headcount=latest_headcount(group, on),
    )


@command("end_contract", right=Right.COORDINATE)
def end_contract(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    contract: GroupContract,
    ends_on: date,
    reason: ObstacleReason,
) -> GroupContract:
    """A contract ends: ``ends_on`` is the first day on which nobody joins under it any more.

    Covers already taken run to their own term. Refused with ``CONTRACT_ALREADY_OVER``,
    ``CONTRACT_DATES_SWAPPED``, or ``CONTRACT_ENDS_BEFORE``: a longer one is entered and activated
    by two persons as the first was.
    """
    contract = _locked(contract)
    if contract.ends_on is not None and contract.ends_on <= on:
        raise Refusal("CONTRACT_ALREADY_OVER", day=contract.ends_on)
    if ends_on <= contract.starts_on:
        raise Refusal("CONTRACT_DATES_SWAPPED", place="ends_on")
    if contract.ends_on is not None and ends_on > contract.ends_on:
        raise Refusal("CONTRACT_ENDS_BEFORE", place="ends_on", day=contract.ends_on)
    contract.ends_on, contract.end_reason = ends_on, ObstacleReason(reason).value
    contract.save(update_fields=["ends_on", "end_reason"])
    return contract


@command("declare_headcount", right=Right.ENROL)
def declare_headcount(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    group: PartnerGroup,
    persons_count: int,
    declared_on: date,
    source: str = "",
) -> GroupHeadcount:
    """How many persons the group has, as said on a day.

    Refused with ``DATE_IN_FUTURE`` or ``HEADCOUNT_NEGATIVE``.
    """
    require_own_group(group, actor, on)
    require_not_future(declared_on, on, "declared_on")
    if persons_count < 0:
        raise Refusal("HEADCOUNT_NEGATIVE", place="persons_count")
    return GroupHeadcount.objects.create(
        mutual=mutual,
        group=group,
        persons_count=persons_count,
        declared_on=declared_on,
        source=source,
        recorded_by=actor,
    )


def latest_headcount(group: PartnerGroup, on: date) -> int | None:
    """The persons of a group as last declared by a day; None when nobody said."""
    counts = GroupHeadcount.objects.filter(group=group, declared_on__lte=on)
    return counts.order_by("-declared_on", "-id").values_list("persons_count", flat=True).first()


def contracts_on(group: PartnerGroup, on: date) -> list[GroupContract]:
    """The contracts of a group whose days include a day, activated or not. One query."""
    return list(
        GroupContract.objects.filter(
            Q(ends_on__isnull=True) | Q(ends_on__gt=on), group=group, starts_on__lte=on
        )
        .select_related("product")
        .order_by("starts_on")
    )


def terms_on(group: PartnerGroup, product: Product, on: date) -> GroupTerms | None:
    """The terms under which people of a group join a product on a day; None without contract."""
    for contract in contracts_on(group, on):
        if contract.product_id == product.pk and contract.activated_on is not None:
            return terms_of(contract)
    return None


def require_open_group(group: PartnerGroup, product: Product, on: date) -> GroupTerms | None:
    """The terms of a group that a household joins; a group without any contract has none.

    Refused with ``GROUP_CLOSED``; where a contract for the product waits for its activation, with
    ``GROUP_CONTRACT_NOT_ACTIVE``; where the contract in force is for another product, with
    ``GROUP_PRODUCT_OTHER``: its price and its terms were signed, another price breaks them.
    """
    if group.closed_on is not None and group.closed_on <= on:
        raise Refusal("GROUP_CLOSED", place="group", group=group.name, day=group.closed_on)
    running = contracts_on(group, on)
    own = [each for each in running if each.product_id == product.pk]
    active = next((each for each in own if each.activated_on is not None), None)
    if active is not None:
        return terms_of(active)
    if own:
        raise Refusal("GROUP_CONTRACT_NOT_ACTIVE", place="group", group=group.name)
    require_signed(group, product, running)
    return None


def require_signed(group: PartnerGroup, product: Product, running: Sequence[GroupContract]) -> None:
    """``GROUP_PRODUCT_OTHER``: the contracts that run are in force for other products only.

    Asked at every renewal too: a group that signed for another product since renews under that
    one. A group without contract, or whose contracts have all ended, keeps what it has.
    """
    signed = [each.product.name for each in running if each.activated_on is not None]
    if signed and product.pk not in {each.product_id for each in running}:
        raise Refusal(
            "GROUP_PRODUCT_OTHER", place="product", group=group.name, product=product.name,
            signed=", ".join(dict.fromkeys(signed)),
        )  # fmt: skip


def contracts_at_hand(mutual: Mutual) -> ContractsOn:
    """``contracts_on`` for many groups: every contract of the mutual is read once."""
    held: dict[int, list[GroupContract]] = defaultdict(list)
    rows = GroupContract.objects.filter(mutual=mutual).select_related("product")
    for each in rows.order_by("starts_on"):
        held[each.group_id].append(each)

    def on(group: PartnerGroup, day: date) -> list[GroupContract]:
        return [
            each
            for each in held[group.pk]
            if each.starts_on <= day and (each.ends_on is None or each.ends_on > day)
        ]

    return on


def terms_of(contract: GroupContract) -> GroupTerms:
    """A contract as the core reads it."""
    return GroupTerms(JoiningMode(contract.mode), contract.minimum_share, contract.waives_waiting)


def contract_for(mutual: Mutual, uid: object) -> GroupContract:
    """The contract of this mutual with this ``uid``, or ``NOT_FOUND``."""
    found = (
        GroupContract.objects.filter(mutual=mutual, uid=uid)
        .select_related("group", "product", "entered_by")
        .first()
    )
    if found is None:
        raise Refusal("NOT_FOUND", record="contract", key=str(uid))
    return found


def _locked(contract: GroupContract) -> GroupContract:
    return (
        GroupContract.objects.select_for_update(of=("self",))
        .select_related("group", "product", "entered_by")
        .get(pk=contract.pk)
    )
