import django.db.models.deletion
import django.utils.timezone
import entraide.core.ids
from django.conf import settings
from django.db import migrations, models

from entraide.apps.access.guarding import guarding

NO_APPROVAL = {"entry": None, "approved_by": None, "approved_at": None}


def carry(apps, schema_editor):
    """Each decision made again tells its door: by the record that stands beside it, else by what it
    says. The approval of a reopening, or of a claim refused since, goes beside the decision."""
    model = lambda name: apps.get_model("claims", name)  # noqa: E731
    decisions = model("Decision").objects.filter(claim__decision_number__gt=1)
    rows, last = [], None
    doors = {
        why: dict(model(name).objects.values_list("decision_id", "pk"))
        for name, why in (("LineRecoding", "recoded"), ("ReferralLink", "referred"))
    }
    reopenings = {row.decision_id: row for row in model("ClaimReopening").objects.all()}
    for decision in decisions.order_by("claim_id", "number").select_related("claim").iterator():
        before = last if last is not None and last.claim_id == decision.claim_id else None
        last = decision
        if before is None:
            continue
        approval, claim = dict(NO_APPROVAL), decision.claim
        if (reopening := reopenings.get(decision.pk)) is not None:
            why = "committee_reopening"
            approval = {name: getattr(reopening, name) for name in NO_APPROVAL}
        else:
            why = next((each for each, known in doors.items() if decision.pk in known), "")
            why = why or _door_of(before, decision)
            is_refused = claim.state == "refused" and claim.decision_number == decision.number
            if why == "rights_known_since" and is_refused and claim.entry_id is not None:
                approval = {name: getattr(claim, name) for name in NO_APPROVAL}
                model("Claim").objects.filter(pk=claim.pk).update(**NO_APPROVAL)
        if why:
            rows.append(
                model("DecidedAgain")(
                    mutual_id=decision.mutual_id, claim=claim, decision=decision,
                    previous=before, why=why, recorded_at=decision.recorded_at, **approval,
                )
            )
    model("DecidedAgain").objects.bulk_create(rows, batch_size=500)
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.connection.check_constraints()  # before the tables are altered


def _door_of(before, decision):
    """By what a decision says: the opinion of a person has no door."""
    was, now = (each.context.get("cover", {}) for each in (before, decision))
    if was.get("is_covered", True) and not now.get("is_covered", True):
        return "rights_known_since"
    if decision.context == before.context:
        return ""
    lines = decision.outcome.get("lines", ())
    remarks = {remark["code"] for line in lines for remark in line.get("remarks", ())}
    if "NOT_REPEATED" in remarks:
        return "readmitted"
    return "late_convention" if decision.reason.startswith("Convention ") else ""


def carry_back(apps, schema_editor):
    """The approvals stand where they stood."""
    for row in apps.get_model("claims", "DecidedAgain").objects.filter(entry__isnull=False):
        approval = {name: getattr(row, name) for name in NO_APPROVAL}
        reopenings = apps.get_model("claims", "ClaimReopening").objects
        if not reopenings.filter(decision=row.decision_id).update(**approval):
            claims = apps.get_model("claims", "Claim").objects
            claims.filter(pk=row.claim_id, entry__isnull=True).update(**approval)


class Migration(migrations.Migration):

    dependencies = [
        ('claims', '0019_home_section_of_old_claims'),
        ('ledger', '0002_append_only'),
        ('schemes', '0011_retroactive_reason'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='DecidedAgain',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=entraide.core.ids.uuid7, editable=False, unique=True)),
                ('recorded_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('why', models.CharField(choices=[('recoded', 'Recoded'), ('referred', 'Referred'), ('readmitted', 'Readmitted'), ('rights_known_since', 'Rights'), ('late_convention', 'Convention'), ('exception_answered', 'Exception'), ('committee_reopening', 'Reopened')], max_length=24)),
                ('approved_at', models.DateTimeField(blank=True, null=True)),
                ('approved_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('claim', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='again', to='claims.claim')),
                ('decision', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='again', to='claims.decision')),
                ('entry', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.entry')),
                ('mutual', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='schemes.mutual')),
                ('previous', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='followed_again', to='claims.decision')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.RunPython(carry, carry_back),
        migrations.RemoveField(model_name='claimreopening', name='approved_at'),
        migrations.RemoveField(model_name='claimreopening', name='approved_by'),
        migrations.RemoveField(model_name='claimreopening', name='entry'),
        # SQLite makes a table anew without its triggers.
        guarding("claims_claimreopening", "claims_decidedagain"),
    ]
