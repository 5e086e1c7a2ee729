"""Missing cash is booked to the person who held it; cash found too much is booked too.

The holder acknowledges it, or another person, the finance officer, establishes it. The slip can
then reach the bank: what is deposited and what is missing are its total.
"""

from __future__ import annotations

from datetime import date

from django.db.models import Min

from entraide.apps.access.models import User
from entraide.apps.contributions.models import (
    CashHandover,
    CashShortage,
    CashSurplus,
    CollectionSlip,
    HandoverState,
)
from entraide.apps.contributions.slips import funds_of_slips
from entraide.apps.ledger.models import Account
from entraide.apps.ledger.opening import ensure_account
from entraide.apps.ledger.operations import treasury_of
from entraide.apps.ledger.services import post_entry
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.numbering import next_number
from entraide.apps.schemes.rights import Right
from entraide.core import posting_rules, shortages
from entraide.core.errors import Finding, Refusal, RefusedRows
from entraide.core.ledger import AccountRole, FundCode

SHORTAGE_PREFIX, SURPLUS_PREFIX = "MQ", "EXC"


@command("acknowledge_shortage", right=Right.PREPARE_SLIP)
def acknowledge_shortage(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    slip: CollectionSlip,
    amount_minor: int,
    found_on: date,
    reason: str,
) -> CashShortage:
    """The holder of a slip says that a part of its cash is missing, and owes it: ``MQ-…``.

    Refused with ``SHORTAGE_NOT_HOLDER``, and as :func:`establish_shortage`.
    """
    slip = _locked_slip(slip)
    if slip.holder_id != actor.pk:
        raise Refusal(
            "SHORTAGE_NOT_HOLDER",
            document_number=slip.document_number,
            holder=str(slip.holder),
        )
    return _record(slip, amount_minor, found_on, reason, actor=actor, on=on)


@command("establish_shortage", right=Right.POST_OPERATION)
def establish_shortage(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    slip: CollectionSlip,
    amount_minor: int,
    found_on: date,
    reason: str,
) -> CashShortage:
    """Another person than the holder finds that cash of a slip is missing: the holder owes it.

    The books follow (the holder / the cash box, in each fund), and so does a hand-over that its
    receiver counted differently. Refused with ``SHORTAGE_OWN`` (the holder acknowledges instead),
    ``SLIP_ALREADY_DEPOSITED``, ``SLIP_HANDED_OVER`` (its receiver counts first),
    ``AMOUNT_NOT_ABOVE_ZERO``, ``SHORTAGE_MORE_THAN_HELD``, ``DATE_IN_FUTURE``,
    ``SHORTAGE_BEFORE_SLIP`` or ``REASON_MISSING``; several at once when several are so.
    """
    slip = _locked_slip(slip)
    require_not_own(actor, slip.holder)
    return _record(slip, amount_minor, found_on, reason, actor=actor, on=on)


def _locked_slip(slip: CollectionSlip) -> CollectionSlip:
    slips = CollectionSlip.objects.select_for_update(of=("self",))
    return slips.select_related("holder", "cash_account", "mutual").get(pk=slip.pk)


def _record(
    slip: CollectionSlip, amount_minor: int, found_on: date, reason: str, *, actor: User, on: date
) -> CashShortage:
    handover = _disputed_handover(slip)
    _require_short(slip, amount_minor, found_on, reason, on)
    mutual, holder = slip.mutual, slip.holder
    parts = shortages.part_of_funds(amount_minor, funds_of_slips([slip]))
    number = next_number(mutual=mutual, prefix=SHORTAGE_PREFIX, on=on)
    ensure_account(mutual, AccountRole.CASH_SHORTAGES)
    entry = shortages.cash_short(
        document_number=number,
        occurred_on=found_on,
        treasury=treasury_of(slip.cash_account),
        party=party_of_holder(holder),
        amounts_minor=parts,
        label=f"{slip.document_number}, {holder}",
    )
    shortage = CashShortage.objects.create(
        mutual=mutual,
        document_number=number,
        holder=holder,
        slip=slip,
        handover=handover,
        cash_account=slip.cash_account,
        received_on=_oldest_money(slip),
        found_on=found_on,
        reason=reason.strip(),
        established_by=actor,
        amount_minor=amount_minor,
        **columns(parts),
        entry=post_entry(mutual=mutual, entry=entry, actor=actor, on=on),
    )
    slip.missing_minor += amount_minor
    slip.save(update_fields=["missing_minor"])
    if handover is not None:
        handover.missing_minor += amount_minor
        handover.save(update_fields=["missing_minor"])
    return shortage


def _disputed_handover(slip: CollectionSlip) -> CashHandover | None:
    """The hand-over whose receiver counted something else, locked; one that nobody counted yet
    is refused with ``SLIP_HANDED_OVER``."""
    found = (
        CashHandover.objects.select_for_update(of=("self",))
        .select_related("receiver")
        .filter(lines__slip=slip, state__in=(HandoverState.GIVEN, HandoverState.DISPUTED))
        .first()
    )
    if found is not None and found.state == HandoverState.GIVEN:
        raise Refusal(
            "SLIP_HANDED_OVER",
            document_number=slip.document_number,
            handover=found.document_number,
            receiver=str(found.receiver),
        )
    return found


def _require_short(
    slip: CollectionSlip, amount_minor: int, found_on: date, reason: str, on: date
) -> None:
    if slip.deposited_on is not None:
        raise Refusal(
            "SLIP_ALREADY_DEPOSITED", document_number=slip.document_number, day=slip.deposited_on
        )
    held_minor, currency = slip.held_minor, slip.mutual.currency
    findings = [*amount_faults(amount_minor), *day_faults(found_on, on), *reason_faults(reason)]
    if amount_minor > held_minor:
        data = {"amount_minor": amount_minor, "held_minor": held_minor, "currency": currency}
        findings.append(Finding("SHORTAGE_MORE_THAN_HELD", place="amount", data=data))
    if found_on < slip.prepared_on:
        data = {"prepared_on": slip.prepared_on}
        findings.append(Finding("SHORTAGE_BEFORE_SLIP", place="found_on", data=data))
    refuse(findings)


def require_not_own(actor: User, holder: User) -> None:
    """Refuse with ``SHORTAGE_OWN`` an act of the holder on their own shortage."""
    if holder.pk == actor.pk:
        raise Refusal("SHORTAGE_OWN", person=str(holder))


def amount_faults(amount_minor: int) -> list[Finding]:
    """``AMOUNT_NOT_ABOVE_ZERO``."""
    return [] if amount_minor > 0 else [Finding("AMOUNT_NOT_ABOVE_ZERO", place="amount")]


def reason_faults(reason: str) -> list[Finding]:
    """``REASON_MISSING``."""
    return [] if reason.strip() else [Finding("REASON_MISSING", place="reason")]


def day_faults(day: date, on: date, place: str = "found_on") -> list[Finding]:
    """``DATE_IN_FUTURE``."""
    if day <= on:
        return []
    return [Finding("DATE_IN_FUTURE", place=place, data={"day": day, "on": on})]


def refuse(findings: list[Finding]) -> None:
    """One fault as itself, several together, none passes."""
    if len(findings) == 1:
        [only] = findings
        raise Refusal(only.code, place=only.place, **only.data)
    if findings:
        raise RefusedRows(tuple(findings))


def _oldest_money(slip: CollectionSlip) -> date:
    days = [
        rows.aggregate(first=Min("paid_on"))["first"]
        for rows in (slip.payments, slip.lump_sums, slip.repayments)
    ]
    return min((day for day in days if day is not None), default=slip.prepared_on)


def party_of_holder(holder: User) -> str:
    """Whose a shortage is, in the books."""
    return f"user:{holder.uid}"


def columns(parts: dict[FundCode, int]) -> dict[str, int]:
    """The parts of an amount, by the names under which records keep them."""
    return {f"{fund.value}_minor": amount for fund, amount in parts.items()}


@command("record_surplus", right=Right.PREPARE_SLIP)
def record_surplus(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    cash_account: Account,
    amount_minor: int,
    found_on: date,
    reason: str,
) -> CashSurplus:
    """A count found more than the receipts: cash box / suspense, until it is known whose it is.

    ``EXC-…``. Refused with ``SURPLUS_NOT_CASH``, ``AMOUNT_NOT_ABOVE_ZERO``, ``DATE_IN_FUTURE`` or
    ``REASON_MISSING``; several at once when several are so.
    """
    findings = [*amount_faults(amount_minor), *day_faults(found_on, on), *reason_faults(reason)]
    if cash_account.role != AccountRole.CASH:
        data = {"account": cash_account.label_fr}
        findings.append(Finding("SURPLUS_NOT_CASH", place="cash_account", data=data))
    refuse(findings)
    number = next_number(mutual=mutual, prefix=SURPLUS_PREFIX, on=on)
    entry = posting_rules.suspense(
        document_number=number,
        occurred_on=found_on,
        treasury=treasury_of(cash_account),
        amount_minor=amount_minor,
        is_received=True,
        label=reason.strip(),
    )
    return CashSurplus.objects.create(
        mutual=mutual,
        document_number=number,
        cash_account=cash_account,
        amount_minor=amount_minor,
        found_on=found_on,
        reason=reason.strip(),
        found_by=actor,
        entry=post_entry(mutual=mutual, entry=entry, actor=actor, on=on),
    )
