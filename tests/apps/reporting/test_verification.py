"""``verify`` proves a whole chain, and names the first record that somebody altered."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from entraide.apps.access.models import User
from entraide.apps.access.triggers import put_guards, take_guards_away
from entraide.apps.banking.models import BankAccount, Statement, StatementLine
from entraide.apps.claims.approval import approve_claim
from entraide.apps.claims.models import Circuit, Claim, ClaimLine, Decision, UseCounter
from entraide.apps.contributions.corrections import reverse_payment
from entraide.apps.contributions.models import (
    CollectionSlip,
    ContributionDue,
    ContributionPayment,
    PaymentAllocation,
)
from entraide.apps.contributions.slips import prepare_slip, record_deposit
from entraide.apps.enrolment.models import EarlierNumber, Household
from entraide.apps.enrolment.numbers import keep_number
from entraide.apps.ledger.models import Account, Entry, LedgerHead, Posting
from entraide.apps.ledger.selectors import account_for
from entraide.apps.reporting.verification import CHECKS, verify, verify_network
from entraide.apps.schemes.models import Mutual, NumberBook, Product, ProductVersion
from entraide.apps.settlement.models import Payout, SettlementBatch
from entraide.apps.settlement.services import authorise_batch, prepare_batch, record_payout
from entraide.cli.main import main
from entraide.core.ledger import AccountRole
from tests.builders import a_claim, a_household, a_key, a_payment, a_provider
from tests.people import People

TODAY = date(2025, 6, 16)


@pytest.fixture
def worked(scoped: Mutual, people: People, product: Product) -> Mutual:
    """Two households, three receipts (one taken back), a deposit, two claims, one of them paid."""
    mutual, common = scoped, {"mutual": scoped, "on": TODAY}
    bank = account_for(mutual, AccountRole.BANK)
    provider = a_provider(mutual, people.system)
    for _ in range(2):
        household = a_household(mutual, people.awa, product)
        receipt = a_payment(household, people.awa, 13_000)
    mistaken = a_payment(a_household(mutual, people.awa, product), people.awa, 5_000)
    reverse_payment(
        **common,
        actor=people.moussa,
        idempotency_key=a_key(),
        payment=mistaken,
        reason="Autre famille",
    )
    slip = prepare_slip(**common, actor=people.awa, idempotency_key=a_key(), receipts=(receipt,))
    record_deposit(
        **common,
        actor=people.moussa,
        idempotency_key=a_key(),
        slip=slip,
        bank_account=bank,
        deposited_on=TODAY,
    )
    for person in household.persons.all()[:2]:
        claim = a_claim(person, provider, people.awa, care_on=date(2025, 5, 5), on=TODAY)
        approve_claim(**common, actor=people.medical_adviser, idempotency_key=a_key(), claim=claim)
    batch = prepare_batch(
        **common,
        actor=people.moussa,
        idempotency_key=a_key(),
        treasury_account=bank,
        claims=[claim],
    )
    authorise_batch(**common, actor=people.director, idempotency_key=a_key(), batch=batch)
    for payout in batch.payouts.all():
        record_payout(
            **common, actor=people.cashier, idempotency_key=a_key(), payout=payout, paid_on=TODAY
        )
    _import_statements(mutual, people)
    return mutual


def _import_statements(mutual: Mutual, people: People) -> None:
    account = BankAccount.objects.create(
        mutual=mutual,
        account=account_for(mutual, AccountRole.BANK),
        name="Banque",
        currency=mutual.currency,
        opened_on=TODAY,
    )
    for number, opening, amounts in ((1, 0, (13_000,)), (2, 13_000, (-3_000, 500))):
        statement = Statement.objects.create(
            mutual=mutual,
            bank_account=account,
            reference=f"RB-{number}",
            format="csv",
            file_hash=str(number),
            opening_on=date(2025, number, 1),
            closing_on=date(2025, number, 28),
            opening_minor=opening,
            closing_minor=opening + sum(amounts),
            imported_by=people.moussa,
        )
        for position, amount in enumerate(amounts):
            StatementLine.objects.create(
                mutual=mutual,
                statement=statement,
                bank_account=account,
                line_key=f"{number}-{position}",
                position=position,
                booked_on=statement.closing_on,
                amount_minor=amount,
            )


@pytest.mark.requirement("R131", begun=True)
@pytest.mark.requirement("R036", begun=True)
def test_a_whole_chain_is_proven(worked: Mutual) -> None:
    assert verify(worked).findings == ()
    verified, of_database = verify_network()
    assert of_database == ()
    assert {each.mutual.code: each.findings for each in verified}[worked.code] == ()


def test_the_number_of_queries_does_not_grow_with_the_records(
    worked: Mutual, people: People, product: Product
) -> None:
    with CaptureQueriesContext(connection) as before:
        verify(worked)
    for _ in range(3):
        a_payment(a_household(worked, people.awa, product), people.awa, 13_000)
    with CaptureQueriesContext(connection) as after:
        verify(worked)
    assert len(after) == len(before)


def _first(model: type, **wanted: object) -> Callable[..., str]:
    """Change the first record of a register; answers the document that names it."""

    def alter(**change: object) -> str:
        record = model.objects.filter(**wanted).order_by("pk").first()
        named = next(
            (
                str(getattr(record, name))
                for name in ("document_number", "reference")
                if hasattr(record, name)
            ),
            "",
        )
        model.objects.filter(pk=record.pk).update(**change)
        return named

    return alter


def _entry(number: str, **change: object) -> str:
    Entry.objects.filter(document_number=number).update(**change)
    return number


def _posting(number: str, **change: object) -> str:
    lines = Posting.objects.filter(entry__document_number=number).order_by("position")
    Posting.objects.filter(pk=lines.first().pk).update(**change)
    return number


TAMPERING: dict[str, tuple[str, Callable[[], str]]] = {
    "an amount in the books": (
        "LEDGER_UNBALANCED",
        lambda: _posting("REC-2025-00001", amount_minor=1),
    ),
    "a party in the books": (
        "LEDGER_CHAIN_BROKEN",
        lambda: _posting("REC-2025-00001", party="household:autre"),
    ),
    "a date in the books": (
        "LEDGER_CHAIN_BROKEN",
        lambda: _entry("REC-2025-00002", occurred_on=date(2025, 1, 2)),
    ),
    "the day of posting": (
        "LEDGER_CHAIN_BROKEN",
        lambda: _entry("REC-2025-00002", posted_on=date(2025, 1, 2)),
    ),
    "a label in the books": (
        "LEDGER_CHAIN_BROKEN",
        lambda: _entry("REC-2025-00002", label="autre"),
    ),
    "a due": (
        "DUE_DIFFERS",
        lambda: _first(ContributionDue)(amount_minor=5_000, running_share_minor=5_000),
    ),
    "what a due was paid": (
        "DUE_PAID_DIFFERS",
        lambda: _first(ContributionDue, paid_minor__gt=0)(paid_minor=1),
    ),
    "a receipt": ("PAYMENT_DIFFERS", lambda: _first(ContributionPayment)(amount_minor=999)),
    "a claim taken back in the register": (
        "REVERSED_IN_REGISTER_ONLY",
        lambda: _first(Claim, state="approved")(state="reversed"),
    ),
    "a slip": ("SLIP_RECEIPTS_DIFFER", lambda: _first(CollectionSlip)(total_minor=1)),
    "a deposit forgotten": (
        "SLIP_DEPOSIT_DIFFERS",
        lambda: _first(CollectionSlip)(deposited_on=None),
    ),
    "a claim": ("CLAIM_DIFFERS", lambda: _first(Claim)(payable_minor=1)),
    "a claim brought back": ("CLAIM_DIFFERS", lambda: _first(Claim)(entry=None)),
    "a decision gone": ("DECISION_MISSING", lambda: _decision(None)),
    "what a decision pays": ("DECISION_DIFFERS", lambda: _decision({"payable_minor": 1})),
    "the reductions of a decision": (
        "DECISION_REDUCTIONS_DIFFER",
        lambda: _decision({"outcome": {}}),
    ),
    "a line gone": ("CLAIM_LINES_DIFFER", lambda: _claim_line(None)),
    "what a line states": ("CLAIM_LINES_DIFFER", lambda: _claim_line({"claimed_minor": 1})),
    "the quantity of a line": ("CLAIM_FACTS_DIFFER", lambda: _claim_line({"quantity": 7})),
    "the price of a line": ("CLAIM_FACTS_DIFFER", lambda: _claim_line({"unit_price_minor": 7})),
    "whom a claim pays": (
        "CLAIM_WAY_DIFFERS",
        lambda: _first(Claim)(circuit=Circuit.REIMBURSEMENT),
    ),
    "who received": (
        "RECORD_PERSON_DIFFERS",
        lambda: _first(ContributionPayment)(received_by=_somebody("fanta")),
    ),
    "who entered a claim": (
        "RECORD_PERSON_DIFFERS",
        lambda: _first(Claim)(entered_by=_somebody("fanta")),
    ),
    "who approved a claim": (
        "RECORD_PERSON_DIFFERS",
        lambda: _first(Claim)(approved_by=_somebody("fanta")),
    ),
    "who approved, hidden behind the system": (
        "RECORD_PERSON_DIFFERS",
        lambda: _first(Claim)(approved_by=User.objects.get(is_system=True)),
    ),
    "the place of a line": ("CLAIM_FACTS_DIFFER", lambda: _claim_line({"position": 9})),
    "who prepared a batch": (
        "RECORD_PERSON_DIFFERS",
        lambda: _first(SettlementBatch)(prepared_by=_somebody("fanta")),
    ),
    "who signed a batch": (
        "RECORD_PERSON_DIFFERS",
        lambda: _first(SettlementBatch)(authorised_by=_somebody("fanta")),
    ),
    "a batch without a signatory": (
        "SIGNATORY_MISSING",
        lambda: _first(SettlementBatch)(authorised_by=None),
    ),
    "one person for two steps": (
        "DUTIES_NOT_SEPARATED",
        lambda: _first(Claim)(entered_by=Claim.objects.order_by("pk")[0].approved_by),
    ),
    "who paid": ("RECORD_PERSON_DIFFERS", lambda: _first(Payout)(paid_by=_somebody("fanta"))),
    "the channel of a receipt": (
        "RECEIPT_ACCOUNT_DIFFERS",
        lambda: _first(ContributionPayment)(channel="mobile_money"),
    ),
    "the account of a receipt": (
        "RECEIPT_ACCOUNT_DIFFERS",
        lambda: _first(ContributionPayment)(treasury_account=_another_account()),
    ),
    "two receipts exchanged": ("ENTRY_OF_OTHER_RECORD", lambda: _exchanged(ContributionPayment)),
    "two claims exchanged": ("ENTRY_OF_OTHER_RECORD", lambda: _exchanged(Claim)),
    "the day of a receipt": (
        "RECORD_DAY_DIFFERS",
        lambda: _first(ContributionPayment)(paid_on=date(2025, 1, 2)),
    ),
    "the day of care": (
        "CLAIM_WAY_DIFFERS",
        lambda: _first(Claim)(care_on=date(2025, 5, 6)),
    ),
    "the day of a payout": (
        "RECORD_DAY_DIFFERS",
        lambda: _first(Payout)(paid_on=date(2025, 1, 2)),
    ),
    "the family of a receipt": (
        "RECORD_PARTY_DIFFERS",
        lambda: _of_other_family(ContributionPayment),
    ),
    "the family of a paid due": (
        "RECORD_PARTY_DIFFERS",
        lambda: _of_other_family(ContributionDue),
    ),
    "who bears a reduction": ("DECISION_NOT_REPLAYED", lambda: _bearer()),
    "a payout": ("PAYOUT_CLAIMS_DIFFER", lambda: _first(Payout)(amount_minor=1)),
    "a batch": ("BATCH_DIFFERS", lambda: _first(SettlementBatch)(total_minor=1)),
    "a closing balance": ("STATEMENT_DIFFERS", lambda: _first(Statement)(closing_minor=1)),
    "a statement line": ("STATEMENT_DIFFERS", lambda: _of_statement(amount_minor=1)),
    "a number book": ("NUMBER_MISSING", lambda: _book(4)),
    "a number book gone": ("NUMBER_BEYOND_BOOK", lambda: _book(None)),
    "approved rules": ("PRODUCT_VERSION_ALTERED", lambda: _rules()),
    "a number book turned back": ("NUMBER_BEYOND_BOOK", lambda: _book(2)),
}


def _another_account() -> Account:
    return Account.objects.filter(role="bank").latest("pk")


def _somebody(username: str) -> User:
    return User.objects.get(username=username)


def _decision(change: dict[str, object] | None) -> str:
    """Alter or delete the first decision; answers the number of its claim."""
    found = Decision.objects.order_by("pk")
    return _altered(found, change)


def _claim_line(change: dict[str, object] | None) -> str:
    return _altered(ClaimLine.objects.order_by("pk"), change)


def _bearer() -> str:
    """A decision says that another payer bears what the family or the provider does."""
    decision = next(
        each
        for each in Decision.objects.select_related("claim").order_by("pk")
        if each.outcome["lines"][0]["reductions"]
    )
    outcome = decision.outcome
    outcome["lines"][0]["reductions"][0]["borne_by"] = "other"
    Decision.objects.filter(pk=decision.pk).update(outcome=outcome)
    return str(decision.claim.document_number)


def _altered(found: QuerySet[Any], change: dict[str, object] | None) -> str:
    record = found.first()
    number = str(record.claim.document_number)
    chosen = found.filter(pk=record.pk).order_by()
    if change is None:
        chosen.delete()
    else:
        chosen.update(**change)
    return number


def _exchanged(register: type) -> str:
    """The first two records of a register have exchanged their numbers."""
    first, second = register.objects.order_by("pk")[:2]
    numbers = first.document_number, second.document_number
    for record, number in ((first, "?"), (second, numbers[0]), (first, numbers[1])):
        register.objects.filter(pk=record.pk).update(document_number=number)
    return numbers[1]


def _of_other_family(register: type) -> str:
    """The first wholly paid record of a register is put in the last family's name."""
    wanted = {"reversed_on__isnull": True} if register is ContributionPayment else {}
    record = register.objects.filter(**wanted).order_by("pk").first()
    other = Household.objects.exclude(pk=record.household_id).order_by("pk").last()
    register.objects.filter(pk=record.pk).update(household=other)
    return str(record.document_number)


def _of_statement(**change: object) -> str:
    StatementLine.objects.filter(line_key="1-0").update(**change)
    return "RB-1"


def _rules() -> str:
    version = ProductVersion.objects.order_by("pk").first()
    document = {**version.document, "name": "autre"}
    ProductVersion.objects.filter(pk=version.pk).update(document=document)
    return f"{version.product.code}/{version.number}"


def _book(last_number: int | None) -> str:
    books = NumberBook.objects.filter(prefix="REC")
    if last_number is None:
        books.delete()
    else:
        books.update(last_number=last_number)
    return "REC-2025-00004" if last_number == 4 else "REC-2025-00003"


@pytest.mark.parametrize("name", TAMPERING)
def test_what_was_altered_is_named(worked: Mutual, name: str) -> None:
    code, tamper = TAMPERING[name]
    take_guards_away(connection)
    document = tamper()
    findings = verify(worked).findings
    put_guards(connection)
    assert (findings[0].code, findings[0].place) == (code, document)
    assert {"kind", "document"} <= findings[0].data.keys()


def test_a_receipt_brought_back_by_hand_is_named(worked: Mutual) -> None:
    document = _first(ContributionPayment, reversed_on__isnull=False)(reversed_on=None)
    found = {finding.code: finding.place for finding in verify(worked).findings}
    assert found["REVERSED_IN_BOOKS_ONLY"] == document
    assert "DUE_PAID_DIFFERS" in found


def test_a_counter_moved_by_hand_is_named(worked: Mutual) -> None:
    UseCounter.objects.filter(pk=UseCounter.objects.order_by("pk").first().pk).update(
        amount_minor=1
    )
    assert [finding.code for finding in verify(worked).findings] == ["USE_COUNTER_DIFFERS"]


@pytest.mark.parametrize(
    ("take_last", "code"), [(False, "LEDGER_SEQUENCE_GAP"), (True, "LEDGER_HEAD_DIFFERS")]
)
def test_an_entry_that_vanished_is_noticed(
    scoped: Mutual, people: People, product: Product, take_last: bool, code: str
) -> None:
    household = a_household(scoped, people.awa, product)
    for amount in (1_000, 2_000, 3_000):
        a_payment(household, people.awa, amount)
    payments = ContributionPayment.objects.order_by("pk")
    gone = payments.last() if take_last else payments.first()
    take_guards_away(connection)
    PaymentAllocation.objects.filter(payment=gone).delete()
    ContributionPayment.objects.filter(pk=gone.pk).delete()
    Posting.objects.filter(entry=gone.entry)._raw_delete(using="default")
    Entry.objects.filter(pk=gone.entry_id)._raw_delete(using="default")
    codes = [finding.code for finding in verify(scoped).findings]
    put_guards(connection)
    assert codes[0] == code
    assert "NUMBER_MISSING" in codes  # and its receipt is missing from the book


def test_a_chain_sealed_again_after_tampering_does_not_fit_its_head(worked: Mutual) -> None:
    """Who alters the last entry and its hash must alter the head too; then the registers differ."""
    LedgerHead.objects.filter(mutual=worked).update(last_hash="0" * 64)
    assert verify(worked).findings[0].code == "LEDGER_HEAD_DIFFERS"


def test_a_receipt_without_its_record_is_noticed(worked: Mutual) -> None:
    payment = ContributionPayment.objects.filter(slip__isnull=True).order_by("pk").first()
    PaymentAllocation.objects.filter(payment=payment).delete()
    ContributionPayment.objects.filter(pk=payment.pk).delete()
    found = {finding.code: finding.place for finding in verify(worked).findings}
    assert found["ENTRY_WITHOUT_RECORD"] == payment.document_number
    assert found["NUMBER_MISSING"] == payment.document_number


def test_every_check_is_made_once() -> None:
    names = [check.__name__ for check in CHECKS]
    assert len(names) == len(set(names)) == 41


@pytest.fixture
def prepared(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command works on the database of the test."""
    monkeypatch.setattr("entraide.cli.main._prepare_database", lambda: None)


def test_the_command_says_that_all_is_proven(
    worked: Mutual, prepared: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["is_proven"] is True
    assert {each["code"]: each["is_proven"] for each in answer["mutuals"]}[worked.code] is True
    assert main(["verify", worked.code]) == 0
    assert "les comptes tiennent" in capsys.readouterr().out


def test_the_command_names_the_first_broken_record(
    worked: Mutual, prepared: None, capsys: pytest.CaptureFixture[str]
) -> None:
    take_guards_away(connection)
    _posting("REC-2025-00001", amount_minor=1)
    put_guards(connection)
    assert main(["verify"]) == 1
    assert "REC-2025-00001" in capsys.readouterr().out.splitlines()[0]
    assert main(["verify", "--json"]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert answer["error"]["details"]["document"] == "REC-2025-00001"
    assert answer["error"]["code"] == answer["findings"][0]["code"] == "LEDGER_UNBALANCED"


def test_an_unknown_mutual_is_refused(
    db: None, prepared: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", "nulle-part", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "MUTUAL_UNKNOWN"


def test_two_persons_who_answer_to_one_number_are_named(
    scoped: Mutual, people: People, product: Product
) -> None:
    first = a_household(scoped, people.awa, product).persons.get(is_member=True)
    second = a_household(scoped, people.awa, product).persons.get(is_member=True)
    keep_number(first, "A 12", source="import")
    assert not verify(scoped).findings
    EarlierNumber.objects.update(key=second.number, number=second.number)
    assert [(each.code, each.place) for each in verify(scoped).findings] == [
        ("NUMBER_SHARED", second.number)
    ]
