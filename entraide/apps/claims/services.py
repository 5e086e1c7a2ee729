"""Claims: entered, decided by the rules, reviewed by a person, approved and posted, reversed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.db.models import BigIntegerField

from entraide.apps.access.models import User
from entraide.apps.access.prepared import Prepared
from entraide.apps.access.prepared_writes import PreparedInsert
from entraide.apps.access.services import system_user
from entraide.apps.claims.around import (
    ORDINARY,
    Circumstances,
    keep_medical_detail,
)
from entraide.apps.claims.carried import counter_key_of
from entraide.apps.claims.counters import (
    move_counters,
    read_counters,
    used_amounts,
)
from entraide.apps.claims.desk import (
    ClaimOnDesk,
    LineEntry,
    choice_findings,
    claim_row,
    decision_row,
    entry_findings,
    line_rows,
)
from entraide.apps.claims.episodes import moves, others_of_episode
from entraide.apps.claims.gathering import nothing_promised, on_desk
from entraide.apps.claims.invoices import invoice_taking
from entraide.apps.claims.models import (
    Circuit,
    Claim,
    ClaimLine,
    Decision,
    Invoice,
)
from entraide.apps.claims.paid_units import keep_units
from entraide.apps.claims.papers import ClaimPaper
from entraide.apps.contributions.selectors import standing_on
from entraide.apps.enrolment.models import Household, Person
from entraide.apps.enrolment.other_covers import first_payer_of
from entraide.apps.nomenclature.free_care import programmes_in_force
from entraide.apps.nomenclature.models import Diagnosis
from entraide.apps.providers.models import Provider
from entraide.apps.providers.selectors import agreement_on, unit_prices_on
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.numbering import next_number
from entraide.apps.schemes.rights import Right
from entraide.apps.schemes.selectors import rules_of
from entraide.core.adjudication.decision import Decision as CoreDecision
from entraide.core.adjudication.facts import (
    NOTHING_USED,
    ClaimFacts,
    Context,
    UsedAmounts,
)
from entraide.core.adjudication.pipeline import adjudicate
from entraide.core.adjudication.replay import facts_from_json
from entraide.core.adjudication.running_use import Consumption, episode_use
from entraide.core.errors import RefusedRows
from entraide.core.paper_numbers import paper_number_faults

CLAIM_PREFIX = "S"


# What a household has used of its ceilings is read and moved under this lock.
_HOUSEHOLD_LOCKED: Prepared[tuple[int | None, int | None]] = Prepared(
    lambda pk: (
        Household.objects.select_for_update().filter(pk=pk).values_list("branch", "merged_into")
    ),
    pk=BigIntegerField(),
)


_NEW_CLAIM = PreparedInsert(Claim)
_NEW_LINES = PreparedInsert(ClaimLine)
_NEW_DECISION = PreparedInsert(Decision)


def read_ahead(
    *,
    mutual: Mutual,
    person: Person,
    provider: Provider,
    care_on: date,
    lines: Sequence[LineEntry],
    **_content: Any,
) -> None:
    """Read what deciding a claim asks of rights, conventions and prices, before the transaction."""
    system_user()
    standing_on(person, care_on)
    first_payer_of(person, care_on)
    programmes_in_force(mutual.pk, care_on)
    agreement = agreement_on(provider, care_on)
    unit_prices_on(agreement, {line.care_item.pk for line in lines}, care_on)


@command("submit_claim", right=Right.ENTER_CLAIM, reads=read_ahead)
def submit_claim(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    person: Person,
    provider: Provider,
    circuit: Circuit,
    care_on: date,
    received_on: date,
    lines: Sequence[LineEntry],
    attestation_number: str = "",
    invoice_number: str = "",
    channel: str = "",
    stated_total_minor: int | None = None,
    diagnosis: Diagnosis | None = None,
    medical_notes: str = "",
    circumstances: Circumstances = ORDINARY,
    invoice: Invoice | None = None,
) -> Claim:
    """Record a claim and decide it by the rules, prices and rights of the date of care.

    Faults of the entry are refused all at once (``INPUT_REFUSED``). ``EPISODE_OF_ANOTHER``: the
    episode that the claim is said to follow is another person's. ``invoice``: the one received that
    the claim stands on; its number is taken from there (``INVOICE_NOT_OPEN``,
    ``CLAIM_OF_ANOTHER_PROVIDER``, ``CLAIM_NOT_THIRD_PARTY``). What the rules have against the claim
    (no cover, an attestation used twice …) never refuses the record, nor does what is odd about it
    (``core.claim_warnings``): both stand on it, and a person looks.
    The number of queries does not depend on the history of the person or the household.
    """
    findings = entry_findings(
        lines, care_on=care_on, received_on=received_on, on=on, currency=mutual.currency,
        expected_delivery_on=circumstances.expected_delivery_on,
    )  # fmt: skip
    numbers = {
        "attestation_number": attestation_number, "invoice_number": invoice_number,
        "referral_number": circumstances.referral_number,
    }  # fmt: skip
    findings += paper_number_faults(numbers)
    findings += choice_findings(circuit=circuit, channel=channel, visit=circumstances.visit)
    if findings:
        raise RefusedRows(findings)
    invoice = invoice_taking(invoice, provider, circuit) if invoice is not None else None
    [(home_branch_id, _into)] = _HOUSEHOLD_LOCKED.all(pk=person.household_id)
    paper = ClaimPaper(
        person, provider, Circuit(circuit), care_on, received_on, tuple(lines),
        attestation_number, stated_total_minor, circumstances, invoice,
    )  # fmt: skip
    desk, key, counters = on_desk(mutual, paper, on)
    decision, context = desk.decide()
    claim = claim_row(
        desk,
        decision,
        document_number=next_number(mutual=mutual, prefix=CLAIM_PREFIX, on=on),
        entered_by=actor,
        attestation_number=attestation_number,
        paper_total_minor=stated_total_minor,
        invoice_number=invoice.provider_number if invoice is not None else invoice_number,
        invoice=invoice,
        channel=channel,
        home_branch_id=home_branch_id,
        care_branch_id=desk.agreement.branch_id if desk.agreement is not None else None,
    )
    _record(claim, desk, decision, context, on)
    if key is not None:
        move_counters(key, counters, Consumption.of(decision))
    keep_medical_detail(claim, diagnosis, medical_notes, circumstances.expected_delivery_on)
    claim.just_decided = decision
    return claim


def _record(
    claim: Claim, desk: ClaimOnDesk, decision: CoreDecision, context: dict[str, Any], on: date
) -> None:
    _NEW_CLAIM.one(claim)
    _NEW_LINES.all(line_rows(claim, desk, decision))
    version = desk.standing.product_version
    _NEW_DECISION.one(
        decision_row(
            claim,
            decision,
            context=context,
            number=1,
            made_by=system_user(),
            made_on=on,
            product_version_id=version.pk if version else None,
        )
    )


def locked_claim(claim: Claim) -> Claim:
    """The claim as it stands, its row and its household's locked until the end of the command.

    Of a file that was merged, the one that stays is locked too: the claim counts under it.
    """
    household: int | None = claim.household_id
    while household is not None:
        [(_branch, household)] = _HOUSEHOLD_LOCKED.all(pk=household)
    return (
        Claim.objects.select_for_update(of=("self",))
        .select_related("entered_by", "approved_by", "membership", "person")
        .get(pk=claim.pk)
    )


def give_back_and_consume(claim: Claim, before: CoreDecision, after: CoreDecision | None) -> None:
    """Move the counters from one decision of a claim to the next, or to none; of an episode, the
    case stays with the first claim that is paid. The lines say how many of their units are paid."""
    for each, used, sign in moves(claim, before, after, others_of_episode(claim)):
        key = counter_key_of(each)
        if key is not None:
            move_counters(key, read_counters(key), used, sign=sign)
    if after is not None:
        keep_units(claim, after)


def replay_decision(decision: Decision) -> CoreDecision:
    """The decision of the rules made again from the facts and the version that were kept.

    Equal to the first decision of the claim, years later; a person's review is not replayed.
    """
    return adjudicate(*facts_of(decision))


def facts_of(decision: Decision) -> tuple[ClaimFacts, Context]:
    """What a decision was made from: the claim, and all that stood around it then."""
    claim, product = decision.claim, nothing_promised(decision.claim.mutual.currency)
    if decision.product_version is not None:
        # Care before the cover was decided by the rules of its first day, as rights are read.
        begins_on = claim.membership.effective_from if claim.membership else claim.care_on
        product = rules_of(decision.product_version).on(max(claim.care_on, begins_on))
    return facts_from_json(decision.context, product)


def used_without(claim: Claim, decision: CoreDecision) -> UsedAmounts:
    """What is used of the ceilings as they stand, less what this decision on the claim uses; with
    what the other claims of its episode use of their shared cases."""
    key = counter_key_of(claim)
    if key is None:
        return NOTHING_USED
    others = others_of_episode(claim)
    counters = read_counters(key)
    for each, used, sign in moves(claim, decision, None, others):
        if counter_key_of(each) == key:
            move_counters(key, counters, used, sign=sign, is_kept=False)
    left = used_amounts(counters, key.person_id)
    shared = episode_use(what for _, what in others)
    return replace(left, scopes={**left.scopes, **shared}) if shared else left
