"""Rules tried on past claims: what the record keeps, and what approval asks of it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from entraide.apps.claims.models import Claim
from entraide.apps.enrolment.models import Household
from entraide.apps.schemes.models import Mutual, Product, ProductVersion
from entraide.apps.schemes.rights import Right
from entraide.apps.schemes.services import approve_product_version, enter_product_version
from entraide.apps.what_if.models import RuleTrial, TrialRow, TrialState
from entraide.apps.what_if.processes import decide_chunks
from entraide.apps.what_if.reading import chunks_of, heads_of
from entraide.apps.what_if.running import run_in_background, trials_of, try_rules, waive_trial
from entraide.apps.what_if.selectors import households_of, rows_of, sum_of
from entraide.core.care_needs import needs_of
from entraide.core.errors import Refusal
from entraide.core.what_if.effect import Effect
from entraide.rulebook import parse_product
from entraide.rulebook.drafts import with_values
from tests.builders import a_claim, a_household, a_key, a_payment, a_provider
from tests.people import People

ON = date(2025, 6, 16)
FROM = date(2025, 7, 1)
SOURCE = "AG du 10 juin 2025"


@pytest.fixture
def claims(scoped: Mutual, people: People, product: Product) -> list[Claim]:
    """Two households paid up, three consultations of 4 000, an examination."""
    provider = a_provider(
        scoped, people.moussa, prices={"consultation-1": 4000, "examinations-1": 2500}
    )
    made = []
    for rank in range(2):
        household: Household = a_household(scoped, people.awa, product)
        owed = sum(household.dues.values_list("amount_minor", flat=True))
        a_payment(household, people.awa, owed)
        person = household.persons.order_by("pk")[0]
        made.append(a_claim(person, provider, people.awa, care_on=date(2025, 3, 3)))
        if rank == 0:
            made.append(a_claim(person, provider, people.awa, care_on=date(2025, 4, 3)))
            made.append(
                a_claim(
                    person, provider, people.awa, ("consultation-1", "1", 4000),
                    ("examinations-1", "1", 2500), care_on=date(2025, 5, 5),
                )
            )  # fmt: skip
    return made


def changed(product: Product, **values: Any) -> dict[str, Any]:
    version = ProductVersion.objects.filter(product=product).latest("number")
    return with_values(version.document, values, on=FROM, source=SOURCE)


def tried(mutual: Mutual, people: People, product: Product, document: dict[str, Any]) -> RuleTrial:
    return try_rules(
        right=Right.ENTER_PRODUCT, mutual=mutual, actor=people.moussa, on=ON,
        idempotency_key=a_key(), product=product, document=document, effective_from=FROM,
        start=date(2024, 6, 16), until=ON,
    )  # fmt: skip


def test_under_the_rules_in_force_no_past_claim_changes(
    scoped: Mutual, people: People, product: Product, claims: list[Claim]
) -> None:
    trial = tried(scoped, people, product, changed(product))
    assert trial.state == TrialState.DONE
    assert trial.claims_count == len(claims)
    assert trial.effect["changed_count"] == 0
    paid = sum(claim.payable_minor for claim in claims)
    total = trial.effect["total"]
    assert (total["paid_before_minor"], total["paid_after_minor"]) == (paid, paid)
    assert paid > 0


@pytest.mark.requirement("R047", begun=True)
@pytest.mark.requirement("R049")
def test_a_higher_share_is_counted_before_and_after_and_each_figure_has_its_rows(
    scoped: Mutual, people: People, product: Product, claims: list[Claim]
) -> None:
    trial = tried(
        scoped,
        people,
        product,
        changed(product, **{"benefits.consultation.copayment_rate": "0.50"}),
    )
    effect = trial.effect
    consultations = effect["by_category"]["consultation"]
    assert consultations["paid_after_minor"] == 4 * 2000
    assert consultations["member_after_minor"] == 4 * 2000
    for cut, filters in (("by_category", "category"), ("by_sector", "sector")):
        for code, part in effect[cut].items():
            sums = sum_of(rows_of(trial, **{filters: code}))
            assert {name: sums[name] for name in part} == part
    assert sum_of(rows_of(trial))["paid_after_minor"] == effect["total"]["paid_after_minor"]
    assert (
        rows_of(trial, changed_only=True).values("claim").distinct().count()
        == (effect["changed_count"])
    )
    losing, gaining = households_of(trial)
    assert gaining == []
    assert len(losing) == effect["households_count"] == 2
    assert losing[0].more_minor <= losing[1].more_minor < 0
    assert sum(each.more_minor for each in losing) == (
        effect["total"]["paid_after_minor"] - effect["total"]["paid_before_minor"]
    )
    claims[0].refresh_from_db()
    assert claims[0].payable_minor > 2000  # nothing of the claims moved


def test_what_is_used_is_carried_from_claim_to_claim(
    scoped: Mutual, people: People, product: Product, claims: list[Claim]
) -> None:
    document = changed(
        product, **{"benefits.consultation.ceiling_minor_per_person_per_year": 5_000,
                    "benefits.consultation.copayment_rate": "0"}
    )  # fmt: skip
    trial = tried(scoped, people, product, document)
    of_first = rows_of(trial, household=claims[0].household.number, category="consultation")
    assert sorted(row.paid_after_minor for row in of_first) == [0, 1_000, 4_000]


def test_two_processes_find_what_one_finds(
    scoped: Mutual, people: People, product: Product, claims: list[Claim]
) -> None:
    rules = parse_product(changed(product, **{"benefits.consultation.copayment_rate": "0.50"}))
    wanted, heads = rules.on(FROM), heads_of(product, date(2024, 6, 16), ON)
    found = []
    for processes in (1, 2):
        effect = Effect()
        chunks = list(chunks_of(heads, needs_of(wanted)))
        halves = [[each for each in chunks[0] if each.household == key]
                  for key in sorted({each.household for each in chunks[0]})]  # fmt: skip
        for done in decide_chunks(halves, wanted, processes=processes):
            effect.join(done.effect)
        found.append(effect)
    assert found[0] == found[1]
    assert found[0].changed_count == len(claims)


@pytest.mark.requirement("R182", begun=True)
def test_a_change_of_care_is_approved_once_these_very_rules_were_tried(
    scoped: Mutual, people: People, product: Product, claims: list[Claim]
) -> None:
    document = changed(product, **{"benefits.consultation.copayment_rate": "0.50"})
    version = enter_product_version(
        mutual=scoped, actor=people.moussa, on=ON, idempotency_key=a_key(), document=document,
        effective_from=FROM, source=SOURCE, running_share_reason="Démarrage",
    )  # fmt: skip

    def approve() -> ProductVersion:
        return approve_product_version(
            mutual=scoped, actor=people.director, on=ON, idempotency_key=a_key(), version=version
        )

    with pytest.raises(Refusal, match="TRIAL_MISSING"):
        approve()
    with pytest.raises(Refusal, match="TRIAL_POSSIBLE"):
        waive_trial(
            mutual=scoped, actor=people.moussa, on=ON, idempotency_key=a_key(), product=product,
            document=document, effective_from=FROM, reason="pressé",
        )  # fmt: skip
    other = changed(product, **{"benefits.consultation.copayment_rate": "0.40"})
    tried(scoped, people, product, other)
    with pytest.raises(Refusal, match="TRIAL_MISSING"):
        approve()
    tried(scoped, people, product, document)
    assert approve().approved_by == people.director


def test_without_past_claims_a_reason_stands_in_its_place(
    scoped: Mutual, people: People, product: Product
) -> None:
    document = changed(product, **{"benefits.consultation.copayment_rate": "0.50"})
    with pytest.raises(Refusal, match="TRIAL_WITHOUT_CLAIMS"):
        tried(scoped, people, product, document)
    said = {
        "mutual": scoped, "actor": people.moussa, "on": ON, "product": product,
        "document": document, "effective_from": FROM,
    }  # fmt: skip
    with pytest.raises(Refusal, match="TRIAL_REASON_MISSING"):
        waive_trial(**said, idempotency_key=a_key(), reason="  ")
    waive_trial(**said, idempotency_key=a_key(), reason="la mutuelle ouvre")
    version = enter_product_version(
        mutual=scoped, actor=people.moussa, on=ON, idempotency_key=a_key(), document=document,
        effective_from=FROM, source=SOURCE, running_share_reason="Démarrage",
    )  # fmt: skip
    approve_product_version(
        mutual=scoped, actor=people.director, on=ON, idempotency_key=a_key(), version=version
    )


def test_a_dearer_contribution_alone_needs_no_trial(
    scoped: Mutual, people: People, product: Product
) -> None:
    document = changed(product, **{"contribution.amount_minor": 14_000})
    version = enter_product_version(
        mutual=scoped, actor=people.moussa, on=ON, idempotency_key=a_key(), document=document,
        effective_from=FROM, source=SOURCE, running_share_reason="Démarrage",
    )  # fmt: skip
    approve_product_version(
        mutual=scoped, actor=people.director, on=ON, idempotency_key=a_key(), version=version
    )


def test_who_may_try_and_what_is_refused(
    scoped: Mutual, people: People, product: Product, claims: list[Claim]
) -> None:
    said = {
        "mutual": scoped, "on": ON, "product": product, "document": changed(product),
        "effective_from": FROM,
    }  # fmt: skip
    with pytest.raises(Refusal, match="FORBIDDEN"):
        try_rules(
            right=Right.ENTER_PRODUCT, actor=people.awa, idempotency_key=a_key(), start=FROM,
            until=ON, **said,
        )  # fmt: skip
    with pytest.raises(Refusal, match="TRIAL_PERIOD"):
        try_rules(
            right=Right.ENTER_PRODUCT, actor=people.moussa, idempotency_key=a_key(), start=FROM,
            until=ON, **said,
        )  # fmt: skip
    assert not trials_of(scoped).exists()


def test_a_large_trial_is_left_to_the_worker_and_kept_for_good(
    scoped: Mutual, people: People, product: Product, claims: list[Claim],
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any,
) -> None:  # fmt: skip
    monkeypatch.setattr("entraide.apps.what_if.running.AT_ONCE_CLAIMS", 1)
    trial = tried(scoped, people, product, changed(product))
    assert trial.state == TrialState.ASKED
    assert run_in_background.func(trial=str(trial.uid)) == TrialState.DONE
    trial.refresh_from_db()
    assert trial.claims_done_count == trial.claims_count == len(claims)
    assert run_in_background.func(trial=str(trial.uid)) == TrialState.DONE  # a second time: nothing
    rows = TrialRow.objects.filter(trial=trial).count()
    assert rows == 5
    for change in (
        "UPDATE what_if_trialrow SET paid_after_minor = 0",
        f"DELETE FROM what_if_ruletrial WHERE id = {trial.pk}",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)
