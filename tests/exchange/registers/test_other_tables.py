from __future__ import annotations

from datetime import date

import pytest

from entraide.apps.access.models import User
from entraide.apps.access.services import system_user
from entraide.apps.claims.models import Claim, UseCounter
from entraide.apps.contributions.models import ContributionDue, ContributionPayment
from entraide.apps.enrolment.models import Household, Membership, Person
from entraide.apps.enrolment.services import create_group
from entraide.apps.fieldwork.models import FollowContact
from entraide.apps.ledger.models import Entry
from entraide.apps.reporting.verification import verify
from entraide.apps.schemes.models import Mutual, Product
from entraide.apps.takeover.models import ImportedRow, LenderClient
from entraide.apps.takeover.rows import past_claims_of
from entraide.core.ledger import Journal
from entraide.exchange.registers.differences import Difference, differences
from entraide.exchange.registers.opening import open_table
from tests.builders import a_key
from tests.exchange.registers.conftest import Import, Planned
from tests.exchange.registers.test_members import OLD, OLD_HEADER
from tests.files.workbooks import csv_of
from tests.people import People

PAID_HEADER = ("N° reçu", "N° adhésion", "Nom", "Date paiement", "Montant payé", "Mode paiement",
               "Nature")  # fmt: skip
PAID = (
    PAID_HEADER,
    ("R-1", "A-77", "Ado", "05/03/2025", "12 000 F CFA", "Espèces", "Cotisation"),
    ("R-2", "A-77", "Ado", "05/04/2025", "2 000", "MVola", "Droit d’adhésion"),
    ("R-3", "A-78/1", "Bodo", "01/02/2025", "6.000", "", ""),
    ("", "", "", "Total", "20 000", "", ""),
)


@pytest.fixture(autouse=True)
def _product(product: Product) -> None:
    """The mutual has its product."""


@pytest.fixture
def system(db: None) -> User:
    return system_user()


@pytest.mark.requirement("R144", begun=True)
def test_contributions_taken_over_are_dues_wholly_paid(
    importing: Import, scoped: Mutual, system: User
) -> None:
    importing(csv_of(*OLD), actor=system)
    run = importing(csv_of(*PAID), actor=system)
    assert run.counts == {"payments": 3, "payments_minor": 20_000, "rows": 3}
    assert [remark["code"] for remark in run.remarks] == ["ROW_TOTAL"]
    payment = ContributionPayment.objects.get(document_number="BMAS-R-2")
    assert (payment.channel, payment.household.number if payment.household else "") == (
        "mobile_money", "A-77",
    )  # fmt: skip
    due = ContributionDue.objects.get(document_number="BMAS-APP-R-2")
    assert (due.kind, due.paid_minor, due.fund_share_minor) == ("joining_fee", 2_000, 0)
    assert ContributionDue.objects.get(document_number="BMAS-APP-A-77").paid_minor == 0
    assert {entry.journal for entry in Entry.objects.all()} == {Journal.MIGRATION.value}
    assert not verify(scoped).findings
    assert importing(csv_of(*PAID), actor=system).counts == {"known": 3, "rows": 3}


def test_contributions_of_nobody_or_by_unknown_ways_are_named(
    importing: Import, planned: Planned, system: User
) -> None:
    importing(csv_of(*OLD), actor=system)
    plan = planned(
        csv_of(
            PAID_HEADER,
            ("R-1", "Z-9", "Ado", "05/03/2025", "12 000", "Espèces", ""),
            ("R-2", "A-77", "Ado", "05/03/2025", "12 000", "pigeon", ""),
            ("R-3", "A-77", "Ado", "05/03/2027", "0", "", ""),
            ("\u0420-4", "A-77", "Ado", "05/03/2025", "12 000", "", ""),
        ),
        actor=system,
    )
    assert [finding.code for finding in plan.faults] == [
        "FAMILY_NOT_HERE", "WORD_UNKNOWN", "DATE_IN_FUTURE", "PAYMENT_NOT_POSITIVE",
        "PAPER_NUMBER_MIXED",
    ]  # fmt: skip


def test_two_receipts_under_one_number_are_named_by_their_row(
    importing: Import, planned: Planned, system: User
) -> None:
    importing(csv_of(*OLD), actor=system)
    paid = ("05/03/2025", "12 000", "", "")
    plan = planned(
        csv_of(PAID_HEADER, ("", "A-77", "Ado", *paid), ("R-1", "A-77", "Ado", *paid),
               ("", "A-77", "Ado K.", *paid)),
        actor=system,
    )  # fmt: skip
    assert [(each.code, each.data["row"], each.data["first"]) for each in plan.faults] == [
        ("KEY_TWICE", 4, 2)
    ]


@pytest.mark.requirement("R144", begun=True)
def test_visits_count_in_the_follow_up_and_what_was_observed_stays_with_the_import(
    importing: Import, planned: Planned, people: People, system: User
) -> None:
    importing(csv_of(*OLD), actor=system)
    header = ("N° adhésion", "Date visite", "Animateur", "Objet", "Observation")
    content = csv_of(
        header,
        ("A-77", "02/05/2025", "Lova", "Suivi", "Tousse encore"),
        ("A-78", "03/05/2025", str(people.field_agent).upper(), "Première visite", ""),
        ("Z-9", "03/05/2025", "Lova", "Suivi", ""),
    )
    run = importing(content, actor=system)
    assert run.counts["visits"] == 3
    assert [each["code"] for each in run.remarks] == ["VISITS_TAKEN_OVER", "FAMILY_NOT_HERE"]
    told = FollowContact.objects.order_by("contacted_on")
    assert [
        (each.household.number, each.channel, each.contacted_on, each.worker, each.note)
        for each in told
    ] == [
        ("A-77", "visit", date(2025, 5, 2), system, "Lova · Suivi"),
        ("A-78", "visit", date(2025, 5, 3), people.field_agent, "Première visite"),
    ]
    row = ImportedRow.objects.get(kind="visits", record_uid=told[0].household.uid)
    assert row.said is not None
    assert row.said["outcome"] == "Tousse encore"
    assert importing(content, actor=system).counts == {"known": 3, "rows": 3}
    assert FollowContact.objects.count() == 2
    plan = planned(csv_of(header, ("A-77", "02/05/2027", "Lova", "Suivi", "")), actor=system)
    assert [each.code for each in plan.faults] == ["DATE_IN_FUTURE"]


@pytest.mark.requirement("R144", begun=True)
def test_differences_with_the_old_tool_are_listed_by_kind(
    importing: Import, scoped: Mutual, system: User, today: date
) -> None:
    importing(csv_of(*OLD), actor=system)
    importing(csv_of(*PAID), actor=system)

    def compared(content: bytes) -> list[tuple[Difference, str]]:
        opened = open_table(content, currency="XOF", today=today)
        return [(each.kind, each.number) for each in differences(opened.table, scoped, today)]

    assert compared(csv_of(*OLD)) == []
    assert compared(csv_of(*PAID)) == []
    changed = (
        OLD_HEADER,
        ("A-77", "A-77/1", "Ado", "Kofi", "12/06/1988", "M", "Adhérent", "01/03/2022",
         "01/03/2025", "31/03/2026", ""),
        ("A-79", "A-79/1", "Kpodo", "Ama", "1980", "F", "Adhérent", "", "", "", ""),
    )  # fmt: skip
    assert compared(csv_of(*changed)) == [
        (Difference.MISSING_HERE, "A-79/1"),
        (Difference.MISSING_THERE, "A-77/2"),
        (Difference.MISSING_THERE, "A-78/1"),
        (Difference.NAME, "A-77/1"),
        (Difference.BIRTH, "A-77/1"),
        (Difference.STATUS, "A-77/1"),
    ]
    paid = (
        PAID_HEADER,
        ("R-1", "A-77", "Ado", "05/03/2025", "11 000", "Espèces", ""),
        ("R-2", "A-77", "Ado", "06/04/2025", "2 000", "", ""),
        ("R-9", "A-77", "Ado", "01/02/2025", "500", "", ""),
    )
    assert compared(csv_of(*paid)) == [
        (Difference.MISSING_HERE, "R-9"),
        (Difference.MISSING_THERE, "BMAS-R-3"),
        (Difference.AMOUNT, "R-1"),
        (Difference.DAY, "R-2"),
    ]


def test_entries_and_exits_of_an_employer(
    importing: Import, planned: Planned, scoped: Mutual, people: People, product: Product
) -> None:
    create_group(
        mutual=scoped, actor=people.awa, on=date(2025, 1, 2), idempotency_key=a_key(), code="SOTO",
        name="Société Toto", kind="enterprise", product=product,
    )  # fmt: skip
    header = ("Matricule", "Mouvement", "Date", "Nom et prénoms", "Date de naissance", "Sexe")
    entry = ("M-1", "Entrée", "01/06/2025", "Ado Koffi", "12/06/1987", "M")
    run = importing(csv_of(header, entry), group="SOTO")
    assert run.counts["households"] == 1
    assert LenderClient.objects.get(number="M-1").household.group is not None
    left = ("M-1", "Sortie", "10/06/2025", "Ado Koffi", "", "")
    unknown = ("M-9", "Sortie", "10/06/2025", "Bodo Yao", "", "")
    run = importing(csv_of(header, entry, left, unknown), group="SOTO")
    assert (run.counts["ended"], run.counts["unmatched"], run.counts["known"]) == (1, 1, 1)
    cover = Membership.objects.get()
    assert (cover.ended_on, cover.end_reason) == (date(2025, 6, 10), "group_left")
    bare = ("M-2", "Embauche", "02/06/2025", "Kpodo Ama", "", "")
    plan = planned(csv_of(header, bare), group="SOTO")
    assert [finding.code for finding in plan.faults] == ["ENTRY_NEEDS", "ENTRY_NEEDS"]
    assert Person.objects.count() == 1


def test_nobody_enters_or_leaves_by_a_name_alone(
    importing: Import, planned: Planned, scoped: Mutual, people: People, product: Product
) -> None:
    create_group(
        mutual=scoped, actor=people.awa, on=date(2025, 1, 2), idempotency_key=a_key(), code="SOTO",
        name="Société Toto", kind="enterprise", product=product,
    )  # fmt: skip
    header = ("Matricule", "Mouvement", "Date", "Nom et prénoms", "Date de naissance", "Sexe")
    importing(csv_of(header, ("M-1", "Entrée", "01/06/2025", "Ado Koffi", "12/06/1987", "M")),
              group="SOTO")  # fmt: skip
    said = [
        (("M-5", "Sortie", "10/06/2025", "Ado Koffi", "", ""), "unmatched"),
        (("M-5", "Sortie", "10/06/2025", "Ado Koffi", "12/06/1987", ""), "end"),
        (("M-5", "Entrée", "10/06/2025", "Ado Koffi", "1987", "M"), "unmatched"),
        (("M-5", "Entrée", "10/06/2025", "Ado Koffi", "03/03/1999", "M"), "create"),
    ]  # fmt: skip
    for row, becomes in said:
        plan = planned(csv_of(header, row), group="SOTO")
        assert ([line.action.value for line in plan.lines], plan.faults) == ([becomes], [])


CARE_HEADER = ("N° sinistre", "N° bénéficiaire", "Nom", "Date soins", "Nature des soins",
               "Prestataire", "Montant facture", "Montant remboursé", "Pathologie")  # fmt: skip
CARE = (
    CARE_HEADER,
    ("S-1", "A-77/2", "Ado Afi", "05/03/2025", "Consultation", "CSB", "5 000", "3 750", "paludisme"),
    ("S-1", "A-77/2", "Ado Afi", "05/03/2025", "Pharmacie", "CSB", "4 000", "3 000", "paludisme"),
    ("S-2", "A-78", "Bodo", "01/02/2025", "", "", "", "0", ""),
)  # fmt: skip


@pytest.mark.requirement("R144", begun=True)
def test_claims_settled_before_are_kept_with_their_person_and_nothing_is_posted(
    importing: Import, scoped: Mutual, system: User
) -> None:
    importing(csv_of(*OLD), actor=system)
    entries = Entry.objects.count()
    run = importing(csv_of(*CARE), actor=system)
    assert run.profile == "bmas-sinistres"
    assert run.counts == {"past_claims": 3, "past_claims_minor": 6_750, "rows": 3}
    assert [each["code"] for each in run.remarks] == ["PAST_CLAIMS_KEPT_ONLY", "COLUMN_UNREAD"]
    afi = Person.objects.get(number="A-77/2")
    rows = ImportedRow.objects.filter(kind="claims", record_uid=afi.uid).order_by("key")
    assert [row.said["paid_minor"] for row in rows if row.said] == [3_750, 3_000]
    assert all("paludisme" not in str(row.said) for row in rows)  # medical: not taken over
    assert (Entry.objects.count(), Claim.objects.count()) == (entries, 0)
    assert UseCounter.objects.count() == 0
    found = past_claims_of(Household.objects.get(number="A-77"))
    assert [(person.number if person else "", len(found)) for person, _ in found[:1]] == [
        ("A-77/2", 2)
    ]
    of_family = past_claims_of(Household.objects.get(number="A-78"))
    assert [person for person, _ in of_family] == [None]
    assert not verify(scoped).findings
    assert importing(csv_of(*CARE), actor=system).counts == {"known": 3, "rows": 3}


def test_claims_of_nobody_or_with_amounts_that_cannot_be_are_named(
    importing: Import, planned: Planned, system: User
) -> None:
    importing(csv_of(*OLD), actor=system)
    importing(csv_of(*CARE), actor=system)
    plan = planned(
        csv_of(
            CARE_HEADER,
            ("S-1", "A-77/2", "Ado Afi", "05/03/2025", "Consultation", "CSB", "5 000", "5 000", ""),
            ("S-3", "Z-9", "Ado", "05/03/2025", "", "", "500", "400", ""),
            ("S-4", "A-77/1", "Ado", "05/03/2027", "", "", "500", "600", ""),
            ("S-5", "A-77/1", "Ado", "05/03/2025", "", "", "500", "-600", ""),
        ),
        actor=system,
    )
    assert [finding.code for finding in plan.faults] == [
        "PAST_CLAIM_SAID_OTHERWISE", "FAMILY_NOT_HERE", "DATE_IN_FUTURE", "PAST_CLAIM_PAYS_MORE",
        "PAST_CLAIM_NEGATIVE",
    ]  # fmt: skip
