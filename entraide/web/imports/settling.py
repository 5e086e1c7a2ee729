"""What an import set aside, settled otherwise by the finance officer: the lender, or an entry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from entraide.apps.schemes.rights import Right
from entraide.apps.takeover.asides import settlement_for, settlements_of
from entraide.apps.takeover.models import AsideSettlement, AsideWay, ImportRun
from entraide.core.errors import Refusal, RefusedRows
from entraide.exchange.registers.running import run_for
from entraide.exchange.registers.settling import settle_aside, withdraw_aside_settlement
from entraide.messages import sentence
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view, told
from entraide.web.ways import Way, entry_way, open_to

WAYS = {
    AsideWay.LENDER: gettext_lazy("The lender gives it back, or takes it off its next list"),
    AsideWay.ENTRY: gettext_lazy("It was received here: the entry below settles it"),
}
WAY_NAMES = {
    AsideWay.LENDER: pgettext_lazy("settled", "by the lender"),
    AsideWay.ENTRY: pgettext_lazy("settled", "by an entry of the books"),
}


@dataclass(frozen=True, slots=True)
class ShownSettlement:
    """A row settled otherwise, in words; ``is_entry_reversed``: what settled it was taken back."""

    settlement: AsideSettlement
    way: Any
    entry: Way | None
    is_entry_reversed: bool
    may_withdraw: bool


def shown_settlements(request: OfficeRequest, run: ImportRun) -> list[ShownSettlement]:
    """What is settled otherwise of the list of an import."""
    may_withdraw = Right.POST_OPERATION in request.rights
    shown = []
    for each in settlements_of(run):
        way = None
        if each.entry is not None:
            way = open_to(entry_way(request.mutual, each.entry), request.rights, Right.READ_BOOKS)
        is_reversed = each.entry is not None and hasattr(each.entry, "reversed_by")
        shown.append(
            ShownSettlement(
                each, WAY_NAMES[AsideWay(each.way)], way, is_reversed,
                may_withdraw and each.withdrawn_on is None,
            )
        )  # fmt: skip
    return shown


def may_settle(request: OfficeRequest, run: ImportRun) -> bool:
    """Whether the page offers it: never to who carried the import out."""
    return (
        Right.POST_OPERATION in request.rights
        and run.state == "done"
        and run.kind == "loans"
        and run.carried_out_by_id != request.user.pk
    )


@require_POST
@office_view(right=Right.POST_OPERATION, of_whole_mutual=True)
def settle(request: OfficeRequest, uid: Any, row: int) -> HttpResponse:
    """This row is settled otherwise, with the reason: it is not imported any more."""
    run = run_for(request.mutual, uid)
    try:
        settle_aside(
            **command_arguments(request), run=run, row=row, way=request.POST.get("way", ""),
            reason=request.POST.get("reason", "")[:200],
            document_number=request.POST.get("document_number", "")[:60],
        )  # fmt: skip
    except Refusal as refusal:
        if refusal.code in ("FORBIDDEN", "SEPARATION_OF_DUTIES"):
            raise
        notify(request, _said(refusal), kind="bad")
    else:
        notify(request, _("Row %(row)s is settled, and will not be imported.") % {"row": row})
    run.refresh_from_db()
    page = "import-clients" if run.content is not None else "import"
    return redirect(office_url(request, page, uid=run.uid))


def _said(refusal: Refusal) -> str:
    if not isinstance(refusal, RefusedRows):
        return told(refusal)
    language = get_language() or "fr"
    return " ".join(sentence(each.code, each.data, language) for each in refusal.findings)


@require_POST
@office_view(right=Right.POST_OPERATION, of_whole_mutual=True)
def withdraw(request: OfficeRequest, uid: Any) -> HttpResponse:
    """A row settled by mistake is set aside again."""
    settlement = settlement_for(request.mutual, uid)
    try:
        withdraw_aside_settlement(
            **command_arguments(request), settlement=settlement,
            reason=request.POST.get("reason", "")[:200],
        )  # fmt: skip
    except Refusal as refusal:
        if refusal.code == "FORBIDDEN":
            raise
        notify(request, told(refusal), kind="bad")
    else:
        detail = ""
        if settlement.run.content is None:
            detail = _("The file is not kept any more: send the list again to import this row.")
        notify(request, _("The row is set aside again."), kind="info", detail=detail)
    page = "import-clients" if settlement.run.content is not None else "import"
    return redirect(office_url(request, page, uid=settlement.run.uid))
