from django.db import migrations

from entraide.apps.access.guarding import guarding


class Migration(migrations.Migration):
    dependencies = [("takeover", "0003_imports_in_the_background")]

    operations = [guarding("takeover_loanrefinancing")]
