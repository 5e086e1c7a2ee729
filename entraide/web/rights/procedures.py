"""« Comment faire »: each step of the chain as one does it, who may, and where to begin."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from entraide.apps.schemes.rights import Right
from entraide.web.names import RIGHT_NAMES, Text, roles_that_may
from entraide.web.navigation import page_url
from entraide.web.office import OfficeRequest, office_view


@dataclass(frozen=True, slots=True)
class Procedure:
    """One way of working: its acts in their order, the page where it begins, the right it asks."""

    code: str
    title: Text
    page: str
    right: Right
    acts: tuple[Text, ...]


PROCEDURES: tuple[Procedure, ...] = (
    Procedure(
        "enrol",
        _("Enrol a family"),
        "household-new",
        Right.ENROL,
        (
            _("Take the paper form: the screen follows its order."),
            _("Enter each person; one only is the member. An unknown birth date may be a year."),
            _("Read the price and what is still missing, then record."),
            _("Receive the first payment on the same page, or later from the family’s page."),
        ),
    ),
    Procedure(
        "renew",
        _("Renew covers"),
        "renewals",
        Right.ENROL,
        (
            _("Open the renewals and choose a stage or a group."),
            _("Press « Renew » for one family, or tick several and confirm once."),
            _("Families that cannot be renewed are listed with why."),
            _("After the term, record why a family does not renew."),
        ),
    ),
    Procedure(
        "receive",
        _("Receive a contribution"),
        "payment-choose",
        Right.RECORD_PAYMENT,
        (
            _("Find the family by name, card or telephone."),
            _("Enter the amount and where the money goes; mobile money needs its number."),
            _("Give the receipt. A mistake is reversed, never erased."),
        ),
    ),
    Procedure(
        "slip",
        _("Hand the cash over"),
        "slip-new",
        Right.PREPARE_SLIP,
        (
            _("Prepare a slip with the receipts in hand; count the cash against its total."),
            _("Take it to the bank within 48 hours and record the deposit."),
            _("If some is missing, record it on the slip first: who held it owes it."),
        ),
    ),
    Procedure(
        "claim",
        _("Enter and decide a claim"),
        "claim-new",
        Right.ENTER_CLAIM,
        (
            _("Enter the card, the provider, the day of care and each act with its price."),
            _("The rules decide each line and say why."),
            _("What the rules cannot decide goes to the medical adviser."),
            _("Another person approves: whoever entered a claim never does."),
        ),
    ),
    Procedure(
        "settle",
        _("Pay approved claims"),
        "batch-new",
        Right.PREPARE_BATCH,
        (
            _("Prepare a batch: one payment for each payee."),
            _("The director or an elected officer authorises it."),
            _("A third person pays and records each payout."),
        ),
    ),
    Procedure(
        "month",
        _("Close the month"),
        "reconciliation",
        Right.MATCH,
        (
            _("Import the statement of each account."),
            _("Match what the numbers did not match by themselves; explain the rest."),
            _("Look at booklets, slips held too long and errors of entry."),
            _("Read the report and write why figures moved."),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A procedure for one reader: ``url`` is empty where their role does not open the page."""

    procedure: Procedure
    roles: list[Text]
    may: bool
    url: str
    act: Text


@require_safe
@office_view
def how_to(request: OfficeRequest) -> HttpResponse:
    """Every procedure, those of the reader's role first."""
    shown = [
        Shown(
            each,
            roles_that_may(each.right),
            each.right in request.rights,
            (page_url(request.mutual, each.page) or "") if each.right in request.rights else "",
            RIGHT_NAMES[each.right],
        )
        for each in PROCEDURES
    ]
    shown.sort(key=lambda each: not each.may)
    return render(request, "web/rights/how_to.html", {"procedures": shown})
