"""A CSV is read by the profile whose columns its header has."""

from __future__ import annotations

from pathlib import Path

import pytest

from entraide.core.errors import Refusal
from entraide.files.bank_profile import BankProfile, read_profile
from entraide.files.recognition import has_header, recognise

HERE = Path(__file__).parent
COUNTRIES = HERE.parents[1] / "rules" / "countries"
ALL = [read_profile(path) for path in sorted(COUNTRIES.glob("[!_]*/banks/*.yaml"))]
PROFILES = {profile.profile: profile for profile in ALL}
BANK, WALLET = PROFILES["mg_bank"], PROFILES["mg_mobile_money"]
BANK_FILE = (HERE / "mg_bank_2025.csv").read_bytes()
WALLET_FILE = (HERE / "mg_mobile_money_2025.csv").read_bytes()


def renamed(profile: BankProfile, code: str) -> BankProfile:
    """Another bank with the same columns."""
    return profile.model_copy(update={"profile": code})


def refused(content: bytes, profiles: list[BankProfile], own: BankProfile | None = None) -> Refusal:
    with pytest.raises(Refusal) as caught:
        recognise(content, profiles, own)
    return caught.value


@pytest.mark.requirement("R140", begun=True)
@pytest.mark.parametrize("code", PROFILES)
def test_each_sample_is_recognised_among_all_profiles(code: str) -> None:
    assert recognise((HERE / f"{code}_2025.csv").read_bytes(), ALL).profile == code


def test_the_sample_of_the_how_to_is_recognised() -> None:
    page = (HERE.parents[1] / "docs" / "howto" / "importer-un-releve.md").read_text()
    sample = page.split("```csv\n")[1].split("```")[0]
    rows = "\n".join(row.strip() for row in sample.splitlines())
    for encoding in ("utf-8", "utf-8-sig", "cp1252"):
        assert recognise(rows.encode(encoding), [BANK, WALLET]) is BANK


def test_two_that_fit_are_told_by_their_names_unless_the_account_names_one() -> None:
    twin = renamed(BANK, "mg_other")
    refusal = refused(BANK_FILE, [BANK, twin, WALLET])
    assert refusal.code == "PROFILE_AMBIGUOUS"
    assert refusal.data["known"] == [BANK.title.model_dump()] * 2
    assert recognise(BANK_FILE, [BANK, twin], twin) is twin


def test_none_that_fits_is_told_with_all_of_them() -> None:
    refusal = refused(b"Day;Amount\n1;2\n", [BANK, WALLET])
    assert refusal.code == "PROFILE_UNRECOGNISED"
    assert [name["fr"] for name in refusal.data["known"]] == [BANK.title.fr, WALLET.title.fr]
    assert refused(b"Day;Amount\n1;2\n", []).data["known"] == "—"
    assert recognise(b"Day;Amount\n1;2\n", [BANK, WALLET], BANK) is BANK  # its reader says why


def test_the_file_of_an_operator_does_not_enter_a_bank_unasked() -> None:
    assert recognise(WALLET_FILE, [BANK, WALLET], BANK) is BANK
    later = renamed(BANK, "mg_later")  # the bank changed its columns
    old = BANK.model_copy(
        update={"columns": BANK.columns.model_copy(update={"balance": "Solde du jour"})}
    )
    assert recognise(BANK_FILE, [old, later, WALLET], old) is later


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf\r\n ", b"\n\n"])
def test_an_empty_file_is_told_as_such(content: bytes) -> None:
    assert refused(content, [BANK]).code == "STATEMENT_EMPTY"


def test_only_the_first_rows_are_looked_at_and_a_cut_letter_is_no_fault() -> None:
    for blanks in range(199_990, 200_010):
        padded = b"\n" * (blanks - 500) + b"x" * 499 + "é\n".encode() + BANK_FILE
        assert not has_header(padded, WALLET)
    assert has_header(BANK_FILE + "é".encode() * 200_000, BANK)


@pytest.mark.parametrize("content", [b'"never closed', BANK_FILE.decode().encode("utf-16")])
def test_what_is_no_csv_has_no_header(content: bytes) -> None:
    assert not has_header(content, BANK)
