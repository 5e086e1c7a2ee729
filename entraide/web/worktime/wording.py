"""What activities are called."""

from __future__ import annotations

from django.utils.translation import gettext as _

from entraide.apps.fieldwork.models import Activity
from entraide.web.plan.wording import ACTIVITY_NAMES, named


def activity_name(activity: str) -> str:
    """An activity in the reader's language; those of a plan are called as in the plan."""
    own = {
        Activity.SINGLE_COLLECTION.value: _("Collection in one payment"),
        Activity.OTHER.value: _("Other work"),
    }
    return own.get(activity) or named(ACTIVITY_NAMES, activity)
