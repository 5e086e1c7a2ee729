"""Persons who may be registered twice: asked before they are entered, listed, told apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from entraide.apps.access.services import is_carried_out
from entraide.apps.enrolment.asked_about import asked_about, is_out_of_sight
from entraide.apps.enrolment.facts import PersonEntry
from entraide.apps.enrolment.models import Person, Resemblance
from entraide.apps.enrolment.resemblances import (
    Alike,
    alike_of_each,
    answer_other_person,
    look_for_resemblances,
    mark_of,
    open_resemblances,
    pairs_set_apart,
    take_back_answer,
)
from entraide.apps.enrolment.selectors import found
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal, RefusedRows
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view, told

PAIRS_PER_PAGE = 25
_ASKED_AGAIN = ("PERSON_MAY_BE_HERE", "PERSON_MAY_BE_ELSEWHERE")
ANSWER = "other"  # the name of the ticks « it is another person »


@dataclass(frozen=True, slots=True)
class Question:
    """A person about to be entered, and those registered who may be the same."""

    rank: int
    name: str
    alike: tuple[Alike, ...]
    ticked: frozenset[str]

    @property
    def rows(self) -> list[tuple[Alike, str, bool, bool]]:
        """Each person alike with the value and the state of its tick, and whether they are seen.

        Of somebody of another section the tick has a mark of their own, and nothing else is told.
        """
        return [
            (each, value, value in self.ticked, is_seen)
            for each in self.alike
            for is_seen in [not is_out_of_sight(each.person)]
            for value in [f"{self.rank}:{each.person.uid if is_seen else mark_of(each.person)}"]
        ]

    @property
    def is_answered(self) -> bool:
        """Whether somebody has said of each that it is another person."""
        return all(ticked for _alike, _value, ticked, _is_seen in self.rows)


def questions(
    request: OfficeRequest, entries: Sequence[PersonEntry], *, household: str = "", first: int = 1
) -> list[Question]:
    """What to ask about the persons of a form; nothing about one recorded under this very key."""
    if is_carried_out(request.mutual, request.POST.get("idempotency_key", "")):
        return []
    ticked = frozenset(request.POST.getlist(ANSWER))
    asked = []
    found_alike = alike_of_each(request.mutual, entries, household=household)
    for rank, (entry, alike) in enumerate(zip(entries, found_alike, strict=True), start=first):
        if alike:
            name = f"{entry.name} {entry.given_name}".strip()
            asked.append(Question(rank, name, tuple(alike), ticked))
    return asked


def answered(asked: Iterable[Question]) -> AbstractContextManager[None]:
    """For the act that follows: whoever resembles besides these has come in since, and is asked
    about again."""
    return asked_about([question.alike for question in asked])


def is_asked_again(refusal: Refusal) -> bool:
    """Whether an act was refused for somebody who came in while the form was being answered."""
    findings = refusal.findings if isinstance(refusal, RefusedRows) else ()
    return any(each.code in _ASKED_AGAIN for each in findings)


def keep_answers(
    request: OfficeRequest, asked: Iterable[Question], persons: dict[int, Person]
) -> None:
    """What was answered, kept in both families; ``persons``: by their rank on the form."""
    for question in asked:
        act = command_arguments(request)
        act["idempotency_key"] += f"-other-{question.rank}"
        answer_other_person(
            person=persons[question.rank],
            others=tuple(each.person for each in question.alike),
            **act,
        )


@require_safe
@office_view(right=Right.READ_REGISTERS)
def worklist(request: OfficeRequest) -> HttpResponse:
    """The pairs that nobody has answered, the likeliest first."""
    page = Paginator(open_resemblances(request.mutual), PAIRS_PER_PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "page": page,
        "may_enrol": Right.ENROL in request.rights,
        "may_mend": Right.MEND_REGISTER in request.rights,
        "apart_count": pairs_set_apart(request.mutual).count(),
    }
    return render(request, "web/households/doubles.html", context)


@require_safe
@office_view(right=Right.READ_REGISTERS)
def apart(request: OfficeRequest) -> HttpResponse:
    """The pairs that were told apart, by whom and when; a wrong answer is taken back."""
    page = Paginator(pairs_set_apart(request.mutual), PAIRS_PER_PAGE).get_page(
        request.GET.get("page")
    )
    context = {"page": page, "may_mend": Right.MEND_REGISTER in request.rights}
    return render(request, "web/households/doubles_apart.html", context)


@require_POST
@office_view(right=Right.MEND_REGISTER)
def reopen(request: OfficeRequest, uid: str) -> HttpResponse:
    """The answer « two persons » was a mistake: the pair waits again."""
    pair = pair_for(request, uid)
    try:
        take_back_answer(pair=pair, **command_arguments(request))
    except Refusal as refusal:
        notify(request, told(refusal), kind="warn")
        return redirect(office_url(request, "doubles-apart"))
    notify(request, _("The answer is taken back: the pair waits again."))
    return redirect(office_url(request, "doubles"))


@require_POST
@office_view(right=Right.ENROL)
def look(request: OfficeRequest) -> HttpResponse:
    """Compare the whole register with itself."""
    count = look_for_resemblances(**command_arguments(request)) or 0
    words = ngettext("%(count)d new pair to look at.", "%(count)d new pairs to look at.", count)
    notify(request, words % {"count": count} if count else _("No new pair was found."))
    return redirect(office_url(request, "doubles"))


@require_POST
@office_view(right=Right.ENROL)
def other_person(request: OfficeRequest, uid: str) -> HttpResponse:
    """They are two persons: the pair is not proposed again."""
    pair = pair_for(request, uid)
    answer_other_person(person=pair.second, others=(pair.first,), **command_arguments(request))
    notify(request, _("Noted: they are two persons."))
    return redirect(office_url(request, "doubles"))


def pair_for(request: HttpRequest, uid: str) -> Resemblance:
    """The pair of this mutual with this ``uid``, both rows with their families."""
    rows = Resemblance.objects.filter(mutual=request.mutual)  # type: ignore[attr-defined]
    return found(rows.select_related("first__household", "second__household"), uid=uid)
