"""The warehouse: typed as the star says, reused until something changes, whole or absent."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.conf import LazySettings
from django_scopes import scope

from entraide.apps.claims.approval import approve_decided_claims
from entraide.apps.claims.models import MedicalDetail
from entraide.apps.enrolment.models import Person
from entraide.apps.nomenclature.models import Diagnosis
from entraide.apps.reporting.models import WarehouseExport
from entraide.apps.reporting.table_writing import schema_of
from entraide.apps.reporting.warehouse import export_warehouse, folder_of
from entraide.apps.schemes.models import Mutual, Product
from entraide.indicators.schema import COLUMNS
from tests.builders import a_claim, a_household, a_key, a_payment, a_provider
from tests.indicators.three_households import three_households
from tests.people import People


def _read(export: WarehouseExport, name: str) -> list[dict[str, object]]:
    return pq.read_table(folder_of(export) / f"{name}.parquet").to_pylist()


def test_every_table_has_the_types_of_the_star(mutual: Mutual, people: People) -> None:
    empty = export_warehouse(mutual)
    three_households(mutual, people)
    filled = export_warehouse(mutual)
    for export in (empty, filled):
        for name in COLUMNS:
            read = pq.read_schema(folder_of(export) / f"{name}.parquet")
            plain = [
                (
                    field.name,
                    field.type.value_type if pa.types.is_dictionary(field.type) else field.type,
                )
                for field in read
            ]
            assert plain == [(field.name, field.type) for field in schema_of(name)], name
    assert filled.row_counts["membership"] == 4
    assert filled.row_counts["claim"] == 5  # the reversed one apart
    assert empty.row_counts["cover_month"] == 0


def test_an_export_is_reused_until_something_changes(
    mutual: Mutual, people: People, product: Product
) -> None:
    first = export_warehouse(mutual)
    assert export_warehouse(mutual) == first
    with scope(mutual=mutual):
        a_household(mutual, people.awa, product)
    second = export_warehouse(mutual)
    assert second != first
    assert second.row_counts["due"] == 2  # the contribution and the joining fee
    assert folder_of(first).is_dir(), "a reader may still be in the former folder"


def test_old_folders_go_and_no_unfinished_one_stays(
    mutual: Mutual, people: People, product: Product
) -> None:
    folders: list[Path] = []
    for day in (10, 11, 12, 13):
        with scope(mutual=mutual):
            a_household(mutual, people.awa, product, enrolled_on=date(2025, 1, day))
        folders.append(folder_of(export_warehouse(mutual)))
    assert [folder.is_dir() for folder in folders] == [False, False, True, True]
    assert sorted(folders[-1].parent.iterdir()) == sorted(folders[-2:])


def test_postings_are_only_added_to(
    mutual: Mutual, people: People, product: Product, tmp_path: Path, settings: LazySettings
) -> None:
    """An export that goes on from another holds what one made afresh holds."""
    three_households(mutual, people)
    export_warehouse(mutual)
    with scope(mutual=mutual):
        household = a_household(mutual, people.awa, product, enrolled_on=date(2025, 9, 1))
        a_payment(household, people.awa, 13000, paid_on=date(2025, 9, 1))
    continued = export_warehouse(mutual)
    settings.WAREHOUSE_FOLDER = tmp_path  # nothing to go on from
    afresh = export_warehouse(mutual)
    assert continued.checksum == afresh.checksum
    assert continued.row_counts["posting"] > 60


def test_postings_of_other_books_are_not_gone_on_from(
    mutual: Mutual, people: People, product: Product
) -> None:
    """A database put back from a backup: the files tell of an entry that it does not hold."""
    three_households(mutual, people)
    export = export_warehouse(mutual)
    contents = folder_of(export) / "contents.json"
    told = json.loads(contents.read_text())
    told["last_entry"]["hash"] = "0" * 64
    contents.write_text(json.dumps(told))
    pq.write_table(schema_of("posting").empty_table(), folder_of(export) / "posting.parquet")
    with scope(mutual=mutual):
        a_household(mutual, people.awa, product, enrolled_on=date(2025, 9, 1))
    assert export_warehouse(mutual).row_counts["posting"] == export.row_counts["posting"] + 6


def test_files_that_were_lost_are_written_again(mutual: Mutual, people: People) -> None:
    three_households(mutual, people)
    export = export_warehouse(mutual)
    (folder_of(export) / "claim.parquet").unlink()
    again = export_warehouse(mutual)
    assert again.checksum == export.checksum  # the same facts, byte for byte
    assert (folder_of(again) / "claim.parquet").is_file()


def test_one_mutuals_facts_hold_nothing_of_another(
    mutual: Mutual, other_mutual: Mutual, people: People
) -> None:
    three_households(mutual, people)
    other = export_warehouse(other_mutual)
    facts = {name: count for name, count in other.row_counts.items() if name in COLUMNS}
    assert {name for name, count in facts.items() if count} <= {"dim_category", "dim_product"}


def test_no_name_and_no_diagnosis_leaves(scoped: Mutual, people: People, product: Product) -> None:
    household = a_household(scoped, people.awa, product)
    a_payment(household, people.awa, 13000)
    diagnosis = Diagnosis.objects.create(system="icd-11", code="1F40", label="Paludisme grave")
    person = household.persons.get(is_member=True)
    a_claim(
        person, a_provider(scoped, people.moussa), people.awa, diagnosis=diagnosis,
        medical_notes="Convulsions",
    )  # fmt: skip
    assert MedicalDetail.objects.count() == 1
    export = export_warehouse(scoped)
    written = str([_read(export, name) for name in COLUMNS])
    hidden = [diagnosis.code, diagnosis.label, "Convulsions"]
    for each in Person.objects.all():
        hidden += [each.name, each.given_name, each.number]
    assert [text for text in hidden if text and text in written] == []
    assert str(person.uid) in written, "the record's key stays, to find the rows again"


def test_a_receipt_taken_back_weighs_on_its_day(
    scoped: Mutual, people: People, product: Product
) -> None:
    from entraide.apps.contributions.corrections import reverse_payment

    household = a_household(scoped, people.awa, product)
    payment = a_payment(household, people.awa, 13000)
    reverse_payment(
        mutual=scoped, actor=people.moussa, on=date(2025, 4, 1), idempotency_key=a_key(),
        payment=payment, reason="Chèque sans provision",
    )  # fmt: skip
    export = export_warehouse(scoped)
    rows = [row for row in _read(export, "payment") if row["kind"] == "contribution"]
    assert [(row["paid_on"], row["amount_minor"]) for row in rows] == [
        (date(2025, 1, 10), 12000),
        (date(2025, 4, 1), -12000),
    ]
    # Never paid in the end: covered during the thirty days of grace only.
    cover = _read(export, "cover_month")
    assert {row["month"] for row in cover} == {date(2025, 1, 1), date(2025, 2, 1)}
    assert sum(int(str(row["days"])) for row in cover) == 3 * 31


def test_a_claim_is_counted_once_whatever_its_decisions(
    scoped: Mutual, people: People, product: Product
) -> None:
    from entraide.apps.claims.review import review_claim

    household = a_household(scoped, people.awa, product)
    a_payment(household, people.awa, 13000)
    claim = a_claim(
        household.persons.get(is_member=True), a_provider(scoped, people.moussa), people.awa
    )
    review_claim(
        mutual=scoped, actor=people.medical_adviser, on=date(2025, 3, 20),
        idempotency_key=a_key(), claim=claim, reason="Acte non justifié",
        changes=(),
    )  # fmt: skip
    [row] = _read(export_warehouse(scoped), "claim")
    assert row["decided_on"] == date(2025, 3, 20)


def test_an_approval_changes_the_state_that_is_exported(
    scoped: Mutual, people: People, product: Product
) -> None:
    household = a_household(scoped, people.awa, product)
    a_payment(household, people.awa, 13000)
    a_claim(household.persons.get(is_member=True), a_provider(scoped, people.moussa), people.awa)
    assert [row["state"] for row in _read(export_warehouse(scoped), "claim")] == ["decided"]
    approve_decided_claims(
        mutual=scoped, actor=people.moussa, on=date(2025, 3, 5), idempotency_key=a_key()
    )
    assert [row["state"] for row in _read(export_warehouse(scoped), "claim")] == ["approved"]


@pytest.mark.requirement("R143")
def test_each_fact_keeps_the_key_of_its_record(mutual: Mutual, people: People) -> None:
    three_households(mutual, people)
    export = export_warehouse(mutual)
    for name in ("membership", "due", "payment", "claim"):
        assert all(row["uid"] for row in _read(export, name))
