from django.db import migrations

from entraide.apps.access.guarding import guarding


class Migration(migrations.Migration):
    dependencies = [("enrolment", "0002_group_move")]

    operations = [guarding("enrolment_groupmove")]
