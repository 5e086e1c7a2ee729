"""Opening the books: a mutual is born with its chart of accounts and the head of its chain."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django_scopes import scope

from entraide.apps.access.models import User
from entraide.apps.ledger.models import Account, LedgerHead
from entraide.apps.ledger.selectors import account_for
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Federation, Mutual
from entraide.apps.schemes.rights import Right
from entraide.apps.schemes.services import add_mutual
from entraide.core.errors import Refusal
from entraide.core.ledger import GENESIS, TREASURY_ROLES, AccountRole
from entraide.rulebook import country_path
from entraide.rulebook.accounts import read_accounts


@command("create_mutual", right=Right.ADMINISTER)
def create_mutual(
    *,
    mutual: Mutual | None,
    actor: User,
    on: date,
    idempotency_key: str,
    federation: Federation,
    code: str,
    name: str,
    country: str,
    currency: str = "",
    place: str = "",
    is_demonstration: bool = False,
    is_training: bool = False,
    settings: Mapping[str, Any] | None = None,
) -> Mutual:
    """A new mutual with its books open (a command of the network: ``mutual`` is None).

    Its accounts are those of ``rules/countries/<country>/accounts.yaml``.
    """
    created = add_mutual(
        federation=federation,
        code=code,
        name=name,
        country=country,
        currency=currency,
        place=place,
        is_demonstration=is_demonstration,
        is_training=is_training,
        settings=settings,
    )
    plan = read_accounts(country_path(created.country).with_name("accounts.yaml"))
    with scope(mutual=created):
        Account.objects.bulk_create(
            Account(
                mutual=created,
                number=account.number,
                role=account.role.value,
                kind=account.kind.value,
                label_fr=account.titles["fr"],
                label_en=account.titles["en"],
            )
            for account in plan
        )
        LedgerHead.objects.create(mutual=created, last_hash=GENESIS)
    return created


def ensure_account(mutual: Mutual, role: AccountRole) -> Account:
    """The account of a role, opened from the country's chart when the mutual is older than it.

    Inside the caller's transaction; a number already taken gets the next rank under it.
    """
    found = Account.objects.filter(mutual=mutual, role=role.value, key="").first()
    if found is not None:
        return found
    plan = read_accounts(country_path(mutual.country).with_name("accounts.yaml"))
    account = next(each for each in plan if each.role == role)
    taken = set(Account.objects.filter(mutual=mutual).values_list("number", flat=True))
    free = (f"{account.number}{rank}" for rank in range(1, len(taken) + 2))
    number = next(each for each in (account.number, *free) if each not in taken)
    return Account.objects.create(
        mutual=mutual,
        number=number,
        role=role.value,
        kind=account.kind.value,
        label_fr=account.titles["fr"],
        label_en=account.titles["en"],
    )


@command("add_treasury_account", right=Right.POST_OPERATION)
def add_treasury_account(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    role: AccountRole,
    key: str,
    label: str,
    number: str = "",
) -> Account:
    """One more place for money: a second bank, the cash box of an agency or of a person.

    Without a ``number`` of its own it takes the next one under the role's account: 521 → 5211.
    """
    if role not in TREASURY_ROLES:
        raise Refusal(
            "NOT_A_TREASURY_ROLE", place="role", role=role.value, allowed=sorted(TREASURY_ROLES)
        )
    if not key.strip():
        raise Refusal("ACCOUNT_KEY_MISSING", place="key")
    if Account.objects.filter(mutual=mutual, role=role.value, key=key).exists():
        raise Refusal("ACCOUNT_KEY_TAKEN", place="key", key=key)
    main = account_for(mutual, role)
    taken = set(Account.objects.filter(mutual=mutual).values_list("number", flat=True))
    if number in taken:
        raise Refusal("ACCOUNT_NUMBER_TAKEN", place="number", number=number)
    rank = 1
    while not number:
        candidate = f"{main.number}{rank}"
        number = "" if candidate in taken else candidate
        rank += 1
    return Account.objects.create(
        mutual=mutual,
        number=number,
        role=role.value,
        key=key,
        kind=main.kind,
        label_fr=label,
        label_en=label,
    )


def name_account(account: Account, name: str) -> None:
    """Call a treasury account as people do (« Banque de l'Imerina ») and not as the chart does."""
    Account.objects.filter(pk=account.pk).update(label_fr=name, label_en=name)
    account.label_fr = account.label_en = name
