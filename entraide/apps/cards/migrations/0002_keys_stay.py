from django.db import migrations

from entraide.apps.access.guarding import guarding


class Migration(migrations.Migration):
    dependencies = [("cards", "0001_initial")]

    operations = [guarding("cards_cardkey")]
