"""What reconciliation says: why a piece stands alone, why two answer to each other, what to do."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext_lazy
from django.utils.translation import gettext as _

from entraide.apps.banking.matching import BY_PERSON, POSTED
from entraide.apps.banking.models import MatchState
from entraide.apps.banking.worksheet import MatchSheet
from entraide.core.reconciliation import Hint, LeftoverClass, MatchPass
from entraide.files.bank_profile import BankProfile
from entraide.messages import sentence
from entraide.web.names import State

Text = str | Promise

EXPLAINED, PROPOSED, LATER, BEGINNING = "explained", "proposed", "later", "beginning"
OVERDUE_IN, OVERDUE_OUT = "overdue_in", "overdue_out"

CLASSES: dict[str, State] = {
    LeftoverClass.IN_TRANSIT: State("plain", pgettext_lazy("gap", "On its way")),
    LeftoverClass.UNCASHED: State("plain", pgettext_lazy("gap", "Not debited yet")),
    OVERDUE_IN: State("warn", pgettext_lazy("gap", "Expected, not received")),
    OVERDUE_OUT: State("warn", pgettext_lazy("gap", "Expected, not debited")),
    LeftoverClass.CHARGES: State("warn", pgettext_lazy("gap", "Bank charge")),
    LeftoverClass.BANK_ERROR: State("warn", pgettext_lazy("gap", "Bank’s error")),
    LeftoverClass.ENTRY_ERROR: State("warn", pgettext_lazy("gap", "Entry error")),
    LeftoverClass.UNKNOWN: State("bad", pgettext_lazy("gap", "Unknown")),
    EXPLAINED: State("ok", pgettext_lazy("gap", "Explained")),
    PROPOSED: State("wait", pgettext_lazy("gap", "Match proposed")),
    LATER: State("plain", pgettext_lazy("gap", "Written later")),
    BEGINNING: State("bad", pgettext_lazy("gap", "Difference at the start")),
}
WHAT_TO_DO: dict[str, Text] = {
    LeftoverClass.IN_TRANSIT: gettext_lazy("Nothing: the next statement will show it"),
    LeftoverClass.UNCASHED: gettext_lazy("Nothing: the next statement will show it"),
    OVERDUE_IN: gettext_lazy("Compare with the deposit slip, then ask the bank"),
    OVERDUE_OUT: gettext_lazy("Ask who was paid whether it was cashed, then ask the bank"),
    LeftoverClass.CHARGES: gettext_lazy("Post it from its line"),
    LeftoverClass.BANK_ERROR: gettext_lazy("Ask the bank, then explain the line"),
    LeftoverClass.ENTRY_ERROR: gettext_lazy(
        "Compare with the paper, then reverse or match by hand"
    ),
    LeftoverClass.UNKNOWN: gettext_lazy("Ask the bank; meanwhile put it in suspense"),
    EXPLAINED: gettext_lazy("Nothing: somebody has said why"),
    PROPOSED: gettext_lazy("Accept or refuse the proposal"),
    LATER: gettext_lazy("Nothing: the books took it up after the statement"),
    BEGINNING: gettext_lazy("Correct the opening balances"),
}
CLASS_ORDER = tuple(WHAT_TO_DO)
EXPLANATION_NAMES: dict[str, Text] = {
    LeftoverClass.BANK_ERROR: gettext_lazy("The bank’s error, to be put right by the bank"),
    LeftoverClass.ENTRY_ERROR: gettext_lazy("An error in the books, to be put right there"),
    LeftoverClass.CHARGES: gettext_lazy("A charge that the bank will give back"),
}


def profile_title(profile: BankProfile) -> str:
    """The name of a form of CSV as people choose it."""
    return profile.title.en if get_language() == "en" else profile.title.fr


def class_state(code: str) -> State:
    """How a class of gap is shown."""
    return CLASSES.get(code, State("plain", code))


def told_hint(hint: Hint) -> str:
    """What a person should look at first, as a sentence."""
    return sentence(hint.code, dict(hint.details), get_language() or "fr")


def why_matched(sheet: MatchSheet) -> str:
    """Why these two sides answer to each other, in one or two sentences."""
    match, days = sheet.match, sheet.days_apart
    if match.pass_name == BY_PERSON:
        return _("A person put these together.")
    if match.pass_name == POSTED:
        return _("The entry was made for this line.")
    if match.pass_name == MatchPass.RULE:
        return _("An accepted rule posted this line.")
    if match.pass_name in (MatchPass.REFERENCE, MatchPass.REFERENCE_SUM):
        why = _("The line names the document, and the sums agree.")
        if match.state == MatchState.PROPOSED:
            why += " " + _("Several pieces could answer: Entraide proposes, you decide.")
        return why
    apart = (
        _("the same day")
        if days == 0
        else ngettext("%(count)d day apart", "%(count)d days apart", days) % {"count": days}
    )
    why = _("Same amount, %(apart)s.") % {"apart": apart}
    if match.state == MatchState.PROPOSED:
        why += " " + _("No sure number on the line: Entraide proposes, you decide.")
    return why
