"""Which mutual has which feature since when: tried in some, measured, then opened to all."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from entraide.apps.schemes.flags import (
    FLAGS,
    Flag,
    Stage,
    flag_named,
    set_flag,
    state_on,
    states_on,
    uses_since,
)
from entraide.apps.schemes.models import FlagState, Mutual
from entraide.apps.schemes.rights import Right
from entraide.apps.schemes.selectors import mutual_by_code
from entraide.core.errors import Refusal
from entraide.web.network.forms import FlagForm
from entraide.web.network.frame import NetworkRequest, act, network_view, shown
from entraide.web.network.wording import STAGE_KINDS, STAGE_NAMES
from entraide.web.notices import notify
from entraide.web.refusals import show_refusal


@dataclass(frozen=True, slots=True)
class Cell:
    """One feature in one mutual."""

    mutual: Mutual
    kind: str
    word: str
    state: FlagState | None
    uses: int | None


@require_safe
@network_view(right=Right.ADMINISTER)
def flags(request: NetworkRequest) -> HttpResponse:
    """Every feature with its state in each mutual, since when, and how much it is used on trial."""
    mutuals = list(Mutual.objects.order_by("name"))
    states = states_on(mutuals, request.day)
    context = {
        "flags": [
            (
                flag,
                _(flag.title),
                _(flag.meaning),
                [_cell(flag, mutual, states.get((mutual.pk, flag.code))) for mutual in mutuals],
            )
            for flag in FLAGS
        ]
    }
    return shown(request, "web/network/flags.html", context)


def _cell(flag: Flag, mutual: Mutual, state: FlagState | None) -> Cell:
    stage = Stage(state.stage) if state else flag.usual
    is_trial = state is not None and stage is Stage.PILOT
    uses = uses_since(mutual, flag, state.effective_from) if is_trial and flag.commands else None
    return Cell(mutual, STAGE_KINDS[stage], str(STAGE_NAMES[stage]), state, uses)


@network_view(right=Right.ADMINISTER)
def change(request: NetworkRequest, code: str, flag: str) -> HttpResponse:
    """Try, open or close one feature in one mutual; its history below."""
    held, known = mutual_by_code(code), flag_named(flag)
    state = state_on(held, known, request.day)
    initial = {
        "stage": state.stage if state else known.usual.value,
        "effective_from": request.day,
    }
    form = FlagForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            set_flag(flag=known.code, **form.cleaned_data, **act(request, held))
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            notify(request, _("The feature is recorded."))
            return redirect("network:flags")
    history = FlagState.objects.filter(mutual=held, flag=known.code).select_related("set_by")
    context = {
        "form": form,
        "mutual": held,
        "title": _(known.title),
        "meaning": _(known.meaning),
        "history": [
            (each, STAGE_KINDS[Stage(each.stage)], STAGE_NAMES[Stage(each.stage)])
            for each in history.order_by("-effective_from", "-id")
        ],
    }
    response = shown(request, "web/network/flag.html", context)
    if form.errors:
        response.status_code = 422
    return response
