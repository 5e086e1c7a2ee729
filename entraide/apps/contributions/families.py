"""The list of families in its orders, at any size of the register; inside ``scope(mutual=…)``.

An order never works out a column for every family: each is read in the order of an index, or from
the few rows that tell it (open calls), and the families about which it tells nothing follow. Only
keys are ordered; what a page shows of its families is read for them alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, overload
from uuid import UUID

from django.db.models import (
    Aggregate,
    BigIntegerField,
    Count,
    DateField,
    Exists,
    F,
    FilteredRelation,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
)
from django.db.models.functions import Coalesce

from entraide.apps.access.prepared import Prepared
from entraide.apps.contributions.models import ContributionDue, Payer
from entraide.apps.contributions.registers import (
    of_persons_called,
    unpaid_dues,
)
from entraide.apps.enrolment.models import Household, Membership, PartnerGroup, Person
from entraide.apps.enrolment.selectors import memberships_to_renew, present_persons
from entraide.apps.schemes.models import Mutual

HOUSEHOLD_ORDERS = (
    "number", "-number", "name", "-name", "remaining", "-remaining", "until", "-until",
)  # fmt: skip


class InTurn(Sequence[int]):
    """Keys of families that several lists give one after the other. No family is in two lists.

    A slice reads the lists that it needs: a query for each, and how long a list is only once a
    slice begins after its end.
    """

    def __init__(self, *parts: QuerySet[Any, Any]) -> None:
        self._parts = parts

    def __len__(self) -> int:
        return sum(part.count() for part in self._parts)

    @overload
    def __getitem__(self, asked: int) -> int: ...
    @overload
    def __getitem__(self, asked: slice) -> list[int]: ...
    def __getitem__(self, asked: int | slice) -> int | list[int]:
        if isinstance(asked, int):
            return self[asked : asked + 1][0]
        start, stop = asked.start or 0, len(self) if asked.stop is None else asked.stop
        keys: list[int] = []
        for part in self._parts:
            found = list(part[start:stop])
            keys += found
            if len(found) >= stop - start:
                break
            before = part.count() if start and not found else start + len(found)
            start, stop = max(0, start - before), stop - before
        return keys

    def __iter__(self) -> Iterator[int]:
        return iter(self[:])


def families_listed(
    mutual: Mutual,
    on: date,
    *,
    text: str = "",
    group: PartnerGroup | None = None,
    show: str = "",
    sort: str = "",
    within: Q | None = None,
    is_common: bool = False,
) -> QuerySet[Any, int] | InTurn:
    """The keys of families in an order; :func:`family_rows` reads what a page shows of them.

    ``text``: every piece stands in the name, card number or phone of one of its persons.
    ``show``: ``late``, ``renew``, ``photo`` or ``uncovered``; anything else shows all.
    ``is_common``: so many families are late or to renew that asking each in turn finds a page of
    them sooner than gathering all of them; the keys are the same.
    """
    households = Household.objects.filter(mutual=mutual, merged_into__isnull=True)
    if text.strip():
        households = households.filter(pk__in=of_persons_called(mutual, text))
    if group is not None:
        households = households.filter(group=group)
    if within is not None:
        households = households.filter(within)
    is_narrowed = bool(text.strip() or group or within or show)
    shown = _shown(households, mutual, on, show, is_common=is_common)
    return _ordered(shown, mutual, sort, is_narrowed=is_narrowed)


def _ordered(
    households: QuerySet[Household], mutual: Mutual, sort: str, *, is_narrowed: bool
) -> QuerySet[Any, int] | InTurn:
    order = sort if sort in HOUSEHOLD_ORDERS else "-number"
    column, sign = order.lstrip("-"), "-" if order.startswith("-") else ""
    if column == "name":
        joined = _with_their_member(households, mutual)
        return joined.order_by(f"{sign}member__name", "number").values_list("pk", flat=True)
    if column == "remaining":
        return _by_what_they_owe(households, mutual, sign, is_narrowed=is_narrowed)
    if column == "until":
        return _by_the_end_of_their_cover(households, mutual, sign, is_narrowed=is_narrowed)
    return households.order_by(order).values_list("pk", flat=True)


def _by_what_they_owe(
    households: QuerySet[Household], mutual: Mutual, sign: str, *, is_narrowed: bool
) -> InTurn:
    """From the open calls, and the families that owe nothing before or after them."""
    dues = unpaid_dues(mutual)
    rest = _keys(households.exclude(pk__in=dues.order_by().values("household")))
    owing = (
        _of_families(dues, households, is_narrowed=is_narrowed)
        .values("household")
        .annotate(remaining=Sum(F("amount_minor") - F("paid_minor")))
        .order_by(f"{sign}remaining", "household_id")
        .values_list("household_id", flat=True)
    )
    return InTurn(owing, rest) if sign else InTurn(rest, owing)


def _by_the_end_of_their_cover(
    households: QuerySet[Household], mutual: Mutual, sign: str, *, is_narrowed: bool
) -> InTurn:
    """In the order of the index ``membership_end``; families without any cover come last."""
    begun = OuterRef("effective_from")
    later = Membership.objects.filter(
        Q(effective_from__gt=begun) | Q(effective_from=begun, pk__gt=OuterRef("pk")),
        household=OuterRef("household"),
    )
    covers = Membership.objects.filter(mutual=mutual)
    until = Coalesce("ended_on", "effective_until")
    latest = (
        _of_families(covers.filter(~Exists(later)), households, is_narrowed=is_narrowed)
        .order_by(until.desc() if sign else until.asc(), f"{sign}household_id")
        .values_list("household_id", flat=True)
    )
    return InTurn(latest, _keys(households.exclude(pk__in=covers.order_by().values("household"))))


def _of_families(
    rows: QuerySet[Any], households: QuerySet[Household], *, is_narrowed: bool
) -> QuerySet[Any]:
    """The rows of these families; of all that are kept when the list is not narrowed."""
    if is_narrowed:
        return rows.filter(household__in=households.order_by().values("pk"))
    return rows.filter(household__merged_into__isnull=True)


def _keys(households: QuerySet[Household]) -> QuerySet[Any, Any]:
    return households.order_by("number").values_list("pk", flat=True)


def _with_their_member(households: QuerySet[Household], mutual: Mutual) -> QuerySet[Household]:
    """Each joined with its latest member, so that the index of members' names gives the order."""
    entered_on = OuterRef("member__entered_on")
    later = Person.objects.filter(
        Q(entered_on__gt=entered_on) | Q(entered_on=entered_on, pk__gt=OuterRef("member__pk")),
        household=OuterRef("pk"),
        is_member=True,
    )
    is_member = Q(persons__is_member=True)
    joined = households.alias(member=FilteredRelation("persons", condition=is_member))
    return joined.filter(~Exists(later), member__mutual=mutual)


def _shown(
    households: QuerySet[Household], mutual: Mutual, on: date, show: str, *, is_common: bool
) -> QuerySet[Household]:
    if show == "late":
        late = unpaid_dues(mutual).filter(due_on__lt=on)
        return _having(households, late, is_common=is_common)
    if show == "renew":
        ending = memberships_to_renew(mutual, on)
        return _having(households, ending, is_common=is_common)
    if show == "photo":
        return households.filter(
            pk__in=Person.objects.filter(present_persons(on), mutual=mutual, has_photo=False)
            .order_by()
            .values("household_id")
        ).filter(pk__in=_covering(mutual, on).values("household_id"))
    if show == "uncovered":
        return households.exclude(pk__in=_covering(mutual, on).values("household_id"))
    return households


def _having(
    households: QuerySet[Household], rows: QuerySet[Any], *, is_common: bool
) -> QuerySet[Household]:
    """The families that have one of these rows."""
    if is_common:
        return households.filter(Exists(rows.order_by().filter(household=OuterRef("pk"))))
    return households.filter(pk__in=rows.order_by().values("household_id"))


def _covering(mutual: Mutual, on: date) -> QuerySet[Membership]:
    return Membership.objects.filter(
        Q(ended_on__isnull=True) | Q(ended_on__gt=on),
        mutual=mutual,
        effective_from__lte=on,
        effective_until__gt=on,
    ).order_by()


@dataclass(frozen=True, slots=True)
class FamilyRow:
    """A family as lists show it. Amounts are minor units; ``covered_until`` is the first day after
    its latest cover."""

    pk: int
    uid: UUID
    number: str
    phone: str
    group_name: str
    persons_count: int
    covered_until: date | None
    remaining_minor: int
    overdue_minor: int


def family_rows(keys: Iterable[int], on: date) -> list[FamilyRow]:
    """These families in their order. One query."""
    asked = tuple(keys)
    by_key = {row[0]: row for row in _ROWS.all(keys=asked, on=on)}
    return [
        FamilyRow(pk, uid, number, phone, group or "", persons or 0, until, owed or 0, late or 0)
        for key in asked
        for pk, uid, number, phone, group, persons, until, owed, late in [by_key[key]]
    ]


def _rows_of(keys: Any, on: Any) -> QuerySet[Any, tuple[Any, ...]]:
    families = Household.objects.filter(pk__in=keys)
    present = Person.objects.filter(present_persons(on), household=OuterRef("pk"))
    memberships = Membership.objects.filter(household=OuterRef("pk")).order_by("-effective_from")
    until = Coalesce("ended_on", "effective_until")
    owed = ContributionDue.objects.filter(
        household=OuterRef("pk"),
        payer=Payer.HOUSEHOLD,
        cancelled_on__isnull=True,
        paid_minor__lt=F("amount_minor"),
    )
    return families.values_list(
        "pk", "uid", "number", "phone", "group__name",
        _worked_out(present, Count("pk")),
        Subquery(memberships.annotate(until=until).values("until")[:1]),
        _worked_out(owed, Sum(F("amount_minor") - F("paid_minor"))),
        _worked_out(owed.filter(due_on__lt=on), Sum(F("amount_minor") - F("paid_minor"))),
    )  # fmt: skip


def _worked_out(rows: QuerySet[Any], figure: Aggregate) -> Subquery:
    """A figure of the rows of each family."""
    of_family = rows.order_by().values("household").annotate(figure=figure)
    return Subquery(of_family.values("figure"))


_ROWS: Prepared[tuple[Any, ...]] = Prepared(
    _rows_of, lists=("keys",), keys=BigIntegerField(), on=DateField()
)
_MEMBERS: Prepared[Person] = Prepared(
    lambda keys: Person.objects.filter(household__id__in=keys, is_member=True).order_by(
        "entered_on", "id"
    ),
    lists=("keys",),
    keys=BigIntegerField(),
)


def members_by_family(keys: Iterable[int]) -> dict[int, Person]:
    """The member of each family, the latest one where it changed hands. One query."""
    return {person.household_id: person for person in _MEMBERS.all(keys=keys)}
