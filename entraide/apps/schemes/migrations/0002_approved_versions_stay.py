from django.db import migrations

from entraide.apps.access.guarding import guarding


class Migration(migrations.Migration):
    dependencies = [("schemes", "0001_initial")]

    operations = [guarding("schemes_productversion")]
