"""The list of families in its orders, at any size of the register; inside ``scope(mutual=…)``.

An order never works out a column for every family: each is read in the order of an index, or from
the few rows that tell it (open calls), and the families about which it tells nothing follow.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any, overload

from django.db.models import (
    Count,
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

from entraide.apps.contributions.registers import (
    RENEWAL_DAYS_BEFORE,
    of_persons_called,
    unpaid_dues,
)
from entraide.apps.enrolment.models import Household, Membership, PartnerGroup, Person
from entraide.apps.enrolment.selectors import memberships_to_renew, present_persons
from entraide.apps.schemes.models import Mutual

HOUSEHOLD_ORDERS = (
    "number", "-number", "name", "-name", "remaining", "-remaining", "until", "-until",
)  # fmt: skip


class InTurn(Sequence[Household]):
    """Families whose keys several lists give one after the other. No family is in two lists.

    A slice reads the lists that it needs: a query for each, the families, and how long a list is
    only once a slice begins after its end.
    """

    def __init__(self, *parts: QuerySet[Any, Any]) -> None:
        self._parts = parts

    def __len__(self) -> int:
        return sum(part.count() for part in self._parts)

    @overload
    def __getitem__(self, asked: int) -> Household: ...
    @overload
    def __getitem__(self, asked: slice) -> list[Household]: ...
    def __getitem__(self, asked: int | slice) -> Household | list[Household]:
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
        by_key = Household.objects.select_related("group").in_bulk(keys)
        return [by_key[key] for key in keys]

    def __iter__(self) -> Iterator[Household]:
        return iter(self[:])


def households_list(
    mutual: Mutual,
    on: date,
    *,
    text: str = "",
    group: PartnerGroup | None = None,
    show: str = "",
    sort: str = "",
    within: Q | None = None,
) -> QuerySet[Household] | InTurn:
    """The families in an order; :func:`with_columns` adds what the rows of a page show.

    ``text``: every piece stands in the name, card number or phone of one of its persons.
    ``show``: ``late``, ``renew``, ``photo`` or ``uncovered``; anything else shows all.
    """
    kept = Household.objects.filter(mutual=mutual, merged_into__isnull=True)
    households = kept.select_related("group")
    if text.strip():
        households = households.filter(pk__in=of_persons_called(mutual, text))
    if group is not None:
        households = households.filter(group=group)
    if within is not None:
        households = households.filter(within)
    is_narrowed = bool(text.strip() or group or within or show)
    return _ordered(_shown(households, mutual, on, show), mutual, sort, is_narrowed=is_narrowed)


def _ordered(
    households: QuerySet[Household], mutual: Mutual, sort: str, *, is_narrowed: bool
) -> QuerySet[Household] | InTurn:
    order = sort if sort in HOUSEHOLD_ORDERS else "-number"
    column, sign = order.lstrip("-"), "-" if order.startswith("-") else ""
    if column == "name":
        joined = _with_their_member(households, mutual)
        return joined.order_by(f"{sign}member__name", "number")
    if column == "remaining":
        return _by_what_they_owe(households, mutual, sign, is_narrowed=is_narrowed)
    if column == "until":
        return _by_the_end_of_their_cover(households, mutual, sign, is_narrowed=is_narrowed)
    return households.order_by(order)


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
    households: QuerySet[Household], mutual: Mutual, on: date, show: str
) -> QuerySet[Household]:
    if show == "late":
        return households.filter(
            pk__in=unpaid_dues(mutual).filter(due_on__lt=on).values("household_id")
        )
    if show == "photo":
        return households.filter(
            pk__in=Person.objects.filter(present_persons(on), mutual=mutual, has_photo=False)
            .order_by()
            .values("household_id")
        ).filter(pk__in=_covering(mutual, on).values("household_id"))
    if show == "renew":
        due = memberships_to_renew(mutual, on, days_before=RENEWAL_DAYS_BEFORE)
        return households.filter(pk__in=due.order_by().values("household_id"))
    if show == "uncovered":
        return households.exclude(pk__in=_covering(mutual, on).values("household_id"))
    return households


def _covering(mutual: Mutual, on: date) -> QuerySet[Membership]:
    return Membership.objects.filter(
        Q(ended_on__isnull=True) | Q(ended_on__gt=on),
        mutual=mutual,
        effective_from__lte=on,
        effective_until__gt=on,
    ).order_by()


def with_columns(households: Iterable[Household], mutual: Mutual, on: date) -> list[Household]:
    """These families in their order, each with its member's name, how many persons it has, the
    end of its cover and what it owes. One query."""
    keys = [household.pk for household in households]
    rows = Household.objects.filter(pk__in=keys).select_related("group")
    by_key = {row.pk: row for row in rows.annotate(**_columns(mutual, on))}
    return [by_key[key] for key in keys]


def _columns(mutual: Mutual, on: date) -> dict[str, Subquery]:
    persons = Person.objects.filter(household=OuterRef("pk"))
    members = persons.filter(is_member=True).order_by("-entered_on", "-id")
    present = persons.filter(present_persons(on)).order_by().values("household")
    memberships = Membership.objects.filter(household=OuterRef("pk")).order_by("-effective_from")
    owed = unpaid_dues(mutual).filter(household=OuterRef("pk")).order_by().values("household")
    remaining = Sum(F("amount_minor") - F("paid_minor"))
    return {
        "member_name": Subquery(members.values("name")[:1]),
        "persons_count": Subquery(present.annotate(count=Count("pk")).values("count")),
        "covered_until": Subquery(
            memberships.annotate(until=Coalesce("ended_on", "effective_until")).values("until")[:1]
        ),
        "remaining_minor": Subquery(owed.annotate(total=remaining).values("total")),
        "overdue_minor": Subquery(
            owed.filter(due_on__lt=on).annotate(total=remaining).values("total")
        ),
    }
