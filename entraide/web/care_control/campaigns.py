"""Campaigns of control: opened, looked at claim by claim, also on paper, answered, signed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from entraide.apps.care_control.campaigns import (
    campaigns_of,
    cancel_campaign,
    coverage,
    left_to_ask,
    record_finding,
    record_reply,
    sign_campaign,
)
from entraide.apps.care_control.models import (
    CampaignState,
    ControlCampaign,
    ControlFinding,
    Debtor,
    Recovery,
    SampledClaim,
)
from entraide.apps.care_control.recoveries import extrapolation, owed_on, waive_recovery
from entraide.apps.enrolment.selectors import found
from entraide.apps.schemes.rights import Right
from entraide.core.control.reasons import CHECKLIST, FINDINGS, in_force
from entraide.documents import writing
from entraide.web.care_control.views import CONTROLLERS
from entraide.web.care_control.wording import (
    CAMPAIGN_STATES,
    FINDING_NAMES,
    POINT_ANSWERS,
    POINTS,
    choices,
)
from entraide.web.fields import MoneyField
from entraide.web.groups.acts import carried_out, form_page
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view


class FindingForm(forms.Form):
    """What was found on one claim, point by point."""

    code = forms.ChoiceField(label=gettext_lazy("Finding"))
    recover_minor = MoneyField(label=gettext_lazy("Amount to ask back"), required=False)
    note = forms.CharField(
        label=gettext_lazy("Remark, nothing medical"), max_length=300, required=False
    )

    def __init__(self, *args: Any, request: OfficeRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["recover_minor"].currency = request.mutual.currency  # type: ignore[attr-defined]
        codes = in_force(FINDINGS, request.day)
        named = choices(FINDING_NAMES, codes)
        # Nothing is chosen beforehand: an answer that nobody gave is no control.
        self.fields["code"].choices = [("", _("Choose")), *named]  # type: ignore[attr-defined]
        for point in CHECKLIST:
            self.fields[point] = forms.ChoiceField(
                label=POINTS[point], choices=[("", _("Choose")), *choices(POINT_ANSWERS)]
            )
        self.order_fields([*CHECKLIST, "code", "recover_minor", "note"])

    def content(self) -> dict[str, Any]:
        """What the command is told."""
        known = self.cleaned_data
        return {
            "code": known["code"],
            "checklist": {point: known[point] for point in CHECKLIST},
            "recover_minor": known["recover_minor"] or 0,
            "note": known["note"],
        }


class ReplyForm(forms.Form):
    """What the provider says, and what is kept."""

    words = forms.CharField(
        label=gettext_lazy("What the provider says"), widget=forms.Textarea(attrs={"rows": 3})
    )
    kept_minor = MoneyField(label=gettext_lazy("Amount kept after the reply"))

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kept_minor"].currency = currency  # type: ignore[attr-defined]


class WhyForm(forms.Form):
    """A reason."""

    reason = forms.CharField(label=gettext_lazy("Why"), max_length=200)


@require_safe
@office_view(right=CONTROLLERS, of_whole_mutual=True)
def campaign_list(request: OfficeRequest) -> HttpResponse:
    """Every campaign with what was drawn and looked at."""
    rows = [(each, *CAMPAIGN_STATES[each.state]) for each in campaigns_of(request.mutual)]
    return render(request, "web/care_control/campaigns.html", {"rows": rows})


def _form(
    request: OfficeRequest, form: forms.Form, title: str, verb: str, lede: str = "", back: str = ""
) -> HttpResponse:
    return form_page(
        request, form, title=title, verb=verb, lede=lede,
        back=back or office_url(request, "control-campaigns"), way=_("Campaigns"),
        step=_("Medical control"), step_url=office_url(request, "care-control"),
    )  # fmt: skip


def _campaign(request: OfficeRequest, uid: str) -> ControlCampaign:
    campaigns = ControlCampaign.objects.filter(mutual=request.mutual)
    return found(campaigns.select_related("provider", "opened_by", "closed_by"), uid=uid)


@require_safe
@office_view(right=CONTROLLERS, of_whole_mutual=True)
def campaign(request: OfficeRequest, uid: str) -> HttpResponse:
    """The sample with its checklist, on the screen or to be printed, and what it says."""
    held = _campaign(request, uid)
    sample = held.sample.select_related(
        "claim", "claim__person", "claim__provider", "finding", "finding__reply"
    ).order_by("rank")
    shown = [
        (each, finding, FINDING_NAMES.get(finding.code, finding.code) if finding else "")
        for each in sample
        for finding in [getattr(each, "finding", None)]
    ]
    kind, word = CAMPAIGN_STATES[held.state]
    seen = sum(1 for _each, finding, _name in shown if finding)
    names = {each.claim.provider_id: each.claim.provider.name for each in sample}
    told = extrapolation(held)
    took_part = {held.opened_by_id, *(f.found_by_id for _e, f, _n in shown if f)}
    context = {
        "campaign": held,
        "state_kind": kind,
        "state_word": word,
        "sample": shown,
        "points": [POINTS[point] for point in CHECKLIST],
        "seen": seen,
        "coverage": [(names[key], *counts) for key, counts in coverage(held).items()],
        "told": told,
        "most_percent": round((told.most_faulty_share or 0) * 100) if told else 0,
        "is_open": held.state == CampaignState.OPEN,
        "may_sign": held.state == CampaignState.OPEN and request.user.pk not in took_part,
        "fault_percent": held.fault_share * 100,
        "probability_percent": held.probability * 100,
    }
    return render(request, "web/care_control/campaign.html", context)


@office_view(right=CONTROLLERS, of_whole_mutual=True)
def finding(request: OfficeRequest, uid: str) -> HttpResponse:
    """One claim of a sample: the checklist, the finding, the amount."""
    sampled = found(
        SampledClaim.objects.filter(mutual=request.mutual).select_related(
            "campaign", "claim", "claim__person", "claim__provider", "claim__entered_by"
        ),
        uid=uid,
    )
    form = FindingForm(request.POST or None, request=request)
    back = office_url(request, "control-campaign", uid=sampled.campaign.uid)
    if request.method == "POST" and form.is_valid():
        content = form.content()
        if carried_out(
            form,
            lambda: record_finding(sampled=sampled, **content, **command_arguments(request)),
        ):
            notify(request, _("The finding is written."))
            return redirect(back + f"#c-{sampled.rank}")
    claim = sampled.claim
    lede = _("%(number)s, %(person)s, %(provider)s, %(day)s: %(amount)s paid") % {
        "number": claim.document_number,
        "person": claim.person.full_name,
        "provider": claim.provider.name,
        "day": writing.day(claim.care_on, request.LANGUAGE_CODE),
        "amount": writing.money(
            sampled.payable_minor, request.mutual.currency, request.LANGUAGE_CODE
        ),
    }
    left = left_to_ask(claim)
    if left < claim.payable_minor:
        asked = claim.payable_minor - left
        lede += " · " + _("%(asked)s asked back already: at most %(left)s more") % {
            "asked": writing.money(asked, request.mutual.currency, request.LANGUAGE_CODE),
            "left": writing.money(left, request.mutual.currency, request.LANGUAGE_CODE),
        }
    return _form(request, form, _("Finding"), _("Write the finding"), lede, back)


@office_view(right=CONTROLLERS, of_whole_mutual=True)
def reply(request: OfficeRequest, uid: str) -> HttpResponse:
    """What the provider replies to a finding."""
    held = found(
        ControlFinding.objects.filter(mutual=request.mutual).select_related(
            "sampled", "sampled__campaign", "sampled__claim"
        ),
        uid=uid,
    )
    form = ReplyForm(
        request.POST or None, currency=request.mutual.currency,
        initial={"kept_minor": held.recover_minor},
    )  # fmt: skip
    back = office_url(request, "control-campaign", uid=held.sampled.campaign.uid)
    if request.method == "POST" and form.is_valid():
        content = form.cleaned_data
        if carried_out(
            form, lambda: record_reply(finding=held, **content, **command_arguments(request))
        ):
            return redirect(back + f"#c-{held.sampled.rank}")
    lede = f"{held.sampled.claim.document_number} · {FINDING_NAMES.get(held.code, held.code)}"
    return _form(request, form, _("Reply of the provider"), _("Write the reply"), lede, back)


@require_POST
@office_view(right=CONTROLLERS, of_whole_mutual=True)
def sign(request: OfficeRequest, uid: str) -> HttpResponse:
    """Another person signs: what is kept is asked back."""
    held = _campaign(request, uid)
    sign_campaign(campaign=held, **command_arguments(request))
    notify(request, _("The campaign is signed."))
    return redirect(office_url(request, "control-campaign", uid=held.uid))


@office_view(right=CONTROLLERS, of_whole_mutual=True)
def cancel(request: OfficeRequest, uid: str) -> HttpResponse:
    """A campaign opened by mistake."""
    held, form = _campaign(request, uid), WhyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        if carried_out(
            form,
            lambda: cancel_campaign(campaign=held, reason=reason, **command_arguments(request)),
        ):
            return redirect(office_url(request, "control-campaigns"))
    return _form(request, form, _("Cancel the campaign"), _("Cancel it"), held.document_number)


@require_safe
@office_view(right=(Right.CONTROL_CARE, Right.READ_BOOKS), of_whole_mutual=True)
def recoveries(request: OfficeRequest) -> HttpResponse:
    """What is asked back, from whom, since when."""
    rows = [
        (each, FINDING_NAMES.get(each.recovery.reason_code, each.recovery.reason_code),
         each.recovery.provider if each.recovery.debtor == Debtor.PROVIDER
         else each.recovery.household)
        for each in owed_on(request.mutual, request.day)
    ]  # fmt: skip
    context = {
        "rows": rows,
        "total_minor": sum(each.left_minor for each, _why, _who in rows),
        "may_waive": Right.CONTROL_CARE in request.rights,
        "user_pk": request.user.pk,
    }
    return render(request, "web/care_control/recoveries.html", context)


@office_view(right=CONTROLLERS, of_whole_mutual=True)
def waive(request: OfficeRequest, uid: str) -> HttpResponse:
    """An amount is asked back no more."""
    held = found(Recovery.objects.filter(mutual=request.mutual), uid=uid)
    form, back = WhyForm(request.POST or None), office_url(request, "control-recoveries")
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        if carried_out(
            form, lambda: waive_recovery(recovery=held, reason=reason, **command_arguments(request))
        ):
            return redirect(back)
    return _form(
        request, form, _("Ask it back no more"), _("Give it up"), held.document_number, back
    )
