"""Where a payment goes stays as written; open mobile money without an account gets its telephone."""

from __future__ import annotations

from typing import Any

from django.db import migrations
from django.db.models import Q

from entraide.apps.access.guarding import guarding
from entraide.core.phones import first_phone


def write_telephones(apps: Any, schema_editor: Any) -> None:
    """The telephone of the register, for what was prepared before it was kept with the payment."""
    Payout = apps.get_model("settlement", "Payout")
    Destination = apps.get_model("settlement", "PayoutDestination")
    open_ones = Payout._base_manager.filter(
        Q(channel="mobile_money") | Q(batch__treasury_account__role="mobile_money"),
        batch__state__in=("prepared", "authorised"),
        paid_on__isnull=True,
        returned_on__isnull=True,
        destination__isnull=True,
    ).exclude(channel__in=("cash", "agency", "home"))
    for payout in open_ones.select_related("provider", "household").order_by("pk"):
        payee = payout.provider or payout.household
        if telephone := first_phone(payee.phone):
            Destination._base_manager.create(
                mutual_id=payout.mutual_id, payout=payout, number=telephone
            )


class Migration(migrations.Migration):
    dependencies = [
        ("settlement", "0015_refund_receivers"),
    ]

    operations = [
        migrations.RunPython(write_telephones, migrations.RunPython.noop),
        guarding("settlement_payoutdestination", "settlement_paymentaccount"),
    ]
