from django.db import migrations

from entraide.apps.access.guarding import guarding


class Migration(migrations.Migration):
    dependencies = [("claims", "0003_counters_are_found_by_household")]

    operations = [guarding("claims_decision")]
