"""The keys that sign the cards: which they are, a new one, the public halves to give out."""

from __future__ import annotations

import json

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from entraide.apps.cards.keys import keys_of, public_keys_of, renew_card_key
from entraide.apps.schemes.rights import Right
from entraide.core.cards import keys_document
from entraide.core.errors import Refusal
from entraide.web.cards.forms import KeyForm
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view
from entraide.web.refusals import show_refusal


@require_http_methods(["GET", "HEAD", "POST"])
@office_view(right=(Right.CHANGE_SETTINGS, Right.READ_AUDIT))
def key_list(request: OfficeRequest) -> HttpResponse:
    """The keys with who made them; the form of a new one."""
    form = KeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            key = renew_card_key(
                **command_arguments(request),
                reason=form.cleaned_data["reason"],
                revokes_earlier=form.cleaned_data["revokes"],
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            notify(
                request, _("Cards are signed with key %(key)s from now on.") % {"key": key.key_id}
            )
            return redirect(office_url(request, "card-keys"))
    context = {
        "form": form,
        "keys": keys_of(request.mutual),
        "may_renew": Right.CHANGE_SETTINGS in request.rights,
    }
    return render(request, "web/cards/keys.html", context, status=422 if form.errors else 200)


@require_safe
@office_view(right=Right.READ_REGISTERS)
def export(request: OfficeRequest) -> HttpResponse:
    """The public keys as the command line takes them; nothing in them is secret."""
    document = keys_document(public_keys_of(request.mutual))
    name = f"cles-cartes-{request.mutual.code}.json"
    return HttpResponse(
        json.dumps(document, indent=2),
        content_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
