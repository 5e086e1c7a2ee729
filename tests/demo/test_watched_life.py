"""No page about care is empty in the mutual that the demonstration shows first."""

from __future__ import annotations

from django_scopes import scope

from entraide.apps.care_control.committee import meetings_of, open_decisions
from entraide.apps.care_control.observed import open_anomalies
from entraide.apps.claims.models import AgreementCall, AttestationRange, SpoiltAttestation
from entraide.apps.schemes.models import Mutual
from entraide.apps.settlement.models import SubsidyState
from entraide.apps.settlement.subsidies import invoices
from entraide.apps.settlement.subsidy_figures import received_minor
from entraide.core.control.anomalies import Kind
from entraide.core.periods import add_months, month_start
from tests.demo.conftest import SIZE


def test_each_page_has_something_to_show(network: list[Mutual]) -> None:
    mutual = next(each for each in network if each.code == "atia-sante")
    until = add_months(month_start(SIZE.until), 1)
    with scope(mutual=mutual):
        told = open_anomalies(mutual, add_months(until, -3), until)
        assert {each.kind for each in told} >= {Kind.TWO_PLACES}
        assert AttestationRange.objects.filter(returned_on__isnull=True).count() == 2
        assert SpoiltAttestation.objects.exists()
        assert meetings_of(mutual).count() == 2
        assert open_decisions(mutual).count() == 2
        assert AgreementCall.objects.filter(read_back__isnull=False).exists()
        states = {each.state: each for each in invoices(mutual)}
        # So few families may hold no woman whose waiting period is over: then nothing is shared.
        assert set(states) in (set(), {SubsidyState.ISSUED, SubsidyState.PREPARED})
        for issued in states.values():
            is_issued = issued.state == SubsidyState.ISSUED
            assert (received_minor(issued) > 0) is is_issued
