"""What tests build, with the services themselves: no state that the product could not reach."""

from __future__ import annotations

import itertools
from datetime import date

from entraide.apps.access.models import User
from entraide.apps.access.services import system_user
from entraide.apps.contributions.models import Channel, ContributionPayment, Payer
from entraide.apps.contributions.payments import record_contribution_payment
from entraide.apps.contributions.services import enrol_household
from entraide.apps.enrolment.facts import PersonEntry
from entraide.apps.enrolment.models import Household
from entraide.apps.ledger.models import Account
from entraide.apps.ledger.opening import add_treasury_account, create_mutual
from entraide.apps.ledger.selectors import account_for
from entraide.apps.schemes.models import Federation, Mutual, Product, ProductVersion
from entraide.apps.schemes.services import (
    approve_product_version,
    create_federation,
    enter_product_version,
)
from entraide.core.ledger import AccountRole
from entraide.rulebook import product_path, read_product

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
    )
