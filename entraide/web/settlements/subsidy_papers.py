"""Papers to the State: an invoice or a credit note with its claims, by card and without names."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.http import HttpResponse
from django.utils.translation import gettext as _

from entraide.apps.claims.models import Claim
from entraide.apps.settlement.models import SubsidyLine
from entraide.documents import writing
from entraide.documents.amount_words import amount_in_words
from entraide.documents.letters_pdf import Paper, letters_pdf
from entraide.web.office import OfficeRequest


def decision_told(number: int) -> str:
    """« (decision 2) » beside a claim that was decided again; empty for the first decision."""
    return _("(decision {number})").format(number=number) if number > 1 else ""


def supplement_told(line: SubsidyLine) -> str:
    """« (supplement, decision 2) » beside a claim that an earlier invoice asks for already."""
    if not line.is_supplement:
        return ""
    return _("(supplement, decision {number})").format(number=line.decision_number)


def share_paper(
    request: OfficeRequest,
    *,
    number: str,
    title: str,
    payer: str,
    before: tuple[str, ...],
    lines: Iterable[tuple[Claim, int, str]],
    total_minor: int,
    day: date | None,
) -> HttpResponse:
    """The PDF; ``lines``: the claims with their share and a word on it; ``day``: when it was
    issued, None while it was not."""
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
                f"{claim.document_number} {note}".strip(),
                writing.day(claim.care_on, language),
                claim.person.number,
                claim.provider.name,
                writing.money(claim.claimed_minor, code, language),
                writing.money(amount_minor, code, language),
            )
            for claim, amount_minor, note in lines
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
