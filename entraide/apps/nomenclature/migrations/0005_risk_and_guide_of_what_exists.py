"""The acts of shipped categories take their risk; those categories take their guide."""

from __future__ import annotations

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from entraide.apps.nomenclature.guide_text import GUIDE, GUIDE_SOURCE
from entraide.core.places import place_key

RISKS = {
    "consultation": "minor", "examinations": "minor", "dental": "minor", "other": "minor",
    "hospital": "major", "surgery": "major", "emergency": "major", "delivery": "maternity",
}  # fmt: skip


def forwards(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    items = apps.get_model("nomenclature", "CareItem")._default_manager
    for code, risk in RISKS.items():
        items.filter(category__code=code, risk_category="").update(risk_category=risk)
    entries = apps.get_model("nomenclature", "GuideEntry")._default_manager
    synonyms = apps.get_model("nomenclature", "GuideSynonym")._default_manager
    for category in apps.get_model("nomenclature", "CareCategory")._default_manager.all():
        said = GUIDE.get(category.code)
        if said is None:
            continue
        entry = entries.create(
            category=category, definition=said.definition, examples=said.examples,
            elsewhere=said.elsewhere, source=GUIDE_SOURCE,
        )  # fmt: skip
        for written in said.synonyms:
            country, _colon, words = written.rpartition(":")
            synonyms.create(
                entry=entry, words=words, words_key=place_key(words), country=country
            )


class Migration(migrations.Migration):
    dependencies = [("nomenclature", "0004_coding_guide")]
    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
