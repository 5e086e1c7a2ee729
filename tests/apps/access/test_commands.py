"""What makes a function a command: a right, one mutual, one transaction, once, and logged."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError
from django_scopes import scope

from entraide.apps.access.models import AuditEvent, AuditKind, CommandLog
from entraide.apps.access.selectors import token_holder
from entraide.apps.access.services import issue_token, plain
from entraide.apps.ledger import operations, selectors
from entraide.apps.ledger.models import Entry
from entraide.apps.ledger.operations import record_grant
from entraide.apps.schemes import commands
from entraide.apps.schemes.models import Mutual, NumberBook, Product, Role
from entraide.apps.schemes.rights import ROLE_RIGHTS, Right, may
from entraide.core.errors import Refusal
from entraide.core.ledger import AccountRole
from tests.builders import MEMBER, a_household
from tests.people import People

TODAY = date(2025, 6, 16)


def a_grant(mutual: Mutual, actor: Any, key: str = "k-1", **changes: Any) -> Entry:
    with scope(mutual=mutual):
        cash = selectors.account_for(mutual, AccountRole.CASH)
    content: dict[str, Any] = {
        "amount_minor": 30_000,
        "received_on": TODAY,
        "label": "Don",
        "treasury_account": cash,
        **changes,
    }
    return record_grant(mutual=mutual, actor=actor, on=TODAY, idempotency_key=key, **content)


def test_a_repeated_command_answers_its_first_result_and_does_nothing(
    mutual: Mutual, people: People
) -> None:
    first = a_grant(mutual, people.moussa)
    again = a_grant(mutual, people.moussa)
    assert again == first
    with scope(mutual=mutual):
        assert Entry.objects.count() == 1
        assert NumberBook.objects.get(prefix="SUB").last_number == 1
    assert CommandLog.objects.filter(mutual=mutual, name="record_grant").count() == 1


def test_the_same_key_at_the_same_moment_answers_the_first_result(
    mutual: Mutual, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both requests looked for the key before either had written it."""
    first = a_grant(mutual, people.moussa)
    look, looked = commands.find_command, []

    def look_too_early(**named: Any) -> CommandLog | None:
        looked.append(named)
        return None if len(looked) == 1 else look(**named)

    monkeypatch.setattr(commands, "find_command", look_too_early)
    assert a_grant(mutual, people.moussa) == first
    assert len(looked) == 2
    with scope(mutual=mutual):
        assert Entry.objects.count() == 1
        assert NumberBook.objects.get(prefix="SUB").last_number == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("fault", [IntegrityError("UNIQUE"), OperationalError("deadlock detected")])
def test_what_clashes_with_another_writing_is_done_again(
    mutual: Mutual, people: People, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    number, clashed = operations.next_number, []

    def taken_once(**named: Any) -> str:
        if not clashed:
            clashed.append(named)
            raise fault
        return number(**named)

    monkeypatch.setattr(operations, "next_number", taken_once)
    assert a_grant(mutual, people.moussa).document_number == "SUB-2025-00001"
    with scope(mutual=mutual):
        assert Entry.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("fault", [IntegrityError("NOT NULL"), OperationalError("disk I/O error")])
def test_a_fault_that_stays_is_not_hidden(
    mutual: Mutual, people: People, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    def broken(**named: Any) -> str:
        raise fault

    monkeypatch.setattr(operations, "next_number", broken)
    with pytest.raises(type(fault)):
        a_grant(mutual, people.moussa)


def test_a_key_used_for_another_content_is_refused(mutual: Mutual, people: People) -> None:
    a_grant(mutual, people.moussa)
    with pytest.raises(Refusal, match="IDEMPOTENCY_CONFLICT"):
        a_grant(mutual, people.moussa, amount_minor=30_001)
    with pytest.raises(Refusal, match="IDEMPOTENCY_KEY_MISSING"):
        a_grant(mutual, people.moussa, key="")
    with scope(mutual=mutual):
        assert Entry.objects.count() == 1


@pytest.mark.parametrize("key", ["k" * 101, "k\x00", "k\n", "k\u202e", "k\ud83d"])
def test_a_key_that_cannot_be_kept_is_refused(mutual: Mutual, people: People, key: str) -> None:
    with pytest.raises(Refusal, match="IDEMPOTENCY_KEY_INVALID"):
        a_grant(mutual, people.moussa, key=key)
    with scope(mutual=mutual):
        assert Entry.objects.count() == 0


@pytest.mark.parametrize("label", ["Don\x00", "Don \u202enod", "Don\ud83d"])
def test_a_text_with_a_character_that_nobody_sees_is_refused(
    mutual: Mutual, people: People, label: str
) -> None:
    with pytest.raises(Refusal, match="TEXT_UNSEEN_CHARACTER") as refused:
        a_grant(mutual, people.moussa, label=label)
    assert refused.value.place == "label"
    with scope(mutual=mutual):
        assert Entry.objects.count() == 0


def test_a_line_of_a_form_is_looked_at_too(
    mutual: Mutual, people: People, product: Product
) -> None:
    with scope(mutual=mutual), pytest.raises(Refusal, match="TEXT_UNSEEN_CHARACTER"):
        a_household(mutual, people.awa, product, persons=(replace(MEMBER, name="Koffi\u202e"),))


def test_two_mutuals_may_use_the_same_key(
    mutual: Mutual, other_mutual: Mutual, people: People
) -> None:
    assert a_grant(mutual, people.moussa) != a_grant(other_mutual, people.fanta)


def test_without_the_right_nothing_happens_and_the_journal_says_so(
    mutual: Mutual, people: People
) -> None:
    for actor in (people.awa, people.fanta, people.auditor, people.network_admin):
        with pytest.raises(Refusal, match="FORBIDDEN"):
            a_grant(mutual, actor)
    events = AuditEvent.objects.filter(mutual=mutual, kind=AuditKind.REFUSAL)
    assert [event.actor for event in events.order_by("pk")] == [
        people.awa,
        people.fanta,
        people.auditor,
        people.network_admin,
    ]
    assert {(event.code, event.subject) for event in events} == {("FORBIDDEN", "record_grant")}
    with scope(mutual=mutual):
        assert not Entry.objects.exists()


def test_a_person_who_left_has_no_right_any_more(mutual: Mutual, people: People) -> None:
    people.moussa.is_active = False
    people.moussa.save()
    with pytest.raises(Refusal, match="FORBIDDEN"):
        a_grant(mutual, people.moussa)


def test_a_record_of_another_mutual_is_refused(
    mutual: Mutual, other_mutual: Mutual, people: People
) -> None:
    with scope(mutual=other_mutual):
        theirs = selectors.account_for(other_mutual, AccountRole.CASH)
    with pytest.raises(Refusal, match="RECORD_OF_OTHER_MUTUAL"):
        a_grant(mutual, people.moussa, treasury_account=theirs)


def test_a_refused_command_leaves_nothing_and_gives_its_number_back(
    mutual: Mutual, people: People
) -> None:
    with pytest.raises(Refusal, match="POSTING_AMOUNT"):
        a_grant(mutual, people.moussa, amount_minor=0)
    entry = a_grant(mutual, people.moussa)
    assert entry.document_number == "SUB-2025-00001"
    refusal = AuditEvent.objects.get(kind=AuditKind.REFUSAL)
    assert (refusal.code, refusal.details["key"]) == ("POSTING_AMOUNT", "k-1")


def test_the_journal_says_who_did_what_and_when(mutual: Mutual, people: People) -> None:
    entry = a_grant(mutual, people.moussa)
    line = CommandLog.objects.get(mutual=mutual, idempotency_key="k-1")
    assert (line.actor, line.name, line.occurred_on) == (people.moussa, "record_grant", TODAY)
    assert (line.result_model, line.result_uid) == ("ledger.Entry", entry.uid)


def test_no_role_both_enters_and_approves_nor_approves_and_pays() -> None:
    steps = (
        (Right.ENTER_CLAIM, Right.APPROVE_CLAIM),
        (Right.ENTER_PRODUCT, Right.APPROVE_PRODUCT),
        (Right.PREPARE_BATCH, Right.AUTHORISE_BATCH),
        (Right.AUTHORISE_BATCH, Right.RECORD_PAYOUT),
    )
    assert set(ROLE_RIGHTS) == set(Role)
    for role, rights in ROLE_RIGHTS.items():
        for earlier, later in steps:
            assert not {earlier, later} <= rights, (role, earlier, later)


def test_rights_are_those_of_the_day(mutual: Mutual, people: People) -> None:
    assert may(people.moussa, mutual, Right.MATCH, TODAY)
    assert not may(people.moussa, mutual, Right.MATCH, date(2023, 12, 31))
    assert may(people.system, mutual, Right.MATCH, date(2020, 1, 1))


def test_a_token_is_kept_as_its_hash_and_ends(mutual: Mutual, people: People) -> None:
    token = issue_token(user=people.awa, mutual=mutual, label="Tablette")
    holder = token_holder(token)
    assert holder is not None
    assert (holder.user, holder.mutual) == (people.awa, mutual)
    assert token not in holder.token_hash
    assert token_holder(token + "x") is None
    ended = issue_token(user=people.awa, mutual=mutual, label="Vieille tablette", days=0)
    assert token_holder(ended) is None


def test_contents_are_plain_and_equal_whatever_their_order() -> None:
    assert plain({"b": {2, 1}, "a": (date(2025, 1, 1), b"x")}) == plain(
        {"a": [date(2025, 1, 1), b"x"], "b": {1, 2}}
    )
    with pytest.raises(AssertionError):
        plain(1.5)


@pytest.mark.parametrize(
    ("changes", "code", "place"),
    [
        ({"amount_minor": 30_000.0}, "NUMBER_NOT_EXACT", "amount_minor"),
        ({"amount_minor": Decimal("Infinity")}, "NUMBER_NOT_FINITE", "amount_minor"),
        ({"amount_minor": Decimal("0.5")}, "AMOUNT_NOT_WHOLE", "amount_minor"),
    ],
)
def test_a_number_that_no_book_can_hold_is_refused_with_its_place(
    mutual: Mutual, people: People, changes: dict[str, Any], code: str, place: str
) -> None:
    with pytest.raises(Refusal) as refused:
        a_grant(mutual, people.moussa, **changes)
    assert (refused.value.code, refused.value.place) == (code, place)
    assert AuditEvent.objects.filter(kind=AuditKind.REFUSAL, code=code).exists()
    assert not CommandLog.objects.filter(mutual=mutual, name="record_grant").exists()
