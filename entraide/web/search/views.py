"""What the search of the top bar finds: families, receipts, slips, claims."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch

from entraide.apps.claims.paid_elsewhere import paid_instead
from entraide.apps.claims.selectors import claims_found
from entraide.apps.contributions.registers import dues_numbered, receipts_numbered, slips_list
from entraide.apps.contributions.selectors import standings_on
from entraide.apps.enrolment.near_names import persons_nearly_called
from entraide.apps.enrolment.selectors import find_persons
from entraide.apps.schemes.rights import Right
from entraide.web.concerned import as_concerned, care_audiences
from entraide.web.contributions.wording import channel_name
from entraide.web.households.wording import relation_name, rights_shown
from entraide.web.office import OfficeRequest, office_url, office_view

MOST = 20


@office_view(right=Right.READ_REGISTERS)
def search(request: OfficeRequest) -> HttpResponse:
    """Families by name, card or telephone; documents by number. One exact number opens at once.

    When nothing bears what was typed, names spelt nearly so are proposed.
    """
    text = request.GET.get("q", "").strip()
    if not text:
        return render(request, "web/search/page.html", {"text": ""})
    if (address := _exact(request, text)) is not None:
        return redirect(address)
    mutual, day = request.mutual, request.day
    persons, is_near = find_persons(mutual, text, limit=MOST), False
    receipts = list(receipts_numbered(mutual, text)[:MOST]) if _has_digit(text) else []
    slips = list(slips_list(mutual, text=text)[:MOST]) if _has_digit(text) else []
    claims = list(claims_found(mutual, persons, text)[:MOST])
    if not (persons or receipts or slips or claims):
        persons, is_near = persons_nearly_called(mutual, text, limit=MOST), True
    standings, known = standings_on(persons, day), care_audiences()
    context = {
        "text": text,
        "persons": [
            (
                person,
                relation_name(person),
                rights_shown(as_concerned(standings[person.pk], known), day),
            )
            for person in persons
        ],
        "is_near": is_near,
        "receipts": [(each, channel_name(each.channel)) for each in receipts],
        "slips": slips,
        "claims": claims,
        "paid_instead": paid_instead(claims),
        "has_claim_page": _address(request, "claims") is not None,
        "is_empty": not (persons or receipts or slips or claims),
        "most": MOST,
    }
    return render(request, "web/search/page.html", context)


def _has_digit(text: str) -> bool:
    return any(letter.isdigit() for letter in text)


def _exact(request: OfficeRequest, text: str) -> str | None:
    """The page of the one document or family that bears exactly this number."""
    if not _has_digit(text):
        return None
    mutual, number = request.mutual, text.upper()
    kind = number.partition("-")[0]
    if kind == "REC":
        return _page_of(request, "receipt", list(receipts_numbered(mutual, number)[:2]), number)
    if kind == "BC":
        return _page_of(request, "slip", list(slips_list(mutual, text=number)[:2]), number)
    if kind == "APP":
        return _page_of(request, "due", list(dues_numbered(mutual, number)), number)
    if kind == "S":
        return _page_of(request, "claim", list(claims_found(mutual, (), number)[:2]), number)
    if kind == "F":
        persons = find_persons(mutual, number, limit=MOST)
        households = {person.household.pk: person.household for person in persons}
        if len(households) == 1:
            return _address(request, "household", uid=next(iter(households.values())).uid)
    return None


def _page_of(request: OfficeRequest, page: str, found: Sequence[Any], number: str) -> str | None:
    exact = [each for each in found if each.document_number.upper() == number]
    return _address(request, page, uid=exact[0].uid) if len(exact) == 1 else None


def _address(request: OfficeRequest, page: str, **kwargs: object) -> str | None:
    try:
        return office_url(request, page, **kwargs)
    except NoReverseMatch:
        return None
