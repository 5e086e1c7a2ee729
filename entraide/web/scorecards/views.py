"""The questions in force, their versions, and what a family answers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from entraide.apps.contributions.registers import members_of
from entraide.apps.contributions.segments import segment_counts
from entraide.apps.enrolment.scorecards import (
    approve_scorecard,
    enter_scorecard,
    record_score,
    rules_of,
    scores_of,
    version_for,
    version_on,
    versions,
)
from entraide.apps.enrolment.selectors import household_for
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal
from entraide.core.scorecard import FEWEST_QUESTIONS, MOST_QUESTIONS, Scorecard
from entraide.rulebook.scorecards import read_scorecard, scorecard_path
from entraide.web.fields import DayField
from entraide.web.groups.acts import carried_out, form_page
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view
from entraide.web.refusals import show_refusal
from entraide.web.scorecards.forms import ScorecardForm


class AnswersForm(forms.Form):
    """One answer to each question of the scorecard."""

    def __init__(self, *args: Any, card: Scorecard, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.card = card
        for question in card.questions:
            self.fields[question.code] = forms.ChoiceField(
                label=_title(question.titles, language),
                choices=[(each.code, _title(each.titles, language)) for each in question.answers],
                widget=forms.RadioSelect,
            )
        self.fields["answered_on"] = DayField(label=_("Answered on"))

    def answers(self) -> dict[str, str]:
        """Question → answer."""
        return {each.code: self.cleaned_data[each.code] for each in self.card.questions}


def _title(titles: Any, language: str) -> str:
    return str(titles.get(language) or titles.get("fr") or "")


@office_view(right=Right.READ_REGISTERS)
def scorecards(request: OfficeRequest) -> HttpResponse:
    """The scorecard in force, how many families stand in each segment, every version."""
    current = version_on(request.mutual, request.day)
    card = rules_of(current).card if current is not None else None
    language = request.LANGUAGE_CODE
    counts, unknown = segment_counts(request.mutual, request.day)
    context = {
        "current": current,
        "segments": [
            (each, _title(each.titles, language), counts.get(each.code, 0))
            for each in (card.segments if card else ())
        ],
        "unknown_count": unknown,
        "questions": [
            (_title(each.titles, language),
             [(_title(answer.titles, language), answer.points) for answer in each.answers])
            for each in (card.questions if card else ())
        ],
        "versions": versions(request.mutual),
        "may_enter": Right.ENTER_SCORECARD in request.rights,
    }  # fmt: skip
    return render(request, "web/scorecards/list.html", context)


@office_view(right=Right.ENTER_SCORECARD)
def new(request: OfficeRequest) -> HttpResponse:
    """A new version: the one in force, or the model, to change row by row."""
    current = version_on(request.mutual, request.day)
    document = (
        current.document if current is not None else read_scorecard(scorecard_path()).document
    )
    form = ScorecardForm(
        request.POST or None, document=document, initial={"effective_from": request.day}
    )
    if request.method == "POST" and form.is_valid():
        try:
            enter_scorecard(
                document=form.written(), effective_from=form.cleaned_data["effective_from"],
                source=form.cleaned_data["source"], **command_arguments(request),
            )  # fmt: skip
        except Refusal as refusal:
            show_refusal(form, refusal, form.places())
        else:
            notify(request, _("The scorecard is recorded; somebody else approves it."))
            return redirect(office_url(request, "scorecards"))
    context = {
        "form": form, "questions": form.questions(), "segments": form.segments(),
        "fewest": FEWEST_QUESTIONS, "most": MOST_QUESTIONS,
    }  # fmt: skip
    status = 422 if form.errors else 200
    return render(request, "web/scorecards/new.html", context, status=status)


@office_view(right=Right.READ_REGISTERS)
def scorecard(request: OfficeRequest, uid: str) -> HttpResponse:
    """One version, with its questions and points, to be approved by somebody else."""
    version = version_for(request.mutual, uid)
    card, language = rules_of(version).card, request.LANGUAGE_CODE
    context = {
        "version": version,
        "segments": [(each, _title(each.titles, language)) for each in card.segments],
        "questions": [
            (_title(each.titles, language),
             [(_title(answer.titles, language), answer.points) for answer in each.answers])
            for each in card.questions
        ],
        "may_approve": Right.APPROVE_SCORECARD in request.rights
        and version.approved_on is None
        and version.entered_by_id != request.user.pk,
    }  # fmt: skip
    return render(request, "web/scorecards/version.html", context)


@require_POST
@office_view(right=Right.APPROVE_SCORECARD)
def approve(request: OfficeRequest, uid: str) -> HttpResponse:
    """The version holds from its day on."""
    approve_scorecard(version=version_for(request.mutual, uid), **command_arguments(request))
    notify(request, _("The scorecard is approved."))
    return redirect(office_url(request, "scorecards"))


@office_view(right=Right.ENROL)
def fill(request: OfficeRequest, uid: str) -> HttpResponse:
    """What a family answers; the segment shows on its page."""
    household = household_for(request.mutual, uid)
    version = version_on(request.mutual, request.day)
    if version is None:
        raise Refusal("SCORECARD_NOT_IN_FORCE", day=request.day)
    card = rules_of(version).card
    earlier = scores_of(household)
    initial = {"answered_on": request.day, **(earlier[0].answers if earlier else {})}
    form = AnswersForm(
        request.POST or None, card=card, language=request.LANGUAGE_CODE, initial=initial
    )
    back = office_url(request, "household", uid=household.uid)
    if request.method == "POST" and form.is_valid():
        done = []

        def act() -> None:
            done.append(
                record_score(
                    household=household,
                    answers=form.answers(),
                    answered_on=form.cleaned_data["answered_on"],
                    **command_arguments(request),
                )
            )

        if carried_out(form, act):
            told = {"segment": done[0].segment, "points": done[0].points}
            notify(request, _("Segment %(segment)s, %(points)d points.") % told)
            return redirect(back)
    member = members_of([household]).get(household.pk)
    return form_page(
        request, form, title=_title(card.titles, request.LANGUAGE_CODE), verb=_("Record"),
        lede=f"{member.full_name if member else ''} {household.number}".strip(),
        back=back, way=household.number,
    )  # fmt: skip
