"""A mutual speaks its own words, on its pages only."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from entraide.apps.schemes.choosing import change_choice
from entraide.apps.schemes.models import Mutual
from entraide.messages import sentence, translate
from entraide.messages.vocabulary import reworded, speaking
from tests.builders import a_key
from tests.people import People
from tests.web.conftest import Browser


@pytest.mark.parametrize(
    ("word", "usual", "own"),
    [
        ("prestation", "Le sinistre est approuvé.", "La prestation est approuvée."),
        ("prestation", "Tous les sinistres", "Toutes les prestations"),
        ("prestation", "Aucun sinistre à régler", "Aucune prestation à régler"),
        ("prestation", "2 sinistres décidés", "2 prestations décidées"),
        ("prestation", "RSP (ratio sinistres à primes)", "RSP (ratio sinistres à primes)"),
        ("mutualiste", "L’adhérent et ses ayants droit", "Le mutualiste et ses ayants droit"),
        ("mutualiste", "Adhérents", "Mutualistes"),
        ("carnet", "La carte est imprimée", "Le carnet est imprimé"),
        ("carnet", "Numéro de la carte", "Numéro du carnet"),
    ],
)
def test_articles_and_participles_follow_the_noun(word: str, usual: str, own: str) -> None:
    assert reworded(usual, (word,)) == own
    assert reworded(usual, ()) == usual


def test_a_mutual_chooses_its_words_and_another_keeps_the_usual(
    scoped: Mutual, other_mutual: Mutual, people: People, signed_in: Browser
) -> None:
    url = reverse("web:home", args=[scoped.code])
    assert "Famille, reçu, sinistre" in signed_in(people.director).get(url).content.decode()
    change_choice(
        mutual=scoped, actor=people.director, on=date(2025, 6, 16), idempotency_key=a_key(),
        name="word_claim", value="prestation", source="CA",
    )  # fmt: skip
    page = signed_in(people.director).get(url).content.decode()
    assert "Famille, reçu, prestation" in page
    theirs = signed_in(people.issa).get(reverse("web:home", args=[other_mutual.code]))
    assert "Famille, reçu, sinistre" in theirs.content.decode()


def test_papers_and_refusals_speak_them_too() -> None:
    usual = translate("Claim", "fr"), sentence("CLAIM_LINES_MISSING", {}, "fr")
    with speaking(("prestation",)):
        own = translate("Claim", "fr"), sentence("CLAIM_LINES_MISSING", {}, "fr")
        assert translate("Claim", "en") == "Claim"
    assert "inistre" in usual[0]
    assert "inistre" not in "".join(own)
    assert (translate("Claim", "fr"), sentence("CLAIM_LINES_MISSING", {}, "fr")) == usual
