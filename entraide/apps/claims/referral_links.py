"""A voucher put on a claim after its entry: the rules decide it again, as referred."""

from __future__ import annotations

from datetime import date

from entraide.apps.access.models import User
from entraide.apps.claims.around import Circumstances, voucher_named
from entraide.apps.claims.carried import counted_person
from entraide.apps.claims.models import Claim, ReferralVoucher
from entraide.apps.claims.recoding import apply_again, by_rules_in_force, decided_again
from entraide.apps.claims.referral_models import ReferralLink
from entraide.apps.claims.services import locked_claim
from entraide.apps.claims.use_again import around_again, repeats_of, with_use_as_now
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right, require_other_person
from entraide.core.adjudication.facts import ClaimFacts, Context
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
    claim = locked_claim(claim)
    require_other_person(actor, claim.entered_by, step="enter")
    current = by_rules_in_force(claim)
    if claim.referral_id is not None:
        raise Refusal("REFERRAL_STANDS_ALREADY", claim=claim.document_number)
    how = Circumstances(referral_number=voucher.document_number, episode=claim.episode)
    good, fault = voucher_named(counted_person(claim), claim.provider, how, claim.care_on)
    if fault is not None:
        raise Refusal(fault.code, place="voucher", **fault.data)

    claim.referral = good
    lines = list(claim.lines.select_related("care_item__category", "recoded_item", "category"))

    def changes(stated: ClaimFacts, context: Context) -> ClaimFacts:
        around = around_again(
            claim, lines, context.product, needs_letter=stated.needs_guarantee_letter
        )
        return with_use_as_now(claim, lines, stated, around, repeats_of(claim, lines), context)

    decision, row = decided_again(claim, current, changes, actor=actor, on=on, reason=reason)
    apply_again(claim, lines, decision, number=row.number)
    return ReferralLink.objects.create(
        mutual=mutual, claim=claim, voucher=voucher, decision=row, linked_on=on, linked_by=actor,
        reason=reason.strip(),
    )  # fmt: skip
