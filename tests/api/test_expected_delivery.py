"""The expected day of delivery, sent with a claim: kept with the medical part, never read back."""

from __future__ import annotations

from datetime import date
from typing import Any

from django_scopes import scope

from entraide.apps.claims.models import Claim, MedicalDetail
from entraide.apps.schemes.models import Mutual
from tests.api.conftest import Caller


def test_it_is_kept_and_not_read_back(
    awa: Caller, claim_body: dict[str, Any], mutual: Mutual
) -> None:
    far = awa.post("claims", {**claim_body, "expected_delivery_on": "2026-03-03"})
    assert far.status_code == 422
    assert "EXPECTED_DELIVERY_FAR" in far.content.decode()
    assert "expected_delivery_on" in far.content.decode()
    sent = awa.post("claims", {**claim_body, "expected_delivery_on": "2025-04-01"})
    assert sent.status_code == 201, sent.json()
    assert "2025-04-01" not in sent.content.decode()
    with scope(mutual=mutual):
        kept = MedicalDetail.objects.get(claim=Claim.objects.get())
    assert kept.expected_delivery_on == date(2025, 4, 1)
