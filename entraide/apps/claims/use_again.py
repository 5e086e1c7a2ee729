"""What other claims use, read anew where the rules decide a recorded claim again.

Agreements, quantities and days of acts, acts of the day, the attestation and the referral voucher:
as they stand at the new decision, the claim's own lines left out. Inside ``scope(mutual=…)``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from django.db.models import Q, QuerySet

from entraide.apps.claims.acts_now import ACT_NOW
from entraide.apps.claims.around import (
    NOT_USED,
    OUT,
    Around,
    Circumstances,
    around_of,
    used_under,
    voucher_named,
)
from entraide.apps.claims.carried import counted_person, counter_key_of
from entraide.apps.claims.desk import line_key, payable_by_position
from entraide.apps.claims.habits import habits_of
from entraide.apps.claims.models import Claim, ClaimLine, ClaimState, PreAuthorisation
from entraide.apps.enrolment.selectors import of_person
from entraide.apps.nomenclature.services import UNKNOWN
from entraide.core.adjudication.decision import Decision as CoreDecision
from entraide.core.adjudication.facts import ClaimFacts, Context, LineFacts, is_hospital_care
from entraide.core.adjudication.valuation import lines_bound_by_agreement
from entraide.core.errors import Refusal
from entraide.core.incompatible import clashes
from entraide.core.product import Product


def around_again(
    claim: Claim, lines: Sequence[ClaimLine], product: Product, *, needs_letter: bool
) -> Around:
    """What stands around a recorded claim now; ``lines`` as they are coded for the decision."""
    key = counter_key_of(claim)
    named = claim.referral
    how = Circumstances(
        visit=claim.visit,
        is_inpatient=claim.is_inpatient,
        referral_number=named.document_number if named is not None else claim.referral_number,
        episode=claim.episode,
    )
    return around_of(
        counted_person(claim), claim.provider, [line.act for line in lines], care_on=claim.care_on,
        year_from=key.year_from if key is not None else claim.care_on, product=product,
        circumstances=how, needs_letter=needs_letter, own=claim,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Others:
    """Other claims that stand in the way: those that ask for the same, by care item and on the same
    attestation, and the acts of the day that an act does not go with."""

    acts: Mapping[int, str]
    attestation: str | None = None
    clashes: Mapping[int, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.acts or self.attestation)


def others_of(
    claim: Claim, lines: Sequence[ClaimLine], on: date, *, but: Collection[str], paid_only: bool
) -> Others:
    """The claims that stand in the way of this one: those entered before it, and those entered
    after it that are paid; ``but`` those with these numbers, which a person has been told of. Two
    queries; ``on``: today.

    ``paid_only``: only what is paid stands in the way, for whoever has looked at the others.
    """
    in_the_way = Q(payable_minor__gt=0) if paid_only else _in_the_way(claim, "claim__pk")
    of_the_day = (
        ClaimLine.objects.filter(
            in_the_way,
            of_person(counted_person(claim).pk, "claim__person"),
            claim__care_on=claim.care_on,
        )
        .exclude(Q(claim=claim) | Q(claim__state__in=OUT))
        .annotate(act=ACT_NOW)
        .order_by("-pk")
        .values_list("act", "claim__document_number", "claim__provider")
    )
    acts = list(of_the_day)
    wanted = {line.act.pk for line in lines if line.act.system != UNKNOWN}
    held = Q(payable_minor__gt=0) if paid_only else _in_the_way(claim, "pk")
    papers = on_attestation(claim).filter(held).exclude(document_number__in=but).order_by("pk")
    habits = habits_of(claim.mutual, on)
    return Others(
        {
            item: number
            for item, number, provider in acts
            if provider == claim.provider_id and item in wanted and number not in but
        },
        papers.values_list("document_number", flat=True).first(),
        clashes(
            habits.incompatible, [line.act.pk for line in lines], [item for item, *_ in acts],
            habits.act_names, claim.care_on,
        ),
    )  # fmt: skip


def _in_the_way(claim: Claim, key: str) -> Q:
    return Q(payable_minor__gt=0) | Q(**{f"{key}__lt": claim.pk})


def on_attestation(claim: Claim) -> QuerySet[Claim]:
    """The other claims that stand on the attestation of a claim; none for one without."""
    if not claim.attestation_key:
        return Claim.objects.none()
    same = Claim.objects.filter(attestation_key=claim.attestation_key)
    return same.exclude(Q(pk=claim.pk) | Q(state=ClaimState.REVERSED))


def with_use_as_now(
    claim: Claim,
    lines: Sequence[ClaimLine],
    facts: ClaimFacts,
    around: Around,
    others: Others,
    context: Context,
) -> ClaimFacts:
    """The facts with all that other claims use as it is read now.

    The rows of the lines are given the agreement whose amount bounds them under the rules of
    ``context``, and the claim its voucher and the claim that had its attestation first; the caller
    saves them.
    """
    by_key = {line_key(line.position - 1): line for line in lines}
    claim.referral = around.voucher
    _point_at_holder(claim, others)
    fault = around.referral_fault
    told = tuple(_line_now(each, by_key[each.key], around, others) for each in facts.lines)
    now = replace(
        facts,
        lines=told,
        attestation_of=others.attestation,
        infers_stay=facts.infers_stay or bool(around.authorised) or is_hospital_care(told),
        bounds_flat_rate=facts.bounds_flat_rate or bool(around.authorised),
        bounds_payment=facts.bounds_payment or bool(around.authorised),
        weighs_together=True,
        has_voucher=around.voucher is not None,
        referral_fault=fault.code if fault is not None else "",
        referral_data=fault.data if fault is not None else {},
    )
    bound = lines_bound_by_agreement(now, context)
    for line in lines:
        authorised = around.authorised.get(line.act.pk)
        is_bound = authorised is not None and line_key(line.position - 1) in bound
        line.pre_authorisation = authorised.authorisation if is_bound and authorised else None
    return now


def _point_at_holder(claim: Claim, others: Others) -> None:
    """Whose attestation it was first is said anew where that claim was reversed: nobody's then,
    and the database lets no other claim have it."""
    if claim.attestation_of is None:
        return
    papers = on_attestation(claim)
    if others.attestation is not None:
        claim.attestation_of = papers.get(document_number=others.attestation)
    elif claim.attestation_of.state == ClaimState.REVERSED:
        claim.attestation_of = papers.filter(attestation_of__isnull=True).first()


def named_before(claim: Claim, number: int) -> frozenset[str]:
    """The claims that decisions before this number named as asking for the same, or as having its
    attestation: who looked at it then has seen them. No query before the second."""
    named: set[str | None] = set()
    told_of = claim.decisions.filter(number__lt=number).values_list("context__claim", flat=True)
    for told in told_of if number > 1 else ():
        named.add(told.get("attestation_of"))
        named.update(line.get("duplicate_of") for line in told["lines"])
    return frozenset(each for each in named if each)


def require_use_left(claim: Claim, before_minor: int, decision: CoreDecision) -> None:
    """A person grants more than before: not what another claim has used since.

    ``REFERRAL_USED`` (its voucher), ``PRE_AUTHORISATION_SPENT`` (its agreement).
    """
    if decision.payable_minor <= before_minor:
        return
    how = Circumstances(
        referral_number=claim.referral.document_number if claim.referral is not None else "",
        episode=claim.episode,
    )
    _voucher, fault = voucher_named(
        counted_person(claim), claim.provider, how, claim.care_on, claim
    )
    if fault is not None and fault.code == "REFERRAL_USED":
        raise Refusal(fault.code, place="voucher", **fault.data)
    lines = list(claim.lines.select_related("category", "pre_authorisation"))
    payable = payable_by_position(decision, [line.category.code for line in lines])
    asked: dict[PreAuthorisation, int] = defaultdict(int)
    for line, payable_minor in zip(lines, payable, strict=True):
        if line.pre_authorisation is not None:
            asked[line.pre_authorisation] += payable_minor
    used = used_under(list(asked), claim) if asked else {}
    for agreement, wanted_minor in asked.items():
        most = agreement.amount_minor
        left_minor = 0 if most is None else max(0, most - used.get(agreement.pk, 0))
        if most is not None and wanted_minor > left_minor:
            raise Refusal(
                "PRE_AUTHORISATION_SPENT", authorisation=agreement.document_number,
                left_minor=left_minor, currency=decision.currency,
            )  # fmt: skip


def _line_now(facts: LineFacts, line: ClaimLine, around: Around, others: Others) -> LineFacts:
    use = around.other_acts.get(line.act.pk, NOT_USED)
    authorised = around.authorised.get(line.act.pk)
    return replace(
        facts,
        used_quantity=use.units or Decimal(0),
        last_care_on=use.last_on,
        next_care_on=use.next_on,
        pre_authorisation=authorised.authorisation.document_number if authorised else None,
        pre_authorised_minor=authorised.left_minor if authorised else None,
        used_up_authorisation=around.used_up.get(line.act.pk),
        duplicate_of=others.acts.get(line.act.pk),
        incompatible_with=others.clashes.get(line.act.pk),
    )
