"""The questions in force, their versions, and what a family answers."""

from __future__ import annotations

from typing import Any

import yaml
from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
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
from entraide.core.scorecard import Scorecard
from entraide.rulebook.document import document_of
from entraide.rulebook.scorecards import read_scorecard, scorecard_path
from entraide.web.fields import DayField
from entraide.web.groups.acts import carried_out, form_page
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view


class ScorecardForm(forms.Form):
    """A scorecard as its text, the day from which it holds and who decided it."""

    effective_from = DayField(label=gettext_lazy("From that day on"))
    source = forms.CharField(
        label=gettext_lazy("Decided by"), max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    text = forms.CharField(
        label=gettext_lazy("Questions, points and segments"),
        widget=forms.Textarea(attrs={"rows": 28, "spellcheck": "false"}),
        help_text=gettext_lazy(
            "Five to ten questions. More points: more vulnerable. Change the words and the points; "
            "the form stays."
        ),
    )


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
    """A new version: the text of the one in force, or of the model, to change."""
    current = version_on(request.mutual, request.day)
    document = (
        current.document if current is not None else read_scorecard(scorecard_path()).document
    )
    kept = {
        key: value for key, value in document.items() if key not in ("effective_from", "source")
    }
    text = yaml.safe_dump(kept, allow_unicode=True, sort_keys=False, width=96)
    form = ScorecardForm(
        request.POST or None, initial={"text": text, "effective_from": request.day}
    )
    if request.method == "POST" and form.is_valid():

        def act() -> None:
            known = form.cleaned_data
            document = document_of(known["text"].encode())
            enter_scorecard(
                document=document if isinstance(document, dict) else {"scorecard": ""},
                effective_from=known["effective_from"], source=known["source"],
                **command_arguments(request),
            )  # fmt: skip

        if carried_out(form, act):
            notify(request, _("The scorecard is recorded; somebody else approves it."))
            return redirect(office_url(request, "scorecards"))
    return form_page(
        request, form, title=_("A new scorecard"), verb=_("Record the scorecard"),
        back=office_url(request, "scorecards"), way=_("Scorecard"),
    )  # fmt: skip


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
