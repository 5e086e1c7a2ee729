"""Sessions, slots, calls and the register: written once, read by who may, counted without names."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time
from typing import Any

import pytest
from django.db import IntegrityError

from entraide.apps.access.models import AuditEvent, AuditKind
from entraide.apps.care_control.answers import answers, decisions_by_kind, decisions_by_reason
from entraide.apps.care_control.models import MedicalCall, RegisterEntry, SessionState
from entraide.apps.care_control.register import (
    entries,
    entry_for,
    medical_entries,
    record_entry,
    to_follow,
)
from entraide.apps.care_control.sessions import (
    book_slot,
    cancel_session,
    close_session,
    free_slot,
    plan_session,
    record_call,
)
from entraide.apps.claims.models import Claim
from entraide.apps.enrolment.models import Household
from entraide.apps.schemes.models import Mutual
from entraide.core.errors import Refusal, RefusedRows
from tests.builders import a_key
from tests.people import People

ON = date(2025, 6, 16)
YEAR = (date(2025, 1, 1), date(2026, 1, 1))


@pytest.fixture
def act(scoped: Mutual) -> Callable[..., Any]:
    """Run a command of this mutual as somebody, on the day of the tests."""

    def run(command: Callable[..., Any], actor: object, **content: Any) -> Any:
        return command(mutual=scoped, actor=actor, on=ON, idempotency_key=a_key(), **content)

    return run


@pytest.fixture
def planned(act: Callable[..., Any], people: People) -> Callable[..., Any]:
    def of(**more: Any) -> Any:
        content: dict[str, Any] = {
            "doctor": people.medical_adviser, "mode": "in_person", "held_on": ON,
            "starts_at": time(9), "place": "Agence", "slots_count": 4, "slot_minutes": 15,
        }  # fmt: skip
        return act(plan_session, people.coordinator, **{**content, **more})

    return of


def codes(error: pytest.ExceptionInfo[RefusedRows]) -> set[str]:
    return {finding.code for finding in error.value.findings}


def line(**more: Any) -> dict[str, Any]:
    return {
        "handled_on": ON, "mode": "in_person", "kind": "advice", "result": "advised",
        "reason_code": "advice_only", "question": "Toux", "answer": "Repos", **more,
    }  # fmt: skip


@pytest.mark.requirement("R083")
def test_a_session_is_planned_booked_held_and_its_register_written(
    scoped: Mutual, people: People, family: Household, act: Callable[..., Any],
    planned: Callable[..., Any],
) -> None:  # fmt: skip
    session = planned()
    member, spouse, _child = family.persons.all()
    booking = act(book_slot, people.coordinator, session=session, rank=1, person=member)
    for rank, code in ((1, "SLOT_TAKEN"), (5, "SLOT_UNKNOWN")):
        with pytest.raises(Refusal) as refusal:
            act(book_slot, people.coordinator, session=session, rank=rank, person=spouse)
        assert refusal.value.code == code
    act(free_slot, people.coordinator, booking=booking)
    act(book_slot, people.coordinator, session=session, rank=1, person=spouse)
    with pytest.raises(Refusal, match="SLOT_FREE_ALREADY"):
        act(free_slot, people.coordinator, booking=booking)
    written = act(record_entry, people.medical_adviser, person=spouse, session=session,
                  follow_up_on=date(2025, 6, 20), **line())  # fmt: skip
    assert list(entries(scoped, *YEAR)) == [written]
    with pytest.raises(Refusal, match="SESSION_HAS_ENTRIES"):
        act(cancel_session, people.coordinator, session=session, reason="Pluie")
    with pytest.raises(Refusal, match="SESSION_COST"):
        act(close_session, people.coordinator, session=session, cost_minor=-1)
    held = act(close_session, people.coordinator, session=session, cost_minor=5_000)
    assert (held.state, held.cost_minor) == (SessionState.HELD, 5_000)
    with pytest.raises(Refusal, match="SESSION_CLOSED"):
        act(close_session, people.coordinator, session=session, cost_minor=0)


def test_a_session_that_cannot_be_is_refused_with_all_its_faults(
    people: People, act: Callable[..., Any], planned: Callable[..., Any]
) -> None:
    with pytest.raises(RefusedRows) as error:
        planned(doctor=people.awa, place=" ", slots_count=0)
    assert codes(error) == {"SESSION_DOCTOR", "SESSION_PLACE", "SESSION_SLOTS"}
    by_telephone = planned(mode="telephone", place="", held_on=date(2025, 7, 1))
    with pytest.raises(Refusal, match="DATE_IN_FUTURE"):
        act(close_session, people.coordinator, session=by_telephone, cost_minor=0)
    with pytest.raises(Refusal, match="REASON_MISSING"):
        act(cancel_session, people.coordinator, session=by_telephone, reason=" ")
    act(cancel_session, people.coordinator, session=by_telephone, reason="Absente")
    for stranger in (people.awa, people.moussa, people.fanta):
        with pytest.raises(Refusal, match="FORBIDDEN"):
            act(plan_session, stranger, doctor=people.medical_adviser, mode="telephone",
                held_on=ON, starts_at=time(9), slots_count=1, slot_minutes=5)  # fmt: skip


@pytest.mark.requirement("R086")
def test_a_call_has_its_outcome_and_its_claim(
    people: People, family: Household, act: Callable[..., Any], planned: Callable[..., Any],
    approved: Callable[..., Claim],
) -> None:  # fmt: skip
    session = planned(mode="telephone", place="")
    member, spouse, _child = family.persons.all()
    claim = approved()
    call = {"called_on": ON, "outcome": "handled", "minutes": 6, "session": session}
    act(record_call, people.coordinator, person=member, claim=claim, **call)
    assert [each.claim for each in MedicalCall.objects.all()] == [claim]
    with pytest.raises(RefusedRows) as error:
        act(record_call, people.coordinator, person=spouse, claim=claim,
            called_on=date(2025, 7, 1), outcome="lost", minutes=999)  # fmt: skip
    assert codes(error) == {"CALL_OUTCOME", "DATE_IN_FUTURE", "CALL_MINUTES", "CLAIM_OF_ANOTHER"}


def test_a_line_that_cannot_be_is_refused_with_all_its_faults(
    people: People, family: Household, act: Callable[..., Any], planned: Callable[..., Any],
    approved: Callable[..., Claim],
) -> None:  # fmt: skip
    _member, spouse, _child = family.persons.all()
    other_day = planned(held_on=date(2025, 6, 10))
    wrong = line(mode="letter", kind="gossip", result="maybe", reason_code="mood",
                 handled_on=date(2025, 6, 17), follow_up_on=date(2025, 6, 1))  # fmt: skip
    with pytest.raises(RefusedRows) as error:
        act(record_entry, people.medical_adviser, person=spouse, session=other_day,
            claim=approved(), **wrong)  # fmt: skip
    assert codes(error) == {
        "REGISTER_WORD", "REASON_CODE", "DATE_IN_FUTURE", "REGISTER_FOLLOW_UP",
        "CLAIM_OF_ANOTHER", "SESSION_OF_ANOTHER_DAY",
    }  # fmt: skip
    for stranger in (people.awa, people.moussa, people.coordinator, people.fanta):
        with pytest.raises(Refusal, match="FORBIDDEN"):
            act(record_entry, stranger, person=spouse, **line())


def test_a_line_is_corrected_by_another_and_never_changed(
    scoped: Mutual, people: People, family: Household, act: Callable[..., Any]
) -> None:
    member = family.persons.first()
    first = act(record_entry, people.medical_adviser, person=member, **line())
    second = act(record_entry, people.medical_adviser, person=member, corrects=first,
                 **line(result="referred"))  # fmt: skip
    assert list(entries(scoped, *YEAR)) == [second]
    assert RegisterEntry.objects.count() == 2
    with pytest.raises(RefusedRows) as error:
        act(record_entry, people.medical_adviser, person=member, corrects=first, **line())
    assert codes(error) == {"REGISTER_CORRECTED"}
    with pytest.raises(IntegrityError, match="never changed"):
        RegisterEntry.objects.filter(pk=first.pk).update(answer="Autre")


def test_who_comes_back_is_followed_until_seen_again(
    scoped: Mutual, people: People, family: Household, act: Callable[..., Any]
) -> None:
    member = family.persons.first()
    early = line(handled_on=date(2025, 6, 2), follow_up_on=date(2025, 6, 10))
    waiting = act(record_entry, people.medical_adviser, person=member, **early)
    assert list(to_follow(scoped, date(2025, 6, 9))) == []
    assert list(to_follow(scoped, ON)) == [waiting]
    act(record_entry, people.medical_adviser, person=member, **line())
    assert list(to_follow(scoped, ON)) == []


def test_what_is_medical_is_read_by_medical_roles_and_each_reading_is_written(
    scoped: Mutual, people: People, family: Household, act: Callable[..., Any]
) -> None:
    member = family.persons.first()
    written = act(record_entry, people.medical_adviser, person=member, **line())
    [row] = entries(scoped, *YEAR)
    assert {"question", "answer"} <= row.get_deferred_fields()
    for stranger in (people.awa, people.moussa, people.coordinator, people.fanta):
        with pytest.raises(Refusal, match="FORBIDDEN"):
            medical_entries(scoped, [row], stranger, ON)
    read = AuditEvent.objects.filter(kind=AuditKind.MEDICAL_READING)
    assert not read.exists()
    told = medical_entries(scoped, [row], people.medical_adviser, ON)
    assert told == {written.pk: ("Toux", "Repos")}
    assert read.get().details == {"entries": [str(written.uid)]}
    assert entry_for(scoped, written.uid) == written
    with pytest.raises(Refusal, match="NOT_FOUND"):
        entry_for(scoped, family.uid)


def test_the_log_is_counted_without_cells_that_would_name_somebody(
    scoped: Mutual, people: People, family: Household, act: Callable[..., Any]
) -> None:
    assert decisions_by_reason(answers(scoped, *YEAR)) == []
    member = family.persons.first()
    for kind, result, reason, count in (
        ("prior_agreement", "agreed", "justified", 7),
        ("prior_agreement", "refused", "not_justified", 6),
        ("exception", "cut", "too_long", 1),
    ):
        for _each in range(count):
            act(record_entry, people.medical_adviser, person=member,
                **line(kind=kind, result=result, reason_code=reason))  # fmt: skip
    log = decisions_by_kind(answers(scoped, *YEAR))
    assert log.kinds == ("prior_agreement", "exception")
    cells = dict(zip(log.results, log.table.cells[1], strict=False))
    assert cells["cut"] is None
    assert dict(decisions_by_reason(answers(scoped, *YEAR)))["too_long"] is None
    assert log.table.hidden_count > 1  # its total would tell it
