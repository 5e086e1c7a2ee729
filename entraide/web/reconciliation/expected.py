"""What a CSV statement must look like, said before anybody chooses a file."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

from entraide.apps.banking.models import BankAccount
from entraide.apps.banking.statement_files import profile_of, profile_paths
from entraide.core.errors import Refusal
from entraide.files.profile_example import ExampleColumn, example_columns

HOLDS: dict[str, Promise] = {
    "booked_on": gettext_lazy("Day of the operation"),
    "value_on": gettext_lazy("Value date, may be empty"),
    "label": gettext_lazy("Words of the operation"),
    "reference": gettext_lazy("Your reference, may be empty"),
    "bank_reference": gettext_lazy("The bank’s reference, may be empty"),
    "bank_code": gettext_lazy("The bank’s code, may be empty"),
    "amount": gettext_lazy("Amount, with a minus sign for what goes out"),
    "debit": gettext_lazy("What goes out, else empty"),
    "credit": gettext_lazy("What comes in, else empty"),
    "fee": gettext_lazy("Fee on top of the amount"),
    "balance": gettext_lazy("Balance after the operation"),
    "status": gettext_lazy("State of the operation"),
}
SEPARATORS: dict[str, Promise] = {
    ";": pgettext_lazy("separator", "semicolon"),
    ",": pgettext_lazy("separator", "comma"),
    "\t": pgettext_lazy("separator", "tab"),
}


@dataclass(frozen=True, slots=True)
class ExpectedFile:
    """The form of the CSV files of one profile; the one chosen is shown open."""

    code: str
    title: str
    separator: str | Promise
    columns: tuple[tuple[ExampleColumn, Promise], ...]
    is_chosen: bool


def expected_files(account: BankAccount, chosen: str, language: str) -> list[ExpectedFile]:
    """The profiles of the country, that chosen first (else the account's own); a profile that
    cannot be read is left out: the import itself says why."""
    chosen = chosen if chosen in profile_paths(account.mutual) else account.csv_profile
    found = []
    for code in profile_paths(account.mutual):
        try:
            profile = profile_of(account.mutual, code)
        except Refusal:
            continue
        found.append(
            ExpectedFile(
                code,
                profile.title.en if language == "en" else profile.title.fr,
                SEPARATORS.get(profile.delimiter, profile.delimiter),
                tuple((each, HOLDS[each.holds]) for each in example_columns(profile)),
                code == chosen,
            )
        )
    return sorted(found, key=lambda each: not each.is_chosen)
