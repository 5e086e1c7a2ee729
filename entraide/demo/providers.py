"""Providers of the demonstration: their facts, agreed prices, conventions, one breach, one term.

Conventions are drafted by the coordinator and approved by the director, as an office would. The
clinic's is to be renewed within 90 days of the last day lived, the dentist's within 30.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from entraide.apps.access.models import User
from entraide.apps.care_control.turnovers import record_turnover
from entraide.apps.nomenclature.models import Area, CareItem
from entraide.apps.providers.breaches import follow_breach, record_breach
from entraide.apps.providers.conventions import Terms, approve_convention, draft_convention
from entraide.apps.providers.models import Agreement, Provider, TariffList
from entraide.apps.providers.posts import approve_post, propose_post
from entraide.apps.providers.prices import PriceLine, write_prices
from entraide.apps.providers.services import ensure_provider, ensure_tariff_list
from entraide.apps.schemes.models import Mutual
from entraide.core.conventions import Clause, ProviderService
from entraide.core.product import Sector
from entraide.demo.chance import stream
from entraide.demo.lists import FIRST_TARIFF_YEAR, ITEMS, SYSTEM, Place, places, price_minor
from entraide.demo.network import MutualPlan

_S = ProviderService
_SERVICES: dict[str, tuple[ProviderService, ...]] = {
    "csb1": (_S.CONSULTATION, _S.DELIVERY, _S.PHARMACY, _S.VACCINATION, _S.FAMILY_PLANNING),
    "csb2": (_S.CONSULTATION, _S.DELIVERY, _S.PHARMACY, _S.VACCINATION),
    "hopital": (_S.CONSULTATION, _S.DELIVERY, _S.SURGERY, _S.LABORATORY, _S.IMAGING,
                _S.HOSPITAL_BEDS, _S.PHARMACY, _S.AMBULANCE),
    "dispensaire": (_S.CONSULTATION, _S.PHARMACY, _S.VACCINATION),
    "clinique": (_S.CONSULTATION, _S.DELIVERY, _S.SURGERY, _S.LABORATORY, _S.HOSPITAL_BEDS),
    "labo": (_S.LABORATORY, _S.IMAGING),
    "dentiste": (_S.DENTAL,),
}  # fmt: skip
_HOURS = {
    "csb1": "lundi–vendredi 8 h–16 h, accouchements jour et nuit",
    "hopital": "jour et nuit",
    "clinique": "jour et nuit",
    "labo": "lundi–samedi 7 h–17 h",
}
_USUAL_HOURS = "lundi–vendredi 8 h–16 h"
_SECTORS = {"public": "public", "private": "privé", "faith_based": "confessionnel"}
# Centre of each town, to a hundredth of a degree; each provider stands a little beside.
_TOWNS = {
    "Antananarivo": ("-18.88", "47.51"),
    "Antsirabe": ("-19.87", "47.03"),
    "Fianarantsoa": ("-21.45", "47.09"),
    "Ouagadougou": ("12.37", "-1.52"),
    "Ziniaré": ("12.58", "-1.30"),
    "Lomé": ("6.13", "1.22"),
}
_PHONES = {"mg": "034 {:02d} {:03d} {:02d}", "bf": "70 {:02d} {:03d} {:02d}",
           "tg": "90 {:02d} {:03d} {:02d}"}  # fmt: skip
_CONTACTS = {
    "mg": ("Dr Rakotomalala", "Mme Razafy", "Sœur Marie-Claire"),
    "bf": ("Dr Ouédraogo", "Mme Kaboré", "Sœur Bernadette"),
    "tg": ("Dr Mensah", "Mme Lawson", "Sœur Afi"),
}
# Days after the last day lived on which a convention has its term.
_TERMS_DAYS = {"clinique": 45, "dentiste": 20}
_RED_LIST = (
    "La carte qui n’est pas à jour est notée\u202f; la personne paie, et la mutuelle rembourse "
    "si elle se met à jour."
)
_PRESCRIPTION = "Médicaments génériques de la liste nationale, quatre au plus par consultation."
_TURNOVER_MINOR = {"MGA": 900_000_000, "XOF": 180_000_000}

# Mutual, provider, user name, name, whether the director has approved.
PORTAL_PEOPLE = (
    ("atia-sante", "csb1", "soa", "Soa Rabemanana", True),
    ("atia-sante", "clinique", "narindra", "Narindra Andriantsoa", False),
)


@dataclass(frozen=True, slots=True)
class Founded:
    """What the office has of a provider once its convention is approved."""

    provider: Provider
    agreement: Agreement


def found_providers(
    mutual: Mutual,
    people: Mapping[str, User],
    items: Mapping[str, CareItem],
    areas: Mapping[str, Area],
    plan: MutualPlan,
    *,
    founded_on: date,
    until: date,
) -> dict[str, Founded]:
    """Provider code → the provider and its convention; needs the mutual's scope open."""
    lists = {sector: _tariff_list(mutual, items, plan, sector, until) for sector in _SECTORS}
    founded = {}
    for place in places(plan):
        provider = _provider(place, areas, plan)
        draft = draft_convention(
            **_act(mutual, people["coordinator"], founded_on, f"draft-{place.code}"),
            provider=provider,
            terms=_terms(place, provider, people, lists[place.sector], founded_on, until),
        )
        agreement = approve_convention(
            **_act(mutual, people["director"], founded_on, f"convention-{place.code}"),
            agreement=draft,
        )
        founded[place.code] = Founded(provider, agreement)
    _follow(mutual, people, founded[f"{plan.code}-hopital"], until)
    for of_mutual, kind, username, name, is_approved in PORTAL_PEOPLE:
        if of_mutual == plan.code:
            provider = founded[f"{plan.code}-{kind}"].provider
            since = founded_on if is_approved else max(founded_on, until - timedelta(days=3))
            _post(mutual, people, provider, username, name, since, is_approved=is_approved)
    return founded


def _post(
    mutual: Mutual,
    people: Mapping[str, User],
    provider: Provider,
    username: str,
    name: str,
    on: date,
    *,
    is_approved: bool,
) -> None:
    """Somebody of a provider at the portal, or about to be."""
    post = propose_post(
        **_act(mutual, people["coordinator"], on, f"post-{username}"),
        provider=provider, username=username, display_name=name, effective_from=on,
    )  # fmt: skip
    if is_approved:
        approve_post(**_act(mutual, people["director"], on, f"post-given-{username}"), post=post)


def _act(mutual: Mutual, actor: User, on: date, key: str) -> dict[str, Any]:
    return {"mutual": mutual, "actor": actor, "on": on, "idempotency_key": f"demo-{key}"[:100]}


def _kind(place: Place, plan: MutualPlan) -> str:
    return place.code.removeprefix(f"{plan.code}-")


def _provider(place: Place, areas: Mapping[str, Area], plan: MutualPlan) -> Provider:
    kind, rng = _kind(place, plan), stream("provider", place.code)
    communes = list(areas.values())
    latitude, longitude = (
        Decimal(each) + Decimal(rng.randrange(-2000, 2000)) / 100_000 for each in _TOWNS[plan.place]
    )
    return ensure_provider(
        system=SYSTEM,
        code=place.code,
        name=place.name,
        sector=Sector(place.sector),
        level=place.level,
        area=communes[-1] if kind == "csb2" else communes[0],
        phone=_PHONES[plan.country].format(
            rng.randrange(10, 99), rng.randrange(1000), rng.randrange(100)
        ),
        services=[service.value for service in _SERVICES[kind]],
        opening_hours=_HOURS.get(kind, _USUAL_HOURS),
        contact_name=_contact(place, plan),
        latitude=latitude,
        longitude=longitude,
    )


def _contact(place: Place, plan: MutualPlan) -> str:
    doctor, manager, sister = _CONTACTS[plan.country]
    if place.sector == "faith_based":
        return sister
    return doctor if place.level == "district" else manager


def _terms(
    place: Place,
    provider: Provider,
    people: Mapping[str, User],
    prices: TariffList,
    founded_on: date,
    until: date,
) -> Terms:
    kind = place.code.rpartition("-")[2]
    ends_in = _TERMS_DAYS.get(kind)
    has_beds = _S.HOSPITAL_BEDS in _SERVICES[kind]
    return Terms(
        effective_from=founded_on,
        effective_until=until + timedelta(days=ends_in) if ends_in is not None else None,
        tariff_list=prices,
        reference=f"CONV-{place.code}"[:80],
        payment_delay_days=30,
        notice_days=60 if has_beds else 30,
        needs_guarantee_letter=has_beds,
        clauses={Clause.RED_LIST.value: _RED_LIST, Clause.PRESCRIPTION.value: _PRESCRIPTION},
        signed_for_provider=provider.contact_name,
        signed_for_mutual=str(people["director"]),
        signed_on=founded_on,
    )


def _tariff_list(
    mutual: Mutual, items: Mapping[str, CareItem], plan: MutualPlan, sector: str, until: date
) -> TariffList:
    """The agreed prices of one sector, revised each first of January."""
    tariff_list = ensure_tariff_list(
        system=SYSTEM, code=f"{plan.country}-{plan.care_rise}-{sector}",
        name=f"Tarif conventionné {plan.country.upper()}, {_SECTORS[sector]}",
        currency=mutual.currency,
    )  # fmt: skip
    if tariff_list.tariffs.exists():
        return tariff_list  # another mutual of the country agreed to the same prices
    for year in range(FIRST_TARIFF_YEAR - 1, until.year + 1):
        prices = [
            PriceLine(
                items[item.code], price_minor(item, mutual.currency, sector, year, plan.care_rise)
            )
            for item in ITEMS
        ]
        write_prices(tariff_list, date(year, 1, 1), prices, "Convention annuelle (fictif)")
    return tariff_list


def _follow(mutual: Mutual, people: Mapping[str, User], hospital: Founded, until: date) -> None:
    """A breach told to the hospital and not answered; what it earned last year."""
    occurred_on, told_on = until - timedelta(days=24), until - timedelta(days=17)
    if occurred_on < hospital.agreement.effective_from:
        return  # a demonstration of a few days
    code = hospital.provider.code
    breach = record_breach(
        **_act(mutual, people["coordinator"], told_on, f"breach-{code}"),
        agreement=hospital.agreement, clause=Clause.TARIFF.value, occurred_on=occurred_on,
        what_happened="Une consultation facturée au-dessus du prix convenu à trois familles.",
        evidence="Trois reçus de la caisse de l’hôpital",
    )  # fmt: skip
    follow_breach(
        **_act(mutual, people["coordinator"], told_on, f"breach-told-{code}"),
        breach=breach, notice_given_on=told_on,
    )  # fmt: skip
    record_turnover(
        **_act(mutual, people["finance_officer"], told_on, f"turnover-{code}"),
        provider=hospital.provider, year=told_on.year - 1,
        amount_minor=_TURNOVER_MINOR[mutual.currency],
        source="Rapport annuel de l’hôpital (fictif)",
    )  # fmt: skip
