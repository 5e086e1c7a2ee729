"""The small openIMIS becomes a mutual that lives: rights, money, claims, all agreeing."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django_scopes import scope

from entraide.apps.access.models import AuditEvent, AuditKind
from entraide.apps.access.services import system_user
from entraide.apps.claims.desk import LineEntry
from entraide.apps.claims.models import Circuit, Claim, ClaimState, MedicalDetail
from entraide.apps.claims.review import review_claim
from entraide.apps.claims.selectors import decision_explained, eligibility
from entraide.apps.claims.services import submit_claim
from entraide.apps.contributions.models import Channel, ContributionDue, ContributionPayment
from entraide.apps.contributions.selectors import rights_by_number
from entraide.apps.enrolment.models import Household, Membership, Person
from entraide.apps.ledger.models import Entry
from entraide.apps.ledger.selectors import treasury_balance
from entraide.apps.nomenclature.models import Area, CareItem
from entraide.apps.providers.models import Provider, Tariff
from entraide.apps.reporting.verification import verify
from entraide.apps.schemes.models import Mutual, ProductVersion
from entraide.core.errors import Refusal, RefusedRows
from entraide.core.product import Sector
from entraide.exchange.openimis import importing
from entraide.exchange.openimis.importing import import_openimis
from entraide.exchange.openimis.report import ImportReport
from tests.builders import a_federation, a_key, a_mutual
from tests.cli.running import CommandLine
from tests.exchange.conftest import ON, Change, noted

pytestmark = pytest.mark.django_db


@pytest.fixture
def mutual(imported: ImportReport):  # type: ignore[no-untyped-def]
    found = Mutual.objects.get(code="OPENIMIS")
    with scope(mutual=found):
        yield found


def test_everything_is_counted(imported: ImportReport) -> None:
    assert imported.to_json()["imported"] == {
        "areas": 4,
        "providers": 2,
        "products": 2,
        "services": 4,
        "items": 2,
        "diagnoses": 2,
        "households": 3,
        "persons": 6,
        "memberships": 3,
        "contributions": 5,
        "contributions_minor": 17_100,
        "claims": 4,
        "claim_lines": 6,
    }


def test_what_is_left_out_is_listed(imported: ImportReport) -> None:
    assert noted(imported) >= {
        ("tblEducations", "*", "OI_TABLE_LEFT_OUT"),
        ("tblProduct", "2", "OI_RULE_LEFT_OUT"),
        ("tblFamilies", "3", "OI_AREA_GONE"),
        ("tblInsuree", "3", "OI_PHOTO_GONE"),
        ("tblInsuree", "5", "OI_PERSON_NOT_INSURED"),
        ("tblInsuree", "6", "OI_SEX_UNKNOWN"),
        ("tblPolicy", "2", "OI_OFFICER_GONE"),
        ("tblPremium", "6", "OI_POLICY_GONE"),
        ("tblClaim", "4", "OI_PERSON_REMOVED"),
        ("tblClaimServices", "6", "OI_CLAIM_LEFT_OUT"),
        ("tblClaimItems", "8", "OI_CLAIM_GONE"),
    }


def test_a_second_run_imports_nothing(mutual: Mutual, folder: Path) -> None:
    entries = Entry.objects.count()
    told: dict[str, int] = {}
    again = import_openimis(str(folder), on=ON, progress=told.__setitem__).to_json()
    assert set(again["imported"].values()) == {0}
    assert {step: count for step, count in told.items() if step != "read"} == dict.fromkeys(
        set(told) - {"read"}, 0
    )
    assert "prices" in told
    assert again["already_imported"]["persons"] == 6
    assert again["already_imported"]["contributions"] == 5
    assert again["already_imported"]["claims"] == 4
    assert Entry.objects.count() == entries


def test_a_later_run_brings_only_what_is_new(mutual: Mutual, folder: Path, change: Change) -> None:
    change("tblPremium", 6, PolicyID="3", Amount="2000.00", Receipt="R-003")
    change("tblClaim", 4, InsureeID="4")
    again = import_openimis(str(folder), on=ON)
    assert {name: count for name, count in again.imported.items() if count} == {
        "contributions": 1,
        "contributions_minor": 2000,
        "claims": 1,
        "claim_lines": 1,
    }
    assert ("tblPremium", "6", "OI_NUMBER_SHARED") in noted(again), "R-003 was given already"
    due = ContributionDue.objects.get(document_number="OI-APP-3")
    assert due.paid_minor == due.amount_minor == 3000
    assert verify(mutual).findings == ()


def test_a_run_that_is_cut_off_leaves_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(importing, "take_claims", killed)
    with pytest.raises(KeyboardInterrupt):
        import_openimis(str(folder), on=ON)
    assert not Mutual.objects.exists()
    assert not Area.objects.exists()


def test_the_books_hold(mutual: Mutual) -> None:
    assert verify(mutual).findings == ()
    assert set(Entry.objects.values_list("journal", flat=True)) == {"migration"}
    assert treasury_balance(mutual, ON) == 17_100
    assert Entry.objects.get(document_number="OI-R-003").occurred_on == date(2025, 2, 10)


def test_a_value_is_told_apart_into_contribution_and_fees(mutual: Mutual) -> None:
    """Policy 1: 6 000 + 1 × 1 000 for three persons, 500 to join, 3 × 100 for the assembly."""
    dues = ContributionDue.objects.filter(membership__dues__document_number="OI-APP-1")
    assert [(due.kind, due.amount_minor, due.fund_share_minor) for due in dues.order_by("pk")] == [
        ("contribution", 7000, 7000),
        ("joining_fee", 500, 0),
        ("assembly_fee", 300, 0),
    ]


def test_receipts_keep_their_number_their_day_and_their_payer(mutual: Mutual) -> None:
    payment = ContributionPayment.objects.get(document_number="OI-R-003")
    assert (payment.channel, payment.payer_name) == (Channel.BANK, "Coopérative cacaoyère")
    assert payment.amount_minor == 8000
    assert ContributionPayment.objects.get(document_number="OI-R-002").channel == "mobile_money"
    assert ContributionPayment.objects.filter(document_number="OI-R-001-4").exists()


def test_more_received_than_due_is_due_all_the_same(mutual: Mutual, imported: ImportReport) -> None:
    assert ("tblPremium", "3", "OI_PAID_ABOVE_VALUE") in noted(imported)
    dues = ContributionDue.objects.filter(document_number__startswith="OI-APP-2")
    assert sum(due.amount_minor for due in dues) == 8000
    assert all(due.paid_minor == due.amount_minor for due in dues)


def test_a_card_opens_rights_on_a_day_of_its_policy(mutual: Mutual) -> None:
    found = eligibility(mutual, "700000003", date(2024, 9, 1), sector=Sector.PUBLIC)
    assert found.is_covered
    household = next(each for each in found.ceilings if each.whose == "household")
    # 2 400 approved, and 1 200 that a claim in review proposes
    assert (household.ceiling_minor, household.used_minor) == (150_000, 3600)
    assert not rights_by_number(mutual, "700000003", date(2026, 3, 1)).rights.is_open


def test_an_idle_policy_opens_no_rights_until_it_is_paid(mutual: Mutual) -> None:
    rights = rights_by_number(mutual, "700000004", date(2024, 9, 1)).rights
    assert [finding.code for finding in rights.reasons] == ["CONTRIBUTION_UNPAID"]


def test_whom_no_policy_names_is_not_covered(mutual: Mutual) -> None:
    assert not rights_by_number(mutual, "700000005", date(2024, 9, 1)).rights.is_open


def test_a_suspended_policy_opens_no_rights(folder: Path, change: Change) -> None:
    change("tblPolicy", 1, PolicyStatus="4", ValidityFrom="2024-06-15 00:00:00+00")
    report = import_openimis(str(folder), on=ON)
    assert ("tblPolicy", "1", "OI_POLICY_SUSPENDED") in noted(report)
    mutual = Mutual.objects.get()
    with scope(mutual=mutual):
        assert rights_by_number(mutual, "700000001", date(2024, 6, 14)).rights.is_open
        assert not rights_by_number(mutual, "700000001", date(2024, 6, 15)).rights.is_open


def test_a_renewal_follows_its_cover_and_keeps_seniority(mutual: Mutual) -> None:
    renewal = Membership.objects.get(effective_from=date(2025, 3, 1))
    assert renewal.renews is not None
    assert renewal.seniority_from == renewal.renews.effective_from == date(2024, 3, 1)


def test_persons_keep_what_is_known_of_them(mutual: Mutual) -> None:
    head = Person.objects.get(number="700000001")
    assert (head.full_name, head.is_member, head.has_photo) == ("AMOUZOU Aminata", True, True)
    assert head.household.address == "Rue du marché 3"
    assert head.household.area is not None
    assert head.household.area.name == "Nyogbo"
    assert head.household.number == "700000001"
    child = Person.objects.get(number="700000003")
    assert (child.relation, child.has_photo) == ("child", False)
    assert Household.objects.get(number="700000006").area is None


def test_a_price_of_nothing_is_a_price(mutual: Mutual) -> None:
    prices = dict(Tariff.objects.values_list("care_item__code", "unit_price_minor"))
    assert prices == {"0001": 0, "0002": 900, "C1": 1200, "E1": 500, "S1": 60_000, "S2": 8000}


def test_products_promise_what_openimis_covers(mutual: Mutual) -> None:
    items = {item.code: item for item in CareItem.objects.select_related("category")}
    assert items["S2"].is_excluded, "no product covers it"
    assert items["S1"].sex == "F"
    versions = {version.product.code: version for version in ProductVersion.objects.all()}
    family, economy = versions["fam01"].document, versions["eco"].document
    surgery = family["benefits"][items["S1"].category.code]
    assert surgery["waiting_period_months"]["values"][0]["value"] == 9
    assert items["S1"].category.code not in economy["benefits"]
    consultation = items["C1"].category.code
    rates = [
        document["benefits"][consultation]["copayment_rate"]["values"][0]["value"]
        for document in (family, economy)
    ]
    assert rates == ["0.2", "0.5"]
    assert family["contribution"]["threshold_members"]["values"][0]["value"] == 2
    assert economy["membership"]["cycle_starts"]["values"][0]["value"] == ["01-03"]
    assert all(version.approved_at is not None for version in versions.values())


def test_an_approved_claim_keeps_its_decision(mutual: Mutual) -> None:
    claim = Claim.objects.get(document_number="OI-D-100")
    decision, lines = decision_explained(claim)
    assert claim.state == ClaimState.APPROVED
    assert (claim.claimed_minor, claim.payable_minor) == (3500, 2400)
    assert [(line.decided.payable_minor, line.line.care_item.code) for line in lines] == [
        (960, "C1"),
        (0, "E1"),
        (1440, "0002"),
    ]
    assert decision.reduced_minor_by_code() == {
        "OI_REDUCED": 600,
        "OI_REJECTED_NOT_IN_PRICE_LIST": 500,
    }
    assert claim.entry is not None
    assert claim.entry.kind == "claim_approved"
    made = claim.decisions.get()
    assert made.made_by.is_system
    assert made.context["imported"] is True
    detail = MedicalDetail.objects.get(claim=claim)
    assert detail.diagnosis is not None
    assert (detail.diagnosis.code, detail.notes) == ("B54", "A09")


def test_how_the_person_came_is_kept(mutual: Mutual) -> None:
    """Care of more than one day is a stay; a claim that does not say its last day says nothing."""
    came = {
        number: (visit, is_inpatient)
        for number, visit, is_inpatient in Claim.objects.values_list(
            "document_number", "visit", "is_inpatient"
        )
    }
    assert came["OI-D-100"] == ("planned", False)
    assert came["OI-D-101"] == ("referral", True)
    assert came["OI-D-102"] == ("emergency", False)
    assert came["OI-D-104"] == ("planned", None)


def test_openimis_11_every_diagnosis_of_a_claim_is_kept(mutual: Mutual) -> None:
    """Their print of a claim fails on the second diagnosis, and prints the first in its place."""
    detail = MedicalDetail.objects.get(claim__document_number="OI-D-100")
    assert detail.diagnosis is not None
    assert detail.diagnosis.code == "B54"
    assert detail.notes == "A09"


def test_other_claims_keep_their_state_and_are_not_posted(mutual: Mutual) -> None:
    states = {
        number: (state, payable, entry)
        for number, state, payable, entry in Claim.objects.values_list(
            "document_number", "state", "payable_minor", "entry"
        )
    }
    assert states["OI-D-101"] == ("in_review", 1200, None)
    assert states["OI-D-102"] == ("refused", 0, None)
    assert states["OI-D-104"] == ("in_review", 1200, None), "as openIMIS's reviewer left it"


def test_a_claim_that_waits_can_be_reviewed(mutual: Mutual) -> None:
    claim = Claim.objects.get(document_number="OI-D-101")
    reviewed = review_claim(
        mutual=mutual, actor=system_user(), on=ON, idempotency_key=a_key(), claim=claim
    )
    assert reviewed.state == ClaimState.DECIDED
    assert verify(mutual).findings == ()


def test_a_new_claim_is_decided_by_our_rules(mutual: Mutual) -> None:
    """1 200 for a consultation, of which the product pays 80 %; nothing for what it excludes."""
    items = {item.code: item for item in CareItem.objects.select_related("category")}
    claim = submit_claim(
        mutual=mutual,
        actor=system_user(),
        on=ON,
        idempotency_key=a_key(),
        person=Person.objects.get(number="700000002"),
        provider=Provider.objects.get(code="CMS1"),
        circuit=Circuit.THIRD_PARTY_PAYMENT,
        care_on=date(2025, 5, 5),
        received_on=date(2025, 5, 6),
        lines=(
            LineEntry(items["C1"], Decimal(1), 1300),
            LineEntry(items["S2"], Decimal(1), 8000),
        ),
    )
    assert claim.payable_minor == 960
    assert verify(mutual).findings == ()


def test_a_claim_that_pays_more_than_asked_is_left_out(folder: Path, change: Change) -> None:
    change("tblClaimServices", 1, RemuneratedAmount="1300.00")
    report = import_openimis(str(folder), on=ON)
    assert ("tblClaim", "1", "OI_PAYS_MORE") in noted(report)
    assert report.imported["claims"] == 3


def test_the_import_stands_in_the_audit_journal(mutual: Mutual) -> None:
    event = AuditEvent.objects.get(kind=AuditKind.IMPORT)
    assert (event.mutual, event.details["imported"]["persons"]) == (mutual, 6)


def test_two_mutuals_may_take_over_the_same_openimis(mutual: Mutual, folder: Path) -> None:
    report = import_openimis(str(folder), on=ON, mutual_code="SECONDE", country="TG")
    assert (report.imported["areas"], report.imported["persons"]) == (0, 6)
    other = Mutual.objects.get(code="SECONDE")
    assert other.country == "tg"
    assert verify(other).findings == ()


def test_another_currency_than_the_mutuals_is_refused(folder: Path) -> None:
    a_mutual(a_federation(), "seche", "Mutuelle", "tg")
    with pytest.raises(Refusal, match="CURRENCY_DIFFERS"):
        import_openimis(str(folder), on=ON, mutual_code="seche", currency="MGA")


def test_a_currency_of_no_country_asks_for_one(folder: Path) -> None:
    with pytest.raises(Refusal, match="OI_COUNTRY_NEEDED"):
        import_openimis(str(folder), on=ON, currency="USD")
    assert not Mutual.objects.exists()


def test_a_product_of_ones_own_is_not_touched(mutual: Mutual, folder: Path, change: Change) -> None:
    change("tblProduct", 1, ProdUUID="39999999-0000-0000-0000-000000000001")
    with pytest.raises(RefusedRows) as refused:
        import_openimis(str(folder), on=ON)
    assert [finding.code for finding in refused.value.findings] == ["OI_PRODUCT_CODE_TAKEN"]


class TestCommand:
    """``entraide import openimis``."""

    @pytest.fixture
    def cli(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> CommandLine:
        monkeypatch.setattr("entraide.cli.main._prepare_database", lambda: None)
        return CommandLine(monkeypatch, capsys)

    def test_json_is_one_document_and_progress_goes_beside(
        self, cli: CommandLine, folder: Path
    ) -> None:
        assert cli.run("import", "openimis", str(folder), "--currency", "XOF", "--json") == 0
        document = json.loads(cli.out)
        assert document["imported"]["contributions_minor"] == 17_100
        assert {
            "table": "tblClaim",
            "key": "4",
            "code": "OI_PERSON_REMOVED",
            "column": "InsureeID",
        } in (document["skipped"])
        assert "personnes" in cli.err

    def test_a_person_reads_what_came_and_what_did_not(
        self, cli: CommandLine, folder: Path
    ) -> None:
        assert cli.run("import", "openimis", str(folder), "--mutual", "AGOU") == 0
        assert "AGOU" in cli.out
        assert "17\u202f100" in cli.out or "17\u00a0100" in cli.out
        assert "La personne a été retirée d’openIMIS" in cli.out

    def test_faults_are_findings_with_row_and_column(
        self, cli: CommandLine, folder: Path, change: Change
    ) -> None:
        change("tblPremium", 1, Amount="5000.25")
        assert cli.run("import", "openimis", str(folder), "--json") == 1
        [finding] = json.loads(cli.out)["findings"]
        assert (finding["code"], finding["row"]) == ("AMOUNT_TOO_PRECISE", 2)
        assert finding["details"]["column"] == "Amount"
        assert not Mutual.objects.exists()
