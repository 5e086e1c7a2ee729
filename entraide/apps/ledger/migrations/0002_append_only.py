from django.db import migrations

from entraide.apps.access.guarding import guarding


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [guarding("ledger_entry", "ledger_posting")]
