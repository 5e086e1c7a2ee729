"""The register of partner groups with what each has of families, people and money."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import (
    BigIntegerField,
    Count,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
)
from django.db.models.functions import Coalesce

from entraide.apps.access.models import User
from entraide.apps.contributions.models import ContributionDue
from entraide.apps.contributions.registers import unpaid_dues
from entraide.apps.enrolment.contracts import terms_of
from entraide.apps.enrolment.models import (
    GroupContract,
    GroupHeadcount,
    Household,
    Membership,
    PartnerGroup,
    Person,
)
from entraide.apps.enrolment.portfolios import assignments_on
from entraide.apps.enrolment.search import normalised
from entraide.apps.enrolment.selectors import present_persons
from entraide.apps.schemes.models import Mutual
from entraide.core.errors import Finding
from entraide.core.groups import share_findings
from entraide.core.periods import add_months

SHOWN = ("running", "waiting", "without", "below", "closed")
_MONTHS = 12


@dataclass(slots=True)
class GroupRow:
    """A group on the register. Money, in minor units, is of what fell due in the last twelve
    months, but ``late_minor``, which is of every year."""

    group: PartnerGroup
    households_count: int = 0
    persons_count: int = 0  # covered on the day
    headcount: int | None = None
    due_minor: int = 0
    paid_minor: int = 0
    late_minor: int = 0  # what its families let pass, as the list of late families counts it
    animator: User | None = None
    contracts: list[GroupContract] = field(default_factory=list)

    @property
    def left_minor(self) -> int:
        """Of what fell due in twelve months, what nobody has paid yet."""
        return self.due_minor - self.paid_minor

    @property
    def contract(self) -> GroupContract | None:
        """The contract in force, else the one that waits."""
        active = [each for each in self.contracts if each.activated_on is not None]
        return (active or self.contracts or [None])[0]


def groups_register(
    mutual: Mutual,
    on: date,
    *,
    text: str = "",
    kind: str = "",
    animator: User | None = None,
    show: str = "",
    sort: str = "",
) -> QuerySet[PartnerGroup]:
    """The groups of a mutual, by name unless sorted; those closed only when asked for.

    ``show``: ``running`` or ``waiting`` (a contract in force, or to be activated), ``without`` (no
    contract), ``below`` (its contract asks for a larger part of the group), ``closed``. ``sort``:
    ``name``, ``families``, ``paid``, ``late``, ``code``, with ``-`` downwards.
    """
    groups = PartnerGroup.objects.filter(mutual=mutual).select_related("product", "area")
    for word in text.split():
        groups = groups.filter(Q(name__icontains=word) | Q(code__icontains=normalised(word)))
    if kind:
        groups = groups.filter(kind=kind)
    if animator is not None:
        followed = assignments_on(mutual, on).filter(animator=animator, group__isnull=False)
        groups = groups.filter(pk__in=followed.values("group"))
    groups = _shown(groups, mutual, on, show)
    if sort.lstrip("-") == "families":
        of_group = Household.objects.filter(group=OuterRef("pk")).order_by().values("group")
        count = Subquery(of_group.annotate(n=Count("pk")).values("n"), output_field=IntegerField())
        groups = groups.annotate(families=Coalesce(count, 0))
    if sort.lstrip("-") in ("paid", "late"):
        groups = groups.annotate(
            **{sort.lstrip("-"): _money_of_group(mutual, sort.lstrip("-"), on)}
        )
    known = ("name", "families", "code", "paid", "late")
    field_name = sort if sort.lstrip("-") in known else "name"
    return groups.order_by(field_name, "pk")


def _shown(
    groups: QuerySet[PartnerGroup], mutual: Mutual, on: date, show: str
) -> QuerySet[PartnerGroup]:
    is_closed = Q(closed_on__isnull=False, closed_on__lte=on)
    if show == "closed":
        return groups.filter(is_closed)
    groups = groups.exclude(is_closed)
    current = GroupContract.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gt=on), mutual=mutual
    )
    if show == "running":
        running = current.filter(activated_on__isnull=False, starts_on__lte=on)
        return groups.filter(pk__in=running.values("group"))
    if show == "waiting":
        return groups.filter(pk__in=current.filter(activated_on__isnull=True).values("group"))
    if show == "without":
        return groups.exclude(pk__in=current.values("group"))
    if show == "below":
        return groups.filter(pk__in=below_share(mutual, on))
    return groups


def _money_of_group(mutual: Mutual, column: str, on: date) -> Coalesce:
    """What a group paid of what fell due in twelve months, or is late with: as its row says it."""
    if column == "paid":
        dues, amount = _fallen_due(on), Sum(F("paid_minor"))
    else:
        dues = unpaid_dues(mutual).filter(due_on__lt=on)
        amount = Sum(F("amount_minor") - F("paid_minor"))
    of_group = dues.filter(household__group=OuterRef("pk")).order_by().values("household__group")
    summed = of_group.annotate(minor=amount).values("minor")
    return Coalesce(Subquery(summed, output_field=BigIntegerField()), 0)


def below_share(mutual: Mutual, on: date) -> dict[int, Finding]:
    """The groups that no longer bring the part that their contract asks for, with what it says.

    By the key of the group; three queries. Nothing is stored: who joins or leaves is counted anew.
    """
    asking = GroupContract.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gt=on),
        mutual=mutual,
        activated_on__isnull=False,
        starts_on__lte=on,
        minimum_share__isnull=False,
    )
    contracts = {each.group_id: each for each in asking.order_by("starts_on", "id")}
    if not contracts:
        return {}
    counts = persons_covered_by_group(mutual, on, contracts)
    declared = headcounts(contracts, on)
    found = {
        group: next(
            share_findings(
                terms_of(contract),
                persons_count=counts.get(group, 0),
                headcount=declared.get(group),
            ),
            None,
        )
        for group, contract in contracts.items()
    }
    return {group: finding for group, finding in found.items() if finding is not None}


def group_rows(mutual: Mutual, groups: Sequence[PartnerGroup], on: date) -> list[GroupRow]:
    """What a page of groups shows of each: seven queries, however many groups."""
    rows = {group.pk: GroupRow(group) for group in groups}
    families = Household.objects.filter(group__in=rows).order_by().values_list("group")
    for pk, count in families.annotate(count=Count("pk")):
        rows[pk].households_count = count
    for pk, count in persons_covered_by_group(mutual, on, rows).items():
        rows[pk].persons_count = count
    for pk, due, paid in _money(rows, on):
        rows[pk].due_minor, rows[pk].paid_minor = due, paid
    late = unpaid_dues(mutual).filter(due_on__lt=on, household__group__in=rows).order_by()
    remaining = Sum(F("amount_minor") - F("paid_minor"))
    for pk, minor in late.values_list("household__group").annotate(late=remaining):
        rows[pk].late_minor = minor
    for pk, count in headcounts(rows, on).items():
        rows[pk].headcount = count
    for assignment in assignments_on(mutual, on).filter(group__in=rows):
        assert assignment.group_id is not None
        rows[assignment.group_id].animator = assignment.animator
    for contract in current_contracts(rows, on):
        rows[contract.group_id].contracts.append(contract)
    return list(rows.values())


def persons_covered_by_group(
    mutual: Mutual, on: date, groups: Iterable[int] | None = None
) -> dict[int, int]:
    """How many persons are under a cover on a day, by the key of their group. One query."""
    covering = Membership.objects.filter(
        Q(ended_on__isnull=True) | Q(ended_on__gt=on),
        mutual=mutual,
        effective_from__lte=on,
        effective_until__gt=on,
    )
    persons = Person.objects.filter(
        present_persons(on),
        mutual=mutual,
        household__group__isnull=False,
        household__in=covering.values("household"),
    )
    if groups is not None:
        persons = persons.filter(household__group__in=list(groups))
    counted = persons.order_by().values_list("household__group").annotate(count=Count("pk"))
    return dict(counted)


def headcounts(groups: Iterable[int], on: date) -> dict[int, int]:
    """The persons of each group as last declared by a day. One query."""
    declared = GroupHeadcount.objects.filter(group__in=list(groups), declared_on__lte=on)
    return dict(declared.order_by("declared_on", "id").values_list("group", "persons_count"))


def current_contracts(groups: Iterable[int], on: date) -> QuerySet[GroupContract]:
    """The contracts of groups that have not ended by a day, the first to begin first."""
    return (
        GroupContract.objects.filter(
            Q(ends_on__isnull=True) | Q(ends_on__gt=on), group__in=list(groups)
        )
        .select_related("product")
        .order_by("starts_on", "id")
    )


def _fallen_due(on: date) -> QuerySet[ContributionDue]:
    return ContributionDue.objects.filter(
        cancelled_on__isnull=True, due_on__gt=add_months(on, -_MONTHS), due_on__lte=on
    )


def _money(groups: Iterable[int], on: date) -> Iterable[tuple[int, int, int]]:
    dues = _fallen_due(on).filter(household__group__in=list(groups))
    return (
        dues.order_by()
        .values_list("household__group")
        .annotate(due=Sum(F("amount_minor")), paid=Sum(F("paid_minor")))
    )
