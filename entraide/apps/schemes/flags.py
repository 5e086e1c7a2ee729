"""New ways of working, opened mutual by mutual: tried in some, measured, then opened to all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils.translation import gettext_noop as _

from entraide.apps.access.models import CommandLog, User
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import FlagState, Mutual
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal


class Stage(StrEnum):
    """Where a feature stands in a mutual."""

    OFF = "off"
    PILOT = "pilot"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Flag:
    """A feature: English title and meaning (each with its French), and what measures its use.

    ``commands``: the acts that tell whether people use it. ``usual``: where it stands in a mutual
    of which nothing was said.
    """

    code: str
    title: str
    meaning: str
    commands: tuple[str, ...]
    usual: Stage = Stage.OPEN


RENEWAL_IN_LIST = Flag(
    "renewal_in_list",
    _("Renewal from the list"),
    _("One click renews a family from the renewal list, one confirmation renews several."),
    ("renew_membership",),
)
AUTHORITY_PROFILE = Flag(
    "authority_profile",
    _("Family profile for the authorities"),
    _("The anonymous profile of families by zone can be exported for the health authorities."),
    (),
)
STATE_SHARE = Flag(
    "state_share",
    _("The State’s share of care passes by the mutual"),
    _("The mutual invoices the State’s share of care, receives it and passes it on."),
    ("prepare_subsidy_invoice", "receive_subsidy", "pass_subsidy_on"),
    Stage.OFF,
)
OTHER_COVERS = Flag(
    "other_covers",
    _("Other covers of a person are recorded"),
    _("Who else covers a person is noted; a payer who comes first is asked before we pay."),
    ("record_other_cover", "end_other_cover"),
    Stage.OFF,
)
SCHEME_EXCHANGE = Flag(
    "scheme_exchange",
    _("Exchanges with the national scheme"),
    _("The mutual hands the scheme whom it covers, whom it enrolled and what care it paid."),
    (),
    Stage.OFF,
)

FLAGS: tuple[Flag, ...] = (
    RENEWAL_IN_LIST,
    AUTHORITY_PROFILE,
    STATE_SHARE,
    OTHER_COVERS,
    SCHEME_EXCHANGE,
)


def flag_named(code: str) -> Flag:
    """The feature with this code; ``FLAG_UNKNOWN`` otherwise."""
    for flag in FLAGS:
        if flag.code == code:
            return flag
    raise Refusal("FLAG_UNKNOWN", place="flag", flag=code)


def state_on(mutual: Mutual, flag: Flag, on: date) -> FlagState | None:
    """The state of a feature in a mutual on a day; None when nothing was ever said."""
    states = FlagState.objects.filter(mutual=mutual, flag=flag.code, effective_from__lte=on)
    return states.order_by("-effective_from", "-id").first()


def is_open(mutual: Mutual, flag: Flag, on: date) -> bool:
    """Whether people of a mutual may use a feature on a day, on trial or for good."""
    state = state_on(mutual, flag, on)
    return (state.stage if state else flag.usual) != Stage.OFF


def require_open(mutual: Mutual, flag: Flag, on: date) -> None:
    """Refuse with ``FEATURE_NOT_OPEN`` unless :func:`is_open`."""
    if not is_open(mutual, flag, on):
        raise Refusal("FEATURE_NOT_OPEN", mutual=mutual.name)


def states_on(mutuals: list[Mutual], on: date) -> dict[tuple[int, str], FlagState]:
    """(mutual key, flag code) → the state in force. One query."""
    rows = FlagState.objects.filter(mutual__in=mutuals, effective_from__lte=on)
    rows = rows.select_related("set_by").order_by("effective_from", "id")
    return {(row.mutual_id, row.flag): row for row in rows}


def uses_since(mutual: Mutual, flag: Flag, since: date) -> int:
    """How many acts of a feature a mutual has carried out since a day: the measure of a trial."""
    acts = CommandLog.objects.filter(mutual=mutual, occurred_on__gte=since)
    return acts.filter(name__in=flag.commands).count()


@command("set_flag", right=Right.ADMINISTER)
def set_flag(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    flag: str,
    stage: str,
    effective_from: date,
    measure: str = "",
) -> FlagState:
    """Try, open or close a feature in a mutual from a day on.

    ``measure``: what was looked at, or what the trial showed; it is asked when a trial ends
    (``FLAG_MEASURE_MISSING``). Also refused: ``FLAG_UNKNOWN``, ``FLAG_STAGE_UNKNOWN``.
    """
    known = flag_named(flag)
    if stage not in frozenset(Stage):
        raise Refusal("FLAG_STAGE_UNKNOWN", place="stage", stage=stage)
    before = state_on(mutual, known, effective_from)
    ends_trial = before is not None and before.stage == Stage.PILOT and stage != Stage.PILOT
    if ends_trial and not measure.strip():
        raise Refusal("FLAG_MEASURE_MISSING", place="measure")
    return FlagState.objects.create(
        mutual=mutual,
        flag=known.code,
        stage=stage,
        effective_from=effective_from,
        measure=measure.strip(),
        set_by=actor,
    )
