"""What an employer, the State or a sponsor owes: the list of payers, and the statement of one."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from entraide.apps.contributions.collection import PayerAccount, other_dues, payer_accounts
from entraide.apps.contributions.models import Payer
from entraide.apps.contributions.registers import members_of
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal
from entraide.documents import writing
from entraide.documents.letters_pdf import Paper, letters_pdf
from entraide.web.contributions.wording import due_state, payer_name
from entraide.web.fields import is_uid
from entraide.web.office import OfficeRequest, office_view

ROWS_PER_PAGE = 50
MOST_ON_PAPER = 5_000
READERS = (Right.READ_REGISTERS, Right.READ_BOOKS)


@require_GET
@office_view(right=READERS)
def payer_list(request: OfficeRequest) -> HttpResponse:
    """Every payer but families: employers by their group, the State, sponsors."""
    accounts = payer_accounts(request.mutual, request.day)
    context = {
        "rows": [(_shown(each), each) for each in accounts],
        "remaining_minor": sum(each.remaining_minor for each in accounts),
        "late_minor": sum(each.late_minor for each in accounts),
    }
    return render(request, "web/collection/payers.html", context)


def _shown(account: PayerAccount) -> str:
    return account.name or payer_name(account.payer)


def _asked(request: OfficeRequest) -> PayerAccount:
    payer, key = request.GET.get("payer", ""), request.GET.get("key", "")
    if payer == Payer.EMPLOYER and key and not is_uid(key):
        raise Refusal("NOT_FOUND", record="payer", key=key)
    for account in payer_accounts(request.mutual, request.day):
        if (account.payer, account.key) == (payer, key):
            return account
    raise Refusal("NOT_FOUND", record="payer", key=f"{payer} {key}")


@require_GET
@office_view(right=READERS)
def statement(request: OfficeRequest) -> HttpResponse:
    """The dues of one payer, family by family, with what is paid and what is late."""
    account = _asked(request)
    dues = other_dues(request.mutual, payer=account.payer, key=account.key)
    if request.GET.get("show") != "all":
        dues = dues.filter(paid_minor__lt=F("amount_minor"))
    page = Paginator(dues, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    members = members_of([due.household for due in page.object_list])
    context = {
        "account": account,
        "name": _shown(account),
        "kind": payer_name(account.payer),
        "page": page,
        "rows": [
            (due, members.get(due.household_id), due_state(due, request.day))
            for due in page.object_list
        ],
        "is_all": request.GET.get("show") == "all",
        "query": f"payer={account.payer}&key={account.key}",
    }
    return render(request, "web/collection/payer.html", context)


@require_GET
@office_view(right=READERS)
def statement_pdf(request: OfficeRequest) -> HttpResponse:
    """« État des sommes dues par … », to be sent to the payer: what it has not paid."""
    account = _asked(request)
    language, currency = request.LANGUAGE_CODE, request.mutual.currency
    dues = list(
        other_dues(request.mutual, payer=account.payer, key=account.key).filter(
            paid_minor__lt=F("amount_minor")
        )[:MOST_ON_PAPER]
    )
    members = members_of([due.household for due in dues])

    def member(household_id: int) -> str:
        found = members.get(household_id)
        return found.full_name if found is not None else ""

    remaining = sum(due.amount_minor - due.paid_minor for due in dues)
    paper = Paper(
        title=_("State of the sums owed by %(payer)s") % {"payer": _shown(account)},
        before=(
            _("On %(day)s, for the families below, these parts of contributions remain to pay.")
            % {"day": writing.day(request.day, language)},
        ),
        head=(_("Family"), _("Card"), _("Call"), _("Due on"), _("Remaining")),
        rows=tuple(
            (
                member(due.household_id),
                due.household.number,
                due.document_number,
                writing.day(due.due_on, language),
                writing.money(due.amount_minor - due.paid_minor, currency, language),
            )
            for due in dues
        ),
        total=_("Total: %(amount)s") % {"amount": writing.money(remaining, currency, language)},
        signs=(_("For the mutual, signature and stamp"), _("For the payer, visa")),
    )
    content = letters_pdf(
        [paper],
        title=paper.title,
        mutual=request.mutual.name,
        place=request.mutual.place,
        day=writing.day(request.day, language),
        language=language,
    )
    headers = {"Content-Disposition": f'inline; filename="{request.mutual.code}-etat-payeur.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)
