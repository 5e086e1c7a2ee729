"""What the medical adviser may change in a decision, always with a reason.

The rules decide first; a person then takes away (:func:`reduced_by_review`), grants an exception
to a ceiling (:func:`with_ceiling_exception`), or says that an act asked for twice was given twice
(:func:`readmitted`). Each gives a new decision that still explains itself line by line; the first
one is kept as it was.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from entraide.core.adjudication.decision import BorneBy, Decision, LineDecision, Reduction
from entraide.core.adjudication.facts import ClaimFacts, Context, UsedAmounts
from entraide.core.adjudication.pipeline import adjudicate
from entraide.core.adjudication.scopes import after_review, case_key, is_of_the_claim, of_lines
from entraide.core.errors import Finding, Refusal

AMOUNT_CEILINGS = frozenset(
    {
        "CEILING_PER_CASE",
        "CEILING_PERSON_YEAR",
        "CEILING_HOUSEHOLD_YEAR",
        "CEILING_PERSON_YEAR_OVERALL",
        "CEILING_HOUSEHOLD_YEAR_OVERALL",
        "LIMIT_AMOUNT",
    }
)


def reduced_by_review(
    decision: Decision,
    line_key: str,
    *,
    amount_minor: int,
    reason: str,
    borne_by: BorneBy,
    used_before: UsedAmounts,
) -> Decision:
    """Pay ``amount_minor`` less for a line; to take all that is payable is to refuse the line.

    ``used_before`` is the use of the year without this claim. Refused with
    ``REVIEW_REASON_MISSING``, ``REVIEW_LINE_UNKNOWN`` or ``REVIEW_AMOUNT_TOO_LARGE``.
    """
    line = _line(decision, line_key, reason)
    _within(decision, line, amount_minor, line.payable_minor)
    taken = Reduction("MEDICAL_REVIEW", amount_minor, borne_by, {"reason": reason})
    changed = replace(
        line,
        payable_minor=line.payable_minor - amount_minor,
        reductions=(*line.reductions, taken),
    )
    return _with_line(decision, changed, used_before)


def with_ceiling_exception(
    decision: Decision,
    line_key: str,
    *,
    amount_minor: int,
    reason: str,
    used_before: UsedAmounts,
) -> Decision:
    """Pay up to what the ceilings took from a line, in spite of them; same refusals.

    The last ceiling that took something gives first. The remark ``CEILING_EXCEPTION`` stays on
    the line, so that the effect of ceilings and of exceptions can both be counted.
    """
    line = _line(decision, line_key, reason)
    above = sum(item.amount_minor for item in line.reductions if item.code in AMOUNT_CEILINGS)
    _within(decision, line, amount_minor, above)
    left = amount_minor
    kept: list[Reduction] = []
    for reduction in reversed(line.reductions):
        given = min(left, reduction.amount_minor) if reduction.code in AMOUNT_CEILINGS else 0
        left -= given
        if given < reduction.amount_minor or not given:
            kept.append(replace(reduction, amount_minor=reduction.amount_minor - given))
    remark = Finding(
        "CEILING_EXCEPTION",
        data={"granted_minor": amount_minor, "reason": reason, "currency": decision.currency},
    )
    changed = replace(
        line,
        payable_minor=line.payable_minor + amount_minor,
        reductions=tuple(reversed(kept)),
        remarks=(*line.remarks, remark),
    )
    return _with_line(decision, changed, used_before)


def readmitted(
    claim: ClaimFacts, context: Context, *, reason: str, now: ClaimFacts | None = None
) -> tuple[ClaimFacts, Decision]:
    """What the rules decide once a person says that the acts repeat no other claim, and that the
    attestation was not used for another one.

    Answers the facts without their earlier claims, and the decision made from them; the remark
    ``NOT_REPEATED`` stays on each such line. ``context`` is the use of the ceilings as it stands.
    ``now``: the facts as they are read today, where records say so: what other claims used since,
    and those that ask for the same and that nobody has spoken of yet.
    Refused with ``REVIEW_REASON_MISSING`` or ``REVIEW_NOTHING_REPEATED``.
    """
    if not reason.strip():
        raise Refusal("REVIEW_REASON_MISSING", place="reason")
    earlier = {line.key: line.duplicate_of for line in claim.lines if line.duplicate_of}
    if claim.attestation_of:
        earlier |= {line.key: claim.attestation_of for line in claim.lines}
    if not earlier:
        raise Refusal("REVIEW_NOTHING_REPEATED")
    facts = now or replace(
        claim,
        lines=tuple(replace(line, duplicate_of=None) for line in claim.lines),
        attestation_of=None,
    )
    decision = adjudicate(facts, context)
    lines = tuple(
        replace(line, remarks=(*line.remarks, _not_repeated(earlier[line.line_key], reason)))
        if line.line_key in earlier
        else line
        for line in decision.lines
    )
    return facts, replace(decision, lines=lines)


def without_word(decision: Decision) -> Decision:
    """The same without what :func:`readmitted` wrote on its lines: what the rules alone gave."""
    lines = tuple(
        replace(line, remarks=tuple(each for each in line.remarks if each.code != "NOT_REPEATED"))
        for line in decision.lines
    )
    return replace(decision, lines=lines)


def justified(
    claim: ClaimFacts,
    context: Context,
    line_key: str,
    *,
    quantity: Decimal | None,
    amount_minor: int | None,
    reason: str,
) -> tuple[ClaimFacts, Decision]:
    """What the rules decide once a person says how much of a line is medically justified.

    Answers the facts with that, and the decision made from them. ``context`` is the use of the
    ceilings as it stands. Refused with ``REVIEW_REASON_MISSING``, ``REVIEW_LINE_UNKNOWN`` or
    ``REVIEW_NOT_BELOW``: neither the quantity nor the amount is below what the line asks, or the
    rules refuse the line already.
    """
    if not reason.strip():
        raise Refusal("REVIEW_REASON_MISSING", place=line_key)
    if all(line.key != line_key for line in claim.lines):
        raise Refusal("REVIEW_LINE_UNKNOWN", place=line_key, key=line_key)
    if (quantity is not None and quantity < 0) or (amount_minor is not None and amount_minor < 0):
        raise Refusal("REVIEW_NOT_BELOW", place=line_key)
    facts = replace(
        claim,
        lines=tuple(
            replace(
                line,
                justified_quantity=quantity,
                justified_minor=amount_minor,
                justified_reason=reason.strip(),
            )
            if line.key == line_key
            else line
            for line in claim.lines
        ),
    )
    decision = adjudicate(facts, context)
    line = next(each for each in decision.lines if each.line_key == line_key)
    if all(reduction.code != "NOT_JUSTIFIED" for reduction in line.reductions):
        raise Refusal("REVIEW_NOT_BELOW", place=line_key)
    return facts, decision


def is_changed_by_hand(decision: Decision) -> bool:
    """Whether a person took away or granted amounts that the rules, applied again, would lose."""
    return any(
        any(reduction.code == "MEDICAL_REVIEW" for reduction in line.reductions)
        or any(remark.code == "CEILING_EXCEPTION" for remark in line.remarks)
        for line in decision.lines
    )


def _not_repeated(other_claim: str | None, reason: str) -> Finding:
    return Finding("NOT_REPEATED", data={"other_claim": other_claim, "reason": reason.strip()})


def _line(decision: Decision, line_key: str, reason: str) -> LineDecision:
    if not reason.strip():
        raise Refusal("REVIEW_REASON_MISSING", place=line_key)
    for line in decision.lines:
        if line.line_key == line_key:
            return line
    raise Refusal("REVIEW_LINE_UNKNOWN", place=line_key, key=line_key)


def _within(decision: Decision, line: LineDecision, amount_minor: int, maximum_minor: int) -> None:
    if not 0 < amount_minor <= maximum_minor:
        raise Refusal(
            "REVIEW_AMOUNT_TOO_LARGE",
            place=line.line_key,
            key=line.line_key,
            maximum_minor=maximum_minor,
            currency=decision.currency,
        )


def _with_line(decision: Decision, changed: LineDecision, used_before: UsedAmounts) -> Decision:
    changed = replace(changed, uses=after_review(changed.uses, changed.payable_minor))
    lines = tuple(changed if line.line_key == changed.line_key else line for line in decision.lines)
    paid: dict[str, int] = {}
    for line in lines:
        paid[line.category] = paid.get(line.category, 0) + line.counted_minor
    uses = _uses_after_review(decision, lines, paid)
    after = replace(decision, lines=lines, uses=uses)
    counted_before = set(paid) - set(after.case_categories())
    return replace(after, used_after=used_before.plus(paid, uses, counted_before))


def _uses_after_review(
    decision: Decision, lines: tuple[LineDecision, ...], paid_minor: dict[str, int]
) -> dict[str, int]:
    """What the claim uses with these lines: deductibles and tickets stay as they were taken."""
    if not decision.uses:
        return {}
    kept = {key: value for key, value in decision.uses.items() if is_of_the_claim(key)}
    for category, payable_minor in paid_minor.items():
        if case_key("paid", category) in kept:
            kept[case_key("paid", category)] = payable_minor
        if not payable_minor:
            kept.pop(case_key("counted", category), None)
            kept.pop(case_key("flat_rate", category), None)
    uses = kept | of_lines(line.uses for line in lines)
    return {key: value for key, value in uses.items() if value}
