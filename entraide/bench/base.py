"""The scratch mutual of the benchmarks, made by the services: people, cards, a provider, tokens."""

from __future__ import annotations

import itertools
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.utils import timezone
from django_scopes import scope

from entraide.apps.access.models import User
from entraide.apps.access.services import issue_token, system_user
from entraide.apps.access.statistics import gather_statistics
from entraide.apps.contributions.models import Channel
from entraide.apps.contributions.payments import record_contribution_payment
from entraide.apps.contributions.services import enrol_household
from entraide.apps.enrolment.facts import PersonEntry
from entraide.apps.enrolment.models import Household
from entraide.apps.ledger.opening import create_mutual
from entraide.apps.ledger.selectors import account_for
from entraide.apps.nomenclature.models import CareItemKind
from entraide.apps.nomenclature.services import ensure_care_item, ensure_category
from entraide.apps.providers.services import (
    ensure_provider,
    ensure_tariff_list,
    make_agreement,
    set_tariff,
)
from entraide.apps.schemes.models import Mutual, Product, Role
from entraide.apps.schemes.selectors import product_for
from entraide.apps.schemes.services import (
    appoint,
    approve_product_version,
    create_federation,
    create_user,
    enter_product_version,
)
from entraide.bench.imports import MUTUAL
from entraide.bench.register import LargeRegister
from entraide.core.ledger import AccountRole
from entraide.core.product import Sector
from entraide.rulebook import product_path, read_product

SYSTEM = "bench"
BY_SERVICES = 200  # households made one by one; the others are written many at a time
OPENED_ON = date(2024, 1, 1)
PRICES_MINOR = {"consultation": 4000, "examinations": 2500, "hospital": 30000}
_PERSONS = (("member", "F", 36), ("spouse", "M", 40), ("child", "F", 8), ("child", "M", 5))

_keys = itertools.count(1)


def a_key() -> str:
    """An idempotency key of the scratch base."""
    return f"bench-{next(_keys)}"


@dataclass(frozen=True, slots=True)
class Base:
    """What the clients need to know of the scratch mutual."""

    token: str
    session: str
    mutual: str
    product: str
    cash_account: str
    household_uids: tuple[str, ...]
    person_numbers: tuple[str, ...]
    provider_code: str
    item_codes: tuple[str, ...]
    care_on: str
    received_on: str

    def to_json(self) -> dict[str, Any]:
        """Plain values; ``Base(**…)`` reads them."""
        return asdict(self)


def make_base(households: int) -> Base:
    """A mutual with so many paid-up households of four, one agreed provider, a clerk's token."""
    today = timezone.localdate()
    mutual = _mutual()
    people = {
        role: _person(role, mutual)
        for role in (
            Role.DATA_ENTRY_CLERK,
            Role.COORDINATOR,
            Role.FINANCE_OFFICER,
            Role.DIRECTOR,
        )
    }
    with scope(mutual=mutual):
        product = _product(mutual, people[Role.FINANCE_OFFICER], people[Role.DIRECTOR])
        items = _provider(mutual, people[Role.FINANCE_OFFICER])
        numbers = [
            number
            for _ in range(min(households, BY_SERVICES))
            for number in _household(mutual, people[Role.DATA_ENTRY_CLERK], product, today)
        ]
        if len(numbers) < households * len(_PERSONS):
            LargeRegister(mutual, people[Role.DATA_ENTRY_CLERK], product, today).write(
                households - BY_SERVICES
            )
        uids = Household.objects.order_by("-pk").values_list("uid", flat=True)[:500]
        cash = account_for(mutual, AccountRole.CASH)
    gather_statistics(connection)
    clerk = people[Role.DATA_ENTRY_CLERK]
    return Base(
        token=issue_token(user=clerk, mutual=mutual, label="bench"),
        session=_session_of(clerk),
        mutual=mutual.code,
        product=product.code,
        cash_account=cash.number,
        household_uids=tuple(str(uid) for uid in uids),
        person_numbers=tuple(numbers),
        provider_code="centre",
        item_codes=items,
        care_on=(today - timedelta(days=2)).isoformat(),
        received_on=(today - timedelta(days=1)).isoformat(),
    )


def _session_of(user: User) -> str:
    """The key of a session as signing in leaves it."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def _mutual() -> Mutual:
    system = system_user()
    federation = create_federation(
        mutual=None,
        actor=system,
        on=OPENED_ON,
        idempotency_key=a_key(),
        code="reseau-banc",
        name="Réseau du banc d’essai",
    )
    return create_mutual(
        mutual=None,
        actor=system,
        on=OPENED_ON,
        idempotency_key=a_key(),
        federation=federation,
        code=MUTUAL,
        name="Mutuelle du banc d’essai",
        country="tg",
    )


def _person(role: str, mutual: Mutual) -> User:
    system = system_user()
    user = create_user(
        mutual=None,
        actor=system,
        on=OPENED_ON,
        idempotency_key=a_key(),
        username=f"bench-{role}",
        display_name=role,
    )
    appoint(
        mutual=mutual,
        actor=system,
        on=OPENED_ON,
        idempotency_key=a_key(),
        user=user,
        role=role,
        effective_from=OPENED_ON,
    )
    return user


def _product(mutual: Mutual, enters: User, approves: User) -> Product:
    rules = read_product(product_path("essentielle"))
    version = enter_product_version(
        mutual=mutual,
        actor=enters,
        on=OPENED_ON,
        idempotency_key=a_key(),
        document=rules.document,
        effective_from=rules.begins_on,
        source="bench",
        running_share_reason="bench",
    )
    approve_product_version(
        mutual=mutual, actor=approves, on=OPENED_ON, idempotency_key=a_key(), version=version
    )
    return product_for(mutual, rules.code)


def _provider(mutual: Mutual, actor: User) -> tuple[str, ...]:
    tariff_list = ensure_tariff_list(
        system=SYSTEM, code="tarif", name="Tarif", currency=mutual.currency
    )
    codes = []
    for category, unit_price_minor in PRICES_MINOR.items():
        item = ensure_care_item(
            system=SYSTEM,
            code=f"{category}-1",
            kind=CareItemKind.SERVICE,
            label=category,
            category=ensure_category(category),
        )
        set_tariff(
            tariff_list=tariff_list,
            care_item=item,
            unit_price_minor=unit_price_minor,
            effective_from=OPENED_ON,
        )
        codes.append(item.code)
    provider = ensure_provider(system=SYSTEM, code="centre", name="Centre", sector=Sector.PUBLIC)
    make_agreement(
        mutual=mutual,
        actor=actor,
        on=OPENED_ON,
        idempotency_key=a_key(),
        provider=provider,
        tariff_list=tariff_list,
        effective_from=OPENED_ON,
    )
    return tuple(codes)


def _household(mutual: Mutual, actor: User, product: Product, today: date) -> list[str]:
    """Enrolled four months ago, everything paid: waiting periods of three months are over."""
    enrolled_on = today - timedelta(days=125)
    persons = tuple(
        PersonEntry(
            name="Banc",
            given_name=f"P{rank}",
            birth_on=date(today.year - age, 2, 14),
            sex=sex,
            relation=relation,
            has_photo=True,
        )
        for rank, (relation, sex, age) in enumerate(_PERSONS, start=1)
    )
    household = enrol_household(
        mutual=mutual,
        actor=actor,
        on=enrolled_on,
        idempotency_key=a_key(),
        product=product,
        enrolled_on=enrolled_on,
        persons=persons,
    )
    owed_minor = sum(household.dues.values_list("amount_minor", flat=True))
    record_contribution_payment(
        mutual=mutual,
        actor=actor,
        on=enrolled_on,
        idempotency_key=a_key(),
        household=household,
        amount_minor=owed_minor,
        channel=Channel.CASH,
        treasury_account=account_for(mutual, AccountRole.CASH),
        paid_on=enrolled_on,
    )
    return list(household.persons.values_list("number", flat=True))
