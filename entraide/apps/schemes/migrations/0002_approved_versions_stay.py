from django.db import migrations

from entraide.apps.access.triggers import guarding


class Migration(migrations.Migration):
    dependencies = [("schemes", "0001_initial")]

    operations = [guarding("schemes_productversion")]
