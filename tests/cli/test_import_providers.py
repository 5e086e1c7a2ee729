"""``entraide import providers`` and ``import tariffs``: dry runs, faults, what is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from entraide.apps.providers.models import PriceChange, Provider
from entraide.apps.schemes.models import Mutual
from tests.builders import a_provider
from tests.cli.running import CommandLine
from tests.exchange.registers.test_providers import LIST, PRICES
from tests.files.workbooks import csv_of
from tests.people import People


@pytest.mark.requirement("R068", begun=True)
def test_providers_come_by_the_command_line(
    cli: CommandLine, scoped: Mutual, tmp_path: Path
) -> None:
    path = tmp_path / "prestataires.csv"
    path.write_bytes(csv_of(*LIST))
    asked = ("import", "providers", str(path), "--mutual", scoped.code, "--json")
    assert cli.run(*asked, "--dry-run") == 0
    assert cli.document["counts"]["providers"] == 2
    assert not Provider.objects.exists()
    assert cli.run(*asked) == 0
    assert Provider.objects.count() == 2
    assert cli.run(*asked) == 0
    assert cli.document["counts"] == {"known": 2, "rows": 2}


@pytest.mark.requirement("R076", begun=True)
def test_prices_come_for_a_list_and_wait(
    cli: CommandLine, scoped: Mutual, people: People, tmp_path: Path
) -> None:
    a_provider(scoped, people.moussa)
    path = tmp_path / "prix.csv"
    path.write_bytes(csv_of(*PRICES[:2]))
    asked = ("import", "tariffs", str(path), "--mutual", scoped.code, "--json")
    assert cli.run(*asked) != 0
    assert [each["code"] for each in cli.document["findings"]] == ["PRICE_LIST_NOT_SAID"]
    assert cli.run(*asked, "--tariff-list", "inconnue") != 0
    assert cli.error["code"] == "PRICE_LIST_NOT_FOUND"
    assert cli.run(*asked, "--tariff-list", "Tarif csps-1") == 0
    assert cli.document["counts"]["prices"] == 1
    assert PriceChange.objects.get().tariff_list.name == "Tarif csps-1"
