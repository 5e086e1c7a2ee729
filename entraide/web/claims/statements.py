"""What is printed for a provider of one of its invoices: decided attestation by attestation."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from entraide.apps.claims.invoice_selectors import decided_on, invoice_for, totals_of
from entraide.apps.claims.models import Claim, ClaimState, Invoice, InvoiceState
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right
from entraide.core.adjudication.decision import BorneBy
from entraide.core.adjudication.decision import Decision as CoreDecision
from entraide.core.money import CURRENCIES
from entraide.documents import writing
from entraide.documents.letters_pdf import Paper, letters_pdf
from entraide.web.claims.invoices import difference_of
from entraide.web.claims.provider_words import provider_state, sums_by_word
from entraide.web.claims.reasons import reason_name
from entraide.web.office import OfficeRequest, office_view


@require_safe
@office_view(right=Right.READ_REGISTERS, of_whole_mutual=True)
def statement(request: OfficeRequest, uid: str) -> HttpResponse:
    """The statement, and the letter of differences where the invoice does not add up."""
    shown = invoice_for(request.mutual, uid)
    return statement_pdf(shown, request.mutual, request.day, request.LANGUAGE_CODE)


def statement_pdf(shown: Invoice, mutual: Mutual, on: date, language: str) -> HttpResponse:
    """The same, for the mutual or for the provider whose invoice it is."""
    currency = mutual.currency
    totals = totals_of([shown])[shown.pk]
    papers = [_statement(shown, currency, language)]
    count, minor = difference_of(shown, totals)
    if (count or minor) and shown.state != InvoiceState.CANCELLED:
        papers.append(_letter(shown, totals.count, totals.stated_minor, currency, language))
    content = letters_pdf(
        papers, title=_("Statement of an invoice"), mutual=mutual.name,
        place=mutual.place, day=writing.day(on, language), language=language,
    )  # fmt: skip
    headers = {"Content-Disposition": f'inline; filename="decompte-{shown.document_number}.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


NOT_APPROVED = (ClaimState.IN_REVIEW, ClaimState.DECIDED)


def _statement(shown: Invoice, currency: str, language: str) -> Paper:
    """The statement; while something may still change it says so, and is not to be signed."""
    decided = decided_on(shown)
    rows = [_row(claim, decision, language) for claim, decision in decided]
    stated_minor = sum(claim.stated_minor for claim, _decision in decided)
    told = [_("Asked: %(asked)s.") % {"asked": writing.money(stated_minor, currency, language)}]
    sums = sums_by_word(claim for claim, _decision in decided)
    elsewhere_minor = sum(decision.borne_minor(BorneBy.OTHER) for _claim, decision in decided)
    if elsewhere_minor:
        sums[_("State or another payer")] = elsewhere_minor
    told += [
        _("%(word)s: %(amount)s.") % {
            "word": word, "amount": writing.money(minor, currency, language),
        }
        for word, minor in sums.items()
    ]  # fmt: skip
    columns = _columns(rows)
    states = {row.state for row in rows}
    final = shown.state == InvoiceState.CLOSED and not any(
        claim.state in NOT_APPROVED for claim, _decision in decided
    )
    of_state = () if len(states) == 1 else (_("State"),)

    def cells(row: StatementRow) -> tuple[str, ...]:
        amounts = tuple(_amount(pick(row), currency, language) for _head, pick in columns)
        state = (row.state,) if of_state else ()
        return (row.attestation, row.card, row.day, *amounts, *state, row.reasons(currency))

    totals = tuple(
        writing.amount(sum(pick(row) or 0 for row in rows), currency, language)
        for _head, pick in columns
    )
    before = [
        _("Received on %(day)s under number %(number)s, care: %(period)s.") % {
            "day": writing.day(shown.received_on, language), "number": shown.document_number,
            "period": writing.period(shown.period_from, shown.period_until, language),
        },
        _("Amounts in %(unit)s.") % {"unit": CURRENCIES[currency].symbol},
    ]  # fmt: skip
    if len(states) == 1:
        before[1] += " " + _("All: %(state)s.") % {"state": next(iter(states)).lower()}
    return Paper(
        title=_("Statement of invoice %(number)s") % {"number": shown.provider_number},
        stamp="" if final else _("PROVISIONAL"),
        to=(shown.provider.name,),
        before=(*before, *(() if final else (_not_final(shown, decided),))),
        head=(
            _("Attestation"), _("Card"), _("Day"),
            *(str(head) for head, _pick in columns), *of_state, _("Reductions"),
        ),
        rows=tuple(cells(row) for row in rows),
        totals=(_("Total"), "", "", *totals, *("" for _each in of_state), ""),
        widths=(0, 0, 0, *(12 for _each in columns), *(16 for _each in of_state), 28),
        left=(1, 2),
        wide=tuple(range(3 + len(columns), 4 + len(columns) + len(of_state))),
        is_compact=True,
        total=" ".join(told),
        signs=(_("For the mutual, signature and stamp"),
               _("For the provider, signature and stamp")) if final else (),
    )  # fmt: skip


def _not_final(shown: Invoice, decided: Sequence[tuple[Claim, CoreDecision]]) -> str:
    waiting = sum(claim.state in NOT_APPROVED for claim, _decision in decided)
    told = []
    if shown.state == InvoiceState.RECEIVED:
        told.append(_("The invoice is not closed yet."))
    if waiting:
        told.append(
            ngettext(
                "One attestation of {all} is not approved yet.",
                "{n} attestations of {all} are not approved yet.",
                waiting,
            ).format(n=waiting, all=len(decided))
        )
    return " ".join([*told, _("Amounts may still change: this paper is not signed.")])


@dataclass(frozen=True, slots=True)
class StatementRow:
    """One attestation as it is printed; amounts in minor units, None while it is under review."""

    attestation: str
    card: str
    day: str
    state: str
    asked_minor: int
    paid_minor: int | None
    cuts: Mapping[BorneBy, Mapping[str, int]]
    language: str

    def borne(self, by: BorneBy) -> int | None:
        """What one bearer is left with."""
        return None if self.paid_minor is None else sum(self.cuts.get(by, {}).values())

    def reasons(self, currency: str) -> str:
        """Each reason; with its amount where its bearer's column holds several."""
        told = []
        for taken in self.cuts.values():
            for code, minor in taken.items():
                amount = writing.amount(minor, currency, self.language)
                told.append(reason_name(code) + (f" {amount}" if len(taken) > 1 else ""))
        return ", ".join(told)


def _row(claim: Claim, decision: CoreDecision, language: str) -> StatementRow:
    is_open = claim.state == ClaimState.IN_REVIEW
    cuts: dict[BorneBy, dict[str, int]] = {}
    for item in () if is_open else decision.reductions():
        taken = cuts.setdefault(item.borne_by, {})
        taken[item.code] = taken.get(item.code, 0) + item.amount_minor
    return StatementRow(
        claim.attestation_number or claim.document_number,
        claim.person.number,
        f"{claim.care_on:%d/%m/%Y}",  # as it stands on the attestation, on one line
        str(provider_state(claim.state, is_paid_instead=decision.is_paid_instead).word),
        claim.stated_minor,
        None if is_open else claim.payable_minor,
        cuts,
        language,
    )


Pick = Callable[[StatementRow], int | None]


def _columns(rows: Sequence[StatementRow]) -> list[tuple[str, Pick]]:
    """The columns of amounts; of those who bear something, only who bears some."""
    found: list[tuple[str, Pick]] = [
        (_("Asked"), lambda row: row.asked_minor),
        (_("Mutual’s share"), lambda row: row.paid_minor),
    ]
    heads = {
        BorneBy.MEMBER: _("Owed by the family"),
        BorneBy.PROVIDER: _("Left to you"),
        BorneBy.OTHER: _("State or another payer"),
    }
    for by, head in heads.items():
        if any(row.borne(by) for row in rows):
            found.append((head, lambda row, by=by: row.borne(by)))  # type: ignore[misc]
    return found


def _amount(minor: int | None, currency: str, language: str) -> str:
    return "–" if minor is None else writing.amount(minor, currency, language)


def _letter(
    shown: Invoice, count: int, stated_minor: int, currency: str, language: str
) -> Paper:  # fmt: skip
    """The difference: what is asked of the provider while the invoice is open; once it was closed
    in spite of it, what was decided and why, and nothing is asked."""
    if shown.state == InvoiceState.CLOSED:
        before = (
            _("Your invoice did not agree with the attestations that came with it. We closed it on "
              "%(day)s with this difference; what we received of it is decided in the statement.")
            % {"day": writing.day(shown.ended_on, language) if shown.ended_on else ""},
            *((_("Reason: %(reason)s") % {"reason": shown.reason},) if shown.reason else ()),
            _("You have nothing to send. If you do not agree, tell us."),
        )  # fmt: skip
    else:
        before = (
            _("Your invoice does not agree with the attestations that came with it. Please check "
              "it with us: send what is missing, or a corrected invoice."),
        )  # fmt: skip
    return Paper(
        title=_("Difference on invoice %(number)s") % {"number": shown.provider_number},
        to=(shown.provider.name,),
        before=before,
        head=(_("What"), _("Your invoice"), _("Attestations received"), _("Difference")),
        rows=(
            (
                _("Attestations"), str(shown.stated_count), str(count),
                writing.number(count - shown.stated_count, language, sign=True),
            ),
            (
                _("Total"), writing.amount(shown.stated_minor, currency, language),
                writing.amount(stated_minor, currency, language),
                writing.amount(stated_minor - shown.stated_minor, currency, language, sign=True),
            ),
        ),
        signs=(_("For the mutual, signature and stamp"),),
    )  # fmt: skip
