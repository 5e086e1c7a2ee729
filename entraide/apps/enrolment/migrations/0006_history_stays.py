from django.db import migrations

from entraide.apps.access.guarding import guarding


class Migration(migrations.Migration):
    dependencies = [("enrolment", "0005_people_and_history")]

    operations = [guarding("enrolment_registerchange")]
