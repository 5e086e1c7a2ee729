"""« Comité »: sessions, the claims that they decide, their minutes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.http import require_safe

from entraide.apps.access.models import User
from entraide.apps.claims.committee import (
    CommitteeOutcome,
    close_committee,
    decided_in,
    open_committee,
    outcomes_in,
    session_for,
    sessions_of,
)
from entraide.apps.claims.committee_papers import are_signed, scans_of
from entraide.apps.claims.committee_seats import approvers_beside, who_may_sit
from entraide.apps.claims.models import CommitteeSession
from entraide.apps.claims.reopening import reopenable_in
from entraide.apps.claims.worklists import waiting_claims
from entraide.apps.schemes.rights import Right, people_who_may
from entraide.documents import writing
from entraide.documents.letters_pdf import Paper, letters_pdf
from entraide.web.claims.committee_acts import CAPACITIES
from entraide.web.claims.worklists import code_name
from entraide.web.fields import DayField
from entraide.web.groups.acts import carried_out, form_page
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view

PER_PAGE = 50
OUTCOMES = {
    CommitteeOutcome.CONFIRMED: gettext_lazy("Decision of the rules confirmed"),
    CommitteeOutcome.REDUCED: gettext_lazy("Reduced"),
    CommitteeOutcome.RAISED: gettext_lazy("More granted than by the rules"),
    CommitteeOutcome.REFUSED: pgettext_lazy("a claim, by the committee", "Refused"),
    CommitteeOutcome.REFUSAL_CONFIRMED: gettext_lazy("Refusal confirmed"),
}
MOST_WAITING = 100


class SessionForm(forms.Form):
    """Who is there, and when: ``accounts`` may sit, others are written by name."""

    held_on = DayField(label=gettext_lazy("Day of the session"))
    place = forms.CharField(label=gettext_lazy("Place"), max_length=160, required=False)
    people = forms.MultipleChoiceField(
        label=gettext_lazy("Members present who have an account"), required=False,
        help_text=gettext_lazy("They sign the minutes from their account. Who sits approves none "
                               "of the claims that the session decides."),
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    members = forms.CharField(
        label=gettext_lazy("Other members present"), max_length=4000, required=False,
        help_text=gettext_lazy("One name a line: who has no account here, an elder of the village "
                               "for example. They sign on the printed paper."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip

    def __init__(self, *args: Any, accounts: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._accounts = {str(each.pk): each for each in accounts}
        self.fields["people"].choices = [  # type: ignore[attr-defined]
            (key, str(each)) for key, each in self._accounts.items()
        ]

    def known(self) -> dict[str, Any]:
        """What the service asks for."""
        said = self.cleaned_data
        return {
            **said,
            "people": [self._accounts[key] for key in said["people"]],
            "members": said["members"].splitlines(),
        }


class ClosingForm(forms.Form):
    """What else was said."""

    notes = forms.CharField(
        label=gettext_lazy("What else was said"), max_length=4000, required=False,
        help_text=gettext_lazy("No diagnosis here: the minutes go to members of the committee."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip


@require_safe
@office_view(right=Right.READ_REGISTERS, of_whole_mutual=True)
def sessions(request: OfficeRequest) -> HttpResponse:
    """The sessions, the latest first."""
    page = Paginator(sessions_of(request.mutual), PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "may_sit": Right.APPROVE_CLAIM in request.rights}
    return render(request, "web/claims/committees.html", context)


@office_view(right=Right.APPROVE_CLAIM, of_whole_mutual=True)
def new(request: OfficeRequest) -> HttpResponse:
    """The committee sits."""
    form = SessionForm(
        request.POST or None, initial={"held_on": request.day},
        accounts=who_may_sit(request.mutual, request.day),
    )  # fmt: skip
    opened: list[CommitteeSession] = []
    if request.method == "POST" and form.is_valid():
        known = form.known()
        if carried_out(
            form, lambda: opened.append(open_committee(**command_arguments(request), **known))
        ):
            return redirect(office_url(request, "committee", uid=opened[0].uid))
    return form_page(
        request, form, title=_("Open a session of the committee"), verb=_("Open"),
        lede=_("May approve claims here: {names}. Leave one of them out of the session: who sits, "
               "and who writes for it, does not approve what it decides.").format(
            names=", ".join(map(str, people_who_may(
                request.mutual, Right.APPROVE_CLAIM, request.day)))
        ),
        back=office_url(request, "committees"), way=_("Committee"),
        step=_("Care"), step_url=office_url(request, "claims"),
    )  # fmt: skip


@require_safe
@office_view(right=Right.READ_REGISTERS, of_whole_mutual=True)
def session(request: OfficeRequest, uid: str) -> HttpResponse:
    """One session: what it decided, and what waits for it while it is open."""
    shown = session_for(request.mutual, uid)
    may_sit = Right.APPROVE_CLAIM in request.rights and shown.closed_on is None
    waiting = waiting_claims(request.mutual, request.day)[:MOST_WAITING] if may_sit else []
    decided = [row.decision for row in decided_in(shown)]
    did = outcomes_in(decided)
    context = {
        "session": shown,
        "decided": [(each, OUTCOMES[did[each.pk]]) for each in decided],
        "waiting": [(each, [code_name(code) for code in each.codes]) for each in waiting],
        "may_sit": may_sit,
        "may_reopen": may_sit and reopenable_in(shown).exists(),
        "reopened": list(shown.reopenings.select_related("claim", "reopened_by")),
        "approvers": approvers_beside(shown, request.day),
        **_papers(request, shown),
    }
    return render(request, "web/claims/committee.html", context)


def _papers(request: OfficeRequest, shown: CommitteeSession) -> dict[str, Any]:
    """Who signed the minutes, who still may, and the scans of the signed paper."""
    signatures = list(shown.signatures.select_related("signed_by"))
    may_keep = Right.APPROVE_CLAIM in request.rights and shown.closed_on is not None
    seats = list(shown.seats.select_related("user"))
    scans = list(scans_of(shown))
    has_signed = request.user.pk in {each.signed_by_id for each in signatures}
    sat = request.user.pk in {each.user_id for each in seats}
    with_account = {each.name for each in seats}
    return {
        "signatures": [(each, CAPACITIES[each.capacity]) for each in signatures],
        "is_signed": are_signed(signatures) or bool(scans),
        "may_keep": may_keep,
        "may_sign": shown.closed_on is not None and sat and not has_signed,
        "signers": [each.name for each in seats],
        "on_paper": [name for name in shown.members if name not in with_account],
        "scans": scans,
    }


@office_view(right=Right.APPROVE_CLAIM, of_whole_mutual=True)
def close(request: OfficeRequest, uid: str) -> HttpResponse:
    """The minutes are complete."""
    shown = session_for(request.mutual, uid)
    form = ClosingForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and carried_out(
        form,
        lambda: close_committee(
            **command_arguments(request), session=shown, notes=form.cleaned_data["notes"]
        ),
    ):  # fmt: skip
        notify(request, _("Session {n} is closed.").format(n=shown.document_number))
        return redirect(office_url(request, "committee", uid=shown.uid))
    return form_page(
        request, form, title=_("Close the session"), verb=_("Close the session"),
        back=office_url(request, "committee", uid=shown.uid), way=shown.document_number,
        step=_("Care"), step_url=office_url(request, "claims"),
    )  # fmt: skip


def _signed(shown: CommitteeSession, language: str) -> list[str]:
    """The signatures that the register holds, as the paper tells them."""
    return [
        _("Signed in the register for %(name)s (%(capacity)s), on %(day)s, from the account of "
          "%(person)s.") % {
            "name": each.name, "capacity": CAPACITIES[each.capacity],
            "day": writing.day(each.signed_on, language), "person": each.signed_by,
        }
        for each in shown.signatures.select_related("signed_by")
    ]  # fmt: skip


@require_safe
@office_view(right=Right.READ_REGISTERS, of_whole_mutual=True)
def minutes(request: OfficeRequest, uid: str) -> HttpResponse:
    """The minutes on paper, with a box for each member's signature; nothing medical."""
    shown = session_for(request.mutual, uid)
    language, currency = request.LANGUAGE_CODE, request.mutual.currency
    decided = [row.decision for row in decided_in(shown)]
    did = outcomes_in(decided)
    paid_minor = sum(each.payable_minor for each in decided)
    content = letters_pdf(
        [
            Paper(
                title=_("Minutes of the claims committee %(number)s")
                % {"number": shown.document_number},
                before=(
                    _("Held on %(day)s%(place)s. Present: %(members)s.") % {
                        "day": writing.day(shown.held_on, language),
                        "place": f", {shown.place}" if shown.place else "",
                        "members": pgettext("between changes", "; ").join(shown.members),
                    },
                    *(() if shown.closed_on else (_("Session still open: not final."),)),
                ),
                head=(_("Claim"), _("Card"), _("Asked"), _("Paid by the mutual"),
                      _("Decision and reason")),
                rows=tuple(
                    (
                        each.claim.document_number, each.claim.person.number,
                        writing.amount(each.claimed_minor, currency, language),
                        writing.amount(each.payable_minor, currency, language),
                        f"{OUTCOMES[did[each.pk]]}. {each.reason}",
                    )
                    for each in decided
                ),
                wide=(4,),
                total=_("%(count)s claims, %(paid)s to pay") % {
                    "count": len(decided), "paid": writing.money(paid_minor, currency, language),
                },
                after=(*((shown.notes,) if shown.notes else ()), *_signed(shown, language)),
                signs=tuple(shown.members),
            )
        ],
        title=pgettext("of a sitting", "Minutes"), mutual=request.mutual.name,
        place=request.mutual.place,
        day=writing.day(request.day, language), language=language,
    )  # fmt: skip
    headers = {"Content-Disposition": f'inline; filename="{shown.document_number}.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)
