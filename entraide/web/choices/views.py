"""All choices of a mutual with their meaning and history; the page that changes one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from entraide.apps.schemes.choices import CHOICES, Choice, ChoiceArea, choice_named
from entraide.apps.schemes.choosing import change_choice, changes_of, latest_changes
from entraide.apps.schemes.models import ChoiceChange
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal
from entraide.web.choices.forms import ChoiceForm, written
from entraide.web.choices.wording import AREA_NAMES, title_of, value_in_words
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view
from entraide.web.refusals import show_refusal

CHANGES_PER_PAGE = 25


@dataclass(frozen=True, slots=True)
class ShownChoice:
    """One choice on the page: ``last`` is the change that gave it its value."""

    name: str
    title: str
    meaning: str
    value: str
    is_default: bool
    since: str
    last: ChoiceChange | None


@dataclass(frozen=True, slots=True)
class ShownChange:
    """One line of the history."""

    change: ChoiceChange
    title: str
    before: str
    after: str


@require_safe
@office_view
def choice_list(request: OfficeRequest) -> HttpResponse:
    """Every choice under its heading, then every change, the latest first."""
    latest = latest_changes(request.mutual)
    page = Paginator(changes_of(request.mutual), CHANGES_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "areas": [
            (AREA_NAMES[area], [_shown(request, each, latest.get(each.name)) for each in choices])
            for area in ChoiceArea
            if (choices := [each for each in CHOICES if each.area is area])
        ],
        "page": page,
        "changes": [_change(each) for each in page.object_list],
        "may_change": Right.CHANGE_SETTINGS in request.rights,
    }
    return render(request, "web/choices/list.html", context)


def _shown(request: OfficeRequest, choice: Choice[Any], last: ChoiceChange | None) -> ShownChoice:
    kept = request.mutual.settings.get(choice.name, choice.default)
    return ShownChoice(
        choice.name,
        _(choice.title),
        _(choice.meaning),
        value_in_words(choice.name, kept),
        not choice.is_chosen(request.mutual),
        choice.since,
        last,
    )


def _change(change: ChoiceChange) -> ShownChange:
    return ShownChange(
        change,
        title_of(change.name),
        value_in_words(change.name, change.before),
        value_in_words(change.name, change.after),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@office_view(right=Right.CHANGE_SETTINGS)
def change(request: OfficeRequest, name: str) -> HttpResponse:
    """Give one choice another value, with who decided it."""
    try:
        choice = choice_named(name)
    except Refusal:
        raise Refusal("NOT_FOUND", record="choice", key=name) from None
    kept = request.mutual.settings.get(choice.name, choice.default)
    form = ChoiceForm(choice, request.POST or None, initial={"value": written(choice, kept)})
    if request.method == "POST" and form.is_valid():
        try:
            change_choice(
                **command_arguments(request),
                name=choice.name,
                value=form.kept,
                source=form.cleaned_data["source"],
            )
        except Refusal as refusal:
            show_refusal(form, refusal, {f"settings.{choice.name}": "value"})
        else:
            notify(request, _("The setting is changed: %(name)s.") % {"name": _(choice.title)})
            return redirect(office_url(request, "choices"))
    context = {
        "form": form,
        "choice": choice,
        "title": _(choice.title),
        "meaning": _(choice.meaning),
        "changes": [_change(each) for each in changes_of(request.mutual, name)[:CHANGES_PER_PAGE]],
    }
    status = 422 if form.errors else 200
    return render(request, "web/choices/change.html", context, status=status)
