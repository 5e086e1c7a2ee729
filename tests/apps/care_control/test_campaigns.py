"""A campaign from its draw to the amount asked back, by three hands."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from entraide.apps.care_control.campaigns import (
    campaigns_of,
    cancel_campaign,
    coverage,
    findings_of,
    open_campaign,
    record_finding,
    record_reply,
    sign_campaign,
)
from entraide.apps.care_control.drawing import planned, probability_of
from entraide.apps.care_control.models import (
    CampaignState,
    ControlCampaign,
    ControlFinding,
    Debtor,
    Recovery,
    SampledClaim,
)
from entraide.apps.care_control.recoveries import (
    extrapolation,
    open_recoveries,
    owed_on,
    waive_recovery,
)
from entraide.apps.claims.approval import reverse_claim
from entraide.apps.claims.models import Circuit, Claim
from entraide.apps.schemes.models import Mutual
from entraide.core.control.reasons import CHECKLIST
from entraide.core.errors import Refusal, RefusedRows
from entraide.messages import sentence
from tests.builders import a_key
from tests.people import People

ON = date(2025, 6, 16)
MARCH = {"period_from": date(2025, 3, 1), "period_until": date(2025, 4, 1), "seed": "mars"}
WHOLE = dict.fromkeys(CHECKLIST, "yes")


@pytest.fixture
def act(scoped: Mutual) -> Callable[..., Any]:
    def run(command: Callable[..., Any], actor: object, **content: Any) -> Any:
        return command(mutual=scoped, actor=actor, on=ON, idempotency_key=a_key(), **content)

    return run


@pytest.fixture
def claims(approved: Callable[..., Claim]) -> list[Claim]:
    return [approved(date(2025, 3, 3) + timedelta(days=day)) for day in range(4)]


def codes(error: pytest.ExceptionInfo[RefusedRows]) -> set[str]:
    return {finding.code for finding in error.value.findings}


def test_what_came_after_the_day_of_the_draw_is_not_looked_at(
    people: People, act: Callable[..., Any], claims: list[Claim]
) -> None:
    Claim.objects.filter(pk=claims[0].pk).update(received_on=ON + timedelta(days=1))
    campaign = act(open_campaign, people.medical_adviser, **MARCH)
    assert campaign.population_count == 3
    assert claims[0].pk not in set(campaign.sample.values_list("claim_id", flat=True))


@pytest.mark.requirement("R082")
def test_a_campaign_goes_from_its_draw_to_the_amount_asked_back(
    scoped: Mutual, people: People, act: Callable[..., Any], claims: list[Claim],
    approved: Callable[..., Claim],
) -> None:  # fmt: skip
    reimbursed = approved(date(2025, 3, 20), circuit=Circuit.REIMBURSEMENT, channel="cash")
    adviser = people.medical_adviser
    campaign = act(open_campaign, adviser, **MARCH)
    sampled = list(campaign.sample.all())
    assert {each.claim_id for each in sampled} == {each.pk for each in [*claims, reimbursed]}
    assert (campaign.population_count, campaign.random_count + campaign.weighted_count) == (5, 5)
    assert campaign.population_minor == sum(each.payable_minor for each in sampled)
    faulty = next(each for each in sampled if each.claim_id == claims[0].pk)
    of_family = next(each for each in sampled if each.claim_id == reimbursed.pk)
    for each in sampled:
        is_fault = each in (faulty, of_family)
        act(record_finding, adviser, sampled=each, checklist=WHOLE,
            code="act_not_done" if is_fault else "conform",
            recover_minor=each.payable_minor if is_fault else 0)  # fmt: skip
    assert coverage(campaign) == {claims[0].provider_id: (5, 5)}
    with pytest.raises(Refusal, match="CAMPAIGN_NO_REPLY"):
        act(sign_campaign, people.coordinator, campaign=campaign)
    for each, kept in ((faulty, 1_000), (of_family, of_family.payable_minor)):
        act(record_reply, adviser, finding=each.finding, words="Nous vérifions", kept_minor=kept)
    with pytest.raises(Refusal, match="SEPARATION_OF_DUTIES"):
        act(sign_campaign, adviser, campaign=campaign)
    signed = act(sign_campaign, people.coordinator, campaign=campaign)
    assert signed.state == CampaignState.SIGNED
    first, second = open_recoveries(scoped)
    by_debtor = {each.debtor: each for each in (first, second)}
    assert by_debtor[Debtor.PROVIDER].amount_minor == 1_000
    assert by_debtor[Debtor.PROVIDER].provider == claims[0].provider
    assert by_debtor[Debtor.HOUSEHOLD].household == reimbursed.household
    assert [each.days for each in owed_on(scoped, ON + timedelta(days=40))] == [40, 40]
    told = extrapolation(campaign)
    assert told is not None
    assert told.found_minor == 1_000 + of_family.payable_minor
    [listed] = campaigns_of(scoped)
    assert (listed.drawn_count, listed.seen_count) == (5, 5)
    with pytest.raises(Refusal, match="CAMPAIGN_CLOSED"):
        act(sign_campaign, people.coordinator, campaign=campaign)


def test_the_draw_stands_in_the_campaign_and_can_be_made_again(
    people: People, act: Callable[..., Any], claims: list[Claim]
) -> None:
    few = {"fault_share": Decimal("0.5"), "probability": Decimal("0.75")}
    first = act(open_campaign, people.medical_adviser, **MARCH, **few)
    again = act(open_campaign, people.coordinator, **MARCH, **few)

    def drawn(campaign: ControlCampaign) -> list[tuple[int, str]]:
        return list(campaign.sample.values_list("claim_id", "chance"))

    assert drawn(first) == drawn(again)
    assert (first.random_count, first.weighted_count) == (1, 1)
    assert all(Decimal(chance.split("/")[0]) > 0 for _claim, chance in drawn(first))
    for rows in (SampledClaim.objects.all(), ControlCampaign.objects.all()):
        with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
            rows.filter(pk=rows[0].pk).update(recorded_at=first.recorded_at)


def test_a_smaller_sample_is_chosen_with_the_chance_that_it_leaves(
    people: People, act: Callable[..., Any], claims: list[Claim]
) -> None:
    census = act(open_campaign, people.medical_adviser, **MARCH)
    assert census.is_census, "five per cent of four claims: all of them are looked at"
    assert (census.random_count, census.weighted_count) == (4, 0)
    two = act(open_campaign, people.medical_adviser, **MARCH, size=2)
    assert not two.is_census
    assert (two.random_count, two.weighted_count) == (1, 1), "split as was asked"
    assert two.probability == Decimal("0.0975")  # 1 − 0.95²
    with pytest.raises(RefusedRows) as error:
        act(open_campaign, people.medical_adviser, **MARCH, size=0)
    assert codes(error) == {"CAMPAIGN_SIZE"}


def test_a_plan_says_how_many_the_chance_takes() -> None:
    asked = (Decimal("0.05"), Decimal("0.95"), Decimal("0.5"))
    few = planned(33, *asked)
    assert (few.needed_count, few.count, few.weighted_count, few.is_census) == (59, 33, 0, True)
    many = planned(500, *asked)
    assert (many.count, many.random_count, many.weighted_count) == (59, 30, 29)
    chosen = planned(33, *asked, 20)
    assert (chosen.random_count, chosen.weighted_count) == (10, 10)
    assert chosen.probability == Decimal("0.6415")
    assert probability_of(Decimal("0.05"), 0) > 0, "a campaign keeps one strictly between 0 and 1"


def test_a_campaign_that_cannot_be_is_refused(
    people: People, act: Callable[..., Any], claims: list[Claim]
) -> None:
    with pytest.raises(RefusedRows) as error:
        act(open_campaign, people.medical_adviser, period_from=ON, period_until=date(2025, 7, 1),
            seed=" ", fault_share=Decimal(0))  # fmt: skip
    assert codes(error) == {"CAMPAIGN_PERIOD", "CAMPAIGN_SEED", "CAMPAIGN_RATES"}
    with pytest.raises(Refusal, match="CAMPAIGN_NO_CLAIM"):
        act(open_campaign, people.medical_adviser, period_from=date(2025, 1, 1),
            period_until=date(2025, 2, 1), seed="x")  # fmt: skip
    for stranger in (people.awa, people.moussa, people.director, people.fanta):
        with pytest.raises(Refusal, match="FORBIDDEN"):
            act(open_campaign, stranger, **MARCH)


def test_a_finding_is_whole_and_written_once(
    people: People, act: Callable[..., Any], claims: list[Claim]
) -> None:
    adviser = people.medical_adviser
    campaign = act(open_campaign, adviser, **MARCH)
    first, second = campaign.sample.all()[:2]
    with pytest.raises(RefusedRows) as error:
        act(record_finding, adviser, sampled=first, code="odd", checklist={},
            recover_minor=first.payable_minor + 1)  # fmt: skip
    assert codes(error) == {"FINDING_CODE", "CHECKLIST_INCOMPLETE", "FINDING_AMOUNT_OF_PAID"}
    with pytest.raises(RefusedRows) as error:
        act(record_finding, adviser, sampled=first, code="conform", checklist=WHOLE,
            recover_minor=1)  # fmt: skip
    assert codes(error) == {"FINDING_AMOUNT_CONFORMS"}
    with pytest.raises(RefusedRows) as error:
        act(record_finding, adviser, sampled=first, code="conform",
            checklist=WHOLE | {"same_person": "no"})  # fmt: skip
    assert codes(error) == {"FINDING_CONTRADICTS"}
    finding = act(record_finding, adviser, sampled=first, code="drug_not_given",
                  checklist=WHOLE, recover_minor=500)  # fmt: skip
    with pytest.raises(Refusal, match="FINDING_WRITTEN"):
        act(record_finding, adviser, sampled=first, code="conform", checklist=WHOLE)
    with pytest.raises(Refusal, match="CAMPAIGN_BEGUN"):
        act(cancel_campaign, adviser, campaign=campaign, reason="Erreur")
    with pytest.raises(Refusal, match="CAMPAIGN_UNSEEN"):
        act(sign_campaign, people.coordinator, campaign=campaign)
    assert extrapolation(campaign) is None
    for words, kept, code in ((" ", 0, "REPLY_WORDS"), ("Non", 501, "REPLY_AMOUNT")):
        with pytest.raises(Refusal, match=code):
            act(record_reply, adviser, finding=finding, words=words, kept_minor=kept)
    act(record_reply, adviser, finding=finding, words="Le médicament manquait", kept_minor=0)
    with pytest.raises(Refusal, match="REPLY_WRITTEN"):
        act(record_reply, adviser, finding=finding, words="Encore", kept_minor=0)
    assert list(findings_of(campaign)) == [finding]
    with pytest.raises(IntegrityError, match="never changed"):
        ControlFinding.objects.filter(pk=finding.pk).update(recover_minor=0)
    assert second.rank == 2


def test_a_campaign_opened_by_mistake_is_cancelled_with_its_reason(
    people: People, act: Callable[..., Any], claims: list[Claim]
) -> None:
    campaign = act(open_campaign, people.medical_adviser, **MARCH)
    with pytest.raises(Refusal, match="REASON_MISSING"):
        act(cancel_campaign, people.medical_adviser, campaign=campaign, reason=" ")
    told = act(cancel_campaign, people.medical_adviser, campaign=campaign, reason="Mauvais mois")
    assert (told.state, told.reason) == (CampaignState.CANCELLED, "Mauvais mois")
    with pytest.raises(Refusal, match="CAMPAIGN_CLOSED"):
        act(record_finding, people.medical_adviser, sampled=campaign.sample.first(),
            code="conform", checklist=WHOLE)  # fmt: skip


def test_one_claim_is_not_asked_back_twice_nor_once_reversed(
    scoped: Mutual, people: People, act: Callable[..., Any], approved: Callable[..., Claim]
) -> None:
    claim, undone = approved(), approved(date(2025, 3, 4))
    adviser = people.medical_adviser
    first, second = (act(open_campaign, adviser, **MARCH) for _time in range(2))
    for campaign in (first, second):
        for each in campaign.sample.all():
            finding = act(record_finding, adviser, sampled=each, code="act_not_done",
                          checklist=WHOLE, recover_minor=each.payable_minor)  # fmt: skip
            kept = each.payable_minor
            act(record_reply, adviser, finding=finding, words="Oui", kept_minor=kept)
    reverse_claim(
        mutual=scoped, actor=people.moussa, on=ON, idempotency_key=a_key(), claim=undone,
        reason="Erreur",
    )  # fmt: skip
    act(sign_campaign, people.coordinator, campaign=first)
    [recovery] = open_recoveries(scoped)
    assert (recovery.claim, recovery.amount_minor) == (claim, claim.payable_minor)
    with pytest.raises(Refusal, match="RECOVERY_TOO_MUCH"):
        act(sign_campaign, people.coordinator, campaign=second)
    third = act(open_campaign, adviser, **MARCH)
    with pytest.raises(RefusedRows) as error:
        act(record_finding, adviser, sampled=third.sample.get(), code="act_not_done",
            checklist=WHOLE, recover_minor=1)  # fmt: skip
    assert codes(error) == {"FINDING_AMOUNT"}
    [why] = error.value.findings
    told = sentence(why.code, {**why.data, "payable_minor": 5_776, "asked_minor": 2_888,
                               "most_minor": 2_888}, "fr")  # fmt: skip
    assert "au plus\u00a0: sur les 5\u202f776" in told
    assert "déjà redemandés" in told


def test_what_is_asked_back_is_waived_by_another_with_a_reason(
    scoped: Mutual, people: People, act: Callable[..., Any], claims: list[Claim]
) -> None:
    campaign = act(open_campaign, people.medical_adviser, **MARCH)
    for each in campaign.sample.all():
        finding = act(record_finding, people.medical_adviser, sampled=each, code="wrong_person",
                      checklist=WHOLE, recover_minor=100)  # fmt: skip
        act(record_reply, people.medical_adviser, finding=finding, words="Oui", kept_minor=100)
    act(sign_campaign, people.coordinator, campaign=campaign)
    recovery = open_recoveries(scoped)[0]
    with pytest.raises(Refusal, match="SEPARATION_OF_DUTIES"):
        act(waive_recovery, people.coordinator, recovery=recovery, reason="Trop petit")
    with pytest.raises(Refusal, match="REASON_MISSING"):
        act(waive_recovery, people.medical_adviser, recovery=recovery, reason="")
    act(waive_recovery, people.medical_adviser, recovery=recovery, reason="Trop petit")
    assert open_recoveries(scoped).count() == len(claims) - 1
    with pytest.raises(Refusal, match="RECOVERY_WAIVED"):
        act(waive_recovery, people.medical_adviser, recovery=recovery, reason="Encore")
    with pytest.raises(IntegrityError, match="never changed"):
        Recovery.objects.filter(document_number=recovery.document_number).update(amount_minor=1)
