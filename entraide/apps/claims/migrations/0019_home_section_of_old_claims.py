"""Claims older than the column take the section in which their family was on the day of care.

Only where the register tells it: the family's section of today, put back change by change. Where a
section was renamed since, or the family was in none, the claim stays without.
"""

from collections import defaultdict

from django.db import migrations
from django.db.migrations.recorder import MigrationRecorder

COLUMN_CAME_WITH = ("claims", "0011_home_and_care_sections")
AT_ONCE = 1000


def column_came_at(connection):
    """When this installation got the column; None where nobody can say."""
    applied = MigrationRecorder(connection).applied_migrations().get(COLUMN_CAME_WITH)
    return applied.applied if applied is not None else None


def fill_home_sections(apps, schema_editor):
    """The migration: every claim recorded before the column came, in batches."""
    came_at = column_came_at(schema_editor.connection)
    if came_at is not None:
        fill_before(apps, came_at)


def fill_before(apps, came_at):
    """Give its section to each claim recorded before a moment that has none."""
    claims = apps.get_model("claims", "Claim")._base_manager
    sections_on = _sections(apps)
    changed = []
    rows = claims.filter(home_branch=None, recorded_at__lt=came_at).order_by("pk")
    # All read before the first is written: SQLite would read what it writes.
    for claim in list(rows.only("pk", "mutual_id", "household_id", "care_on")):
        section = sections_on(claim.mutual_id, claim.household_id, claim.care_on)
        if section is None:
            continue
        claim.home_branch_id = section
        changed.append(claim)
        if len(changed) == AT_ONCE:
            claims.bulk_update(changed, ["home_branch"])
            changed.clear()
    claims.bulk_update(changed, ["home_branch"])


def _sections(apps):
    """``(mutual, family, day)`` → the key of the section that the family was in, or None."""
    households = apps.get_model("enrolment", "Household")._base_manager
    changes = apps.get_model("enrolment", "RegisterChange")._base_manager
    branches = apps.get_model("schemes", "Branch")._base_manager
    today = dict(households.values_list("pk", "branch"))
    named = defaultdict(list)
    for key, mutual, name in branches.values_list("pk", "mutual", "name"):
        named[mutual, name].append(key)
    moves = defaultdict(list)
    told = changes.filter(field="section").order_by("occurred_on", "pk")
    for household, day, before in told.values_list("household", "occurred_on", "before"):
        moves[household].append((day, before))

    def on(mutual, household, day):
        later = [before for moved_on, before in moves[household] if moved_on > day]
        if not later:
            return today.get(household)
        found = named.get((mutual, later[0]), [])
        return found[0] if len(found) == 1 else None

    return on


class Migration(migrations.Migration):

    dependencies = [
        ("claims", "0018_carried_claims"),
        ("enrolment", "0015_other_covers_of_a_person"),
        ("schemes", "0011_retroactive_reason"),
    ]

    operations = [migrations.RunPython(fill_home_sections, migrations.RunPython.noop)]
