"""The migrated test database, kept between runs: eighty migrations cost ten seconds of each start.

On SQLite only. A copy is taken as long as no migration, nor what migrations call, has changed.
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

from entraide import apps

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
    """Django's own, but for ``migrate`` of an empty SQLite database in memory."""
    connection = connections[options.get("database", "default")]
    if name != "migrate" or connection.vendor != "sqlite":
        return _django_call_command(name, *words, **options)
    template = _template()
    connection.ensure_connection()
    if template.exists():
        with sqlite3.connect(template) as kept:
            kept.backup(connection.connection)
        kept.close()
        return None
    answer = _django_call_command(name, *words, **options)
    own = template.with_suffix(f".{os.getpid()}")
    with sqlite3.connect(own) as kept:
        connection.connection.backup(kept)
    kept.close()
    own.replace(template)
    return answer
