from __future__ import annotations

from pathlib import Path

import pytest

from entraide.core.errors import RefusedRows
from entraide.core.ledger import AccountRole
from entraide.rulebook.accounts import AccountKind, read_accounts

COUNTRIES = Path(__file__).parents[2] / "rules" / "countries"
PLANS = sorted(COUNTRIES.glob("*/accounts.yaml"))


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.parent.name)
def test_every_country_numbers_every_role(path: Path) -> None:
    accounts = read_accounts(path)
    assert [account.role for account in accounts] == list(AccountRole)
    assert len({account.number for account in accounts}) == len(AccountRole)
    assert all(account.titles["fr"] and account.titles["en"] for account in accounts)
    kinds = {account.role: account.kind for account in accounts}
    assert kinds[AccountRole.BANK] is AccountKind.ASSET
    assert kinds[AccountRole.CLAIMS_EXPENSE] is AccountKind.EXPENSE
    assert kinds[AccountRole.PROVIDERS_PAYABLE] is AccountKind.LIABILITY


def test_every_country_has_a_plan() -> None:
    countries = {path.parent for path in COUNTRIES.glob("*/country.yaml")}
    assert countries == {path.parent for path in PLANS}


def findings(tmp_path: Path, before: str, after: str) -> set[tuple[str, str]]:
    text = (COUNTRIES / "bf" / "accounts.yaml").read_text(encoding="utf-8")
    assert before in text
    path = tmp_path / "accounts.yaml"
    path.write_text(text.replace(before, after), encoding="utf-8")
    with pytest.raises(RefusedRows) as refused:
        read_accounts(path)
    return {(finding.code, str(finding.data.get("role", ""))) for finding in refused.value.findings}


def test_a_missing_role_fails_at_load(tmp_path: Path) -> None:
    text = (COUNTRIES / "bf" / "accounts.yaml").read_text(encoding="utf-8")
    (row,) = (line for line in text.splitlines() if "role: suspense" in line)
    assert findings(tmp_path, row + "\n", "") == {("ACCOUNT_ROLE_MISSING", "suspense")}


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("role: cash,", "role: treasure,", "ACCOUNT_ROLE_UNKNOWN"),
        ("role: cash,", "role: bank,", "ACCOUNT_ROLE_TWICE"),
        ('number: "571"', 'number: "521"', "ACCOUNT_NUMBER_TWICE"),
        ("kind: fund", "kind: purse", "ACCOUNT_KIND_UNKNOWN"),
        ('number: "571"', 'number: "5A"', "RULE_TEXT_FORM"),
        ('number: "571"', "number: 571", "RULE_TEXT_EXPECTED"),
    ],
)
def test_other_mistakes_of_a_plan(tmp_path: Path, before: str, after: str, code: str) -> None:
    assert code in {found for found, _role in findings(tmp_path, before, after)}
