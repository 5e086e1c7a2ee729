"""A family that has paid, claims on their way, a plan: what the pages of steering show."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.urls import reverse

from entraide.apps.claims.approval import approve_decided_claims
from entraide.apps.claims.models import Claim
from entraide.apps.enrolment.models import Person
from entraide.apps.ledger.selectors import account_for
from entraide.apps.planning.models import BusinessPlan
from entraide.apps.planning.services import run_scenario, save_plan, save_scenario
from entraide.apps.planning.training_plan import PLAN_P_LEVERS, exact
from entraide.apps.schemes.models import Mutual, Product
from entraide.apps.settlement.models import SettlementBatch
from entraide.apps.settlement.services import prepare_batch
from entraide.core.ledger import AccountRole
from tests.builders import a_claim, a_household, a_key, a_payment, a_provider
from tests.people import People

ON = date(2025, 6, 16)
Address = Callable[..., str]


@pytest.fixture
def address(mutual: Mutual) -> Address:
    """``address("claim", uid=…)``: the address of a page of the first mutual."""

    def of(name: str, **kwargs: Any) -> str:
        return reverse(f"web:{name}", kwargs={"mutual": mutual.code, **kwargs})

    return of


@pytest.fixture
def person(scoped: Mutual, people: People, product: Product) -> Person:
    """The member of a family that paid 13 000 in January: 1 000 fee, 12 000 contribution."""
    household = a_household(scoped, people.awa, product)
    a_payment(household, people.awa, 13000)
    return household.persons.get(is_member=True)


@pytest.fixture
def claim(person: Person, scoped: Mutual, people: People) -> Claim:
    """A consultation of 4 000 in March, of which the mutual pays 3 000."""
    provider = a_provider(scoped, people.moussa)
    return a_claim(person, provider, people.awa, ("consultation-1", "1", 4000))


@pytest.fixture
def batch(claim: Claim, scoped: Mutual, people: People) -> SettlementBatch:
    """The claim approved and on a batch that Moussa prepared."""
    common = {"mutual": scoped, "on": ON}
    approve_decided_claims(actor=people.moussa, idempotency_key=a_key(), **common)
    claim.refresh_from_db()
    return prepare_batch(
        actor=people.moussa,
        idempotency_key=a_key(),
        claims=[claim],
        treasury_account=account_for(scoped, AccountRole.BANK),
        **common,
    )


def atia_document(currency: str = "XOF") -> dict[str, Any]:
    """The assumptions of the training plan in another currency."""
    text = (settings.RULES_FOLDER / "plans" / "atia-sante.yaml").read_text(encoding="utf-8")
    document: dict[str, Any] = exact(yaml.safe_load(text))
    return {**document, "currency": currency}


@pytest.fixture
def plan(scoped: Mutual, people: People) -> BusinessPlan:
    """The training plan of the first mutual with « Rien ne change » and « Plan P »."""
    common = {"mutual": scoped, "actor": people.director, "on": ON}
    saved = save_plan(
        name="Plan 2026", assumptions=atia_document(), idempotency_key=a_key(), **common
    )
    for name, levers in (("Rien ne change", {}), ("Plan P", PLAN_P_LEVERS)):
        scenario = save_scenario(
            plan=saved, name=name, levers=levers, idempotency_key=a_key(), **common
        )
        run_scenario(scenario=scenario, idempotency_key=a_key(), **common)
    return saved
