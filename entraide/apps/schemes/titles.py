"""What posts are called and what they are asked beside their role: titles and duties.

Thirteen roles hold the rights (``schemes.rights``); a title is a word on an appointment, so that
« référent OS » or « directrice adjointe » need no role of their own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db.models import Q
from django.utils.translation import gettext_noop as _

from entraide.apps.access.models import User
from entraide.apps.schemes.models import Appointment, Mutual, Role


class Duty(StrEnum):
    """A task that somebody of the mutual answers for, whatever their role."""

    ERROR_REVIEW = "error_review"
    DATA_QUALITY = "data_quality"
    MONTH_END = "month_end"
    RENEWALS = "renewals"
    INDICATORS = "indicators"
    TRAINING = "training"


@dataclass(frozen=True, slots=True)
class TitlePreset:
    """A usual post: its English name (with a French translation), its role, its duties."""

    name: str
    role: str
    duties: tuple[Duty, ...] = ()


PRESETS: tuple[TitlePreset, ...] = (
    TitlePreset(_("Director"), Role.DIRECTOR, (Duty.MONTH_END,)),
    TitlePreset(_("Deputy director"), Role.DIRECTOR),
    TitlePreset(_("Medical adviser"), Role.MEDICAL_ADVISER),
    TitlePreset(_("Administrative and financial officer"), Role.FINANCE_OFFICER, (Duty.MONTH_END,)),
    TitlePreset(_("Accountant"), Role.FINANCE_OFFICER),
    TitlePreset(_("Head of operations"), Role.COORDINATOR, (Duty.RENEWALS,)),
    TitlePreset(_("Coordinator of field agents"), Role.COORDINATOR, (Duty.RENEWALS,)),
    TitlePreset(_("Field agent"), Role.FIELD_AGENT),
    TitlePreset(_("Data-entry clerk"), Role.DATA_ENTRY_CLERK),
    TitlePreset(
        _("Reference person for data entry"),
        Role.DATA_ENTRY_CLERK,
        (Duty.ERROR_REVIEW, Duty.DATA_QUALITY, Duty.TRAINING),
    ),
    TitlePreset(_("Cashier"), Role.CASHIER),
    TitlePreset(
        _("Head of monitoring, evaluation and capitalisation"),
        Role.MONITORING_OFFICER,
        (Duty.INDICATORS, Duty.DATA_QUALITY),
    ),
    TitlePreset(_("Technical adviser"), Role.ADVISER),
    TitlePreset(_("President"), Role.ELECTED_OFFICER),
    TitlePreset(_("Treasurer (elected)"), Role.ELECTED_OFFICER),
    TitlePreset(_("Member of the control committee"), Role.ELECTED_OFFICER),
    TitlePreset(_("Auditor"), Role.AUDITOR),
    TitlePreset(_("Contracted provider"), Role.PROVIDER_USER),
)


def readable_duties(duties: Iterable[str]) -> tuple[Duty, ...]:
    """The duties of an appointment, in their order; those of a later version are left out."""
    given = set(duties)
    return tuple(duty for duty in Duty if duty.value in given)


def holders_of_duties(mutual: Mutual, on: date) -> dict[Duty, list[Appointment]]:
    """Who answers for which duty in a mutual on a day. One query."""
    holders: dict[Duty, list[Appointment]] = {duty: [] for duty in Duty}
    appointments = Appointment.objects.select_related("user").filter(
        Q(effective_until__isnull=True) | Q(effective_until__gt=on),
        mutual=mutual,
        effective_from__lte=on,
        user__is_active=True,
    )
    for appointment in appointments.order_by("user__display_name"):
        for duty in readable_duties(appointment.duties):
            holders[duty].append(appointment)
    return holders


def duties_held(user: User, mutual: Mutual, on: date) -> frozenset[Duty]:
    """What a person answers for in a mutual on a day. One query."""
    posts = Appointment.objects.filter(
        Q(effective_until__isnull=True) | Q(effective_until__gt=on),
        mutual=mutual,
        user=user,
        effective_from__lte=on,
    )
    given = posts.values_list("duties", flat=True)
    return frozenset(duty for duties in given for duty in readable_duties(duties))
