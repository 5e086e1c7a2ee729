"""The demonstration's conventions: two persons, some to renew, a breach to follow."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django_scopes import scope

from entraide.apps.care_control.committee import feedback_of
from entraide.apps.claims.models import Claim
from entraide.apps.providers.breaches import breaches_of, turnovers_of
from entraide.apps.providers.conventions import conventions_of, to_renew
from entraide.apps.providers.models import (
    ConventionParty,
    NegotiationNote,
    PriceProposal,
    ProviderAssessment,
)
from entraide.apps.providers.register import register
from entraide.apps.schemes.models import Mutual
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
