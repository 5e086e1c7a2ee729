"""What only the database was told, and no command did, is found by ``verify``."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from entraide.apps.care_control.models import Recovery
from entraide.apps.claims.models import Claim, ClaimState, PreAuthorisation
from entraide.apps.claims.pre_authorisations import ask_pre_authorisation
from entraide.apps.enrolment.models import Person
from entraide.apps.ledger.selectors import account_for
from entraide.apps.providers.models import Provider
from entraide.apps.reporting.people_checks import check_separation
from entraide.apps.reporting.verification import verify
from entraide.apps.schemes.models import Mutual
from entraide.apps.settlement.models import (
    BatchState,
    PaymentAccount,
    PayoutDestination,
    SettlementBatch,
)
from entraide.apps.settlement.payees import AccountEntry, note_payment_account
from entraide.apps.settlement.recoveries import ask_overpayment_back
from entraide.apps.settlement.services import prepare_batch
from entraide.core.ledger import AccountRole
from tests.apps.settlement.conftest import ON, Act
from tests.builders import a_claim
from tests.people import People


def test_a_batch_that_was_only_marked_as_signed_is_found(
    approved: Any, scoped: Mutual, people: People, act: Act
) -> None:
    approved(3)
    bank = account_for(scoped, AccountRole.BANK)
    batch = act(prepare_batch, people.moussa, treasury_account=bank)
    SettlementBatch.objects.filter(pk=batch.pk).update(
        state=BatchState.AUTHORISED, authorised_by=people.director, authorised_on=ON
    )
    assert "SIGNATORY_MISSING" in {finding.code for finding in verify(scoped).findings}


def test_a_claim_that_went_on_without_the_person_whom_the_rules_asked_for_is_found(
    person: Person, provider: Provider, scoped: Mutual, people: People
) -> None:
    claims = [
        a_claim(person, provider, people.awa, care_on=date(2025, 3, 3), on=ON) for _ in range(2)
    ]
    assert claims[1].state == ClaimState.IN_REVIEW
    assert verify(scoped).findings == ()
    Claim.objects.filter(pk=claims[1].pk).update(state=ClaimState.DECIDED, review_codes=[])
    assert "CLAIM_NOT_LOOKED_AT" in {finding.code for finding in verify(scoped).findings}


def test_where_money_goes_stays_as_it_was_written(
    approved: Any, provider: Provider, scoped: Mutual, people: People, act: Act
) -> None:
    """Neither the account of a payment nor one that was noted is altered; a new one takes over."""

    def noted(number: str) -> PaymentAccount:
        account: PaymentAccount = act(
            note_payment_account, people.moussa, provider=provider, channel="bank",
            account=AccountEntry("BOA", number, "Centre"),
        )  # fmt: skip
        return account

    first = noted("TG1")
    approved(3)
    act(prepare_batch, people.moussa, treasury_account=account_for(scoped, AccountRole.BANK))
    assert PayoutDestination.objects.get().number == "TG1"
    for change in (
        lambda: PayoutDestination.objects.update(number="XX"),
        lambda: PaymentAccount.objects.filter(pk=first.pk).update(number="XX"),
        lambda: PaymentAccount.objects.filter(pk=first.pk).delete(),
    ):
        with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
            change()
    second = noted("TG2")
    first.refresh_from_db()
    assert (first.number, first.effective_until, second.number) == ("TG1", ON, "TG2")
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        PaymentAccount.objects.filter(pk=first.pk).update(effective_until=None)


def test_who_asked_and_answered_alone_is_found(
    approved: Any, paid: Any, authorised: Any, scoped: Mutual, people: People, act: Act,
    person: Person,
) -> None:  # fmt: skip
    claims = approved(3)
    paid(authorised())
    recovery = act(
        ask_overpayment_back, people.moussa, claim=claims[0], amount_minor=500, reason="Tarif"
    )
    agreed = act(
        ask_pre_authorisation, people.awa, person=person, category=claims[0].lines.get().category,
        effective_from=ON, effective_until=date(2025, 4, 1),
    )  # fmt: skip
    assert list(check_separation(scoped)) == []
    Recovery.objects.filter(pk=recovery.pk).update(
        waived_on=ON, waived_by=people.moussa, waived_why="Oubli"
    )
    PreAuthorisation.objects.filter(pk=agreed.pk).update(
        state="given", decided_by=people.awa, decided_on=ON
    )
    assert [(each.code, each.place) for each in check_separation(scoped)] == [
        ("DUTIES_NOT_SEPARATED", agreed.document_number),
        ("DUTIES_NOT_SEPARATED", recovery.document_number),
    ]
