"""Levels of providers become those of the pyramid; agreements of before were approved on paper."""

from __future__ import annotations

from django.db import migrations

LEVELS = {"post": "primary", "centre": "primary", "hospital": "district"}


def take_over(apps, schema_editor):
    """Old words of a level; the day on which an agreement was recorded is that of its approval."""
    providers = apps.get_model("providers", "Provider")._base_manager
    for old, new in LEVELS.items():
        providers.filter(level=old).update(level=new)
    agreements = apps.get_model("providers", "Agreement")._base_manager
    for agreement in agreements.filter(approved_on__isnull=True).only("pk", "recorded_at"):
        agreements.filter(pk=agreement.pk).update(
            approved_on=agreement.recorded_at.date(), entered_on=agreement.recorded_at.date()
        )


class Migration(migrations.Migration):
    dependencies = [("providers", "0002_conventions")]
    operations = [migrations.RunPython(take_over, migrations.RunPython.noop)]
