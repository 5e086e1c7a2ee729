"""The page that defines every figure: ``python -m entraide.indicators.reference`` writes it.

A test holds that the page in ``docs`` is the one that the catalogue gives.
"""

from __future__ import annotations

from pathlib import Path

from entraide.indicators.catalogue import CATALOGUE, Indicator, Question, Unit
from entraide.indicators.quantities import Combined, Flow, MonthlyMean, Over, Ratio
from entraide.messages import translate

PATH = Path(__file__).resolve().parents[2] / "docs" / "reference" / "indicators.md"

_TITLES = {
    Question.MEMBERSHIP: "Adhésions",
    Question.CONTRIBUTIONS: "Cotisations",
    Question.CARE: "Soins",
    Question.FUNDS: "Fonds et fonctionnement",
}
_UNITS = {
    Unit.COUNT: "nombre",
    Unit.PERSONS: "personnes",
    Unit.MONTHS: "mois",
    Unit.YEARS: "années",
    Unit.DAYS: "jours",
    Unit.MONEY: "monnaie de la mutuelle",
    Unit.RATE: "%",
    Unit.PER_YEAR: "par personne et par an",
}
_OVER = {
    Over.SUM: "les mois s’additionnent",
    Over.LAST: "état à la fin de la période",
    Over.FIRST: "état la veille de la période",
    Over.RUNNING: "solde depuis l’origine",
    Over.APART: "mesuré sur la période entière",
}
_CUTS = {
    "category": "catégorie",
    "risk": "risque",
    "sector": "secteur",
    "provider": "prestataire",
    "product": "produit",
    "group": "groupe",
    "group_kind": "type de groupe",
    "cohort": "année d’adhésion",
    "area": "lieu",
    "sex": "sexe",
    "age_band": "tranche d’âge",
    "payer": "payeur",
    "channel": "canal",
}
_HEAD = """# Les indicateurs

Page produite par `python -m entraide.indicators.reference` : ne pas la modifier à la main.

Chaque chiffre est défini une seule fois (`entraide/indicators/`) et lu dans l’entrepôt
(`entraide/indicators/schema.py`). Un taux dont le dénominateur est nul est **absent**, jamais 0
ni 100. Les montants sont des nombres entiers d’unités mineures ; les taux se calculent sur ces
montants exacts. Un mois-personne compte par ses jours : un mois entier vaut exactement 1.
"""


def reference_page() -> str:
    """The page in French, its codes as the command line and the exports give them."""
    parts = [_HEAD]
    for question in Question:
        parts.append(f"## {_TITLES[question]}\n")
        parts += [_entry(each) for each in CATALOGUE if each.question is question]
    return "\n".join(parts)


def _entry(indicator: Indicator) -> str:
    facts = [f"Unité : {_UNITS[indicator.unit]}.", _made(indicator)]
    if indicator.only_by:
        facts.append(f"Par {_CUTS[indicator.only_by]} seulement.")
    if indicator.dimensions:
        cuts = ", ".join(_CUTS[name] for name in indicator.dimensions)
        facts.append(f"Se découpe par : {cuts}.")
    definition = translate(indicator.definition, "fr")
    return (
        f"### {translate(indicator.name, 'fr')} · `{indicator.code}`\n\n"
        f"{definition}\n\n{' '.join(facts)}\n"
    )


def _made(indicator: Indicator) -> str:
    quantity = indicator.quantity
    codes = [f"`{code}`" for code in indicator.parts]
    if isinstance(quantity, Flow):
        return f"Sur une période : {_OVER[quantity.over]}."
    if isinstance(quantity, Ratio):
        return f"Calcul : {codes[0]} ÷ {codes[1]}."
    if isinstance(quantity, MonthlyMean):
        months = "de la période" if quantity.months is None else f"des {quantity.months} derniers"
        return f"Calcul : moyenne de {codes[0]} par mois, {months}."
    assert isinstance(quantity, Combined)
    return f"Calculé à partir de {', '.join(codes)}."


if __name__ == "__main__":
    PATH.write_text(reference_page(), encoding="utf-8")
