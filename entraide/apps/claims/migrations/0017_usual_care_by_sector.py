from django.db import migrations, models


def forget(apps, schema_editor):
    """What was measured of all sectors together is measured anew, by sector, the next day."""
    apps.get_model("claims", "UsualCare").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("claims", "0016_agreement_calls")]

    operations = [
        migrations.RunPython(forget, migrations.RunPython.noop),
        migrations.RemoveConstraint(model_name="usualcare", name="usual_care_once_of_all"),
        migrations.AddField(
            model_name="usualcare",
            name="level",
            field=models.CharField(blank=True, max_length=20),
        ),
        migrations.AddField(
            model_name="usualcare",
            name="sector",
            field=models.CharField(blank=True, max_length=20),
        ),
        migrations.AddConstraint(
            model_name="usualcare",
            constraint=models.UniqueConstraint(
                condition=models.Q(("provider__isnull", True)),
                fields=("mutual", "care_item", "sector", "level"),
                name="usual_care_once_of_sector",
            ),
        ),
    ]
