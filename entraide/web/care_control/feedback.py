"""« Ce que disent les familles »: two questions after care, by call or visit, and complaints."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_safe

from entraide.apps.care_control.committee import feedback_of, record_feedback
from entraide.apps.care_control.committee_models import FeedbackMode, Opinion
from entraide.apps.claims.selectors import claim_numbered
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal
from entraide.web.care_control.periods import asked_period
from entraide.web.fields import is_uid
from entraide.web.names import State
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view
from entraide.web.refusals import show_refusal

PER_PAGE = 50
MONTHS = 12
ANSWERS = {
    Opinion.GOOD: State("ok", pgettext_lazy("an opinion", "Good")),
    Opinion.FAIR: State("warn", pgettext_lazy("an opinion", "Fair")),
    Opinion.BAD: State("bad", pgettext_lazy("an opinion", "Bad")),
}
_CHOICES = [(str(code.value), state.word) for code, state in ANSWERS.items()]


class FeedbackForm(forms.Form):
    """The two questions, in the words in which they are asked."""

    claim = forms.CharField(label=gettext_lazy("Claim no."), max_length=60)
    mode = forms.ChoiceField(
        label=gettext_lazy("Asked by"), widget=forms.RadioSelect,
        choices=[
            (FeedbackMode.CALL, gettext_lazy("Telephone")),
            (FeedbackMode.VISIT, gettext_lazy("Visit")),
        ],
    )  # fmt: skip
    welcome = forms.TypedChoiceField(
        label=gettext_lazy("How were you received?"), widget=forms.RadioSelect, choices=_CHOICES,
        coerce=int,
    )  # fmt: skip
    treatment = forms.TypedChoiceField(
        label=gettext_lazy("How were you cared for?"), widget=forms.RadioSelect, choices=_CHOICES,
        coerce=int,
    )  # fmt: skip
    complaint = forms.CharField(
        label=gettext_lazy("What should be looked at"), required=False, max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("In the words of the family; no diagnosis."),
    )  # fmt: skip


@office_view(right=Right.ENROL)
def ask(request: OfficeRequest) -> HttpResponse:
    """The answers of one family about one claim; then the next one."""
    initial = {"claim": request.GET.get("claim", ""), "mode": FeedbackMode.CALL}
    form = FeedbackForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        known: dict[str, Any] = dict(form.cleaned_data)
        try:
            claim = claim_numbered(request.mutual, known.pop("claim").strip().upper())
            record_feedback(**command_arguments(request), claim=claim, **known)
        except Refusal as refusal:
            if refusal.code == "NOT_FOUND":
                form.add_error("claim", _("No claim has this number."))
            else:
                show_refusal(form, refusal)
        else:
            notify(request, _("The answers about %(claim)s are kept.") % {
                "claim": claim.document_number
            })  # fmt: skip
            return redirect(office_url(request, "care-feedback-new"))
    status = 422 if form.errors else 200
    return render(request, "web/care_control/feedback_ask.html", {"form": form}, status=status)


@require_safe
@office_view(
    right=(Right.CONTROL_CARE, Right.READ_REPORTS, Right.KEEP_PROVIDERS), of_whole_mutual=True
)
def feedback(request: OfficeRequest) -> HttpResponse:
    """The answers of a period, complaints first to be read; the families are not named."""
    asked = asked_period(request, MONTHS)
    rows = feedback_of(request.mutual, asked.from_, asked.until)
    uid = request.GET.get("provider", "")
    if is_uid(uid):
        rows = rows.filter(claim__provider__uid=uid)
    if request.GET.get("complaints") == "1":
        rows = rows.exclude(complaint="")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "period_form": asked.form,
        "provider": uid if is_uid(uid) else "",
        "only_complaints": request.GET.get("complaints") == "1",
        "page": page,
        "rows": [
            (each, ANSWERS[Opinion(each.welcome)], ANSWERS[Opinion(each.treatment)])
            for each in page
        ],
        "may_ask": Right.ENROL in request.rights,
        "may_open": Right.READ_REGISTERS in request.rights,
    }
    return render(request, "web/care_control/feedback.html", context)
