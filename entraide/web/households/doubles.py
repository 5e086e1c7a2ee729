"""Persons who may be registered twice: asked before they are entered, listed, merged by hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from entraide.apps.access.services import is_carried_out
from entraide.apps.claims.merging import merge_households, merge_persons
from entraide.apps.enrolment.facts import PersonEntry, present_on
from entraide.apps.enrolment.models import Household, Person, Resemblance
from entraide.apps.enrolment.resemblances import (
    Alike,
    alike_of_each,
    answer_other_person,
    look_for_resemblances,
    open_resemblances,
)
from entraide.apps.enrolment.selectors import found, person_for
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal
from entraide.web.households.fields import text_input
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view
from entraide.web.refusals import show_refusal

PAIRS_PER_PAGE = 25
ANSWER = "other"  # the name of the ticks « it is another person »


@dataclass(frozen=True, slots=True)
class Question:
    """A person about to be entered, and those registered who may be the same."""

    rank: int
    name: str
    alike: tuple[Alike, ...]
    ticked: frozenset[str]

    @property
    def rows(self) -> list[tuple[Alike, str, bool]]:
        """Each person alike with the value and the state of its tick."""
        return [
            (each, value, value in self.ticked)
            for each in self.alike
            for value in [f"{self.rank}:{each.person.uid}"]
        ]

    @property
    def is_answered(self) -> bool:
        """Whether somebody has said of each that it is another person."""
        return all(ticked for _alike, _value, ticked in self.rows)


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
    }
    return render(request, "web/households/doubles.html", context)


@require_POST
@office_view(right=Right.ENROL)
def look(request: OfficeRequest) -> HttpResponse:
    """Compare the whole register with itself."""
    count = look_for_resemblances(**command_arguments(request)) or 0
    told = ngettext("%(count)d new pair to look at.", "%(count)d new pairs to look at.", count)
    notify(request, told % {"count": count} if count else _("No new pair was found."))
    return redirect(office_url(request, "doubles"))


@require_POST
@office_view(right=Right.ENROL)
def other_person(request: OfficeRequest, uid: str) -> HttpResponse:
    """They are two persons: the pair is not proposed again."""
    pair = _pair(request, uid)
    answer_other_person(person=pair.second, others=(pair.first,), **command_arguments(request))
    notify(request, _("Noted: they are two persons."))
    return redirect(office_url(request, "doubles"))


def _pair(request: HttpRequest, uid: str) -> Resemblance:
    rows = Resemblance.objects.filter(mutual=request.mutual)  # type: ignore[attr-defined]
    return found(rows.select_related("first__household", "second__household"), uid=uid)


class MergeForm(forms.Form):
    """Which row stays, why, and for families who is who."""

    kept = forms.ChoiceField(label=gettext_lazy("Row to keep"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=gettext_lazy("Why it is the same person"), max_length=200, widget=text_input()
    )
    whole_family = forms.BooleanField(
        label=gettext_lazy("The whole family was entered twice: merge the families"), required=False
    )

    def __init__(self, *args: Any, pair: Resemblance, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = (pair.first, pair.second)
        self.fields["kept"].choices = [
            (str(each.uid), f"{each.full_name}, {each.number}") for each in rows
        ]
        if pair.first.household_id == pair.second.household_id:
            del self.fields["whole_family"]


@office_view(right=Right.MEND_REGISTER)
def merge(request: OfficeRequest, uid: str) -> HttpResponse:
    """Both rows side by side, and the one that stays."""
    pair = _pair(request, uid)
    form = MergeForm(request.POST or None, pair=pair, initial={"kept": str(pair.first.uid)})
    if request.method == "POST" and form.is_valid():
        kept = person_for(request.mutual, form.cleaned_data["kept"])
        merged = pair.second if kept.pk == pair.first.pk else pair.first
        try:
            if form.cleaned_data.get("whole_family"):
                merge_households(
                    kept=kept.household,
                    merged=merged.household,
                    pairs=_who_is_who(request, kept.household, merged.household),
                    reason=form.cleaned_data["reason"],
                    **command_arguments(request),
                )
            else:
                merge_persons(
                    kept=kept,
                    merged=merged,
                    reason=form.cleaned_data["reason"],
                    **command_arguments(request),
                )
        except Refusal as refusal:
            show_refusal(form, refusal, {"merged": "", "pairs": ""})
        else:
            told = _("%(merged)s is merged into %(kept)s; both numbers find the same person.")
            notify(request, told % {"merged": merged.number, "kept": kept.number})
            return redirect(office_url(request, "household", uid=kept.household.uid))
    context = {"form": form, "pair": pair, "rows": (pair.first, pair.second)}
    return render(request, "web/households/merge.html", context, status=422 if form.errors else 200)


def _who_is_who(
    request: OfficeRequest, kept: Household, merged: Household
) -> tuple[tuple[Person, Person], ...]:
    """Each person of the family that goes with the likeliest of the one that stays, each once."""
    free = present_on(kept.persons.all(), request.day)
    pairs = []
    for person in present_on(merged.persons.order_by("number"), request.day):
        best = max(free, key=lambda other: _closeness(person, other), default=None)
        if best is not None and best.sex == person.sex:
            pairs.append((person, best))
            free.remove(best)
    return tuple(pairs)


def _closeness(person: Person, other: Person) -> tuple[bool, bool, int, int]:
    apart = abs((person.birth_on - other.birth_on).days)
    same = person.given_name.casefold() == other.given_name.casefold()
    return other.sex == person.sex, same, -apart, -other.pk
