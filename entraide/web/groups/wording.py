"""What kinds of groups, contracts, officers and reasons are called at the desk."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from entraide.core.groups import JoiningMode, SizeState
from entraide.core.obstacles import ObstacleKind, ObstacleReason
from entraide.core.selection import Selection

Text = str | Promise

GROUP_KINDS: tuple[tuple[str, Text], ...] = (
    ("village", _("Village")),
    ("commune", _("Commune")),
    ("grouping", _("Grouping")),
    ("cooperative", _("Cooperative")),
    ("ngo", _("NGO or association")),
    ("enterprise", _("Company")),
    ("lender", _("Lender")),
    ("school", _("School")),
)
MODES: tuple[tuple[str, Text], ...] = (
    (JoiningMode.VOLUNTARY, _("Voluntary: each family chooses")),
    (JoiningMode.COMPULSORY, _("Compulsory: all join, by decision")),
    (JoiningMode.AUTOMATIC, _("Automatic: with the loan, the job or the school")),
)
MODE_WORDS: dict[str, Text] = {
    JoiningMode.VOLUNTARY: pgettext_lazy("contract", "voluntary"),
    JoiningMode.COMPULSORY: pgettext_lazy("contract", "compulsory"),
    JoiningMode.AUTOMATIC: pgettext_lazy("contract", "automatic"),
}
OFFICER_ROLES: tuple[tuple[str, Text], ...] = (
    ("president", _("President")),
    ("treasurer", _("Treasurer")),
    ("secretary", _("Secretary")),
    ("contact", _("Contact")),
)
OBSTACLE_REASONS: dict[str, Text] = {
    ObstacleReason.PRICE: _("The price"),
    ObstacleReason.WELCOME: _("Badly received"),
    ObstacleReason.TRUST: _("No trust"),
    ObstacleReason.BENEFITS: _("What is covered does not suit"),
    ObstacleReason.DISTANCE: _("No health centre near"),
    ObstacleReason.NOT_INFORMED: _("Does not know the mutual well enough"),
    ObstacleReason.DUPLICATE_COVER: _("Covered elsewhere"),
    ObstacleReason.GROUP_DECISION: _("Decision of the group"),
    ObstacleReason.MOVED_AWAY: _("Has moved away"),
    ObstacleReason.DECEASED: _("Death"),
    ObstacleReason.OTHER: _("Another reason"),
}
# Only of families that leave.
EXIT_REASONS: dict[str, Text] = {
    "resigned": _("Resigns, without more"),
    "unpaid": _("Contributions stayed unpaid"),
    "fraud": _("Fraud, decided by the board"),
    "refinanced": _("Replaced by the cover of a new loan"),
    "entered_in_error": _("Entered by mistake"),
}
OBSTACLE_KINDS: dict[str, Text] = {
    ObstacleKind.JOINING: _("Does not join"),
    ObstacleKind.RENEWAL: _("Does not renew"),
    ObstacleKind.EXIT: _("Leaves before the term"),
}
SIZE_STATES: dict[str, tuple[str, Text]] = {
    SizeState.UNDER: ("bad", _("Under the threshold")),
    SizeState.NEAR: ("warn", _("Near the threshold")),
    SizeState.ABOVE: ("ok", _("Large enough")),
}
SELECTIONS: dict[str, tuple[str, Text]] = {
    Selection.TOO_FEW: ("plain", _("Too few persons: no rate")),
    Selection.USUAL: ("ok", _("Within chance")),
    Selection.MORE: ("bad", _("More than the mutual")),
    Selection.FEWER: ("plain", _("Fewer than the mutual")),
}


def kind_name(kind: str) -> str:
    """What a kind of group is called."""
    return str(dict(GROUP_KINDS).get(kind, kind))


def reason_name(reason: str) -> str:
    """What a reason is called, of a refusal, a renewal or an exit."""
    return str(OBSTACLE_REASONS.get(reason) or EXIT_REASONS.get(reason) or reason)
