"""A new version of a tariff, entered in a form; then the groups to tell of it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from entraide.apps.contributions.tariffs import (
    briefing_for,
    briefing_progress,
    briefings_of,
    change_of,
    propose_tariff,
    record_briefing,
)
from entraide.apps.planning.selectors import scenarios_kept
from entraide.apps.schemes.choices import running_share_limit
from entraide.apps.schemes.rights import Right
from entraide.apps.schemes.selectors import (
    product_for,
    product_on,
    product_version_for,
    rules_of,
)
from entraide.core.errors import Refusal
from entraide.core.product import Product
from entraide.rulebook.revision import revised
from entraide.web.fields import DayField
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view, told
from entraide.web.refusals import show_refusal
from entraide.web.tariffs.care_names import care_names
from entraide.web.tariffs.forms import VersionForm
from entraide.web.tariffs.summary import summary_of

BRIEFING_READERS = (
    Right.ENROL,
    Right.ENTER_PRODUCT,
    Right.APPROVE_PRODUCT,
    Right.READ_REPORTS,
)


@office_view(right=Right.ENTER_PRODUCT)
def enter(request: OfficeRequest, code: str) -> HttpResponse:
    """The values of the tariff of today, or those just simulated (in the address), to change;
    recorded as a version that waits."""
    product = product_for(request.mutual, code)
    version, today = product_on(product, request.day)
    rules = rules_of(version)
    data = request.POST if request.method == "POST" else None
    scenarios = {
        str(each.uid): f"{each.plan.name}, {each.name}" for each in scenarios_kept(request.mutual)
    }
    form = VersionForm(data, rules=rules, on=request.day, scenarios=scenarios)
    simulated = form.typed_in(request.GET)
    form.initial |= simulated
    if data is not None and form.is_valid():
        changes = form.changes()
        if not changes:
            form.add_error(None, _("No value was changed: there is nothing to approve."))
        else:
            entered = _propose(request, form, rules.document, changes)
            if entered is not None:
                return entered
    context = {
        "product": product,
        "version": version,
        "form": form,
        "is_simulated": bool(simulated),
        "limit": running_share_limit(request.mutual),
        "asks_why": _asks_why(request, form, today),
        # The form changes what a family pays; joining and care stay as the rules file has them.
        "kept": summary_of(today, care_names(rules.document))[2:],
    }
    status = 422 if form.errors else 200
    return render(request, "web/tariffs/new.html", context, status=status)


def _asks_why(request: OfficeRequest, form: VersionForm, today: Product) -> bool:
    """Whether the form asks why more goes to running costs: the tariff of today passes the limit,
    or what was sent does and was refused for want of the reason."""
    name = "running_share_reason"
    return (
        1 - today.fund_share_rate > running_share_limit(request.mutual)
        or name in form.errors
        or bool(form[name].value())
    )


def _propose(
    request: OfficeRequest, form: VersionForm, document: dict[str, Any], changes: dict[str, Any]
) -> HttpResponse | None:
    known = form.cleaned_data
    content = form.titled(
        revised(document, changes, effective_from=known["effective_from"], source=known["source"])
    )
    try:
        entered = propose_tariff(
            **command_arguments(request),
            document=content,
            effective_from=known["effective_from"],
            source=known["source"],
            scenario=known["scenario"],
            scenario_uid=known.get("scenario_uid"),
            running_share_reason=known["running_share_reason"],
            retroactive_reason=known["retroactive_reason"],
        )
    except Refusal as refusal:
        show_refusal(form, refusal, form.fields_of(refusal))
        return None
    text = _("Version %(number)s waits for another person to approve it.")
    notify(request, text % {"number": entered.number})
    return redirect(office_url(request, "tariff-briefing", uid=entered.uid))


class BriefingForm(forms.Form):
    """A group was told: on which day, and which of its people."""

    done_on = DayField(label=gettext_lazy("Day"))
    staff = forms.CharField(
        label=gettext_lazy("People of the group who were told"), max_length=300, required=False
    )
    note = forms.CharField(label=gettext_lazy("Remark"), max_length=300, required=False)


@office_view(right=BRIEFING_READERS)
def briefing(request: OfficeRequest, uid: str) -> HttpResponse:
    """The groups to tell of a version, those who were told, and how far it is from the target."""
    version = product_version_for(request.mutual, uid)  # type: ignore[arg-type]
    change = change_of(version)
    context = {
        "version": version,
        "change": change,
        "progress": briefing_progress(version),
        "rows": list(briefings_of(version)),
        "form": BriefingForm(initial={"done_on": request.day}),
        "may_record": Right.ENROL in request.rights,
        "may_read_version": bool({Right.APPROVE_PRODUCT, Right.ENTER_PRODUCT} & request.rights),
    }
    return render(request, "web/tariffs/briefing.html", context)


@require_POST
@office_view(right=Right.ENROL)
def record(request: OfficeRequest, uid: str) -> HttpResponse:
    """A group was told of the tariff."""
    told_group = briefing_for(request.mutual, uid)
    version = told_group.change.version
    form = BriefingForm(request.POST)
    if not form.is_valid():
        faults = [fault for faults in form.errors.values() for fault in faults]
        notify(request, " ".join(str(fault) for fault in faults), kind="bad")
        return redirect(office_url(request, "tariff-briefing", uid=version.uid))
    try:
        record_briefing(**command_arguments(request), briefing=told_group, **form.cleaned_data)
    except Refusal as refusal:
        notify(request, told(refusal), kind="bad")
    else:
        notify(request, _("%(group)s was told.") % {"group": told_group.group.name})
    return redirect(office_url(request, "tariff-briefing", uid=version.uid))
