"""The rule of files: what is asked for, what another rule would change, who approves it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from entraide.apps.cards.incomplete import families_count, impact_of
from entraide.apps.schemes.file_rules import (
    approve_file_rule,
    enter_file_rule,
    file_rule_for,
    file_rule_on,
    file_rules,
    proposed_rule,
    rule_of,
)
from entraide.apps.schemes.rights import Right
from entraide.core.completeness import (
    LONGEST_GRACE_DAYS,
    OF_PERSONS,
    Demand,
    FileRule,
    Piece,
    Whom,
)
from entraide.core.errors import Refusal
from entraide.web.cards.file_words import DEMANDS, PIECES, WHOM, pieces_shown
from entraide.web.fields import DayField
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view, told
from entraide.web.refusals import show_refusal

PERSONS_PER_PAGE = 50


class RuleForm(forms.Form):
    """Every piece: how it is asked for, of whom, after how many days; since when, on whose word."""

    effective_from = DayField(label=_("In force from"))
    source = forms.CharField(label=_("Decided by"), max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for piece in Piece:
            self.fields[f"{piece}-demand"] = forms.ChoiceField(
                label=PIECES[piece],
                choices=[(each.value, DEMANDS[each]) for each in Demand],
                widget=forms.Select(attrs={"class": "select", "aria-label": PIECES[piece]}),
            )
            self.fields[f"{piece}-grace_days"] = forms.IntegerField(
                label=_("Days of grace"),
                min_value=0,
                max_value=LONGEST_GRACE_DAYS,
                required=False,
                widget=forms.TextInput(
                    attrs={
                        "class": "input input--num w-s",
                        "inputmode": "numeric",
                        "aria-label": _("Days of grace"),
                    }
                ),
            )
            if piece in OF_PERSONS:
                self.fields[f"{piece}-of"] = forms.ChoiceField(
                    label=_("Of whom"),
                    choices=[(each.value, WHOM[each]) for each in Whom],
                    widget=forms.Select(attrs={"class": "select", "aria-label": _("Of whom")}),
                )

    @property
    def rows(self) -> list[tuple[Any, ...]]:
        """The fields of each piece, as the page lays them out."""
        return [
            (
                PIECES[piece],
                self[f"{piece}-demand"],
                self[f"{piece}-of"] if piece in OF_PERSONS else None,
                self[f"{piece}-grace_days"],
            )
            for piece in Piece
        ]

    @property
    def document(self) -> dict[str, Any]:
        """The rule as it is written."""
        return {
            piece.value: {
                "demand": self.cleaned_data[f"{piece}-demand"],
                "of": self.cleaned_data.get(f"{piece}-of") or Whom.EVERYONE.value,
                "grace_days": self.cleaned_data[f"{piece}-grace_days"] or 0,
            }
            for piece in Piece
        }


def _initial(rule: FileRule, on: date) -> dict[str, Any]:
    initial: dict[str, Any] = {"effective_from": on}
    for piece in Piece:
        initial[f"{piece}-demand"] = rule.of(piece).demand.value
        initial[f"{piece}-of"] = rule.of(piece).whom.value
        initial[f"{piece}-grace_days"] = rule.of(piece).grace_days
    return initial


@require_safe
@office_view(right=Right.READ_REGISTERS)
def overview(request: OfficeRequest) -> HttpResponse:
    """The rule in force, and every version with who entered and approved it."""
    context = {
        "pieces": pieces_shown(file_rule_on(request.mutual, request.day)),
        "versions": list(file_rules(request.mutual)),
        "may_enter": Right.ENTER_FILE_RULE in request.rights,
    }
    return render(request, "web/cards/file_rules.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@office_view(right=Right.ENTER_FILE_RULE)
def propose(request: OfficeRequest) -> HttpResponse:
    """Write another rule, see whose rights it would close or open, then propose it."""
    rule = file_rule_on(request.mutual, request.day)
    form = RuleForm(request.POST or None, initial=_initial(rule, request.day))
    context: dict[str, Any] = {"form": form}
    # Whose rights it would change is seen before anybody has decided; to propose it needs both.
    form.fields["source"].required = request.POST.get("act") == "record"
    is_valid = request.method == "POST" and form.is_valid()
    form.fields["source"].required = True
    if is_valid:
        try:
            if request.POST.get("act") != "record":
                proposed = proposed_rule(
                    request.mutual, form.document, form.cleaned_data["effective_from"]
                )
                context |= impact_shown(request, rule, proposed)
            else:
                version = enter_file_rule(
                    **command_arguments(request),
                    document=form.document,
                    effective_from=form.cleaned_data["effective_from"],
                    source=form.cleaned_data["source"],
                )
                notify(request, _now("The rule is proposed: another person approves it."))
                return redirect(office_url(request, "file-rule", uid=version.uid))
        except Refusal as refusal:
            show_refusal(form, refusal)
    status = 422 if form.errors else 200
    return render(request, "web/cards/file_rule_new.html", context, status=status)


def impact_shown(
    request: OfficeRequest, before: FileRule, after: FileRule, *, listed: str = "losing"
) -> dict[str, Any]:
    """Whose rights would close or open: today, and once the days of grace are over."""
    now = impact_of(request.mutual, before, _begun_today(after, request.day), request.day)
    later = impact_of(request.mutual, _without_grace(before), _without_grace(after), request.day)
    persons = later.regaining if listed == "regaining" else later.losing
    page = Paginator(persons, PERSONS_PER_PAGE).get_page(request.GET.get("page"))
    return {
        "has_impact": True,
        "losing_now": now.losing.count(),
        "losing": later.losing.count(),
        "losing_families": families_count(later.losing),
        "regaining": later.regaining.count(),
        "regaining_families": families_count(later.regaining),
        "listed": listed,
        "page": page,
    }


def _begun_today(after: FileRule, on: date) -> FileRule:
    """The rule as if its new demands began today: what is in force already keeps its day."""
    return FileRule(
        {piece: replace(rule, since=min(rule.since, on)) for piece, rule in after.pieces.items()}
    )


def _without_grace(rule: FileRule) -> FileRule:
    return FileRule(
        {piece: replace(each, grace_days=0, since=date.min) for piece, each in rule.pieces.items()}
    )


@require_safe
@office_view(right=Right.READ_REGISTERS)
def version(request: OfficeRequest, uid: str) -> HttpResponse:
    """One version: what it changes, and, until it is approved, whose rights it would change."""
    shown = file_rule_for(request.mutual, uid)
    rule, before = rule_of(shown), file_rule_on(request.mutual, request.day)
    listed = "regaining" if request.GET.get("liste") == "regaining" else "losing"
    is_open = shown.approved_at is None
    is_own = shown.entered_by_id == request.user.pk
    context = {
        "version": shown,
        "pieces": pieces_shown(rule, before if is_open else None),
        "may_approve": Right.APPROVE_FILE_RULE in request.rights and is_open and not is_own,
        "entered_by_reader": is_own,
        **(impact_shown(request, before, rule, listed=listed) if is_open else {}),
    }
    return render(request, "web/cards/file_rule.html", context)


@require_POST
@office_view(right=Right.APPROVE_FILE_RULE)
def approve(request: OfficeRequest, uid: str) -> HttpResponse:
    """Put a rule in force: another person than who proposed it."""
    shown = file_rule_for(request.mutual, uid)
    try:
        approve_file_rule(**command_arguments(request), version=shown)
    except Refusal as refusal:
        notify(request, told(refusal), kind="bad")
    else:
        links = [(_now("Incomplete files"), office_url(request, "incomplete-files"))]
        notify(request, _now("The rule of files is approved."), links=links)
    return redirect(office_url(request, "file-rule", uid=shown.uid))
