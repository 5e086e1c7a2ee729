"""The claims of one episode of care: one case among them, whoever of them stands.

The first of them that stands and is paid is the case of the cover year, and has taken what a case
takes once. A claim that goes, or is decided otherwise, leaves the case to the next; what it took
from the family for all of them goes with it, so that the next is to be reversed first.
"""

from __future__ import annotations

from django.db.models import F, Q

from entraide.apps.claims.models import Claim, ClaimState, Decision
from entraide.core.adjudication.decision import Decision as CoreDecision
from entraide.core.adjudication.running_use import Consumption, consumptions, episode_use
from entraide.core.adjudication.scopes import takes_once
from entraide.core.errors import Refusal

Decided = tuple[Claim, CoreDecision]
_SETTLED = (ClaimState.IN_BATCH, ClaimState.PAID)


def others_of_episode(claim: Claim) -> list[Decided]:
    """The other claims of an episode that stand, with their decision in force, in the order in
    which they were entered. One query for a claim alone, two for an episode."""
    began = claim.episode_id or claim.pk
    others = list(
        Claim.objects.filter(Q(pk=began) | Q(episode=began))
        .exclude(Q(pk=claim.pk) | Q(state=ClaimState.REVERSED))
        .select_related("membership", "person")
        .order_by("pk")
    )
    if not others:
        return []
    in_force = Decision.objects.filter(claim__in=others, number=F("claim__decision_number"))
    outcomes = dict(in_force.values_list("claim_id", "outcome"))
    return [(each, CoreDecision.from_json(outcomes[each.pk])) for each in others]


def moves(
    claim: Claim, before: CoreDecision | None, after: CoreDecision | None, others: list[Decided]
) -> list[tuple[Claim, Consumption, int]]:
    """What changes in the counters where a claim goes from one decision to another, or to none:
    the claim, what it used (-1) or uses (1). ``others``: of its episode, by
    :func:`others_of_episode`, of which another may become the case."""
    had, has = used_by(claim, before, others), used_by(claim, after, others)
    claims = [claim, *(each for each, _ in others)]
    changed = [each for each in claims if had.get(each.pk) != has.get(each.pk)]
    given_back = [(each, had[each.pk], -1) for each in changed if each.pk in had]
    return given_back + [(each, has[each.pk], 1) for each in changed if each.pk in has]


def used_by(
    claim: Claim, decision: CoreDecision | None, others: list[Decided]
) -> dict[int, Consumption]:
    """What each claim of an episode uses, by its key, where this one is so decided, or gone."""
    standing = [*others, (claim, decision)] if decision is not None else others
    ordered = sorted((each.pk, what) for each, what in standing if what is not None)
    return dict(
        zip((pk for pk, _ in ordered), consumptions(what for _, what in ordered), strict=True)
    )


def require_nothing_shared(claim: Claim, decision: CoreDecision, others: list[Decided]) -> None:
    """``EPISODE_STANDS``: the claim took from the family, for its whole episode, a deductible or a
    ticket that later claims, still open or approved, would keep without. They are reversed first,
    then entered anew; one that is settled stays, and its payee is asked back what it has too much.
    """
    taken = [key for key, value in episode_use([decision]).items() if value and takes_once(key)]
    later = [
        each.document_number
        for each, what in others
        if each.pk > claim.pk and each.state not in _SETTLED and what.payable_minor
    ]
    if taken and later:
        raise Refusal("EPISODE_STANDS", claim=claim.document_number, documents=", ".join(later))
