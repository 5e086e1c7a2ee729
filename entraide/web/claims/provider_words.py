"""Where an attestation stands, in the words of the provider that sent it: what is owed, what paid.

An amount is *paid* once the money went, *to pay* once it was approved; before, nothing is owed.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from entraide.apps.claims.models import Claim, ClaimState
from entraide.web.names import State, state_of

OWED = frozenset({ClaimState.APPROVED, ClaimState.IN_BATCH})


def provider_state(state: str, *, is_paid_instead: bool = False) -> State:
    """The states of a claim as a provider reads them: the office’s own steps are one word.

    ``is_paid_instead``: a free-care programme pays it all (``paid_elsewhere.paid_instead``)."""
    if is_paid_instead:
        return state_of("claim", "paid_instead")
    if state == ClaimState.DECIDED:
        return State("wait", _("Accepted, to be approved"))
    if state in OWED:
        return State("wait", _("Approved, to be paid"))
    return state_of("claim", state)


def sums_by_word(claims: Iterable[Claim]) -> dict[str, int]:
    """Paid, to be paid, and not decided yet (minor units), of the attestations of an invoice; what
    is under review counts for what was asked. Sums of 0 are left out, but never all three."""
    sums = {_("Paid"): 0, _("To be paid"): 0, _("Not approved yet"): 0, _("Under review, asked"): 0}
    paid, owed, waiting, review = sums
    for each in claims:
        if each.state == ClaimState.PAID:
            sums[paid] += each.payable_minor
        elif each.state in OWED:
            sums[owed] += each.payable_minor
        elif each.state == ClaimState.DECIDED:
            sums[waiting] += each.payable_minor
        elif each.state == ClaimState.IN_REVIEW:
            sums[review] += each.stated_minor
    return {word: minor for word, minor in sums.items() if minor or word == paid}
