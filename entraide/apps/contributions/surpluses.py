"""Cash found too much leaves suspense: given back to who had paid it, or income once two decide.

The finder does neither alone: who finds the money never says whose it is.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db.models import Case, F, QuerySet, When

from entraide.apps.access.models import User
from entraide.apps.contributions.models import (
    CashSurplus,
    ClearanceKind,
    ClearanceState,
    SurplusClearance,
)
from entraide.apps.contributions.shortages import amount_faults, day_faults, reason_faults, refuse
from entraide.apps.enrolment.selectors import found
from entraide.apps.ledger.opening import ensure_account
from entraide.apps.ledger.operations import treasury_of
from entraide.apps.ledger.selectors import treasury_balance
from entraide.apps.ledger.services import post_entry, reverse_posted
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.numbering import next_number
from entraide.apps.schemes.rights import Right, require_other_person
from entraide.core import posting_rules, shortages
from entraide.core.errors import Finding, Refusal
from entraide.core.ledger import AccountRole, Entry, FundCode

CLEARANCE_PREFIX = "LEV"


@command("give_surplus_back", right=Right.POST_OPERATION)
def give_surplus_back(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    surplus: CashSurplus,
    amount_minor: int,
    given_to: str,
    paid_on: date,
    reason: str,
) -> SurplusClearance:
    """All or a part goes back to who had paid it: suspense / the cash box, ``LEV-…``.

    Refused with ``SEPARATION_OF_DUTIES`` (the actor found it), ``SURPLUS_BEING_DECIDED``,
    ``AMOUNT_NOT_ABOVE_ZERO``, ``SURPLUS_CLEARED_BEYOND``, ``DATE_IN_FUTURE``,
    ``CLEARED_BEFORE_FOUND``, ``REASON_MISSING``, ``REFUND_RECEIVER_MISSING`` or
    ``REFUND_MORE_THAN_HELD``; several at once when several are so.
    """
    surplus = _locked(surplus)
    require_other_person(actor, surplus.found_by, step="record_surplus")
    _require_undecided(surplus)
    findings = [*_faults(surplus, amount_minor, reason), *day_faults(paid_on, on, "paid_on")]
    if paid_on < surplus.found_on:
        data = {"found_on": surplus.found_on}
        findings.append(Finding("CLEARED_BEFORE_FOUND", place="paid_on", data=data))
    if not given_to.strip():
        findings.append(Finding("REFUND_RECEIVER_MISSING", place="given_to"))
    held_minor = treasury_balance(mutual, on, account=surplus.cash_account)
    if held_minor < amount_minor:
        data = {
            "account": surplus.cash_account.label_fr, "held_minor": held_minor,
            "amount_minor": amount_minor, "currency": mutual.currency,
        }  # fmt: skip
        findings.append(Finding("REFUND_MORE_THAN_HELD", place="amount", data=data))
    refuse(findings)
    number = next_number(mutual=mutual, prefix=CLEARANCE_PREFIX, on=on)
    entry = shortages.surplus_given_back(
        document_number=number,
        occurred_on=paid_on,
        treasury=treasury_of(surplus.cash_account),
        amount_minor=amount_minor,
        label=f"{surplus.document_number}, {given_to.strip()}"[:200],
    )
    clearance = SurplusClearance(
        mutual=mutual, surplus=surplus, kind=ClearanceKind.GIVEN_BACK, amount_minor=amount_minor,
        given_to=given_to.strip(), reason=reason.strip(), proposed_by=actor, proposed_on=on,
    )  # fmt: skip
    return _post(clearance, surplus, entry, actor=actor, on=on)


@command("propose_surplus_income", right=Right.POST_OPERATION)
def propose_surplus_income(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    surplus: CashSurplus,
    amount_minor: int,
    reason: str,
) -> SurplusClearance:
    """Nobody claims it: proposed as income of the running fund, for another person to decide.

    Refused with ``SURPLUS_BEING_DECIDED`` (one proposal at a time), ``AMOUNT_NOT_ABOVE_ZERO``,
    ``SURPLUS_CLEARED_BEYOND`` or ``REASON_MISSING``.
    """
    surplus = _locked(surplus)
    _require_undecided(surplus)
    refuse(_faults(surplus, amount_minor, reason))
    return SurplusClearance.objects.create(
        mutual=mutual, surplus=surplus, kind=ClearanceKind.INCOME, amount_minor=amount_minor,
        state=ClearanceState.PROPOSED, reason=reason.strip(), proposed_by=actor, proposed_on=on,
    )  # fmt: skip


@command("approve_surplus_income", right=Right.WRITE_OFF)
def approve_surplus_income(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    clearance: SurplusClearance,
) -> SurplusClearance:
    """The second person makes it income: the box holds it for the running fund, ``LEV-…``.

    Refused with ``SEPARATION_OF_DUTIES`` (the actor proposed it, or found the cash) or
    ``CLEARANCE_DECIDED``.
    """
    clearance, surplus = _to_decide(clearance, actor)
    ensure_account(mutual, AccountRole.CASH_GAINS)
    number = next_number(mutual=mutual, prefix=CLEARANCE_PREFIX, on=on)
    entry = posting_rules.suspense_cleared(
        document_number=number,
        occurred_on=on,
        treasury=treasury_of(surplus.cash_account),
        amounts_minor={FundCode.RUNNING: clearance.amount_minor},
        was_received=True,
        counterpart=AccountRole.CASH_GAINS,
        label=f"{surplus.document_number}, {clearance.reason}"[:200],
    )
    return _post(clearance, surplus, entry, actor=actor, on=on)


@command("refuse_surplus_income", right=Right.WRITE_OFF)
def refuse_surplus_income(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    clearance: SurplusClearance,
    reason: str,
) -> SurplusClearance:
    """The second person says no, with the reason: it stays in suspense.

    Refused with ``REASON_MISSING``, ``SEPARATION_OF_DUTIES`` or ``CLEARANCE_DECIDED``.
    """
    refuse(reason_faults(reason))
    clearance, _surplus = _to_decide(clearance, actor)
    clearance.state, clearance.decision = ClearanceState.REFUSED, reason.strip()
    clearance.decided_by, clearance.decided_on = actor, on
    clearance.save(update_fields=["state", "decision", "decided_by", "decided_on"])
    return clearance


@command("reverse_clearance", right=Right.REVERSE)
def reverse_clearance(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    clearance: SurplusClearance,
    reason: str,
) -> SurplusClearance:
    """Taken out of suspense by mistake: a reversal entry, and it waits there again.

    Refused with ``REASON_MISSING``, ``CLEARANCE_NOT_POSTED`` or ``SEPARATION_OF_DUTIES`` (the
    actor gave the cash back or decided).
    """
    refuse(reason_faults(reason))
    surplus = _locked(clearance.surplus)
    clearance = SurplusClearance.objects.select_for_update().get(pk=clearance.pk)
    if clearance.state != ClearanceState.POSTED or clearance.entry is None:
        raise Refusal("CLEARANCE_NOT_POSTED", document_number=clearance.document_number)
    require_other_person(actor, clearance.decided_by, step="clear_surplus")
    reverse_posted(mutual=mutual, entry=clearance.entry, actor=actor, on=on, reason=reason.strip())
    clearance.state, clearance.decision = ClearanceState.REVERSED, reason.strip()
    clearance.reversed_by, clearance.reversed_on = actor, on
    clearance.save(update_fields=["state", "decision", "reversed_by", "reversed_on"])
    surplus.cleared_minor -= clearance.amount_minor
    surplus.save(update_fields=["cleared_minor"])
    return clearance


def _locked(surplus: CashSurplus) -> CashSurplus:
    rows = CashSurplus.objects.select_for_update(of=("self",))
    return rows.select_related("cash_account", "found_by", "mutual").get(pk=surplus.pk)


def _require_undecided(surplus: CashSurplus) -> None:
    waiting = surplus.clearances.filter(state=ClearanceState.PROPOSED).first()
    if waiting is not None:
        raise Refusal(
            "SURPLUS_BEING_DECIDED",
            document_number=surplus.document_number,
            person=str(waiting.proposed_by),
            day=waiting.proposed_on,
        )


def _faults(surplus: CashSurplus, amount_minor: int, reason: str) -> list[Finding]:
    findings = [*amount_faults(amount_minor), *reason_faults(reason)]
    if amount_minor > surplus.remaining_minor:
        data = {
            "amount_minor": amount_minor, "remaining_minor": surplus.remaining_minor,
            "currency": surplus.mutual.currency,
        }  # fmt: skip
        findings.append(Finding("SURPLUS_CLEARED_BEYOND", place="amount", data=data))
    return findings


def _to_decide(clearance: SurplusClearance, actor: User) -> tuple[SurplusClearance, CashSurplus]:
    surplus = _locked(clearance.surplus)
    rows = SurplusClearance.objects.select_for_update(of=("self",)).select_related("proposed_by")
    clearance = rows.get(pk=clearance.pk)
    if clearance.state != ClearanceState.PROPOSED:
        raise Refusal("CLEARANCE_DECIDED", document_number=surplus.document_number)
    require_other_person(actor, clearance.proposed_by, step="propose_surplus_income")
    require_other_person(actor, surplus.found_by, step="record_surplus")
    return clearance, surplus


def _post(
    clearance: SurplusClearance, surplus: CashSurplus, entry: Entry, *, actor: User, on: date
) -> SurplusClearance:
    clearance.document_number = entry.document_number
    clearance.entry = post_entry(mutual=surplus.mutual, entry=entry, actor=actor, on=on)
    clearance.state = ClearanceState.POSTED
    clearance.decided_by, clearance.decided_on = actor, on
    clearance.save()
    surplus.cleared_minor += clearance.amount_minor
    surplus.save(update_fields=["cleared_minor"])
    return clearance


def surpluses_list(mutual: Mutual) -> QuerySet[CashSurplus]:
    """Cash found too much: what waits in suspense first, the oldest first."""
    waits_first = Case(When(cleared_minor__lt=F("amount_minor"), then=0), default=1)
    rows = CashSurplus.objects.filter(mutual=mutual).select_related("cash_account", "found_by")
    return rows.order_by(waits_first, "found_on", "pk")


def surpluses_waiting(mutual: Mutual) -> QuerySet[CashSurplus]:
    """Cash found too much that is in suspense still, the oldest first."""
    rows = CashSurplus.objects.filter(mutual=mutual, cleared_minor__lt=F("amount_minor"))
    return rows.select_related("cash_account", "found_by").order_by("found_on", "pk")


def surplus_for(mutual: Mutual, uid: UUID | str) -> CashSurplus:
    """The surplus of this mutual with this ``uid``, or ``NOT_FOUND``."""
    rows = CashSurplus.objects.filter(mutual=mutual)
    return found(rows.select_related("cash_account", "found_by", "entry"), uid=uid)


def clearances_to_decide(mutual: Mutual) -> QuerySet[SurplusClearance]:
    """Proposals to make cash found too much income, the oldest first."""
    rows = SurplusClearance.objects.filter(mutual=mutual, state=ClearanceState.PROPOSED)
    return rows.select_related("surplus", "proposed_by").order_by("proposed_on", "pk")
