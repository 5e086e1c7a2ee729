from django.db import migrations

from entraide.apps.access.guarding import guarding


class Migration(migrations.Migration):
    dependencies = [("access", "0002_initial")]

    operations = [guarding("access_commandlog", "access_auditevent")]
