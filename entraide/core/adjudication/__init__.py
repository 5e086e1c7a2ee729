"""The decision on a claim: facts in, decision out, ``claimed = payable + Σ reductions``.

Read :mod:`.facts`, then :mod:`.pipeline` for the order of the checks, :mod:`.admission` and
:mod:`.valuation` for what each one says, :mod:`.decision` for the answer.
"""

from entraide.core.adjudication.decision import BorneBy, Decision, LineDecision, Reduction
from entraide.core.adjudication.facts import (
    ClaimFacts,
    Context,
    CoverFacts,
    LineFacts,
    PatientFacts,
    UsedAmounts,
)
from entraide.core.adjudication.pipeline import CHECKS, adjudicate

__all__ = [
    "CHECKS",
    "BorneBy",
    "ClaimFacts",
    "Context",
    "CoverFacts",
    "Decision",
    "LineDecision",
    "LineFacts",
    "PatientFacts",
    "Reduction",
    "UsedAmounts",
    "adjudicate",
]
