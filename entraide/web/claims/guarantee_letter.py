"""The guarantee letter: what the mutual promises to pay, to whom and until when, in words."""

from __future__ import annotations

from datetime import date, timedelta

from django.http import HttpResponse
from django.utils.translation import gettext as _

from entraide.apps.claims.agreement_calls import calls_of, is_read_back
from entraide.apps.claims.foreseeing import Outlook
from entraide.apps.claims.models import PreAuthorisation
from entraide.apps.schemes.models import Mutual
from entraide.documents import writing
from entraide.documents.letters_pdf import Paper, letters_pdf
from entraide.web.claims.agreement_outlook import most_told
from entraide.web.claims.reasons import category_names, language


def letter_words(shown: PreAuthorisation, seen: Outlook, mutual: Mutual) -> tuple[str, ...]:
    """The paragraphs of the letter: nothing that the rules would refuse, no sum that is owed."""
    last_on = shown.effective_until - timedelta(days=1)
    said = [
        _("%(mutual)s guarantees the payment, under its rules and prices, of the care “%(care)s” "
          "given to %(person)s, card %(card)s, from %(from)s to %(until)s.") % {
            "mutual": mutual.name,
            "care": category_names().get(shown.category.code, ""),
            "person": shown.person.full_name,
            "card": shown.person.number,
            "from": writing.day(shown.effective_from, language()),
            "until": writing.day(last_on, language()),
        }
    ]  # fmt: skip
    if shown.amount_minor:
        most = writing.money(shown.amount_minor, mutual.currency, language())
        said.append(_("It pays at most %(most)s, the family’s share taken off.") % {"most": most})
    if told := most_told(seen, shown.amount_minor, mutual.currency):
        said.append(told)
    said.append(_("The letter holds for care on days on which the person’s rights are open."))
    said.append(
        _("The mutual finds this agreement by the card, the care and the day; its number "
          "%(number)s, written on the attestation, helps to check it.")
        % {"number": shown.document_number}
    )  # fmt: skip
    return tuple(said)


def letter_pdf(shown: PreAuthorisation, seen: Outlook, mutual: Mutual, on: date) -> HttpResponse:
    """The letter on paper, with the calls about it and room for three signatures."""
    title = _("Guarantee letter")
    paper = Paper(
        title=f"{title} {shown.document_number}",
        to=(shown.provider.name if shown.provider else _("Any provider"),),
        before=letter_words(shown, seen, mutual),
        after=tuple(_calls_told(shown)),
        signs=(_("Médecin conseil"), _("Stamp"), _("Received by the provider")),
    )
    content = letters_pdf(
        [paper], title=title, mutual=mutual.name, place=mutual.place,
        day=writing.day(on, language()), language=language(),
    )  # fmt: skip
    headers = {"Content-Disposition": f'inline; filename="lettre-{shown.document_number}.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def _calls_told(shown: PreAuthorisation) -> list[str]:
    said = []
    for each in calls_of(shown):
        said.append(
            _("By telephone on %(day)s at %(hour)s: %(caller)s, %(post)s; taken by %(person)s.")
            % {
                "day": writing.day(each.called_on, language()),
                "hour": f"{each.called_at:%H:%M}",
                "caller": each.caller_name,
                "post": each.caller_post,
                "person": each.taken_by,
            }
        )
        if is_read_back(each):
            back = each.read_back
            said.append(
                _("Number %(number)s read back on %(day)s at %(hour)s to %(person)s.")
                % {
                    "number": back.number,
                    "day": writing.day(back.read_on, language()),
                    "hour": f"{back.read_at:%H:%M}",
                    "person": back.read_by,
                }
            )
        else:
            said.append(_("The number was not read back."))
    return said
