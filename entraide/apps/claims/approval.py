"""A decided claim becomes a debt of the mutual fund; one that was not paid may be undone."""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from entraide.apps.access.models import User
from entraide.apps.access.services import system_user
from entraide.apps.claims.committee_seats import require_not_sat
from entraide.apps.claims.deciders import require_not_decider
from entraide.apps.claims.episodes import others_of_episode, require_nothing_shared
from entraide.apps.claims.held import held_findings, held_ids, held_invoices
from entraide.apps.claims.left_before import left_before_care, require_none_left
from entraide.apps.claims.models import Circuit, Claim, ClaimState
from entraide.apps.claims.selectors import decision_in_force
from entraide.apps.claims.services import give_back_and_consume, locked_claim
from entraide.apps.enrolment.selectors import kept_household
from entraide.apps.ledger.services import post_entry, reverse_posted
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right, posts_on, require_other_person
from entraide.core import posting_rules
from entraide.core.adjudication.decision import Decision as CoreDecision
from entraide.core.errors import Refusal, RefusedRows
from entraide.core.ledger import AccountRole, Entry


@command("approve_claim", right=Right.APPROVE_CLAIM)
def approve_claim(
    *, mutual: Mutual, actor: User, on: date, idempotency_key: str, claim: Claim
) -> Claim:
    """Approve a decided claim: it becomes a debt of the mutual fund, under its own number.

    Refused with ``CLAIM_NOT_DECIDED``, ``CLAIMS_OF_PERSON_GONE``, ``SEPARATION_OF_DUTIES`` for
    who entered it, or decided it (``claims.deciders``), whoever confirmed it since, or
    ``COMMITTEE_MEMBER_APPROVES`` for who sat where it was decided.
    """
    claim = locked_claim(claim)
    require_other_person(actor, claim.entered_by, step="enter")
    require_not_decider(actor, claim)
    require_not_sat(claim, actor)
    require_none_left([claim])
    return approve_locked(claim, mutual=mutual, approver=actor, actor=actor, on=on)


@command("approve_decided_claims", right=Right.PREPARE_BATCH)
def approve_decided_claims(*, mutual: Mutual, actor: User, on: date, idempotency_key: str) -> Claim:
    """Post every claim that the rules alone decided: their decision is the system's approval.

    Those that ``actor`` entered are left to another person; those on an open invoice that does not
    add up wait (``claims.held``), as those of persons gone before the care (``left_before``).
    Answers the last claim posted; ``NOTHING_TO_APPROVE`` when none waits, ``SEPARATION_OF_DUTIES``
    when all are ``actor``'s own, ``INVOICE_HOLDS_CLAIMS`` when their invoices hold the others.
    """
    return _approve_by_rules(mutual, actor, on, approver=system_user())


@command("approve_decided_together", right=Right.APPROVE_CLAIM)
def approve_decided_together(
    *, mutual: Mutual, actor: User, on: date, idempotency_key: str
) -> Claim:
    """As :func:`approve_decided_claims`, by a person who approves claims: they are the approver,
    and authorise no payment of them. Of their sections only, where they have such a post."""
    return _approve_by_rules(mutual, actor, on, approver=actor)


def _approve_by_rules(mutual: Mutual, actor: User, on: date, *, approver: User) -> Claim:
    rows = (
        Claim.objects.select_for_update(of=("self",))
        .select_related("provider", "household")
        .filter(state=ClaimState.DECIDED, decision_number=1)
        .exclude(left_before_care())
        .order_by("id")
    )
    sections = None if actor.is_system else posts_on(actor, mutual, on).sections
    waiting = list(rows if sections is None else rows.filter(household__branch__in=sections))
    if not waiting:
        raise Refusal("NOTHING_TO_APPROVE")
    of_others = [claim for claim in waiting if actor.is_system or claim.entered_by_id != actor.pk]
    if not of_others:
        raise Refusal("SEPARATION_OF_DUTIES", person=str(actor), step="enter")
    held = held_invoices(mutual, of_others)
    kept_back = held_ids(held)
    of_others = [claim for claim in of_others if claim.pk not in kept_back]
    if not of_others:
        raise RefusedRows(held_findings(held, "claims"))
    for claim in of_others:
        approve_locked(claim, mutual=mutual, approver=approver, actor=actor, on=on)
    return of_others[-1]


def approve_locked(claim: Claim, *, mutual: Mutual, approver: User, actor: User, on: date) -> Claim:
    """Post one decided claim whose row is locked; ``approver`` approves, ``actor`` posts."""
    if claim.state != ClaimState.DECIDED:
        raise Refusal("CLAIM_NOT_DECIDED", claim=claim.document_number, state=claim.state)
    entry = post_entry(mutual=mutual, entry=approval_entry(claim), actor=actor, on=on)
    claim.entry = entry
    claim.state = ClaimState.APPROVED
    claim.approved_by = approver
    claim.approved_at = timezone.now()
    claim.save(update_fields=["entry", "state", "approved_by", "approved_at"])
    return claim


def approval_entry(claim: Claim) -> Entry:
    """The entry of an approved claim; its event is the care, the debt is the provider's or the
    member's according to the circuit."""
    payable, party = payee_account(claim)
    return posting_rules.claim_approved(
        document_number=approval_number(claim),
        occurred_on=claim.care_on,
        payable=payable,
        party=party,
        amount_minor=claim.payable_minor,
        label=claim.person.number if claim.person_id else "",
    )


_FIRST_AGAIN = 3  # decided, its approval taken back by a second decision, decided once more


def approval_number(claim: Claim) -> str:
    """The number of the entry of a claim: its own; after an approval that was taken back, ``…/2``.

    No query for a claim that was decided twice at most.
    """
    if claim.decision_number < _FIRST_AGAIN:
        return claim.document_number
    earlier = claim.again.filter(entry__isnull=False).count()
    return f"{claim.document_number}/{earlier + 1}" if earlier else claim.document_number


def payee_account(claim: Claim) -> tuple[AccountRole, str]:
    """Who is owed, as the books name them: a family whose file was merged by the one that stays."""
    if claim.circuit == Circuit.THIRD_PARTY_PAYMENT:
        return AccountRole.PROVIDERS_PAYABLE, f"provider:{claim.provider.uid}"
    return AccountRole.MEMBERS_PAYABLE, f"household:{kept_household(claim.household).uid}"


@command("reverse_claim", right=Right.REVERSE)
def reverse_claim(
    *, mutual: Mutual, actor: User, on: date, idempotency_key: str, claim: Claim, reason: str
) -> Claim:
    """Undo a claim that was not paid: its entry is reversed, its use of the ceilings given back.

    Refused with ``CLAIM_IN_SETTLEMENT`` once it stands in a batch, ``CLAIM_REVERSED`` the second
    time, ``CLAIM_KEPT_BACK`` while a payment, made or not, keeps back what was asked of it, and
    ``REVERSAL_REASON_MISSING`` without a reason, or ``EPISODE_STANDS`` while later claims of its
    episode rest on the deductible or ticket that it took.
    """
    if not reason.strip():
        raise Refusal("REVERSAL_REASON_MISSING", place="reason")
    claim = locked_claim(claim)
    if claim.state in (ClaimState.IN_BATCH, ClaimState.PAID):
        raise Refusal("CLAIM_IN_SETTLEMENT", claim=claim.document_number)
    if claim.state == ClaimState.REVERSED:
        raise Refusal("CLAIM_REVERSED", claim=claim.document_number)
    require_nothing_kept_back(claim)
    decision = CoreDecision.from_json(decision_in_force(claim).outcome)
    require_nothing_shared(claim, decision, others_of_episode(claim))
    if claim.entry is not None:
        reverse_posted(mutual=mutual, entry=claim.entry, actor=actor, on=on)
    give_back_and_consume(claim, decision, None)
    claim.state = ClaimState.REVERSED
    claim.reversed_on, claim.reversed_by, claim.reversal_reason = on, actor, reason.strip()
    claim.save(update_fields=["state", "reversed_on", "reversed_by", "reversal_reason"])
    return claim


def require_nothing_kept_back(claim: Claim) -> None:
    """``CLAIM_KEPT_BACK``: reversed, it would cost its payee what another payment keeps back.

    Nobody is locked by it: that batch is cancelled, or that payment comes back, first. Recoveries
    are locked before, as whoever prepares a batch locks them.
    """
    for recovery in claim.recoveries.select_for_update(of=("self",)).order_by("pk"):
        kept = recovery.deductions.filter(is_cancelled=False).select_related("payout").first()
        if kept is not None:
            raise Refusal(
                "CLAIM_KEPT_BACK",
                claim=claim.document_number,
                recovery=recovery.document_number,
                payout=kept.payout.document_number,
            )
