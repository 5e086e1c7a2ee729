"""Reading the registers of members, inside ``scope(mutual=…)``."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import BigIntegerField, CharField, Count, F, Model, Q, QuerySet
from django.db.models.functions import Coalesce

from entraide.apps.access.prepared import Prepared
from entraide.apps.enrolment.group_kinds import of_kind
from entraide.apps.enrolment.models import (
    EarlierNumber,
    Household,
    Membership,
    PartnerGroup,
    Person,
)
from entraide.apps.enrolment.numbers import number_key, number_meant
from entraide.apps.enrolment.search import is_number, search_terms
from entraide.apps.enrolment.search_index import are_many, called_so, containing
from entraide.apps.schemes.models import Mutual
from entraide.core.errors import Refusal
from entraide.core.periods import add_months
from entraide.core.renewals import terms_followed

Found = TypeVar("Found", bound=Model)
_AFTER_LETTERS = "~"  # stands behind every letter and digit of a normalised text


def found(records: QuerySet[Found], **wanted: Any) -> Found:
    """The one record wanted; ``NOT_FOUND`` (404 at the doors) when there is none.

    The same answer whether the record does not exist or belongs to another mutual.
    """
    if "uid" in wanted and not isinstance(wanted["uid"], UUID):
        try:
            wanted["uid"] = UUID(str(wanted["uid"]))
        except ValueError:
            raise _not_found(records, wanted) from None
    record = records.filter(**wanted).first()
    if record is None:
        raise _not_found(records, wanted)
    return record


def _not_found(records: QuerySet[Any], wanted: dict[str, Any]) -> Refusal:
    key = next(iter(wanted.values()))
    return Refusal("NOT_FOUND", record=records.model._meta.model_name, key=str(key))


def household_for(mutual: Mutual, uid: UUID | str) -> Household:
    """The household of this mutual with this ``uid``, or ``NOT_FOUND``."""
    return found(
        Household.objects.filter(mutual=mutual).select_related("group", "area", "branch"), uid=uid
    )


def person_for(mutual: Mutual, uid: UUID | str) -> Person:
    """The person of this mutual with this ``uid``, or ``NOT_FOUND``."""
    return found(Person.objects.filter(mutual=mutual).select_related("household"), uid=uid)


_PERSON_NUMBERED: Prepared[Person] = Prepared(
    lambda mutual, number: Person.objects.select_related("household").filter(
        mutual=mutual, number=number
    ),
    mutual=BigIntegerField(),
    number=CharField(),
)


def person_by_number(mutual: Mutual, number: str) -> Person:
    """The person of this card number, typed in any case and with or without its dashes, or
    ``NOT_FOUND``.

    An earlier card's number finds them too, and that of a row merged into theirs.
    """
    person = _PERSON_NUMBERED.first(mutual=mutual, number=number_meant(number))
    if person is None:
        earlier = EarlierNumber.objects.filter(mutual=mutual, key=number_key(number))
        row = earlier.select_related("person__household").first()
        person = row.person if row is not None else None
    if person is None:
        raise Refusal("NOT_FOUND", record="person", key=number)
    return kept_person(person)


def kept_person(person: Person) -> Person:
    """The person a row stands for: the one it was merged into, else itself."""
    while person.merged_into_id is not None:
        person = Person.objects.select_related("household").get(pk=person.merged_into_id)
    return person


def kept_household(household: Household) -> Household:
    """The family that a file stands for: the one it was merged into, else itself."""
    while household.merged_into is not None:
        household = household.merged_into
    return household


def files_of(household: Household) -> list[int]:
    """The keys of a family and of the files merged into its own, one after the other or not."""
    found, last = [household.pk], [household.pk]
    while last:
        rows = Household._base_manager.filter(merged_into__in=last)
        last = list(rows.order_by("pk").values_list("pk", flat=True))
        found += last
    return found


def of_person(person: Any, way: str = "person") -> Q:
    """The rows of a person, or of a row merged into theirs: one list of persons, found by its
    index. ``person`` is a key; ``way`` leads to the person from the rows that are asked."""
    rows = Person._base_manager.filter(Q(pk=person) | Q(merged_into=person))
    return Q(**{f"{way}__in": rows.values("pk")})


def membership_for(mutual: Mutual, uid: UUID | str) -> Membership:
    """The membership of this mutual with this ``uid``, or ``NOT_FOUND``."""
    memberships = Membership.objects.filter(mutual=mutual)
    return found(memberships.select_related("household", "product", "group"), uid=uid)


def group_for(mutual: Mutual, uid: UUID | str) -> PartnerGroup:
    """The partner group of this mutual with this ``uid``, or ``NOT_FOUND``."""
    return found(PartnerGroup.objects.filter(mutual=mutual), uid=uid)


def present_persons(on: date) -> Q:
    """The condition that a person belongs to their household on a day."""
    return (
        Q(entered_on__lte=on)
        & (Q(exited_on__isnull=True) | Q(exited_on__gt=on))
        & (Q(died_on__isnull=True) | Q(died_on__gte=on))
    )


def _bearers(persons: QuerySet[Person], mutual: Mutual, number: str) -> QuerySet[Person]:
    """Whose card bears a number, or bore it before: two look-ups in indexes, in one query."""
    key = number_key(number)
    of_row, of_earlier = Coalesce("merged_into", "pk"), Coalesce("person__merged_into", "person")
    today = Person.objects.filter(mutual=mutual, number=key).order_by().values(bearer=of_row)
    before = EarlierNumber.objects.filter(mutual=mutual, key=key).order_by()
    return persons.filter(pk__in=today.union(before.values(bearer=of_earlier)))


def _called_first(persons: QuerySet[Person], terms: Sequence[str]) -> QuerySet[Person]:
    """Whose name begins so: read in the order of an index, and often enough of them."""
    first = persons.filter(
        search_text__startswith=terms[0],
        search_text__gte=terms[0],
        search_text__lt=terms[0] + _AFTER_LETTERS,
    )
    for term in terms[1:]:
        first = first.filter(search_text__contains=term)
    return first


def find_persons(mutual: Mutual, text: str, *, limit: int = 50) -> list[Person]:
    """The persons in whose name, card number or phone every piece of ``text`` stands.

    First who bears exactly that number, of today's card or an earlier one; of a name, those that
    begin with the first piece; within both, by name.
    """
    terms = search_terms(text)
    if not terms:
        return []
    persons = Person.objects.filter(mutual=mutual).select_related("household")
    first = _bearers(persons, mutual, text) if is_number(text) else _called_first(persons, terms)
    found_first = list(first.order_by("search_text")[:limit])
    if len(found_first) == limit:
        return found_first
    others = called_so(persons, terms) if are_many(terms) else containing(persons, terms)
    others = others.exclude(pk__in=[person.pk for person in found_first])
    return found_first + list(others.order_by("search_text")[: limit - len(found_first)])


def covered_persons_count(group: PartnerGroup, on: date) -> int:
    """How many persons of a group have a cover on a day or one to come."""
    return (
        Person.objects.filter(
            present_persons(on),
            Q(household__memberships__ended_on__isnull=True)
            | Q(household__memberships__ended_on__gt=on),
            household__memberships__effective_until__gt=on,
            household__group=group,
        )
        .distinct()
        .count()
    )


def households_by_key(keys: Collection[int]) -> dict[int, Household]:
    """These households with their groups, by primary key."""
    return Household.objects.select_related("group").in_bulk(list(keys))


def household_by_number(mutual: Mutual, number: str) -> Household | None:
    """The household with this number, as somebody types it, or None."""
    return Household.objects.filter(mutual=mutual, number=number_meant(number)).first()


_LAST_MEMBERSHIP: Prepared[Membership] = Prepared(
    lambda household: (
        Membership.objects.select_related("product", "household")
        .filter(household=household)
        .order_by("-effective_from")[:1]
    ),
    household=BigIntegerField(),
)
_PERSONS: Prepared[Person] = Prepared(
    lambda household: Person.objects.filter(household=household).order_by("pk"),
    household=BigIntegerField(),
)


def last_membership(household: Household) -> Membership | None:
    """The membership that begins last: the one to renew."""
    return _LAST_MEMBERSHIP.first(household=household)


def persons_of(household: Household) -> list[Person]:
    """Everybody who is or was in a household, as they were entered."""
    return _PERSONS.all(household=household)


def running_membership(household: Household, on: date) -> Membership | None:
    """The membership that has begun on a day and not ended: the one to end."""
    begun = household.memberships.select_related("product", "household").filter(
        effective_from__lte=on, effective_until__gt=on, ended_on__isnull=True
    )
    return begun.order_by("-effective_from").first()


def memberships_of(household: Household) -> list[Membership]:
    """Every cover of a household, the first one first."""
    return list(
        household.memberships.select_related("product", "group").order_by("effective_from", "id")
    )


def memberships_to_renew(mutual: Mutual, on: date) -> QuerySet[Membership]:
    """The covers that nothing follows and whose term is near a day, before or after, the oldest
    first: those of every stage (``core.renewals.terms_followed``), wherever they are counted."""
    terms = terms_followed(on)
    return (
        Membership.objects.filter(
            mutual=mutual,
            renewed_by__isnull=True,
            ended_on__isnull=True,
            effective_until__gte=terms.start,
            effective_until__lt=terms.until,
        )
        .select_related("household", "product", "group")
        .order_by("effective_until", "id")
    )


def covered_households_count(mutual: Mutual, on: date) -> int:
    """The families with a cover on a day, whatever they have paid."""
    standing = Q(ended_on__isnull=True) | Q(ended_on__gt=on)
    covers = Membership.objects.filter(
        standing, mutual=mutual, effective_from__lte=on, effective_until__gt=on
    )
    return covers.order_by().values("household").distinct().count()


def new_households_count(mutual: Mutual, from_: date, until: date) -> int:
    """How many families joined in ``[from_, until)``, by the day of their enrolment."""
    return Household.objects.filter(
        mutual=mutual, enrolled_on__gte=from_, enrolled_on__lt=until
    ).count()


@dataclass(frozen=True, slots=True)
class PaperShare:
    """How many families of a month were entered from a paper form, of all that were entered."""

    month: date
    from_paper: int
    total: int

    @property
    def rate(self) -> Decimal:
        """The part that passed through paper, between 0 and 1."""
        return Decimal(self.from_paper) / self.total


def paper_shares(
    mutual: Mutual, on: date, *, months: int = 12, group_kind: str | None = None
) -> list[PaperShare]:
    """By month of enrolment, the latest first: how much still passes through paper (R002).

    Imported families count in neither number. ``group_kind``: of families of one kind of group
    today (``groups.of_kind``).
    """
    first = add_months(on.replace(day=1), 1 - months)
    by_day = (
        Household.objects.filter(
            of_kind("group", group_kind),
            mutual=mutual,
            enrolled_on__gte=first,
            enrolled_on__lte=on,
        )
        .exclude(source="import")
        .order_by("-enrolled_on")
        .values_list("enrolled_on")
        .annotate(from_paper=Count("pk", filter=Q(source="paper")), total=Count("pk"))
    )
    found: dict[date, tuple[int, int]] = {}
    for day, from_paper, total in by_day:
        before = found.get(day.replace(day=1), (0, 0))
        found[day.replace(day=1)] = (before[0] + from_paper, before[1] + total)
    return [PaperShare(month, *counts) for month, counts in found.items()]


def persons_without_photo(mutual: Mutual, on: date) -> QuerySet[Person]:
    """Those whose card file is incomplete, who have waited longest first."""
    return (
        Person.objects.filter(present_persons(on), mutual=mutual, has_photo=False)
        .select_related("household")
        .order_by(F("entered_on").asc(), "number")
    )
