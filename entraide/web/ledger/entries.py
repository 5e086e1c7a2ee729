"""The journal, and one entry: its postings, the papers before and after it, its reversal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from entraide.apps.ledger.models import Account, Entry, Posting
from entraide.apps.ledger.moved import money_moved
from entraide.apps.ledger.operations import REVERSIBLE_KINDS, TRANSFER_PREFIX, reverse_document
from entraide.apps.ledger.selectors import account_by_uid, entries, entry_for
from entraide.apps.reporting.papers import Paper, Party, paper_of, parties_of
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal
from entraide.core.ledger import TREASURY_ROLES, EntryKind, FundCode, Side
from entraide.web.ledger.periods import asked_period
from entraide.web.ledger.wording import (
    FUND_NAMES,
    JOURNAL_NAMES,
    KIND_NAMES,
    account_name,
    change_name,
    fund_name,
    journal_name,
    kind_name,
)
from entraide.web.notices import notify
from entraide.web.office import NOT_THERE, OfficeRequest, office_url, office_view
from entraide.web.refusals import show_refusal
from entraide.web.ways import Way, page_way, statement_ways

ROWS_PER_PAGE = 50
# The right that opens the page of a paper, when the reader of the books may lack it.
PAPER_RIGHTS = {"due", "household", "receipt", "slip", "claim"}


@dataclass(frozen=True, slots=True)
class ShownEntry:
    """An entry as a row of the journal."""

    entry: Entry
    kind: str
    amount_minor: int
    funds: str
    money_minor: int = 0  # what it moved the money of the funds: negative for what went out

    @property
    def moves_part(self) -> bool:
        """Whether it moved some money, and another sum than its own total."""
        return self.money_minor != 0 and abs(self.money_minor) != self.amount_minor

    @property
    def is_reversed(self) -> bool:
        """Whether a later entry takes it back."""
        return hasattr(self.entry, "reversed_by")


def shown_entries(rows: Iterable[Entry], fund: str = "") -> list[ShownEntry]:
    """Entries with their postings loaded, as rows; no query. ``fund``: whose money they moved; all
    funds together where it is empty."""
    return [_shown(entry, fund) for entry in rows]


def _shown(entry: Entry, money_of: str) -> ShownEntry:
    postings = entry.postings.all()
    found = {posting.fund for posting in postings}
    return ShownEntry(
        entry,
        kind_name(entry.kind),
        sum(posting.amount_minor for posting in postings if posting.side == "debit"),
        ", ".join(fund_name(fund) for fund in FundCode if fund in found),
        sum(
            posting.amount_minor if posting.side == Side.DEBIT else -posting.amount_minor
            for posting in postings
            if posting.account.role in TREASURY_ROLES and money_of in ("", posting.fund)
        ),
    )


@require_safe
@office_view(right=Right.READ_BOOKS)
def journal(request: OfficeRequest) -> HttpResponse:
    """Every entry of a period, searched and filtered, the latest first."""
    asked, period = request.GET, asked_period(request)
    text = asked.get("q", "").strip()
    account = _account_asked(request)
    # A number is looked for in all the books: who types it knows which paper they hold.
    is_everywhere = any(letter.isdigit() for letter in text)
    change = _known(asked.get("change", ""), KIND_NAMES)
    fund = _known(asked.get("fund", ""), FUND_NAMES)
    found = entries(
        request.mutual,
        start=None if is_everywhere else period.start,
        until=None if is_everywhere else period.until,
        journal=_known(asked.get("journal", ""), JOURNAL_NAMES),
        kind=_known(asked.get("kind", ""), KIND_NAMES),
        fund=fund,
        text=text,
        account=account,
        change=change,
    )
    page = Paginator(found, ROWS_PER_PAGE).get_page(asked.get("page"))
    context = {
        "page": page,
        "rows": shown_entries(page.object_list, fund),
        "change": change,
        "change_name": change_name(change) if change else "",
        "moved_minor": money_moved(found, fund) if change else None,
        "period": period,
        "text": text,
        "is_everywhere": is_everywhere,
        "asked": {name: asked.get(name, "") for name in ("journal", "kind", "fund")},
        "journals": JOURNAL_NAMES.items(),
        "kinds": KIND_NAMES.items(),
        "funds": FUND_NAMES.items(),
    }
    template = "_journal_rows" if request.htmx else "journal"
    return render(request, f"web/ledger/{template}.html", context)


def _account_asked(request: OfficeRequest) -> Account | None:
    """The account of ``?account=``; None when the address names none that there is."""
    try:
        return account_by_uid(request.mutual, UUID(request.GET.get("account", "")))
    except (Refusal, ValueError):
        return None


def _known(asked: str, choices: Iterable[str]) -> str:
    return asked if asked in set(choices) else ""


class ReverseForm(forms.Form):
    """Why an entry is taken back: read later by whoever checks the books."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


@dataclass(frozen=True, slots=True)
class ShownPosting:
    """One posting: the account's name and the way to whose it is."""

    posting: Posting
    account: str
    fund: str
    party: Way | None


@require_safe
@office_view(right=Right.READ_BOOKS)
def entry(request: OfficeRequest, uid: str) -> HttpResponse:
    """One entry, complete."""
    return _entry_page(request, entry_for(request.mutual, uid), ReverseForm())  # type: ignore[arg-type]


def _entry_page(request: OfficeRequest, shown: Entry, form: ReverseForm) -> HttpResponse:
    paper, parties = paper_of(shown), parties_of(shown)
    reversal = getattr(shown, "reversed_by", None)
    postings = [
        ShownPosting(
            posting,
            account_name(posting.account),
            fund_name(posting.fund),
            _party_way(request, parties.get(posting.party)),
        )
        for posting in sorted(shown.postings.all(), key=lambda each: each.position)
    ]
    may_reverse = (
        Right.REVERSE in request.rights
        and reversal is None
        and (shown.kind in REVERSIBLE_KINDS or _is_transfer(shown))
    )
    context = {
        "entry": shown,
        "kind": kind_name(shown.kind),
        "journal": journal_name(shown.journal),
        "postings": postings,
        "total_minor": sum(
            each.posting.amount_minor for each in postings if each.posting.side == "debit"
        ),
        "paper": _paper_way(request, paper),
        "paper_name": _paper_name(paper),
        "statement_lines": statement_ways(request.mutual, shown),
        "reversal": reversal,
        "form": form,
        "may_reverse": may_reverse,
    }
    return render(request, "web/ledger/entry.html", context, status=422 if form.errors else 200)


def _is_transfer(entry: Entry) -> bool:
    return entry.kind == EntryKind.CASH_DEPOSITED and entry.document_number.startswith(
        f"{TRANSFER_PREFIX}-"
    )


def _paper_name(paper: Paper | None) -> str:
    names = {
        "due": _("Call for contributions"),
        "receipt": _("Receipt"),
        "slip": _("Collection slip"),
        "bank-deposit": _("Deposit of several slips"),
        "handover": _("Hand-over of cash"),
        "lump-sum": _("Lump sum"),
        "household": _("Family"),
        "claim": _("Claim"),
        "payout": _("Payment of care"),
    }
    return names[paper.register] if paper else ""


def _paper_way(request: OfficeRequest, paper: Paper | None) -> Way | None:
    """The way to the paper, words only for who may not read that register."""
    if paper is None:
        return None
    if paper.register in PAPER_RIGHTS and Right.READ_REGISTERS not in request.rights:
        return Way(paper.document_number)
    return page_way(request.mutual, paper.document_number, paper.register, uid=paper.uid)


def _party_way(request: OfficeRequest, party: Party | None) -> Way | None:
    if party is None:
        return None
    if party.kind != "household":
        return Way(party.name)
    words = _("Family %(number)s") % {"number": party.name}
    if Right.READ_REGISTERS not in request.rights:
        return Way(words)
    return page_way(request.mutual, words, "household", uid=party.uid)


@require_http_methods(["GET", "HEAD", "POST"])
@office_view(right=Right.REVERSE)
def reverse_entry(request: OfficeRequest, uid: str) -> HttpResponse:
    """Take an operation back by a mirrored entry, with the reason that the books will show."""
    shown = entry_for(request.mutual, uid)  # type: ignore[arg-type]
    if request.method != "POST":
        return redirect(office_url(request, "entry", uid=shown.uid))
    form = ReverseForm(request.POST)
    if not form.is_valid():
        return _entry_page(request, shown, form)
    try:
        reversal = reverse_document(
            mutual=request.mutual,
            actor=request.user,
            on=request.day,
            idempotency_key=request.POST.get("idempotency_key", ""),
            document_number=shown.document_number,
            reason=form.cleaned_data["reason"],
        )
    except Refusal as refusal:
        if refusal.code in NOT_THERE or refusal.code == "FORBIDDEN":
            raise
        show_refusal(form, refusal)
        return _entry_page(request, shown, form)
    notify(
        request,
        _("%(number)s is reversed by %(reversal)s.")
        % {"number": shown.document_number, "reversal": reversal.document_number},
        detail=_("Both stay in the books; together they come to nothing."),
        links=[(_("See the first entry"), office_url(request, "entry", uid=shown.uid))],
    )
    return redirect(office_url(request, "entry", uid=reversal.uid))
