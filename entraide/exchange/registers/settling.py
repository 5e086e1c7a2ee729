"""A row that an import set aside is settled otherwise: with a reason, by another person."""

from __future__ import annotations

from datetime import date

from django.db.models import Sum

from entraide.apps.access.models import User
from entraide.apps.enrolment.models import Household
from entraide.apps.ledger.models import Entry
from entraide.apps.ledger.selectors import entry_by_document
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right, require_other_person
from entraide.apps.takeover.asides import pointed_minor, settled_rows
from entraide.apps.takeover.models import AsideSettlement, AsideWay, ImportRun, RunState
from entraide.apps.takeover.rows import content_hash
from entraide.core.errors import Finding, Refusal, RefusedRows
from entraide.core.ledger import EntryKind, Side
from entraide.exchange.registers.plan import Action, Line
from entraide.exchange.registers.running import plan_run

ASIDE = frozenset({Action.ASIDE, Action.UNMATCHED})
SETTLED_KINDS = frozenset({"loans"})


@command("settle_aside", right=Right.POST_OPERATION)
def settle_aside(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    run: ImportRun,
    row: int,
    way: str,
    reason: str,
    document_number: str = "",
) -> AsideSettlement:
    """What was kept back of a client set aside is settled, by the lender or by an entry.

    ``way`` is one of :class:`AsideWay`; ``document_number`` names the entry by which money that
    was received here was settled (given back, put to another family's receipt …). The row is not
    imported any more. Refused with ``IMPORT_NOT_OPEN``, ``ASIDE_NOT_FOUND``, ``ASIDE_SETTLED``
    (for another amount: withdraw that first), ``SEPARATION_OF_DUTIES`` (the actor carried the
    import out), ``REASON_MISSING``, ``ASIDE_WAY_MISSING``, ``ASIDE_ENTRY_MISSING``,
    ``ASIDE_ENTRY_UNKNOWN``, ``ASIDE_ENTRY_REVERSED`` or ``ASIDE_ENTRY_SMALLER``; several at once.
    """
    run = _locked(run)
    if run.state != RunState.DONE or run.content is None or run.kind not in SETTLED_KINDS:
        raise Refusal("IMPORT_NOT_OPEN", file=run.file_name)
    if run.carried_out_by is not None:
        require_other_person(actor, run.carried_out_by, step="carry_out_import")
    _, plan = plan_run(run, actor=actor, on=on)
    line = next((each for each in plan.lines if each.row == row and each.action in ASIDE), None)
    if line is None:
        raise Refusal("ASIDE_NOT_FOUND", row=row)
    before = settled_rows(mutual, run.kind, [line.key]).get(line.key)
    if before is not None:
        raise Refusal("ASIDE_SETTLED", day=before.settled_on, person=str(before.settled_by))
    amount_minor = line.amount_minor or 0
    findings = [] if reason.strip() else [Finding("REASON_MISSING", place="reason")]
    entry = None
    if way == AsideWay.ENTRY:
        entry, faults = _entry(mutual, document_number.strip(), amount_minor)
        findings += faults
    elif way != AsideWay.LENDER:
        findings.append(Finding("ASIDE_WAY_MISSING", place="way"))
    if findings:
        raise RefusedRows(tuple(findings))
    values = next(each.values for each in plan.asked.table.rows if each.number == row)
    settlement = AsideSettlement.objects.create(
        mutual=mutual, run=run, kind=run.kind, key=line.key, content_hash=content_hash(values),
        row=row, label=line.label[:200], household=_household(line), amount_minor=amount_minor,
        way=way, entry=entry, reason=reason.strip(), settled_by=actor, settled_on=on,
    )  # fmt: skip
    _count(run, line.action, amount_minor, 1)
    if not run.aside_count and not plan.changes:
        run.content = None
    run.save(update_fields=["counts", "content"])
    return settlement


@command("withdraw_aside_settlement", right=Right.POST_OPERATION)
def withdraw_aside_settlement(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    settlement: AsideSettlement,
    reason: str,
) -> AsideSettlement:
    """Said by mistake: the row is set aside again; of a list that is gone, once it is sent again.

    Refused with ``REASON_MISSING`` or ``ASIDE_WITHDRAWN``.
    """
    if not reason.strip():
        raise Refusal("REASON_MISSING", place="reason")
    settlement = AsideSettlement.objects.select_for_update(of=("self",)).get(pk=settlement.pk)
    if settlement.withdrawn_on is not None:
        raise Refusal("ASIDE_WITHDRAWN", day=settlement.withdrawn_on)
    settlement.withdrawn_by, settlement.withdrawn_on = actor, on
    settlement.withdrawal_reason = reason.strip()
    settlement.save(update_fields=["withdrawn_by", "withdrawn_on", "withdrawal_reason"])
    run = _locked(settlement.run)
    was = Action.ASIDE if settlement.household_id is not None else Action.UNMATCHED
    _count(run, was, settlement.amount_minor, -1)
    run.save(update_fields=["counts"])
    return settlement


def _locked(run: ImportRun) -> ImportRun:
    rows = ImportRun.objects.select_for_update(of=("self",))
    return rows.select_related("mutual", "carried_out_by").get(pk=run.pk)


def _household(line: Line) -> Household | None:
    if line.household_uid is None:
        return None
    return Household.objects.filter(uid=line.household_uid).first()


def _entry(
    mutual: Mutual, document_number: str, amount_minor: int
) -> tuple[Entry | None, list[Finding]]:
    """The entry that settled an amount, with what forbids it."""
    if not document_number:
        return None, [Finding("ASIDE_ENTRY_MISSING", place="document_number")]
    try:
        entry = entry_by_document(mutual, document_number)
    except Refusal:
        data = {"document_number": document_number}
        return None, [Finding("ASIDE_ENTRY_UNKNOWN", place="document_number", data=data)]
    if entry.kind == EntryKind.REVERSAL or getattr(entry, "reversed_by", None) is not None:
        data = {"document_number": document_number}
        return None, [Finding("ASIDE_ENTRY_REVERSED", place="document_number", data=data)]
    debits = entry.postings.filter(side=Side.DEBIT.value)
    whole_minor = debits.aggregate(total=Sum("amount_minor", default=0))["total"]
    free_minor = whole_minor - pointed_minor(entry)
    if free_minor < amount_minor:
        shown = {
            "document_number": document_number, "free_minor": free_minor,
            "amount_minor": amount_minor, "currency": mutual.currency,
        }  # fmt: skip
        return None, [Finding("ASIDE_ENTRY_SMALLER", place="document_number", data=shown)]
    return entry, []


def _count(run: ImportRun, action: Action, amount_minor: int, by: int) -> None:
    """Move a row of the import's figures from aside to settled, or back."""
    name = "aside" if action is Action.ASIDE else "unmatched"
    for key, change in (
        (name, -by),
        ("aside_minor", -by * amount_minor),
        ("settled", by),
        ("settled_minor", by * amount_minor),
    ):
        run.counts[key] = run.counts.get(key, 0) + change
    run.counts = {key: count for key, count in run.counts.items() if count}
