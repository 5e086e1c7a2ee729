"""What each agent did in which mutual, and the fee of it: counted in the journal of commands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count
from django.utils.translation import gettext_noop as _

from entraide.apps.access.models import CommandLog, User
from entraide.apps.schemes.models import ActFee, Mutual

# The acts that agents are paid for, by the name of their command: English names with a French.
ACTS: dict[str, str] = {
    "enrol_household": _("Family enrolled"),
    "renew_membership": _("Cover renewed"),
    "add_dependant": _("Dependant entered"),
    "record_contribution_payment": _("Receipt written"),
    "prepare_slip": _("Collection slip prepared"),
    "submit_claim": _("Claim entered"),
    "record_photo": _("Photo registered"),
}


@dataclass(frozen=True, slots=True)
class AgentActs:
    """One kind of act of one person in one mutual: how often, for how much in minor units.

    ``fee_minor`` is None when no fee was in force on any of the days.
    """

    person: User
    mutual: Mutual
    act: str
    count: int
    fee_minor: int | None


def agent_acts(
    mutuals: Sequence[Mutual], start: date, until: date, *, person: User | None = None
) -> list[AgentActs]:
    """The acts of ``[start, until)`` in these mutuals, of everybody or one person. Three queries.

    Each act is paid the fee in force in its mutual on its own day.
    """
    by_mutual = {mutual.pk: mutual for mutual in mutuals}
    rows = CommandLog.objects.filter(
        mutual__in=by_mutual, name__in=ACTS, occurred_on__gte=start, occurred_on__lt=until
    ).exclude(actor__is_system=True)
    if person is not None:
        rows = rows.filter(actor=person)
    fees = _fees(mutuals)
    counts: dict[tuple[int, int, str], int] = defaultdict(int)
    sums: dict[tuple[int, int, str], int] = {}
    grouped = rows.order_by().values("actor_id", "mutual_id", "name", "occurred_on")
    for row in grouped.annotate(count=Count("pk")):
        key = (row["actor_id"], row["mutual_id"], row["name"])
        counts[key] += row["count"]
        fee_minor = _fee_on(fees.get((row["mutual_id"], row["name"]), ()), row["occurred_on"])
        if fee_minor is not None:
            sums[key] = sums.get(key, 0) + fee_minor * row["count"]
    people = User.objects.in_bulk({actor for actor, _mutual, _name in counts})
    found = [
        AgentActs(people[actor], by_mutual[mutual], name, count, sums.get((actor, mutual, name)))
        for (actor, mutual, name), count in counts.items()
    ]
    order = list(ACTS)
    return sorted(
        found, key=lambda each: (str(each.person), each.mutual.name, order.index(each.act))
    )


Fees = Sequence[tuple[date, int]]


def _fees(mutuals: Sequence[Mutual]) -> dict[tuple[int, str], list[tuple[date, int]]]:
    fees: dict[tuple[int, str], list[tuple[date, int]]] = {}
    for row in ActFee.objects.filter(mutual__in=mutuals).order_by("effective_from"):
        fees.setdefault((row.mutual_id, row.act), []).append((row.effective_from, row.fee_minor))
    return fees


def _fee_on(fees: Fees, day: date) -> int | None:
    """The fee in force on a day; None before the first."""
    known = [fee_minor for effective_from, fee_minor in fees if effective_from <= day]
    return known[-1] if known else None


def fees_of(mutual: Mutual) -> list[ActFee]:
    """Every fee of a mutual, the latest first."""
    return list(ActFee.objects.filter(mutual=mutual).order_by("-effective_from", "act"))
