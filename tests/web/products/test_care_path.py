"""The path of care written on screen, told in sentences, and proposed."""

from __future__ import annotations

from typing import Any

import pytest

from entraide.apps.schemes.models import Mutual, ProductDraft
from entraide.core.care_package import ProviderLevel
from entraide.rulebook.drafts import read_draft
from tests.people import People
from tests.web.conftest import Browser
from tests.web.products.test_drafts import FROM, at, draft, kept

__all__ = ["draft"]
TYPED: dict[str, Any] = {
    "first_levels": ["community", "primary"], "referred_levels": ["district", "regional"],
    "categories": ["consultation"], "out_of_path_copayment_rate": "50", "needs_voucher": "yes",
    "is_reviewed": "yes",
}  # fmt: skip


@pytest.mark.requirement("R062")
def test_a_path_is_written_read_back_told_and_taken_away(
    scoped: Mutual, people: People, draft: ProductDraft, signed_in: Browser
) -> None:
    officer = signed_in(people.moussa)
    page = officer.get(at(scoped, f"{draft.uid}/parcours/")).content.decode()
    assert "Parcours de soins" in page
    assert "Hôpital de district" in page or "district" in page
    assert kept(scoped, officer, draft, "parcours/", **TYPED).status_code == 302
    draft.refresh_from_db()
    read = read_draft(draft.document, FROM)
    assert read.is_whole
    path = read.product.care_path if read.product is not None else None
    assert path is not None
    assert path.referred_levels == (ProviderLevel.DISTRICT, ProviderLevel.REGIONAL)
    assert str(path.out_of_path_copayment_rate) == "0.5"
    assert path.needs_voucher
    assert path.is_reviewed
    assert path.excepts_emergencies
    told = officer.get(at(scoped, f"{draft.uid}/")).content.decode()
    assert "On va par référence chez un prestataire de ce niveau" in told
    assert "Hors du parcours de soins, la famille paie 50" in told
    assert "La référence se prouve par un bon de référence" in told
    again = officer.get(at(scoped, f"{draft.uid}/parcours/")).content.decode()
    assert again.count("checked") == 5
    assert kept(scoped, officer, draft, "parcours/", act="remove").status_code == 302
    draft.refresh_from_db()
    assert "care_path" not in draft.document


def test_a_path_that_changes_nothing_or_sends_a_level_to_itself_is_told_with_its_place(
    scoped: Mutual, people: People, draft: ProductDraft, signed_in: Browser
) -> None:
    officer = signed_in(people.moussa)
    kept(
        scoped, officer, draft, "parcours/", first_levels=["primary", "district"],
        referred_levels=["district"],
    )  # fmt: skip
    draft.refresh_from_db()
    codes = {each.code for each in read_draft(draft.document, FROM).findings}
    assert codes == {"CARE_PATH_LEVEL_TWICE", "CARE_PATH_WITHOUT_EFFECT"}
    page = officer.get(at(scoped, f"{draft.uid}/")).content.decode()
    assert page.count(f"{draft.uid}/parcours/") >= 3  # two faults and the way to change it
    assert "care_path" not in page


def test_the_path_is_for_who_writes_rules(
    scoped: Mutual, people: People, draft: ProductDraft, signed_in: Browser
) -> None:
    here = at(scoped, f"{draft.uid}/parcours/")
    assert signed_in(people.awa).get(here).status_code == 403
    assert signed_in(people.fanta).get(here).status_code == 404
