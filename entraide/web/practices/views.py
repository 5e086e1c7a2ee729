"""The page of practices, and the three acts on it."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from entraide.apps.knowledge.models import Adoption, Practice
from entraide.apps.knowledge.selectors import own_practice_for, practice_for, practices
from entraide.apps.knowledge.services import (
    LONGEST_TEXT,
    adopt_practice,
    record_practice,
    withdraw_practice,
)
from entraide.apps.schemes.rights import Right
from entraide.web.fields import DayField
from entraide.web.groups.acts import carried_out, form_page
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view

ROWS_PER_PAGE = 20
READERS = (Right.READ_REGISTERS, Right.READ_REPORTS)


def _text(label: object, hint: object, rows: int) -> forms.CharField:
    return forms.CharField(
        label=label, help_text=hint, max_length=LONGEST_TEXT, widget=forms.Textarea({"rows": rows})
    )  # fmt: skip


class PracticeForm(forms.Form):
    """A practice as its mutual tells it."""

    title = forms.CharField(
        label=gettext_lazy("In one line"), max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    done = _text(gettext_lazy("What you do, and how"), "", 5)
    evidence = _text(
        gettext_lazy("What shows that it works"),
        gettext_lazy("A figure before and after, a report, a visit: what another team can check."),
        3,
    )
    since = DayField(label=gettext_lazy("Done since"))


class AdoptForm(forms.Form):
    """From when a mutual does the same."""

    adopted_on = DayField(label=gettext_lazy("Adopted on"))
    note = forms.CharField(
        label=gettext_lazy("What you change in it"), max_length=200, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip


class WithdrawForm(forms.Form):
    """Why a practice is no longer recommended."""

    reason = forms.CharField(
        label=gettext_lazy("Why"), max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    """A practice on the page: who does the same, and what the reader may do with it."""

    practice: Practice
    adoptions: list[Adoption]
    is_own: bool
    is_adopted: bool


@require_safe
@office_view(right=READERS)
def practice_list(request: OfficeRequest) -> HttpResponse:
    """What every mutual of the network recommends, the latest first."""
    text = request.GET.get("q", "").strip()
    page = Paginator(practices(text=text), ROWS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "text": text,
        "shown": [_shown(request, practice) for practice in page],
        "may_write": Right.COORDINATE in request.rights,
    }
    return render(request, "web/practices/list.html", context)


def _shown(request: OfficeRequest, practice: Practice) -> Shown:
    adoptions = list(practice.adoptions.all())
    return Shown(
        practice,
        adoptions,
        practice.mutual_id == request.mutual.pk,
        any(each.mutual_id == request.mutual.pk for each in adoptions),
    )


def _ways(request: OfficeRequest) -> dict[str, str]:
    return {
        "step": _("Report"), "step_url": office_url(request, "report"),
        "back": office_url(request, "practices"), "way": _("Practices"),
    }  # fmt: skip


@office_view(right=Right.COORDINATE)
def write(request: OfficeRequest) -> HttpResponse:
    """A practice of one's own, for the others."""
    form = PracticeForm(request.POST or None)
    if (
        request.method == "POST"
        and form.is_valid()
        and carried_out(
            form, lambda: record_practice(**form.cleaned_data, **command_arguments(request))
        )
    ):
        notify(request, _("The other mutuals of the network can read it now."))
        return redirect(office_url(request, "practices"))
    return form_page(
        request, form, title=_("Recommend a practice"), verb=_("Recommend it"),
        lede=_("Every mutual of the network reads it. Name no patient and no member."),
        **_ways(request),
    )  # fmt: skip


@office_view(right=Right.COORDINATE)
def adopt(request: OfficeRequest, uid: str) -> HttpResponse:
    """One's own mutual does the same."""
    practice = practice_for(uid)
    form = AdoptForm(request.POST or None, initial={"adopted_on": request.day})
    if (
        request.method == "POST"
        and form.is_valid()
        and carried_out(
            form,
            lambda: adopt_practice(
                practice=practice, **form.cleaned_data, **command_arguments(request)
            ),
        )
    ):
        notify(request, _("Adopted: “{title}”").format(title=practice.title))
        return redirect(office_url(request, "practices"))
    return form_page(
        request, form, title=_("Adopt a practice"), verb=_("Adopt it"), lede=practice.title,
        **_ways(request),
    )  # fmt: skip


@office_view(right=Right.COORDINATE)
def withdraw(request: OfficeRequest, uid: str) -> HttpResponse:
    """One's own practice is no longer recommended."""
    practice = own_practice_for(request.mutual, uid)
    form = WithdrawForm(request.POST or None)
    if (
        request.method == "POST"
        and form.is_valid()
        and carried_out(
            form,
            lambda: withdraw_practice(
                practice=practice, **form.cleaned_data, **command_arguments(request)
            ),
        )
    ):
        notify(request, _("It is no longer recommended."))
        return redirect(office_url(request, "practices"))
    return form_page(
        request, form, title=_("Take a practice back"), verb=_("Recommend it no longer"),
        lede=practice.title, **_ways(request),
    )  # fmt: skip
