"""What is written to focal points: once, then by telephone, by text message or on paper."""

from __future__ import annotations

from urllib.parse import quote

from django import forms
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from entraide.apps.enrolment.focal_points import (
    LONGEST_SUBJECT,
    LONGEST_TEXT,
    focal_points_inside,
    message_for,
    messages_of,
    write_to_focal_points,
)
from entraide.apps.enrolment.models import FocalPoint, FocalPointMessage
from entraide.apps.nomenclature.places import area_label
from entraide.apps.schemes.rights import Right
from entraide.documents import writing
from entraide.documents.letters_pdf import Paper, letters_pdf
from entraide.web.areas.views import area_for
from entraide.web.fields import is_uid
from entraide.web.groups.acts import carried_out, form_page
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view

ROWS_PER_PAGE = 50


class MessageForm(forms.Form):
    """What the message is about, and what it says."""

    subject = forms.CharField(
        label=gettext_lazy("What it is about"), max_length=LONGEST_SUBJECT,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    text = forms.CharField(
        label=gettext_lazy("Message"), max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("Nothing of anybody’s health: others may read it."),
    )  # fmt: skip


@office_view(right=Right.ENROL)
def write(request: OfficeRequest) -> HttpResponse:
    """A message to the focal points of the place in the address, or to all of them."""
    uid = request.GET.get("area", "")
    area = area_for(request.mutual, uid) if is_uid(uid) else None
    form = MessageForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done: list[FocalPointMessage] = []
        if carried_out(
            form,
            lambda: done.append(
                write_to_focal_points(area=area, **form.cleaned_data, **command_arguments(request))
            ),
        ):
            notify(request, _("The message is kept. Send it, call, or print the letters."))
            return redirect(office_url(request, "focal-point-message", uid=done[0].uid))
    names = [each.name for each in focal_points_inside(request.mutual, area, request.day)]
    told = _("To: %(names)s.") % {"names": ", ".join(names)} if names else ""
    place = area_label(area) if area is not None else _("Every place")
    return form_page(
        request, form, title=_("Write to the focal points"), verb=_("Keep the message"),
        lede=f"{place}. {told}".strip(), back=office_url(request, "focal-point-messages"),
        way=_("Messages"),
    )  # fmt: skip


@require_safe
@office_view(right=Right.READ_REGISTERS)
def message_list(request: OfficeRequest) -> HttpResponse:
    """What was written to focal points, the latest first."""
    page = Paginator(messages_of(request.mutual), ROWS_PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "may_enrol": Right.ENROL in request.rights}
    return render(request, "web/areas/messages.html", context)


@require_safe
@office_view(right=Right.READ_REGISTERS)
def message(request: OfficeRequest, uid: str) -> HttpResponse:
    """One message, with a way to each of those it goes to."""
    told = message_for(request.mutual, uid)
    body = quote(f"{told.subject}\n{told.text}")
    rows = [
        (each, area_label(each.area), f"tel:{number}" if number else "",
         f"sms:{number}?body={body}" if number else "")
        for each in _recipients(told)
        for number in [_dialled(each.phone)]
    ]  # fmt: skip
    return render(request, "web/areas/message.html", {"message": told, "rows": rows})


@require_safe
@office_view(right=Right.READ_REGISTERS)
def letters(request: OfficeRequest, uid: str) -> HttpResponse:
    """One letter for each of those the message goes to, as PDF."""
    told = message_for(request.mutual, uid)
    content = letters_pdf(
        [
            Paper(
                title=told.subject,
                to=tuple(part for part in (each.name, area_label(each.area), each.phone) if part),
                before=tuple(line for line in told.text.splitlines() if line.strip()),
                signs=(_("For the mutual, signature and stamp"),),
            )
            for each in _recipients(told)
        ],
        title=told.subject, mutual=request.mutual.name, place=request.mutual.place,
        day=writing.day(told.written_on, request.LANGUAGE_CODE), language=request.LANGUAGE_CODE,
    )  # fmt: skip
    name = f"{request.mutual.code}-points-focaux.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def _recipients(told: FocalPointMessage) -> list[FocalPoint]:
    return list(told.recipients.select_related("area__parent").order_by("area__name", "name"))


def _dialled(phone: str) -> str:
    """The digits of a telephone, with its « + »."""
    return "".join(each for each in phone if each.isdecimal() or each == "+")
