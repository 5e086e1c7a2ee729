"""An index of every three letters of ``Person.search_text``: a part of a name is found at once.

``LIKE '%koto%'`` reads every person of the network. The index narrows the search to the persons
who have all the groups of three letters of what was typed; ``LIKE`` then decides, so that the
answer is the same with the index and without it.

SQLite: a full-text table of trigrams that three triggers keep; PostgreSQL: a GIN index on a
function of our own, since the extension that has one is not installed everywhere. Both are made
after every migration, where they are missing: a migration that remakes ``enrolment_person`` on
SQLite loses the triggers.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import DEFAULT_DB_ALIAS, OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, F, Func, QuerySet, TextField
from django.db.models.expressions import RawSQL

from entraide.apps.enrolment.models import Person

TABLE = "enrolment_person_search"
_GROUP = 3  # letters
_LONGEST_WORD = 60  # what is typed beyond it narrows nothing further

_TRIGGERS = {
    "enrolment_person_search_insert": (
        "CREATE TRIGGER enrolment_person_search_insert AFTER INSERT ON enrolment_person BEGIN"
        " INSERT INTO enrolment_person_search(rowid, search_text)"
        " VALUES (NEW.id, NEW.search_text); END"
    ),
    "enrolment_person_search_delete": (
        "CREATE TRIGGER enrolment_person_search_delete AFTER DELETE ON enrolment_person BEGIN"
        " INSERT INTO enrolment_person_search(enrolment_person_search, rowid, search_text)"
        " VALUES ('delete', OLD.id, OLD.search_text); END"
    ),
    "enrolment_person_search_update": (
        "CREATE TRIGGER enrolment_person_search_update"
        " AFTER UPDATE OF search_text ON enrolment_person"
        " WHEN OLD.search_text <> NEW.search_text BEGIN"
        " INSERT INTO enrolment_person_search(enrolment_person_search, rowid, search_text)"
        " VALUES ('delete', OLD.id, OLD.search_text);"
        " INSERT INTO enrolment_person_search(rowid, search_text)"
        " VALUES (NEW.id, NEW.search_text); END"
    ),
}
_VIRTUAL_TABLE = (
    "CREATE VIRTUAL TABLE enrolment_person_search USING fts5("
    "search_text, content='enrolment_person', content_rowid='id', tokenize='trigram')"
)
_REBUILD = "INSERT INTO enrolment_person_search(enrolment_person_search) VALUES ('rebuild')"
_FOUND = "SELECT rowid FROM enrolment_person_search WHERE enrolment_person_search MATCH %s"
_COUNTED = (
    "SELECT COUNT(*) FROM (SELECT 1 FROM enrolment_person_search"
    " WHERE enrolment_person_search MATCH %s LIMIT %s)"
)
_MANY = 5000  # persons
_FUNCTION = (
    "CREATE OR REPLACE FUNCTION entraide_trigrams(said text) RETURNS text[]"
    " LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$"
    " SELECT array_agg(DISTINCT substr(said, place, 3))"
    " FROM generate_series(1, length(said) - 2) AS place $$"
)
_GIN = (
    "CREATE INDEX enrolment_person_search ON enrolment_person"
    " USING gin (entraide_trigrams(search_text))"
)


def ensure_search_index(connection: BaseDatabaseWrapper) -> None:
    """Make the index, or make it again where a migration has lost a part of it."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT to_regclass(%s) IS NULL", [TABLE])
            if cursor.fetchone() == (True,):
                cursor.execute(_FUNCTION)
                cursor.execute(_GIN)
            return
        cursor.execute("SELECT name FROM sqlite_master WHERE name LIKE %s", [f"{TABLE}%"])
        present = {name for (name,) in cursor.fetchall()}
        missing = [sql for name, sql in _TRIGGERS.items() if name not in present]
        if TABLE in present and not missing:
            return
        if TABLE not in present:
            try:
                cursor.execute(_VIRTUAL_TABLE)
            except OperationalError:  # an SQLite built without full-text search: LIKE alone
                return
        for statement in missing:
            cursor.execute(statement)
        cursor.execute(_REBUILD)


def has_search_index(connection: BaseDatabaseWrapper) -> bool:
    """Whether this database has the index; asked once per connection."""
    known: bool | None = getattr(connection, "_entraide_search_index", None)
    if known is None:
        known = connection.vendor == "postgresql" or TABLE in connection.introspection.table_names()
        connection._entraide_search_index = known  # type: ignore[attr-defined]
    return known


def containing(persons: QuerySet[Person], terms: Sequence[str]) -> QuerySet[Person]:
    """Of these persons, those in whose name, number and phones every term stands."""
    connection = connections[DEFAULT_DB_ALIAS]
    groups = [term[:_LONGEST_WORD] for term in terms if len(term) >= _GROUP]
    if groups and has_search_index(connection):
        persons = _narrowed(persons, groups, connection.vendor)
    return called_so(persons, terms)


def called_so(persons: QuerySet[Person], terms: Sequence[str]) -> QuerySet[Person]:
    """The same persons as :func:`containing`, read one by one."""
    for term in terms:
        persons = persons.filter(search_text__contains=term)
    return persons


def are_many(terms: Sequence[str]) -> bool:
    """Whether so many persons have these letters that the first of them in the order of names are
    found sooner by reading names in their order than by sorting all of them.

    PostgreSQL's planner knows by itself: False there.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    groups = [term[:_LONGEST_WORD] for term in terms if len(term) >= _GROUP]
    if not groups or connection.vendor == "postgresql" or not has_search_index(connection):
        return False
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED, [_phrase(groups), _MANY])
        return bool(cursor.fetchone() == (_MANY,))


def _phrase(terms: Sequence[str]) -> str:
    return " AND ".join('"' + term.replace('"', '""') + '"' for term in terms)


class _Contains(Func):
    """Whether one array of PostgreSQL holds all of another; answered by the index."""

    template = "(%(expressions)s)"
    arg_joiner = " @> "
    output_field = BooleanField()


def _narrowed(persons: QuerySet[Person], terms: Sequence[str], vendor: str) -> QuerySet[Person]:
    if vendor == "postgresql":
        groups = sorted({term[at : at + 3] for term in terms for at in range(len(term) - 2)})
        said = Func(F("search_text"), function="entraide_trigrams", output_field=TextField())
        wanted = RawSQL("%s::text[]", [groups], output_field=TextField())
        return persons.filter(_Contains(said, wanted))  # whatever the table is called in the query
    return persons.filter(pk__in=RawSQL(_FOUND, [_phrase(terms)]))  # noqa: S611 - likewise
