"""A mutual goes from one network to another: all of it, unchanged, or nothing."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django_scopes import scope, scopes_disabled

from entraide.apps.access.models import AuditEvent, AuditKind, User
from entraide.apps.access.services import system_user
from entraide.apps.access.triggers import put_guards, take_guards_away
from entraide.apps.cards.keys import current_key, public_keys_of
from entraide.apps.enrolment.models import Person
from entraide.apps.enrolment.search_index import containing
from entraide.apps.ledger.models import Entry
from entraide.apps.providers.models import Agreement, Provider, Tariff, TariffList
from entraide.apps.reporting.verification import verify_network
from entraide.apps.schemes.models import Appointment, Federation, Mutual
from entraide.core.errors import Refusal, RefusedRows
from entraide.exchange.moving.arrival import Arrived, bring_mutual
from entraide.exchange.moving.reading import tables_in
from entraide.exchange.moving.tables import (
    LEFT,
    MUTUAL,
    SHARED,
    columns_of,
    our_models,
    own_models,
    owner_of,
    relations_of,
)
from entraide.exchange.moving.writing import write_mutual
from tests.cli.conftest import cli
from tests.cli.running import CommandLine

__all__ = ["cli"]

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R199")]

CODE = "atia-sante"
Change = Callable[[list[Any]], None]


def quiet(table: str, count: int) -> None:
    """Nobody waits for news."""


def written(mutual: Mutual, path: Path) -> Path:
    with path.open("wb") as file:
        write_mutual(mutual, file, actor=system_user(), progress=quiet)
    return path


def brought(path: Path, federation: str = "") -> Arrived:
    return bring_mutual(path, actor=system_user(), federation=federation, progress=quiet)


@pytest.fixture
def leaving(network: list[Mutual], tmp_path: Path) -> Path:
    """The file of a mutual that this database then knows no more; five others stay."""
    mutual = Mutual.objects.get(code=CODE)
    path = written(mutual, tmp_path / "atia.entraide")
    forget(mutual)
    return path


def forget(mutual: Mutual) -> None:
    """As if the mutual had never been here: what the product itself never does."""
    take_guards_away(connection)
    with scopes_disabled():
        for model in [*own_models(), *(apps.get_model(label) for label in LEFT)]:
            names = {field.name for field in model._meta.concrete_fields}
            if model in own_models() or "mutual" in names:
                rows = model._base_manager.filter(**{owner_of(model): mutual})
                rows.order_by()._raw_delete(rows.db)
        Mutual.objects.filter(pk=mutual.pk)._raw_delete("default")
    put_guards(connection)
    connection.check_constraints()


def without_keys(path: Path) -> dict[str, list[Any]]:
    """Table → its rows, each key replaced by what it names: the same in every database."""
    names: dict[str, dict[int, Any]] = {}
    tables: dict[str, tuple[list[str], list[Any]]] = {}
    for label, columns, rows in tables_in(path):
        kept = list(rows)
        tables[label] = columns, kept
        at = columns.index("id")
        names[label] = {row[at]: rank for rank, row in enumerate(kept)}
        if label in SHARED and "uid" in columns:
            names[label] = {row[at]: row[columns.index("uid")] for row in kept}
    for label, (columns, kept) in tables.items():
        model = apps.get_model(label)
        for row in kept:
            row[columns.index("id")] = names[label][row[columns.index("id")]]
            for relation in relations_of(model):
                place = columns.index(relation.attname)
                if row[place] is not None:
                    row[place] = names[relation.related_model._meta.label][row[place]]
    return {label: kept for label, (_, kept) in tables.items()}


def test_every_table_of_the_product_goes_along_or_stays_for_a_reason() -> None:
    own = {model._meta.label for model in own_models()}
    assert own.isdisjoint(SHARED)
    assert own.isdisjoint(LEFT)
    known = own | {*SHARED, *LEFT, MUTUAL}
    assert {model._meta.label for model in our_models()} == known
    going = known - LEFT
    for model in our_models():
        if model._meta.label in going:
            assert {each.related_model._meta.label for each in relations_of(model)} <= going
            assert "id" in {column.attname for column in columns_of(model)}


def test_there_and_back_again_nothing_has_changed(leaving: Path, tmp_path: Path) -> None:
    arrived = brought(leaving)
    again = written(arrived.mutual, tmp_path / "again.entraide")
    before, after = without_keys(leaving), without_keys(again)
    journal = "access.AuditEvent"
    assert [row[4:] for row in after[journal]][: len(before[journal])] == [
        row[4:] for row in before[journal]
    ]
    del before[journal], after[journal]
    assert before == after
    assert sum(map(len, before.values())) > 1_000


def test_what_came_is_proven_found_and_told_and_the_others_are_untouched(leaving: Path) -> None:
    others = set(Mutual.objects.values_list("code", flat=True))
    arrived = brought(leaving)
    verified, of_database = verify_network()
    assert not of_database
    assert not any(each.findings for each in verified)
    assert {each.mutual.code for each in verified} == {*others, CODE}
    with scope(mutual=arrived.mutual):
        someone = Person.objects.filter(search_text__gt="").first()
        assert someone is not None
        word = max(someone.search_text.split(), key=len)
        assert someone in containing(Person.objects.filter(mutual=arrived.mutual), [word])
        assert Entry.objects.count() > 0
        assert current_key(arrived.mutual) is None  # a private key never leaves its installation
    assert public_keys_of(arrived.mutual)  # and the cards that it signed still prove themselves
    event = AuditEvent.objects.filter(mutual=arrived.mutual, kind=AuditKind.IMPORT).latest("id")
    assert event.details["sha256"] == arrived.sha256


def test_next_document_follows_the_last_one(leaving: Path) -> None:
    """New rows take keys after those that came: nothing is overwritten, on either database."""
    arrived = brought(leaving)
    with scope(mutual=arrived.mutual):
        last = Person.objects.latest("id")
        copy = Person.objects.get(pk=last.pk)
        copy.pk, copy.uid, copy.number = None, Mutual().uid, "neuf"
        copy.save(force_insert=True)
        assert copy.pk > last.pk


@pytest.mark.requirement("R200", begun=True)
def test_it_joins_the_union_that_is_said(leaving: Path) -> None:
    Federation.objects.create(code="centre", name="Union du Centre")
    assert brought(leaving, "centre").mutual.federation.code == "centre"


def test_a_union_that_nobody_knows_brings_nothing(leaving: Path) -> None:
    with pytest.raises(Refusal) as refused:
        brought(leaving, "ailleurs")
    assert refused.value.code == "NOT_FOUND"
    assert not Mutual.objects.filter(code=CODE).exists()


def test_a_mutual_comes_once(leaving: Path) -> None:
    brought(leaving)
    with pytest.raises(Refusal) as refused:
        brought(leaving)
    assert refused.value.code == "MOVE_MUTUAL_THERE"


def test_people_come_without_password_or_power_and_under_a_free_name(leaving: Path) -> None:
    """One of them is unknown here, and somebody else signs in under that name."""
    with scopes_disabled():
        gone = User.objects.exclude(appointments__isnull=False).filter(is_system=False).first()
        assert gone is not None
        name = gone.username
        changed = User.objects.filter(pk=gone.pk)
        uid = gone.uid
        changed.update(uid=Mutual().uid, is_superuser=True)
    arrived = brought(leaving)
    came = User.objects.get(uid=uid)
    assert came.username == f"{name}-{CODE}"
    assert not came.has_usable_password()
    assert not came.is_superuser
    assert not came.is_staff
    assert [note.name for note in arrived.notes if note.what == "renamed"] == [came.username]
    assert Appointment.objects.filter(mutual=arrived.mutual, user=came).exists()


def test_prices_of_the_network_are_never_changed_by_who_joins(leaving: Path) -> None:
    price = Tariff.objects.filter(tariff_list__code="mg-0.07-public").earliest("id")
    later = Tariff.objects.create(
        tariff_list=price.tariff_list, care_item=price.care_item,
        unit_price_minor=price.unit_price_minor + 100, effective_from=date(2026, 5, 2),
    )  # fmt: skip
    arrived = brought(leaving)
    assert price.tariff_list.tariffs.filter(pk=later.pk).exists()
    own = TariffList.objects.get(system=CODE)
    assert own.tariffs.filter(unit_price_minor=price.unit_price_minor).exists()
    assert not own.tariffs.filter(effective_from=later.effective_from).exists()
    with scope(mutual=arrived.mutual):
        assert Agreement.objects.filter(mutual=arrived.mutual, tariff_list=own).exists()
    assert [note.what for note in arrived.notes] == ["apart"]


def test_another_provider_under_the_same_code_is_not_taken_for_it(leaving: Path) -> None:
    """The books name a provider by its identifier: two of them are not made one by a code."""
    one = Provider.objects.get(code="atia-sante-csb1")
    before = one.uid
    Provider.objects.filter(pk=one.pk).update(uid=Mutual().uid, name="Un autre centre")
    brought(leaving)
    came = Provider.objects.get(uid=before)
    assert (came.system, came.code) == (CODE, one.code)
    assert Provider.objects.get(pk=one.pk).name == "Un autre centre"


def changed(path: Path, change: Change, *, is_signed: bool) -> Path:
    """The file with other lines, its sum made again or not."""
    lines = [json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()]
    change(lines)
    texts = [json.dumps(line).encode() + b"\n" for line in lines]
    if is_signed:
        lines[-1]["sha256"] = hashlib.sha256(b"".join(texts[:-1])).hexdigest()
        texts[-1] = json.dumps(lines[-1]).encode() + b"\n"
    path.write_bytes(gzip.compress(b"".join(texts)))
    return path


def start_of(lines: list[Any], table: str) -> int:
    return next(
        at for at, line in enumerate(lines) if isinstance(line, dict) and line.get("table") == table
    )


def other_amount(lines: list[Any]) -> None:
    at = start_of(lines, "ledger.Posting")
    lines[at + 1][lines[at]["columns"].index("amount_minor")] += 1


def negative_key(lines: list[Any]) -> None:
    at = start_of(lines, "enrolment.Person")
    lines[at + 1][lines[at]["columns"].index("household_id")] = -3


def row_of_nobody(lines: list[Any]) -> None:
    at = start_of(lines, "enrolment.Person")
    lines[at + 1][lines[at]["columns"].index("household_id")] = 10**9


def row_less(lines: list[Any]) -> None:
    del lines[start_of(lines, "claims.Claim") + 1]


def other_tables(lines: list[Any]) -> None:
    lines[0]["tables"]["enrolment"] = "0001_initial"


def other_columns(lines: list[Any]) -> None:
    lines[start_of(lines, "enrolment.Person")]["columns"][1] = "password"


def last_line_without_rows(lines: list[Any]) -> None:
    del lines[-1]["rows"]


def last_line_with_a_list(lines: list[Any]) -> None:
    lines[-1]["rows"] = [1, 2]


def of_person(column: str, value: Any) -> Change:
    def change(lines: list[Any]) -> None:
        at = start_of(lines, "enrolment.Person")
        lines[at + 1][lines[at]["columns"].index(column)] = value

    return change


def amount_of(value: Any) -> Change:
    def change(lines: list[Any]) -> None:
        at = start_of(lines, "ledger.Posting")
        lines[at + 1][lines[at]["columns"].index("amount_minor")] = value

    return change


def of_mutual(column: str, value: Any) -> Change:
    """Another mutual, in the first line too."""

    def change(lines: list[Any]) -> None:
        at = start_of(lines, "schemes.Mutual")
        lines[at + 1][lines[at]["columns"].index(column)] = value
        if column in lines[0]["mutual"]:
            lines[0]["mutual"][column] = value

    return change


@pytest.mark.parametrize(
    ("change", "is_signed", "code"),
    [
        (last_line_without_rows, True, "MOVE_FILE_DAMAGED"),
        (last_line_with_a_list, True, "MOVE_FILE_DAMAGED"),
        (of_person("id", 10**30), True, "MOVE_FILE_UNREADABLE"),
        (amount_of(10**30), True, "MOVE_FILE_UNREADABLE"),
        (amount_of(float("inf")), True, "MOVE_FILE_UNREADABLE"),
        (of_person("name", "A\0B"), True, "MOVE_FILE_UNREADABLE"),
        (of_person("name", "A\u202eB"), True, "MOVE_FILE_UNREADABLE"),
        (of_person("name", "A" * 100_000), True, "MOVE_FILE_UNREADABLE"),
        (of_mutual("code", "../../evil"), True, "MOVE_FILE_UNREADABLE"),
        (of_mutual("uid", "personne"), True, "MOVE_FILE_UNREADABLE"),
        (of_mutual("name", "A\u202eB"), True, "MOVE_FILE_UNREADABLE"),
        (of_mutual("name", "A" * 100_000), True, "MOVE_FILE_UNREADABLE"),
        (of_mutual("place", "A\0B"), True, "MOVE_FILE_UNREADABLE"),
        (of_mutual("currency", "ZZZ"), True, "MOVE_FILE_UNREADABLE"),
        (of_mutual("time_zone", "Mars/X"), True, "MOVE_FILE_UNREADABLE"),
        (of_mutual("country", "zz"), True, "MOVE_FILE_UNREADABLE"),
        (of_mutual("settings", ["card_unit"]), True, "MOVE_FILE_UNREADABLE"),
        (other_amount, False, "MOVE_FILE_DAMAGED"),
        (other_amount, True, "MOVE_BOOKS_BROKEN"),
        (negative_key, True, "MOVE_FILE_UNREADABLE"),
        (row_of_nobody, True, "MOVE_FILE_UNREADABLE"),
        (row_less, True, "MOVE_FILE_UNREADABLE"),
        (other_columns, True, "MOVE_FILE_UNREADABLE"),
        (other_tables, True, "MOVE_OTHER_VERSION"),
    ],
)
def test_a_file_that_is_not_as_it_was_written_brings_nothing(
    leaving: Path, change: Change, is_signed: bool, code: str
) -> None:
    counts = [model._base_manager.count() for model in our_models()]
    with pytest.raises(Refusal) as refused:
        brought(changed(leaving, change, is_signed=is_signed))
    assert refused.value.code == code
    assert [model._base_manager.count() for model in our_models()] == counts


def test_settings_that_the_page_of_settings_would_refuse_are_named_all(leaving: Path) -> None:
    wrong = of_mutual("settings", {"card_unit": "village", "no_such": 1, "help_number": 7})
    with pytest.raises(RefusedRows) as refused:
        brought(changed(leaving, wrong, is_signed=True))
    told = {(finding.code, finding.place) for finding in refused.value.findings}
    assert {place for _code, place in told} == {
        "settings.card_unit", "settings.no_such", "settings.help_number"
    }  # fmt: skip
    assert ("SETTING_UNKNOWN", "settings.no_such") in told


@pytest.mark.parametrize("at", [0, 1, -1])
def test_a_line_nested_without_end_is_told(leaving: Path, at: int) -> None:
    lines = gzip.decompress(leaving.read_bytes()).splitlines()
    lines[at] = b"[" * 200_000 + b"]" * 200_000
    texts = [line + b"\n" for line in lines]
    if at != -1:
        end = json.loads(lines[-1])
        end["sha256"] = hashlib.sha256(b"".join(texts[:-1])).hexdigest()
        texts[-1] = json.dumps(end).encode() + b"\n"
    leaving.write_bytes(gzip.compress(b"".join(texts)))
    with pytest.raises(Refusal) as refused:
        brought(leaving)
    told = {0: "MOVE_FILE_FOREIGN", 1: "MOVE_FILE_UNREADABLE", -1: "MOVE_FILE_DAMAGED"}
    assert refused.value.code == told[at]


def test_what_is_no_file_of_a_mutual_is_told(leaving: Path, tmp_path: Path) -> None:
    whole = leaving.read_bytes()
    for name, content, code in (
        ("text", b"rien", "MOVE_FILE_FOREIGN"),
        ("empty", b"", "MOVE_FILE_FOREIGN"),
        ("json", gzip.compress(b'{"a": 1}\n'), "MOVE_FILE_FOREIGN"),
        ("cut", whole[: len(whole) // 2], "MOVE_FILE_DAMAGED"),
    ):
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(Refusal) as refused:
            brought(path)
        assert refused.value.code == code, name
    with pytest.raises(Refusal) as refused:
        brought(tmp_path / "nowhere")
    assert refused.value.code == "FILE_NOT_FOUND"


def test_real_books_and_a_demonstration_do_not_mix(leaving: Path) -> None:
    Mutual.objects.filter(code="dagbe-sante").update(is_demonstration=False)
    with pytest.raises(Refusal) as refused:
        brought(leaving)
    assert refused.value.code == "MOVE_DEMONSTRATION"


def test_books_that_do_not_hold_do_not_leave(network: list[Mutual]) -> None:
    mutual = Mutual.objects.get(code=CODE)
    take_guards_away(connection)
    with scope(mutual=mutual):
        Entry.objects.filter(mutual=mutual, sequence=1).update(label="autre chose")
    put_guards(connection)
    with pytest.raises(Refusal) as refused:
        write_mutual(mutual, BytesIO(), actor=system_user(), progress=quiet)
    assert refused.value.code == "MOVE_BOOKS_BROKEN"


def test_by_the_command_line(
    cli: CommandLine, network: list[Mutual], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("entraide.cli.main._prepare_database", lambda: None)
    mutual, file = Mutual.objects.get(code=CODE), tmp_path / "atia.entraide"
    assert cli.run("export", "mutual", CODE, str(file), "--json") == 0
    sent = cli.document
    assert file.stat().st_mode & 0o077 == 0
    assert cli.run("import", "mutual", str(file), "--json") == 1
    assert cli.error["code"] == "MOVE_MUTUAL_THERE"
    forget(mutual)
    assert cli.run("import", "mutual", str(file), "--json") == 0
    assert (cli.document["sha256"], cli.document["rows"]) == (sent["sha256"], sent["rows"])
    assert cli.run("verify", "--json") == 0
    assert cli.run("export", "mutual", "nulle-part", str(file), "--json") == 1
    assert cli.error["code"] == "MUTUAL_UNKNOWN"
    assert cli.run("export", "mutual", CODE, str(tmp_path / "no" / "file"), "--json") == 1
    assert cli.error["code"] == "EXPORT_FOLDER_UNWRITABLE"
