"""A voucher put on a claim after its entry: the rules decide it again, as referred."""

from __future__ import annotations

from datetime import date

from entraide.apps.access.models import User
from entraide.apps.claims.again import (
    Asked,
    decide_again,
    require_no_opinion,
    require_open,
    taken_up,
)
from entraide.apps.claims.again_models import WhyAgain
from entraide.apps.claims.around import Circumstances, voucher_named
from entraide.apps.claims.carried import counted_person
from entraide.apps.claims.models import Claim, ReferralVoucher
from entraide.apps.claims.referral_models import ReferralLink
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal


@command("link_referral", right=Right.REVIEW_CLAIM)
def link_referral(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    claim: Claim,
    voucher: ReferralVoucher,
    reason: str,
) -> ReferralLink:
    """Put a voucher on an open claim that named none, or a faulty one; the rules decide again.

    The number that the paper bears stays. Refused with ``CLAIM_NOT_OPEN``,
    ``CLAIM_ALREADY_REVIEWED``, ``SEPARATION_OF_DUTIES`` for who entered it,
    ``REFERRAL_REASON_MISSING``, ``REFERRAL_STANDS_ALREADY``, or with the fault of the voucher
    itself (``REFERRAL_EXPIRED``, ``REFERRAL_USED`` …).
    """
    if not reason.strip():
        raise Refusal("REFERRAL_REASON_MISSING", place="reason")
    taken = taken_up(claim, actor)
    claim = taken.claim
    require_open(taken)
    require_no_opinion(taken)
    if claim.referral_id is not None:
        raise Refusal("REFERRAL_STANDS_ALREADY", claim=claim.document_number)
    how = Circumstances(referral_number=voucher.document_number, episode=claim.episode)
    good, fault = voucher_named(counted_person(claim), claim.provider, how, claim.care_on)
    if fault is not None:
        raise Refusal(fault.code, place="voucher", **fault.data)
    claim.referral = good
    again = decide_again(taken, Asked(WhyAgain.REFERRED, actor, on, reason))
    return ReferralLink.objects.create(
        mutual=mutual, claim=claim, voucher=voucher, decision=again.decision, linked_on=on,
        linked_by=actor, reason=reason.strip(),
    )  # fmt: skip
