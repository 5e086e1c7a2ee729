"""Anomalies of a period, each with « seen, nothing » and « finding »."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from entraide.apps.care_control.observed import answer_anomaly, open_anomalies
from entraide.apps.claims.models import Claim
from entraide.apps.enrolment.models import Household, Person
from entraide.apps.providers.models import Provider
from entraide.core.control.anomalies import Anomaly, Kind
from entraide.core.errors import Refusal
from entraide.documents import writing
from entraide.web.care_control.periods import asked_period
from entraide.web.care_control.views import CONTROLLERS
from entraide.web.care_control.wording import ANOMALY_NAMES
from entraide.web.fields import read_day
from entraide.web.notices import notify
from entraide.web.office import (
    OfficeRequest,
    command_arguments,
    office_url,
    office_view,
)

PER_PAGE = 25
CLAIMS_SHOWN = 6


class AnswerForm(forms.Form):
    """What was seen."""

    note = forms.CharField(label=gettext_lazy("What was found"), max_length=300, required=False)


@dataclass(frozen=True, slots=True)
class Row:
    """One anomaly as a page tells it."""

    key: str
    name: Any
    who: str
    why: str
    claims: tuple[Claim, ...]
    more_count: int


@require_safe
@office_view(right=CONTROLLERS, of_whole_mutual=True)
def anomaly_list(request: OfficeRequest) -> HttpResponse:
    """What nobody has answered yet in a period, by kind."""
    asked = asked_period(request)
    told = open_anomalies(request.mutual, asked.from_, asked.until)
    wanted = request.GET.get("kind", "")
    counts = [
        (kind.value, ANOMALY_NAMES[kind], count)
        for kind in Kind
        if (count := sum(each.kind is kind for each in told))
    ]
    kept = [each for each in told if not wanted or each.kind.value == wanted]
    page = Paginator(kept, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "period_form": asked.form,
        "until": asked.until,
        "from_": asked.from_,
        "counts": counts,
        "wanted": wanted,
        "page": page,
        "rows": _rows(request, list(page)),
        "query": request.GET.urlencode(),
    }
    return render(request, "web/care_control/anomalies.html", context)


def _rows(request: OfficeRequest, told: list[Anomaly]) -> list[Row]:
    uids = [uid for each in told for uid in each.claims[:CLAIMS_SHOWN]]
    claims = {
        str(each.uid): each
        for each in Claim.objects.filter(mutual=request.mutual, uid__in=uids).select_related(
            "provider"
        )
    }
    who = _names(request, told)
    return [
        Row(
            each.key,
            ANOMALY_NAMES[each.kind],
            who.get(each.who, ""),
            _why(request, each, who),
            tuple(claims[uid] for uid in each.claims[:CLAIMS_SHOWN] if uid in claims),
            max(0, len(each.claims) - CLAIMS_SHOWN),
        )
        for each in told
    ]


def _names(request: OfficeRequest, told: list[Anomaly]) -> dict[str, str]:
    """Uid of a person, family or provider → what it is called."""
    uids = {each.who for each in told}
    uids |= {str(each.facts["provider"]) for each in told if "provider" in each.facts}
    mutual = request.mutual
    persons = Person.objects.filter(mutual=mutual, uid__in=uids)
    names = {str(each.uid): f"{each.full_name} ({each.number})" for each in persons}
    families = Household.objects.filter(mutual=mutual, uid__in=uids)
    names |= {str(each.uid): _("Family %(number)s") % {"number": each.number} for each in families}
    return names | {str(each.uid): each.name for each in Provider.objects.filter(uid__in=uids)}


def _why(request: OfficeRequest, anomaly: Anomaly, names: dict[str, str]) -> str:
    """The facts of an anomaly as one sentence, with its chance where there is one."""
    language = request.LANGUAGE_CODE
    said: dict[str, Any] = {
        name: writing.day(value, language) if isinstance(value, date) else value
        for name, value in anomaly.facts.items()
    }
    said["provider"] = names.get(str(said.get("provider", "")), "")
    templates = {
        Kind.TWO_PLACES: _("Cared for at two places on %(day)s."),
        Kind.CONSECUTIVE: _(
            "%(count)s attestations in a row, %(first)s to %(last)s, over several days at "
            "%(provider)s."
        ),
        Kind.BEFORE_ENTRY: _("Care on %(day)s, before any cover."),
        Kind.AFTER_EXIT: _("Care on %(day)s; the cover had ended on %(since)s."),
        Kind.WEEKEND: _("%(count)s of %(claims)s claims on a weekend or a holiday."),
        Kind.SEX: _("%(act)s on %(day)s."),
        Kind.AGE: _("%(act)s on %(day)s, at %(age)s years."),
        Kind.FAMILY: _("%(count)s of %(visits)s visits with several members for the same act."),
        Kind.ROUND: _("%(count)s of %(claims)s claims with a round total."),
    }
    why = templates[anomaly.kind] % said
    if anomaly.p_value is None:
        return why
    one_in = round(1 / max(anomaly.p_value, 1e-9))
    return (
        why + " " + _("By chance: once in %(times)s.") % {"times": writing.number(one_in, language)}
    )


@require_POST
@office_view(right=CONTROLLERS, of_whole_mutual=True)
def answer(request: OfficeRequest) -> HttpResponse:
    """Somebody has looked."""
    form = AnswerForm(request.POST)
    form.is_valid()
    try:
        from_, until = (read_day(request.POST.get(name, "")) for name in ("from_", "until"))
    except Refusal as refusal:
        raise Refusal("ANOMALY_UNKNOWN") from refusal
    answer_anomaly(
        from_=from_,
        until=until,
        key=request.POST.get("key", ""),
        verdict=request.POST.get("verdict", ""),
        note=form.cleaned_data.get("note", ""),
        **command_arguments(request),
    )
    notify(request, _("Your answer is kept."))
    back = office_url(request, "control-anomalies")
    query = request.POST.get("query", "")
    return redirect(f"{back}?{query}" if query else back)
