"""What is done of the minutes of a session, and of the claims that an earlier one decided."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_safe

from entraide.apps.claims.committee import session_for
from entraide.apps.claims.committee_models import Capacity, CommitteeSession
from entraide.apps.claims.committee_papers import (
    keep_minutes_scan,
    minutes_scan_for,
    sign_minutes,
)
from entraide.apps.claims.committee_seats import seat_of
from entraide.apps.claims.reopening import reopen_in_committee, reopenable_in
from entraide.apps.claims.selectors import claim_for
from entraide.apps.providers.scans import prepared_scan
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal
from entraide.web.groups.acts import carried_out, form_page
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view, told
from entraide.web.providers.forms import ScanForm

CAPACITIES = {
    Capacity.CHAIR.value: pgettext_lazy("of a committee", "chair"),
    Capacity.MEMBER.value: pgettext_lazy("of a committee", "member"),
}
MOST_OFFERED = 200


class SignatureForm(forms.Form):
    """As what; the name is that of their own seat."""

    capacity = forms.ChoiceField(
        label=gettext_lazy("You sign as"), choices=list(CAPACITIES.items())
    )

    def __init__(self, *args: Any, session: CommitteeSession, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if session.signatures.filter(capacity=Capacity.CHAIR).exists():
            self.fields["capacity"].initial = Capacity.MEMBER.value


class ReopeningForm(forms.Form):
    """Which claim, and why."""

    claim = forms.ChoiceField(label=gettext_lazy("Claim"))
    reason = forms.CharField(
        label=gettext_lazy("Why it is taken up again"), max_length=300,
        help_text=gettext_lazy("No diagnosis here: the family and the provider may read it."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip

    def __init__(self, *args: Any, session: CommitteeSession, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["claim"].choices = [  # type: ignore[attr-defined]
            (str(each.uid), f"{each.document_number}, {each.person.full_name}, {each.provider}")
            for each in reopenable_in(session)[:MOST_OFFERED]
        ]


@office_view(right=Right.READ_REGISTERS, of_whole_mutual=True)
def sign(request: OfficeRequest, uid: str) -> HttpResponse:
    """Who sat signs the minutes of a closed session, from their own account."""
    shown = session_for(request.mutual, uid)
    seat = seat_of(shown, request.user)
    here = office_url(request, "committee", uid=shown.uid)
    if seat is None and request.method != "POST":
        refusal = Refusal("COMMITTEE_NOT_PRESENT", name=str(request.user))
        notify(request, told(refusal), kind="bad")
        return redirect(here)
    form = SignatureForm(request.POST or None, session=shown)
    if request.method == "POST" and form.is_valid() and carried_out(
        form, lambda: sign_minutes(**command_arguments(request), session=shown, **form.cleaned_data)
    ):  # fmt: skip
        notify(request, _("The minutes {n} are signed.").format(n=shown.document_number))
        return redirect(here)
    return _form(
        request, form, shown, title=_("Sign the minutes"), verb=_("Sign"),
        lede=_("You sign as {name}, from your own account. Two persons sign: who chaired the "
               "session, and a member. What is signed no longer changes.").format(
            name=seat.name if seat else request.user
        ),
    )  # fmt: skip


@office_view(right=Right.APPROVE_CLAIM, of_whole_mutual=True)
def add_scan(request: OfficeRequest, uid: str) -> HttpResponse:
    """The minutes as they were signed on paper."""
    shown = session_for(request.mutual, uid)
    form = ScanForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid() and carried_out(
        form,
        lambda: keep_minutes_scan(
            **command_arguments(request), session=shown,
            scan=prepared_scan(form.cleaned_data["scan"].read()),
        ),
    ):  # fmt: skip
        notify(request, _("The signed minutes are kept."))
        return redirect(office_url(request, "committee", uid=shown.uid))
    return _form(request, form, shown, title=_("Signed minutes"), verb=_("Keep them"), is_file=True)


@require_safe
@office_view(right=Right.READ_REGISTERS, of_whole_mutual=True)
def scan(request: OfficeRequest, uid: str) -> HttpResponse:
    """The signed minutes themselves, as they are kept."""
    kept = minutes_scan_for(request.mutual, uid)
    ending = "pdf" if kept.media_type == "application/pdf" else "jpg"
    answer = HttpResponse(bytes(kept.content), content_type=kept.media_type)
    # What somebody else made is not shown inside a page of ours.
    answer["Content-Disposition"] = f'attachment; filename="pv-{kept.uid}.{ending}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@office_view(right=Right.APPROVE_CLAIM, of_whole_mutual=True)
def reopen(request: OfficeRequest, uid: str) -> HttpResponse:
    """A claim that an earlier session decided is taken up again by this one."""
    shown = session_for(request.mutual, uid)
    form = ReopeningForm(request.POST or None, session=shown)
    if request.method == "POST" and form.is_valid():
        claim = claim_for(request.mutual, form.cleaned_data["claim"])
        if carried_out(
            form,
            lambda: reopen_in_committee(
                **command_arguments(request), session=shown, claim=claim,
                reason=form.cleaned_data["reason"],
            ),
        ):  # fmt: skip
            text = _("Claim {claim} waits for what this session decides.")
            notify(request, text.format(claim=claim.document_number))
            here = office_url(request, "claim", uid=claim.uid)
            return redirect(f"{here}?committee={shown.uid}")
    return _form(
        request, form, shown, title=_("Take a claim up again"), verb=_("Take it up again"),
        lede=_("What was decided before stays in the history. A claim that was approved is taken "
               "out of the books by a reversal; one that is paid is not taken up again: what is "
               "owed back is asked back."),
    )  # fmt: skip


def _form(
    request: OfficeRequest, form: forms.Form, session: CommitteeSession, **words: Any
) -> HttpResponse:
    return form_page(
        request, form, back=office_url(request, "committee", uid=session.uid),
        way=session.document_number, step=_("Care"), step_url=office_url(request, "claims"),
        **words,
    )  # fmt: skip
