"""« Carnets d’attestations »: booklets given out, what became of their numbers, what was lost."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_safe

from entraide.apps.claims.attestations import (
    attestation_range_for,
    attestation_ranges,
    give_attestations,
    return_attestations,
    spoil_attestation,
    spoilt_in,
    use_of,
)
from entraide.apps.claims.models import AttestationRange, SpoiltKind
from entraide.apps.providers.selectors import agreed_providers
from entraide.apps.schemes.rights import Right, people_who_may
from entraide.core.booklets import RangeUse
from entraide.web.fields import DayField
from entraide.web.groups.acts import carried_out, form_page
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view

PER_PAGE = 50
KINDS = {
    SpoiltKind.LOST: pgettext_lazy("attestation", "Lost"),
    SpoiltKind.CANCELLED: pgettext_lazy("attestation", "Cancelled"),
}
PROVIDER, PERSON = "p:", "u:"


class GiveForm(forms.Form):
    """A booklet and who takes it."""

    holder = forms.ChoiceField(label=gettext_lazy("Given to"))
    first_number = forms.CharField(
        label=gettext_lazy("First number"), max_length=40,
        help_text=gettext_lazy("As it is printed on the attestation."),
    )  # fmt: skip
    last_number = forms.CharField(label=gettext_lazy("Last number"), max_length=40)
    given_on = DayField(label=gettext_lazy("Given on"))

    def __init__(self, *args: Any, request: OfficeRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._providers = {str(each.uid): each for each in agreed_providers(request.day)}
        people = people_who_may(request.mutual, Right.READ_REGISTERS, request.day)
        self._people = {str(each.uid): each for each in people if each.pk != request.user.pk}
        self.fields["holder"].choices = [
            ("", _("Choose")),
            (_("Provider"), [(PROVIDER + uid, p.name) for uid, p in self._providers.items()]),
            (
                _("Person of the mutual"),
                [(PERSON + uid, str(u)) for uid, u in self._people.items()],
            ),
        ]

    def content(self) -> dict[str, Any]:
        """The content of the command."""
        known = self.cleaned_data
        kind, uid = known["holder"][:2], known["holder"][2:]
        holder = {"provider": self._providers[uid]} if kind == PROVIDER else {}
        if kind == PERSON:
            holder = {"holder": self._people[uid]}  # type: ignore[dict-item]
        return {
            **holder,
            **{name: known[name] for name in ("first_number", "last_number", "given_on")},
        }


class ReturnForm(forms.Form):
    """A booklet comes back."""

    returned_on = DayField(label=gettext_lazy("Handed back on"))
    unused_from = forms.CharField(
        label=gettext_lazy("First number not used"), max_length=40, required=False,
        help_text=gettext_lazy("Empty: the one after the last that is known as used."),
    )  # fmt: skip


class SpoilForm(forms.Form):
    """A number that may not be used any more."""

    number = forms.CharField(label=gettext_lazy("Number"), max_length=40)
    kind = forms.ChoiceField(
        label=gettext_lazy("What happened"), choices=list(KINDS.items()), widget=forms.RadioSelect
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300)


@require_safe
@office_view(right=(Right.READ_REGISTERS, Right.KEEP_PROVIDERS), of_whole_mutual=True)
def ranges(request: OfficeRequest) -> HttpResponse:
    """The booklets with what became of their numbers."""
    page = Paginator(attestation_ranges(request.mutual), PER_PAGE).get_page(request.GET.get("page"))
    use = use_of(list(page.object_list))
    context = {
        "page": page,
        "rows": [(each, use[each.pk]) for each in page.object_list],
        "may_keep": Right.KEEP_PROVIDERS in request.rights,
    }
    return render(request, "web/claims/attestation_ranges.html", context)


@office_view(right=Right.KEEP_PROVIDERS, of_whole_mutual=True)
def give(request: OfficeRequest) -> HttpResponse:
    """A booklet is given out."""
    form = GiveForm(request.POST or None, request=request, initial={"given_on": request.day})
    if request.method == "POST" and form.is_valid() and carried_out(
        form, lambda: give_attestations(**command_arguments(request), **form.content())
    ):  # fmt: skip
        notify(request, _("The booklet is given out."))
        return redirect(office_url(request, "attestation-ranges"))
    return _form(
        request, form, title=_("Give a booklet of attestations"), verb=_("Give it out"),
        back=office_url(request, "attestation-ranges"), way=_("Booklets of attestations"),
    )  # fmt: skip


@require_safe
@office_view(right=(Right.READ_REGISTERS, Right.KEEP_PROVIDERS), of_whole_mutual=True)
def attestation_range(request: OfficeRequest, uid: str) -> HttpResponse:
    """One booklet: numbers passed over, lost, cancelled."""
    held = attestation_range_for(request.mutual, uid)
    use = use_of([held])[held.pk]
    context = {
        "held": held,
        "use": use,
        "holes": holes_written(held, use),
        "doubles": [held.written(rank) for rank in use.doubles],
        "spoilt": [(number, row, KINDS[SpoiltKind(row.kind)]) for number, row in spoilt_in(held)],
        "may_keep": Right.KEEP_PROVIDERS in request.rights,
    }
    return render(request, "web/claims/attestation_range.html", context)


def holes_written(held: AttestationRange, use: RangeUse) -> list[str]:
    """The numbers passed over, as printed, runs as « from – to »."""
    return [
        held.written(first) if first == last else f"{held.written(first)} – {held.written(last)}"
        for first, last in use.holes
    ]


@office_view(right=Right.KEEP_PROVIDERS, of_whole_mutual=True)
def take_back(request: OfficeRequest, uid: str) -> HttpResponse:
    """A booklet comes back to the office."""
    held = attestation_range_for(request.mutual, uid)
    form = ReturnForm(request.POST or None, initial={"returned_on": request.day})
    if request.method == "POST" and form.is_valid() and carried_out(
        form,
        lambda: return_attestations(
            **command_arguments(request), attestation_range=held, **form.cleaned_data
        ),
    ):  # fmt: skip
        notify(request, _("The booklet is back."))
        return redirect(office_url(request, "attestation-range", uid=held.uid))
    return _form(request, form, title=_("Take the booklet back"), verb=_("Take it back"), held=held)


@office_view(right=Right.KEEP_PROVIDERS, of_whole_mutual=True)
def spoil(request: OfficeRequest, uid: str) -> HttpResponse:
    """A number is lost or cancelled."""
    held = attestation_range_for(request.mutual, uid)
    form = SpoilForm(request.POST or None, initial={"kind": SpoiltKind.LOST.value})
    if request.method == "POST" and form.is_valid() and carried_out(
        form,
        lambda: spoil_attestation(
            **command_arguments(request), attestation_range=held, **form.cleaned_data
        ),
    ):  # fmt: skip
        notify(request, _("Written down: a claim with this number will be told of it."))
        return redirect(office_url(request, "attestation-range", uid=held.uid))
    return _form(
        request, form, title=_("A number lost or cancelled"), verb=_("Write it down"), held=held
    )


def _form(
    request: OfficeRequest, form: Any, *, held: AttestationRange | None = None, **words: Any
) -> HttpResponse:
    if held is not None:
        words["back"] = office_url(request, "attestation-range", uid=held.uid)
        words["way"] = held.first_number
    return form_page(request, form, step=_("Care"), step_url=office_url(request, "claims"), **words)
