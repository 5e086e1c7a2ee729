"""What the mutuals of the demonstration recommend to each other, and who adopted it."""

from __future__ import annotations

from datetime import timedelta

from django_scopes import scope

from entraide.apps.knowledge.models import Practice
from entraide.apps.knowledge.services import adopt_practice, record_practice
from entraide.demo.foundation import FOUNDED_ON, World

# Mutual → title, what is done, what shows it.
PRACTICES = {
    "atia-sante": (
        "Encaisser la cotisation au décaissement du prêt",
        (
            "La caisse retient la cotisation de l’année quand elle verse le prêt, puis envoie la "
            "liste du mois. Nous l’importons ainsi : les contrats se renouvellent d’eux-mêmes."
        ),
        "Aucun impayé dans les groupes des prêteurs ; les animateurs ne passent plus chaque mois.",
    ),
    "zems-laafi": (
        "Un point focal par village",
        (
            "Chaque village choisit une personne qui relaie les nouvelles, rappelle les dates et "
            "prévient l’animateur des naissances et des départs."
        ),
        "Les naissances sont déclarées plus tôt, et les cartes remises en main propre.",
    ),
}
ADOPTED_FROM = {"dagbe-sante": "zems-laafi"}


def write_practices(world: World) -> None:
    """What this mutual recommends, and what it adopts of a mutual made before it."""
    mutual, coordinator = world.mutual, world.people["coordinator"]
    act = {"mutual": mutual, "actor": coordinator}
    with scope(mutual=mutual):
        if mutual.code in PRACTICES:
            title, done, evidence = PRACTICES[mutual.code]
            record_practice(
                **act, on=FOUNDED_ON, idempotency_key="practice",
                title=title, done=done, evidence=evidence, since=FOUNDED_ON,
            )  # fmt: skip
        author = ADOPTED_FROM.get(mutual.code)
        practice = Practice.objects.filter(mutual__code=author).first() if author else None
        if practice is not None:
            adopted_on = FOUNDED_ON + timedelta(days=120)
            adopt_practice(
                **act, on=adopted_on, idempotency_key="practice-adopted", practice=practice,
                adopted_on=adopted_on, note="Deux par gros village",
            )  # fmt: skip
