"""Another cover of a person: noted, ended, and read when a claim is decided."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from entraide.apps.claims.desk import LineEntry
from entraide.apps.claims.models import Circuit, Claim, ClaimState
from entraide.apps.claims.selectors import decision_in_force
from entraide.apps.claims.services import submit_claim
from entraide.apps.enrolment.models import OtherCover, Person
from entraide.apps.enrolment.other_covers import (
    covers_of,
    end_other_cover,
    first_payer_of,
    record_other_cover,
)
from entraide.apps.providers.models import Provider
from entraide.apps.schemes.flags import OTHER_COVERS, Stage, set_flag
from entraide.apps.schemes.models import Mutual, Product
from entraide.core.adjudication.decision import Decision as CoreDecision
from entraide.core.errors import Refusal, RefusedRows
from entraide.core.other_covers import CoverKind
from tests.builders import a_care_item, a_household, a_key, a_payment, a_provider
from tests.people import People

TODAY = date(2025, 3, 10)


@pytest.fixture
def noting(scoped: Mutual, people: People) -> Mutual:
    set_flag(
        mutual=scoped, actor=people.network_admin, on=TODAY, idempotency_key=a_key(),
        flag=OTHER_COVERS.code, stage=Stage.OPEN, effective_from=date(2025, 1, 1),
    )  # fmt: skip
    return scoped


@pytest.fixture
def covered(scoped: Mutual, people: People, product: Product) -> Person:
    household = a_household(scoped, people.awa, product)
    a_payment(household, people.awa, 13000)
    return household.persons.get(is_member=True)


@pytest.fixture
def provider(mutual: Mutual, people: People) -> Provider:
    return a_provider(mutual, people.moussa, prices={"consultation-1": 4000})


def noted(person: Person, people: People, **changes: Any) -> OtherCover:
    content: dict[str, Any] = {
        "kind": CoverKind.NATIONAL, "payer": "AMU", "number": "AMU-77", "pays_first": True,
        "effective_from": date(2025, 2, 1), "source": "Carte vue au bureau",
    }  # fmt: skip
    return record_other_cover(
        mutual=person.mutual, actor=people.awa, on=TODAY, idempotency_key=a_key(), person=person,
        **{**content, **changes},
    )  # fmt: skip


def claimed(person: Person, provider: Provider, people: People, other_minor: int = 0) -> Claim:
    line = LineEntry(a_care_item("consultation-1"), Decimal(1), 4000, other_payer_minor=other_minor)
    return submit_claim(
        mutual=person.mutual, actor=people.awa, on=TODAY, idempotency_key=a_key(), person=person,
        provider=provider, circuit=Circuit.THIRD_PARTY_PAYMENT, care_on=date(2025, 3, 4),
        received_on=date(2025, 3, 5), lines=[line],
    )  # fmt: skip


@pytest.mark.requirement("R227")
def test_a_claim_waits_until_the_first_payer_has_spoken(
    noting: Mutual, covered: Person, provider: Provider, people: People
) -> None:
    noted(covered, people)
    silent = claimed(covered, provider, people)
    assert (silent.state, silent.review_codes) == (ClaimState.IN_REVIEW, ["OTHER_COVER_SILENT"])


@pytest.mark.requirement("R227")
def test_the_mutual_pays_on_what_the_first_payer_leaves(
    noting: Mutual, covered: Person, provider: Provider, people: People
) -> None:
    """4 000 asked and agreed, the AMU paid 1 600, the family bears a quarter of the rest."""
    noted(covered, people)
    claim = claimed(covered, provider, people, other_minor=1600)
    decision = CoreDecision.from_json(decision_in_force(claim).outcome)
    assert claim.state == ClaimState.DECIDED
    assert claim.payable_minor == 1800
    assert decision.reduced_minor_by_code() == {"PAID_BY_OTHER": 1600, "COPAYMENT": 600}
    [paid] = [r for line in decision.lines for r in line.reductions if r.code == "PAID_BY_OTHER"]
    assert paid.data["payer"] == "AMU"


def test_a_cover_that_comes_after_the_mutual_holds_nothing_up(
    noting: Mutual, covered: Person, provider: Provider, people: People
) -> None:
    noted(covered, people, kind=CoverKind.MUTUAL, pays_first=False)
    assert claimed(covered, provider, people).state == ClaimState.DECIDED


def test_an_end_is_said_once_and_counts_from_its_day(
    noting: Mutual, covered: Person, people: People
) -> None:
    cover = noted(covered, people)
    assert first_payer_of(covered, date(2025, 3, 4)) == "AMU"
    ended = end_other_cover(
        mutual=noting, actor=people.awa, on=TODAY, idempotency_key=a_key(), cover=cover,
        effective_until=date(2025, 3, 4),
    )  # fmt: skip
    assert first_payer_of(covered, date(2025, 3, 3)) == "AMU"
    assert first_payer_of(covered, date(2025, 3, 4)) == ""
    with pytest.raises(Refusal, match="OTHER_COVER_ENDED"):
        end_other_cover(
            mutual=noting, actor=people.awa, on=TODAY, idempotency_key=a_key(), cover=ended,
            effective_until=date(2025, 3, 5),
        )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"payer": " ", "source": ""}, {"OTHER_COVER_PAYER_MISSING", "OTHER_COVER_SOURCE_MISSING"}),
        ({"effective_until": date(2025, 2, 1)}, {"OTHER_COVER_WITHOUT_DAYS"}),
    ],
)
def test_faults_are_named_at_once(
    noting: Mutual, covered: Person, people: People, changes: dict[str, Any], codes: set[str]
) -> None:
    with pytest.raises(RefusedRows) as refused:
        noted(covered, people, **changes)
    assert {each.code for each in refused.value.findings} == codes
    assert not OtherCover.objects.exists()


def test_one_payer_is_noted_once_for_the_same_days(
    noting: Mutual, covered: Person, people: People
) -> None:
    noted(covered, people, effective_until=date(2025, 6, 1))
    with pytest.raises(Refusal, match="OTHER_COVER_KNOWN"):
        noted(covered, people, payer="amu", effective_from=date(2025, 5, 31))
    noted(covered, people, effective_from=date(2025, 6, 1))
    assert covers_of(covered).count() == 2


def test_where_it_is_not_open_nothing_is_noted(covered: Person, people: People) -> None:
    with pytest.raises(Refusal, match="FEATURE_NOT_OPEN"):
        noted(covered, people)


def test_the_database_keeps_what_was_noted(noting: Mutual, covered: Person, people: People) -> None:
    cover = noted(covered, people)
    for change in ({"payer": "Autre"}, {"pays_first": False}):
        with pytest.raises(DatabaseError), transaction.atomic():
            OtherCover.objects.filter(pk=cover.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        OtherCover.objects.filter(pk=cover.pk).delete()
