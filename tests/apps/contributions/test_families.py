"""The list of families: every order shows the same families, by whom they are known today."""

from __future__ import annotations

from datetime import date

import pytest

from entraide.apps.contributions.families import (
    HOUSEHOLD_ORDERS,
    families_listed,
    family_rows,
    members_by_family,
)
from entraide.apps.enrolment.exits import end_person
from entraide.apps.enrolment.facts import PersonEntry, covered_until
from entraide.apps.enrolment.models import Household
from entraide.apps.schemes.models import Mutual, Product
from tests.builders import a_household, a_key, a_payment
from tests.people import People

pytestmark = pytest.mark.django_db

ON = date(2025, 6, 16)


def _family(mutual: Mutual, people: People, product: Product, *names: str) -> None:
    relations = ("member", "spouse", "child")
    persons = tuple(
        PersonEntry(name=name, given_name="A", birth_on=date(1980, 1, 1 + rank), sex="F",
                    relation=relation, has_photo=True)
        for rank, (name, relation) in enumerate(zip(names, relations, strict=False))
    )  # fmt: skip
    family = a_household(mutual, people.awa, product, persons=persons)
    if names[0] == "ZONGO":  # her spouse takes over, under a name at the other end of the list
        member, spouse = family.persons.order_by("number")[:2]
        end_person(
            mutual=mutual, actor=people.awa, on=ON, idempotency_key=a_key(),
            person=member, died_on=date(2025, 3, 1), successor=spouse,
        )  # fmt: skip
    if names[0] == "SOME":  # the whole family left
        for person in family.persons.order_by("-number"):
            end_person(
                mutual=mutual, actor=people.awa, on=ON, idempotency_key=a_key(),
                person=person, exited_on=date(2025, 4, 1),
            )  # fmt: skip


@pytest.fixture
def families(scoped: Mutual, people: People, product: Product) -> None:
    _family(scoped, people, product, "MENSAH", "MENSAH")
    _family(scoped, people, product, "ZONGO", "ABALO", "ZONGO")
    _family(scoped, people, product, "SOME", "SOME")
    _family(scoped, people, product, "AGBEKO")


def _names(mutual: Mutual, sort: str) -> list[str]:
    keys = list(families_listed(mutual, ON, sort=sort))
    members = members_by_family(keys)
    return [members[row.pk].name for row in family_rows(keys, ON)]


@pytest.mark.usefixtures("families")
@pytest.mark.parametrize("sort", HOUSEHOLD_ORDERS)
def test_no_order_hides_a_family_or_shows_it_twice(scoped: Mutual, sort: str) -> None:
    assert sorted(_names(scoped, sort)) == ["ABALO", "AGBEKO", "MENSAH", "SOME"]


@pytest.mark.usefixtures("families")
def test_families_are_ordered_by_the_name_of_who_is_the_member_now(scoped: Mutual) -> None:
    assert _names(scoped, "name") == ["ABALO", "AGBEKO", "MENSAH", "SOME"]
    assert _names(scoped, "-name") == ["SOME", "MENSAH", "AGBEKO", "ABALO"]


def _numbers(mutual: Mutual, sort: str, **narrowed: str) -> list[str]:
    return [row.number for row in _families(mutual, sort=sort, **narrowed)]


def _families(mutual: Mutual, **asked: str) -> list[Household]:
    keys = list(families_listed(mutual, ON, **asked))
    by_key = Household.objects.in_bulk(keys)
    return [by_key[key] for key in keys]


@pytest.mark.usefixtures("families")
@pytest.mark.parametrize("narrowed", [{}, {"text": "A"}, {"show": "late"}])
@pytest.mark.parametrize("sort", ["remaining", "until"])
def test_families_come_by_what_they_owe_and_by_the_end_of_their_cover(
    scoped: Mutual, people: People, sort: str, narrowed: dict[str, str]
) -> None:
    payer = next(each for each in _families(scoped) if _owed(each) > 0)
    a_payment(payer, people.awa, _owed(payer))
    worked_out = {"remaining": _owed, "until": _until}[sort]
    asked = {**narrowed, "sort": sort}
    values = [worked_out(each) for each in _families(scoped, **asked)]
    assert values == sorted(values)
    asked["sort"] = f"-{sort}"
    values = [worked_out(each) for each in _families(scoped, **asked)]
    assert values == sorted(values, reverse=True)
    assert sorted(_numbers(scoped, sort, **narrowed)) == sorted(_numbers(scoped, "", **narrowed))


def _owed(family: Household) -> int:
    return sum(
        each.amount_minor - each.paid_minor for each in family.dues.filter(cancelled_on=None)
    )


def _until(family: Household) -> date:
    return covered_until(family.memberships.latest("effective_from"))


@pytest.mark.usefixtures("families")
@pytest.mark.parametrize("sort", HOUSEHOLD_ORDERS)
@pytest.mark.parametrize("size", [1, 2, 3])
def test_pages_follow_each_other_without_a_gap(scoped: Mutual, sort: str, size: int) -> None:
    listed = families_listed(scoped, ON, sort=sort)
    pages = [list(listed[first : first + size]) for first in range(0, 4, size)]
    assert [each for page in pages for each in page] == list(listed)
    assert len(listed) == 4
    assert listed[3] == pages[-1][-1]


@pytest.mark.usefixtures("families")
def test_a_family_with_no_cover_at_all_comes_last(scoped: Mutual) -> None:
    bare = Household.objects.create(mutual=scoped, number="F-2025-09999", enrolled_on=ON)
    assert list(families_listed(scoped, ON, sort="until"))[-1] == bare.pk
    assert list(families_listed(scoped, ON, sort="-until"))[-1] == bare.pk


@pytest.mark.usefixtures("families")
@pytest.mark.parametrize("show", ["late", "renew"])
def test_families_are_the_same_gathered_or_asked_in_turn(scoped: Mutual, show: str) -> None:
    for on in (ON, date(2026, 1, 10), date(2026, 6, 1)):
        gathered = list(families_listed(scoped, on, show=show))
        assert list(families_listed(scoped, on, show=show, is_common=True)) == gathered
    assert any(families_listed(scoped, on, show=show) for on in (ON, date(2026, 1, 10)))


@pytest.mark.usefixtures("families")
def test_the_row_of_a_family_tells_its_persons_its_term_and_what_it_owes(
    scoped: Mutual, people: People
) -> None:
    family = _families(scoped)[-1]  # MENSAH, two persons
    a_payment(family, people.awa, 500)
    family.refresh_from_db()
    (row,) = family_rows([family.pk], ON)
    assert (row.uid, row.number, row.persons_count) == (family.uid, family.number, 2)
    assert (row.covered_until, row.remaining_minor) == (_until(family), _owed(family))
    assert 0 < row.overdue_minor <= row.remaining_minor
