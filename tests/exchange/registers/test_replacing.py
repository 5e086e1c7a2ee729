"""A lender's file sent again, corrected: the earlier form is withdrawn and says by which."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from entraide.apps.enrolment.models import Membership, PartnerGroup
from entraide.apps.reporting.verification import verify
from entraide.apps.schemes.models import Mutual
from entraide.apps.takeover.models import ImportRun, RunState
from entraide.core.errors import Refusal
from entraide.exchange.registers.choices import take_up_choices
from entraide.exchange.registers.running import (
    carry_out,
    choose_import_columns,
    prepare_import,
    resume_import,
    runs,
)
from tests.builders import a_key
from tests.exchange.registers.conftest import Import
from tests.exchange.registers.test_loans import (  # noqa: F401
    HEADER,
    Client,
    client,
    lender,
    loans,
)
from tests.files.workbooks import csv_of
from tests.people import People

Draft = Callable[..., ImportRun]


def row(client_number: str, name: str, loan: str, kept_back: str = "") -> tuple[str, ...]:
    return (client_number, name, loan, "500 000", "12/06/2025", "12", kept_back, "")


@pytest.fixture
def draft(scoped: Mutual, people: People, today: date) -> Draft:
    def prepare(*rows: tuple[str, ...], actor: Any = None, group: str = "") -> ImportRun:
        person = actor or people.awa
        common = {"mutual": scoped, "actor": person, "on": today}
        run = prepare_import(
            **common, idempotency_key=a_key(), file_name=f"juin-{len(rows)}.csv",
            content=csv_of(HEADER, *rows), profile="decaissements", options={},
        )  # fmt: skip
        if group:
            return choose_import_columns(
                **common, idempotency_key=a_key(), run=run, columns={}, options={"group": group}
            )
        take_up_choices(run, person, today)
        run.refresh_from_db()
        return run

    return prepare


def test_the_corrected_file_withdraws_the_draft_before_it(
    client: Client, lender: PartnerGroup, draft: Draft, scoped: Mutual, people: People,  # noqa: F811
    today: date,
) -> None:  # fmt: skip
    client("Bodo Yao", number="C-2")
    first = draft(row("C-2", "Bodo Yao", "P2", "9 999"), row("C-3", "Ama", "P3"), group="ZEMS")
    other_month = draft(row("C-2", "Bodo Yao", "P8"), group="ZEMS")
    corrected = draft(row("C-2", "Bodo Yao", "P2", "100"), actor=people.awa)
    assert corrected.options == {"group": "ZEMS"}
    first.refresh_from_db()
    other_month.refresh_from_db()
    assert (first.state, first.replaced_by, first.content) == (RunState.REPLACED, corrected, None)
    assert (other_month.state, other_month.replaced_by) == (RunState.DRAFT, None)
    assert first in runs(scoped)
    with pytest.raises(Refusal, match="IMPORT_NOT_OPEN"):
        carry_out(first, actor=people.awa, on=today, idempotency_key=a_key())
    done = carry_out(corrected, actor=people.awa, on=today, idempotency_key=a_key())
    assert done.counts["payments_minor"] == 100
    assert not verify(scoped).findings


def test_another_person_s_draft_is_withdrawn_when_the_corrected_file_is_carried_out(
    client: Client, lender: PartnerGroup, draft: Draft, importing: Import  # noqa: F811
) -> None:  # fmt: skip
    client("Bodo Yao", number="C-2")
    waiting = draft(row("C-2", "Bodo Yao", "P2", "9 999"))
    run = importing(csv_of(HEADER, row("C-2", "Bodo Yao", "P2", "100")), group="ZEMS")
    waiting.refresh_from_db()
    assert (waiting.state, waiting.replaced_by) == (RunState.REPLACED, run)


def test_what_was_left_aside_goes_on_in_the_corrected_file_that_has_all_of_it(
    client: Client, lender: PartnerGroup, draft: Draft, importing: Import,  # noqa: F811
    scoped: Mutual, people: People, today: date,
) -> None:  # fmt: skip
    bodo = client("Bodo Yao", number="C-2")
    rows = (row("C-2", "Bodo Yao", "P2", "900 000"), row("C-3", "Inconnu", "P3", "700"))
    first = importing(csv_of(HEADER, *rows), group="ZEMS")
    assert first.aside_count == 2
    part = importing(csv_of(HEADER, row("C-2", "Bodo Yao", "P2", "100")), group="ZEMS")
    first.refresh_from_db()
    # The client who is not in the corrected file is still to be found on the first page.
    assert (first.replaced_by, first.content is not None, part.content) == (None, True, None)
    assert Membership.objects.filter(household=bodo, loan_reference="P2").exists()
    said = {"mutual": scoped, "actor": people.awa, "on": today}
    again = draft(row("C-3", "Inconnu Jean", "P3", "800"), group="ZEMS")
    old = resume_import(**said, idempotency_key=a_key(), run=first)
    whole = importing(csv_of(HEADER, rows[1]), group="ZEMS")
    for each in (first, old, again):
        each.refresh_from_db()
    assert (first.state, first.replaced_by, first.content) == (RunState.DONE, whole, None)
    assert whole.content is not None
    assert again.replaced_by == whole


def test_an_old_file_taken_up_again_does_not_withdraw_the_corrected_one(
    client: Client, lender: PartnerGroup, draft: Draft, importing: Import,  # noqa: F811
    scoped: Mutual, people: People, today: date,
) -> None:  # fmt: skip
    client("Bodo Yao", number="C-2")
    rows = (row("C-2", "Bodo Yao", "P2", "100"), row("C-3", "Inconnu Jean", "P3", "700"))
    first = importing(csv_of(HEADER, *rows), group="ZEMS")
    corrected = draft(row("C-3", "Inconnu Jean", "P3", "650"), group="ZEMS")
    said = {"mutual": scoped, "actor": people.awa, "on": today}
    old = resume_import(**said, idempotency_key=a_key(), run=first)
    carry_out(old, actor=people.awa, on=today, idempotency_key=a_key())
    corrected.refresh_from_db()
    assert (corrected.state, corrected.replaced_by) == (RunState.DRAFT, None)
