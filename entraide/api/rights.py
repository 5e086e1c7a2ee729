"""Rights at the counter by the API: is this person covered today, and up to how much."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpResponse, JsonResponse

from entraide.api.answers import eligibility_answer
from entraide.api.bearer import in_mutual
from entraide.api.bodies import read_query
from entraide.api.language import language_of
from entraide.api.schemas import ELIGIBILITY
from entraide.apps.cards.proof import require_proof
from entraide.apps.claims.selectors import eligibility
from entraide.apps.enrolment.models import Person
from entraide.apps.schemes.rights import Right
from entraide.core.product import Sector


def _require_proof(request: Any, asked: dict[str, Any], person: Person) -> None:
    """``CARD_LOST``, unless an identity document was seen."""
    by_identity = asked.get("identity") == "seen"
    require_proof(person, request.user, by_identity=by_identity, where="the API")


@in_mutual(right=Right.READ_REGISTERS)
def read_eligibility(request: Any) -> HttpResponse:
    """The right of the bearer of a card on a day, why it is closed, and what remains."""
    asked = read_query(request, ELIGIBILITY)
    on = date.fromisoformat(asked["on"]) if "on" in asked else request.day
    found = eligibility(
        request.mutual, asked["number"], on, sector=Sector(asked.get("sector", "public"))
    )
    _require_proof(request, asked, found.standing.person)
    document = eligibility_answer(found, request.mutual, on, language_of(request))
    return JsonResponse(document)
