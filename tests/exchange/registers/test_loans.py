from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from entraide.apps.contributions.accounts import household_account
from entraide.apps.contributions.corrections import reverse_payment
from entraide.apps.contributions.models import ContributionPayment
from entraide.apps.enrolment.facts import PersonEntry
from entraide.apps.enrolment.models import Household, Membership, PartnerGroup
from entraide.apps.enrolment.services import create_group
from entraide.apps.reporting.verification import verify
from entraide.apps.schemes.models import Mutual, Product
from entraide.apps.takeover.clients import link_client, note_payout_account, payout_account
from entraide.apps.takeover.models import LenderClient, LoanRefinancing
from entraide.core.errors import Refusal, RefusedRows
from entraide.exchange.registers.clients import Clients
from entraide.exchange.registers.plan import Action
from entraide.exchange.registers.running import carry_out, resume_import
from tests.builders import a_household, a_key, a_payment, an_approved_product
from tests.exchange.registers.conftest import Import, Planned
from tests.files.workbooks import csv_of
from tests.people import People

HEADER = ("N° client", "Nom et prénoms", "N° prêt", "Montant du prêt", "Décaissé le", "Durée",
          "Cotisation", "Compte épargne")  # fmt: skip
LOAN = 500_000


@pytest.fixture
def loans(scoped: Mutual, people: People) -> Product:
    version = an_approved_product(
        scoped, entered_by=people.moussa, approved_by=people.director, template="zems"
    )
    return version.product


@pytest.fixture
def lender(scoped: Mutual, people: People, loans: Product) -> PartnerGroup:
    return create_group(
        mutual=scoped, actor=people.awa, on=date(2025, 1, 2), idempotency_key=a_key(), code="ZEMS",
        name="Coopérative des zems", kind="lender", product=loans,
    )  # fmt: skip


Client = Callable[..., Household]


@pytest.fixture
def client(scoped: Mutual, people: People, loans: Product, lender: PartnerGroup) -> Client:
    """A family of the lender's group that has had a loan; its contribution paid unless told."""

    def enrol(name: str, *, enrolled_on: date = date(2024, 6, 1), number: str = "",
              is_paid: bool = True, phone: str = "") -> Household:  # fmt: skip
        person = PersonEntry(name=name, birth_on=date(1985, 5, 5), sex="M", has_photo=True)
        household = a_household(
            scoped, people.awa, loans, enrolled_on=enrolled_on, persons=(person,), group=lender,
            loan_minor=LOAN, loan_reference=f"P0-{name}", phone=phone,
        )  # fmt: skip
        if is_paid:
            owed_minor = household_account(household, enrolled_on).due_minor
            a_payment(household, people.awa, owed_minor, paid_on=enrolled_on)
        if number:
            link_client(
                mutual=scoped, actor=people.awa, on=date(2025, 6, 1), idempotency_key=a_key(),
                lender=lender, number=number, household=household,
            )  # fmt: skip
        return household

    return enrol


@pytest.mark.requirement("R031")
def test_loans_renew_contracts_mark_them_paid_list_strangers_and_import_once(
    client: Client, importing: Import, scoped: Mutual, lender: PartnerGroup
) -> None:
    ado = client("Ado Koffi", number="C-1")
    bodo = client("Bodo Yao", phone="90 12 34 56")
    content = csv_of(
        (*HEADER, "Téléphone"),
        ("C-1", "Ado Koffi", "P1", "500 000", "10/06/2025", "12", "", "EP-77", ""),
        ("C-2", "YAO Bodo", "P2", "500.000 F CFA", "11/06/2025", "12", "", "", "+22890123456"),
        ("C-3", "Inconnu Jean", "P3", "500 000", "11/06/2025", "12", "", "", ""),
    )
    run = importing(content, group="ZEMS")
    assert (run.counts["renewals"], run.counts["payments"], run.counts["unmatched"]) == (2, 2, 1)
    assert [remark["code"] for remark in run.remarks] == ["CLIENT_UNMATCHED"]
    for household, number in ((ado, "P1"), (bodo, "P2")):
        cover = Membership.objects.get(household=household, loan_reference=number)
        assert cover.loan_minor == LOAN
        assert all(due.paid_minor == due.amount_minor for due in cover.dues.all())
        payment = ContributionPayment.objects.get(external_reference=f"ZEMS/{number}")
        assert (payment.channel, payment.payer_name) == ("lender", lender.name)
    assert LenderClient.objects.get(number="C-2").household == bodo
    account = payout_account(ado)
    assert account is not None
    assert (account.institution, account.number) == (lender.name, "EP-77")
    before = (Membership.objects.count(), ContributionPayment.objects.count())
    again = importing(content, group="ZEMS")
    assert again.counts == {"known": 2, "unmatched": 1, "rows": 3}
    run.refresh_from_db()
    assert (run.content, again.content is not None) == (None, True)  # the latest keeps the rest
    assert (Membership.objects.count(), ContributionPayment.objects.count()) == before
    assert not verify(scoped).findings


@pytest.mark.requirement("R031", begun=True)
def test_a_loan_refinanced_before_term_is_credited_without_new_waiting(
    client: Client, importing: Import, scoped: Mutual, today: date
) -> None:
    ado = client("Ado Koffi", enrolled_on=date(2025, 1, 10), number="C-1")
    first = Membership.objects.get(household=ado)
    whole = household_account(ado, today).due_minor
    run = importing(
        csv_of(HEADER, ("C-1", "Ado Koffi", "P1", "500 000", "12/06/2025", "12", "", "")),
        group="ZEMS",
    )
    first.refresh_from_db()
    second = Membership.objects.get(household=ado, loan_reference="P1")
    assert (first.ended_on, first.end_reason) == (date(2025, 6, 12), "refinanced")
    assert (second.effective_from, second.seniority_from) == (
        date(2025, 6, 12), first.seniority_from,
    )  # fmt: skip
    told = LoanRefinancing.objects.get(membership=second)
    assert (told.months_total, told.months_left) == (12, 6)
    assert told.credit_minor == (2 * told.contribution_minor * 6 + 12) // 24
    assert run.counts["credits_minor"] == told.used_minor == told.credit_minor
    called = sum(due.amount_minor for due in second.dues.all())
    assert 0 < called < whole
    assert all(due.paid_minor == due.amount_minor for due in second.dues.all())
    assert not verify(scoped).findings


@pytest.mark.requirement("R031")
@pytest.mark.parametrize("paid", [0, 3, 1_001])
def test_a_loan_refinanced_while_the_earlier_contribution_is_not_paid(
    client: Client, importing: Import, scoped: Mutual, people: People, today: date, paid: int
) -> None:
    ado = client("Ado Koffi", enrolled_on=date(2025, 1, 10), number="C-1", is_paid=False)
    first = Membership.objects.get(household=ado)
    fees = sum(due.amount_minor for due in first.dues.exclude(kind="contribution"))
    called = sum(due.amount_minor for due in first.dues.filter(kind="contribution"))
    if paid + fees:
        a_payment(ado, people.awa, paid + fees, paid_on=date(2025, 1, 10))
    content = csv_of(HEADER, ("C-1", "Ado Koffi", "P1", "500 000", "12/06/2025", "12", "", ""))
    run = importing(content, group="ZEMS")
    told = LoanRefinancing.objects.get(previous=first)
    unexpired, credit = ((2 * each * 6 + 12) // 24 for each in (called, paid))
    assert (told.contribution_minor, told.credit_minor) == (paid, credit)
    assert (told.unpaid_minor, told.cancelled_minor) == (called - paid, unexpired - credit)
    assert run.counts["cancelled_minor"] == told.cancelled_minor
    assert [each["code"] for each in run.remarks] == ["REFINANCE_PARTLY_PAID"]
    standing = first.dues.filter(kind="contribution", cancelled_on__isnull=True)
    assert sum(due.amount_minor for due in standing) == called - told.cancelled_minor
    # What the lender kept back for the new loan paid the oldest first: what stayed due.
    assert sum(due.remaining_minor for due in standing) == 0
    second = Membership.objects.get(household=ado, loan_reference="P1")
    assert second.seniority_from == first.seniority_from
    owed = household_account(ado, today).remaining_minor
    assert owed == told.still_due_minor
    assert not verify(scoped).findings
    before = ContributionPayment.objects.count()
    assert importing(content, group="ZEMS").counts == {"known": 1, "rows": 1}
    assert ContributionPayment.objects.count() == before


@pytest.mark.requirement("R031", begun=True)
def test_a_client_refinanced_at_once_is_set_aside_with_the_reason_and_holds_nobody_back(
    client: Client, importing: Import, planned: Planned, scoped: Mutual, people: People
) -> None:
    ado = client("Ado Koffi", enrolled_on=date(2025, 6, 10), number="C-1")
    bodo = client("Bodo Yao", number="C-2")
    first = Membership.objects.get(household=ado)
    content = csv_of(
        HEADER,
        ("C-1", "Ado Koffi", "P1", "500 000", "12/06/2025", "12", "30 000", ""),
        ("C-2", "Bodo Yao", "P2", "500 000", "12/06/2025", "12", "100", ""),
        ("C-3", "Inconnu Jean", "P3", "500 000", "12/06/2025", "12", "700", ""),
    )
    plan = planned(content, group="ZEMS")
    assert plan.faults == []
    assert plan.by_action == {Action.RENEW: 1, Action.UNMATCHED: 1, Action.ASIDE: 1}
    [why] = [each for each in plan.remarks if each.code == "LOAN_ASIDE_CREDITED"]
    assert why.data["found_minor"] == 30_000
    assert why.data["expected_minor"] == why.data["price_minor"] - why.data["credit_minor"]
    assert why.data["last_on"] == first.effective_until - timedelta(days=1)
    run = importing(content, group="ZEMS")
    assert run.counts["told_minor"] == 30_800
    assert (run.counts["payments_minor"], run.counts["aside_minor"]) == (100, 30_700)
    assert "credits_minor" not in run.counts
    first.refresh_from_db()
    assert (first.ended_on, run.aside_count) == (None, 2)
    assert Membership.objects.filter(household=bodo, loan_reference="P2").exists()
    jean = client("Inconnu Jean", number="C-3")
    said = {"mutual": scoped, "actor": people.awa, "on": date(2025, 6, 16)}
    draft = resume_import(**said, idempotency_key=a_key(), run=run)
    assert resume_import(**said, idempotency_key=a_key(), run=run).pk == draft.pk
    done = carry_out(draft, actor=people.awa, on=date(2025, 6, 16), idempotency_key=a_key())
    assert Membership.objects.filter(household=jean, loan_reference="P3").exists()
    counts = done.counts
    assert counts["told_minor"] == 30_800
    assert (counts["payments_minor"], counts["known_minor"], counts["aside_minor"]) == (
        700, 100, 30_000,
    )  # fmt: skip
    run.refresh_from_db()
    assert (run.content, done.content is not None) == (None, True)
    with pytest.raises(Refusal, match="IMPORT_NOT_OPEN"):
        resume_import(**said, idempotency_key=a_key(), run=run)
    assert not verify(scoped).findings


def test_a_receipt_of_a_due_made_smaller_can_still_be_taken_back(
    client: Client, importing: Import, scoped: Mutual, people: People, today: date
) -> None:
    ado = client("Ado Koffi", enrolled_on=date(2025, 1, 10), number="C-1", is_paid=False)
    first = Membership.objects.get(household=ado)
    fees = sum(due.amount_minor for due in first.dues.exclude(kind="contribution"))
    payment = a_payment(ado, people.awa, fees + 1_001, paid_on=date(2025, 1, 10))
    importing(
        csv_of(HEADER, ("C-1", "Ado Koffi", "P1", "500 000", "12/06/2025", "12", "0", "")),
        group="ZEMS",
    )
    owed = household_account(ado, today).remaining_minor
    reverse_payment(
        mutual=scoped, actor=people.moussa, on=today, idempotency_key=a_key(), payment=payment,
        reason="saisi deux fois",
    )  # fmt: skip
    assert household_account(ado, today).remaining_minor == owed + fees + 1_001
    assert not verify(scoped).findings


def test_two_loans_of_a_family_and_a_loan_before_its_cover_hold_nobody_back(
    client: Client, importing: Import, planned: Planned, scoped: Mutual
) -> None:
    bodo = client("Bodo Yao", number="C-2")
    ama = client("Kpodo Ama", number="C-3")
    late = client("Tard Venu", enrolled_on=date(2025, 6, 14), number="C-4")
    content = csv_of(
        HEADER,
        ("C-2", "Bodo Yao", "P2", "500 000", "12/06/2025", "12", "100", ""),
        ("C-3", "Kpodo Ama", "P3", "500 000", "12/06/2025", "12", "5 000", ""),
        ("C-3", "Kpodo Ama", "P4", "500 000", "13/06/2025", "12", "", ""),
        ("C-4", "Tard Venu", "P5", "500 000", "12/06/2025", "12", "700", ""),
    )
    plan = planned(content, group="ZEMS")
    assert plan.faults == []
    assert plan.by_action == {Action.RENEW: 1, Action.ASIDE: 3}
    why = {(each.code, each.data["row"]): each for each in plan.remarks}
    assert why["CLIENT_TWO_LOANS", 3].data["others"] == "4"
    assert why["CLIENT_TWO_LOANS", 4].data["others"] == "3"
    before = why["LOAN_BEFORE_COVER", 5]
    assert (before.place, before.data["starts_on"]) == (
        "row 5, column E (Décaissé le)", date(2025, 6, 14),
    )  # fmt: skip
    run = importing(content, group="ZEMS")
    assert (run.aside_count, run.counts["told_minor"]) == (3, 5_800)
    assert (run.counts["payments_minor"], run.counts["aside_minor"]) == (100, 5_700)
    assert Membership.objects.filter(household=bodo, loan_reference="P2").exists()
    assert Membership.objects.filter(household__in=[ama, late]).count() == 2
    # What is left stays so by itself: neither loan is taken for the refinancing of the other.
    assert planned(content, group="ZEMS").by_action == {Action.KNOWN: 1, Action.ASIDE: 3}
    assert not verify(scoped).findings


def test_what_cannot_be_carried_out_is_named_and_nothing_is_written(
    client: Client, importing: Import, planned: Planned
) -> None:
    client("Bodo Yao", number="C-2")
    content = csv_of(
        HEADER,
        ("C-2", "Bodo Yao", "P2", "500 000", "12/06/2025", "12", "", ""),
        ("C-9", "Inconnu Jean", "P3", "500 000", "12/06/2025", "12", "", ""),
    )
    before = Membership.objects.count()
    with pytest.raises(RefusedRows):
        importing(content)
    assert Membership.objects.count() == before
    assert [finding.code for finding in planned(content).faults] == ["LENDER_NOT_SAID"]


@pytest.mark.requirement("R210", begun=True)
def test_a_client_not_found_is_proposed_and_then_known_by_the_number(
    client: Client, importing: Import, planned: Planned, scoped: Mutual, people: People,
    lender: PartnerGroup,
) -> None:  # fmt: skip
    ado = client("Adokou Koffi")
    content = csv_of(HEADER, ("C-9", "ADOKO Kofi", "P1", "500 000", "12/06/2025", "12", "", ""))
    plan = planned(content, group="ZEMS")
    assert [line.action for line in plan.lines] == [Action.UNMATCHED]
    [row] = plan.asked.table.rows
    [proposal] = Clients(scoped, lender, [row]).proposals(row)
    assert (proposal.person.household, proposal.why) == (ado, "name")
    said = {"mutual": scoped, "actor": people.awa, "on": date(2025, 6, 16), "lender": lender}
    link_client(**said, idempotency_key=a_key(), number="C-9", household=ado)
    assert importing(content, group="ZEMS").counts["renewals"] == 1
    other = client("Bodo Yao")
    with pytest.raises(Refusal) as refused:
        link_client(**said, idempotency_key=a_key(), number="C-9", household=other)
    assert refused.value.code == "CLIENT_LINKED_OTHERWISE"


@pytest.mark.requirement("R031", begun=True)
@pytest.mark.parametrize("phone", ["", "+22890000000"])
def test_a_name_alone_posts_no_money_the_client_waits_for_a_person(
    client: Client, planned: Planned, scoped: Mutual, lender: PartnerGroup, phone: str
) -> None:
    ado = client("Ado Koffi", phone="90 12 34 56")
    row = ("C-7777", "Ado Koffi", "P1", "500 000", "12/06/2025", "12", "", "", phone)
    plan = planned(csv_of((*HEADER, "Téléphone"), row), group="ZEMS")
    assert ([line.action for line in plan.lines], plan.changes) == ([Action.UNMATCHED], 0)
    assert [remark.code for remark in plan.remarks] == ["CLIENT_UNMATCHED"]
    [read] = plan.asked.table.rows
    [proposal] = Clients(scoped, lender, [read]).proposals(read)
    assert (proposal.person.household, proposal.percent) == (ado, 100)


def test_an_account_for_refunds_follows_the_one_before(
    client: Client, scoped: Mutual, people: People
) -> None:
    ado = client("Ado Koffi")

    def note(number: str, on: date) -> None:
        note_payout_account(
            mutual=scoped, actor=people.awa, on=on, idempotency_key=a_key(), household=ado,
            institution="Coopérative", number=number, holder_name="Ado Koffi",
        )  # fmt: skip

    note("EP-1", date(2025, 5, 1))
    note("EP-1", date(2025, 5, 2))
    note("EP-2", date(2025, 6, 1))
    accounts = ado.payout_accounts.order_by("id")  # type: ignore[attr-defined]
    assert [(each.number, each.effective_until) for each in accounts] == [
        ("EP-1", date(2025, 6, 1)), ("EP-2", None),
    ]  # fmt: skip
    with pytest.raises(Refusal):
        note("", date(2025, 6, 1))


def test_a_family_entered_at_the_desk_is_paid_by_what_the_lender_kept_back(
    client: Client, importing: Import, planned: Planned, scoped: Mutual
) -> None:
    ado = client("Ado Koffi", enrolled_on=date(2025, 6, 10), is_paid=False)
    owed_minor = household_account(ado, date(2025, 6, 16)).due_minor
    row = ("C-1", "Ado Koffi", "P0-Ado Koffi", "500 000", "10/06/2025", "12")
    above = planned(csv_of(HEADER, (*row, "9 999 999", "")), group="ZEMS")
    assert above.faults == []
    assert [each.code for each in above.remarks] == ["LOAN_CONTRIBUTION_ABOVE"]
    assert above.by_action == {Action.ASIDE: 1}
    run = importing(csv_of(HEADER, (*row, "", "")), group="ZEMS")
    assert (run.counts["payments"], run.counts["payments_minor"]) == (1, owed_minor)
    assert Membership.objects.filter(household=ado).count() == 1
    assert household_account(ado, date(2025, 6, 16)).remaining_minor == 0
    assert LenderClient.objects.get(number="C-1").household == ado
    assert planned(csv_of(HEADER, (*row, "", "")), group="ZEMS").by_action == {Action.KNOWN: 1}
    assert not verify(scoped).findings


def test_amounts_below_zero_are_refused_where_they_stand(
    planned: Planned, lender: PartnerGroup
) -> None:
    content = csv_of(
        HEADER,
        ("C-1", "Ado Koffi", "P1", "-500 000", "10/06/2025", "12", "", ""),
        ("C-2", "Yao Bodo", "P2", "500 000", "11/06/2025", "12", "-10", ""),
    )
    assert [(each.code, each.place) for each in planned(content, group="ZEMS").faults] == [
        ("AMOUNT_BELOW_ZERO", "row 2, column D (Montant du prêt)"),
        ("AMOUNT_BELOW_ZERO", "row 3, column G (Cotisation)"),
    ]
