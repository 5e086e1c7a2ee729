"""The page of a version: who entered it takes it back, who approves sends it back, all read it."""

from __future__ import annotations

import pytest

from entraide.apps.schemes.models import Mutual, Product, ProductVersion
from tests.builders import a_key
from tests.people import People
from tests.web.conftest import Browser
from tests.web.products.test_drafts import at, begun


@pytest.mark.requirement("R182", begun=True)
def test_a_version_sent_back_is_shown_as_withdrawn_and_taken_up_in_a_draft(
    scoped: Mutual, people: People, product: Product, signed_in: Browser
) -> None:
    officer, director = signed_in(people.moussa), signed_in(people.director)
    draft = begun(scoped, officer, str(ProductVersion.objects.get(product=product).uid))
    officer.post(at(scoped, f"{draft.uid}/proposer/"), {"idempotency_key": a_key()})
    version = ProductVersion.objects.get(approved_at=None)
    url = f"/m/{scoped.code}/regles/{version.uid}/"
    assert "Retirer cette version" in officer.get(url).content.decode()
    page = director.get(url).content.decode()
    assert "La renvoyer à qui l’a saisie" in page
    lacking = director.post(f"{url}retirer/", {"idempotency_key": a_key()}, follow=True)
    assert "Écrivez le motif" in lacking.content.decode()
    why = {"idempotency_key": a_key(), "reason": "Le plafond est celui de l’an passé"}
    told = director.post(f"{url}retirer/", why, follow=True).content.decode()
    assert "est retirée" in told
    page = officer.get(url).content.decode()
    assert "Le plafond est celui de l’an passé" in page
    assert f"paniers/nouveau/?base={version.uid}" in page
    assert "Retirer cette version" not in page
    assert "Approuver ces règles" not in director.get(url).content.decode()
    assert "version 2 attend" not in officer.get(at(scoped)).content.decode()
    history = officer.get(f"/m/{scoped.code}/tarifs/{product.code}/").content.decode()
    assert "Retirée" in history
    assert "Le plafond est celui de l’an passé" in history
    closed = officer.get(at(scoped, f"{draft.uid}/")).content.decode()
    assert "Retirée" in closed
    home = f"/m/{scoped.code}/"
    asked = f"Reprendre les règles de {product.name}"
    assert asked in [each.what for each in officer.get(home).context["decisions"]]
    again = begun(scoped, officer, str(version.uid))
    assert again.base_id == version.pk
    assert asked not in [each.what for each in officer.get(home).context["decisions"]]
