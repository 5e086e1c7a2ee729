"""What an import set aside is settled otherwise: the reason, the entry, the other person."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from entraide.apps.access.models import User
from entraide.apps.contributions.corrections import reverse_payment
from entraide.apps.enrolment.models import Membership, PartnerGroup
from entraide.apps.reporting.verification import verify
from entraide.apps.schemes.models import Mutual
from entraide.apps.takeover.asides import runs_with_asides
from entraide.apps.takeover.models import AsideSettlement, ImportRun
from entraide.core.errors import Refusal, RefusedRows
from entraide.exchange.registers.plan import Action
from entraide.exchange.registers.running import carry_out, resume_import
from entraide.exchange.registers.settling import settle_aside, withdraw_aside_settlement
from tests.builders import a_key, a_payment
from tests.exchange.registers.conftest import Import, Planned
from tests.exchange.registers.test_loans import (  # noqa: F401
    HEADER,
    Client,
    client,
    lender,
    loans,
)
from tests.exchange.registers.test_replacing import row
from tests.files.workbooks import csv_of
from tests.people import People

ON = date(2025, 6, 16)


def settled(run: ImportRun, actor: User, line: int, **said: Any) -> AsideSettlement:
    content = {"way": "lender", "reason": "Rendu au client par la coopérative, reçu 12"} | said
    return settle_aside(
        mutual=run.mutual, actor=actor, on=ON, idempotency_key=a_key(), run=run, row=line, **content
    )


@pytest.mark.requirement("R031", begun=True)
def test_a_client_set_aside_is_settled_otherwise_and_the_sums_add_up(
    client: Client, importing: Import, planned: Planned, scoped: Mutual, people: People  # noqa: F811
) -> None:  # fmt: skip
    bodo = client("Bodo Yao", number="C-2")
    ama = client("Kpodo Ama", number="C-3")
    content = csv_of(
        HEADER,
        row("C-2", "Bodo Yao", "P2", "100"), row("C-3", "Kpodo Ama", "P3", "5 000"),
        row("C-3", "Kpodo Ama", "P4", "200"), row("C-9", "Inconnu Jean", "P5", "700"),
    )  # fmt: skip
    run = importing(content, group="ZEMS")
    assert (run.aside_count, run.counts["aside_minor"]) == (3, 5_900)
    assert runs_with_asides(scoped) == [run]
    with pytest.raises(Refusal, match="FORBIDDEN"):
        settled(run, people.awa, 3)
    with pytest.raises(RefusedRows) as refused:
        settled(run, people.moussa, 3, way="", reason=" ")
    assert [each.code for each in refused.value.findings] == ["REASON_MISSING", "ASIDE_WAY_MISSING"]
    with pytest.raises(Refusal, match="ASIDE_NOT_FOUND"):
        settled(run, people.moussa, 2)
    first = settled(run, people.moussa, 3)
    assert (first.household, first.amount_minor) == (ama, 5_000)
    with pytest.raises(Refusal, match="ASIDE_NOT_FOUND"):
        settled(run, people.moussa, 3)
    settled(run, people.moussa, 5, reason="Pas un client de la mutuelle")
    run.refresh_from_db()
    assert (run.counts["settled"], run.counts["settled_minor"]) == (2, 5_700)
    # The other loan of the family is the only one now: it can be imported.
    assert planned(content, group="ZEMS").by_action == {
        Action.RENEW: 1, Action.KNOWN: 1, Action.SETTLED: 2,
    }  # fmt: skip
    draft = resume_import(mutual=scoped, actor=people.awa, on=ON, idempotency_key=a_key(), run=run)
    done = carry_out(draft, actor=people.awa, on=ON, idempotency_key=a_key())
    counts = done.counts
    assert counts["told_minor"] == 6_000
    assert (counts["payments_minor"], counts["known_minor"], counts["settled_minor"]) == (
        200, 100, 5_700,
    )  # fmt: skip
    assert Membership.objects.filter(household=ama, loan_reference="P4").exists()
    assert not Membership.objects.filter(loan_reference="P3").exists()
    assert Membership.objects.filter(household=bodo).count() == 2
    assert runs_with_asides(scoped) == []
    changed = csv_of(HEADER, row("C-3", "Kpodo Ama", "P3", "4 000"))
    plan = planned(changed, group="ZEMS")
    assert (plan.by_action, [each.code for each in plan.remarks]) == (
        {Action.ASIDE: 1}, ["LOAN_SETTLED_OTHERWISE"],
    )  # fmt: skip
    again = importing(changed, group="ZEMS")
    with pytest.raises(Refusal, match="ASIDE_SETTLED"):
        settled(again, people.moussa, 2)
    assert not verify(scoped).findings


@pytest.mark.requirement("R031", begun=True)
def test_money_received_is_settled_by_an_entry_that_is_large_enough_and_stands(
    client: Client, importing: Import, scoped: Mutual, people: People  # noqa: F811
) -> None:  # fmt: skip
    client("Bodo Yao", number="C-2")
    other = client("Kpodo Ama", number="C-3", is_paid=False)
    receipt = a_payment(other, people.cashier, 900, paid_on=ON)
    gone = a_payment(other, people.cashier, 800, paid_on=ON)
    reverse_payment(
        mutual=scoped, actor=people.moussa, on=ON, idempotency_key=a_key(), payment=gone,
        reason="erreur",
    )  # fmt: skip
    rows = (row("C-8", "Inconnu Jean", "P8", "600"), row("C-9", "Inconnu Paul", "P9", "600"))
    run = importing(csv_of(HEADER, *rows), group="ZEMS")

    def codes(number: str, line: int = 2) -> list[str]:
        with pytest.raises(RefusedRows) as refused:
            settled(run, people.moussa, line, way="entry", document_number=number)
        return [each.code for each in refused.value.findings]

    assert codes("") == ["ASIDE_ENTRY_MISSING"]
    assert codes("REC-2025-99999") == ["ASIDE_ENTRY_UNKNOWN"]
    assert codes(gone.document_number) == ["ASIDE_ENTRY_REVERSED"]
    first = settled(
        run, people.moussa, 2, way="entry", document_number=receipt.document_number,
        reason="C’était la cotisation de Mme Kpodo",
    )  # fmt: skip
    assert first.entry == receipt.entry
    assert codes(receipt.document_number, 3) == ["ASIDE_ENTRY_SMALLER"]  # 300 of 900 are free
    assert not verify(scoped).findings
    AsideSettlement.objects.update(amount_minor=1_000)
    assert [each.code for each in verify(scoped).findings] == ["ASIDE_DIFFERS"]


def test_a_settlement_by_mistake_is_withdrawn_and_the_row_is_aside_again(
    client: Client, importing: Import, planned: Planned, scoped: Mutual, people: People,  # noqa: F811
    lender: PartnerGroup,  # noqa: F811
) -> None:  # fmt: skip
    content = csv_of(HEADER, row("C-9", "Inconnu Jean", "P9", "700"))
    run = importing(content, group="ZEMS")
    done = settled(run, people.moussa, 2)
    run.refresh_from_db()
    assert (run.content, run.aside_count) == (None, 0)  # nothing is left of the file
    said = {"mutual": scoped, "actor": people.moussa, "on": ON, "settlement": done}
    with pytest.raises(Refusal, match="REASON_MISSING"):
        withdraw_aside_settlement(**said, idempotency_key=a_key(), reason="")
    withdrawn = withdraw_aside_settlement(**said, idempotency_key=a_key(), reason="Autre client")
    assert withdrawn.withdrawn_by == people.moussa
    with pytest.raises(Refusal, match="ASIDE_WITHDRAWN"):
        withdraw_aside_settlement(**said, idempotency_key=a_key(), reason="encore")
    run.refresh_from_db()
    assert run.counts["aside_minor"] == 700
    assert planned(content, group="ZEMS").by_action == {Action.UNMATCHED: 1}
    AsideSettlement.objects.update(withdrawn_on=None, settled_by=people.awa)
    assert [each.code for each in verify(scoped).findings] == ["DUTIES_NOT_SEPARATED"]
