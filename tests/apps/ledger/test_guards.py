"""The database itself refuses to change what is recorded, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from entraide.apps.access.guard_check import missing_guards
from entraide.apps.access.models import AuditEvent, AuditKind
from entraide.apps.access.services import record_audit
from entraide.apps.access.triggers import (
    GUARDS,
    guard_of,
    put_guards,
    take_guards_away,
)
from entraide.apps.ledger.models import Entry, Posting
from entraide.apps.ledger.services import post_entry
from entraide.apps.ledger.verification import check_guards
from entraide.apps.schemes.models import Mutual
from tests.apps.ledger.test_services import TODAY, a_receipt
from tests.people import People

pytestmark = pytest.mark.requirement("R131", begun=True)


@pytest.fixture
def entry(scoped: Mutual, people: People) -> Entry:
    record_audit(kind=AuditKind.EXPORT, mutual=scoped, actor=people.awa)
    return post_entry(mutual=scoped, entry=a_receipt("R-1"), actor=people.moussa, on=TODAY)


@contextmanager
def refused() -> Iterator[None]:
    with pytest.raises(IntegrityError, match="only reversed"), transaction.atomic():
        yield


def run(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


# Guards of other apps are tried with what they guard.
APPEND_ONLY = [
    guard.table
    for guard in GUARDS
    if not guard.condition and guard.table.startswith(("ledger_", "access_"))
]


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_a_row_is_neither_changed_nor_deleted(entry: Entry, table: str) -> None:
    column = {"ledger_posting": "amount_minor", "access_auditevent": "code"}.get(
        table, "content_hash" if table == "access_commandlog" else "label"
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        count = cursor.fetchone()[0]
    assert count > 0
    for statement in (f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}"):
        with refused():
            run(statement)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        assert cursor.fetchone()[0] == count


def test_an_amount_is_not_changed_behind_the_services(entry: Entry) -> None:
    with refused():
        run(
            "UPDATE ledger_posting SET amount_minor = amount_minor + 1 WHERE entry_id = %s",
            entry.pk,
        )
    with refused():
        Entry.objects.filter(pk=entry.pk).update(occurred_on=date(2020, 1, 1))
    with refused():
        Entry.objects.filter(pk=entry.pk)._raw_delete(using="default")
    entry.label = "autre"
    with refused():
        entry.save()


def test_a_posting_is_not_added_to_an_entry_that_is_complete(scoped: Mutual, entry: Entry) -> None:
    first = Posting.objects.filter(entry=entry).first()
    assert first is not None
    with refused():
        Posting.objects.create(
            mutual=scoped,
            entry=entry,
            position=99,
            account=first.account,
            fund=first.fund,
            side=first.side,
            amount_minor=1,
        )


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_a_table_is_not_emptied_nor_its_rows_replaced(entry: Entry, table: str) -> None:
    if connection.vendor == "postgresql":
        connection.check_constraints()  # else PostgreSQL refuses for what this test has pending
        with refused():
            run(f"TRUNCATE {table} CASCADE")
        return
    with refused():
        run(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")


def test_a_row_is_not_replaced_through_another_of_its_keys(entry: Entry) -> None:
    """SQLite's REPLACE deletes the row whose number is taken, and no delete trigger fires."""
    if connection.vendor != "sqlite":
        with pytest.raises(IntegrityError), transaction.atomic():
            Entry.objects.create(**_copy_of(entry))
        return
    columns = [field.column for field in Entry._meta.concrete_fields if field.column != "id"]
    chosen = ", ".join(columns)
    values = chosen.replace("uid", "'00000000000000000000000000000001'", 1)
    with refused():
        run(f"INSERT OR REPLACE INTO ledger_entry ({chosen}) SELECT {values} FROM ledger_entry")
    assert Entry.objects.get().pk == entry.pk


def _copy_of(entry: Entry) -> dict[str, object]:
    names = [f.attname for f in Entry._meta.concrete_fields if f.name not in {"id", "uid"}]
    return {name: getattr(entry, name) for name in names}


def test_a_missing_guard_is_named_and_can_be_put_back(entry: Entry) -> None:
    assert missing_guards() == ()
    take_guards_away(connection, [guard_of("ledger_posting")])
    named = [finding.place for finding in check_guards()]
    assert "guard_ledger_posting_update" in named
    assert "guard_ledger_posting_insert" in named
    put_guards(connection, [guard_of("ledger_posting")])
    assert list(check_guards()) == []
    with refused():
        run("DELETE FROM ledger_posting")


def test_the_audit_journal_stays_as_written(entry: Entry) -> None:
    event = AuditEvent.objects.first()
    assert event is not None
    event.code = "AUTRE"
    with refused():
        event.save()
    with refused():
        AuditEvent.objects.all().delete()


@pytest.mark.django_db
def test_a_guard_of_the_same_name_that_guards_nothing_is_named() -> None:
    name = "guard_ledger_entry_update"
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"DROP TRIGGER {name}")
            cursor.execute(
                f"CREATE TRIGGER {name} BEFORE UPDATE ON ledger_entry BEGIN SELECT 1; END"
            )
        else:
            cursor.execute(
                "CREATE OR REPLACE FUNCTION guard_ledger_entry() RETURNS trigger "
                "LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$"
            )
    assert name in missing_guards()


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "postgresql", reason="how PostgreSQL tells its triggers")
@pytest.mark.parametrize(
    ("name", "tampering"),
    [
        (
            "guard_claims_decision_update",
            "ALTER TABLE claims_decision ENABLE REPLICA TRIGGER guard_claims_decision_update",
        ),
        (
            "guard_ledger_posting_update",
            (
                "DROP TRIGGER guard_ledger_posting_update ON ledger_posting;"
                "CREATE TRIGGER guard_ledger_posting_update BEFORE UPDATE ON ledger_posting"
                " FOR EACH ROW WHEN (false) EXECUTE FUNCTION guard_ledger_posting()"
            ),
        ),
    ],
)
def test_a_guard_that_never_acts_is_named(name: str, tampering: str) -> None:
    assert missing_guards() == ()
    run(tampering)
    assert missing_guards() == (name,)
