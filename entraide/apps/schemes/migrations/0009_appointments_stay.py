from django.db import migrations

from entraide.apps.access.guarding import guarding


class Migration(migrations.Migration):
    dependencies = [("schemes", "0008_product_drafts")]

    operations = [guarding("schemes_appointment")]
