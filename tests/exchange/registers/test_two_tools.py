"""A mutual comes from B'mas, keeps its spreadsheet, and runs both tools for three months (R144)."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest

from entraide.apps.access.models import User
from entraide.apps.access.services import system_user
from entraide.apps.contributions.models import ContributionPayment
from entraide.apps.contributions.selectors import rights_by_number
from entraide.apps.enrolment.models import Photo
from entraide.apps.fieldwork.models import FollowContact
from entraide.apps.reporting.flat_columns import FLAT_FILES
from entraide.apps.reporting.flat_files import dictionary_file, flat_file
from entraide.apps.reporting.verification import verify
from entraide.apps.schemes.models import Mutual, Product
from entraide.apps.takeover.models import ImportedRow
from entraide.core.periods import Period
from entraide.exchange.registers.differences import Difference, differences
from entraide.exchange.registers.opening import open_table
from tests.exchange.registers.conftest import Import
from tests.exchange.registers.test_members import OLD
from tests.exchange.registers.test_other_tables import CARE, PAID
from tests.exchange.registers.test_photos import a_picture, zip_of
from tests.files.workbooks import csv_of

VISITS = (
    ("N° adhésion", "Date visite", "Animateur", "Objet", "Observation"),
    ("A-77", "02/05/2025", "Lova", "Suivi", ""),
)


@pytest.fixture
def system(product: Product) -> User:
    return system_user()


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


@pytest.mark.requirement("R144")
def test_from_the_old_tool_with_its_cards_and_two_tools_side_by_side(
    importing: Import, scoped: Mutual, system: User, today: date
) -> None:
    profiles = [importing(csv_of(*table), actor=system).profile
                for table in (OLD, PAID, CARE, VISITS)]  # fmt: skip
    assert profiles == ["bmas-membres", "bmas-cotisations", "bmas-sinistres", "bmas-visites"]
    photos = importing(zip_of({"A-77_2.jpg": a_picture()}), actor=system)
    assert photos.profile == "photos-par-numero"
    assert Photo.objects.get().person.number == "A-77/2"  # type: ignore[union-attr]
    assert rights_by_number(scoped, "a-77/2", today).membership is not None  # the old card
    assert ContributionPayment.objects.filter(document_number__startswith="BMAS-").count() == 3
    assert ImportedRow.objects.filter(kind="claims").count() == 3
    assert FollowContact.objects.get().household.number == "A-77"
    assert not verify(scoped).findings

    # Each month the same columns, and each of them in the dictionary.
    heads = []
    for month in (1, 2, 3):
        period = Period(date(2025, month, 1), date(2025, month + 1, 1))
        files = {
            name: flat_file(mutual=scoped, file=file, period=period)
            for name, file in FLAT_FILES.items()
        }
        heads.append({name: content.splitlines()[0] for name, content in files.items()})
    assert {"adherents", "cotisations", "sinistres", "activites"} <= set(heads[0])
    assert heads[0] == heads[1] == heads[2]
    told = {(row["fichier"], row["colonne"]) for row in rows_of(dictionary_file("fr"))}
    assert told == {
        (name, column)
        for name, head in heads[0].items()
        for column in head.decode("utf-8-sig").split(";")
    }
    whole = flat_file(mutual=scoped, file=FLAT_FILES["activites"])
    assert [row["activite"] for row in rows_of(whole)] == ["home_visit"]
    members = rows_of(flat_file(mutual=scoped, file=FLAT_FILES["adherents"]))
    assert {row["numero_personne"] for row in members} == {"A-77/1", "A-77/2", "A-78/1"}

    # Three months on both: nothing differs, then what was entered in the other tool alone.
    def compared(*table: tuple[str, ...]) -> list[tuple[Difference, str]]:
        opened = open_table(csv_of(*table), currency="XOF", today=today)
        return [(each.kind, each.number) for each in differences(opened.table, scoped, today)]

    assert compared(*OLD) == compared(*PAID) == []
    more = ("R-9", "A-77", "Ado", "06/06/2025", "500", "Espèces", "")
    assert compared(*PAID, more) == [(Difference.MISSING_HERE, "R-9")]
