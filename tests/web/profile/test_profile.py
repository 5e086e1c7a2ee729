"""The profile for the authorities: counts by zone, small ones hidden, exports audited."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date

import pytest
from django.urls import reverse
from openpyxl import load_workbook
from PIL import Image

from entraide.apps.access.models import AuditEvent, AuditKind
from entraide.apps.contributions.selectors import rights_on
from entraide.apps.enrolment.scorecards import approve_scorecard, enter_scorecard, record_score
from entraide.apps.enrolment.services import create_group
from entraide.apps.nomenclature.services import ensure_area
from entraide.apps.schemes.choices import FAMILY_PHOTO_ACCEPTED
from entraide.apps.schemes.choosing import change_choice
from entraide.apps.schemes.models import Mutual, Product
from entraide.rulebook.scorecards import read_scorecard, scorecard_path
from tests.apps.cards.test_incomplete import PHOTO_OF_ALL, in_force
from tests.builders import (
    CHILD,
    MEMBER,
    SPOUSE,
    a_claim,
    a_household,
    a_key,
    a_payment,
    a_provider,
)
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


@pytest.mark.requirement("R018")
def test_the_page_of_a_family_and_the_profile_of_all_without_a_name(
    two_zones: Mutual, people: People, product: Product, signed_in: Browser
) -> None:
    """One photo of the family is enough where the mutual says so; the profile names nobody."""
    change_choice(
        mutual=two_zones, actor=people.director, on=ON, idempotency_key=a_key(),
        name=FAMILY_PHOTO_ACCEPTED.name, value=True, source="Conseil",
    )  # fmt: skip
    in_force(two_zones, people, PHOTO_OF_ALL)
    group = create_group(
        mutual=two_zones, actor=people.awa, on=ON, idempotency_key=a_key(), code="be",
        name="Marché de Bè", kind="village",
    )  # fmt: skip
    member = replace(MEMBER, occupation="Couturière")
    persons = (member, SPOUSE, replace(CHILD, has_photo=False))
    family = a_household(two_zones, people.awa, product, group=group, persons=persons)
    a_payment(family, people.cashier, 13000)
    child = family.persons.get(relation="child")
    assert [each.code for each in rights_on(child, ON).reasons] == ["PHOTO_MISSING"]
    picture = io.BytesIO()
    Image.new("RGB", (900, 600), "grey").save(picture, "JPEG")
    picture.seek(0)
    picture.name = "famille.jpg"
    browser = signed_in(people.awa)
    url = reverse("web:family-photo", args=[two_zones.code, family.uid])
    sent = {"idempotency_key": a_key(), "taken_on": "16/06/2025", "photo": picture}
    assert browser.post(url, {**sent, "shown": [str(child.uid)]}).status_code == 302
    child.refresh_from_db()
    assert rights_on(child, ON).is_open

    scorecard = read_scorecard(scorecard_path())
    version = enter_scorecard(
        mutual=two_zones, actor=people.coordinator, on=ON, idempotency_key=a_key(),
        document=scorecard.document, effective_from=date(2025, 1, 1), source="AG",
    )  # fmt: skip
    approve_scorecard(
        mutual=two_zones, actor=people.director, on=ON, idempotency_key=a_key(), version=version
    )
    record_score(
        mutual=two_zones, actor=people.awa, on=ON, idempotency_key=a_key(), household=family,
        answered_on=ON, answers={q.code: q.answers[-1].code for q in scorecard.card.questions},
    )  # fmt: skip
    claim = a_claim(family.persons.get(is_member=True), a_provider(two_zones, people.moussa),
                    people.awa)  # fmt: skip
    page = browser.get(reverse("web:household", args=[two_zones.code, family.uid]))
    text = page.content.decode().replace("\u00a0", " ")
    for told in ("ADJOVI Éloïse", "ADJOVI Koffi", "ADJOVI Afi", "37 ans", "Couturière",
                 "<dt>Segment</dt><dd>C ", "Marché de Bè", claim.document_number):  # fmt: skip
        assert told in text, told

    profile = reverse("web:profile-file", args=[two_zones.code, "csv"])
    told = signed_in(people.director).get(profile).content.decode("utf-8-sig")
    for trait in ("âge", "sexe", "lien de famille", "type de groupe", "segment"):
        assert f"Personnes par {trait};" in told, trait
    assert "recours aux soins" in told
    for name in ("ADJOVI", "Adjovi", "Éloïse", "Couturière", family.number, "Village de"):
        assert name not in told
