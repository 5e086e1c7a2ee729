"""A provider assessed on the spot: the form on a telephone, what several people think together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from entraide.apps.providers.assessments import (
    Opinion,
    assess_provider,
    assessment_seen,
    assessments_of,
    opinion_of,
    reread,
)
from entraide.apps.providers.models import Provider
from entraide.apps.providers.register import provider_seen
from entraide.apps.schemes.rights import Right
from entraide.core.assessment import AssessmentForm, Points
from entraide.rulebook.assessments import assessment_on
from entraide.web.fields import DayField
from entraide.web.groups.acts import carried_out
from entraide.web.names import State
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view
from entraide.web.providers.forms import text_input
from entraide.web.providers.negotiation import NEGOTIATORS

_KINDS = {"A": "ok", "B": "warn", "C": "bad"}


class AnswersForm(forms.Form):
    """The questions of the form of the day, one choice each; nothing is chosen beforehand."""

    assessed_on = DayField(label=gettext_lazy("Day of the visit"))
    met = forms.CharField(
        label=gettext_lazy("Who was met"), max_length=200, required=False, widget=text_input()
    )
    remarks = forms.CharField(
        label=gettext_lazy("Remarks"), max_length=1000, required=False,
        widget=forms.Textarea({"rows": 4}),
    )  # fmt: skip

    def __init__(self, *args: Any, asked: AssessmentForm, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked, self.language = asked, language
        for theme in asked.themes:
            for question in theme.questions:
                self.fields[question.code] = forms.ChoiceField(
                    label=title_of(question.titles, language), widget=forms.RadioSelect,
                    choices=[(each.code, title_of(each.titles, language))
                             for each in question.answers],
                )  # fmt: skip

    def themes(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The questions as the page lays them out."""
        return [
            (title_of(theme.titles, self.language), [self[each.code] for each in theme.questions])
            for theme in self.asked.themes
        ]

    def answers(self) -> dict[str, str]:
        """Question → the answer chosen."""
        return {
            each.code: self.cleaned_data[each.code]
            for theme in self.asked.themes
            for each in theme.questions
        }


@dataclass(frozen=True, slots=True)
class OpinionShown:
    """An opinion in words and shares, as the pages tell it."""

    opinion: Opinion
    state: State
    share: Decimal
    themes: list[tuple[str, Points, Decimal]]
    lowest: Decimal
    highest: Decimal


def opinion_shown(request: OfficeRequest, provider: Provider) -> OpinionShown | None:
    """What the assessors think of a provider today; None when nobody assessed."""
    opinion = opinion_of(request.mutual, provider, request.day)
    if opinion is None:
        return None
    language = request.LANGUAGE_CODE
    titles = {each.code: title_of(each.titles, language) for each in opinion.form.themes}
    return OpinionShown(
        opinion=opinion,
        state=_state(opinion.grade.code, title_of(opinion.grade.titles, language)),
        share=share_of(opinion.points),
        themes=[(titles[code], points, share_of(points)) for code, points in opinion.themes],
        lowest=share_of(opinion.lowest),
        highest=share_of(opinion.highest),
    )


def title_of(titles: Mapping[str, str], language: str) -> str:
    """A title in the language of the page."""
    return titles.get(language) or titles["fr"]


def share_of(points: Points) -> Decimal:
    """Points had over points that could be had, to be written as a percentage."""
    return Decimal(points.share.numerator) / points.share.denominator


def _state(grade: str, title: str) -> State:
    return State(_KINDS.get(grade, "plain"), title)


@require_safe
@office_view(right=NEGOTIATORS, of_whole_mutual=True)
def assessments(request: OfficeRequest, uid: str) -> HttpResponse:
    """What was seen of a provider, by whom and when, and what it makes together."""
    provider = provider_seen(request.mutual, uid)
    rows = []
    for each in assessments_of(request.mutual, provider):
        _form, found = reread(each)
        title = title_of(found.grade.titles, request.LANGUAGE_CODE)
        rows.append((each, _state(found.grade.code, title), share_of(found.points)))
    context = {
        "provider": provider,
        "shown": opinion_shown(request, provider),
        "rows": rows,
        "may_keep": Right.KEEP_PROVIDERS in request.rights and provider.state != "refused",
    }
    return render(request, "web/providers/assessments.html", context)


@office_view(right=Right.KEEP_PROVIDERS, of_whole_mutual=True)
def new(request: OfficeRequest, uid: str) -> HttpResponse:
    """The form to fill in at the provider's, on a telephone."""
    provider = provider_seen(request.mutual, uid)
    asked, _document = assessment_on(request.day)
    form = AnswersForm(
        request.POST or None, asked=asked, language=request.LANGUAGE_CODE,
        initial={"assessed_on": request.day, "met": provider.contact_name},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        if carried_out(
            form,
            lambda: assess_provider(
                provider=provider, assessed_on=said["assessed_on"], met=said["met"],
                remarks=said["remarks"], answers=form.answers(), **command_arguments(request),
            ),
        ):  # fmt: skip
            notify(request, _("The assessment is kept, with your name."))
            return redirect(office_url(request, "provider-assessments", uid=provider.uid))
    context = {"form": form, "provider": provider, "asked": asked}
    status = 422 if form.errors else 200
    return render(request, "web/providers/assess.html", context, status=status)


@require_safe
@office_view(right=NEGOTIATORS, of_whole_mutual=True)
def assessment(request: OfficeRequest, uid: str) -> HttpResponse:
    """One assessment as it was filled in, with the form of its day."""
    shown = assessment_seen(request.mutual, uid)
    form, found = reread(shown)
    language = request.LANGUAGE_CODE
    points = dict(found.themes)
    themes = [
        (
            title_of(theme.titles, language), points[theme.code],
            [
                (title_of(question.titles, language), title_of(answer.titles, language),
                 answer.points)
                for question in theme.questions
                for answer in question.answers
                if answer.code == shown.answers[question.code]
            ],
        )
        for theme in form.themes
    ]  # fmt: skip
    context = {
        "assessment": shown,
        "provider": shown.provider,
        "form": form,
        "state": _state(found.grade.code, title_of(found.grade.titles, language)),
        "points": found.points,
        "share": share_of(found.points),
        "themes": themes,
    }
    return render(request, "web/providers/assessment.html", context)
