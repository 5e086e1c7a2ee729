"""What a CSV statement must look like, said before anybody chooses a file."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

from entraide.apps.banking.models import BankAccount
from entraide.apps.banking.statement_files import CAMT053, profiles
from entraide.files.profile_example import ExampleColumn, example_columns
from entraide.web.reconciliation.wording import profile_title

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
    """The form of the CSV files of one profile, shown open or closed."""

    title: str
    separator: str | Promise
    columns: tuple[tuple[ExampleColumn, Promise], ...]
    is_open: bool


def expected_files(account: BankAccount, format: str) -> list[ExpectedFile]:
    """What the files of a format look like: of a profile its own, of camt.053 nothing, and while
    the format is to be recognised every profile of the country, the account's own first."""
    known = profiles(account.mutual)
    if format == CAMT053:
        return []
    asked = [profile for profile in known if profile.profile == format]
    shown = asked or sorted(known, key=lambda each: each.profile != account.csv_profile)
    return [
        ExpectedFile(
            profile_title(profile),
            SEPARATORS.get(profile.delimiter, profile.delimiter),
            tuple((each, HOLDS[each.holds]) for each in example_columns(profile)),
            len(shown) == 1 or profile.profile == account.csv_profile,
        )
        for profile in shown
    ]
