"""Answering for each line at the desk, until both balances agree."""

from __future__ import annotations

import pytest

from entraide.apps.access.models import AuditEvent, AuditKind
from entraide.apps.banking.models import (
    BankAccount,
    LineState,
    Match,
    MatchState,
    StatementLine,
)
from entraide.apps.banking.selectors import reconciliation_state
from entraide.apps.banking.worksheet import line_counts, match_sheets
from entraide.apps.ledger.models import Entry
from entraide.apps.schemes.models import Mutual
from entraide.core.ledger import EntryKind
from entraide.web.reconciliation.counts import waiting
from tests.apps.banking.statements import a_receipt
from tests.builders import a_key
from tests.people import People
from tests.web.conftest import Browser
from tests.web.reconciliation.conftest import Address


def proposal() -> Match:
    """The one match that waits."""
    return Match.objects.get(state=MatchState.PROPOSED)


@pytest.mark.requirement("R125", begun=True)
def test_a_month_is_reconciled_from_the_page_of_the_account(
    signed_in: Browser,
    people: People,
    address: Address,
    imported: BankAccount,
    charge: StatementLine,
    unknown: StatementLine,
    scoped: Mutual,
) -> None:
    client, here = signed_in(people.moussa), address("bank-account", uid=imported.uid)
    page = client.get(here).content.decode()
    assert "3 lignes à traiter." in page
    assert "Un pointage proposé" in page
    assert "Même somme, 1 jour d’écart." in page
    assert "Comptabiliser les frais, 500" in page
    assert "Inconnu" in page
    assert "Vérifié" in page
    assert "Les pièces ne font pas l’écart" not in page
    assert waiting(scoped, unknown.booked_on).count == 3

    confirm = address("match-confirm", uid=proposal().uid)
    answer = client.post(confirm, {"idempotency_key": a_key(), "next": f"{here}#propositions"})
    assert answer["Location"] == f"{here}#propositions"
    post = {"idempotency_key": a_key(), "what": "charge", "next": f"{here}#ecarts"}
    assert client.post(address("line-post", uid=charge.uid), post)["Location"] == f"{here}#ecarts"
    suspense = {"idempotency_key": a_key(), "what": "suspense"}
    client.post(address("line-post", uid=unknown.uid), suspense)

    page = client.get(here).content.decode()
    assert "Rapproché au 31\u00a0mai 2025." in page
    assert "Tout est expliqué" in page
    state = reconciliation_state(imported)
    assert state is not None
    assert state.is_reconciled
    assert waiting(scoped, unknown.booked_on).count == 0
    overview = client.get(address("reconciliation")).content.decode()
    assert "Chaque ligne de chaque relevé est pointée ou expliquée." in overview


def test_an_address_of_elsewhere_is_not_followed(
    signed_in: Browser, people: People, address: Address, imported: BankAccount
) -> None:
    match = proposal()
    typed = {"idempotency_key": a_key(), "next": "https://example.org/m/essentielle-lome/"}
    answer = signed_in(people.moussa).post(address("match-confirm", uid=match.uid), typed)
    assert answer["Location"] == address("match", uid=match.uid)


def test_a_proposal_is_refused_with_a_reason(
    signed_in: Browser, people: People, address: Address, imported: BankAccount
) -> None:
    client, match = signed_in(people.moussa), proposal()
    url = address("match-undo", uid=match.uid)
    silent = client.post(url, {"idempotency_key": a_key(), "reason": ""})
    assert silent.status_code == 422
    assert proposal() == match
    page = client.post(
        url, {"idempotency_key": a_key(), "reason": "Autre famille"}, follow=True
    ).content.decode()
    assert "Proposition refusée." in page
    assert "Autre famille" in page
    [line] = [piece.line for piece in match.matched_lines.all()]
    history = client.get(address("statement-line", uid=line.uid)).content.decode()
    assert "Auparavant" in history
    assert "Autre famille" in history


def test_a_charge_taken_back_is_reversed(
    signed_in: Browser, people: People, address: Address, charge: StatementLine
) -> None:
    client, url = signed_in(people.moussa), address("line-post", uid=charge.uid)
    key = a_key()
    for _time in range(2):
        client.post(url, {"idempotency_key": key, "what": "charge"})
    entry = Entry.objects.get(kind=EntryKind.BANK_CHARGE)
    match = Match.objects.get(matched_entries__entry=entry)
    assert (
        "annuler ce pointage"
        in client.get(address("match", uid=match.uid)).content.decode().lower()
    )
    client.post(
        address("match-undo", uid=match.uid), {"idempotency_key": a_key(), "reason": "Doublon"}
    )
    charge.refresh_from_db()
    assert charge.state == LineState.OPEN
    assert Entry.objects.filter(reverses=entry).exists()


def test_a_charge_cannot_come_in(
    signed_in: Browser, people: People, address: Address, unknown: StatementLine
) -> None:
    client, url = signed_in(people.moussa), address("line-post", uid=unknown.uid)
    page = client.post(url, {"idempotency_key": a_key(), "what": "charge"}, follow=True)
    assert "va dans l’autre sens" in page.content.decode()
    other = client.post(url, {"idempotency_key": a_key(), "what": "other"})
    assert other.status_code == 404


def test_a_line_is_explained_in_words(
    signed_in: Browser, people: People, address: Address, unknown: StatementLine
) -> None:
    client, url = signed_in(people.moussa), address("line-explain", uid=unknown.uid)
    silent = {"idempotency_key": a_key(), "explanation_class": "bank_error", "note": ""}
    assert client.post(url, silent).status_code == 422
    typed = silent | {"note": "Versement d’un autre client", "idempotency_key": a_key()}
    page = client.post(url, typed, follow=True).content.decode()
    assert "La ligne est expliquée" in page
    assert "Versement d’un autre client" in page
    unknown.refresh_from_db()
    assert unknown.state == LineState.EXPLAINED


def test_an_explanation_is_taken_back_and_stays_in_the_history(
    signed_in: Browser, people: People, address: Address, unknown: StatementLine
) -> None:
    client = signed_in(people.moussa)
    said = {"explanation_class": "bank_error", "note": "Versement d’un autre client"}
    client.post(address("line-explain", uid=unknown.uid), said | {"idempotency_key": a_key()})
    url = address("line-withdraw", uid=unknown.uid)
    assert client.post(url, {"idempotency_key": a_key(), "reason": " "}).status_code == 422
    for stranger, status in ((people.awa, 403), (people.fanta, 404)):
        answer = signed_in(stranger).post(url, {"idempotency_key": a_key(), "reason": "Non"})
        assert answer.status_code == status
    typed = {"idempotency_key": a_key(), "reason": "C’était notre reçu"}
    page = client.post(url, typed, follow=True).content.decode()
    assert "de nouveau ouverte" in page
    assert "Versement d’un autre client" in page
    assert "C’était notre reçu" in page
    unknown.refresh_from_db()
    assert (unknown.state, unknown.explanation_note) == (LineState.OPEN, "")
    again = client.post(url, typed | {"idempotency_key": a_key()})
    assert again.status_code == 422
    assert "n’est pas expliquée" in again.content.decode()


def test_two_sides_are_matched_by_hand_when_their_sums_agree(
    signed_in: Browser,
    people: People,
    address: Address,
    imported: BankAccount,
    unknown: StatementLine,
    scoped: Mutual,
) -> None:
    first = a_receipt(scoped, people.moussa, 40_000, unknown.booked_on)
    second = a_receipt(scoped, people.moussa, 20_000, unknown.booked_on)
    client, url = signed_in(people.moussa), address("match-by-hand", uid=imported.uid)
    shown = client.get(url, {"line": str(unknown.uid)}).content.decode()
    assert first.document_number in shown
    assert "checked" in shown
    sums = client.get(
        address("match-sums", uid=imported.uid),
        {"lines": str(unknown.uid), "entries": [str(first.uid)]},
    ).content.decode()
    assert "20\u202f000" in sums
    assert "<html" not in sums

    typed = {"idempotency_key": a_key(), "lines": str(unknown.uid), "entries": [str(first.uid)]}
    unequal = client.post(url, typed)
    assert unequal.status_code == 422
    assert "Seules des sommes égales se pointent" in unequal.content.decode()
    looked = client.post(url, typed | {"look": "1", "entry_q": second.document_number})
    text = looked.content.decode()
    assert second.document_number in text
    assert first.document_number in text
    both = typed | {"entries": [str(first.uid), str(second.uid)], "idempotency_key": a_key()}
    assert "Pointé à la main." in client.post(url, both, follow=True).content.decode()
    unknown.refresh_from_db()
    assert unknown.state == LineState.MATCHED
    nonsense = {"idempotency_key": a_key(), "lines": "x" * 36, "entries": ["", "1"]}
    assert client.post(url, nonsense).status_code == 422


def test_a_rule_posts_what_comes_back_and_can_be_retired(
    signed_in: Browser,
    people: People,
    address: Address,
    imported: BankAccount,
    charge: StatementLine,
) -> None:
    client, url = signed_in(people.moussa), address("match-rules", uid=imported.uid)
    wide = {
        "idempotency_key": a_key(), "code": "TOUT", "pattern": ".*", "account_role": "bank_charges",
    }  # fmt: skip
    assert client.post(url, wide).status_code == 422
    typed = wide | {"code": "FRAIS", "pattern": "tenue de compte", "idempotency_key": a_key()}
    page = client.post(url, typed, follow=True).content.decode()
    assert "Règle FRAIS acceptée." in page
    assert "Moussa Adjavon" in page
    run = client.post(
        address("match-run", uid=imported.uid), {"idempotency_key": a_key()}, follow=True
    ).content.decode()
    assert "Comparaison relancée. Lignes pointées en plus\u00a0: 1" in run
    rule = imported.rules.get()
    retired = client.post(
        address("match-rule-retire", uid=rule.uid), {"idempotency_key": a_key()}, follow=True
    ).content.decode()
    assert "La règle FRAIS n’agit plus." in retired


def test_both_sides_of_a_match_have_one_sum(imported: BankAccount) -> None:
    sheets = match_sheets(Match.objects.filter(bank_account=imported).order_by("pk"))
    assert sheets
    assert all(sheet.lines_minor == sheet.entries_minor for sheet in sheets)
    counts = line_counts(imported)
    assert (counts.total, counts.matched, counts.open, counts.proposed) == (4, 1, 3, 1)
    assert counts.alone == 2


@pytest.mark.parametrize("act", ["match-confirm", "match-undo", "line-post", "line-explain"])
def test_only_who_may_answers(
    signed_in: Browser,
    people: People,
    address: Address,
    unknown: StatementLine,
    act: str,
) -> None:
    uid = unknown.uid if act.startswith("line") else proposal().uid
    typed = {"idempotency_key": a_key(), "reason": "x", "what": "suspense", "note": "x"}
    assert signed_in(people.auditor).post(address(act, uid=uid), typed).status_code == 403
    assert signed_in(people.fanta).post(address(act, uid=uid), typed).status_code == 404
    assert AuditEvent.objects.filter(kind=AuditKind.REFUSAL, actor=people.auditor).exists()
    assert Match.objects.filter(state=MatchState.PROPOSED).count() == 1
