"""The demonstration database of openIMIS itself, which is not part of this repository."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from django_scopes import scope

from entraide.apps.claims.models import Claim
from entraide.apps.claims.selectors import eligibility
from entraide.apps.ledger.models import Entry
from entraide.apps.ledger.selectors import treasury_balance
from entraide.apps.reporting.verification import verify
from entraide.apps.schemes.models import Mutual
from entraide.exchange.openimis.importing import import_openimis
from tests.exchange.conftest import ON, noted

DEMO = Path(__file__).resolve().parents[3] / "shared" / "data" / "openimis-demo"

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not DEMO.is_dir(), reason="openIMIS's demonstration data are not here"),
]


def test_every_current_row_is_imported_or_listed() -> None:
    report = import_openimis(str(DEMO), on=ON)
    assert report.to_json()["imported"] == {
        "areas": 31,
        "providers": 15,
        "products": 4,
        "services": 81,
        "items": 257,
        "diagnoses": 571,
        "households": 21,
        "persons": 60,
        "memberships": 21,
        "contributions": 21,
        "contributions_minor": 210_000,
        "claims": 9,
        "claim_lines": 30,
    }
    assert ("tblClaim", "17", "OI_PERSON_REMOVED") in noted(report)
    left = Counter(each.code for each in report.skipped if each.table.startswith("tblClaim"))
    lines = left["OI_CLAIM_GONE"] + left["OI_CLAIM_LEFT_OUT"] + 30
    assert lines == 24 + 27, "current rows of tblClaimItems and tblClaimServices"
    again = import_openimis(str(DEMO), on=ON).to_json()
    assert set(again["imported"].values()) == {0}


def test_the_mutual_lives() -> None:
    import_openimis(str(DEMO), on=ON)
    mutual = Mutual.objects.get(code="OPENIMIS")
    with scope(mutual=mutual):
        assert verify(mutual).findings == ()
        assert treasury_balance(mutual, ON) == 210_000
        assert Entry.objects.filter(document_number="OI-RE36", journal="migration").exists()
        states = Counter(Claim.objects.values_list("state", flat=True))
        assert states == {"in_review": 6, "approved": 2, "refused": 1}
        paid = Claim.objects.get(document_number="OI-UPDH0001")
        assert paid.payable_minor == 650, "what its lines remunerate, not the 21 000 of its head"
        found = eligibility(mutual, "101000003", date(2019, 9, 1))
        assert found.is_covered
        ceilings = {each.whose for each in found.ceilings}
        assert ceilings <= {"person", "household", "case", "count"}
