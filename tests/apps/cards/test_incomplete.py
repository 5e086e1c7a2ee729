"""Incomplete files in SQL say what the core says of each; a rule is decided by two persons."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.db import DatabaseError, transaction

from entraide.apps.access.models import User
from entraide.apps.cards.incomplete import (
    families_count,
    file_of,
    held_back_condition,
    impact_of,
    incomplete_files,
    incomplete_households,
)
from entraide.apps.contributions.selectors import rights_on, standings_on
from entraide.apps.contributions.services import add_dependant
from entraide.apps.enrolment.facts import PersonEntry
from entraide.apps.enrolment.files import held_back_on
from entraide.apps.enrolment.models import Household, Person
from entraide.apps.enrolment.services import record_photo
from entraide.apps.schemes.file_rules import (
    approve_file_rule,
    enter_file_rule,
    file_rule_on,
)
from entraide.apps.schemes.models import FileRuleVersion, Mutual, Product
from entraide.core.completeness import (
    NOTHING_ASKED,
    Demand,
    FileRule,
    Piece,
    PieceRule,
    Whom,
)
from entraide.core.errors import Refusal
from tests.builders import (
    CHILD,
    MEMBER,
    SPOUSE,
    a_household,
    a_key,
    a_payment,
    an_approved_product,
)
from tests.people import People

ON = date(2025, 6, 16)
Document = dict[str, dict[str, object]]
PHOTO_OF_ALL: Document = {"photo": {"demand": "suspends"}}


def proposed(
    mutual: Mutual,
    actor: User,
    document: Document,
    *,
    effective_from: date = ON,
    source: str = "CA",
) -> FileRuleVersion:
    return enter_file_rule(
        mutual=mutual,
        actor=actor,
        on=ON,
        idempotency_key=a_key(),
        document=document,
        effective_from=effective_from,
        source=source,
    )


def approved(mutual: Mutual, actor: User, version: FileRuleVersion) -> FileRuleVersion:
    return approve_file_rule(
        mutual=mutual, actor=actor, on=ON, idempotency_key=a_key(), version=version
    )


def in_force(mutual: Mutual, people: People, document: Document) -> FileRuleVersion:
    return approved(mutual, people.director, proposed(mutual, people.coordinator, document))


@pytest.mark.requirement("R005", begun=True)
def test_a_photo_that_only_the_product_asks_for_is_missing_too(
    scoped: Mutual, people: People
) -> None:
    lender = an_approved_product(scoped, people.moussa, people.director, "dagbe").product
    home = a_household(scoped, people.awa, lender, persons=(MEMBER, bare(SPOUSE), bare(CHILD)))
    [file] = incomplete_files(scoped, incomplete_households(scoped, ON), ON)
    assert file == file_of(scoped, home, ON)
    assert {(each.piece, each.suspends_on(ON)) for each in file.missing} == {(Piece.PHOTO, True)}
    assert incomplete_households(scoped, ON, piece=Piece.PHOTO).get() == home
    in_force(scoped, people, {"photo": {"demand": "asked"}})
    assert len(file_of(scoped, home, ON).missing) == 2  # each photo once
    born = date(2025, 6, 10)
    add_dependant(
        mutual=scoped, actor=people.awa, on=ON, idempotency_key=a_key(),
        membership=home.memberships.get(), entry=bare(CHILD, given_name="Sika", birth_on=born),
        entered_on=ON,
    )  # fmt: skip
    newborn = home.persons.get(given_name="Sika")
    assert newborn.number not in {
        each.person for each in file_of(scoped, home, ON).missing if each.suspends_from
    }


def bare(entry: PersonEntry, **changes: object) -> PersonEntry:
    return replace(entry, has_photo=False, **changes)  # type: ignore[arg-type]


@pytest.fixture
def families(scoped: Mutual, people: People, product: Product) -> list[Household]:
    """One without photos, one whose child has none, one whole, one that has not paid."""
    made = [
        a_household(scoped, people.awa, product, persons=(bare(MEMBER), bare(SPOUSE)), **more)
        for more in ({"phone": "90 00 00 01"},)
    ]
    young = bare(CHILD, birth_precision="year", birth_on=date(2015, 7, 1))
    made.append(
        a_household(
            scoped, people.awa, product, persons=(MEMBER, young), enrolled_on=date(2025, 3, 1)
        )
    )
    made.append(
        a_household(
            scoped, people.awa, product, persons=(MEMBER,), phone="90 00 00 02", address="Bè"
        )
    )
    for household, paid in zip(made, (13_000, 13_000, 13_000), strict=False):
        a_payment(household, people.awa, paid, paid_on=date(2025, 3, 1))
    made.append(a_household(scoped, people.awa, product, persons=(bare(MEMBER), CHILD)))
    return made


RULES = [
    NOTHING_ASKED,
    FileRule({Piece.PHOTO: PieceRule(Demand.SUSPENDS)}),
    FileRule({Piece.PHOTO: PieceRule(Demand.SUSPENDS, Whom.MEMBER, 30, ON)}),
    FileRule({Piece.PHOTO: PieceRule(Demand.SUSPENDS, grace_days=130)}),
    FileRule({Piece.BIRTH_DATE: PieceRule(Demand.SUSPENDS)}),
    FileRule({Piece.BIRTH_DATE: PieceRule(Demand.SUSPENDS, Whom.ADULTS)}),
    FileRule({Piece.IDENTITY: PieceRule(Demand.SUSPENDS, Whom.ADULTS)}),
    FileRule({Piece.PHONE: PieceRule(Demand.SUSPENDS), Piece.CONSENT: PieceRule(Demand.ASKED)}),
    FileRule({Piece.PLACE: PieceRule(Demand.SUSPENDS, grace_days=107)}),
    FileRule({Piece.CONSENT: PieceRule(Demand.SUSPENDS), Piece.SIGNATURE: PieceRule()}),
]


@pytest.mark.parametrize("rule", RULES)
def test_sql_and_core_hold_back_the_same_persons(
    families: list[Household], scoped: Mutual, monkeypatch: pytest.MonkeyPatch, rule: FileRule
) -> None:
    from entraide.apps.enrolment import files

    monkeypatch.setattr(files, "file_rule_on", lambda _mutual, _on: rule)
    everyone = list(Person.objects.all())
    by_core = {key for key, held in held_back_on(everyone, ON).items() if held}
    by_sql = set(
        Person.objects.filter(held_back_condition(rule, ON)).order_by().values_list("pk", flat=True)
    )
    assert by_sql == by_core


def test_no_rule_asks_nothing(families: list[Household], scoped: Mutual) -> None:
    assert file_rule_on(scoped, ON) == NOTHING_ASKED
    assert list(incomplete_households(scoped, ON)) == []


@pytest.mark.requirement("R005")
def test_the_worklist_has_a_family_a_row_the_oldest_first_and_closes_itself(
    families: list[Household], scoped: Mutual, people: People
) -> None:
    without, child, _whole, unpaid = families
    in_force(scoped, people, PHOTO_OF_ALL | {"birth_date": {"demand": "asked"}})
    found = list(incomplete_households(scoped, ON))
    assert found == [without, unpaid, child]
    files = incomplete_files(scoped, found, ON)
    told = [[(each.piece.value, each.person[-1]) for each in file.missing] for file in files]
    assert told == [[("photo", "1"), ("photo", "2")], [("photo", "1")],
                    [("photo", "2"), ("birth_date", "2")]]  # fmt: skip
    assert [file.since for file in files] == [
        date(2025, 1, 10), date(2025, 1, 10), date(2025, 3, 1),
    ]  # fmt: skip
    assert list(incomplete_households(scoped, ON, piece=Piece.BIRTH_DATE)) == [child]
    assert list(incomplete_households(scoped, ON, piece=Piece.CONSENT)) == []
    for person in without.persons.all():
        record_photo(mutual=scoped, actor=people.awa, on=ON, idempotency_key=a_key(), person=person)
    assert list(incomplete_households(scoped, ON)) == [unpaid, child]
    assert file_of(scoped, without, ON).missing == ()


@pytest.mark.requirement("R004", begun=True)
def test_a_rule_of_the_mutual_closes_rights_and_says_why(
    families: list[Household], scoped: Mutual, people: People
) -> None:
    _without, child, whole, _unpaid = families
    person = child.persons.get(relation="child")
    assert rights_on(person, ON).is_open
    in_force(scoped, people, PHOTO_OF_ALL)
    assert [each.code for each in rights_on(person, ON).reasons] == ["PHOTO_MISSING"]
    assert rights_on(child.persons.get(is_member=True), ON).is_open
    assert rights_on(whole.persons.get(), ON).is_open
    assert rights_on(person, date(2025, 6, 15)).is_open  # the day before the rule begins


def test_the_impact_is_that_of_the_rights(
    families: list[Household], scoped: Mutual, people: People
) -> None:
    """Those who would lose by SQL are those whose rights close once the rule is in force."""
    everyone = list(Person.objects.all())
    before = standings_on(everyone, ON)
    version = proposed(scoped, people.coordinator, PHOTO_OF_ALL | {"phone": {"demand": "suspends"}})
    rule = FileRule(
        {
            Piece.PHOTO: PieceRule(Demand.SUSPENDS, since=ON),
            Piece.PHONE: PieceRule(Demand.SUSPENDS, since=ON),
        }
    )
    impact = impact_of(scoped, file_rule_on(scoped, ON), rule, ON)
    losing = {person.pk for person in impact.losing}
    approved(scoped, people.director, version)
    after = standings_on(everyone, ON)
    closed = {key for key in before if before[key].rights.is_open and not after[key].rights.is_open}
    assert losing == closed
    assert len(losing) == 4  # the unpaid family has nothing to lose
    assert families_count(impact.losing) == 2
    back = impact_of(scoped, file_rule_on(scoped, ON), NOTHING_ASKED, ON)
    assert {person.pk for person in back.regaining} == closed
    assert not back.losing.exists()


def test_a_rule_is_decided_by_two_persons_and_stays(scoped: Mutual, people: People) -> None:
    version = proposed(scoped, people.coordinator, PHOTO_OF_ALL)
    assert file_rule_on(scoped, ON) == NOTHING_ASKED
    with pytest.raises(Refusal, match="FORBIDDEN"):
        approved(scoped, people.coordinator, version)
    approved(scoped, people.director, version)
    assert file_rule_on(scoped, ON).suspending == (Piece.PHOTO,)
    with pytest.raises(Refusal, match="FILE_RULE_APPROVED_ALREADY"):
        approved(scoped, people.elected_officer, version)
    with pytest.raises(DatabaseError), transaction.atomic():
        FileRuleVersion.objects.update(document={})


@pytest.mark.parametrize(
    ("document", "more", "code"),
    [
        (PHOTO_OF_ALL, {"source": " "}, "FILE_RULE_SOURCE_MISSING"),
        (PHOTO_OF_ALL, {"effective_from": date(2025, 6, 15)}, "FILE_RULE_PAST"),
        ({}, {}, "FILE_RULE_SAME"),
        ({"soul": {}}, {}, "INPUT_REFUSED"),
    ],
)
def test_what_is_no_rule_is_refused(
    scoped: Mutual, people: People, document: Document, more: dict[str, object], code: str
) -> None:
    with pytest.raises(Refusal) as refused:
        proposed(scoped, people.coordinator, document, **more)  # type: ignore[arg-type]
    assert refused.value.code == code


def test_a_rule_whose_first_day_has_gone_by_is_proposed_again(
    scoped: Mutual, people: People
) -> None:
    version = proposed(scoped, people.coordinator, PHOTO_OF_ALL)
    with pytest.raises(Refusal, match="FILE_RULE_PAST"):
        approve_file_rule(
            mutual=scoped,
            actor=people.director,
            on=date(2025, 6, 17),
            idempotency_key=a_key(),
            version=version,
        )


@pytest.mark.parametrize("person", ["awa", "director", "fanta"])
def test_only_who_may_proposes(scoped: Mutual, people: People, person: str) -> None:
    with pytest.raises(Refusal, match="FORBIDDEN"):
        proposed(scoped, getattr(people, person), PHOTO_OF_ALL)
