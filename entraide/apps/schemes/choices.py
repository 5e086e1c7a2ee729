"""The choices that a mutual makes for itself, by name: what ``Mutual.settings`` may hold.

A choice is a value that one line of code may read without a query (``HELP_NUMBER.of(mutual)``):
a text, a rate, a flag, a number, or one option among several. To add one, write it here with its
title and meaning, put it in ``CHOICES``, and give both texts their French. Values are changed by
the command ``change_choice`` only (``schemes.choosing``), which keeps every change.

Rules that open or close rights are not choices: they have a day, and two persons.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_noop as _

from entraide.apps.schemes.care_terms import CARE_CHOICES
from entraide.apps.schemes.choice_kinds import (
    Choice,
    ChoiceArea,
    ChoiceKind,
    FlagChoice,
    NumberChoice,
    OptionChoice,
    RateChoice,
    TextChoice,
)
from entraide.apps.schemes.collection_terms import COLLECTION_CHOICES
from entraide.apps.schemes.models import Mutual
from entraide.core.errors import Finding, Refusal, RefusedRows

__all__ = [
    "Choice",
    "ChoiceArea",
    "ChoiceKind",
    "FlagChoice",
    "NumberChoice",
    "OptionChoice",
    "RateChoice",
    "TextChoice",
]

HELP_NUMBER = TextChoice(
    "help_number",
    _("Help number"),
    _(
        "The telephone number that a family calls for help; printed on the card, the leaflet and "
        "the receipt."
    ),
    "",
    ChoiceArea.CARDS,
    "0.2.0",
    longest=40,
)

HELP_STEPS = TextChoice(
    "help_steps",
    _("What to do when there is a problem"),
    _(
        "Simple steps for a family that meets a problem at a health centre, one a line; printed "
        "on the back of the card, on the leaflet and on the receipt."
    ),
    "",
    ChoiceArea.CARDS,
    "0.2.0",
    longest=280,
    lines=5,
)

CARD_UNIT_HOUSEHOLD, CARD_UNIT_PERSON = "household", "person"
CARD_UNIT = OptionChoice(
    "card_unit",
    _("Who receives a card"),
    _("Whether a family has one card that names all of its persons, or each person has one."),
    CARD_UNIT_HOUSEHOLD,
    ChoiceArea.CARDS,
    "0.2.0",
    options={
        CARD_UNIT_HOUSEHOLD: _("One card per family"),
        CARD_UNIT_PERSON: _("One card per person"),
    },
)

RUNNING_SHARE_LIMIT = RateChoice(
    "running_share_limit",
    _("Limit of running costs"),
    _("The largest part of a contribution that may go to running costs without a written reason."),
    "0.30",
    ChoiceArea.CONTRIBUTIONS,
    "0.1.0",
)

ARREARS_BEFORE_REENTRY = FlagChoice(
    "arrears_before_reentry",
    _("Arrears are paid before a family comes back"),
    _(
        "Whether a family that comes back after days without cover first pays what it owes of "
        "earlier covers. Otherwise these arrears stay due beside the new cover."
    ),
    False,
    ChoiceArea.CONTRIBUTIONS,
    "0.2.0",
)


def _share(subject: str, title: str, meaning: str, default: bool) -> FlagChoice:
    return FlagChoice(f"share_{subject}", title, meaning, default, ChoiceArea.NETWORK, "0.2.0")


SHARE_MEMBERSHIP = _share(
    "membership",
    _("Memberships are shared with the federation"),
    _("Whether the statutes share the numbers of families and persons, never their names."),
    True,
)
SHARE_CONTRIBUTIONS = _share(
    "contributions",
    _("Contributions are shared with the federation"),
    _("Whether the statutes share the figures of contributions and of their collection."),
    True,
)
SHARE_CARE = _share(
    "care",
    _("Care is shared with the federation"),
    _("Whether the statutes share the figures of care: use, mean cost, RSP."),
    True,
)
SHARE_FUNDS = _share(
    "funds",
    _("Funds are shared with the federation"),
    _("Whether the statutes share the figures of funds: running costs, autonomy, reserve."),
    False,
)
SMALL_MUTUAL_PERSONS = NumberChoice(
    "small_mutual_persons",
    _("Small number of persons"),
    _("Below so many persons covered, ratios are shown as fragile in comparisons."),
    1_000,
    ChoiceArea.NETWORK,
    "0.2.0",
)
REFUNDS_TO_SAVINGS = FlagChoice(
    "refunds_to_savings",
    _("Refunds may go to savings accounts at the lender"),
    _(
        "Say yes only once the agreement with the lender forbids it to take arrears of loans from "
        "what arrives there: a refund is paid whole."
    ),
    False,
    ChoiceArea.CARE,
    "0.2.0",
)
UNCLAIMED_AFTER_DAYS = NumberChoice(
    "unclaimed_after_days",
    _("Days after which a refund is unclaimed"),
    _(
        "So many days after it was authorised, a refund that nobody came for may be proposed for "
        "the account of unclaimed refunds. It stays owed to the family."
    ),
    365,
    ChoiceArea.CARE,
    "0.2.0",
    maximum=3_650,
)
RENEWAL_RATE_DAYS = NumberChoice(
    "renewal_rate_days",
    _("Days to renew"),
    _("A family that renews within so many days after its term counts as kept."),
    30,
    ChoiceArea.CONTRIBUTIONS,
    "0.2.0",
    maximum=365,
)

BRIEFING_TARGET = RateChoice(
    "briefing_target",
    _("Groups informed before a tariff takes effect"),
    _(
        "The part of the partner groups that must have been told of a new tariff before it is "
        "approved; below it, whoever approves writes why."
    ),
    "0.80",
    ChoiceArea.CONTRIBUTIONS,
    "0.2.0",
)

EFFORT_LIMIT = RateChoice(
    "effort_limit",
    _("Effort above which families are flagged"),
    _(
        "The contribution as a part of the loan or of the declared income above which a tier of "
        "families is flagged in simulations and in the report of effort."
    ),
    "0.08",
    ChoiceArea.CONTRIBUTIONS,
    "0.2.0",
)

WORD_CLAIM = OptionChoice(
    "word_claim",
    _("Word for what is asked for care"),
    _("How the mutual says it, on every page in French."),
    "sinistre",
    ChoiceArea.NETWORK,
    "0.2.0",
    options={"sinistre": _("Claim (sinistre)"), "prestation": _("Benefit (prestation)")},
)
WORD_MEMBER = OptionChoice(
    "word_member",
    _("Word for who joins and owes"),
    _("How the mutual says it, on every page in French."),
    "adherent",
    ChoiceArea.NETWORK,
    "0.2.0",
    options={"adherent": _("Member (adhérent)"), "mutualiste": _("Member (mutualiste)")},
)
WORD_CARD = OptionChoice(
    "word_card",
    _("Word for what a family shows at the health centre"),
    _("How the mutual says it, on every page in French."),
    "carte",
    ChoiceArea.NETWORK,
    "0.2.0",
    options={"carte": _("Card (carte)"), "carnet": _("Booklet (carnet)")},
)

RECEIPT_SLIP_DAYS = NumberChoice(
    "receipt_slip_days",
    _("Days before a cash receipt is on a slip"),
    _("After so many days a cash receipt that is on no slip is listed by the daily check."),
    3,
    ChoiceArea.CONTRIBUTIONS,
    "0.2.0",
    minimum=0,
    maximum=365,
)

SLIP_DEPOSIT_DAYS = NumberChoice(
    "slip_deposit_days",
    _("Days before a slip is at the bank"),
    _("After so many days a slip that is not at the bank is listed by the daily check."),
    7,
    ChoiceArea.CONTRIBUTIONS,
    "0.2.0",
    minimum=0,
    maximum=365,
)

CASH_HELD_DAYS = NumberChoice(
    "cash_held_days",
    _("Days that a person may keep cash"),
    _("Who keeps cash of contributions for longer is listed by the daily check."),
    10,
    ChoiceArea.CONTRIBUTIONS,
    "0.2.0",
    minimum=0,
    maximum=365,
)

CASH_HELD_LIMIT = NumberChoice(
    "cash_held_limit",
    _("Most cash that a person may hold"),
    _(
        "In whole units of the currency: who holds more cash of contributions is listed by the "
        "daily check. 0: no limit."
    ),
    0,
    ChoiceArea.CONTRIBUTIONS,
    "0.2.0",
    minimum=0,
    maximum=1_000_000_000,
)
FAMILY_PHOTO_ACCEPTED = FlagChoice(
    "family_photo_accepted",
    _("A family photo is enough"),
    _("Whether whoever is ticked on one photo of the family needs no photo of their own."),
    False, ChoiceArea.CARDS, "0.2.0",
)  # fmt: skip
LATE_ENTRY_DAYS = NumberChoice(
    "late_entry_days",
    _("Days to enter a paper"),
    _("A form signed more days ago is entered by whoever may mend the register, with a reason."),
    60, ChoiceArea.CARDS, "0.2.0", minimum=1, maximum=3650,
)  # fmt: skip
SESSION_FEWEST = NumberChoice(
    "session_fewest",
    _("Fewest persons of a medical session"),
    _(
        "Where the last three sessions in person received fewer, the page of sessions proposes "
        "calls instead."
    ),
    3, ChoiceArea.CARE, "0.2.0", minimum=0, maximum=100,
)  # fmt: skip

CHOICES: tuple[Choice[Any], ...] = (
    FAMILY_PHOTO_ACCEPTED, LATE_ENTRY_DAYS, HELP_NUMBER, HELP_STEPS, CARD_UNIT,
    RUNNING_SHARE_LIMIT, ARREARS_BEFORE_REENTRY, RENEWAL_RATE_DAYS, UNCLAIMED_AFTER_DAYS,
    REFUNDS_TO_SAVINGS,
    SHARE_MEMBERSHIP,
    SHARE_CONTRIBUTIONS, SHARE_CARE, SHARE_FUNDS, SMALL_MUTUAL_PERSONS, WORD_CLAIM, WORD_MEMBER,
    WORD_CARD, BRIEFING_TARGET, EFFORT_LIMIT, RECEIPT_SLIP_DAYS, SLIP_DEPOSIT_DAYS, CASH_HELD_DAYS,
    CASH_HELD_LIMIT, SESSION_FEWEST, *COLLECTION_CHOICES, *CARE_CHOICES,
)  # fmt: skip
DEMONSTRATION = "demonstration"  # in the settings of an invented mutual: no choice, a mark


def choice_named(name: str) -> Choice[Any]:
    """The choice with this name; ``SETTING_UNKNOWN`` otherwise."""
    for choice in CHOICES:
        if choice.name == name:
            return choice
    raise Refusal("SETTING_UNKNOWN", place=f"settings.{name}", name=name)


def checked_settings(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings if every name is a known choice with a value of its kind.

    Refused with every fault at once: ``SETTING_UNKNOWN``, and the faults of each kind.
    """
    faults: list[Finding] = []
    for name, value in settings.items():
        try:
            fault = choice_named(name).fault(value)
        except Refusal as unknown:
            fault = unknown.as_finding()
        if fault is not None:
            faults.append(fault)
    if faults:
        raise RefusedRows(tuple(faults))
    return dict(settings)


def running_share_limit(mutual: Mutual) -> Decimal:
    """The mutual's guard on the running-cost share of a contribution, between 0 and 1."""
    return RUNNING_SHARE_LIMIT.of(mutual)
