from django.db import migrations

from entraide.apps.access.guarding import guarding


class Migration(migrations.Migration):
    dependencies = [("enrolment", "0009_newborns_registered_late")]

    operations = [guarding("enrolment_groupcontract")]
