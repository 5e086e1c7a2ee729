"""The acts of the further known categories take their risk too, where nobody said it."""

from __future__ import annotations

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

RISKS = {"antenatal": "maternity", "medicines": "minor", "optics": "minor"}


def forwards(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    items = apps.get_model("nomenclature", "CareItem")._default_manager
    for code, risk in RISKS.items():
        untold = items.filter(category__code=code, risk_category="")
        untold.filter(drug_class="chronic").update(risk_category="chronic")
        untold.update(risk_category=risk)


class Migration(migrations.Migration):
    dependencies = [("nomenclature", "0006_free_care")]
    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
