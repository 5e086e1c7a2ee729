"""The adviser says how much of a line was justified: the rules decide that, the asker bears the
rest."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from importlib import import_module

import pytest
from django.apps import apps

from entraide.apps.claims.models import Claim
from entraide.apps.claims.review import LineReview, review_claim
from entraide.apps.claims.selectors import decision_in_force
from entraide.apps.claims.verification import check_counters
from entraide.apps.enrolment.models import Person
from entraide.apps.providers.models import Provider
from entraide.apps.schemes.models import Mutual
from entraide.core.adjudication.decision import BorneBy
from entraide.core.adjudication.decision import Decision as CoreDecision
from entraide.core.errors import Refusal
from tests.builders import a_claim, a_household, a_key, a_payment, a_provider
from tests.people import People

ON = date(2025, 3, 5)


@pytest.fixture
def claim(scoped: Mutual, people: People, product: object) -> Claim:
    """Ten thousand tablets at 65, the tariff."""
    household = a_household(scoped, people.awa, product)
    a_payment(household, people.awa, sum(due.amount_minor for due in household.dues.all()))
    person: Person = household.persons.order_by("pk")[0]
    provider: Provider = a_provider(scoped, people.moussa, prices={"consultation-1": 65})
    return a_claim(person, provider, people.awa, ("consultation-1", "10000", 65))


def _reviewed(claim: Claim, people: People, *changes: LineReview) -> CoreDecision:
    review_claim(
        mutual=claim.mutual, actor=people.medical_adviser, on=ON, idempotency_key=a_key(),
        claim=claim, changes=changes,
    )  # fmt: skip
    claim.refresh_from_db()
    return CoreDecision.from_json(decision_in_force(claim).outcome)


def test_ten_tablets_of_ten_thousand_are_paid_and_the_provider_bears_the_rest(
    claim: Claim, people: People, scoped: Mutual
) -> None:
    ten = LineReview("1", "10 suffisent", justified_quantity=Decimal(10))
    decision = _reviewed(claim, people, ten)
    assert decision.borne_minor(BorneBy.PROVIDER) == 649350
    assert decision.payable_minor + decision.borne_minor(BorneBy.MEMBER) == 650
    assert decision.claimed_minor == 650000
    assert decision.payable_minor > 400, "the rules were applied to 650, no ceiling took anything"
    assert "CEILING_PER_CASE" not in decision.reduced_minor_by_code()
    claim.refresh_from_db()
    assert claim.payable_minor == decision.payable_minor
    assert list(check_counters(scoped)) == []
    again = _reviewed(claim, people, LineReview("1", "5 suffisent", justified_minor=325))
    assert again.borne_minor(BorneBy.PROVIDER) == 649675


def test_what_is_not_below_or_was_changed_by_hand_is_refused(claim: Claim, people: People) -> None:
    for change in (
        LineReview("1", "tout", justified_quantity=Decimal(10000)),
        LineReview("1", "rien", justified_minor=-1),
    ):
        with pytest.raises(Refusal, match="REVIEW_NOT_BELOW"):
            _reviewed(claim, people, change)
    _reviewed(claim, people, LineReview("1", "un peu moins", less_minor=1))
    with pytest.raises(Refusal, match="CLAIM_ALREADY_REVIEWED"):
        _reviewed(claim, people, LineReview("1", "dix", justified_quantity=Decimal(10)))


def test_units_of_decisions_made_before_are_told_by_the_migration(
    claim: Claim, people: People
) -> None:
    """Then the decision said no quantity: what the person found justified stood with its facts."""
    _reviewed(claim, people, LineReview("1", "10 suffisent", justified_quantity=Decimal(10)))
    in_force = decision_in_force(claim)
    for reduction in in_force.outcome["lines"][0]["reductions"]:
        reduction["data"].pop("justified_quantity", None)
    claim.lines.update(paid_quantity=None)
    migration = import_module("entraide.apps.claims.migrations.0022_paid_quantity")
    assert migration._units(in_force.context, in_force.outcome) == {"1": Decimal(10)}
    migration.tell(apps, None)
    assert claim.lines.get().paid_quantity == 10
