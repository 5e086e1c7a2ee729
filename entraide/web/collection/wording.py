"""What bands of lateness, plans and ways of reminding are called."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from entraide.apps.contributions.tariff_records import ReminderWay

Text = str | Promise

BAND_NAMES: tuple[Text, ...] = (
    _("1–30 days"),
    _("31–60 days"),
    _("61–90 days"),
    _("91–180 days"),
    _("Over 180 days"),
)
AGEING_CUTS: dict[str, Text] = {
    "group": _("By group"),
    "kind": _("By kind of group"),
    "agent": _("By field agent"),
}
AGEING_HEADS: dict[str, Text] = {
    "group": _("Group"),
    "kind": _("Kind of group"),
    "agent": _("Who follows"),
}
PLAN_NAMES: dict[str, Text] = {
    "single": _("In one part"),
    "instalments": _("In several parts"),
}
WAY_NAMES: dict[str, Text] = {
    ReminderWay.LETTER: _("By letter"),
    ReminderWay.CALL: _("By telephone"),
    ReminderWay.VISIT: _("By a visit"),
    ReminderWay.MESSAGE: _("By a message"),
    ReminderWay.GROUP_MEETING: _("At a meeting of the group"),
}
