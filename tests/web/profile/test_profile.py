"""The profile for the authorities: counts by zone, small ones hidden, exports audited."""

from __future__ import annotations

import io
from datetime import date

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from entraide.apps.access.models import AuditEvent, AuditKind
from entraide.apps.nomenclature.services import ensure_area
from entraide.apps.schemes.models import Mutual, Product
from tests.builders import a_household
from tests.people import People
from tests.web.conftest import Browser

ON = date(2025, 6, 16)


@pytest.fixture
def two_zones(scoped: Mutual, people: People, product: Product) -> Mutual:
    """Three families of three in one district, one in another."""
    for name, count in (("Golfe", 3), ("Zio", 1)):
        district = ensure_area(system="tg", code=name, name=name, level=2)
        village = ensure_area(
            system="tg", code=f"{name}-1", name=f"Village de {name}", level=4, parent=district
        )
        for _ in range(count):
            a_household(scoped, people.awa, product, area=village)
    return scoped


def test_small_zones_are_hidden_and_villages_are_not_told(
    two_zones: Mutual, people: People, signed_in: Browser
) -> None:
    url = reverse("web:profile", args=[two_zones.code])
    page = signed_in(people.director).get(url).content.decode()
    assert "Golfe" in page
    assert "Village de" not in page
    assert "ADJOVI" not in page.upper()
    sex = page[page.index("Personnes par sexe") :]
    golfe = sex[sex.index("Golfe") : sex.index("Zio")]
    assert ">*<" in golfe  # or Zio's two women and one man could be subtracted
    assert ">*<" in sex[sex.index("Zio") :][:300]


def test_the_files_hold_the_same_and_are_audited(
    two_zones: Mutual, people: People, signed_in: Browser
) -> None:
    browser = signed_in(people.director)
    csv = browser.get(reverse("web:profile-file", args=[two_zones.code, "csv"]))
    text = csv.content.decode("utf-8-sig")
    assert "Personnes par sexe;Zio;Femmes;*" in text
    assert "Personnes par sexe;Golfe;Hommes;*" in text
    xlsx = browser.get(reverse("web:profile-file", args=[two_zones.code, "xlsx"]))
    book = load_workbook(io.BytesIO(xlsx.content))
    assert len(book.worksheets) == 6
    assert (
        AuditEvent.objects.filter(
            kind=AuditKind.EXPORT, subject__startswith="family profile"
        ).count()
        == 2
    )
    assert (
        signed_in(people.awa).get(reverse("web:profile", args=[two_zones.code])).status_code == 403
    )
