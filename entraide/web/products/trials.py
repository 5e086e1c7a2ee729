"""Trials of rules on past claims: asked for, followed, read figure by figure, row by row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_POST, require_safe

from entraide.apps.schemes.drafts import draft_for, drafts_open
from entraide.apps.schemes.models import Product
from entraide.apps.schemes.rights import Right
from entraide.apps.schemes.selectors import product_version_for, products, versions_of
from entraide.apps.what_if.approval import usual_period
from entraide.apps.what_if.models import RuleTrial, TrialState
from entraide.apps.what_if.running import (
    is_interrupted,
    trial_for,
    trials_of,
    try_rules,
    waive_trial,
)
from entraide.apps.what_if.selectors import households_of, rows_of, sum_of
from entraide.core.errors import Refusal
from entraide.web.claims.reasons import SECTORS, category_names, reason_name
from entraide.web.fields import DayField, LastDayField
from entraide.web.names import State
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view, told
from entraide.web.refusals import show_refusal

READERS = (Right.ENTER_PRODUCT, Right.APPROVE_PRODUCT, Right.PLAN)
ROWS_PER_PAGE = 50
STATES = {
    TrialState.ASKED: State("wait", gettext_lazy("waits for the worker")),
    TrialState.RUNNING: State("wait", gettext_lazy("running")),
    TrialState.DONE: State("ok", gettext_lazy("done")),
    TrialState.FAILED: State("bad", gettext_lazy("failed")),
}
DRAFT, VERSION = "draft", "version"


class TrialForm(forms.Form):
    """Which rules, on the claims of which product, in which period."""

    rules = forms.ChoiceField(label=gettext_lazy("Rules to try"))
    product = forms.ChoiceField(label=gettext_lazy("On the claims of"))
    start = DayField(label=gettext_lazy("From the day"))
    until = LastDayField(label=gettext_lazy("Up to and with the day"))

    def __init__(self, *args: Any, request: OfficeRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.mutual = request.mutual
        start, until = usual_period(request.day)
        self.fields["start"].initial, self.fields["until"].initial = start, until
        self.offered = list(products(request.mutual))
        self.fields["product"].choices = [(each.code, each.name) for each in self.offered]  # type: ignore[attr-defined]
        drafts = [
            (f"{DRAFT}:{each.uid}", str(each.document.get("title", {}).get("fr", each.code)))
            for each in drafts_open(request.mutual)
        ]
        versions = [
            (
                f"{VERSION}:{version.uid}",
                _("%(product)s, version %(number)s")
                % {"product": product.name, "number": version.number},
            )
            for product in self.offered
            for version in versions_of(product)
        ]
        groups = [(_("Being written"), drafts), (_("Versions"), versions)]
        self.fields["rules"].choices = [(head, group) for head, group in groups if group]  # type: ignore[attr-defined]

    def said(self) -> dict[str, Any]:
        """What the service is told: rules, product, period."""
        known = self.cleaned_data
        product = next(each for each in self.offered if each.code == known["product"])
        return {
            **rules_meant(self.mutual, known["rules"]),
            "product": product,
            "start": known["start"],
            "until": known["until"],
        }


def rules_meant(mutual: Any, key: str) -> dict[str, Any]:
    """The document and the first day of ``draft:<uid>`` or ``version:<uid>``."""
    kind, _sign, uid = key.partition(":")
    rules = draft_for(mutual, uid) if kind == DRAFT else product_version_for(mutual, uid)  # type: ignore[arg-type]
    return {"document": rules.document, "effective_from": rules.effective_from}


def right_to_try(request: OfficeRequest) -> Right:
    """By which right this person tries rules."""
    return next(right for right in READERS if right in request.rights)


@office_view(right=READERS, of_whole_mutual=True)
def trials(request: OfficeRequest) -> HttpResponse:
    """What was tried and by whom; rules to try on a period."""
    asked = {name: request.GET[name] for name in ("rules", "product") if name in request.GET}
    form = TrialForm(request.POST or None, request=request, initial=asked)
    if request.method == "POST" and form.is_valid():
        try:
            trial = try_rules(
                right=right_to_try(request), **command_arguments(request), **form.said()
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            return redirect(office_url(request, "trial", uid=trial.uid))
    page = Paginator(trials_of(request.mutual), ROWS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "rows": [(each, state_of(each), _more(each)) for each in page.object_list],
    }
    status = 422 if form.errors else 200
    return render(request, "web/products/trials.html", context, status=status)


@require_POST
@office_view(right=Right.ENTER_PRODUCT, of_whole_mutual=True)
def waive(request: OfficeRequest) -> HttpResponse:
    """Why rules are approved without a trial: there are no past claims."""
    key = request.POST.get("rules", "")
    version = product_version_for(request.mutual, key.partition(":")[2])  # type: ignore[arg-type]
    try:
        waive_trial(
            **command_arguments(request),
            product=version.product,
            document=version.document,
            effective_from=version.effective_from,
            reason=request.POST.get("reason", ""),
        )
    except Refusal as refusal:
        notify(request, told(refusal), kind="bad")
    else:
        notify(request, _("The reason is kept with the rules."))
    return redirect(office_url(request, "product-version", uid=version.uid))


def state_of(trial: RuleTrial) -> State:
    """How a trial stands, in a word."""
    if is_interrupted(trial):
        return State("bad", _("interrupted: ask again"))
    if trial.state == TrialState.DONE and trial.reason:
        return State("plain", _("without past claims"))
    return STATES[TrialState(trial.state)]


def _more(trial: RuleTrial) -> int | None:
    """What the mutual would have paid more; None while nothing is known."""
    total = trial.effect.get("total")
    if trial.state != TrialState.DONE or trial.reason or not total:
        return None
    return int(total["paid_after_minor"]) - int(total["paid_before_minor"])


@dataclass(frozen=True, slots=True)
class CutRow:
    """One line of a cut: its name, its amounts, where its rows stand."""

    name: str
    amounts: Mapping[str, int]
    url: str

    @property
    def more_minor(self) -> int:
        """What is paid more."""
        return self.amounts["paid_after_minor"] - self.amounts["paid_before_minor"]


@require_safe
@office_view(right=READERS, of_whole_mutual=True)
def trial_page(request: OfficeRequest, uid: str) -> HttpResponse:
    """A trial: how far it is, or what it found."""
    trial = trial_for(request.mutual, uid)
    context: dict[str, Any] = {
        "trial": trial,
        "state": state_of(trial),
        "last_on": trial.until - timedelta(days=1),
        "is_running": trial.state in (TrialState.ASKED, TrialState.RUNNING)
        and not is_interrupted(trial),
        "is_done": trial.state == TrialState.DONE and not trial.reason,
    }
    if context["is_done"]:
        context |= _found(request, trial)
    part = "web/products/_trial.html" if request.htmx else "web/products/trial.html"
    return render(request, part, context)


def _found(request: OfficeRequest, trial: RuleTrial) -> dict[str, Any]:
    effect, names = trial.effect, category_names()
    losing, gaining = households_of(trial)

    def rows_url(**filters: str) -> str:
        return f"{office_url(request, 'trial-rows', uid=trial.uid)}?{urlencode(filters)}"

    return {
        "total": CutRow(pgettext("a trial", "All claims"), effect["total"], rows_url(show="all")),
        "effect": effect,
        "cuts": [
            (
                _("By category of care"),
                [
                    CutRow(names.get(code, code), part, rows_url(category=code, show="all"))
                    for code, part in effect["by_category"].items()
                ],
            ),
            (
                _("By sector of the provider"),
                [
                    CutRow(str(SECTORS.get(code, code)), part, rows_url(sector=code, show="all"))
                    for code, part in effect["by_sector"].items()
                ],
            ),
        ],
        "families": [
            (_("Families that lose most"), losing),
            (_("Families that gain most"), gaining),
        ],
        "reasons": [
            (reason_name(code), was, now)
            for code, (was, now) in effect["reasons"].items()
            if was != now
        ],
        "changed_url": rows_url(),
    }


@require_safe
@office_view(right=READERS, of_whole_mutual=True)
def trial_rows(request: OfficeRequest, uid: str) -> HttpResponse:
    """The claims behind a figure of a trial, with their sum."""
    trial = trial_for(request.mutual, uid)
    asked = {name: request.GET.get(name, "") for name in ("category", "sector", "household")}
    shows_all = request.GET.get("show") == "all"
    rows = rows_of(trial, **asked, changed_only=not shows_all)
    page = Paginator(rows, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    names = category_names()
    chosen = [
        names.get(asked["category"], asked["category"]),
        str(SECTORS.get(asked["sector"], asked["sector"])),
        asked["household"],
        _("all claims") if shows_all else _("claims whose decision changes"),
    ]
    context = {
        "trial": trial,
        "page": page,
        "rows": [(row, names.get(row.category_code, row.category_code), _why(row))
                 for row in page.object_list],
        "sums": sum_of(rows),
        "chosen": ", ".join(filter(None, chosen)),
    }  # fmt: skip
    return render(request, "web/products/trial_rows.html", context)


def _why(row: Any) -> str:
    """The reasons that come, and those that go."""
    before, after = set(row.codes_before), set(row.codes_after)
    coming = [f"+ {reason_name(code)}" for code in sorted(after - before)]
    return ", ".join([*coming, *(f"− {reason_name(code)}" for code in sorted(before - after))])


def trial_way(request: OfficeRequest, key: str, product: Product | None) -> str:
    """The address of the form that tries these rules."""
    asked = {"rules": key} | ({"product": product.code} if product is not None else {})
    return f"{office_url(request, 'what-if')}?{urlencode(asked)}"
