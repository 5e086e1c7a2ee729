"""The answer of a bank is sent beside settlements, and its pages lead back there."""

from __future__ import annotations

import html

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from entraide.apps.schemes.models import Mutual
from entraide.apps.settlement.models import SettlementBatch
from entraide.apps.settlement.selectors import payouts_of
from tests.builders import a_key
from tests.exchange.registers.test_returned_payments import batch
from tests.files.workbooks import HEADER, csv_of
from tests.people import People
from tests.web.conftest import Browser

__all__ = ["batch"]


@pytest.mark.requirement("R053")
def test_the_file_of_the_bank_goes_from_the_batch_to_its_import(
    batch: SettlementBatch, scoped: Mutual, signed_in: Browser, people: People
) -> None:
    cashier, here = signed_in(people.cashier), f"/m/{scoped.code}/reglements/reponses-des-banques/"
    page = html.unescape(cashier.get(here, {"batch": str(batch.uid)}).content.decode())
    assert "Réponses des banques et opérateurs" in page
    assert f"Retour\u00a0: {batch.document_number}" in page
    assert "liste de membres" not in page.lower()
    assert f'href="{here}" aria-current="page"' in page, "under settlements in the navigation"
    assert cashier.get(here, {"batch": "nonsense"}).status_code == 200
    members = SimpleUploadedFile("membres.csv", csv_of(HEADER, ("1", "Ado", "", "", "", "")))
    wrong = cashier.post(here, {"file": members, "idempotency_key": a_key()})
    assert wrong.status_code == 422
    first, _second = payouts_of(batch)
    rows = csv_of(("reference", "Jour", "Statut"), (first.document_number, "16/06/2025", "payé"))
    sent = {"file": SimpleUploadedFile("banque.csv", rows), "idempotency_key": a_key()}
    answer = cashier.post(here, sent)
    assert answer.status_code == 302
    draft = html.unescape(cashier.get(answer["Location"]).content.decode())
    assert here in draft, "the way back is the one it came by"
    assert "banque.csv" in html.unescape(cashier.get(here).content.decode())
    assert signed_in(people.awa).get(here).status_code == 403
