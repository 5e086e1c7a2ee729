"""Matching by hand: open lines on one side, open entries on the other, sums that must agree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from entraide.apps.banking.matches import match_by_hand
from entraide.apps.banking.models import BankAccount, StatementLine
from entraide.apps.banking.open_items import open_items
from entraide.apps.banking.selectors import bank_account_for
from entraide.apps.banking.worksheet import entries_named, lines_named
from entraide.apps.ledger.selectors import Movement, entry_uids
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, office_url, office_view
from entraide.web.reconciliation.acts import command_arguments, must_rise
from entraide.web.reconciliation.forms import ByHandForm
from entraide.web.refusals import show_refusal

MOST_ROWS = 100


@dataclass(frozen=True, slots=True)
class Candidate:
    """A line or an entry that may be ticked."""

    uid: str
    on: Any
    amount_minor: int
    name: str
    under: str
    url: str
    is_ticked: bool


@dataclass(frozen=True, slots=True)
class Sums:
    """What is ticked on each side."""

    lines_minor: int
    entries_minor: int
    count: int

    @property
    def difference_minor(self) -> int:
        """Lines − entries: it must be nothing."""
        return self.lines_minor - self.entries_minor

    @property
    def is_ready(self) -> bool:
        """Two pieces at least, and sums that agree."""
        return self.count >= 2 and self.difference_minor == 0


class Table:
    """Both sides of an account as the form shows them; what is ticked stands first.

    With ``?line=`` the entries nearest to that line's amount and day come first.
    """

    def __init__(self, request: OfficeRequest, account: BankAccount) -> None:
        asked = request.POST if request.method == "POST" else request.GET
        self.request = request
        self.line_uids = {*asked.getlist("lines"), *asked.getlist("line")} - {""}
        self.entry_uids = set(asked.getlist("entries"))
        self.line_text = asked.get("line_q", "").strip().casefold()
        self.entry_text = asked.get("entry_q", "").strip().casefold()
        items = open_items(account)
        self._lines = list(items.lines.values())
        self._movements = list(items.movements.values())
        self._uids = entry_uids(movement.entry_id for movement in self._movements)

    def lines(self) -> list[Candidate]:
        """The open lines that hold the text asked for, those ticked always."""
        shown = [
            line
            for line in self._lines
            if str(line.uid) in self.line_uids
            or self.line_text in f"{line.label} {line.reference}".casefold()
        ]
        shown.sort(key=lambda line: (str(line.uid) not in self.line_uids, line.booked_on, line.pk))
        return [self._line(line) for line in shown[:MOST_ROWS]]

    def _line(self, line: StatementLine) -> Candidate:
        return Candidate(
            str(line.uid), line.booked_on, line.amount_minor, line.label or line.reference,
            line.reference if line.label else "",
            office_url(self.request, "statement-line", uid=line.uid),
            str(line.uid) in self.line_uids,
        )  # fmt: skip

    def entries(self) -> list[Candidate]:
        """The open movements of the books, nearest to what is ticked first."""
        wanted = sum(line.amount_minor for line in self._lines if str(line.uid) in self.line_uids)
        shown = [
            movement
            for movement in self._movements
            if str(self._uids[movement.entry_id]) in self.entry_uids
            or self.entry_text in f"{movement.document_number} {movement.label}".casefold()
        ]

        def order(movement: Movement) -> tuple[bool, int, Any, int]:
            is_unticked = str(self._uids[movement.entry_id]) not in self.entry_uids
            far = abs(movement.amount_minor - wanted) if wanted else 0
            return (is_unticked, far, movement.occurred_on, movement.entry_id)

        return [self._entry(movement) for movement in sorted(shown, key=order)[:MOST_ROWS]]

    def _entry(self, movement: Movement) -> Candidate:
        uid = str(self._uids[movement.entry_id])
        return Candidate(
            uid, movement.occurred_on, movement.amount_minor, movement.document_number,
            movement.label, office_url(self.request, "entry", uid=uid), uid in self.entry_uids,
        )  # fmt: skip

    def sums(self) -> Sums:
        """What is ticked, added up."""
        lines = [line for line in self._lines if str(line.uid) in self.line_uids]
        entries = [
            each for each in self._movements if str(self._uids[each.entry_id]) in self.entry_uids
        ]
        return Sums(
            sum(line.amount_minor for line in lines),
            sum(movement.amount_minor for movement in entries),
            len(lines) + len(entries),
        )


@require_http_methods(["GET", "HEAD", "POST"])
@office_view(right=Right.MATCH)
def match(request: OfficeRequest, uid: str) -> HttpResponse:
    """Tick what tells the same events on both sides; it is accepted when the sums agree."""
    account = bank_account_for(request.mutual, uid)  # type: ignore[arg-type]
    form = ByHandForm(request.POST if request.method == "POST" else None)
    # The search fields stand in the same form: their buttons only look.
    if request.method == "POST" and "look" not in request.POST and form.is_valid():
        try:
            found = match_by_hand(
                bank_account=account,
                lines=lines_named(account, _uids(request, "lines")),
                entries=entries_named(request.mutual, _uids(request, "entries")),
                **command_arguments(request),
            )
        except Refusal as refusal:
            if must_rise(refusal):
                raise
            show_refusal(form, refusal)
        else:
            notify(
                request,
                _("Matched by hand."),
                links=[(_("See it, or take it back"), office_url(request, "match", uid=found.uid))],
            )
            return redirect(office_url(request, "bank-account", uid=account.uid))
    table = Table(request, account)
    context = {
        "account": account,
        "form": form,
        "lines": table.lines(),
        "entries": table.entries(),
        "sums": table.sums(),
        "line_text": table.line_text,
        "entry_text": table.entry_text,
        "most": MOST_ROWS,
    }
    status = 422 if form.errors else 200
    return render(request, "web/reconciliation/by_hand.html", context, status=status)


def _uids(request: HttpRequest, name: str) -> list[UUID]:
    """The ticks of a form, each once; what is no uid names nothing."""
    found = []
    for text in dict.fromkeys(request.POST.getlist(name)):
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


@require_safe
@office_view(right=Right.MATCH)
def sums(request: OfficeRequest, uid: str) -> HttpResponse:
    """The sums of what is ticked, shown again at each tick."""
    account = bank_account_for(request.mutual, uid)  # type: ignore[arg-type]
    context = {"sums": Table(request, account).sums()}
    return render(request, "web/reconciliation/_sums.html", context)
