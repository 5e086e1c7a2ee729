"""The health administration of a convention: what it is given hides the few, and is journalled."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, transaction

from entraide.apps.access.models import AuditEvent, AuditKind
from entraide.apps.care_control.area_share import shared_with
from entraide.apps.nomenclature.services import ensure_area
from entraide.apps.providers.models import Agreement, ConventionParty, Provider
from entraide.apps.providers.parties import add_party
from entraide.apps.schemes.models import Mutual, Product
from tests.builders import a_claim, a_household, a_key, a_payment, a_provider
from tests.people import People
from tests.web.conftest import Browser
from tests.web.providers.conftest import Address

YEAR = 2025


@pytest.fixture
def party(provider: Provider, scoped: Mutual, people: People) -> ConventionParty:
    region = ensure_area(system="test", code="maritime", country="tg", name="Maritime", level=1)
    provider.area = ensure_area(
        system="test", code="golfe", country="tg", name="Golfe", level=2, parent=region
    )
    provider.save(update_fields=["area"])
    return add_party(
        mutual=scoped, actor=people.coordinator, on=date(2025, 6, 1), idempotency_key=a_key(),
        agreement=Agreement.objects.get(provider=provider), name="DPS Maritime", role="region",
        represented_by="Dr Lawson", area=region, signed_on=date(2025, 5, 30),
    )  # fmt: skip


@pytest.fixture
def treated(
    party: ConventionParty, provider: Provider, product: Product, scoped: Mutual, people: People
) -> list[Provider]:
    """Six persons at the centre, three at a second one of the place, one elsewhere."""
    second = a_provider(scoped, people.moussa, code="csps-2")
    second.area = provider.area
    second.save(update_fields=["area"])
    far = a_provider(scoped, people.moussa, code="csps-3")
    for place, families in ((provider, 2), (second, 1), (far, 1)):
        for _family in range(families):
            household = a_household(scoped, people.awa, product)
            a_payment(household, people.awa, 13_000)
            for each in household.persons.all():
                a_claim(each, place, people.awa, care_on=date(2025, 3, 3))
    return [provider, second]


@pytest.mark.requirement("R074")
def test_sums_of_the_place_hide_the_few_and_what_tells_them(
    treated: list[Provider], party: ConventionParty, scoped: Mutual
) -> None:
    shared = shared_with(scoped, party, YEAR)
    assert {row.provider for row in shared.rows} == set(treated)
    shown = {row.provider: row for row in shared.rows}
    few = shown[treated[1]]
    assert (few.cells, few.total, few.asked_minor) == ((None,), None, None)
    told = [each for row in shared.rows for each in (*row.cells, row.total)] + [*shared.totals]
    assert not {1, 2, 3, 4} & set(told)
    # Neither the six nor the nine may stand where the other does: 9 − 6 = 3.
    columns = list(zip(*[[*row.cells, row.total] for row in shared.rows], strict=True))
    for column, total in zip(columns, shared.totals, strict=True):
        assert total is None or column.count(None) != 1
    assert all(row.asked_minor is None for row in shared.rows if None in row.cells)


@pytest.mark.requirement("R074")
def test_sheet_and_file_are_journalled_and_stop_with_the_withdrawal(
    treated: list[Provider], party: ConventionParty, people: People, signed_in: Browser,
    address: Address,
) -> None:  # fmt: skip
    coordinator = signed_in(people.coordinator)
    page = address("convention-party", uid=party.uid)
    assert coordinator.get(page).context["shared"].year == 2024  # of the years that are over
    exports = AuditEvent.objects.filter(kind=AuditKind.EXPORT, subject__contains="DPS Maritime")
    assert exports.count() == 0
    given = coordinator.get(address("convention-party-file", uid=party.uid))
    assert given.content.decode("utf-8-sig").startswith("prestataire;")
    sheet = coordinator.get(address("convention-party-sheet", uid=party.uid))
    assert sheet.content.startswith(b"%PDF")
    assert exports.count() == 2
    assert coordinator.post(page, {"idempotency_key": a_key()}).status_code == 302
    after = coordinator.get(address("convention-party-file", uid=party.uid))
    assert after.status_code >= 400
    assert exports.count() == 2
    with pytest.raises(DatabaseError), transaction.atomic():
        ConventionParty.objects.filter(pk=party.pk).update(name="Autre")


@pytest.mark.requirement("R074")
def test_a_signatory_is_recorded_with_its_name_role_day_and_place(
    party: ConventionParty, people: People, signed_in: Browser, address: Address
) -> None:
    coordinator = signed_in(people.coordinator)
    new = address("convention-party-new", uid=party.agreement.uid)
    said = {"name": "District du Golfe", "role": "district", "area": "Golfe",
            "represented_by": "Dr Tetteh", "signed_on": "10/06/2025"}  # fmt: skip
    assert "les totaux des soins de ce lieu" in coordinator.get(new).content.decode()
    wrong = said | {"name": "", "signed_on": "10/06/2026", "idempotency_key": a_key()}
    assert coordinator.post(new, wrong).status_code == 422
    assert coordinator.post(new, said | {"idempotency_key": a_key()}).status_code == 302
    shown = coordinator.get(address("convention", uid=party.agreement.uid))
    assert [each.name for each, _role in shown.context["parties"]] == [
        "DPS Maritime", "District du Golfe",
    ]  # fmt: skip
    assert signed_in(people.awa).get(new).status_code == 403
    page = address("convention-party", uid=party.uid)
    for user, status in ((people.awa, 403), (people.director, 200), (people.fanta, 404)):
        assert signed_in(user).get(page).status_code == status
