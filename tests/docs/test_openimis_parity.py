"""The page on openIMIS says of each column of their products where it went, with keys that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from entraide.exchange.openimis.tables import PRODUCT_ITEMS, PRODUCT_SERVICES, PRODUCTS
from entraide.rulebook.schema import ContributionDocument, MembershipDocument
from entraide.rulebook.schema_care import BenefitDocument, ItemDocument, LimitDocument

PAGE = (Path(__file__).parents[2] / "docs/peers/openimis-parity.md").read_text(encoding="utf-8")
NOT_A_RULE = {"ProdUUID", "ProductCode", "ProductName", "ProdID", "ItemID", "ServiceID"}
QUOTED = set(re.findall(r"`([^`]+)`", re.sub(r"```.*?```", "", PAGE, flags=re.DOTALL)))
PARTS = {
    "contribution": ContributionDocument,
    "membership": MembershipDocument,
    "benefits": BenefitDocument,
    "items": ItemDocument,
    "limits": LimitDocument,
}
KEY = re.compile(r"^(contribution|membership|benefits|items|limits)\.(?:[a-z*]+\.)?(\w+)(?:: .*)?$")


@pytest.mark.requirement("R044", begun=True)
def test_every_column_of_their_products_is_in_the_table() -> None:
    columns = {
        name for table in (PRODUCTS, PRODUCT_ITEMS, PRODUCT_SERVICES) for name in table.columns
    }
    assert columns - NOT_A_RULE <= QUOTED


def test_every_key_that_the_table_names_exists() -> None:
    named = [found for text in QUOTED if (found := KEY.match(text))]
    assert len(named) > 25
    for found in named:
        assert found[2] in PARTS[found[1]].model_fields, found[0]
