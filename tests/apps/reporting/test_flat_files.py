"""The flat files: the same columns, exact amounts, no formula, no other mutual, logged."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from datetime import UTC, date, datetime

import pytest
from django_scopes import scopes_disabled

from entraide.apps.access.models import AuditEvent, AuditKind
from entraide.apps.claims.models import Circuit, Claim, ClaimState
from entraide.apps.contributions.models import Channel, ContributionPayment, DueKind, Payer
from entraide.apps.contributions.services import renew_membership
from entraide.apps.enrolment.models import BirthPrecision, Person
from entraide.apps.enrolment.services import EndReason, end_membership
from entraide.apps.fieldwork.follow_up import record_contact
from entraide.apps.fieldwork.models import Activity
from entraide.apps.fieldwork.services import record_time
from entraide.apps.ledger.models import Entry
from entraide.apps.nomenclature.selectors import categories
from entraide.apps.reporting.flat_columns import FLAT_FILES, KINDS
from entraide.apps.reporting.flat_files import dictionary_file, flat_file
from entraide.apps.schemes.models import Mutual, Product
from entraide.core.groups import GROUP_KINDS
from entraide.core.ledger import FundCode, Journal
from entraide.core.periods import Period
from entraide.messages import translate
from tests.builders import a_household, a_key
from tests.indicators.three_households import three_households
from tests.people import People


@pytest.fixture
def counted(mutual: Mutual, people: People) -> Mutual:
    three_households(mutual, people)
    return mutual


def rows_of(content: bytes) -> list[dict[str, str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    text = io.StringIO(content.decode("utf-8-sig"), newline="")
    return list(csv.DictReader(text, delimiter=";"))


def read(mutual: Mutual, name: str, period: Period | None = None) -> list[dict[str, str]]:
    return rows_of(flat_file(mutual=mutual, file=FLAT_FILES[name], period=period))


@pytest.mark.requirement("R144", begun=True)
def test_the_files_hold_the_registers_to_the_last_franc(counted: Mutual) -> None:
    with scopes_disabled():
        members, parts = read(counted, "adherents"), read(counted, "cotisations")
        claims, entries = read(counted, "sinistres"), read(counted, "ecritures")
        assert len(members) == Person.objects.filter(mutual=counted).count()
        payments = ContributionPayment.objects.filter(mutual=counted)
        assert {row["numero_recu"] for row in parts} == set(
            payments.values_list("document_number", flat=True)
        )
        assert sum(int(row["montant"]) for row in parts) == sum(
            payments.values_list("amount_minor", flat=True)
        )
        payable = Claim.objects.filter(mutual=counted).values_list("payable_minor", flat=True)
        assert sum(int(row["pris_en_charge"]) for row in claims) == sum(payable)
        for row in parts:
            shares = int(row["part_fonds"]) + int(row["part_fonctionnement"])
            assert int(row["montant"]) == shares
        for row in claims:
            assert int(row["demande"]) == int(row["pris_en_charge"]) + int(row["reductions"])
        assert sum(int(row["debit"]) for row in entries) == sum(int(r["credit"]) for r in entries)
        assert (
            len({row["sequence"] for row in entries})
            == Entry.objects.filter(mutual=counted).count()
        )


@pytest.mark.requirement("R130", begun=True)
def test_one_number_on_the_receipt_the_claim_and_the_exported_entry(counted: Mutual) -> None:
    vouchers = {row["numero_piece"] for row in read(counted, "ecritures")}
    receipts = {row["numero_recu"] for row in read(counted, "cotisations")}
    posted = {
        row["numero_sinistre"] for row in read(counted, "sinistres") if row["comptabilise_le"]
    }
    assert receipts
    assert receipts <= vouchers
    assert posted <= vouchers


def test_a_period_chooses_rows_and_never_columns(counted: Mutual) -> None:
    year = Period(date(2025, 1, 1), date(2026, 1, 1))
    before = Period(date(2001, 1, 1), date(2002, 1, 1))
    for name, file in FLAT_FILES.items():
        names = [column.name for column in file.columns]
        content = flat_file(mutual=counted, file=file, period=before)
        head = content.decode("utf-8-sig").splitlines()[0]
        assert head.split(";") == names
        if file.dated:
            assert len(content.decode().splitlines()) == 1
            assert len(read(counted, name, year)) <= len(read(counted, name))


def test_a_name_is_never_a_formula_and_the_file_is_logged(counted: Mutual, people: People) -> None:
    with scopes_disabled():
        person = Person.objects.filter(mutual=counted).first()
        assert person is not None
        Person.objects.filter(pk=person.pk).update(name='=HYPERLINK("x;y")')
    file = FLAT_FILES["adherents"]
    rows = rows_of(flat_file(mutual=counted, file=file, actor=people.moussa))
    assert '\'=HYPERLINK("x;y")' in {row["nom"] for row in rows}
    event = AuditEvent.objects.get(kind=AuditKind.EXPORT)
    assert (event.actor, event.subject) == (people.moussa, "adherents")
    assert event.details["rows"] == len(rows)


def test_a_renewal_that_was_given_up_is_not_the_last_cover(
    scoped: Mutual, people: People, product: Product
) -> None:
    family = a_household(scoped, people.awa, product)
    first = family.memberships.get()
    on = date(2025, 6, 16)
    common = {"mutual": scoped, "actor": people.awa, "on": on}
    renew_membership(membership=first, renewed_on=on, idempotency_key=a_key(), **common)
    end_membership(
        membership=first,
        ended_on=on,
        reason=EndReason.MOVED_AWAY,
        idempotency_key=a_key(),
        **common,
    )
    for row in read(scoped, "adherents"):
        assert (row["couvert_du"], row["couvert_jusqu_au"]) == ("2025-01-10", "2025-06-15")


def test_nothing_of_another_mutual(counted: Mutual, other_mutual: Mutual) -> None:
    for name in FLAT_FILES:
        assert read(other_mutual, name) == []


@pytest.mark.requirement("R144", begun=True)
def test_the_dictionary_tells_every_column_in_both_languages(counted: Mutual) -> None:
    rows = rows_of(dictionary_file("fr"))
    assert len(rows) == sum(len(file.columns) for file in FLAT_FILES.values())
    for file in FLAT_FILES.values():
        for text in (file.title, *(column.meaning for column in file.columns), *KINDS.values()):
            assert translate(text, "en") == text
            assert translate(text, "fr") != text, text


def test_the_dictionary_explains_every_code(counted: Mutual) -> None:
    codes: dict[tuple[str, str], Iterable[str]] = {
        ("adherents", "lien"): ("member", "spouse", "child", "parent", "other"),
        ("adherents", "sexe"): ("F", "M"),
        ("adherents", "precision_naissance"): BirthPrecision.values,
        ("cotisations", "nature"): DueKind.values,
        ("cotisations", "payeur"): Payer.values,
        ("cotisations", "canal"): Channel.values,
        ("sinistres", "circuit"): Circuit.values,
        ("sinistres", "etat"): ClaimState.values,
        ("sinistres", "categorie"): categories().values_list("code", flat=True),
        ("adherents", "type_groupe"): GROUP_KINDS,
        ("activites", "activite"): Activity.values,
        ("activites", "nature"): ("time", "contact"),
        ("ecritures", "journal"): [each.value for each in Journal],
        ("ecritures", "fonds"): [each.value for each in FundCode],
    }
    meanings = {
        (row["fichier"], row["colonne"]): row["sens"] for row in rows_of(dictionary_file("fr"))
    }
    assert list(codes["sinistres", "categorie"])
    for column, known in codes.items():
        for code in known:
            assert re.search(rf"\b{code}\b", meanings[column]), (column, code)
    assert "consultation (consultation)" in meanings["sinistres", "categorie"]
    assert "claims (soins)" in meanings["ecritures", "journal"]


def test_activities_of_both_kinds_stand_by_day(
    scoped: Mutual, people: People, product: Product
) -> None:
    family = a_household(scoped, people.awa, product)
    act = {"mutual": scoped, "actor": people.field_agent, "on": date(2025, 6, 16)}
    record_time(
        **act, idempotency_key=a_key(), worker=people.field_agent, activity="monthly_collection",
        worked_on=date(2025, 6, 3), minutes=45, acts_count=6,
    )  # fmt: skip
    for day, channel in ((2, "visit"), (4, "call")):
        record_contact(
            **act, idempotency_key=a_key(), household=family, channel=channel,
            contacted_on=date(2025, 6, day), worker=people.field_agent, note="a mal au dos",
        )  # fmt: skip
    rows = read(scoped, "activites", Period(date(2025, 6, 1), date(2025, 7, 1)))
    assert [
        (row["jour"], row["nature"], row["activite"], row["actes"], row["minutes"],
         row["numero_famille"])
        for row in rows
    ] == [
        ("2025-06-02", "contact", "home_visit", "1", "", family.number),
        ("2025-06-03", "time", "monthly_collection", "6", "45", ""),
        ("2025-06-04", "contact", "call", "1", "", family.number),
    ]  # fmt: skip
    assert {row["personne"] for row in rows} == {str(people.field_agent)}
    assert all("dos" not in value for row in rows for value in row.values())


def test_the_day_of_entry_is_the_mutuals_own(counted: Mutual) -> None:
    """Ten minutes past midnight in Antananarivo is still yesterday in UTC."""
    with scopes_disabled():
        claim = Claim.objects.filter(mutual=counted).order_by("pk").first()
        assert claim is not None
        at = datetime(2025, 3, 4, 21, 10, tzinfo=UTC)
        Claim.objects.filter(pk=claim.pk).update(recorded_at=at)
    counted.time_zone = "Indian/Antananarivo"
    [row] = [
        row for row in read(counted, "sinistres") if row["numero_sinistre"] == claim.document_number
    ][:1]
    assert row["saisi_le"] == "2025-03-05"
