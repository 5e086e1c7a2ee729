"""What channels, stages and rules of the follow-up are called at the desk."""

from __future__ import annotations

from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from entraide.core.follow_up import WITHOUT_SEGMENT, Channel, ContractStage, FollowRule
from entraide.core.renewals import RenewalStage
from entraide.web.renewals.wording import STAGE_KINDS, STAGE_NAMES

Text = str | Promise

CHANNEL_NAMES: dict[Channel, Text] = {
    Channel.VISIT: pgettext_lazy("follow-up", "Visit"),
    Channel.CALL: pgettext_lazy("follow-up", "Call"),
    Channel.NONE: pgettext_lazy("follow-up", "Nothing"),
}
CHANNEL_DONE: dict[Channel, Text] = {
    Channel.VISIT: gettext_lazy("Visit made"),
    Channel.CALL: gettext_lazy("Call made"),
}
STAGES: dict[ContractStage, Text] = {
    ContractStage.RUNNING: pgettext_lazy("a contract", "Under way"),
    **{ContractStage(stage.value): name for stage, name in STAGE_NAMES.items()},
}
KINDS: dict[ContractStage, str] = {
    ContractStage.RUNNING: "plain",
    **{ContractStage(stage.value): STAGE_KINDS[stage] for stage in RenewalStage},
}


def segment_name(segment: str) -> str:
    """A segment, or that a family has none."""
    if segment == WITHOUT_SEGMENT:
        return _("Without segment")
    return _("Segment %(code)s") % {"code": segment}


def rule_told(rule: FollowRule) -> str:
    """« Visit, every 30 days »; « Nothing »."""
    if rule.channel is Channel.NONE:
        return str(CHANNEL_NAMES[rule.channel])
    words = ngettext("%(channel)s, every day", "%(channel)s, every %(days)d days", rule.every_days)
    return words % {"channel": CHANNEL_NAMES[rule.channel], "days": rule.every_days}


def due_told(due_on: date, on: date) -> tuple[str, str]:
    """How late a family is, or how soon it is due: the kind of the tag and its words."""
    days = (on - due_on).days
    if days > 0:
        return "bad", ngettext("%(days)d day late", "%(days)d days late", days) % {"days": days}
    if days == 0:
        return "wait", _("Today")
    return "plain", ngettext("in %(days)d day", "in %(days)d days", -days) % {"days": -days}
