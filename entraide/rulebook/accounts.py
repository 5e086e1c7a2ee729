"""The chart of accounts of a country: each account role with its number and its names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints, field_validator
from pydantic_core import PydanticCustomError

from entraide.core.errors import Finding, RefusedRows
from entraide.core.ledger import AccountRole
from entraide.rulebook.document import read_document
from entraide.rulebook.schema import Titles
from entraide.rulebook.validation import Strict, validated


class AccountKind(StrEnum):
    """Where an account stands in the yearly statements."""

    ASSET = "asset"
    LIABILITY = "liability"
    FUND = "fund"
    INCOME = "income"
    EXPENSE = "expense"


@dataclass(frozen=True, slots=True)
class AccountPlan:
    """One account of the plan. ``titles`` by language, as accountants of the country write them."""

    role: AccountRole
    number: str
    kind: AccountKind
    titles: Mapping[str, str]


class _AccountDocument(Strict):
    role: str
    number: Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{1,7}$")]
    kind: str
    title: Titles

    @field_validator("role")
    @classmethod
    def _known_role(cls, value: str) -> str:
        if value not in set(AccountRole):
            raise PydanticCustomError("ACCOUNT_ROLE_UNKNOWN", "unknown role", {"role": value})
        return value

    @field_validator("kind")
    @classmethod
    def _known_kind(cls, value: str) -> str:
        if value not in set(AccountKind):
            raise PydanticCustomError("ACCOUNT_KIND_UNKNOWN", "unknown kind", {"kind": value})
        return value


class _PlanDocument(Strict):
    plan: Annotated[str, StringConstraints(min_length=1)]
    source: Annotated[str, StringConstraints(min_length=1)]
    is_confirmed: bool
    accounts: Annotated[list[_AccountDocument], Field(min_length=1)]


def read_accounts(path: Path) -> tuple[AccountPlan, ...]:
    """The accounts of an ``accounts.yaml``, one per role, in the order of ``AccountRole``.

    Refused with every fault at once, among them ``ACCOUNT_ROLE_MISSING``, ``ACCOUNT_ROLE_TWICE``
    and ``ACCOUNT_NUMBER_TWICE`` (a balance by number must also be a balance by role).
    """
    model = validated(_PlanDocument, read_document(path))
    roles = Counter(account.role for account in model.accounts)
    numbers = Counter(account.number for account in model.accounts)
    findings = [
        Finding("ACCOUNT_ROLE_MISSING", place="accounts", data={"role": role.value})
        for role in AccountRole
        if role not in roles
    ]
    for index, account in enumerate(model.accounts):
        place = f"accounts[{index}]"
        if roles[account.role] > 1:
            shown = {"role": account.role}
            findings.append(Finding("ACCOUNT_ROLE_TWICE", place=f"{place}.role", data=shown))
        if numbers[account.number] > 1:
            shown = {"number": account.number}
            findings.append(Finding("ACCOUNT_NUMBER_TWICE", place=f"{place}.number", data=shown))
    if findings:
        raise RefusedRows(tuple(findings))
    by_role = {AccountRole(account.role): account for account in model.accounts}
    return tuple(
        AccountPlan(role, account.number, AccountKind(account.kind), account.title.model_dump())
        for role in AccountRole
        for account in (by_role[role],)
    )
