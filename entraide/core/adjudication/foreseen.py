"""What the rules would decide of care that is only asked for: before an agreement promises it.

The same rules as for a claim, asked for more than any ceiling leaves: what stops everything, and
the most that could be paid.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from entraide.core.adjudication.decision import Decision
from entraide.core.adjudication.facts import ClaimFacts, Context, LineFacts
from entraide.core.adjudication.pipeline import adjudicate
from entraide.core.adjudication.review import AMOUNT_CEILINGS
from entraide.core.adjudication.working import FLAT_RATE_KEY
from entraide.core.care_package import Sector
from entraide.core.errors import Finding

OF_THE_YEAR = frozenset(each for each in AMOUNT_CEILINGS if "_YEAR" in each)
UNBOUNDED_MINOR = 10**12  # asked of the rules: more than any ceiling of any product


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What the rules would decide of care of one day.

    ``refusal``: why they would pay nothing, None where they would pay. ``most_minor``: the most
    that they would pay for one case, in minor units; None where nothing bounds it.
    ``is_most_of_year``: that is what is left of a ceiling of the year, for all cases together.
    ``is_open_later``: what refuses may be settled before that day (a contribution not fallen due
    yet, a birth before the day on which it is expected).
    """

    care_on: date
    refusal: Finding | None = None
    most_minor: int | None = None
    is_most_of_year: bool = False
    is_open_later: bool = False

    @property
    def is_refused(self) -> bool:
        """Whether nothing would be paid, as far as anybody knows today."""
        return self.refusal is not None and not self.is_open_later


def foreseen(line: LineFacts, context: Context, *, care_on: date, sector: Sector) -> Foreseen:
    """What the rules of ``context``, with the rights of ``care_on``, would decide of a line, its
    agreement and its referral being given: paid directly, under a convention, no emergency."""
    asked = replace(line, claimed_minor=UNBOUNDED_MINOR, pre_authorisation="?")
    claim = ClaimFacts(
        care_on=care_on,
        received_on=care_on,
        sector=sector,
        lines=(asked,),
        is_referred=True,
        has_voucher=True,
        infers_stay=True,
        bounds_flat_rate=True,
        bounds_payment=True,
    )
    decision = adjudicate(claim, context)
    refusal = None if decision.payable_minor else _refusal(decision, context)
    waits = [each for each in context.product.benefits if each.category == line.category]
    return Foreseen(
        care_on,
        refusal,
        _most_minor(decision),
        is_most_of_year=bool({each.code for each in decision.reductions()} & OF_THE_YEAR),
        is_open_later=refusal is not None
        and refusal.code == "WAITING_PERIOD"
        and any(each.waits_by_expected_delivery for each in waits),
    )


def _refusal(decision: Decision, context: Context) -> Finding:
    """The reason that takes the last of what was asked; of closed rights, their own reason."""
    cover = context.cover
    if not cover.is_covered and cover.refusal_code:
        return Finding(cover.refusal_code, data=dict(cover.refusal_data))
    last = [each for line in decision.lines for each in line.reductions][-1]
    return Finding(last.code, data=dict(last.data))


def _most_minor(decision: Decision) -> int | None:
    codes = {each.code for each in decision.reductions()}
    is_flat = any(line.line_key.startswith(FLAT_RATE_KEY) for line in decision.lines)
    is_bounded = bool(codes & AMOUNT_CEILINGS) and "ABOVE_PRODUCT_PRICE" not in codes
    return decision.payable_minor if is_flat or is_bounded else None
