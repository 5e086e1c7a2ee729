"""What the tariffs of two mutuals suppose of care, and what was written about how care changed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django_scopes import scope

from entraide.apps.nomenclature.models import CareCategory, Diagnosis
from entraide.apps.nomenclature.services import RISK_OF_CATEGORY
from entraide.apps.planning.tariff_assumptions import (
    AssumedLine,
    decide_tariff_assumption,
    enter_tariff_assumption,
)
from entraide.apps.planning.year_on_year import explain_care
from entraide.apps.reporting.services import last_full_year
from entraide.apps.schemes.models import Product
from entraide.apps.schemes.rights import Right
from entraide.demo.foundation import FOUNDED_ON, World

# Mutual → product → category → cases a person and year, mean cost in ariary.
ASSUMED: dict[str, dict[str, dict[str, tuple[str, int]]]] = {
    "atia-sante": {
        "atia-communes": {
            "consultation": ("0.85", 5_700),
            "examinations": ("0.08", 11_500),
            "dental": ("0.03", 7_000),
            "hospital": ("0.02", 85_000),
            "delivery": ("0.02", 45_000),
        },
    },
    "mirindra-sante": {
        "mirindra": {
            "consultation": ("0.75", 6_000),
            "examinations": ("0.08", 13_000),
            "dental": ("0.03", 6_000),
            "hospital": ("0.02", 95_000),
            "delivery": ("0.025", 50_000),
            "surgery": ("0.003", 250_000),
        },
    },
}
WAITING = {"atia-sante": "atia-entreprises"}
STUDY = "Étude de tarification avant l’ouverture, votée en assemblée générale"
REVISION = "Révision proposée sur l’observé de deux ans"
OF_CATEGORY = (
    "Les demandes des deux derniers mois ne sont pas toutes arrivées : à relire dans trois mois, "
    "avec le nombre de familles à jour."
)
OF_MALARIA = (
    "Saison des pluies comparée au registre des centres : tests positifs à suivre avec la campagne "
    "de moustiquaires."
)


def assume_and_explain(world: World, until: date) -> None:
    """Assumptions since the opening, one more that waits; in one mutual two notes on the year."""
    mutual, people = world.mutual, world.people
    with scope(mutual=mutual):
        for code, lines in ASSUMED.get(mutual.code, {}).items():
            assumption = enter_tariff_assumption(
                mutual=mutual, actor=people["finance_officer"], on=FOUNDED_ON,
                idempotency_key=f"demo-assumption-{code}", source=STUDY,
                effective_from=FOUNDED_ON, **_said(code, lines),
            )  # fmt: skip
            decide_tariff_assumption(
                mutual=mutual, actor=people["director"], on=FOUNDED_ON,
                idempotency_key=f"demo-assumption-{code}-yes", assumption=assumption,
            )  # fmt: skip
        if mutual.code in WAITING:
            code = WAITING[mutual.code]
            enter_tariff_assumption(
                mutual=mutual, actor=people["finance_officer"], on=until,
                idempotency_key=f"demo-assumption-{code}", source=REVISION,
                effective_from=date(until.year + 1, 1, 1),
                **_said(code, {"consultation": ("0.95", 6_100), "hospital": ("0.02", 90_000)}),
            )  # fmt: skip
            period = last_full_year(until)
            consultation = CareCategory.objects.get(code="consultation")
            explain_care(
                right=Right.CONTROL_CARE, mutual=mutual, actor=people["coordinator"], on=until,
                idempotency_key="demo-care-note", period=period, category=consultation,
                text=OF_CATEGORY,
            )  # fmt: skip
            explain_care(
                right=Right.CONTROL_CARE, mutual=mutual, actor=people["medical_adviser"], on=until,
                idempotency_key="demo-care-note-malaria", period=period, category=consultation,
                diagnosis=Diagnosis.objects.filter(code="B54").first(), text=OF_MALARIA,
            )  # fmt: skip


def _said(code: str, lines: dict[str, tuple[str, int]]) -> dict[str, object]:
    return {
        "product": Product.objects.get(code=code),
        "lines": tuple(
            AssumedLine(category, str(RISK_OF_CATEGORY[category]), Decimal(frequency), cost)
            for category, (frequency, cost) in lines.items()
        ),
    }
