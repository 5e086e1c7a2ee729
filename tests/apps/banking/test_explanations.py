"""An explanation of a statement line, taken back: once, by who may, and never without a trace."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from entraide.apps.access.models import AuditEvent, AuditKind, CommandLog
from entraide.apps.banking.matches import explain_line, withdraw_explanation
from entraide.apps.banking.models import LineState, StatementLine
from entraide.apps.banking.selectors import line_for, withdrawn_explanations
from entraide.apps.schemes.models import Mutual
from entraide.core.errors import Refusal
from entraide.core.ids import uuid7
from entraide.core.reconciliation import LeftoverClass
from tests.apps.banking.statements import a_bank_account, an_import, camt
from tests.builders import a_key
from tests.people import People

pytestmark = pytest.mark.usefixtures("scoped")

TODAY = date(2025, 6, 16)
NOTE, REASON = "Recrédité en juin", "La banque n’a rien rendu"


@pytest.fixture
def line(mutual: Mutual, people: People) -> StatementLine:
    """A line that Moussa explained."""
    bank = a_bank_account(mutual, people.moussa)
    an_import(bank, people.moussa, camt(0, [(date(2025, 5, 5), 700, "RASOA")]))
    found = StatementLine.objects.select_related("bank_account").get()
    return explain_line(
        mutual=mutual,
        actor=people.moussa,
        on=TODAY,
        idempotency_key=a_key(),
        line=found,
        explanation_class=LeftoverClass.BANK_ERROR,
        note=NOTE,
    )


def withdrawn(line: StatementLine, people: People, **more: Any) -> StatementLine:
    act = {
        "mutual": line.mutual,
        "actor": people.moussa,
        "on": TODAY,
        "idempotency_key": a_key(),
        "reason": REASON,
        **more,
    }
    return withdraw_explanation(line=line, **act)


def refusal_of(line: StatementLine, people: People, **more: Any) -> str:
    """The code of a refusal, which must leave the line and the history as they were."""
    with pytest.raises(Refusal) as caught:
        withdrawn(line, people, **more)
    return caught.value.code


def kept(line: StatementLine) -> bool:
    """Whether the explanation still stands as it was given."""
    line.refresh_from_db()
    found = (line.state, line.explanation_class, line.explanation_note)
    return found == (LineState.EXPLAINED, "bank_error", NOTE)


def test_the_line_is_open_again_and_what_was_said_of_it_is_kept(
    line: StatementLine, people: People
) -> None:
    withdrawn(line, people)
    line.refresh_from_db()
    assert (line.state, line.explanation_class, line.explanation_note) == (LineState.OPEN, "", "")
    assert line.explained_by is None
    event = withdrawn_explanations(line).get()
    assert (event.kind, event.actor, event.mutual) == (
        AuditKind.CORRECTION,
        people.moussa,
        line.mutual,
    )
    assert event.details == {
        "explanation_class": "bank_error",
        "note": NOTE,
        "person": str(people.moussa),
        "reason": REASON,
    }
    assert CommandLog.objects.filter(name="withdraw_explanation", result_uid=line.uid).count() == 1


def test_one_key_twice_is_one_withdrawal_with_one_answer(
    line: StatementLine, people: People
) -> None:
    key = a_key()
    first = withdrawn(line, people, idempotency_key=key)
    assert withdrawn(line, people, idempotency_key=key) == first
    assert withdrawn_explanations(line).count() == 1
    with pytest.raises(Refusal, match="IDEMPOTENCY_CONFLICT"):
        withdrawn(line, people, idempotency_key=key, reason="Autre raison")
    assert refusal_of(line, people) == "LINE_NOT_EXPLAINED"  # under another key
    assert withdrawn_explanations(line).count() == 1


def test_it_takes_a_reason_and_an_explanation(line: StatementLine, people: People) -> None:
    assert refusal_of(line, people, reason=" ") == "REASON_MISSING"
    assert kept(line)
    StatementLine.objects.filter(pk=line.pk).update(state=LineState.MATCHED)
    assert refusal_of(line, people) == "LINE_NOT_EXPLAINED"
    assert not withdrawn_explanations(line).exists()


def test_a_line_that_is_not_there_is_refused(line: StatementLine, people: People) -> None:
    with pytest.raises(Refusal, match="NOT_FOUND"):
        line_for(line.mutual, uuid7())
    assert kept(line)


def test_nobody_without_the_right_and_no_other_mutual(
    line: StatementLine, people: People, other_mutual: Mutual
) -> None:
    assert refusal_of(line, people, actor=people.awa) == "FORBIDDEN"
    assert (
        refusal_of(line, people, mutual=other_mutual, actor=people.fanta)
        == "RECORD_OF_OTHER_MUTUAL"
    )
    assert refusal_of(line, people, actor=people.fanta) == "FORBIDDEN"
    with pytest.raises(Refusal, match="NOT_FOUND"):
        line_for(other_mutual, line.uid)
    assert kept(line)
    assert not withdrawn_explanations(line).exists()
    refused = AuditEvent.objects.filter(kind=AuditKind.REFUSAL)
    assert refused.filter(actor=people.awa).count() == 1
