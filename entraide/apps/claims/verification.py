"""Claims against themselves: their decision, their lines, what they used of the ceilings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from entraide.apps.claims.carried import carried_keys
from entraide.apps.claims.counters import scopes_of
from entraide.apps.claims.desk import cover_year_start, line_key
from entraide.apps.claims.models import Circuit, Claim, ClaimLine, ClaimState, Decision, UseCounter
from entraide.apps.schemes.models import Mutual
from entraide.core.adjudication.decision import Decision as CoreDecision
from entraide.core.adjudication.running_use import Consumption, consumptions
from entraide.core.errors import Finding

Counter = tuple[int, int | None, str, date]  # household, person, category, year


def recounted(mutual: Mutual) -> dict[Counter, tuple[int, int]]:
    """Amount and number of cases of every counter, from the claims that stand: what is paid from
    their lines, what the limits count from their decisions in force. The claims of one episode are
    one case, of the first of them that is paid."""
    claims = Claim.objects.filter(mutual=mutual, membership__isnull=False)
    years, cared_on, began = {}, {}, {}
    for pk, household, person, care_on, effective_from, number, episode in claims.exclude(
        state=ClaimState.REVERSED
    ).values_list(
        "pk", "household", "person", "care_on", "membership__effective_from", "decision_number",
        "episode",
    ):  # fmt: skip
        years[pk] = (household, person, cover_year_start(effective_from, care_on), number)
        cared_on[pk], began[pk] = care_on, episode
    for pk, (family, patient, begins_on) in carried_keys(mutual).items():
        # A file entered twice: counted under the one that stays.
        if pk in years and begins_on is not None:
            year = cover_year_start(begins_on, cared_on[pk])
            years[pk] = (family, patient, year, years[pk][3])
    paid: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    lines = ClaimLine.objects.filter(mutual=mutual, payable_minor__gt=0).values_list(
        "claim_id", "category__code", "payable_minor"
    )
    for claim_id, category, payable_minor in lines.order_by():
        if claim_id in years:
            paid[claim_id][category] += payable_minor
    episodes = _episodes(began)
    shared = {pk for claims in episodes for pk in claims}
    uses = _uses_in_force(mutual, {pk: year[3] for pk, year in years.items()}, shared)
    in_episode: dict[int, Consumption] = {}
    for claims in episodes:
        readable = [pk for pk in claims if pk in uses]
        used_by = consumptions(uses[pk] for pk in readable)
        in_episode |= dict(zip(readable, used_by, strict=True))
    totals: dict[Counter, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for claim_id in paid.keys() | uses.keys():
        household, person, year, _number = years[claim_id]
        by_category = paid.get(claim_id, {})
        decision = uses.get(claim_id)
        used = Consumption(by_category, by_category.keys(), {})
        if decision is not None:
            used = in_episode.get(claim_id) or Consumption.of(decision)
        for (whose, category), (amount, cases) in scopes_of(person, used).items():
            counter = (household, whose, category, year)
            before = totals[counter]
            totals[counter] = (before[0] + amount, before[1] + cases)
    return totals


def _episodes(began: dict[int, int | None]) -> list[list[int]]:
    """The claims that stand, by episode that more than one began or joined, in order of entry."""
    joined: dict[int, list[int]] = defaultdict(list)
    for pk in sorted(began):
        joined[began[pk] or pk].append(pk)
    return [pks for first, pks in joined.items() if pks != [first]]


def _uses_in_force(
    mutual: Mutual, numbers: dict[int, int], shared: Collection[int]
) -> dict[int, CoreDecision]:
    """The decisions in force that use more than what the lines say they pay, by claim: a limit, a
    deductible, a shared case, or less, where a line counts against no ceiling; and those of the
    claims that ``shared`` an episode."""
    decisions = Decision.objects.filter(mutual=mutual).order_by()
    return {
        claim_id: CoreDecision.from_json(outcome)
        for claim_id, number, outcome in decisions.values_list(
            "claim_id", "number", "outcome"
        ).iterator()
        if numbers.get(claim_id) == number and _is_particular(outcome, claim_id in shared)
    }


def _is_particular(outcome: Any, is_shared: bool) -> bool:
    try:
        lines = outcome["lines"]
        return (
            is_shared
            or bool(outcome.get("uses"))
            or any(line.get("is_free_of_ceilings") for line in lines)
        )
    except (AttributeError, KeyError, TypeError):
        return False  # unreadable: check_decisions names it


def check_counters(mutual: Mutual) -> Iterator[Finding]:
    """Every counter against the decisions in force, the first household first."""
    expected = recounted(mutual)
    found = {
        (row.household_id, row.person_id, row.category_code, row.year_from): (
            row.amount_minor,
            row.case_count,
        )
        for row in UseCounter.objects.filter(mutual=mutual).order_by("id")
    }
    for counter in sorted(
        expected.keys() | found.keys(), key=lambda key: (key[0], key[1] or 0, key[2], key[3])
    ):
        held, due = found.get(counter, (0, 0)), expected.get(counter, (0, 0))
        if held != due:
            household, person, category, year = counter
            document = f"{household}/{person or '-'}/{category or '*'}/{year.isoformat()}"
            yield Finding(
                "USE_COUNTER_DIFFERS",
                place=document,
                data={
                    "kind": "use_counter",
                    "document": document,
                    "found_minor": held[0],
                    "expected_minor": due[0],
                    "found_count": held[1],
                    "expected_count": due[1],
                    "currency": mutual.currency,
                },
            )


def check_decisions(mutual: Mutual) -> Iterator[Finding]:
    """Each claim says what its decision in force says; claimed = payable + Σ reductions in all.

    Yields ``DECISION_MISSING``, ``DECISION_DIFFERS`` or ``DECISION_REDUCTIONS_DIFFER``.
    """
    amounts: dict[int, dict[int, tuple[int, int]]] = defaultdict(dict)
    unbalanced: set[int] = set()
    decisions = Decision.objects.filter(mutual=mutual).order_by("claim_id", "number")
    for claim_id, number, claimed, payable, outcome in decisions.values_list(
        "claim_id", "number", "claimed_minor", "payable_minor", "outcome"
    ).iterator():
        amounts[claim_id][number] = claimed, payable
        if not _is_balanced(outcome, claimed, payable):
            unbalanced.add(claim_id)
    claims = Claim.objects.filter(mutual=mutual).order_by("pk")
    for pk, document, in_force, claimed, payable in claims.values_list(
        "pk", "document_number", "decision_number", "claimed_minor", "payable_minor"
    ).iterator():
        decided = amounts.get(pk, {})
        if set(decided) != set(range(1, in_force + 1)):
            counts = {"found": len(decided), "expected": in_force}
            yield _of_claim("DECISION_MISSING", document, **counts)
            continue
        for held, expected in zip((claimed, payable), decided[in_force], strict=True):
            if held != expected:
                yield _amounts("DECISION_DIFFERS", mutual, document, held, expected)
        if pk in unbalanced:
            yield _of_claim("DECISION_REDUCTIONS_DIFFER", document, found="", expected="")


def check_claim_lines(mutual: Mutual) -> Iterator[Finding]:
    """``CLAIM_LINES_DIFFER``: a claim is the sum of its lines, as stated and as paid."""
    lines = {
        claim_id: (stated, payable)
        for claim_id, stated, payable in ClaimLine.objects.filter(mutual=mutual)
        .order_by()
        .values_list("claim_id")
        .annotate(stated=Sum("claimed_minor"), payable=Sum("payable_minor"))
    }
    claims = Claim.objects.filter(mutual=mutual).order_by("pk")
    for pk, document, stated, payable in claims.values_list(
        "pk", "document_number", "stated_minor", "payable_minor"
    ).iterator():
        for held, summed in zip((stated, payable), lines.get(pk, (0, 0)), strict=True):
            if held != summed:
                yield _amounts("CLAIM_LINES_DIFFER", mutual, document, held, summed)


def check_stated_facts(mutual: Mutual) -> Iterator[Finding]:
    """``CLAIM_FACTS_DIFFER``: each line still states what its first decision saw of it;
    ``CLAIM_WAY_DIFFERS``: the claim no longer states the day of care and whom it pays."""
    seen = {
        claim_id: context["claim"]
        for claim_id, context in Decision.objects.filter(mutual=mutual, number=1)
        .order_by()
        .values_list("claim_id", "context")
        .iterator()
        if "lines" in context.get("claim", ())
    }
    yield from _way(mutual, seen)
    lines = ClaimLine.objects.filter(mutual=mutual)
    for claim_id, document, position, item, *held in (
        lines.order_by("claim_id", "position")
        .values_list(
            "claim_id",
            "claim__document_number",
            "position",
            "care_item__code",
            "quantity",
            "unit_price_minor",
            "claimed_minor",
        )
        .iterator()
    ):
        if claim_id not in seen:
            continue
        facts = {line["key"]: line for line in seen[claim_id]["lines"]}.get(line_key(position - 1))
        expected = _stated(facts) if facts is not None else []
        if expected != [item, *held]:
            found = " · ".join(str(each) for each in (item, *held))
            told = " · ".join(str(each) for each in expected)
            yield _of_claim(
                "CLAIM_FACTS_DIFFER", document, line=position, found=found, expected=told
            )


def _way(mutual: Mutual, seen: Mapping[int, dict[str, Any]]) -> Iterator[Finding]:
    claims = Claim.objects.filter(mutual=mutual).order_by("pk")
    for pk, document, care_on, circuit in claims.values_list(
        "pk", "document_number", "care_on", "circuit"
    ).iterator():
        if pk not in seen:
            continue
        day = date.fromisoformat(seen[pk]["care_on"]["date"])
        is_direct = seen[pk].get("is_third_party_payment", True)
        decided = Circuit.THIRD_PARTY_PAYMENT if is_direct else Circuit.REIMBURSEMENT
        if (care_on, circuit) != (day, decided):
            found, expected = f"{care_on} · {circuit}", f"{day} · {decided}"
            yield _of_claim("CLAIM_WAY_DIFFERS", document, found=found, expected=expected)


def _stated(facts: dict[str, Any]) -> list[Any]:
    """Act, quantity, unit price and amount of a line as a decision keeps them, without defaults."""
    quantity = facts.get("quantity", {"decimal": "1"})["decimal"]
    unit_minor = facts.get("unit_price_claimed_minor")
    return [facts.get("item_code", ""), Decimal(quantity), unit_minor, facts["claimed_minor"]]


def _is_balanced(outcome: Any, claimed_minor: int, payable_minor: int) -> bool:
    """The lines of a decision as written, whoever wrote them: an unreadable one is not."""
    try:
        lines = [
            (
                line["claimed_minor"],
                line["payable_minor"],
                sum(reduction["amount_minor"] for reduction in line["reductions"]),
            )
            for line in outcome["lines"]
        ]
        return (
            all(claimed == payable + reduced for claimed, payable, reduced in lines)
            and sum(claimed for claimed, _, _ in lines) == claimed_minor
            and sum(payable for _, payable, _ in lines) == payable_minor
        )
    except (KeyError, TypeError):
        return False


def _of_claim(code: str, document: str, **data: Any) -> Finding:
    return Finding(code, place=document, data={"kind": "claim", "document": document, **data})


def _amounts(
    code: str, mutual: Mutual, document: str, found_minor: int, expected_minor: int
) -> Finding:
    amounts = {"found_minor": found_minor, "expected_minor": expected_minor}
    return _of_claim(code, document, **amounts, currency=mutual.currency)
