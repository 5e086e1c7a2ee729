"""The smallest demonstration: proven, marked, with its disorder and its work left to do."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.contrib.auth import authenticate
from django.test import Client
from django_scopes import scope, scopes_disabled

from entraide.apps.access.models import User
from entraide.apps.banking.selectors import reconciled_fund_balance
from entraide.apps.care_control.models import RegisterEntry, SampledClaim
from entraide.apps.claims.models import Claim, ClaimState, CommitteeSession, PreAuthorisation
from entraide.apps.contributions.daily_check import to_explain_count
from entraide.apps.contributions.models import (
    CashHandover,
    GroupPayment,
    ReceiptRange,
    VoidedNumber,
)
from entraide.apps.enrolment.models import Household, Person
from entraide.apps.planning.models import BusinessPlan
from entraide.apps.reporting.benchmark import COMMON
from entraide.apps.reporting.verification import verify_network
from entraide.apps.schemes.collection_terms import collection_terms
from entraide.apps.schemes.models import Mutual
from entraide.apps.settlement.models import BatchState, SettlementBatch
from entraide.cli.main import main
from entraide.core.errors import Refusal
from entraide.demo import build, database
from entraide.demo.build import PLAN_OF
from entraide.demo.headline import network_figures
from entraide.demo.lists import places
from entraide.demo.network import NETWORK
from entraide.web import clock
from tests.demo.conftest import SIZE

pytestmark = pytest.mark.django_db


@pytest.mark.requirement("R153")
def test_the_network_is_whole_proven_and_marked(network: list[Mutual]) -> None:
    assert database.found() is database.Found.FINISHED
    assert database.making() == database.Making(20, 3, "2024-06-21")
    assert sorted(plan.code for plan in NETWORK) == [mutual.code for mutual in network]
    assert {mutual.country for mutual in network} == {"mg", "bf", "tg"}
    assert {mutual.currency for mutual in network} == {"MGA", "XOF"}
    verified, of_database = verify_network()
    assert [finding for each in verified for finding in each.findings] == []
    assert of_database == ()
    assert min(each.entry_count for each in verified) > 100


def test_what_control_says_and_what_stands_elsewhere_are_the_same(network: list[Mutual]) -> None:
    mutual = Mutual.objects.get(code=PLAN_OF)
    with scope(mutual=mutual):
        said = {"agreed": "given", "refused": "refused"}
        register = RegisterEntry.objects.filter(kind="prior_agreement")
        answered = [(each.person_id, said[each.result]) for each in register]
        held = PreAuthorisation.objects.filter(decided_on__isnull=False)
        assert answered
        assert sorted(held.values_list("person_id", "state")) == sorted(answered)
        assert not RegisterEntry.objects.filter(result="agreed", reason_code="missing_paper")
        for each in SampledClaim.objects.select_related("claim", "campaign"):
            assert each.claim.received_on <= each.campaign.opened_on
        people = {user.display_name for user in User.objects.all()}
        for session in CommitteeSession.objects.all():
            assert {member.split(",")[0] for member in session.members} <= people


@pytest.mark.requirement("R209", begun=True)
def test_six_mutuals_of_three_countries_keep_their_currency_and_compare_by_head(
    network: list[Mutual],
) -> None:
    figures = network_figures(SIZE.until)
    assert {each.code: each.currency for each in figures} == {
        mutual.code: mutual.currency for mutual in network
    }
    for each in figures:
        persons = each.figures["persons_covered"]
        of_head = each.figures["contribution_earned"] / persons
        # Of the order of the base year of the network: 12 000 to 63 000 Ar or F CFA a family.
        assert 500 < of_head < 100_000, (each.code, of_head)


@pytest.mark.requirement("R209")
def test_the_benchmark_table_sets_the_six_side_by_side(
    network: list[Mutual], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "today", lambda mutual=None: SIZE.until)
    adviser = Client()
    adviser.force_login(User.objects.get(username="claire"))
    answer = adviser.get("/reseau/comparaison/")
    rows = answer.context["rows"]
    assert len(rows) == 6
    assert {row.mutual.country for row in rows} == {"mg", "bf", "tg"}
    assert answer.context["countries"] == 3
    symbols = {"MGA": "\u00a0Ar", "XOF": "\u00a0F\u00a0CFA"}
    lines = dict(zip(COMMON, answer.context["lines"], strict=True))
    for code in ("contribution_earned", "contribution_per_person", "claims_per_person"):
        for row, cell in zip(rows, lines[code].cells, strict=True):
            assert cell.text.endswith(symbols[row.mutual.currency]), (code, cell)
    for row in rows:
        # Per head and per month of cover, so that a large mutual compares with a small one.
        of_head, mean = row.value("contribution_per_person"), row.value("claims_per_person")
        assert of_head is not None
        assert mean is not None
        assert row.value("contribution_earned") > of_head > 0
        assert row.value("claims_incurred") >= mean
    # Two currencies are summed apart, never together.
    assert [name for name, _count in answer.context["currencies"]] == ["Ar", "F CFA"]
    page = answer.content.decode()
    assert all(row.mutual.name in page for row in rows)


@pytest.mark.requirement("R254", begun=True)
@pytest.mark.requirement("R255")
def test_a_visit_begins_with_the_report_and_the_plan(
    network: list[Mutual], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["demo", "--no-serve"]) == 0
    said = capsys.readouterr().out.rpartition("Par où commencer")[2].partition("\n\n")[0]
    shown = said.splitlines()[1:]
    assert [line.split()[0] for line in shown] == [
        "/m/atia-sante/rapport/",
        "/m/atia-sante/plan/",
        "/m/atia-sante/rapprochement/",
    ]
    director = Client()
    director.force_login(User.objects.get(username="hanta"))
    for line in shown:
        assert director.get(line.split()[0], follow=True).status_code == 200


def test_every_list_has_work(network: list[Mutual]) -> None:
    for mutual in network:
        with scope(mutual=mutual):
            balance = reconciled_fund_balance(mutual)
            assert balance is not None, mutual.code
            assert balance.on >= date(2024, 3, 31), mutual.code
    with scopes_disabled():
        assert SettlementBatch.objects.filter(state=BatchState.PREPARED).exists()
        assert Claim.objects.filter(state=ClaimState.IN_REVIEW).exists()
        assert SettlementBatch.objects.filter(state=BatchState.PAID).count() > 20
        assert BusinessPlan.objects.get().mutual.code == "atia-sante"


def test_what_was_planted_is_what_is_there(network: list[Mutual]) -> None:
    for mutual in network:
        planted = mutual.settings[database.SETTING]["planted"]

        def count(kind: str, planted: dict[str, dict[str, int]] = planted) -> int:
            return planted.get(kind, {}).get("count", 0)

        with scope(mutual=mutual):
            assert Household.objects.filter(phone="").count() == count("phone_none")
            # A newborn has no name of its own yet.
            unnamed = Person.objects.filter(given_name="", provisional_until__isnull=True)
            assert unnamed.count() == count("single_name")
            unsure = Person.objects.exclude(birth_precision="exact")
            assert unsure.count() == count("birth_date_unsure")


def test_everybody_may_sign_in_with_the_password_shown(network: list[Mutual]) -> None:
    password = build.give_one_password()
    for username, *_ in build.usernames():
        assert User.objects.filter(username=username).count() == 1, username
    assert authenticate(username="hanta", password=password) is not None
    assert build.give_one_password() != password


def test_a_demonstration_of_another_size_is_not_made_over_it(
    network: list[Mutual], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["demo", "--json", "--no-serve", "--households", "30"]) == 1
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "DEMO_OTHER_THERE"
    assert database.making().households == 20


def test_a_database_with_other_data_is_left_alone(network: list[Mutual]) -> None:
    with scopes_disabled():
        Mutual.objects.filter(code="zems-laafi").update(settings={})
    assert database.found() is database.Found.HALF_MADE
    Mutual.objects.filter(code="atia-sante").update(is_demonstration=False)
    with pytest.raises(Refusal) as refusal:
        database.drop()
    assert refusal.value.code == "DATABASE_NOT_DEMONSTRATION"
    assert Mutual.objects.count() == 6


def test_the_name_of_a_town_follows_de_as_french_says_it() -> None:
    names = [place.name for plan in NETWORK for place in places(plan)]
    assert "Hôpital d’Antananarivo" in names
    assert "Hôpital de Ouagadougou" in names
    assert "Centre médico-social d’Agoè" in names
    assert "Cabinet dentaire de Lomé" in names


@pytest.mark.requirement("R034", begun=True)
@pytest.mark.requirement("R035", begun=True)
@pytest.mark.requirement("R040")
def test_cash_travels_from_hand_to_hand(network: list[Mutual]) -> None:
    """Numbers given out, hand-overs, sums of groups, in the mutual that shows everything."""
    mutual = next(each for each in network if each.code == PLAN_OF)
    with scope(mutual=mutual):
        assert set(ReceiptRange.objects.values_list("kind", flat=True)) == {"device", "paper"}
        assert VoidedNumber.objects.count() == 1
        assert CashHandover.objects.filter(state="given").count() == 1
        sums = {each.origin: each for each in GroupPayment.objects.all()}
        assert sums["collective_field"].allocated_minor > 0
        assert sums["collective_field"].receipts.exists()
        assert sums["common_purse"].allocated_minor == 0
        assert collection_terms(mutual, "cash") is not None
        assert to_explain_count(mutual, SIZE.until) > 0
