from decimal import Decimal

from django.db import migrations, models
from django.db.models import F


def tell(apps, schema_editor):
    """The units that the decision in force pays for, where it says fewer than the paper."""
    lines = apps.get_model("claims", "ClaimLine").objects
    decisions = apps.get_model("claims", "Decision").objects.filter(
        number=F("claim__decision_number")
    )
    for claim, context, outcome in decisions.values_list("claim_id", "context", "outcome").iterator(
        chunk_size=500
    ):
        for key, units in _units(context, outcome).items():
            lines.filter(claim_id=claim, position=int(key), quantity__gt=units).update(
                paid_quantity=units
            )


def _units(context, outcome):
    """By line, the fewest of what a person found justified and a limit allowed."""
    found = {}
    for line in (context.get("claim") or {}).get("lines", ()):
        if isinstance(line.get("justified_quantity"), dict):
            found[line["key"]] = Decimal(line["justified_quantity"]["decimal"])
    for line in outcome.get("lines", ()):
        for reduction in line.get("reductions", ()):
            allowed = (reduction.get("data") or {}).get("allowed_quantity")
            if isinstance(allowed, dict):
                units = Decimal(allowed["decimal"])
                found[line["line_key"]] = min(found.get(line["line_key"], units), units)
    return {key: units for key, units in found.items() if key.isdigit()}


class Migration(migrations.Migration):
    dependencies = [("claims", "0021_committee_seats")]

    operations = [
        migrations.AddField(
            model_name="claimline",
            name="paid_quantity",
            field=models.DecimalField(blank=True, decimal_places=3, max_digits=11, null=True),
        ),
        migrations.RunPython(tell, migrations.RunPython.noop),
    ]
