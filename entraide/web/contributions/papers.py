"""What receipts and slips say on paper, in the reader's language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from entraide.apps.cards.receipts import receipt_code
from entraide.apps.contributions.models import (
    CollectionSlip,
    ContributionPayment,
    GroupPayment,
    Payer,
    PaymentAllocation,
)
from entraide.apps.contributions.prints import check_code
from entraide.apps.contributions.registers import members_of, receipts_of_slip_elsewhere
from entraide.apps.enrolment.models import Person
from entraide.apps.schemes.choices import HELP_NUMBER, HELP_STEPS
from entraide.apps.schemes.models import Mutual
from entraide.documents import writing
from entraide.documents.amount_words import amount_in_words
from entraide.documents.receipt_pdf import PaperFact, PaperLine, ReceiptContent, SlipContent
from entraide.web.contributions.standing import standing_words
from entraide.web.contributions.wording import account_name, channel_name, payer_name
from entraide.web.office import OfficeRequest


def _help(mutual: Mutual) -> tuple[str, ...]:
    """The number to call, then what to do before, a line each under its title: the same text as
    on the card and the leaflet."""
    number, steps = HELP_NUMBER.of(mutual), HELP_STEPS.of(mutual).splitlines()
    told = [_("Help: %(number)s") % {"number": number}] if number else []
    if steps:
        told.append(_("If there is a problem at the health centre:"))
    return (*told, *(f"{rank}. {step}" for rank, step in enumerate(steps, start=1)))


def receipt_content(
    request: OfficeRequest,
    payment: ContributionPayment,
    parts: Sequence[tuple[PaymentAllocation, str]],
    *,
    copy: int = 1,
) -> ReceiptContent:
    """A receipt as its family takes it home; ``copy`` above one is marked DUPLICATA.

    ``parts``: what it pays, each with its name (``receipt_papers.parts_named``).
    """
    mutual, language = request.mutual, get_language() or "fr"
    mark = ""
    if payment.reversed_on is not None:
        mark = _("REVERSED on %(day)s") % {"day": writing.day(payment.reversed_on, language)}
    elif copy > 1:
        mark = _("DUPLICATE no. %(rank)s") % {"rank": copy - 1}
    standing = standing_words(request, payment)
    return ReceiptContent(
        language=language,
        title=_("Contribution receipt"),
        number=payment.document_number,
        mutual=mutual.name,
        place=mutual.place,
        amount=writing.money(payment.amount_minor, mutual.currency, language),
        words=amount_in_words(payment.amount_minor, mutual.currency, language),
        how=_how(payment, language),
        facts=_facts(payment),
        lines=tuple(
            PaperLine(
                name,
                _("%(number)s, contract %(period)s")
                % {
                    "number": part.due.document_number,
                    "period": writing.period(part.due.cover_from, part.due.cover_until, language),
                },
                writing.amount(part.amount_minor, mutual.currency, language),
            )
            for part, name in parts
        ),
        received_label=_("Received"),
        remaining=" ".join(told for told in (standing.contract, standing.remaining) if told),
        until=standing.until,
        mark=mark,
        help=_help(mutual),
        payload=receipt_code(mutual, payment),
        check=_("Code %(code)s") % {"code": check_code(payment)},
        labels=(pgettext("a paper", "Original"), _("Stub, to keep")),
        boxes=(
            _("Received by %(person)s") % {"person": payment.received_by},
            _("Stamp of the mutual"),
            _("Signature or thumbprint of who pays"),
            _("Visa"),
        ),
    )


def _how(payment: ContributionPayment, language: str) -> str:
    told = _("received on %(day)s") % {"day": writing.day(payment.paid_on, language)}
    parts = (told, channel_name(payment.channel), payment.external_reference, payment.paper_number)
    return " · ".join(part for part in parts if part)


def _facts(payment: ContributionPayment) -> tuple[PaperFact, ...]:
    household = payment.household
    facts = []
    if household is not None:
        member = members_of([household]).get(household.pk)
        name = f"{member.full_name}, {household.number}" if member else household.number
        facts.append(PaperFact(_("Family"), name))
    if payment.payer_name:
        facts.append(PaperFact(_("Paid by"), payment.payer_name))
    elif payment.payer != Payer.HOUSEHOLD:
        facts.append(PaperFact(_("Paid by"), payer_name(payment.payer)))
    for moved in payment.reassignments.select_related("from_household").order_by("pk"):
        told = _("%(day)s, from family %(number)s (%(document)s)") % {
            "day": writing.day(moved.reassigned_on, get_language() or "fr"),
            "number": moved.from_household.number,
            "document": moved.document_number,
        }
        facts.append(PaperFact(_("Moved"), told))
    return tuple(facts)


def reversal_content(
    request: OfficeRequest, payment: ContributionPayment, reversal_number: str, reason: str
) -> ReceiptContent:
    """The paper of a reversal: its own number, the receipt that it cancels, the reason."""
    mutual, language = request.mutual, get_language() or "fr"
    assert payment.reversed_on is not None, "a receipt that stands has no reversal"
    refund = getattr(payment, "refund", None)
    facts = [
        PaperFact(
            _("Cancels"),
            _("receipt %(number)s of %(day)s")
            % {
                "number": payment.document_number,
                "day": writing.day(payment.paid_on, language),
            },
        ),
        *_facts(payment),
        PaperFact(_("Reason"), reason),
    ]
    if refund is not None:
        told = _("%(person)s, from %(account)s") % {
            "person": refund.given_to,
            "account": account_name(refund.account),
        }
        facts.append(PaperFact(_("Money given back to"), told))
    return ReceiptContent(
        language=language,
        title=_("Reversal receipt"),
        number=reversal_number,
        mutual=mutual.name,
        place=mutual.place,
        amount=writing.money(-payment.amount_minor, mutual.currency, language),
        words=amount_in_words(payment.amount_minor, mutual.currency, language),
        how=writing.day(payment.reversed_on, language),
        facts=tuple(facts),
        lines=(),
        received_label=_("Taken back"),
        remaining=_("Receipt %(number)s pays nothing any more.")
        % {"number": payment.document_number},
        until="",
        mark=_("REVERSAL"),
        help=(),
        payload=receipt_code(mutual, payment),
        check=_("Code %(code)s") % {"code": check_code(payment)},
        labels=(pgettext("a paper", "Original"), _("Stub, to keep")),
        boxes=(_("Done by"), _("Stamp of the mutual"), _("Received by the family"), _("Visa")),
    )


def _piece(receipt: ContributionPayment, language: str) -> str:
    """The number of a receipt on a slip, that of its leaf, and what became of it."""
    number = receipt.document_number
    if receipt.paper_number:
        number += f" ({receipt.paper_number})"
    if receipt.reversed_on is None:
        return number
    refund = getattr(receipt, "refund", None)
    told = _("%(number)s, taken back on %(day)s") % {
        "number": number,
        "day": writing.day(receipt.reversed_on, language),
    }
    return f"{told}, {refund.document_number}" if refund is not None else told


def _slip_rows(
    slip: CollectionSlip,
    receipts: Sequence[ContributionPayment],
    lump_sums: Sequence[GroupPayment],
    members: dict[int, Person],
    language: str,
) -> tuple[list[tuple[str, ...]], Counter[str]]:
    """The pieces of a slip as lines of its paper, and what each kind brings: they add up to it.

    A receipt taken back once the slip was at the bank was in that cash all the same, and says by
    which voucher its money was given back since.
    """
    currency = slip.mutual.currency
    rows: list[tuple[str, ...]] = []
    by_channel = Counter[str]()
    for rank, each in enumerate(receipts, start=1):
        member = members.get(each.household_id) if each.household_id else None
        family = each.household.number if each.household else ""
        rows.append(
            (
                str(rank),
                f"{member.full_name}, {family}" if member else family,
                _piece(each, language),
                writing.day(each.paid_on, language),
                writing.amount(each.amount_minor, currency, language),
            )
        )
        by_channel[channel_name(each.channel)] += each.amount_minor
    for rank, lump_sum in enumerate(lump_sums, start=len(rows) + 1):
        rows.append(
            (
                str(rank),
                lump_sum.payer_name,
                lump_sum.document_number,
                writing.day(lump_sum.paid_on, language),
                writing.amount(lump_sum.amount_minor, currency, language),
            )
        )
        by_channel[_("Lump sums of groups")] += lump_sum.amount_minor
    repayments = slip.repayments.select_related("shortage__holder").order_by("pk")
    for rank, repayment in enumerate(repayments, start=len(rows) + 1):
        rows.append(
            (
                str(rank),
                _("%(holder)s, missing cash paid back") % {"holder": repayment.shortage.holder},
                f"{repayment.document_number} ({repayment.shortage.document_number})",
                writing.day(repayment.paid_on, language),
                writing.amount(repayment.amount_minor, currency, language),
            )
        )
        by_channel[_("Missing cash paid back")] += repayment.amount_minor
    elsewhere = receipts_of_slip_elsewhere(slip)
    if elsewhere.pieces_count:
        told = ngettext(
            "%(count)s receipt of another section",
            "%(count)s receipts of another section",
            elsewhere.pieces_count,
        ) % {"count": elsewhere.pieces_count}
        by_channel[told] += elsewhere.amount_minor
        amount = writing.amount(elsewhere.amount_minor, currency, language)
        rows.append(("", told, "", "", amount))
    return rows, by_channel


def slip_content(
    request: OfficeRequest,
    slip: CollectionSlip,
    receipts: Sequence[ContributionPayment],
    lump_sums: Sequence[GroupPayment],
    members: dict[int, Person],
) -> SlipContent:
    """A collection slip ready to be signed on both sides."""
    mutual, language = request.mutual, get_language() or "fr"

    def money(minor: int) -> str:
        return writing.money(minor, mutual.currency, language)

    rows, by_channel = _slip_rows(slip, receipts, lump_sums, members, language)
    count = len(receipts) + len(lump_sums) + slip.repayments.count()
    count += receipts_of_slip_elsewhere(slip).pieces_count
    totals = [PaperFact(name, money(minor)) for name, minor in by_channel.items()]
    given_back_minor = sum(each.amount_minor for each in receipts if each.reversed_on)
    if given_back_minor:
        totals.append(PaperFact(_("Of it, given back since"), money(given_back_minor)))
    total_name = _("Total")
    if slip.missing_minor:
        totals.append(PaperFact(_("Sum of the pieces"), money(slip.total_minor)))
        totals.append(PaperFact(_("Of it, missing"), money(-slip.missing_minor)))
        total_name = _("Cash handed in")
    return SlipContent(
        language=language,
        title=_("Collection slip"),
        number=slip.document_number,
        mutual=mutual.name,
        place=mutual.place,
        lede=ngettext(
            "%(total)s in cash, %(count)s piece", "%(total)s in cash, %(count)s pieces", count
        )
        % {"total": money(slip.held_minor), "count": count},
        facts=(
            PaperFact(_("Cash held by"), str(slip.holder)),
            PaperFact(_("Cash box"), account_name(slip.cash_account)),
            PaperFact(_("Prepared on"), writing.day(slip.prepared_on, language)),
            PaperFact(
                _("Deposited on"),
                writing.day(slip.deposited_on, language) if slip.deposited_on else writing.ABSENT,
            ),
        ),
        head=("", _("Family or payer"), _("Receipt"), _("Received on"), _("Amount")),
        rows=tuple(rows),
        totals=tuple(totals),
        total=PaperFact(total_name, money(slip.held_minor)),
        words=amount_in_words(slip.held_minor, mutual.currency, language),
        sides=(_("Handed in by"), _("Received by"), _("Visa of the mutual")),
        boxes=(_("Name"), _("Date"), _("Signature"), _("Stamp")),
        page=_("Page"),
    )
