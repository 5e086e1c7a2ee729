"""Treasury accounts opened before bear the name of their bank account, as new ones do."""

from __future__ import annotations

from typing import Any

from django.db import migrations


def name_accounts(apps: Any, _schema: Any) -> None:
    for bank in apps.get_model("banking", "BankAccount")._base_manager.select_related("account"):
        bank.account.label_fr = bank.account.label_en = bank.name
        bank.account.save(update_fields=["label_fr", "label_en"])


class Migration(migrations.Migration):
    dependencies = [("banking", "0001_initial"), ("ledger", "0002_append_only")]
    operations = [migrations.RunPython(name_accounts, migrations.RunPython.noop)]
