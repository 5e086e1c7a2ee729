from __future__ import annotations

from datetime import date

import pytest
from django_scopes import scope

from entraide.apps.enrolment.models import Household
from entraide.apps.ledger.models import Entry
from entraide.apps.schemes.models import Mutual, Product
from entraide.apps.takeover.models import ImportRun, RunState
from entraide.apps.takeover.rows import past_claims_of
from entraide.cli.commands import demo_imports
from tests.builders import a_household
from tests.people import People


def test_the_demonstration_shows_a_finished_import_that_moves_no_figure(
    mutual: Mutual, people: People, product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo_imports, "MUTUAL", mutual.code)
    with scope(mutual=mutual):
        household = a_household(mutual, people.awa, product)
        entries = Entry.objects.count()
    demo_imports.import_history(date(2025, 6, 16))
    with scope(mutual=mutual):
        run = ImportRun.objects.get()
        assert (run.state, run.counts["past_claims"]) == (RunState.DONE, 1)
        assert len(past_claims_of(Household.objects.get(pk=household.pk))) == 1
        assert Entry.objects.count() == entries
