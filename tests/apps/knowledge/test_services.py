"""Practices: written by one mutual, read and adopted by the others, taken back by its author."""

from __future__ import annotations

from datetime import date

import pytest
from django_scopes import scope

from entraide.apps.knowledge.models import Practice
from entraide.apps.knowledge.selectors import practices
from entraide.apps.knowledge.services import adopt_practice, record_practice, withdraw_practice
from entraide.apps.schemes.models import Mutual
from entraide.core.errors import Refusal, RefusedRows
from tests.builders import a_key
from tests.people import People

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R024")]

ON = date(2025, 6, 16)


@pytest.fixture
def practice(scoped: Mutual, people: People) -> Practice:
    return record_practice(
        mutual=scoped, actor=people.director, on=ON, idempotency_key=a_key(),
        title="Payer en une fois au décaissement", done="La caisse retient la cotisation.",
        evidence="Impayés : 18 % avant, 2 % après.", since=date(2024, 1, 1),
    )  # fmt: skip


def test_another_mutual_reads_and_adopts(
    practice: Practice, other_mutual: Mutual, people: People
) -> None:
    act = {"mutual": other_mutual, "actor": people.system, "on": ON, "practice": practice}
    with scope(mutual=other_mutual):
        [read] = practices(text="décaissement")
        adopt_practice(**act, idempotency_key=a_key(), adopted_on=ON, note="Par quinzaine")
        with pytest.raises(Refusal, match="PRACTICE_ADOPTED"):
            adopt_practice(**act, idempotency_key=a_key(), adopted_on=ON)
    assert read == practice
    [adoption] = practices()[0].adoptions.all()
    assert (adoption.mutual, adoption.note) == (other_mutual, "Par quinzaine")


def test_its_author_alone_takes_it_back_and_never_adopts_it(
    practice: Practice, scoped: Mutual, other_mutual: Mutual, people: People
) -> None:
    own = {"mutual": scoped, "actor": people.director, "on": ON, "practice": practice}
    with pytest.raises(Refusal, match="PRACTICE_OWN"):
        adopt_practice(**own, idempotency_key=a_key(), adopted_on=ON)
    with scope(mutual=other_mutual), pytest.raises(Refusal, match="PRACTICE_OF_ANOTHER"):
        withdraw_practice(
            **{**own, "mutual": other_mutual, "actor": people.system},
            idempotency_key=a_key(), reason="Non",
        )  # fmt: skip
    with pytest.raises(Refusal, match="REASON_MISSING"):
        withdraw_practice(**own, idempotency_key=a_key(), reason=" ")
    withdraw_practice(**own, idempotency_key=a_key(), reason="Remplacée")
    assert list(practices()) == []
    with scope(mutual=other_mutual), pytest.raises(Refusal, match="PRACTICE_WITHDRAWN"):
        adopt_practice(
            **{**own, "mutual": other_mutual, "actor": people.system},
            idempotency_key=a_key(), adopted_on=ON,
        )  # fmt: skip


def test_all_that_is_missing_is_told_at_once(scoped: Mutual, people: People) -> None:
    with pytest.raises(RefusedRows) as refused:
        record_practice(
            mutual=scoped, actor=people.director, on=ON, idempotency_key=a_key(),
            title=" ", done="x" * 2001, evidence="", since=date(2025, 6, 17),
        )  # fmt: skip
    assert [(each.code, each.place) for each in refused.value.findings] == [
        ("PRACTICE_TEXT_MISSING", "title"),
        ("PRACTICE_TEXT_MISSING", "evidence"),
        ("PRACTICE_TEXT_LONG", "done"),
        ("DATE_IN_FUTURE", "since"),
    ]
    with pytest.raises(Refusal, match="FORBIDDEN"):
        record_practice(
            mutual=scoped, actor=people.awa, on=ON, idempotency_key=a_key(),
            title="a", done="b", evidence="c", since=ON,
        )  # fmt: skip
