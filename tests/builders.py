"""What tests build, with the services themselves: no state that the product could not reach."""

from __future__ import annotations

import itertools
from datetime import date
from decimal import Decimal

from entraide.apps.access.models import User
from entraide.apps.access.services import system_user
from entraide.apps.claims.desk import LineEntry
from entraide.apps.claims.models import Circuit, Claim
from entraide.apps.claims.services import submit_claim
from entraide.apps.contributions.models import Channel, ContributionPayment, Payer
from entraide.apps.contributions.payments import record_contribution_payment
from entraide.apps.contributions.services import enrol_household
from entraide.apps.enrolment.facts import PersonEntry
from entraide.apps.enrolment.models import Household, Person
from entraide.apps.ledger.models import Account
from entraide.apps.ledger.opening import add_treasury_account, create_mutual
from entraide.apps.ledger.operations import transfer_between_accounts
from entraide.apps.ledger.selectors import account_for
from entraide.apps.nomenclature.models import CareItem, CareItemKind
from entraide.apps.nomenclature.services import ensure_care_item, ensure_category
from entraide.apps.providers.models import Provider
from entraide.apps.providers.services import (
    ensure_provider,
    ensure_tariff_list,
    make_agreement,
    set_tariff,
)
from entraide.apps.schemes.models import Federation, Mutual, Product, ProductVersion
from entraide.apps.schemes.services import (
    approve_product_version,
    create_federation,
    enter_product_version,
)
from entraide.core.ledger import AccountRole, FundCode
from entraide.core.product import Sector
from entraide.rulebook import product_path, read_product
from tests.people import People

OPENED_ON = date(2024, 1, 1)
_keys = itertools.count(1)


def a_key() -> str:
    """An idempotency key that no command has carried yet."""
    return f"test-{next(_keys)}"


def a_federation(code: str = "reseau") -> Federation:
    """A union of mutuals."""
    return create_federation(
        mutual=None,
        actor=system_user(),
        on=OPENED_ON,
        idempotency_key=a_key(),
        code=code,
        name="Réseau de test",
    )


def a_mutual(federation: Federation, code: str, name: str, country: str = "tg") -> Mutual:
    """A mutual with its books open and neither people nor products."""
    return create_mutual(
        mutual=None,
        actor=system_user(),
        on=OPENED_ON,
        idempotency_key=a_key(),
        federation=federation,
        code=code,
        name=name,
        country=country,
    )


def an_approved_product(
    mutual: Mutual, entered_by: User, approved_by: User, template: str = "essentielle"
) -> ProductVersion:
    """A version of a product template in force since the template begins (reason given if asked)."""
    rules = read_product(product_path(template))
    version = enter_product_version(
        mutual=mutual,
        actor=entered_by,
        on=OPENED_ON,
        idempotency_key=a_key(),
        document=rules.document,
        effective_from=rules.begins_on,
        source="AG constitutive",
        running_share_reason="Démarrage",
    )
    return approve_product_version(
        mutual=mutual, actor=approved_by, on=OPENED_ON, idempotency_key=a_key(), version=version
    )


def a_treasury_account(
    mutual: Mutual, actor: User, role: AccountRole, key: str, label: str
) -> Account:
    """A second bank, the cash box of a person …"""
    return add_treasury_account(
        mutual=mutual,
        actor=actor,
        on=OPENED_ON,
        idempotency_key=a_key(),
        role=role,
        key=key,
        label=label,
    )


MEMBER = PersonEntry(
    name="Adjovi", given_name="Éloïse", birth_on=date(1988, 4, 12), sex="F", has_photo=True
)
SPOUSE = PersonEntry(
    name="Adjovi",
    given_name="Koffi",
    birth_on=date(1985, 1, 30),
    sex="M",
    relation="spouse",
    has_photo=True,
)
CHILD = PersonEntry(
    name="Adjovi",
    given_name="Afi",
    birth_on=date(2016, 9, 3),
    sex="F",
    relation="child",
    has_photo=True,
)


def a_household(
    mutual: Mutual,
    actor: User,
    product: Product,
    *,
    enrolled_on: date = date(2025, 1, 10),
    persons: tuple[PersonEntry, ...] = (MEMBER, SPOUSE, CHILD),
    on: date | None = None,
    **more: object,
) -> Household:
    """A household enrolled on a day, its dues raised and not paid."""
    return enrol_household(
        mutual=mutual,
        actor=actor,
        on=on or enrolled_on,
        idempotency_key=a_key(),
        product=product,
        enrolled_on=enrolled_on,
        persons=persons,
        **more,
    )


def a_payment(
    household: Household,
    actor: User,
    amount_minor: int,
    *,
    paid_on: date = date(2025, 1, 10),
    on: date | None = None,
    channel: Channel = Channel.CASH,
    role: AccountRole = AccountRole.CASH,
    payer: Payer = Payer.HOUSEHOLD,
    external_reference: str = "",
    paper_number: str = "",
    double_confirmed: bool = False,
) -> ContributionPayment:
    """Money received for a household, in cash unless said otherwise; needs the scope open."""
    return record_contribution_payment(
        mutual=household.mutual,
        actor=actor,
        on=on or paid_on,
        idempotency_key=a_key(),
        household=household,
        amount_minor=amount_minor,
        channel=channel,
        treasury_account=account_for(household.mutual, role),
        paid_on=paid_on,
        payer=payer,
        external_reference=external_reference,
        paper_number=paper_number,
        double_confirmed=double_confirmed,
    )


def money_brought(mutual: Mutual, actor: User, role: AccountRole, minor: int, on: date) -> None:
    """Money of the mutual fund from the bank into a cash box or a wallet."""
    transfer_between_accounts(
        mutual=mutual,
        actor=actor,
        on=on,
        idempotency_key=a_key(),
        source=account_for(mutual, AccountRole.BANK),
        destination=account_for(mutual, role),
        amounts_minor={FundCode.MUTUAL: minor},
        moved_on=on,
        label="Approvisionnement",
    )


def a_provider(
    mutual: Mutual,
    actor: User,
    *,
    code: str = "csps-1",
    sector: Sector = Sector.PUBLIC,
    prices: dict[str, int] | None = None,
) -> Provider:
    """A provider under agreement since 2024; ``prices`` are care item codes with their tariff.

    An item called ``consultation-1`` is of the category ``consultation``.
    """
    tariff_list = ensure_tariff_list(
        system="test", code=f"tarif-{code}", name=f"Tarif {code}", currency=mutual.currency
    )
    for item_code, unit_price_minor in (prices or {"consultation-1": 4000}).items():
        set_tariff(
            tariff_list=tariff_list,
            care_item=a_care_item(item_code),
            unit_price_minor=unit_price_minor,
            effective_from=OPENED_ON,
        )
    provider = ensure_provider(system="test", code=code, name=f"Centre {code}", sector=sector)
    make_agreement(
        mutual=mutual,
        actor=actor,
        on=OPENED_ON,
        idempotency_key=a_key(),
        provider=provider,
        tariff_list=tariff_list,
        effective_from=OPENED_ON,
    )
    return provider


def a_care_item(code: str = "consultation-1", **more: object) -> CareItem:
    """The act ``<category>-<n>``."""
    category = ensure_category(code.rsplit("-", 1)[0])
    return ensure_care_item(
        system="test",
        code=code,
        kind=CareItemKind.SERVICE,
        label=code.capitalize(),
        category=category,
        **more,
    )


def a_claim(
    person: Person,
    provider: Provider,
    actor: User,
    *lines: tuple[str, str | Decimal, int],
    care_on: date = date(2025, 3, 3),
    received_on: date | None = None,
    on: date | None = None,
    circuit: Circuit = Circuit.THIRD_PARTY_PAYMENT,
    **more: object,
) -> Claim:
    """A claim with lines (item code, quantity, unit price); needs the scope open."""
    received_on = received_on or care_on
    return submit_claim(
        mutual=person.mutual,
        actor=actor,
        on=on or received_on,
        idempotency_key=a_key(),
        person=person,
        provider=provider,
        circuit=circuit,
        care_on=care_on,
        received_on=received_on,
        lines=tuple(
            LineEntry(
                a_care_item(code),
                Decimal(quantity) if isinstance(quantity, str) else quantity,
                unit_price_minor,
            )
            for code, quantity, unit_price_minor in lines or (("consultation-1", "1", 4000),)
        ),
        **more,
    )


def cover_newborns(mutual: Mutual, people: People, days: int) -> None:
    """The product covers a newborn for so many days before it is registered, and each person pays,
    since June 2024."""
    document = read_product(product_path("essentielle")).document
    document["contribution"]["kind"] = "per_person"
    document["membership"]["newborn_cover_days"] = {
        "unit": "day",
        "values": [{"from": date(2024, 1, 1), "value": days, "source": "AG 2024"}],
    }
    version = enter_product_version(
        mutual=mutual, actor=people.moussa, on=OPENED_ON, idempotency_key=a_key(),
        document=document, effective_from=date(2024, 6, 1), source="AG 2024",
        running_share_reason="Démarrage",
    )  # fmt: skip
    approve_product_version(
        mutual=mutual, actor=people.director, on=OPENED_ON, idempotency_key=a_key(), version=version
    )
