"""What titles, duties and stages of features are called."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from entraide.apps.schemes.flags import Stage
from entraide.apps.schemes.models import Appointment
from entraide.apps.schemes.titles import Duty, readable_duties
from entraide.web.names import ROLE_NAMES

Text = str | Promise

DUTY_NAMES: dict[Duty, Text] = {
    Duty.ERROR_REVIEW: gettext_lazy("Review of entry errors"),
    Duty.DATA_QUALITY: gettext_lazy("Data quality"),
    Duty.MONTH_END: gettext_lazy("Month-end tasks"),
    Duty.RENEWALS: gettext_lazy("Follow-up of renewals"),
    Duty.INDICATORS: gettext_lazy("Indicators and reports"),
    Duty.TRAINING: gettext_lazy("Training of colleagues"),
}
STAGE_NAMES: dict[Stage, Text] = {
    Stage.OFF: pgettext_lazy("feature", "Closed"),
    Stage.PILOT: pgettext_lazy("feature", "On trial"),
    Stage.OPEN: pgettext_lazy("feature", "Open"),
}
STAGE_KINDS: dict[Stage, str] = {Stage.OFF: "plain", Stage.PILOT: "wait", Stage.OPEN: "ok"}


def post_of(appointment: Appointment) -> str:
    """How a post is said: its title where it has one, else the name of its role."""
    post = appointment.title or str(ROLE_NAMES.get(appointment.role, appointment.role))
    return f"{post}, {appointment.branch.name}" if appointment.branch_id else post


def duties_of(appointment: Appointment) -> list[str]:
    """What a post is asked beside its role."""
    return [str(DUTY_NAMES[duty]) for duty in readable_duties(appointment.duties)]


def preset_name(name: str) -> str:
    """The name of a usual post, in the reader's language."""
    return _(name)
