from __future__ import annotations

from datetime import date

import pytest

from entraide.apps.banking.matches import (
    confirm_match,
    explain_line,
    match_by_hand,
    post_bank_charge_for,
    post_interest_for,
    post_to_suspense,
    undo_match,
)
from entraide.apps.banking.models import (
    BankAccount,
    LineState,
    Match,
    MatchedEntry,
    MatchedLine,
    MatchState,
    StatementLine,
)
from entraide.apps.banking.open_items import leftovers
from entraide.apps.banking.selectors import (
    lines,
    matches,
    reconciliation_state,
    withdrawn_explanations,
)
from entraide.apps.banking.services import accept_rule, match_account, retire_rule
from entraide.apps.contributions.models import Channel
from entraide.apps.ledger.models import Entry
from entraide.apps.ledger.operations import reverse_document
from entraide.apps.reporting.verification import verify
from entraide.apps.schemes.models import Mutual, Product
from entraide.core.errors import Refusal
from entraide.core.ledger import AccountRole
from entraide.core.reconciliation import LeftoverClass
from tests.apps.banking.statements import (
    OPENED,
    a_bank_account,
    a_receipt,
    an_expense,
    an_import,
    an_opening,
    camt,
)
from tests.builders import a_household, a_key, a_payment
from tests.people import People

pytestmark = pytest.mark.usefixtures("scoped")

TODAY = date(2025, 6, 16)
A, B, C = date(2025, 5, 5), date(2025, 5, 12), date(2025, 5, 30)


@pytest.fixture
def bank(mutual: Mutual, people: People) -> BankAccount:
    an_opening(mutual, people.moussa)
    return a_bank_account(mutual, people.moussa)


class Acts:
    """The finance officer's acts of the day, each with a key of its own."""

    def __init__(self, mutual: Mutual, people: People) -> None:
        self.who = {"mutual": mutual, "actor": people.moussa, "on": TODAY}

    def __call__(self, service: object, **content: object) -> object:
        return service(**self.who, idempotency_key=a_key(), **content)  # type: ignore[operator]


@pytest.fixture
def act(mutual: Mutual, people: People) -> Acts:
    return Acts(mutual, people)


def only_line(bank: BankAccount) -> StatementLine:
    return StatementLine.objects.select_related("bank_account__account", "mutual").get(
        bank_account=bank
    )


def code_of(call: object) -> str:
    with pytest.raises(Refusal) as caught:
        call()  # type: ignore[operator]
    return caught.value.code


@pytest.mark.requirement("R057")
@pytest.mark.requirement("R140", begun=True)
def test_a_document_number_on_the_line_matches_whatever_the_date(
    bank: BankAccount, people: People, mutual: Mutual
) -> None:
    entry = a_receipt(mutual, people.moussa, 50_000, date(2025, 4, 2))
    an_import(bank, people.moussa, camt(OPENED, [(C, 50_000, f"vrt {entry.document_number}")]))
    (match,) = matches(bank)
    assert (match.state, match.pass_name, match.score) == ("automatic", "reference", 100)
    assert [matched.entry for matched in match.matched_entries.all()] == [entry]
    assert only_line(bank).state == LineState.MATCHED
    assert verify(mutual).findings == ()


def test_one_deposit_of_several_documents(
    bank: BankAccount, people: People, mutual: Mutual
) -> None:
    numbers = [a_receipt(mutual, people.moussa, amount, A).document_number for amount in (500, 700)]
    an_import(bank, people.moussa, camt(OPENED, [(B, 1_200, f"DEPOT {' '.join(numbers)}")]))
    (match,) = matches(bank)
    assert (match.state, match.pass_name) == (MatchState.AUTOMATIC, "reference-sum")
    assert match.matched_entries.count() == 2


@pytest.mark.requirement("R140", begun=True)
def test_an_amount_and_a_near_date_only_propose(
    bank: BankAccount, people: People, mutual: Mutual, act: Acts
) -> None:
    an_expense(mutual, people.moussa, 60_000, date(2025, 5, 10))
    an_import(bank, people.moussa, camt(OPENED, [(B, -60_000, "CHEQUE 0012")]))
    (match,) = matches(bank)
    assert (match.state, match.pass_name, match.score) == ("proposed", "amount-date", 80)
    assert only_line(bank).state == LineState.OPEN
    act(confirm_match, match=match)
    match.refresh_from_db()
    assert (match.state, match.confirmed_by, match.confirmed_on) == (
        MatchState.CONFIRMED,
        people.moussa,
        TODAY,
    )
    assert only_line(bank).state == LineState.MATCHED
    assert code_of(lambda: act(confirm_match, match=match)) == "MATCH_NOT_PROPOSED"


def test_a_new_run_keeps_proposals_that_hold_and_drops_the_others(
    bank: BankAccount, people: People, mutual: Mutual, act: Acts
) -> None:
    an_expense(mutual, people.moussa, 60_000, date(2025, 5, 10))
    an_expense(mutual, people.moussa, 7_000, date(2025, 5, 10))
    rows = [(B, -60_000, "CHEQUE 0012"), (B, -7_000, "CHEQUE 0013")]
    an_import(bank, people.moussa, camt(OPENED, rows))
    kept, other = matches(bank)
    act(match_account, bank_account=bank)
    assert {match.pk for match in matches(bank)} == {kept.pk, other.pk}
    line = other.matched_lines.get().line
    act(
        explain_line,
        line=line,
        explanation_class=LeftoverClass.BANK_ERROR,
        note="La banque recréditera",
    )
    assert [match.pk for match in matches(bank)] == [kept.pk]


def test_an_undone_match_opens_both_sides_and_is_not_proposed_again(
    bank: BankAccount, people: People, mutual: Mutual, act: Acts
) -> None:
    entry = a_receipt(mutual, people.moussa, 50_000, A)
    an_import(bank, people.moussa, camt(OPENED, [(B, 50_000, entry.document_number)]))
    (match,) = matches(bank)
    assert code_of(lambda: act(undo_match, match=match, reason=" ")) == "REASON_MISSING"
    act(undo_match, match=match, reason="Autre donateur")
    assert only_line(bank).state == LineState.OPEN
    act(match_account, bank_account=bank)
    assert [row.state for row in matches(bank)] == [MatchState.UNDONE]
    left = leftovers(bank)
    assert [hint.code for hint in left.lines[0].hints] == ["PROPOSAL_REFUSED"]
    assert left.movements[0].leftover_class is LeftoverClass.IN_TRANSIT
    assert code_of(lambda: act(undo_match, match=match, reason="x")) == "MATCH_ALREADY_UNDONE"
    act(match_by_hand, bank_account=bank, lines=[only_line(bank)], entries=[entry])
    assert only_line(bank).state == LineState.MATCHED
    assert verify(mutual).findings == ()


@pytest.mark.requirement("R140", begun=True)
def test_nothing_is_posted_without_a_rule_that_was_accepted(
    bank: BankAccount, people: People, mutual: Mutual, act: Acts
) -> None:
    before = Entry.objects.count()
    rows = [(C, -1_500, "FRAIS TENUE DE COMPTE"), (C, 300, "RISTOURNE FRAIS TENUE")]
    an_import(bank, people.moussa, camt(OPENED, rows))
    assert Entry.objects.count() == before
    rule = act(
        accept_rule,
        bank_account=bank,
        code="tenue",
        pattern="frais tenue",
        account_role=AccountRole.BANK_CHARGES,
    )
    act(match_account, bank_account=bank)
    charge = Entry.objects.latest("sequence")
    assert (charge.document_number, charge.kind) == ("FB-2025-00001", "bank_charge")
    assert charge.occurred_on == C
    assert [(line.amount_minor, line.state) for line in lines(bank)] == [
        (-1_500, LineState.MATCHED),
        (300, LineState.OPEN),  # a charge never comes in: a person decides
    ]
    assert verify(mutual).findings == ()
    act(retire_rule, rule=rule)
    june = camt(
        OPENED - 1_200,
        [(date(2025, 6, 2), -1_500, "FRAIS TENUE DE COMPTE")],
        opening_on=date(2025, 6, 1),
        closing_on=date(2025, 6, 10),
    )
    an_import(bank, people.moussa, june)
    assert Entry.objects.latest("sequence") == charge


def test_undoing_what_a_rule_posted_reverses_it_and_does_not_post_it_again(
    bank: BankAccount, people: People, mutual: Mutual, act: Acts
) -> None:
    act(
        accept_rule,
        bank_account=bank,
        code="frais",
        pattern="frais",
        account_role=AccountRole.BANK_CHARGES,
    )
    an_import(bank, people.moussa, camt(OPENED, [(C, -1_500, "FRAIS")]))
    (match,) = matches(bank)
    assert (match.state, match.pass_name) == (MatchState.AUTOMATIC, "rule")
    act(undo_match, match=match, reason="Frais du compte d’épargne")
    reversal = Entry.objects.latest("sequence")
    assert reversal.reverses.document_number == "FB-2025-00001"
    act(match_account, bank_account=bank)
    assert Entry.objects.latest("sequence") == reversal
    state = reconciliation_state(bank)
    assert state is not None
    assert (state.uncashed, state.in_transit, state.open_lines_minor) == ((), (), -1_500)
    assert verify(mutual).findings == ()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"code": ""}, "RULE_CODE_MISSING"),
        ({"code": "frais"}, "RULE_CODE_TWICE"),
        ({"pattern": "("}, "RULE_PATTERN_UNREADABLE"),
        ({"pattern": "(a+)+b"}, "RULE_PATTERN_TOO_SLOW"),
        ({"account_role": AccountRole.SUSPENSE}, "RULE_ROLE"),
        ({"account_role": AccountRole.CLAIMS_EXPENSE}, "RULE_ROLE"),
    ],
)
def test_what_is_no_rule(
    bank: BankAccount, act: Acts, change: dict[str, object], code: str
) -> None:
    rule = {
        "bank_account": bank,
        "code": "autre",
        "pattern": "agios",
        "account_role": AccountRole.BANK_CHARGES,
    }
    act(accept_rule, **{**rule, "code": "frais"})
    assert code_of(lambda: act(accept_rule, **{**rule, **change})) == code


@pytest.mark.requirement("R042", begun=True)
def test_a_transaction_number_of_mobile_money_leads_to_its_receipt(
    mutual: Mutual, people: People, product: Product
) -> None:
    wallet = a_bank_account(
        mutual,
        people.moussa,
        role=AccountRole.MOBILE_MONEY,
        name="Flooz",
        identifier="",
        csv_profile="tg_mobile_money",
    )
    household = a_household(mutual, people.awa, product)
    payment = a_payment(
        household,
        people.awa,
        3_600,
        paid_on=date(2025, 6, 1),
        channel=Channel.MOBILE_MONEY,
        role=AccountRole.MOBILE_MONEY,
        external_reference="77001",
    )
    content = (
        "ID;Jour;Opération;Nom;Sortie;Entrée;Solde\n"
        "77001;02-06-2025;Réception;AFI KOFFI;;3 600;3 600\n"
        "77002;02-06-2025;Réception;KOSSI MENSAH;;3 600;7 200\n"
    )
    an_import(wallet, people.moussa, content.encode())
    (match,) = matches(wallet)
    assert (match.state, match.pass_name) == (MatchState.AUTOMATIC, "reference")
    assert match.matched_entries.get().entry == payment.entry
    assert match.matched_lines.get().line.reference == "77001"


def test_by_hand_only_equal_sums_of_this_account(
    bank: BankAccount, people: People, mutual: Mutual, act: Acts
) -> None:
    ours = an_expense(mutual, people.moussa, 9_000, A)
    rows = [(B, -4_000, "CHEQUE 1"), (B, -5_500, "CHEQUE 2"), (C, 500, "CORRECTION")]
    an_import(bank, people.moussa, camt(OPENED, rows))
    first, second, third = lines(bank)

    def by_hand(**content: object) -> object:
        return act(match_by_hand, bank_account=bank, **content)

    assert code_of(lambda: by_hand(lines=[first])) == "MATCH_TOO_SMALL"
    with pytest.raises(Refusal) as differs:
        by_hand(lines=[first, second], entries=[ours])
    assert differs.value.code == "MATCH_SUMS_DIFFER"
    assert differs.value.data["difference_minor"] == -500
    elsewhere = Entry.objects.exclude(postings__account=bank.account).first()
    match = by_hand(lines=[first, second, third], entries=[ours])
    assert (match.state, match.pass_name) == (MatchState.CONFIRMED, "person")
    assert code_of(lambda: by_hand(lines=[first, second])) == "LINE_ALREADY_MATCHED"
    other = an_expense(mutual, people.moussa, 9_000, A)
    assert code_of(lambda: by_hand(entries=[ours, other])) == "ENTRY_ALREADY_MATCHED"
    assert elsewhere is None
    assert verify(mutual).findings == ()


def test_an_entry_of_another_account_is_refused(
    bank: BankAccount, people: People, mutual: Mutual, product: Product, act: Acts
) -> None:
    a_household(mutual, people.awa, product)
    due = Entry.objects.latest("sequence")
    an_import(bank, people.moussa, camt(OPENED, [(B, 1_000, "X")]))
    line = only_line(bank)
    call = lambda: act(match_by_hand, bank_account=bank, lines=[line], entries=[due])  # noqa: E731
    assert code_of(call) == "ENTRY_NOT_ON_ACCOUNT"


def test_the_banks_error_and_its_correction_answer_to_each_other(
    bank: BankAccount, people: People, act: Acts
) -> None:
    rows = [(A, -8_000, "ERREUR"), (date(2025, 5, 7), 8_000, "ANNULATION ERREUR")]
    an_import(bank, people.moussa, camt(OPENED, rows))
    assert [left.leftover_class for left in leftovers(bank).lines] == [LeftoverClass.BANK_ERROR] * 2
    act(match_by_hand, bank_account=bank, lines=list(lines(bank)))
    state = reconciliation_state(bank)
    assert state is not None
    assert state.is_reconciled


def test_a_line_is_posted_as_charge_interest_or_suspense(
    bank: BankAccount, people: People, mutual: Mutual, act: Acts
) -> None:
    rows = [(A, -1_500, "COMM"), (B, 2_000, "INTERETS"), (C, 60_000, "VERST RASOA")]
    an_import(bank, people.moussa, camt(OPENED, rows))
    charge, interest, unknown = StatementLine.objects.select_related(
        "bank_account__account", "mutual"
    ).order_by("booked_on")
    assert code_of(lambda: act(post_bank_charge_for, line=interest)) == "LINE_DIRECTION"
    act(post_bank_charge_for, line=charge)
    act(post_interest_for, line=interest)
    suspense = act(post_to_suspense, line=unknown)
    posted = Entry.objects.order_by("-sequence")[:3]
    assert [entry.document_number for entry in posted] == [
        "ATT-2025-00001",
        "INT-2025-00001",
        "FB-2025-00001",
    ]
    assert code_of(lambda: act(post_to_suspense, line=unknown)) == "LINE_ALREADY_MATCHED"
    act(undo_match, match=suspense, reason="C’était la cotisation de Rasoa")
    assert Entry.objects.latest("sequence").reverses.document_number == "ATT-2025-00001"
    assert verify(mutual).findings == ()


def test_a_line_is_explained_by_a_class_and_a_note(
    bank: BankAccount, people: People, act: Acts
) -> None:
    an_import(bank, people.moussa, camt(OPENED, [(B, -8_000, "ERREUR")]))
    line = only_line(bank)

    def explain(explanation_class: LeftoverClass, note: str) -> object:
        return act(explain_line, line=line, explanation_class=explanation_class, note=note)

    assert code_of(lambda: explain(LeftoverClass.UNKNOWN, "?")) == "EXPLANATION_CLASS"
    assert code_of(lambda: explain(LeftoverClass.BANK_ERROR, " ")) == "EXPLANATION_NOTE_MISSING"
    explain(LeftoverClass.BANK_ERROR, "Réclamation du 13 mai")
    line = only_line(bank)
    assert (line.state, line.explanation_class, line.explained_by) == (
        LineState.EXPLAINED,
        "bank_error",
        people.moussa,
    )
    second = lambda: explain(LeftoverClass.ENTRY_ERROR, "Autre chose")  # noqa: E731
    assert code_of(second) == "LINE_ALREADY_EXPLAINED"  # what was said is not written over
    act(post_bank_charge_for, line=line)
    line = only_line(bank)
    assert (line.state, line.explanation_note) == (LineState.MATCHED, "")
    (kept,) = withdrawn_explanations(line)
    assert (kept.code, kept.actor, kept.details["note"]) == (
        "EXPLANATION_ANSWERED",
        people.moussa,
        "Réclamation du 13 mai",
    )


@pytest.mark.requirement("R057")
def test_what_remains_has_a_class_and_a_hint(
    bank: BankAccount, people: People, mutual: Mutual
) -> None:
    taken = a_receipt(mutual, people.moussa, 30_000, A)
    typed_wrong = a_receipt(mutual, people.moussa, 45_000, A)
    waiting = a_receipt(mutual, people.moussa, 1_111, A)
    cheque = an_expense(mutual, people.moussa, 2_222, A)
    rows = [
        (B, 30_000, f"VERST {taken.document_number}", "K1"),
        (B, 54_000, f"VERST {typed_wrong.document_number}", "K2"),
        (C, -1_500, "FRAIS TENUE DE COMPTE", "K3"),
        (C, 60_000, "VERST RASOA", "K4"),
    ]
    an_import(bank, people.moussa, camt(OPENED, rows))
    again = camt(
        OPENED + 142_500,
        [(date(2025, 6, 2), 30_000, f"VERST {taken.document_number}", "K5")],
        opening_on=date(2025, 6, 1),
        closing_on=date(2025, 6, 10),
    )
    an_import(bank, people.moussa, again)
    left = leftovers(bank)
    assert [
        (item.line.amount_minor, item.leftover_class.value, [hint.code for hint in item.hints])
        for item in left.lines
    ] == [
        (54_000, "entry_error", ["TRANSPOSED_DIGITS"]),
        (-1_500, "charges", []),
        (60_000, "unknown", []),
        (30_000, "bank_error", ["DUPLICATE_LINE"]),
    ]
    assert {
        item.movement.document_number: item.leftover_class.value for item in left.movements
    } == {
        typed_wrong.document_number: "entry_error",
        waiting.document_number: "in_transit",
        cheque.document_number: "uncashed",
    }


def test_an_entry_and_its_reversal_answer_to_each_other(
    bank: BankAccount, people: People, mutual: Mutual, act: Acts
) -> None:
    entry = a_receipt(mutual, people.moussa, 50_000, A)
    act(reverse_document, document_number=entry.document_number, reason="Saisi deux fois")
    an_import(bank, people.moussa, camt(OPENED, [], closing_on=date(2025, 6, 16)))
    assert leftovers(bank).movements == ()


def test_a_broken_match_is_named_by_verify(
    bank: BankAccount, people: People, mutual: Mutual
) -> None:
    entry = a_receipt(mutual, people.moussa, 50_000, A)
    an_import(bank, people.moussa, camt(OPENED, [(B, 50_000, entry.document_number)]))
    StatementLine.objects.update(state=LineState.OPEN)
    assert "LINE_STATE_DIFFERS" in {finding.code for finding in verify(mutual).findings}
    StatementLine.objects.update(state=LineState.MATCHED, amount_minor=49_000)
    codes = {finding.code for finding in verify(mutual).findings}
    assert {"STATEMENT_DIFFERS", "MATCH_DIFFERS"} <= codes
    StatementLine.objects.update(amount_minor=50_000)
    MatchedEntry.objects.update(is_active=False)
    codes = {finding.code for finding in verify(mutual).findings}
    assert codes == {"MATCH_DIFFERS", "RECONCILIATION_DIFFERS"}


def test_the_other_mutual_cannot_touch_a_match(
    bank: BankAccount, people: People, mutual: Mutual, other_mutual: Mutual
) -> None:
    an_expense(mutual, people.moussa, 60_000, date(2025, 5, 10))
    an_import(bank, people.moussa, camt(OPENED, [(B, -60_000, "CHEQUE")]))
    match = Match.objects.get()
    with pytest.raises(Refusal, match="RECORD_OF_OTHER_MUTUAL"):
        confirm_match(
            mutual=other_mutual,
            actor=people.fanta,
            on=TODAY,
            idempotency_key=a_key(),
            match=match,
        )
    with pytest.raises(Refusal, match="FORBIDDEN"):
        confirm_match(
            mutual=mutual, actor=people.cashier, on=TODAY, idempotency_key=a_key(), match=match
        )
    assert MatchedLine.objects.filter(match__state=MatchState.PROPOSED).count() == 1
