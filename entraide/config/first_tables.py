"""The tables of an empty database, all at once, where a hundred migrations would take ten seconds.

Django's own replay of migrations makes each earlier state of each table again. An empty database
needs only the last one. What both ways leave is the same; a test compares them on each database.
"""

from __future__ import annotations

from django.core.management.sql import emit_post_migrate_signal, emit_pre_migrate_signal
from django.db import DEFAULT_DB_ALIAS
from django.db.migrations.executor import MigrationExecutor

from entraide.apps.access.triggers import put_guards


def is_empty(executor: MigrationExecutor) -> bool:
    """No table at all: not even a first migration was applied."""
    return not executor.connection.introspection.table_names()


def make_all_tables(executor: MigrationExecutor) -> None:
    """Make every table as the last migration leaves it, and record all migrations as applied.

    Only for an empty database (``is_empty``). All in one transaction: a start that is cut short
    leaves nothing. What a migration does to rows has nothing to do here, but for the guards; what
    the apps do after migrations (search index, permissions) is done.
    """
    connection = executor.connection
    last_state = executor.loader.project_state()
    emit_pre_migrate_signal(0, False, DEFAULT_DB_ALIAS)
    recorder = executor.recorder
    with connection.schema_editor() as editor:
        for model in (recorder.Migration, *last_state.apps.get_models()):
            if model._meta.can_migrate(connection) and not model._meta.swapped:
                editor.create_model(model)
        put_guards(connection)
        for app, name in executor.loader.graph.nodes:
            recorder.record_applied(app, name)
    emit_post_migrate_signal(0, False, DEFAULT_DB_ALIAS)
