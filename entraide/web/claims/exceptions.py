"""A clerk asks, for a family, for more than a ceiling leaves."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from entraide.apps.claims.exceptions import ask_exception
from entraide.apps.claims.selectors import claim_for
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view, told


@require_POST
@office_view(right=Right.ENTER_CLAIM)
def ask(request: OfficeRequest, uid: str) -> HttpResponse:
    """The claim goes to who reviews claims, with the reason."""
    claim = claim_for(request.mutual, uid)
    try:
        ask_exception(
            claim=claim, reason=request.POST.get("reason", "")[:300], **command_arguments(request)
        )
    except Refusal as refusal:
        notify(request, told(refusal), kind="bad")
    else:
        notify(request, _("The exception is asked: the claim waits for an opinion."))
    return redirect(office_url(request, "claim", uid=claim.uid))
