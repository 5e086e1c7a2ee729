"""Before any command that needs the database: settings, migrations, cache table, system user."""

from __future__ import annotations

import os
import sys


def prepare_database() -> None:
    """Set Django up and create or migrate the database. Silent when there is nothing to do."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "entraide.config.settings")
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    settings.ENTRAIDE_DATA.mkdir(parents=True, exist_ok=True)
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        print(f"Base de données : {len(plan)} étapes de mise à jour…", file=sys.stderr)
        call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)
        from entraide.apps.access.services import system_user

        system_user()
