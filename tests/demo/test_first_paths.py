"""The first addresses that the demonstration names are those of its pages."""

from __future__ import annotations

import pytest
from django.urls import reverse

from entraide.cli.commands.demo import FIRST_PATHS, first_address
from entraide.demo.network import NETWORK


@pytest.mark.parametrize(("page", "path"), [(page, path) for page, path, _ in FIRST_PATHS])
def test_a_first_path_leads_to_its_page(page: str, path: str) -> None:
    assert first_address(path) == reverse(f"web:{page}", kwargs={"mutual": NETWORK[0].code})
