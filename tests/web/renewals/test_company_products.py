"""The product of a company is not given to a family that belongs to none."""

from __future__ import annotations

from datetime import date

import pytest

from entraide.apps.contributions.services import renew_membership
from entraide.apps.enrolment.models import Household, Membership
from entraide.apps.enrolment.services import create_group
from entraide.apps.schemes.models import Mutual, Product
from entraide.apps.schemes.services import approve_product_version, enter_product_version
from entraide.core.errors import RefusedRows
from entraide.rulebook import product_path, read_product
from tests.builders import a_household, a_key
from tests.people import People
from tests.web.conftest import Browser
from tests.web.households.conftest import Address, address, typed

__all__ = ["address"]


@pytest.fixture
def company(scoped: Mutual, people: People) -> Product:
    """12 000 a year, half of it paid by the employer; no smallest number of persons."""
    document = read_product(product_path("essentielle")).document
    known = document["contribution"]["amount_minor"]["values"][0]
    document["product"] = "entreprise"
    document["contribution"]["employer_share_rate"] = {
        "unit": "1", "values": [{**known, "value": "0.5"}],
    }  # fmt: skip
    common = {"mutual": scoped, "on": date(2024, 12, 20)}
    version = enter_product_version(
        **common, actor=people.moussa, idempotency_key=a_key(), document=document,
        effective_from=date(2025, 1, 1), source="AG",
    )  # fmt: skip
    return approve_product_version(
        **common, actor=people.director, idempotency_key=a_key(), version=version
    ).product


def test_the_form_says_to_choose_the_company(
    company: Product, scoped: Mutual, people: People, signed_in: Browser, address: Address
) -> None:
    group = create_group(
        mutual=scoped, actor=people.awa, on=date(2025, 6, 1), idempotency_key=a_key(),
        code="port", name="Port de Lomé", kind="enterprise",
    )  # fmt: skip
    browser, url = signed_in(people.awa), address("household-new")
    refused = browser.post(url, typed(product=company.code))
    assert refused.status_code == 422
    told = refused.content.decode().replace("\u00a0", " ")
    assert "choisissez l’entreprise ou le groupe de la famille, ou une autre formule" in told
    assert not Household.objects.exists()
    assert browser.post(url, typed(product=company.code, group=str(group.uid))).status_code == 302


def test_nor_by_conversion_at_the_renewal(
    company: Product, product: Product, scoped: Mutual, people: People
) -> None:
    family = a_household(scoped, people.awa, product)
    with pytest.raises(RefusedRows) as refused:
        renew_membership(
            mutual=scoped, actor=people.awa, on=date(2025, 12, 20), idempotency_key=a_key(),
            membership=family.memberships.get(), renewed_on=date(2025, 12, 20), product=company,
        )  # fmt: skip
    assert [finding.code for finding in refused.value.findings] == ["EMPLOYER_GROUP_REQUIRED"]
    assert Membership.objects.count() == 1
