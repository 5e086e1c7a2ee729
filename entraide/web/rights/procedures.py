"""« Comment faire »: each step of the chain as one does it, who may, and where to begin."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right
from entraide.web.names import RIGHT_NAMES, Text, roles_that_may
from entraide.web.navigation import page_url
from entraide.web.office import OfficeRequest, office_view
from entraide.web.rights.words import WORDS


@dataclass(frozen=True, slots=True)
class Procedure:
    """One way of working: its acts in their order, the page where it begins, the right it asks."""

    code: str
    title: Text
    page: str  # of the mutual; with its namespace where it is elsewhere
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
        "import",
        _("Import a list of members"),
        "imports",
        Right.ENROL,
        (
            _("On « Imports », send the file as it is, then « See what it would change »."),
            _("Compare columns with what was understood; « Read it again so » after a change."),
            _("Correct the « Points to correct » in the file, send it again: nothing is in yet."),
            _("Press « Import everything ». Sent a second time, the file changes nothing."),
        ),
    ),
    Procedure(
        "disbursements",
        _("Import the disbursements of a lender"),
        "imports",
        Right.RECORD_PAYMENT,
        (
            _("On « Imports », send the lender’s file: its loans become contracts, paid at once."),
            _("Clients not found: « Say which families they are », or later « See what is left »."),
            _("Press « Import everything ». Nothing is ever written to the lender’s own tool."),
        ),
    ),
    Procedure(
        "doubles",
        _("Merge what was entered twice"),
        "doubles",
        Right.MEND_REGISTER,
        (
            _("On « Possible duplicates », « Look through the register » and compare each pair."),
            _("« Two persons » sets a pair apart; this answer can be taken back."),
            _("« Merge » keeps one row: card numbers, photos, visits and claims go with it."),
            _("What was paid for the other family stands in the way, and is named."),
        ),
    ),
    Procedure(
        "cards",
        _("Print and hand out cards"),
        "cards",
        Right.PRINT_CARDS,
        (
            _("On « Cards », « All that is to print » shows the cards that wait, by group."),
            _("Press « Print », then « Open the cards » and print the page."),
            _("« Open the list to sign », then tick who signed: « Those ticked are handed over »."),
            _("When « The card is lost », say so on its page: it is refused from then on."),
        ),
    ),
    Procedure(
        "birth",
        _("Declare a birth and register it"),
        "households",
        Right.ENROL,
        (
            _("On the family’s page, « Declare a birth »: the child is covered at once."),
            _("With its papers, « Register the newborn »: what becomes due is shown first."),
            _("Without days for newborns in the product, « Enter the newborn » as a dependant."),
        ),
    ),
    Procedure(
        "group",
        _("Enter a group and its contract"),
        "groups",
        Right.ENROL,
        (
            _("On « Groups », « Enter a group », then say how many persons it has."),
            _("« Enter a mandate » for its president, who will hear of new tariffs."),
            _("« Enter a contract »; another person presses « Activate the contract »."),
            _("Families join it on their form, or « Change the group » on their page."),
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
        "invoice",
        _("Receive and enter an invoice of a provider"),
        "invoice-new",
        Right.ENTER_CLAIM,
        (
            _("Write what the paper says: its number, attestations and total. It takes a number."),
            _("« Enter its attestations »: one after another, the total runs beside the paper’s."),
            _("It adds up: « Close the invoice ». Otherwise another person gives a reason."),
            _("« Statement for the provider » prints each decision, and what differs."),
        ),
    ),
    Procedure(
        "decide",
        _("Decide what the rules leave to a person"),
        "claim-worklists",
        Right.REVIEW_CLAIM,
        (
            _("« To decide » lists the reasons; choose one, open each claim."),
            _("« Record and see the next one » stays within the reason."),
            _("« Committee »: open a session, decide, close it; its chair and a member sign."),
        ),
    ),
    Procedure(
        "convention",
        _("Sign a convention with a provider"),
        "providers",
        Right.KEEP_PROVIDERS,
        (
            _("On « Providers », look for it; « Enter a provider » when it is not there."),
            _("On its page, « Assessments » on the spot, « Negotiation » for what each side asks."),
            _("Make its price list, enter or import the prices: another person approves them."),
            _("On its page, « Enter a convention »; « Print the sheet » for both to sign."),
            _("Another person approves it; « Add the paper » keeps what was signed."),
            _("« Conventions » lists what ends within 90 days: « Renew » copies the clauses."),
            _("« Record a breach » on the convention, then what the provider answers."),
        ),
    ),
    Procedure(
        "portal",
        _("Open the portal to a provider"),
        "providers",
        Right.KEEP_PROVIDERS,
        (
            _("On the provider’s page, « Who serves at the portal »: propose the person."),
            _("Another person approves, and gives the first password shown to them once."),
            _("The person signs in as anybody does and comes to the portal: a card, the answer."),
            _("« End the post today » as soon as the person leaves: the portal closes at once."),
            _("No network there? Print the list of covered persons from the same page each month."),
        ),
    ),
    Procedure(
        "agreement",
        _("Ask for an agreement before care"),
        "prior-agreement-new",
        Right.ENTER_CLAIM,
        (
            _("The card, care, days, amount, who calls by telephone: the number is given at once."),
            _("On « Prior agreements » the médecin conseil agrees, or refuses with a reason."),
            _("« Print the guarantee letter »: its number goes on the attestation."),
        ),
    ),
    Procedure(
        "referral",
        _("Send a person to a higher level"),
        "referral-new",
        Right.GIVE_PRE_AUTHORISATION,
        (
            _("The card, where to, the last day: the voucher takes its number at once."),
            _("« Print the voucher (A5) »: the reason is written by hand, for care staff only."),
            _("A first-level provider does the same at its portal, « Referral vouchers »."),
            _("The hospital writes the number on the attestation: it serves once."),
            _("« Respect of the path of care » counts who came by referral, provider by provider."),
        ),
    ),
    Procedure(
        "recode",
        _("Code an act otherwise"),
        "claims",
        Right.RECODE_CLAIM,
        (
            _("Open the claim, « Code otherwise »: the line, the act or its category, and why."),
            _("The rules decide again at once; the first code stays under the act."),
            _("« Figures for the committee » counts, by operator, what was coded otherwise."),
        ),
    ),
    Procedure(
        "control",
        _("Control the claims of a month"),
        "care-control",
        Right.CONTROL_CARE,
        (
            _("« Campaigns », « Open a campaign »: the claims are drawn, and stay so."),
            _("Print the sheet; at the provider’s and with the patient, tick each point."),
            _("Write one finding for each claim, then what the provider replies."),
            _("Somebody who neither opened nor found signs: what is kept is asked back."),
        ),
    ),
    Procedure(
        "register",
        _("Keep the register of the médecin conseil"),
        "medical-register-new",
        Right.READ_MEDICAL,
        (
            _("Card, question, answer, reason, result: one line, one minute."),
            _("A mistake is corrected by another line; nothing is erased."),
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
        "tariff",
        _("Change a tariff"),
        "tariffs",
        Right.ENTER_PRODUCT,
        (
            _("On « Tariffs », « Simulate »: who would pay more or less, among the real members."),
            _("« New tariff »: its first day, its source, then « Record, to be approved »."),
            _("Each group is told before; another person approves. Running contracts keep theirs."),
        ),
    ),
    Procedure(
        "package",
        _("Change what a product promises of care"),
        "care-packages",
        Right.ENTER_PRODUCT,
        (
            _("On « Care packages », « Change the care »: say from when, and who decided it."),
            _("Change a category, add a variant or a limit; « See what it says » shows it."),
            _("What contradicts itself is listed on top, each with a link to where it is mended."),
            _("« Propose »: another person approves; claims keep the rules of their own day."),
        ),
    ),
    Procedure(
        "trial",
        _("Try on past claims what would change"),
        "what-if",
        Right.ENTER_PRODUCT,
        (
            _("On « Trials of rules », choose rules, product and period, then « Try »."),
            _("Read paid and left, before and after, by category; each figure opens to its rows."),
            _("A change of care is only approved once these very rules were tried."),
        ),
    ),
    Procedure(
        "free-care",
        _("Say which care the State pays for"),
        "free-care",
        Right.ENTER_PRODUCT,
        (
            _("On « Care packages », « Free care »: programme, care, for whom, since when."),
            _("Another person approves it; from its day on such an act is refused on the claim."),
            _("« End today » when the programme stops: the mutual pays again."),
        ),
    ),
    Procedure(
        "risk",
        _("Follow the risk of illness"),
        "risk-board",
        Right.READ_REPORTS,
        (
            _("On « Risk board », read what is above the tariff; each gap opens to its formula."),
            _("« Assumptions of the tariffs »: one writes what a price rests on, another agrees."),
            _("On « Year to year », see why claims changed, open a row to its claims."),
            _("« Explain a change »: dated and signed, it stands beside its row."),
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
    Procedure(
        "training",
        _("Open a mutual to learn in"),
        "network:mutual-new",
        Right.ADMINISTER,
        (
            _("Whoever directs a mutual asks the administrator of the network for one."),
            _("On the organisation of the network, « Open a mutual », tick « Training only »."),
            _("On its page, « Appoint somebody »: each newcomer in the role that they will hold."),
            _("It begins empty: enter and approve a tariff, then families, as in a true mutual."),
            _("Its pages and papers say « TRAINING »; its figures enter no comparison."),
            _("After its first numbered paper it stays one for training: open another for real."),
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


def begins_at(mutual: Mutual, procedure: Procedure) -> str:
    """The address where a procedure begins: in the mutual, or in the network for « network:… »."""
    if ":" in procedure.page:
        return reverse(procedure.page)
    return page_url(mutual, procedure.page) or ""


@require_safe
@office_view
def how_to(request: OfficeRequest) -> HttpResponse:
    """Every procedure, those of the reader's role first."""
    shown = [
        Shown(
            each,
            roles_that_may(each.right),
            each.right in request.rights,
            begins_at(request.mutual, each) if each.right in request.rights else "",
            RIGHT_NAMES[each.right],
        )
        for each in PROCEDURES
    ]
    shown.sort(key=lambda each: not each.may)
    return render(request, "web/rights/how_to.html", {"procedures": shown, "words": WORDS})
