"""Control campaigns: drawn from a seed, looked at claim by claim, answered, signed by another.

The sample is fixed when the campaign is opened. What is asked back comes from findings only,
after the provider could reply, and by the hand of somebody who neither opened nor found.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from django.db.models import Count, QuerySet, Sum

from entraide.apps.access.models import User
from entraide.apps.care_control.drawing import (
    claims_of_draw,
    draw_claims,
    faults_of_draw,
    planned,
)
from entraide.apps.care_control.models import (
    CampaignState,
    ControlCampaign,
    ControlFinding,
    Debtor,
    ProviderReply,
    Recovery,
    SampledClaim,
)
from entraide.apps.claims.models import Circuit, Claim, ClaimState
from entraide.apps.providers.models import Provider
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.numbering import next_number
from entraide.apps.schemes.rights import Right, require_other_person
from entraide.core.control.reasons import CHECKLIST, FINDINGS, in_force
from entraide.core.errors import Finding, Refusal, RefusedRows

CAMPAIGN_PREFIX = "CTR"
RECOVERY_PREFIX = "REC-C"
CONFORM = "conform"
ANSWERS = ("yes", "no", "not_seen")


@command("open_control_campaign", right=Right.CONTROL_CARE)
def open_campaign(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    period_from: date,
    period_until: date,
    seed: str,
    provider: Provider | None = None,
    fault_share: Decimal = Decimal("0.05"),
    probability: Decimal = Decimal("0.95"),
    weighted_share: Decimal = Decimal("0.5"),
    size: int | None = None,
) -> ControlCampaign:
    """Draw the claims to control of a period, received by that day, and write how.

    As many as find one fault with ``probability`` when ``fault_share`` of the claims have one, or
    ``size`` of them: the probability kept is then the one that so many give. Of these
    ``weighted_share`` by amount, doubled where an anomaly is told, the rest at random; all of them
    where that many are.
    Refused: ``CAMPAIGN_PERIOD`` (empty or not over), ``CAMPAIGN_SEED``, ``CAMPAIGN_RATES``,
    ``CAMPAIGN_SIZE``, ``RATE_TOO_PRECISE``, ``CAMPAIGN_NO_CLAIM``.
    """
    faults = [] if seed.strip() else [Finding("CAMPAIGN_SEED", place="seed")]
    faults += faults_of_draw(period_from, period_until, fault_share, probability, weighted_share,
                             size, on=on)  # fmt: skip
    if faults:
        raise RefusedRows(tuple(faults))
    claims = claims_of_draw(mutual, period_from, period_until, provider, on=on)
    if not claims:
        raise Refusal("CAMPAIGN_NO_CLAIM", place="period_from")
    plan = planned(len(claims), fault_share, probability, weighted_share, size)
    campaign = ControlCampaign.objects.create(
        mutual=mutual,
        document_number=next_number(mutual=mutual, prefix=CAMPAIGN_PREFIX, on=on),
        period_from=period_from,
        period_until=period_until,
        provider=provider,
        fault_share=fault_share,
        probability=plan.probability,
        random_count=plan.random_count,
        weighted_count=plan.weighted_count,
        seed=seed.strip()[:60],
        population_count=len(claims),
        population_minor=sum(claim.payable_minor for claim in claims),
        opened_on=on,
        opened_by=actor,
    )
    draw_claims(campaign, claims)
    return campaign


def _open(campaign: ControlCampaign) -> ControlCampaign:
    held = ControlCampaign.objects.select_for_update().get(pk=campaign.pk)
    if held.state != CampaignState.OPEN:
        raise Refusal("CAMPAIGN_CLOSED", number=held.document_number)
    return held


@command("record_control_finding", right=Right.CONTROL_CARE)
def record_finding(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    sampled: SampledClaim,
    code: str,
    checklist: Mapping[str, str],
    recover_minor: int = 0,
    note: str = "",
) -> ControlFinding:
    """What was found on one claim, point by point.

    Refused: ``CAMPAIGN_CLOSED``, ``SEPARATION_OF_DUTIES`` (who entered the claim),
    ``FINDING_WRITTEN`` (a claim is looked at once); all faults at once: ``FINDING_CODE``,
    ``CHECKLIST_INCOMPLETE``, ``FINDING_CONTRADICTS`` (all conforms, and a point does not),
    ``FINDING_AMOUNT_CONFORMS``, ``FINDING_AMOUNT_OF_PAID`` (more than the claim pays) or
    ``FINDING_AMOUNT`` (more than it pays less what is asked back of it already).
    """
    _open(sampled.campaign)
    require_other_person(actor, sampled.claim.entered_by, step="enter")
    if ControlFinding.objects.filter(sampled=sampled).exists():
        raise Refusal("FINDING_WRITTEN", claim=sampled.claim.document_number)
    faults = []
    if code not in in_force(FINDINGS, on):
        faults.append(Finding("FINDING_CODE", place="code", data={"code": code}))
    missing = [point for point in CHECKLIST if checklist.get(point) not in ANSWERS]
    if missing:
        faults.append(
            Finding("CHECKLIST_INCOMPLETE", place=missing[0], data={"count": len(missing)})
        )
    contrary = [point for point in CHECKLIST if checklist.get(point) == "no"]
    if code == CONFORM and contrary:
        faults.append(Finding("FINDING_CONTRADICTS", place="code", data={"count": len(contrary)}))
    faults += _faults_of_amount(sampled.claim, code, recover_minor)
    if faults:
        raise RefusedRows(tuple(faults))
    return ControlFinding.objects.create(
        mutual=mutual,
        sampled=sampled,
        code=code,
        checklist={point: checklist[point] for point in CHECKLIST},
        recover_minor=recover_minor,
        note=note.strip()[:300],
        found_on=on,
        found_by=actor,
    )


def _faults_of_amount(claim: Claim, code: str, recover_minor: int) -> Iterator[Finding]:
    """Why no more can be asked back of a claim."""
    most = 0 if code == CONFORM else left_to_ask(claim)
    if 0 <= recover_minor <= most:
        return
    refused = "FINDING_AMOUNT_OF_PAID" if most == claim.payable_minor else "FINDING_AMOUNT"
    data = {
        "most_minor": most, "payable_minor": claim.payable_minor,
        "asked_minor": claim.payable_minor - most, "currency": claim.mutual.currency,
    }  # fmt: skip
    if code == CONFORM:
        refused, data = "FINDING_AMOUNT_CONFORMS", {}
    yield Finding(refused, place="recover_minor", data=data)


@command("record_provider_reply", right=Right.CONTROL_CARE)
def record_reply(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    finding: ControlFinding,
    words: str,
    kept_minor: int,
) -> ProviderReply:
    """What the provider says to a finding, and what is still asked back after it.

    Refused: ``CAMPAIGN_CLOSED``, ``REPLY_WORDS`` (empty), ``REPLY_AMOUNT`` (more than was found),
    ``REPLY_WRITTEN``.
    """
    _open(finding.sampled.campaign)
    if ProviderReply.objects.filter(finding=finding).exists():
        raise Refusal("REPLY_WRITTEN")
    if not words.strip():
        raise Refusal("REPLY_WORDS", place="words")
    if not 0 <= kept_minor <= finding.recover_minor:
        raise Refusal(
            "REPLY_AMOUNT", place="kept_minor", most_minor=finding.recover_minor,
            currency=mutual.currency,
        )  # fmt: skip
    return ProviderReply.objects.create(
        mutual=mutual,
        finding=finding,
        words=words.strip(),
        kept_minor=kept_minor,
        replied_on=on,
        recorded_by=actor,
    )


@command("sign_control_campaign", right=Right.CONTROL_CARE)
def sign_campaign(
    *, mutual: Mutual, actor: User, on: date, idempotency_key: str, campaign: ControlCampaign
) -> ControlCampaign:
    """Somebody who neither opened it nor looked at a claim signs: what is kept is asked back.

    Refused: ``CAMPAIGN_CLOSED``, ``SEPARATION_OF_DUTIES``, ``CAMPAIGN_UNSEEN`` (claims not looked
    at), ``CAMPAIGN_NO_REPLY`` (an amount to which the provider has not replied),
    ``RECOVERY_TOO_MUCH`` (another campaign asked meanwhile). Nothing is asked back of a claim that
    was reversed meanwhile: it pays nothing.
    """
    campaign = _open(campaign)
    require_other_person(actor, campaign.opened_by, step="open_control_campaign")
    findings = list(findings_of(campaign))
    for finder in {finding.found_by for finding in findings}:
        require_other_person(actor, finder, step="record_control_finding")
    unseen = campaign.sample.count() - len(findings)
    if unseen:
        raise Refusal("CAMPAIGN_UNSEEN", count=unseen)
    waiting = [each for each in findings if each.recover_minor and not hasattr(each, "reply")]
    if waiting:
        raise Refusal("CAMPAIGN_NO_REPLY", count=len(waiting))
    # In one order, and before what is left to ask is read: two who ask at one moment wait.
    sampled = Claim.objects.filter(pk__in={each.sampled.claim_id for each in findings})
    states = dict(sampled.order_by("pk").select_for_update(no_key=True).values_list("pk", "state"))
    for finding in findings:
        is_standing = states[finding.sampled.claim_id] != ClaimState.REVERSED
        if finding.recover_minor and finding.reply.kept_minor and is_standing:
            _ask_back(finding, actor, on)
    campaign.state, campaign.closed_on, campaign.closed_by = CampaignState.SIGNED, on, actor
    campaign.save(update_fields=["state", "closed_on", "closed_by"])
    return campaign


@command("cancel_control_campaign", right=Right.CONTROL_CARE)
def cancel_campaign(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    campaign: ControlCampaign,
    reason: str,
) -> ControlCampaign:
    """A campaign opened by mistake. Refused: ``REASON_MISSING``, ``CAMPAIGN_CLOSED``,
    ``CAMPAIGN_BEGUN`` (a claim was looked at)."""
    if not reason.strip():
        raise Refusal("REASON_MISSING", place="reason")
    campaign = _open(campaign)
    if findings_of(campaign).exists():
        raise Refusal("CAMPAIGN_BEGUN", number=campaign.document_number)
    campaign.state, campaign.closed_on, campaign.closed_by = CampaignState.CANCELLED, on, actor
    campaign.reason = reason.strip()[:200]
    campaign.save(update_fields=["state", "closed_on", "closed_by", "reason"])
    return campaign


def findings_of(campaign: ControlCampaign) -> QuerySet[ControlFinding]:
    """The findings of a campaign, in the order of its sample."""
    return (
        ControlFinding.objects.filter(sampled__campaign=campaign)
        .select_related("found_by", "reply", "sampled", "sampled__claim")
        .order_by("sampled__rank")
    )


def left_to_ask(claim: Claim) -> int:
    """What a claim pays less what is asked back of it already; of what was given up, what payments
    had taken before."""
    asked = Recovery.objects.filter(claim=claim)
    standing = asked.filter(waived_on__isnull=True).aggregate(total=Sum("amount_minor", default=0))
    taken = asked.filter(waived_on__isnull=False, deductions__is_cancelled=False)
    kept = taken.aggregate(total=Sum("deductions__amount_minor", default=0))
    left: int = claim.payable_minor - standing["total"] - kept["total"]
    return left


def _ask_back(finding: ControlFinding, actor: User, on: date) -> Recovery:
    """The claim's payee owes what is kept: the provider, or the family that was reimbursed."""
    claim = finding.sampled.claim
    left = left_to_ask(claim)
    if finding.reply.kept_minor > left:
        raise Refusal(
            "RECOVERY_TOO_MUCH", claim=claim.document_number, most_minor=left,
            currency=finding.mutual.currency,
        )  # fmt: skip
    is_direct = claim.circuit == Circuit.THIRD_PARTY_PAYMENT
    return Recovery.objects.create(
        mutual=finding.mutual,
        document_number=next_number(mutual=finding.mutual, prefix=RECOVERY_PREFIX, on=on),
        claim=claim,
        finding=finding,
        debtor=Debtor.PROVIDER if is_direct else Debtor.HOUSEHOLD,
        provider=claim.provider if is_direct else None,
        household=None if is_direct else claim.household,
        amount_minor=finding.reply.kept_minor,
        reason_code=finding.code,
        asked_on=on,
        asked_by=actor,
    )


def campaigns_of(mutual: Mutual) -> QuerySet[ControlCampaign]:
    """Every campaign, the latest first, with how many claims it drew and were looked at."""
    return (
        ControlCampaign.objects.filter(mutual=mutual)
        .select_related("provider", "opened_by", "closed_by")
        .annotate(drawn_count=Count("sample"), seen_count=Count("sample__finding"))
        .order_by("-id")
    )


def coverage(campaign: ControlCampaign) -> dict[int, tuple[int, int]]:
    """Provider key → (claims drawn, claims looked at): R082's coverage, provider by provider."""
    counted: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    rows = campaign.sample.values_list("claim__provider_id", "finding")
    for provider, finding in rows:
        counted[provider][0] += 1
        counted[provider][1] += finding is not None
    return {provider: (drawn, seen) for provider, (drawn, seen) in counted.items()}
