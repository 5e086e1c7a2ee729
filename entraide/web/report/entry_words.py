"""How corrections are told: what was entered, on which screen, which act corrected it."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from entraide.core.entry_quality import Kind

Text = str | Promise

KINDS: dict[str, Text] = {
    Kind.FAMILIES.value: gettext_lazy("Families and persons"),
    Kind.RECEIPTS.value: pgettext_lazy("entered", "Receipts"),
    Kind.CLAIMS.value: pgettext_lazy("entered", "Claims"),
    Kind.INVOICES.value: gettext_lazy("Invoices of providers"),
    Kind.BOOKS.value: gettext_lazy("Operations of cash and bank"),
}
ACTS: dict[str, Text] = {
    "correct_person": gettext_lazy("Person corrected"),
    "correct_household": gettext_lazy("Address or signature of a family corrected"),
    "merge_persons": gettext_lazy("Person entered twice"),
    "merge_households": gettext_lazy("Family entered twice"),
    "undo_membership": gettext_lazy("Cover undone"),
    "withdraw_exit": gettext_lazy("Departure or death taken back"),
    "reverse_payment": gettext_lazy("Receipt reversed"),
    "reassign_payment": gettext_lazy("Receipt moved to its family"),
    "reverse_lump_sum": gettext_lazy("Sum of a group reversed"),
    "reverse_claim": gettext_lazy("Claim reversed"),
    "recode_line": gettext_lazy("Act coded otherwise"),
    "recode_diagnosis": gettext_lazy("Illness coded otherwise"),
    "cancel_invoice": gettext_lazy("Invoice cancelled"),
    "reverse_document": gettext_lazy("Entry of the books reversed"),
}
_SCREENS: dict[str, Text] = {
    "web:household-new": gettext_lazy("Membership form"),
    "web:household-add": gettext_lazy("Person added to a family"),
    "web:newborn-declare": gettext_lazy("Birth declared"),
    "web:payment-new": gettext_lazy("Receiving a contribution"),
    "web:lump-sum-new": gettext_lazy("Sum of a group received"),
    "web:claim-new": gettext_lazy("Entry of attestations"),
    "web:invoice-new": gettext_lazy("Reception of invoices"),
    "web:operation-new": gettext_lazy("Operation of cash or bank"),
    "portal:claim-new": gettext_lazy("Provider’s portal"),
}
_STARTS: tuple[tuple[str, Text], ...] = (
    ("web:import", gettext_lazy("Imports of files")),
    ("api:", gettext_lazy("Other software, by the API")),
    ("portal:", gettext_lazy("Provider’s portal")),
)


def screen_name(screen: str) -> str:
    """What people call the screen of a journal line."""
    if not screen:
        return _("Screen not known")
    if (name := _SCREENS.get(screen)) is not None:
        return str(name)
    for start, words in _STARTS:
        if screen.startswith(start):
            return str(words)
    return _("Another page")
