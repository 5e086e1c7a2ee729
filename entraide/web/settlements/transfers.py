"""The transfers of a batch as files: a table, an operator's list, a message for the bank."""

from __future__ import annotations

import io
from collections.abc import Collection, Sequence

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe
from openpyxl import Workbook

from entraide.apps.access.models import AuditKind
from entraide.apps.access.services import record_audit
from entraide.apps.schemes.rights import Right
from entraide.apps.settlement.models import SettlementBatch
from entraide.apps.settlement.orders import bank_order, transfers_to_make
from entraide.apps.settlement.selectors import batch_for, payouts_of
from entraide.core.errors import Refusal
from entraide.core.ledger import AccountRole
from entraide.core.money import currency
from entraide.core.settlement_channels import LENDERS
from entraide.files.flat_csv import Cell, amount, csv_file
from entraide.files.transfers import Transfer, mobile_money_list, pain_001
from entraide.web.office import OfficeRequest, office_url, office_view, refused
from entraide.web.settlements.without_account import family_words, without_account

TRANSFERRERS = frozenset({Right.PREPARE_BATCH, Right.RECORD_PAYOUT})


def _heads() -> tuple[str, ...]:
    return (
        _("Payment"), pgettext("transfer", "Payee"), _("Institution"), _("Account number"),
        pgettext("transfer", "Holder"), _("Telephone"), _("Amount"),
        pgettext("transfer", "Currency"), _("BIC"),
    )  # fmt: skip


def _row(each: Transfer, code: str) -> tuple[Cell, ...]:
    account = each.account
    return (
        each.number,
        each.payee,
        account.institution if account else "",
        account.number if account else "",
        account.holder_name if account else "",
        each.telephone,
        amount(each.amount_minor, code),
        code,
        account.bic if account else "",
    )


@require_safe
@office_view(right=TRANSFERRERS)
def transfers(request: OfficeRequest, uid: str) -> HttpResponse:
    """One row for each payment to make, with the account noted when the batch was prepared, as
    CSV."""
    batch = batch_for(request.mutual, uid)
    code = request.mutual.currency
    try:
        rows = [_row(each, code) for each in transfers_to_make(batch, family_words())]
    except Refusal as refusal:
        return _refused(request, batch, refusal)
    return _file(csv_file(_heads(), rows), batch, "csv", "text/csv; charset=utf-8")


@require_safe
@office_view(right=TRANSFERRERS)
def workbook(request: OfficeRequest, uid: str) -> HttpResponse:
    """The same table as a workbook."""
    batch = batch_for(request.mutual, uid)
    code = request.mutual.currency
    try:
        content = _workbook(_heads(), transfers_to_make(batch, family_words()), code)
    except Refusal as refusal:
        return _refused(request, batch, refusal)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return _file(content, batch, "xlsx", kind)


def _workbook(heads: Sequence[str], rows: Sequence[Transfer], code: str) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None, "a new workbook has a sheet"
    sheet.append(list(heads))
    whole = 10 ** currency(code).minor_digits
    for each in rows:
        cells = list(_row(each, code))
        # Amounts as numbers where they are whole, else as text: never a float.
        cells[6] = each.amount_minor // whole if each.amount_minor % whole == 0 else str(cells[6])
        sheet.append(cells)
    for line in sheet.iter_rows():
        for cell in line:
            if isinstance(cell.value, str):
                cell.data_type = "s"  # a name may be typed as a formula
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


@require_safe
@office_view(right=TRANSFERRERS)
def operator_list(request: OfficeRequest, uid: str) -> HttpResponse:
    """The bulk payment of a mobile-money operator: telephone, amount, name, our number."""
    batch = batch_for(request.mutual, uid)
    heads = (_("Telephone"), _("Amount"), pgettext("transfer", "Holder"), _("Payment"))
    try:
        to_make = transfers_to_make(batch, family_words())
        require_file_of(batch, {AccountRole.MOBILE_MONEY})
        content = mobile_money_list(heads, to_make, request.mutual.currency)
    except Refusal as refusal:
        return _refused(request, batch, refusal)
    return _file(content, batch, "csv", "text/csv; charset=utf-8", "mobile-money")


@require_safe
@office_view(right=TRANSFERRERS)
def bank_message(request: OfficeRequest, uid: str) -> HttpResponse:
    """The order to the bank, ISO 20022 pain.001."""
    batch = batch_for(request.mutual, uid)
    try:
        transfers_to_make(batch, family_words())  # a batch that is not open is told first
        require_file_of(batch, LENDERS)
        order = bank_order(
            batch, pay_on=request.day, made_at=timezone.localtime(), family=family_words()
        )
        content = pain_001(order)
    except Refusal as refusal:
        return _refused(request, batch, refusal)
    return _file(content, batch, "xml", "application/xml", "pain001")


def _refused(request: OfficeRequest, batch: SettlementBatch, refusal: Refusal) -> HttpResponse:
    """The page of a file that is not given; who asked for it stands in the audit journal."""
    record_audit(
        kind=AuditKind.REFUSAL, mutual=request.mutual, actor=request.user, code=refusal.code,
        subject=request.path,
    )  # fmt: skip
    ways = [(batch.document_number, office_url(request, "batch", uid=batch.uid))]
    if refusal.code not in ("TRANSFERS_NOT_OPEN", "NOTHING_TO_TRANSFER"):
        ways = _ways(request, batch)
    return refused(request, refusal, ways=ways)


def require_file_of(batch: SettlementBatch, roles: Collection[AccountRole]) -> None:
    """``TRANSFER_FILE_NOT_OF_ACCOUNT`` where the account of the batch pays by no such file: a bank
    account’s number is no telephone, and a wallet is no bank."""
    account = batch.treasury_account
    if account.role not in roles:
        raise Refusal(
            "TRANSFER_FILE_NOT_OF_ACCOUNT", account=account.label_fr, batch=batch.document_number
        )


def _ways(request: OfficeRequest, batch: SettlementBatch) -> list[tuple[str, str]]:
    """To where each account that lacks is noted, and back to the batch."""
    noting = {
        each.url: _("Note the account of {payee}").format(payee=each.payee)
        for each in without_account(request, payouts_of(batch))
        if each.url
    }
    ways = [(words, url) for url, words in noting.items()]
    ways.append((_("Accounts of payees"), office_url(request, "payment-accounts")))
    return [*ways, (batch.document_number, office_url(request, "batch", uid=batch.uid))]


def _file(
    content: bytes, batch: SettlementBatch, ending: str, kind: str, name: str = "virements"
) -> HttpResponse:
    file = f"{name}-{batch.document_number}.{ending}"
    headers = {"Content-Disposition": f'attachment; filename="{file}"'}
    return HttpResponse(content, content_type=kind, headers=headers)
