"""Seal the secrets of the second factors that an earlier version kept in clear."""

from django.db import migrations

from entraide.apps.access.sealing import is_sealed, seal


def seal_secrets(apps, schema_editor):
    """Each secret, seed and migrated code that does not stand sealed yet."""
    for factor in apps.get_model("mfa", "Authenticator").objects.all():
        for name in ("secret", "seed"):
            text = factor.data.get(name)
            if text and not is_sealed(text):
                factor.data[name] = seal(text)
        codes = factor.data.get("migrated_codes")
        if codes:
            factor.data["migrated_codes"] = [
                code if is_sealed(code) else seal(code) for code in codes
            ]
        factor.save(update_fields=["data"])


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0003_append_only"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [migrations.RunPython(seal_secrets, migrations.RunPython.noop)]
