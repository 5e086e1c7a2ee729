"""Prices and approved conventions are kept as they were written."""

from __future__ import annotations

from django.db import migrations

from entraide.apps.access.guarding import guarding


class Migration(migrations.Migration):
    dependencies = [("providers", "0003_levels_and_approvals")]
    operations = [
        guarding("providers_tariff"),
        guarding("providers_pricechange"),
        guarding("providers_agreement"),
    ]
