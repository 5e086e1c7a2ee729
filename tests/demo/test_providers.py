"""The demonstration's conventions: two persons, some to renew, a breach to follow."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django_scopes import scope

from entraide.apps.care_control.committee import feedback_of
from entraide.apps.claims.models import Claim
from entraide.apps.ledger.models import Account
from entraide.apps.providers.breaches import breaches_of, turnovers_of
from entraide.apps.providers.conventions import conventions_of, to_renew
from entraide.apps.providers.models import (
    ConventionParty,
    NegotiationNote,
    PriceProposal,
    ProviderAssessment,
)
from entraide.apps.providers.register import register
from entraide.apps.schemes.models import Appointment, Mutual, Role
from entraide.apps.schemes.rights import Right, people_who_may
from entraide.apps.settlement.models import PaymentAccount, Payout, SettlementBatch
from entraide.apps.settlement.orders import transfers_of
from entraide.apps.settlement.payees import identity_of
from entraide.core.conventions import Renewal
from tests.demo.conftest import SIZE


@pytest.mark.requirement("R071")
def test_each_mutual_has_conventions_of_two_persons_and_two_to_renew(
    network: list[Mutual],
) -> None:
    for mutual in network:
        with scope(mutual=mutual):
            agreements = list(conventions_of(mutual))
            assert len(agreements) == 7
            assert all(each.entered_by and each.approved_by for each in agreements)
            assert not [each for each in agreements if each.entered_by == each.approved_by]
            assert [stage for _each, stage in to_renew(mutual, SIZE.until)] == [
                Renewal.URGENT, Renewal.SOON,
            ]  # fmt: skip
            last = Claim.objects.filter(mutual=mutual).order_by("-care_on").first()
            assert last is None or last.care_on < SIZE.until  # under agreement all the time


@pytest.mark.requirement("R068", begun=True)
def test_the_register_says_where_when_and_what(network: list[Mutual]) -> None:
    for mutual in network:
        with scope(mutual=mutual):
            for each in register(mutual):
                assert each.level
                assert each.services
                assert each.opening_hours
                assert each.phone
                assert each.latitude is not None
                assert each.area is not None


def test_one_breach_waits_for_an_answer(network: list[Mutual]) -> None:
    for mutual in network:
        with scope(mutual=mutual):
            (breach,) = breaches_of(mutual)
            assert breach.notice_given_on is not None
            assert breach.closed_on is None
            assert len(turnovers_of(mutual, breach.agreement.provider)) == 1


def test_prices_are_talked_about_and_families_were_asked(network: list[Mutual]) -> None:
    for mutual in network:
        with scope(mutual=mutual):
            proposals = PriceProposal.objects.filter(mutual=mutual)
            assert proposals.count() == 3
            assert (
                NegotiationNote.objects.filter(mutual=mutual, proposal__in=proposals).count() == 1
            )
            assert ProviderAssessment.objects.filter(mutual=mutual).count() == 3
            assert ConventionParty.objects.filter(mutual=mutual).count() == 1
            assert feedback_of(mutual, SIZE.until - timedelta(days=365), SIZE.until).exists()


def test_every_payment_that_waits_has_an_account_and_somebody_else_may_authorise(
    network: list[Mutual],
) -> None:
    """Neither the bank nor an operator is asked to pay nobody; a batch with a claim that the
    director approved still finds a signatory."""
    for mutual in network:
        with scope(mutual=mutual):
            accounts = PaymentAccount.objects.filter(provider__isnull=False)
            assert accounts.exists(), mutual.code
            assert identity_of(account_of_batches(mutual)) is not None, mutual.code
            waiting = Payout.objects.filter(
                batch__state__in=("prepared", "authorised"), paid_on__isnull=True, returned_on=None
            ).select_related("provider", "household", "batch", "destination")
            lacking = [each for each in transfers_of(waiting, "") if each.account is None]
            assert not lacking, mutual.code
            signatories = people_who_may(mutual, Right.AUTHORISE_BATCH, SIZE.until)
            roles = {
                role
                for person in signatories
                for role in Appointment.objects.filter(user=person, mutual=mutual).values_list(
                    "role", flat=True
                )
            }
            assert {Role.DIRECTOR, Role.ELECTED_OFFICER} <= roles, mutual.code


def account_of_batches(mutual: Mutual) -> Account:
    batch = SettlementBatch.objects.filter(
        mutual=mutual, treasury_account__role__in=("bank", "microfinance", "mobile_money")
    ).first()
    assert batch is not None, mutual.code
    return batch.treasury_account
