"""Before any command that needs the database: settings, migrations, cache table, system user."""

from __future__ import annotations

import os
import re
import sys

from entraide.core.errors import Refusal

_VARIABLE = re.compile(r'"([A-Z_]+)"')


def prepare_database() -> None:
    """Set Django up and create or migrate the database. Silent when there is nothing to do.

    Refused with ``ENVIRONMENT_INVALID``, ``SECRET_KEY_UNREADABLE``, ``DATA_FOLDER_UNUSABLE`` or
    ``DATABASE_UNREACHABLE``: the environment names the variable, never its value.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "entraide.config.settings")
    _set_up()
    _require_known_roles()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from entraide.apps.access.services import system_user
    from entraide.config.first_tables import is_empty, make_all_tables

    _reach_database()
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan and is_empty(executor):
        make_all_tables(executor)
    elif plan:
        print(updating(len(plan)), file=sys.stderr)
        call_command("migrate", interactive=False, verbosity=0)
    # Made last: a start that was cut short before it is taken up again.
    if settings.CACHES["default"]["LOCATION"] not in connection.introspection.table_names():
        system_user()
        call_command("createcachetable", verbosity=0)


def updating(steps_count: int) -> str:
    """What the terminal tells while the database is brought up to date."""
    steps = "une étape" if steps_count == 1 else f"{steps_count} étapes"
    return f"Base de données : {steps} de mise à jour…"


def _set_up() -> None:
    import django
    from environs import EnvValidationError

    try:
        django.setup()
    except EnvValidationError as fault:
        named = _VARIABLE.search(str(fault))
        raise Refusal("ENVIRONMENT_INVALID", place=named[1] if named else "") from None


def _require_known_roles() -> None:
    """A role with a slip of the pen would ask nobody for a second factor, without a word."""
    from django.conf import settings

    from entraide.apps.schemes.models import Role

    if not set(settings.SECOND_FACTOR_ROLES) <= set(Role.values):
        raise Refusal("ENVIRONMENT_INVALID", place="ENTRAIDE_SECOND_FACTOR_ROLES")


def _reach_database() -> None:
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured
    from django.db import DatabaseError, connection

    from entraide.config.secret import unusable

    try:
        settings.ENTRAIDE_DATA.mkdir(parents=True, exist_ok=True)
    except OSError:
        raise unusable(settings.ENTRAIDE_DATA) from None
    try:
        connection.ensure_connection()
    except (DatabaseError, ImproperlyConfigured) as fault:
        reason = " ".join(str(fault).split())[:200]
        raise Refusal("DATABASE_UNREACHABLE", place="DATABASE_URL", reason=reason) from None
