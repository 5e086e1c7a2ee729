"""A family that is here, sent again: who is new is added, the rest listed; old cards find people."""

from __future__ import annotations

from datetime import date

import pytest

from entraide.apps.access.models import User
from entraide.apps.access.services import system_user
from entraide.apps.contributions.models import ContributionDue
from entraide.apps.enrolment.models import EarlierNumber, Household, Person
from entraide.apps.enrolment.numbers import record_earlier_number
from entraide.apps.enrolment.selectors import person_by_number
from entraide.apps.ledger.models import Entry
from entraide.apps.reporting.verification import verify
from entraide.apps.schemes.models import Mutual, Product
from entraide.apps.takeover.rows import advance_told, advances_of
from entraide.exchange.registers.plan import Action
from tests.builders import MEMBER, a_household, a_key
from tests.exchange.registers.conftest import Import, Planned
from tests.files.workbooks import HEADER, csv_of
from tests.people import People

FIRST = (
    HEADER,
    ("1", "Ado Koffi", "12/06/1987", "M", "Adhérent", "90 12 34 56"),
    ("1", "Ado Afi", "1990", "F", "Conjointe", ""),
)
CHILD_ROW = ("1", "Ado Kossi", "03/02/2021", "M", "Enfant", "")
OLD_HEADER = (
    "N° adhésion", "N° bénéficiaire", "Nom", "Date naissance", "Sexe", "Lien parenté",
    "Date adhésion", "Début couverture", "Fin couverture", "Payé d’avance",
)  # fmt: skip
OLD = (
    OLD_HEADER,
    ("A-77", "a-77 /1", "Ado Koffi", "12/06/1987", "M", "Adhérent", "01/03/2022", "01/03/2025",
     "28/02/2026", "4 500 F CFA"),
    ("A-77", "A-77/2", "Ado Afi", "1990", "F", "Conjoint", "", "", "", ""),
)  # fmt: skip


@pytest.fixture(autouse=True)
def _product(product: Product) -> None:
    """The mutual has its product."""


@pytest.fixture
def system(db: None) -> User:
    return system_user()


def test_a_new_person_of_a_family_is_added_by_the_ordinary_service(
    importing: Import, planned: Planned, scoped: Mutual, today: date
) -> None:
    importing(csv_of(*FIRST))
    plan = planned(csv_of(*FIRST, CHILD_ROW))
    assert plan.by_action == {Action.ADD: 1}
    assert not plan.faults + plan.remarks
    run = importing(csv_of(*FIRST, CHILD_ROW))
    assert run.counts == {"persons_added": 1, "known": 1, "rows": 3}
    child = Person.objects.get(name="Ado Kossi")
    assert (child.household.persons.count(), child.entered_on, child.relation) == (
        3, today, "child",
    )  # fmt: skip
    assert importing(csv_of(*FIRST, CHILD_ROW)).counts == {"known": 1, "rows": 3}
    assert not verify(scoped).findings


def test_what_the_file_says_otherwise_is_listed_every_time_and_changes_nothing(
    importing: Import, planned: Planned
) -> None:
    importing(csv_of(*FIRST))
    said = (
        HEADER,
        ("1", "Ado Koffi", "12/06/1987", "F", "Adhérent", "91 00 00 00"),
        ("1", "Ado Yawa", "2010", "F", "Enfant", ""),
    )
    plan = planned(csv_of(*said))
    assert plan.by_action == {Action.ADD: 1, Action.DIFFERS: 1}
    assert [(each.code, each.data.get("column", "")) for each in plan.remarks] == [
        ("FACT_DIFFERS", "Sexe"), ("FACT_DIFFERS", "Téléphone"), ("PERSON_NOT_IN_FILE", ""),
    ]  # fmt: skip
    run = importing(csv_of(*said))
    assert run.counts == {"persons_added": 1, "differing": 1, "known": 1, "rows": 2}
    assert len(run.remarks) == 3
    assert Person.objects.get(name="Ado Koffi").sex == "M"
    again = planned(csv_of(*said))
    assert (again.changes, len(again.remarks)) == (0, 3)


def test_who_cannot_be_added_is_a_fault_at_its_row(importing: Import, planned: Planned) -> None:
    importing(csv_of(*FIRST))
    persons, dues = Person.objects.count(), ContributionDue.objects.count()
    wrong = ("1", "Ado Kossi", "03/02/1900", "M", "Enfant", "")
    plan = planned(csv_of(*FIRST, wrong))
    assert {each.data["row"] for each in plan.faults} == {4}
    assert (Person.objects.count(), ContributionDue.objects.count()) == (persons, dues)


def test_old_cards_find_their_bearers_however_they_are_typed(
    importing: Import, scoped: Mutual, system: User
) -> None:
    importing(csv_of(*OLD), actor=system)
    koffi = Person.objects.get(name="Ado Koffi")
    for typed in ("a-77 /1", "A-77/1", "a-77/1"):
        assert person_by_number(scoped, typed) == koffi
    assert EarlierNumber.objects.get().key == "A-77/1"
    plan_number = ("B-1", "A-77/1", "Kpodo Ama", "1980", "F", "Adhérent", "01/03/2024", "", "", "")
    with pytest.raises(Exception, match="INPUT_REFUSED"):
        importing(csv_of(OLD_HEADER, plan_number), actor=system)


def test_the_number_of_a_list_is_kept_beside_ours_but_not_the_count_of_its_rows(
    importing: Import, scoped: Mutual
) -> None:
    header = ("N° carte", "Nom", "Date de naissance", "Sexe")
    importing(csv_of(header, ("MAT-1009", "Ado Koffi", "1987", "M")))
    koffi = person_by_number(scoped, "mat-1009")
    assert koffi.number != "MAT-1009"
    assert "mat-1009" in koffi.search_text
    importing(csv_of(("N°", *header[1:]), ("1", "Bodo Yao", "1975", "M")))
    assert EarlierNumber.objects.count() == 1
    run = importing(csv_of(header, ("MAT-1009", "Kpodo Ama", "1980", "F")))
    assert [each["code"] for each in run.remarks] == ["EARLIER_NUMBER_TAKEN"]
    assert Household.objects.count() == 3


def test_who_is_here_already_is_found_by_the_card_of_the_old_tool(
    importing: Import, planned: Planned, scoped: Mutual, people: People, product: Product,
    system: User, today: date,
) -> None:  # fmt: skip
    home = a_household(scoped, people.awa, product, persons=(MEMBER,))
    row = ("A-9", "A-9/1", "ADJOVI Eloise", "12/04/1988", "F", "Adhérent", "", "", "", "")
    plan = planned(csv_of(OLD_HEADER, row), actor=system)
    assert plan.by_action == {Action.NUMBER: 1, Action.ALIKE: 1}
    run = importing(csv_of(OLD_HEADER, row), actor=system)
    assert run.counts == {"earlier_numbers": 1, "known": 1, "rows": 1}
    assert person_by_number(scoped, "a-9/1") == home.persons.get()
    assert planned(csv_of(OLD_HEADER, row), actor=system).changes == 0
    other = a_household(scoped, people.awa, product)
    record_earlier_number(
        mutual=scoped, actor=people.awa, on=today, idempotency_key=a_key(),
        person=other.persons.order_by("number")[1], number="A-10/1",
    )  # fmt: skip
    taken = ("A-10", "A-10/1", "ADJOVI Eloise", "12/04/1988", "F", "Adhérent", "", "", "", "")
    told = planned(csv_of(OLD_HEADER, taken), actor=system)
    assert "EARLIER_NUMBER_TAKEN" in [each.code for each in told.remarks]
    assert told.changes == 0


def test_a_person_added_to_a_family_taken_over_keeps_the_old_card_too(
    importing: Import, scoped: Mutual, system: User
) -> None:
    importing(csv_of(*OLD), actor=system)
    third = ("A-77", "A-77/7", "Ado Kossi", "03/02/2021", "M", "Enfant", "", "", "", "")
    run = importing(csv_of(*OLD, third), actor=system)
    assert run.counts == {"persons_added": 1, "known": 1, "rows": 3}
    assert person_by_number(scoped, "A-77/7").number == "A-77-3"
    assert not verify(scoped).findings


def test_money_paid_ahead_is_told_with_the_family_and_never_posted(
    importing: Import, system: User
) -> None:
    run = importing(csv_of(*OLD), actor=system)
    assert run.counts["advances"] == 1
    home = Household.objects.get()
    told = advance_told(home)
    assert told is not None
    assert (told.said, told.run) == ({"advance_minor": 4_500, "number": "A-77"}, run)
    assert list(advances_of(run)) == [told]
    assert Entry.objects.count() == 0
    assert [each["code"] for each in run.remarks] == ["ADVANCE_NOT_POSTED"]


def test_what_is_owed_and_paid_ahead_is_compared_too(
    importing: Import, planned: Planned, system: User
) -> None:
    header = (*OLD_HEADER, "Reste à payer")
    first, second = OLD[1:]
    importing(csv_of(header, (*first, "3 000"), (*second, "")), actor=system)
    same = planned(csv_of(header, (*first[:1], "A-77/1", *first[2:], "3 000"), (*second, "")),
                   actor=system)  # fmt: skip
    assert "FAMILY_AMOUNT_DIFFERS" not in {each.code for each in same.remarks}
    later = (*first[:-1], "800")
    plan = planned(csv_of(header, (*later, "1 500"), (*second, "")), actor=system)
    told = [(each.data["column"], each.data["there_minor"], each.data["here_minor"])
            for each in plan.remarks if each.code == "FAMILY_AMOUNT_DIFFERS"]  # fmt: skip
    assert told == [("Reste à payer", 1_500, 3_000), ("Payé d’avance", 800, 4_500)]
    assert plan.changes == 0
