import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import entraide.core.ids
from entraide.apps.access.guarding import guarding


def plain(name):
    return " ".join(name.partition(",")[0].split()).casefold()


def seat_members(apps, schema_editor):
    """Sessions held before: a name that one account of the mutual bears is that person's."""
    sessions = apps.get_model("claims", "CommitteeSession")._base_manager
    seats = apps.get_model("claims", "CommitteeSeat")._base_manager
    appointments = apps.get_model("schemes", "Appointment")._base_manager
    bearers = {}
    for session in sessions.order_by("pk"):
        if session.mutual_id not in bearers:
            known = bearers[session.mutual_id] = {}
            rows = appointments.filter(mutual=session.mutual_id).values_list(
                "user", "user__display_name", "user__username"
            )
            for user, shown, username in rows.distinct():
                known.setdefault(plain(shown or username), set()).add(user)
        seated = set()
        for name in session.members:
            users = bearers[session.mutual_id].get(plain(name), set())
            if len(users) == 1 and not users & seated:
                seated |= users
                seats.create(
                    mutual_id=session.mutual_id, session=session, user_id=min(users), name=name
                )


class Migration(migrations.Migration):

    dependencies = [
        ('claims', '0020_decided_again'),
        ('schemes', '0011_retroactive_reason'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CommitteeSeat',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=entraide.core.ids.uuid7, editable=False, unique=True)),
                ('recorded_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('name', models.CharField(max_length=120)),
                ('mutual', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='schemes.mutual')),
                ('session', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='seats', to='claims.committeesession')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('session', 'user'), name='committee_person_sits_once'), models.UniqueConstraint(fields=('session', 'name'), name='committee_name_sits_once')],
            },
        ),
        migrations.RunPython(seat_members, migrations.RunPython.noop),
        guarding("claims_committeeseat"),
    ]
