"""What stands before anybody joins: the network, its people, products, providers and groups.

Made by the services, as an office would; both ways of carrying out the plan start from here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from django_scopes import scope

from entraide.apps.access.models import User
from entraide.apps.access.services import system_user
from entraide.apps.contributions.models import Channel
from entraide.apps.enrolment.models import PartnerGroup
from entraide.apps.enrolment.services import create_group
from entraide.apps.ledger.models import Account
from entraide.apps.ledger.opening import create_mutual
from entraide.apps.ledger.selectors import account_for
from entraide.apps.nomenclature.models import Area, CareItem, CareItemKind, Diagnosis
from entraide.apps.nomenclature.services import (
    ensure_area,
    ensure_care_item,
    ensure_categories,
    ensure_diagnosis,
    ensure_guide_entry,
)
from entraide.apps.providers.models import Agreement, Provider
from entraide.apps.schemes.models import Federation, Mutual, Product, Role
from entraide.apps.schemes.services import (
    appoint,
    approve_product_version,
    create_federation,
    create_user,
    enter_product_version,
)
from entraide.apps.schemes.titles import Duty
from entraide.core.ledger import AccountRole
from entraide.core.periods import add_months, month_start
from entraide.demo.booklets import Booklets
from entraide.demo.chance import stream
from entraide.demo.lists import (
    DIAGNOSES,
    GUIDED_DIAGNOSES,
    ITEMS,
    SYSTEM,
    UNPRICED,
)
from entraide.demo.network import MutualPlan
from entraide.demo.planner import Planner
from entraide.demo.providers import found_providers
from entraide.rulebook import product_path, read_product
from entraide.rulebook.drafts import with_values

FEDERATION_CODE = "reseau-demonstration"
FOUNDED_ON = date(2022, 12, 1)
ROLES = {
    "director": Role.DIRECTOR,
    "finance_officer": Role.FINANCE_OFFICER,
    "medical_adviser": Role.MEDICAL_ADVISER,
    "coordinator": Role.COORDINATOR,
    "clerk": Role.DATA_ENTRY_CLERK,
    "cashier": Role.CASHIER,
    "agent": Role.FIELD_AGENT,
    "agent2": Role.FIELD_AGENT,
    "elected": Role.ELECTED_OFFICER,  # who may authorise what the director had a hand in
}
# Who answers for what beside their role.
DUTIES: dict[str, tuple[Duty, ...]] = {
    "finance_officer": (Duty.MONTH_END,),
    "coordinator": (Duty.RENEWALS,),
    "clerk": (Duty.ERROR_REVIEW, Duty.DATA_QUALITY),
}
# People of the network itself, who see all six mutuals.
NETWORK_PEOPLE = (
    ("claire", "Claire Martin, conseillère de la fédération", Role.ADVISER),
    ("tovo", "Tovo Rakotonirina, auditeur", Role.AUDITOR),
)
ADMINISTRATOR = ("admin", "Administration du réseau")
# The State pays a part of deliveries there, over the last months lived.
SHARED_IN, STATE_SHARE_MONTHS, STATE_SHARE_RATE = "atia-sante", 2, "0.40"
STATE_SHARE_PATH = "benefits.delivery.state_share_rate"
SECTION_CLERK = ("fanilo", "Fanilo Ratsimba")  # sees the families of one section only


@dataclass(slots=True)
class World:
    """A mutual's records that every act may need, by the names of the plan."""

    mutual: Mutual
    people: dict[str, User]
    main: Account
    cash: Account
    mobile: Account
    products: dict[str, Product]
    groups: dict[str, PartnerGroup]
    areas: dict[str, Area]
    items: dict[str, CareItem]
    diagnoses: dict[str, Diagnosis]
    providers: dict[str, Provider]
    booklets: Booklets
    agreements: dict[str, Agreement] = field(default_factory=dict)  # by provider code

    def treasury_account(self, channel: str) -> Account:
        """Where money that comes by a channel is put."""
        if channel == Channel.CASH:
            return self.cash
        return self.mobile if channel == Channel.MOBILE_MONEY else self.main


def found_network() -> Federation:
    """The federation and the people who look after all its mutuals."""
    federation = create_federation(
        mutual=None, actor=system_user(), on=FOUNDED_ON, idempotency_key="demo-federation",
        code=FEDERATION_CODE, name="Réseau de démonstration",
    )  # fmt: skip
    for username, name, _ in NETWORK_PEOPLE:
        _person(username, name)
    admin = _person(*ADMINISTRATOR)
    appoint(
        mutual=None, actor=system_user(), on=FOUNDED_ON, idempotency_key="demo-administrator",
        user=admin, role=Role.NETWORK_ADMIN, effective_from=FOUNDED_ON,
    )  # fmt: skip
    return federation


def _person(username: str, name: str) -> User:
    return create_user(
        mutual=None, actor=system_user(), on=FOUNDED_ON, idempotency_key=f"demo-user-{username}",
        username=username, display_name=name,
    )  # fmt: skip


def _diagnoses() -> dict[str, Diagnosis]:
    """The diagnoses of the demonstration, each in the coding guide."""
    known = {
        code: ensure_diagnosis(system=SYSTEM, code=code, label=label)
        for of_category in DIAGNOSES.values()
        for code, label in of_category
    }
    for code, diagnosis in known.items():
        ensure_guide_entry(GUIDED_DIAGNOSES[code], diagnosis=diagnosis)
    return known


def found_mutual(federation: Federation, planner: Planner) -> World:
    """A mutual with its people, its product in force, its providers and partner groups."""
    plan = planner.plan
    mutual = create_mutual(
        mutual=None, actor=system_user(), on=FOUNDED_ON, idempotency_key=f"demo-{plan.code}",
        federation=federation, code=plan.code, name=plan.name, country=plan.country,
        place=plan.place, is_demonstration=True,
    )  # fmt: skip
    people = _appointed(mutual, plan)
    categories = ensure_categories()
    items = {
        item.code: ensure_care_item(
            system=SYSTEM,
            code=item.code,
            kind=CareItemKind(item.kind),
            label=item.label,
            category=categories[item.category],
            sex="F" if item.category == "delivery" else "",
            min_age_years=12 if item.category == "delivery" else None,
            drug_class=item.drug_class,
            is_injection=item.is_injection,
        )
        for item in (*ITEMS, UNPRICED)
    }
    with scope(mutual=mutual):
        products = {
            code: _product(mutual, people, code, _shared_from(plan, planner.until))
            for code in dict.fromkeys(segment.product for segment in plan.segments)
        }
        world = World(
            mutual=mutual,
            people=people,
            main=account_for(mutual, AccountRole(plan.main_role)),
            cash=account_for(mutual, AccountRole.CASH),
            mobile=account_for(mutual, AccountRole.MOBILE_MONEY),
            products=products,
            groups={},
            areas=_areas(plan),
            items=items,
            diagnoses=_diagnoses(),
            providers={},
            booklets=Booklets(planner.seed, plan.code, planner.planted),
        )
        for code, founded in found_providers(
            mutual, people, items, world.areas, plan, founded_on=FOUNDED_ON, until=planner.until
        ).items():
            world.providers[code], world.agreements[code] = founded.provider, founded.agreement
        _groups(world, planner)
    return world


def _appointed(mutual: Mutual, plan: MutualPlan) -> dict[str, User]:
    people = {}
    for post in plan.team:
        people[post.post] = _person(post.username, post.name)
        _appoint(mutual, people[post.post], ROLES[post.post], DUTIES.get(post.post, ()))
    for username, _, role in NETWORK_PEOPLE:
        _appoint(mutual, User.objects.get(username=username), role)
    return people


def _appoint(mutual: Mutual, user: User, role: Role, duties: tuple[Duty, ...] = ()) -> None:
    appoint(
        mutual=mutual, actor=system_user(), on=FOUNDED_ON,
        idempotency_key=f"appoint-{user.username}-{role}", user=user, role=role,
        effective_from=FOUNDED_ON, duties=duties,
    )  # fmt: skip


def _shared_from(plan: MutualPlan, until: date) -> date | None:
    """From when the State pays a part of deliveries in a mutual; None where it does not."""
    return add_months(month_start(until), -STATE_SHARE_MONTHS) if plan.code == SHARED_IN else None


def _product(
    mutual: Mutual, people: dict[str, User], code: str, shared_from: date | None
) -> Product:
    rules = read_product(product_path(code))
    document = rules.document
    if shared_from is not None and shared_from > rules.begins_on:
        for day, rate in ((rules.begins_on, "0"), (shared_from, STATE_SHARE_RATE)):
            document = with_values(
                document, {STATE_SHARE_PATH: rate}, on=day, source="Arrêté ministériel (fictif)"
            )
    version = enter_product_version(
        mutual=mutual, actor=people["finance_officer"], on=FOUNDED_ON,
        idempotency_key=f"product-{code}", document=document,
        effective_from=rules.begins_on, source="Assemblée générale (fictif)",
    )  # fmt: skip
    approve_product_version(
        mutual=mutual, actor=people["director"], on=FOUNDED_ON,
        idempotency_key=f"approve-{code}", version=version,
    )  # fmt: skip
    return version.product


def _areas(plan: MutualPlan) -> dict[str, Area]:
    areas = {}
    region = ensure_area(
        system=SYSTEM,
        code=f"{plan.country}-{plan.place}",
        name=plan.place,
        level=1,
        country=plan.country,
    )
    for district, commune in plan.towns:
        parent = ensure_area(
            system=SYSTEM, code=f"{plan.country}-{district}"[:40], name=district, level=2,
            parent=region,
        )  # fmt: skip
        code = f"{plan.country}-{district}-{commune}"[:40]
        population = stream("population", code).randrange(6_000, 48_000)
        areas[commune] = ensure_area(
            system=SYSTEM, code=code, name=commune, level=3, parent=parent,
            population_count=population,
        )  # fmt: skip
    return areas


def _groups(world: World, planner: Planner) -> None:
    for segment in planner.plan.segments:
        for code, name in planner.groups(segment):
            world.groups[code] = create_group(
                mutual=world.mutual, actor=world.people["clerk"], on=FOUNDED_ON,
                idempotency_key=f"group-{code}", code=code, name=name, kind=segment.kind,
                product=world.products[segment.product],
            )  # fmt: skip
