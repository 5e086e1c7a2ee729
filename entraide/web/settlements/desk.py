"""The cash desk of an agency, and the agent's bag: refunds given against a signature (R055)."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from entraide.apps.access.models import User
from entraide.apps.cards.selectors import check_code
from entraide.apps.enrolment.models import Person
from entraide.apps.enrolment.photos import photos_of
from entraide.apps.enrolment.selectors import found
from entraide.apps.ledger.models import Account
from entraide.apps.ledger.selectors import treasury_accounts
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right, people_who_may
from entraide.apps.settlement.desk import (
    due_at_desk,
    floats,
    floats_of,
    hand_over_refund,
    move_float,
    till_minor,
)
from entraide.apps.settlement.models import Payout, PayoutReceipt
from entraide.apps.settlement.receivers import Receiver, adults_of
from entraide.apps.settlement.returns import receipt_of
from entraide.apps.settlement.selectors import claims_of_payout, payout_for
from entraide.core.cards import FORMAT, SEPARATOR
from entraide.core.errors import Refusal
from entraide.core.ledger import AccountRole
from entraide.core.settlement_channels import is_in_hand, places_of
from entraide.documents import writing
from entraide.documents.amount_words import amount_in_words
from entraide.documents.receipt_pdf import (
    PaperFact,
    PaperLine,
    ReceiptContent,
    ReceiptFormat,
    receipt_pdf,
    receipt_text,
)
from entraide.web.groups.acts import carried_out
from entraide.web.ledger.wording import account_choice
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view
from entraide.web.settlements.desk_forms import TILL, FloatForm, HandOverForm
from entraide.web.settlements.given import shown_receipt
from entraide.web.settlements.payees import channel_name
from entraide.web.settlements.views import FLOAT_READERS
from entraide.web.ways import BATCH_READERS

PER_PAGE = 50
GIVERS = frozenset({Right.GIVE_REFUND})
# Where the command says otherwise.
_FIELDS = {"cash_account": "box", "paid_on": "box", "payouts": "box"}


@require_safe
@office_view(right=GIVERS)
def desk(request: OfficeRequest) -> HttpResponse:
    """Search by number or name; what is due here, and what the agent holds for it."""
    mutual, words = request.mutual, request.GET.get("q", "").strip()[:500]
    page = Paginator(due_at_desk(mutual, _meant(mutual, words)), PER_PAGE).get_page(
        request.GET.get("page")
    )
    homes = [each.household_id for each in page]
    persons = Person.objects.filter(household__in=homes, is_member=True)
    members = {each.household_id: each for each in persons}
    context = {
        "words": words,
        "page": page,
        "rows": [
            (each, members.get(each.household_id), channel_name(each.channel)) for each in page
        ],
        "held": [
            (account_choice(each.cash_account), each.amount_minor)
            for each in floats_of(mutual, request.user)
        ],
    }
    return render(request, "web/settlements/desk.html", context)


def _meant(mutual: Mutual, words: str) -> str:
    """What was typed; of a card's code that was scanned, the number of its family."""
    if not words.startswith(FORMAT + SEPARATOR):
        return words
    try:
        card = check_code(mutual, words).card
    except Refusal:
        return words
    return card.household.number if card is not None else words


@office_view(right=GIVERS)
def hand_over(request: OfficeRequest, uid: str) -> HttpResponse:
    """One refund: photos of the family, what it pays, who receives, the signature, the money."""
    payout = payout_for(request.mutual, uid)
    if payout.household is None or not is_in_hand(payout.channel):
        raise Refusal("REFUND_NOT_IN_HAND", payout=payout.document_number)
    cash = _cash(request, payout)
    adults = adults_of(payout.household, request.day)
    form = HandOverForm(
        request.POST or None,
        request.FILES or None,
        boxes=[(key, name) for key, name, _minor, _account in cash],
        places=places_of(payout.channel),
        adults=adults,
    )
    if request.method == "POST" and form.is_valid():
        key, receiver = form.cleaned_data["box"], form.receiver()
        content = {
            "payout": payout,
            "cash_account": next(each[3] for each in cash if each[0] == key),
            "receiver": receiver,
            "proof": form.proof(),
            "place": form.cleaned_data["place"],
            "is_from_till": key == TILL,
            "minutes": form.cleaned_data["minutes"],
        }
        if carried_out(
            form, lambda: hand_over_refund(**content, **command_arguments(request)), _FIELDS
        ):
            _tell_given(request, payout, receiver)
            return redirect(office_url(request, "refund-desk"))
    persons = list(payout.household.persons.order_by("-is_member", "id"))
    photos = photos_of(persons)
    context = {
        "payout": payout,
        "form": form,
        "household": payout.household,
        "people": [(each, photos.get(each.pk)) for each in persons],
        "adults": adults,
        "others": [(each, photos.get(each.pk)) for each in persons if each not in adults],
        "claims": claims_of_payout(payout),
        "held": [(name, minor) for _key, name, minor, _account in cash],
        "is_open": payout.is_open,
        "way": channel_name(payout.channel),
        "given": shown_receipt(payout),
    }
    status = 422 if form.errors else 200
    return render(request, "web/settlements/hand_over.html", context, status=status)


def _cash(request: OfficeRequest, payout: Payout) -> list[tuple[str, str, int, Account]]:
    """From where the money may be taken: key, name, what is left there and the account. The cash
    that the person holds for refunds; for a cashier, the till of the batch, at the office."""
    cash = [
        (
            str(each.cash_account.uid),
            _("My refund money, {box}").format(box=account_choice(each.cash_account)),
            each.amount_minor,
            each.cash_account,
        )
        for each in floats_of(request.mutual, request.user)
    ]
    till = payout.batch.treasury_account
    if Right.RECORD_PAYOUT in request.rights and till.role == AccountRole.CASH:
        held = till_minor(request.mutual, till, request.day)
        name = _("Till of the batch, at the office: {box}").format(box=account_choice(till))
        cash.append((TILL, name, held, till))
    return cash


def _tell_given(request: OfficeRequest, payout: Payout, receiver: Receiver) -> None:
    amount = writing.money(payout.amount_minor, request.mutual.currency, request.LANGUAGE_CODE)
    notify(
        request,
        _("{amount} given to {who}").format(amount=amount, who=receiver.told),
        links=[
            (_("Print the receipt"), _receipt_url(request, payout, ReceiptFormat.A5)),
            (_("As a ticket"), _receipt_url(request, payout, ReceiptFormat.TICKET_58)),
        ],
    )


def _receipt_url(request: OfficeRequest, payout: Payout, format_: ReceiptFormat) -> str:
    return f"{office_url(request, 'refund-receipt', uid=payout.uid)}?format={format_.value}"


@require_safe
@office_view(right=GIVERS | BATCH_READERS)
def receipt(request: OfficeRequest, uid: str) -> HttpResponse:
    """The receipt to sign, or what was signed: A5, or a ticket. Before the money is given it is
    the paper that the family signs where the screen cannot be signed on."""
    payout = payout_for(request.mutual, uid)
    asked = request.GET.get("format", "")
    format_ = ReceiptFormat(asked) if asked in list(ReceiptFormat) else ReceiptFormat.A5
    content = receipt_content(request, payout)
    if format_ is ReceiptFormat.TEXT:
        answer = HttpResponse(receipt_text(content), content_type="text/plain; charset=utf-8")
    else:
        answer = HttpResponse(receipt_pdf(content, format_), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{content.number}.pdf"'
    return answer


def receipt_content(request: OfficeRequest, payout: Payout) -> ReceiptContent:
    """The receipt of a refund, in words."""
    mutual, language = request.mutual, get_language() or "fr"
    given = receipt_of(payout)
    code = mutual.currency
    facts = []
    if payout.household is not None:
        facts.append(PaperFact(_("Family"), payout.household.number))
    if given is not None:
        shown = shown_receipt(payout)
        facts.append(PaperFact(_("Received by"), shown.receipt.received_by if shown else ""))
        facts += [PaperFact(name, value) for name, value in (shown.told if shown else ())]
    if payout.returned_on is not None:
        mark = _("CAME BACK")
    elif payout.paid_on is None:
        mark = _("NOT PAID YET")
    else:
        mark = ""
    lines = [
        PaperLine(
            row.claim.document_number,
            _("care of {day}").format(day=writing.day(row.claim.care_on, language)),
            writing.amount(row.amount_minor, code, language),
        )
        for row in claims_of_payout(payout)
    ]
    lines += [
        PaperLine(
            _("Kept back"),
            row.recovery.document_number,
            writing.amount(-row.amount_minor, code, language),
        )
        for row in payout.deductions.select_related("recovery").order_by("id")
    ]
    paid = writing.day(payout.paid_on, language) if payout.paid_on else ""
    how = " · ".join(part for part in (channel_name(payout.channel), paid) if part)
    giver = given.recorded_by if given is not None else payout.paid_by
    return ReceiptContent(
        language=language,
        title=_("Receipt of a refund"),
        number=payout.document_number,
        mutual=mutual.name,
        place=mutual.place,
        amount=writing.money(payout.amount_minor, code, language),
        words=amount_in_words(payout.amount_minor, code, language),
        how=how,
        facts=tuple(facts),
        lines=tuple(lines),
        received_label=_("Given"),
        remaining="",
        until="",
        mark=mark,
        help=(),
        payload=f"{mutual.code} {payout.document_number} {payout.amount_minor} {code}",
        check="",
        labels=(_("Family"), _("Mutual")),
        boxes=(
            _("Given by {person}").format(person=giver) if giver else _("Given by"),
            _("Signature or thumbprint of who receives"),
            _("Stamp of the mutual"),
            _("Visa"),
        ),
    )


@require_safe
@office_view(right=GIVERS | BATCH_READERS)
def proof(request: OfficeRequest, uid: str) -> HttpResponse:
    """The picture of what was signed."""
    payout = payout_for(request.mutual, uid)
    held = found(PayoutReceipt.objects.filter(mutual=request.mutual), payout=payout)
    return HttpResponse(
        bytes(held.proof), content_type="image/jpeg", headers={"Cache-Control": "private, no-store"}
    )


@office_view(right=FLOAT_READERS, of_whole_mutual=True)
def agent_floats(request: OfficeRequest) -> HttpResponse:
    """Who holds cash for refunds, and how much; cash given to them or taken back."""
    mutual = request.mutual
    may_move = Right.RECORD_DEPOSIT in request.rights
    form = _float_form(request)
    if request.method == "POST" and may_move and form.is_valid():
        known = form.cleaned_data
        accounts = {str(each.uid): each for each in treasury_accounts(mutual)}
        content = {
            "holder": User.objects.get(uid=known["holder"]),
            "cash_account": accounts[known["cash_account"]],
            "other_account": accounts[known["other_account"]],
            "amount_minor": known["amount_minor"],
            "is_given_back": known["is_given_back"],
            "seen_overdraft_minor": known["amount_minor"] if known["overdraft"] else 0,
        }
        if carried_out(form, lambda: move_float(**content, **command_arguments(request))):
            notify(request, _("Cash for refunds recorded"))
            return redirect(office_url(request, "agent-floats"))
    context = {
        "form": form if may_move else None,
        "held": [
            (each.holder, account_choice(each.cash_account), each.amount_minor)
            for each in floats(mutual)
        ],
    }
    status = 422 if form.errors else 200
    return render(request, "web/settlements/floats.html", context, status=status)


def _float_form(request: OfficeRequest) -> FloatForm:
    form = FloatForm(request.POST or None)
    accounts = list(treasury_accounts(request.mutual))
    form.fields["amount_minor"].currency = request.mutual.currency  # type: ignore[attr-defined]
    form.fields["holder"].choices = [  # type: ignore[attr-defined]
        (str(each.uid), str(each))
        for each in people_who_may(request.mutual, Right.GIVE_REFUND, request.day)
    ]
    form.fields["cash_account"].choices = [  # type: ignore[attr-defined]
        (str(each.uid), account_choice(each)) for each in accounts if each.role == AccountRole.CASH
    ]
    form.fields["other_account"].choices = [  # type: ignore[attr-defined]
        (str(each.uid), account_choice(each)) for each in accounts
    ]
    return form
