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
from entraide.core.adjudication.facts import ClaimFacts, Context
from entraide.core.adjudication.pipeline import adjudicate, at_work
from entraide.core.adjudication.scopes import case_key, of_lines, takes_once
from entraide.core.adjudication.working import FLAT_RATE_KEY
from entraide.core.errors import Finding, Refusal

RestsOn = tuple[ClaimFacts, Context]
"""What a decision was made from."""

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
    rests_on: RestsOn,
) -> Decision:
    """Pay ``amount_minor`` less for a line; to take all that is payable is to refuse the line.

    ``rests_on``: the claim and what stood around it, with the use of the year without this claim.
    Refused with ``REVIEW_REASON_MISSING``, ``REVIEW_LINE_UNKNOWN`` or ``REVIEW_AMOUNT_TOO_LARGE``.
    """
    line = _line(decision, line_key, reason)
    _within(decision, line, amount_minor, line.payable_minor)
    taken = Reduction("MEDICAL_REVIEW", amount_minor, borne_by, {"reason": reason})
    changed = replace(
        line,
        payable_minor=line.payable_minor - amount_minor,
        reductions=(*line.reductions, taken),
    )
    return _with_line(decision, changed, rests_on)


def with_ceiling_exception(
    decision: Decision,
    line_key: str,
    *,
    amount_minor: int,
    reason: str,
    rests_on: RestsOn,
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
    return _with_line(decision, changed, rests_on)


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


def _with_line(decision: Decision, changed: LineDecision, rests_on: RestsOn) -> Decision:
    claim, context = rests_on
    desk, worked = at_work(claim, context)
    # What it uses is read from the limits anew: a line wholly taken by one had used none of them.
    for line in worked:
        if line.facts.key == changed.line_key:
            changed = replace(changed, uses=desk.uses_of(line, changed.payable_minor))
    lines = tuple(changed if line.line_key == changed.line_key else line for line in decision.lines)
    paid: dict[str, int] = {}
    for each in lines:
        paid[each.category] = paid.get(each.category, 0) + each.counted_minor
    uses = of_lines(line.uses for line in lines) | _uses_of_the_claim(decision, lines, rests_on)
    after = replace(decision, lines=lines, uses=uses)
    counted_before = set(paid) - set(after.case_categories())
    return replace(after, used_after=context.used.plus(paid, uses, counted_before))


def _uses_of_the_claim(
    decision: Decision, lines: tuple[LineDecision, ...], rests_on: RestsOn
) -> dict[str, int]:
    """What the claim uses as a whole with these lines: deductibles and tickets stay as they were
    taken; a case of its episode is one where something of it is paid."""
    claim, context = rests_on
    uses = {key: value for key, value in decision.uses.items() if takes_once(key)}
    if not claim.episode:
        return uses
    for line in lines:
        if not line.counted_minor:
            continue
        key = case_key("paid", line.category)
        uses[key] = uses.get(key, 0) + line.counted_minor
        if not context.used.scopes.get(case_key("counted", line.category)):
            uses[case_key("counted", line.category)] = 1
    for line in lines:
        if line.line_key.startswith(FLAT_RATE_KEY) and case_key("paid", line.category) in uses:
            uses[case_key("flat_rate", line.category)] = line.claimed_minor
    return uses
