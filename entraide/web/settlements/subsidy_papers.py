"""Papers to the State: an invoice or a credit note with its claims, by card and without names."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.http import HttpResponse
from django.utils.translation import gettext as _

from entraide.apps.settlement.models import SubsidyLine
from entraide.documents import writing
from entraide.documents.amount_words import amount_in_words
from entraide.documents.letters_pdf import Paper, letters_pdf
from entraide.web.office import OfficeRequest


def share_paper(
    request: OfficeRequest,
    *,
    number: str,
    title: str,
    payer: str,
    before: tuple[str, ...],
    lines: Iterable[SubsidyLine],
    total_minor: int,
    day: date | None,
) -> HttpResponse:
    """The PDF; ``day``: when it was issued, None while it was not."""
    code, language = request.mutual.currency, request.LANGUAGE_CODE
    total = writing.money(total_minor, code, language)
    letter = Paper(
        title=f"{title} {number}",
        to=(payer,),
        before=before,
        head=(_("Claim"), _("Day of care"), _("Card"), _("Provider"), _("Amount asked"),
              _("State’s share")),
        rows=tuple(
            (
                each.claim.document_number,
                writing.day(each.claim.care_on, language),
                each.claim.person.number,
                each.claim.provider.name,
                writing.money(each.claim.claimed_minor, code, language),
                writing.money(each.amount_minor, code, language),
            )
            for each in lines
        ),
        total=_("Total: %(amount)s") % {"amount": total},
        after=(amount_in_words(total_minor, code, language),),
        signs=(_("For the mutual, signature and stamp"), _("For the payer, visa")),
        wide=(3,),
        left=(1, 2),
    )  # fmt: skip
    content = letters_pdf(
        [letter], title=f"{title} {number}", mutual=request.mutual.name,
        place=request.mutual.place, day=writing.day(day or request.day, language),
        language=language,
    )  # fmt: skip
    headers = {"Content-Disposition": f'inline; filename="{number}.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)
