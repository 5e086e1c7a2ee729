"""What a bank or operator answers to transfers: each payment made or come back, once.

The same file again changes nothing; one fault anywhere and nothing of it is written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from entraide.apps.settlement.hands import require_other_hands
from entraide.apps.settlement.models import (
    BatchState,
    Payout,
    PayoutAnswer,
    PayoutPlace,
    ReturnCode,
)
from entraide.apps.settlement.returns import return_payout
from entraide.apps.settlement.services import record_payout
from entraide.apps.takeover.models import ImportRun
from entraide.core.errors import Finding, Refusal
from entraide.core.settlement_channels import is_in_hand
from entraide.exchange.registers.contributions import meaning
from entraide.exchange.registers.plan import Action, Asked, Line, Plan
from entraide.files.cell_values import plain
from entraide.files.table_reading import TableRow

PAID, FAILED = "paid", "failed"


@dataclass(frozen=True, slots=True)
class _Answer:
    """One row that says something new of a payment."""

    row: TableRow
    payout: Payout
    is_paid: bool
    on: date
    code: str

    @property
    def words(self) -> str:
        """The bank's code and its words."""
        said = (self.row.text("return_code"), self.row.text("return_words"))
        return " ".join(part for part in said if part)[:200]


def plan_returns(asked: Asked) -> Plan:
    """What becomes of each payment named; every fault with its row and column."""
    plan = Plan(asked)
    payouts = _payouts(asked, asked.table.rows)
    answers: list[_Answer] = []
    for row in asked.table.rows:
        number = row.text("payout_number")
        outcome = meaning(plan, row, "payout_outcome", PAID)
        payout = payouts.get(number)
        if payout is None:
            plan.faults.append(row.fault("RETURN_UNKNOWN", "payout_number", number=number))
        if payout is None or outcome is None:
            continue
        answer = _Answer(
            row, payout, outcome == PAID, row.get("answered_on") or asked.on, _code(plan, row)
        )
        is_known = _is_known(answer)
        if not is_known:
            plan.faults += _faults(asked, answer)
            answers.append(answer)
        action = Action.PAID_OUT if answer.is_paid else Action.COME_BACK
        plan.lines.append(
            Line(
                Action.KNOWN if is_known else action, row.place(), number, row=row.number,
                key=number, amount_minor=payout.amount_minor, day=answer.on,
            )
        )  # fmt: skip
    plan.counts["payouts_paid"] = sum(each.is_paid for each in answers)
    plan.counts["payouts_returned"] = len(answers) - plan.counts["payouts_paid"]
    plan.counts["known"] = len(plan.lines) - len(answers)
    plan.write = lambda run: _write(asked, run, answers)
    return plan


def _payouts(asked: Asked, rows: Sequence[TableRow]) -> dict[str, Payout]:
    """The payments that a file names, by number. One query."""
    found = Payout.objects.filter(
        mutual=asked.mutual,
        document_number__in={row.text("payout_number") for row in rows},
    ).select_related("batch", "batch__authorised_by", "batch__prepared_by")
    return {each.document_number: each for each in found}


def _code(plan: Plan, row: TableRow) -> str:
    """Our reason for the bank's code; what nobody knows is « refused », the words are kept."""
    codes = plan.asked.table.profile.words("return_code")
    return codes.get(plain(row.text("return_code")), ReturnCode.REFUSED.value)


def _is_known(answer: _Answer) -> bool:
    """Whether the register says the same already: nothing is to be done."""
    payout = answer.payout
    return payout.stands_paid if answer.is_paid else payout.returned_on is not None


def _faults(asked: Asked, answer: _Answer) -> list[Finding]:
    """What forbids an answer: several at once."""
    row, payout, batch = answer.row, answer.payout, answer.payout.batch
    faults = []
    if is_in_hand(payout.channel) or not payout.amount_minor:
        faults.append(
            row.fault("RETURN_NO_TRANSFER", "payout_number", payout=payout.document_number)
        )
    told = row.get("amount_minor")
    if told is not None and told != payout.amount_minor:
        amounts = {"found_minor": told, "expected_minor": payout.amount_minor}
        faults.append(
            row.fault("RETURN_AMOUNT", "amount_minor", currency=asked.mutual.currency, **amounts)
        )
    if batch.state not in (BatchState.AUTHORISED, BatchState.PAID) or not batch.authorised_on:
        faults.append(row.fault("BATCH_NOT_AUTHORISED", batch=batch.document_number))
    elif answer.on > asked.on:
        faults.append(row.fault("DATE_IN_FUTURE", "answered_on", day=answer.on, on=asked.on))
    elif answer.on < (began := payout.paid_on or batch.authorised_on):
        code = "PAID_BEFORE_AUTHORISATION" if answer.is_paid else "RETURNED_BEFORE"
        faults.append(row.fault(code, "answered_on", on=began))
    if answer.is_paid and payout.returned_on is not None:
        number, on = payout.document_number, payout.returned_on
        faults.append(row.fault("PAYOUT_RETURNED", "payout_outcome", payout=number, on=on))
    elif answer.is_paid:
        try:
            require_other_hands(asked.actor, batch, payout)
        except Refusal as refusal:
            faults.append(row.fault(refusal.code, **refusal.data))
    return faults


def _write(asked: Asked, run: ImportRun, answers: Sequence[_Answer]) -> None:
    """Each payment by the command of the office, then the answer as the bank wrote it."""
    for each in answers:
        act = {
            "mutual": asked.mutual, "actor": asked.actor, "on": asked.on,
            "idempotency_key": f"{run.uid}-{each.row.number}", "payout": each.payout,
        }  # fmt: skip
        if each.is_paid:
            record_payout(paid_on=each.on, place=PayoutPlace.TRANSFER.value, **act)
        else:
            return_payout(returned_on=each.on, code=each.code, reason=each.words, **act)
        PayoutAnswer.objects.create(
            mutual=asked.mutual,
            payout=each.payout,
            is_paid=each.is_paid,
            answered_on=each.on,
            return_code="" if each.is_paid else each.code,
            words=each.words,
            bank_reference=each.row.text("bank_reference")[:80],
            source=run.file_name,
            recorded_by=asked.actor,
        )
