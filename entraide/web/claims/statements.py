"""What is printed for a provider of one of its invoices: decided attestation by attestation."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from entraide.apps.claims.invoice_selectors import decided_on, invoice_for, totals_of
from entraide.apps.claims.models import ClaimState, Invoice, InvoiceState
from entraide.apps.schemes.rights import Right
from entraide.core.adjudication.decision import BorneBy
from entraide.core.adjudication.decision import Decision as CoreDecision
from entraide.core.money import CURRENCIES
from entraide.documents import writing
from entraide.documents.letters_pdf import Paper, letters_pdf
from entraide.web.claims.invoices import difference_of
from entraide.web.claims.provider_words import bearer_name, provider_state, sums_by_word
from entraide.web.claims.reasons import reason_name
from entraide.web.office import OfficeRequest, office_view


@require_safe
@office_view(right=Right.READ_REGISTERS, of_whole_mutual=True)
def statement(request: OfficeRequest, uid: str) -> HttpResponse:
    """The statement, and the letter of differences where the invoice does not add up."""
    shown = invoice_for(request.mutual, uid)
    language, currency = request.LANGUAGE_CODE, request.mutual.currency
    totals = totals_of([shown])[shown.pk]
    papers = [_statement(shown, currency, language)]
    count, minor = difference_of(shown, totals)
    if (count or minor) and shown.state != InvoiceState.CANCELLED:
        papers.append(_letter(shown, totals.count, totals.stated_minor, currency, language))
    content = letters_pdf(
        papers, title=_("Statement of an invoice"), mutual=request.mutual.name,
        place=request.mutual.place, day=writing.day(request.day, language), language=language,
    )  # fmt: skip
    headers = {"Content-Disposition": f'inline; filename="decompte-{shown.document_number}.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def _statement(shown: Invoice, currency: str, language: str) -> Paper:
    decided = decided_on(shown)
    rows = [
        (
            claim.attestation_number or claim.document_number,
            claim.person.number,
            writing.day(claim.care_on, language),
            writing.amount(claim.stated_minor, currency, language),
            "–"
            if claim.state == ClaimState.IN_REVIEW
            else writing.amount(claim.payable_minor, currency, language),
            str(provider_state(claim.state, is_paid_instead=decision.is_paid_instead).word),
            "" if claim.state == ClaimState.IN_REVIEW else _reasons(decision, currency, language),
        )
        for claim, decision in decided
    ]
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
    return Paper(
        title=_("Statement of invoice %(number)s") % {"number": shown.provider_number},
        to=(shown.provider.name,),
        before=(
            _("Received on %(day)s under number %(number)s, care: %(period)s.") % {
                "day": writing.day(shown.received_on, language), "number": shown.document_number,
                "period": writing.period(shown.period_from, shown.period_until, language),
            },
            _("Amounts in %(unit)s.") % {"unit": CURRENCIES[currency].symbol},
        ),
        head=(
            _("Attestation"), _("Card"), _("Day of care"), _("Asked"), _("Mutual’s share"),
            _("State"), _("Reductions, their reason and who bears them"),
        ),
        rows=tuple(rows),
        wide=(5, 6),
        total=" ".join(told),
        signs=(_("For the mutual, signature and stamp"),
               _("For the provider, signature and stamp")),
    )  # fmt: skip


def _reasons(decision: CoreDecision, currency: str, language: str) -> str:
    """Each reason with what it took and who is left with it."""
    taken: dict[tuple[str, BorneBy], int] = {}
    for item in decision.reductions():
        key = (item.code, item.borne_by)
        taken[key] = taken.get(key, 0) + item.amount_minor
    return "; ".join(
        f"{reason_name(code)} {writing.amount(minor, currency, language)} ({bearer_name(by)})"
        for (code, by), minor in taken.items()
    )


def _letter(
    shown: Invoice, count: int, stated_minor: int, currency: str, language: str
) -> Paper:  # fmt: skip
    return Paper(
        title=_("Difference on invoice %(number)s") % {"number": shown.provider_number},
        to=(shown.provider.name,),
        before=(
            _("Your invoice does not agree with the attestations that came with it. Please check "
              "it with us: send what is missing, or a corrected invoice."),
        ),
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
        after=(_("Reason given: %(reason)s") % {"reason": shown.reason},) if shown.reason else (),
        signs=(_("For the mutual, signature and stamp"),),
    )  # fmt: skip
