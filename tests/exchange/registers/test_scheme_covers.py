"""The list of a national scheme: who is covered by both is noted once, who is doubtful stays out."""

from __future__ import annotations

from datetime import date

import pytest

from entraide.apps.enrolment.models import Household, OtherCover
from entraide.apps.schemes.flags import OTHER_COVERS, Stage, set_flag
from entraide.apps.schemes.models import Mutual, Product
from entraide.core.errors import RefusedRows
from tests.builders import a_household, a_key
from tests.exchange.registers.conftest import Import, Planned
from tests.files.workbooks import csv_of
from tests.people import People

HEADER = (
    "N° d’immatriculation", "Nom", "Prénoms", "Date de naissance", "Sexe", "N° mutuelle",
    "Début des droits", "Fin des droits", "Régime",
)  # fmt: skip


@pytest.fixture
def family(scoped: Mutual, people: People, product: Product, today: date) -> Household:
    set_flag(
        mutual=scoped, actor=people.network_admin, on=today, idempotency_key=a_key(),
        flag=OTHER_COVERS.code, stage=Stage.OPEN, effective_from=date(2025, 1, 1),
    )  # fmt: skip
    return a_household(scoped, people.awa, product)


def row(number: str, person: object, **changes: str) -> tuple[str, ...]:
    said = {
        "name": person.name, "given": person.given_name,  # type: ignore[attr-defined]
        "birth": f"{person.birth_on:%d/%m/%Y}", "card": "", "from": "01/02/2025",  # type: ignore[attr-defined]
        "until": "", "payer": "AMU", **changes,
    }  # fmt: skip
    return (
        number, said["name"], said["given"], said["birth"], "", said["card"], said["from"],
        said["until"], said["payer"],
    )  # fmt: skip


@pytest.mark.requirement("R226", begun=True)
def test_who_is_on_both_lists_is_noted_once(
    family: Household, importing: Import, planned: Planned
) -> None:
    member, spouse, child = family.persons.order_by("number")
    content = csv_of(
        HEADER,
        row("A-1", member),
        # Written by the scheme in its own way: capitals, the given name first, no accent.
        row("A-2", spouse, name=f"{spouse.given_name} {spouse.name}".upper(), given=""),
        row("A-3", child, name="Quelqu’un", given="D’autre"),
        row("A-4", child, card=child.number, name="Nom d’usage", given=""),
    )
    assert {each.code for each in planned(content).remarks} == {"SCHEME_PERSON_UNKNOWN"}
    run = importing(content)
    assert (run.counts["covers"], run.counts["unmatched"]) == (3, 1)
    covers = OtherCover.objects.order_by("number")
    assert [(each.person, each.number, each.payer, each.pays_first) for each in covers] == [
        (member, "A-1", "AMU", True), (spouse, "A-2", "AMU", True), (child, "A-4", "AMU", True),
    ]  # fmt: skip
    assert {each.effective_from for each in covers} == {date(2025, 2, 1)}
    again = importing(content)
    assert again.counts["known"] == 3
    assert OtherCover.objects.count() == 3


def test_a_card_of_somebody_born_another_day_is_not_believed(
    family: Household, importing: Import
) -> None:
    member, spouse, _child = family.persons.order_by("number")
    run = importing(csv_of(HEADER, row("A-1", spouse, card=member.number)))
    assert run.counts["unmatched"] == 1
    assert not OtherCover.objects.exists()


def test_twins_of_one_name_are_not_guessed(
    family: Household, importing: Import, people: People, product: Product, scoped: Mutual
) -> None:
    a_household(scoped, people.awa, product)  # the same names and days again
    member = family.persons.get(is_member=True)
    run = importing(csv_of(HEADER, row("A-1", member)))
    assert run.counts["unmatched"] == 1


def test_rights_that_end_before_they_begin_are_a_fault(
    family: Household, importing: Import
) -> None:
    member = family.persons.get(is_member=True)
    with pytest.raises(RefusedRows) as refused:
        importing(csv_of(HEADER, row("A-1", member, until="31/01/2025")))
    assert [each.code for each in refused.value.findings] == ["OTHER_COVER_WITHOUT_DAYS"]


def test_a_mutual_that_notes_no_other_cover_is_told(
    scoped: Mutual, people: People, product: Product, importing: Import
) -> None:
    member = a_household(scoped, people.awa, product).persons.get(is_member=True)
    with pytest.raises(RefusedRows) as refused:
        importing(csv_of(HEADER, row("A-1", member)))
    assert [each.code for each in refused.value.findings] == ["FEATURE_NOT_OPEN"]
