"""The register of the médecin conseil: typed in a minute, read by medical roles only."""

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
from django.views.decorators.http import require_safe

from entraide.apps.care_control.answers import Answer, Record, Source, answers, records_of
from entraide.apps.care_control.models import MedicalSession, RegisterEntry
from entraide.apps.care_control.register import (
    entry_for,
    medical_entries,
    record_entry,
    to_follow,
)
from entraide.apps.claims.models import PreAuthorisation
from entraide.apps.enrolment.models import Person
from entraide.apps.enrolment.selectors import found
from entraide.apps.schemes.rights import Right
from entraide.core.control.reasons import REASONS, in_force
from entraide.web.care_control.periods import asked_period
from entraide.web.care_control.persons import PersonField, claim_typed
from entraide.web.care_control.views import CONTROLLERS
from entraide.web.care_control.wording import (
    ASKED,
    ENTRY_MODES,
    QUESTIONS,
    RESULTS,
    SOURCES,
    choices,
)
from entraide.web.care_control.wording import REASONS as REASON_WORDS
from entraide.web.fields import DayField
from entraide.web.groups.acts import carried_out
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view
from entraide.web.ways import Way, page_way

PER_PAGE = 50


class EntryForm(forms.Form):
    """One line of the register, in the order in which it is said."""

    person = PersonField(label=gettext_lazy("Card number or name"))
    kind = forms.ChoiceField(label=gettext_lazy("Question about"), choices=choices(QUESTIONS))
    # One line each, so that Enter writes the whole: a register is not a letter.
    question = forms.CharField(label=gettext_lazy("Question"), required=False, max_length=500)
    answer = forms.CharField(label=gettext_lazy("Answer"), required=False, max_length=500)
    result = forms.ChoiceField(label=gettext_lazy("Result"), choices=choices(RESULTS))
    reason_code = forms.ChoiceField(label=gettext_lazy("Reason"))
    claim = forms.CharField(
        label=gettext_lazy("Number of the claim"), max_length=60, required=False
    )
    follow_up_on = DayField(label=gettext_lazy("To see again on"), required=False)
    mode = forms.ChoiceField(label=gettext_lazy("How"), choices=choices(ENTRY_MODES))
    handled_on = DayField(label=gettext_lazy("Day"))

    def __init__(self, *args: Any, request: OfficeRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes = in_force(REASONS, request.day)
        self.fields["reason_code"].choices = [("", "–"), *choices(REASON_WORDS, codes)]


@dataclass(frozen=True, slots=True)
class Line:
    """One answer as its reader may see it: ``question`` and ``answer`` for medical roles only.

    ``ways`` lead to the record: the claim, the prior agreement, the session of the committee; the
    person to their family.
    ``entry``: the line of the register, where it is one.
    """

    day: date
    written_by: Any
    person: Person
    source: Any
    ways: tuple[Way, ...]
    kind: Any
    result: Any
    reason: Any
    entry: RegisterEntry | None = None
    question: str = ""
    answer: str = ""


@require_safe
@office_view(right=CONTROLLERS, of_whole_mutual=True)
def register(request: OfficeRequest) -> HttpResponse:
    """The lines of a period, and what was decided, counted without names."""
    asked = asked_period(request)
    follow = "follow" in request.GET
    rows = (
        [_answer(each) for each in to_follow(request.mutual, request.day)]
        if follow
        else answers(request.mutual, asked.from_, asked.until)
    )
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    known = records_of(page)
    shown = [each for each in known.values() if isinstance(each, RegisterEntry)]
    may_read = Right.READ_MEDICAL in request.rights
    # Opened when asked for: each opening stands in the audit journal.
    opened = may_read and "medical" in request.GET
    said = medical_entries(request.mutual, shown, request.user, request.day) if opened else {}
    context = {
        "period_form": asked.form,
        "follow": follow,
        "page": page,
        "lines": [
            _line(request, each, known[each.source, each.record], said)
            for each in page
            if (each.source, each.record) in known
        ],
        "may_read": may_read,
        "opened": opened,
    }
    return render(request, "web/care_control/register.html", context)


def _answer(entry: RegisterEntry) -> Answer:
    return Answer(
        entry.handled_on, Source.REGISTER, entry.pk, entry.kind, entry.result, entry.reason_code
    )


def _line(
    request: OfficeRequest, answer: Answer, record: Record, said: dict[int, tuple[str, str]]
) -> Line:
    """An answer with the words of its record and the way there."""
    mutual = request.mutual
    source, kind = SOURCES[answer.source], ASKED[answer.kind]
    result = RESULTS[answer.result]
    if isinstance(record, PreAuthorisation):
        way = page_way(mutual, record.document_number, "prior-agreement", uid=record.uid)
        return Line(
            answer.answered_on, record.decided_by, record.person, source, (way,), kind, result,
            record.reason,
        )  # fmt: skip
    if isinstance(record, RegisterEntry):
        claim = record.claim
        ways = (page_way(mutual, claim.document_number, "claim", uid=claim.uid),) if claim else ()
        return Line(
            answer.answered_on, record.entered_by, record.person, source, ways, kind, result,
            REASON_WORDS.get(record.reason_code, record.reason_code), record,
            *said.get(record.pk, ("", "")),
        )  # fmt: skip
    decision, session = record.decision, record.session
    return Line(
        answer.answered_on, decision.made_by, decision.claim.person, source,
        (
            page_way(mutual, session.document_number, "committee", uid=session.uid),
            page_way(mutual, decision.claim.document_number, "claim", uid=decision.claim.uid),
        ),
        kind, result, decision.reason,
    )  # fmt: skip


@office_view(right=Right.READ_MEDICAL, of_whole_mutual=True)
def enter(request: OfficeRequest) -> HttpResponse:
    """One line; the next one can be typed at once, in the same session."""
    session = _session(request)
    corrected = _corrected(request)
    form = EntryForm(request.POST or None, request=request,
                     initial=_initial(request, session, corrected))  # fmt: skip
    if request.method == "POST" and form.is_valid():

        def act() -> None:
            known = dict(form.cleaned_data)
            known["person"] = PersonField.person(request, known["person"])
            known["claim"] = claim_typed(request, known["claim"])
            record_entry(session=session, corrects=corrected, **known, **command_arguments(request))

        if carried_out(form, act):
            notify(request, _("The line is written."))
            return redirect(_next(request, session))
    context = {"form": form, "session": session, "corrected": corrected}
    status = 422 if form.errors else 200
    return render(request, "web/care_control/entry.html", context, status=status)


def _next(request: OfficeRequest, session: MedicalSession | None) -> str:
    url = office_url(request, "medical-register-new")
    return f"{url}?session={session.uid}" if session is not None else url


def _session(request: OfficeRequest) -> MedicalSession | None:
    uid = request.GET.get("session")
    if not uid:
        return None
    return found(MedicalSession.objects.filter(mutual=request.mutual), uid=uid)


def _corrected(request: OfficeRequest) -> RegisterEntry | None:
    uid = request.GET.get("corrects")
    return entry_for(request.mutual, uid) if uid else None


def _initial(
    request: OfficeRequest, session: MedicalSession | None, corrected: RegisterEntry | None
) -> dict[str, Any]:
    first: dict[str, Any] = {"handled_on": request.day, "mode": "in_person", "kind": "advice"}
    first |= {"result": "advised", "reason_code": "advice_only"}
    if session is not None:
        first |= {"handled_on": session.held_on, "mode": session.mode}
    if corrected is not None:
        said = medical_entries(request.mutual, [corrected], request.user, request.day)
        question, answer = said[corrected.pk]
        first |= {
            "person": corrected.person.number, "kind": corrected.kind,
            "result": corrected.result, "reason_code": corrected.reason_code,
            "handled_on": corrected.handled_on, "mode": corrected.mode,
            "follow_up_on": corrected.follow_up_on, "question": question, "answer": answer,
            "claim": corrected.claim.document_number if corrected.claim else "",
        }  # fmt: skip
    return first
