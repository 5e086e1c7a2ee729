"""What a batch may be made of: subtotals follow the ticks, bonuses go without a claim."""

from __future__ import annotations

import html
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from entraide.apps.claims.approval import approve_decided_claims
from entraide.apps.claims.models import Circuit, Claim
from entraide.apps.enrolment.models import Person
from entraide.apps.ledger.selectors import account_for
from entraide.apps.providers.incentives import decide_incentive, enter_incentive
from entraide.apps.providers.models import Agreement, Provider
from entraide.apps.schemes.models import Mutual
from entraide.apps.settlement import awards
from entraide.apps.settlement.awards import decide_bonus, prepare_bonus
from entraide.apps.settlement.models import IncentiveAward, PayoutAddition, SettlementBatch
from entraide.core.incentives import Incentive
from entraide.core.ledger import AccountRole
from entraide.web.settlements.counts import waiting
from tests.builders import a_claim, a_key
from tests.people import People
from tests.web.conftest import Browser
from tests.web.settlements.conftest import Address

ON = date(2025, 6, 16)


@pytest.fixture
def bonus(
    provider: Provider, people: People, scoped: Mutual, monkeypatch: pytest.MonkeyPatch
) -> IncentiveAward:
    """500 owed for a good year, approved."""

    def act(command: Any, actor: object, **content: Any) -> Any:
        return command(mutual=scoped, actor=actor, on=ON, idempotency_key=a_key(), **content)

    monkeypatch.setattr(awards, "bonus_of", lambda _term, _year: 500)
    term = act(
        enter_incentive, people.coordinator, agreement=Agreement.objects.get(provider=provider),
        effective_from=date(2024, 1, 1), source="Avenant", kind=Incentive.QUALITY_BONUS.value,
        rate=Decimal("0.01"), measure="welcome", threshold=Decimal("0.8"),
    )  # fmt: skip
    act(decide_incentive, people.director, term=term, is_approved=True)
    award = act(prepare_bonus, people.moussa, term=term, year=2024)
    return act(decide_bonus, people.director, award=award, is_approved=True)  # type: ignore[no-any-return]


def _shown(answer: Any) -> str:
    text = html.unescape(answer.content.decode())
    return text.replace("\u202f", " ").replace("\u00a0", " ")


@pytest.mark.requirement("R073")
def test_a_bonus_is_proposed_where_no_claim_waits_and_paid_by_a_batch_of_its_own(
    signed_in: Browser, people: People, address: Address, bonus: IncentiveAward, scoped: Mutual
) -> None:
    assert waiting(scoped, ON).count == 1
    officer = signed_in(people.moussa)
    assert address("batch-new") in officer.get(address("settlements")).content.decode()
    page = officer.get(address("batch-new"))
    assert "Prime de qualité" in _shown(page)
    assert page.context["total_minor"] == 500
    bank = str(account_for(scoped, AccountRole.BANK).uid)
    form = {"idempotency_key": a_key(), "account": bank, "awards": [str(bonus.uid)]}
    untouched = officer.post(address("batch-new"), {**form, "awards": []})
    assert untouched.status_code == 422
    assert not SettlementBatch.objects.exists()
    officer.post(address("batch-new"), form)
    batch = SettlementBatch.objects.get()
    assert (batch.total_minor, PayoutAddition.objects.get().award) == (500, bonus)
    again = officer.post(address("batch-new"), {**form, "idempotency_key": a_key()})
    assert again.status_code == 422
    assert "n’attend pas d’être payé" in _shown(again)
    shown = _shown(signed_in(people.director).get(address("batch", uid=batch.uid)))
    assert bonus.document_number in shown


def test_the_subtotal_of_a_payee_follows_what_is_ticked(
    signed_in: Browser, people: People, address: Address, person: Person, provider: Provider,
    scoped: Mutual,
) -> None:  # fmt: skip
    claims: list[Claim] = [
        a_claim(person, provider, people.awa, care_on=date(2025, 3, day)) for day in (1, 2)
    ]
    claims.append(
        a_claim(
            person, provider, people.awa, care_on=date(2025, 3, 3), circuit=Circuit.REIMBURSEMENT
        )
    )
    approve_decided_claims(mutual=scoped, actor=people.moussa, on=ON, idempotency_key=a_key())
    officer = signed_in(people.moussa)
    page = officer.get(address("batch-new"))
    assert "si tout est coché" not in _shown(page)
    assert "Recalculer" in _shown(page)
    bank = str(account_for(scoped, AccountRole.BANK).uid)
    form = {
        "idempotency_key": a_key(), "account": bank, "claims": [str(claims[0].uid)],
        "preview": "1",
    }  # fmt: skip
    asked = officer.post(address("batch-new"), form)
    assert asked.status_code == 200
    (_direct, ticked), (_family, none) = asked.context["rows"]
    assert (ticked.total_minor, none) == (3000, None)
    key = asked.context["rows"][0][0].key
    assert f'hx-select-oob="#sub-{key}"' in _shown(asked)
    assert f'<span id="sub-{key}">3 000<small>sur 6 000 si tout est coché</small></span>' in _shown(
        asked
    )
    assert ">0<small>sur 3 000 si tout est coché</small>" in _shown(asked)
    assert not SettlementBatch.objects.exists()
