"""The State's share of claims: what the decisions in force leave to it, and what was asked of it.

A claim decided again leaves another share than was invoiced: less goes back by a credit note, more
is asked on the next invoice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import F, Q, Sum

from entraide.apps.claims.models import Claim, ClaimState, Decision
from entraide.apps.schemes.models import Mutual
from entraide.apps.settlement.models import SubsidyCredit, SubsidyLine, SubsidyState
from entraide.core.money import round_half_up
from entraide.core.state_share import added_minor, kept_of

# Refused: nothing is left to the mutual, and the State may bear it all. What the rules refuse for
# itself never comes as far as a share of the State.
OWED = (ClaimState.APPROVED, ClaimState.IN_BATCH, ClaimState.PAID, ClaimState.REFUSED)
# What another payer has already paid, or pays to the provider itself, passes not by the mutual.
_PAID_ALREADY = frozenset({"PAID_BY_OTHER", "FREE_CARE"})


@dataclass(frozen=True, slots=True)
class Share:
    """What is to be asked of the State for one claim, in minor units; a supplement where less was
    asked before."""

    claim: Claim
    amount_minor: int
    is_supplement: bool = False


@dataclass(frozen=True, slots=True)
class ShareChange:
    """What was asked of the State for a claim that was decided again or undone since.

    ``standing_minor``: of each line, what no credit note gives back; ``owed_minor``: by the
    decision in force, None while it waits to be approved.
    """

    claim: Claim
    lines: tuple[SubsidyLine, ...]
    standing_minor: tuple[int, ...]
    owed_minor: int | None

    @property
    def excess(self) -> list[tuple[SubsidyLine, int]]:
        """The lines of which something goes back to the State, and how much."""
        kept = kept_of(self.standing_minor, self.owed_minor)
        above = (a - b for a, b in zip(self.standing_minor, kept, strict=True))
        return [(line, each) for line, each in zip(self.lines, above, strict=True) if each]

    @property
    def excess_minor(self) -> int:
        """What goes back to the State in all."""
        return sum(amount for _line, amount in self.excess)

    @property
    def added_minor(self) -> int:
        """What is to be asked on the next invoice."""
        return added_minor(self.standing_minor, self.owed_minor)

    @property
    def waits(self) -> bool:
        """Whether a decision waits to be approved: nothing is known yet."""
        return self.owed_minor is None

    @property
    def is_even(self) -> bool:
        """Whether what was asked is what is owed."""
        return not (self.waits or self.excess_minor or self.added_minor)


def shares_to_invoice(mutual: Mutual, from_: date, until: date) -> list[Share]:
    """The shares of approved care of ``[from_, until)`` that no invoice asks for; then what claims
    of any day before ``until`` that were decided again leave beside what was asked."""
    claims = (
        Claim.objects.filter(mutual=mutual, care_on__gte=from_, care_on__lt=until, state__in=OWED)
        .exclude(subsidy_lines__is_cancelled=False)
        .select_related("provider", "household", "person")
        .order_by("care_on", "id")
    )
    decided = _outcomes(mutual, claims.order_by().values("pk"))
    shares = [Share(each, state_share_minor(decided.get(each.pk))) for each in claims]
    return [share for share in shares if share.amount_minor] + [
        Share(each.claim, each.added_minor, is_supplement=True)
        for each in share_changes(mutual)
        if each.added_minor
        and each.claim.care_on < until
        and all(line.invoice.state == SubsidyState.ISSUED for line in each.lines)
    ]


def share_changes(
    mutual: Mutual,
    claims: Iterable[int] | None = None,
    *,
    invoice: int | None = None,
    besides: SubsidyCredit | None = None,
) -> list[ShareChange]:
    """The claims, invoiced to the State and decided again or undone since, with what was asked.

    ``claims``: only these, by their keys; ``invoice``: only those on it; ``besides``: as if this
    credit note gave nothing back. Three queries.
    """
    standing = SubsidyLine.objects.filter(mutual=mutual, is_cancelled=False)
    changed = standing.filter(
        Q(claim__state=ClaimState.REVERSED)
        | Q(decision_number__lt=F("claim__decision_number"))
    )  # fmt: skip
    if claims is not None:
        changed = changed.filter(claim__in=list(claims))
    if invoice is not None:
        changed = changed.filter(invoice=invoice)
    given = Q(credits__is_cancelled=False)
    if besides is not None:
        given &= ~Q(credits__credit=besides)
    lines = (
        standing.filter(claim__in=changed.values("claim"))
        .annotate(given_minor=Sum("credits__amount_minor", filter=given, default=0))
        .select_related("invoice", "claim", "claim__provider", "claim__household", "claim__person")
        .order_by("id")
    )
    by_claim: dict[int, list[Any]] = defaultdict(list)
    for line in lines:
        by_claim[line.claim_id].append(line)
    decided = _outcomes(mutual, list(by_claim))
    return [
        ShareChange(
            own[0].claim,
            tuple(own),
            tuple(line.amount_minor - line.given_minor for line in own),
            _owed_minor(own[0].claim, decided.get(pk)),
        )
        for pk, own in by_claim.items()
    ]


def _owed_minor(claim: Claim, outcome: Any) -> int | None:
    if claim.state == ClaimState.REVERSED:
        return 0
    return state_share_minor(outcome) if claim.state in OWED else None


def _outcomes(mutual: Mutual, claims: Any) -> dict[int, Any]:
    """Key of a claim → the outcome of its decision in force. One query."""
    in_force = Decision.objects.filter(
        mutual=mutual, claim__in=claims, number=F("claim__decision_number")
    )
    return dict(in_force.values_list("claim_id", "outcome"))


def state_share_minor(outcome: Any) -> int:
    """What another payer bears of a decision and has not paid, in minor units.

    Of what a person took away the State pays its share as little as the mutual: nothing of an act
    that was not done, in proportion of one that was cut.
    """
    return sum(_share_of_line(line) for line in (outcome["lines"] if outcome else ()))


def _share_of_line(line: Any) -> int:
    share = sum(
        reduction["amount_minor"]
        for reduction in line["reductions"]
        if reduction["borne_by"] == "other" and reduction["code"] not in _PAID_ALREADY
    )
    cut = sum(
        reduction["amount_minor"]
        for reduction in line["reductions"]
        if reduction["code"] == "MEDICAL_REVIEW"
    )
    if not cut:
        return share
    kept: int = line["payable_minor"]
    return round_half_up(Decimal(share) * kept / (kept + cut))
