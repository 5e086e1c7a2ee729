"""The test database: its tables made at once, as the product makes those of an empty database.

A hundred migrations would cost a minute of each start; ``tests/config`` compares what both leave.
On SQLite a copy is kept between runs, as long as no migration, nor what they call, has changed.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import sys
import tempfile
from pathlib import Path
from typing import Any

import django
from django.core import management
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from entraide import apps
from entraide.config.first_tables import is_empty, make_all_tables

_APPS = Path(apps.__file__).parent
_django_call_command = management.call_command


def _template() -> Path:
    """Where the copy stands that these sources would make again."""
    seen = hashlib.sha256(f"{django.VERSION} {sys.version} {sqlite3.sqlite_version}".encode())
    sources = [
        *_APPS.glob("*/migrations/*.py"),
        *_APPS.glob("*/models.py"),
        *_APPS.glob("*/models/*.py"),
        *_APPS.glob("*/apps.py"),
        *_APPS.glob("access/*.py"),
        *_APPS.glob("enrolment/search*.py"),
    ]
    for source in sorted(sources):
        seen.update(source.relative_to(_APPS).as_posix().encode() + source.read_bytes())
    folder = Path(tempfile.gettempdir()) / f"entraide-tests-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder / f"{seen.hexdigest()[:32]}.sqlite3"


def keep_migrated_database() -> None:
    """From now on, a test database is a copy of the one that an earlier run migrated."""
    management.call_command = _call_command


def _call_command(name: str, *words: Any, **options: Any) -> Any:
    """Django's own, but for ``migrate`` of an empty test database."""
    connection = connections[options.get("database", "default")]
    executor = MigrationExecutor(connection) if name == "migrate" and not words else None
    if executor is None or not is_empty(executor):
        return _django_call_command(name, *words, **options)
    if connection.vendor != "sqlite":
        make_all_tables(executor)
        return None
    template = _template()
    if template.exists():
        with sqlite3.connect(template) as kept:
            kept.backup(connection.connection)
        kept.close()
        return None
    make_all_tables(executor)
    own = template.with_suffix(f".{os.getpid()}")
    with sqlite3.connect(own) as kept:
        connection.connection.backup(kept)
    kept.close()
    own.replace(template)
    return None
