"""What each tariff assumes of care: written down by one, approved by another, never changed."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from entraide.apps.nomenclature.services import RISK_OF_CATEGORY
from entraide.apps.planning.models import TariffAssumption
from entraide.apps.planning.tariff_assumptions import (
    MOST_FREQUENT,
    AssumedLine,
    assumption_for,
    assumptions_of,
    decide_tariff_assumption,
    enter_tariff_assumption,
    expectations_of,
)
from entraide.apps.schemes.rights import Right
from entraide.apps.schemes.selectors import products
from entraide.core.care_package import Risk
from entraide.core.errors import Refusal
from entraide.core.money import round_half_up
from entraide.documents import writing
from entraide.web.claims.reasons import category_names
from entraide.web.fields import DayField, MoneyField
from entraide.web.names import State
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view, told
from entraide.web.refusals import show_refusal
from entraide.web.tariffs.condition_words import RISK_NAMES

READERS = (Right.READ_REPORTS, Right.ENTER_PRODUCT, Right.APPROVE_PRODUCT, Right.PLAN)


class AssumptionForm(forms.Form):
    """A frequency and a mean cost for each category, apart for chronic care where it is told."""

    product = forms.ChoiceField(label=gettext_lazy("Product"))
    effective_from = DayField(label=gettext_lazy("From the day"))
    source = forms.CharField(
        label=gettext_lazy("Study or vote, and its day"),
        max_length=200,
    )

    def __init__(self, *args: Any, request: OfficeRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.products = {each.code: each for each in products(request.mutual)}
        self.fields["product"].choices = [  # type: ignore[attr-defined]
            (code, each.name) for code, each in self.products.items()
        ]
        self.keys: dict[str, tuple[str, str, str]] = {}
        for category, name in category_names().items():
            usual = str(RISK_OF_CATEGORY.get(category, ""))
            self._add(category, usual, name, request.mutual.currency)
            if usual == Risk.MINOR:
                chronic = _("{category}, chronic care").format(category=name)
                self._add(category, Risk.CHRONIC.value, chronic, request.mutual.currency)

    def _add(self, category: str, risk: str, name: str, currency: str) -> None:
        place = f"{category}__{risk}"
        self.keys[place] = (category, risk, name)
        self.fields[f"f_{place}"] = forms.DecimalField(
            label=_("Cases a person and year"), required=False,
            min_value=0, max_value=MOST_FREQUENT, max_digits=8, decimal_places=6, localize=True,
        )  # fmt: skip
        self.fields[f"c_{place}"] = MoneyField(
            label=_("Mean cost of a case"), required=False,
            currency=currency,
        )  # fmt: skip

    def rows(self) -> list[tuple[str, forms.BoundField, forms.BoundField]]:
        """(name, frequency, cost) of each category at its usual risk."""
        return self._rows(is_chronic=False)

    def chronic_rows(self) -> list[tuple[str, forms.BoundField, forms.BoundField]]:
        """The same of chronic care, where a tariff tells it apart."""
        return self._rows(is_chronic=True)

    def chronic_is_typed(self) -> bool:
        """Whether anything stands in these, which then show at once."""
        return any(field.value() for _name, *pair in self.chronic_rows() for field in pair)

    def _rows(self, *, is_chronic: bool) -> list[tuple[str, forms.BoundField, forms.BoundField]]:
        return [
            (name, self[f"f_{place}"], self[f"c_{place}"])
            for place, (_category, risk, name) in self.keys.items()
            if (risk == Risk.CHRONIC) == is_chronic
        ]

    def lines(self) -> list[AssumedLine]:
        """The lines of which anything was typed; what is missing is 0, which is refused."""
        known, lines = self.cleaned_data, []
        self.places: dict[str, str] = {}  # of a fault → the field
        for place, (category, risk, _name) in self.keys.items():
            frequency, cost_minor = known.get(f"f_{place}"), known.get(f"c_{place}")
            if frequency is not None or cost_minor is not None:
                self.places[f"lines[{len(lines)}].frequency"] = f"f_{place}"
                self.places[f"lines[{len(lines)}].cost_minor"] = f"c_{place}"
                lines.append(AssumedLine(category, risk, frequency or Decimal(0), cost_minor or 0))
        return lines


@dataclass(frozen=True, slots=True)
class ShownLine:
    """One line of what was assumed: how often, how dear, what it makes a person and year."""

    name: str
    frequency: str
    cost_minor: int
    per_person_minor: int


@office_view(right=READERS, of_whole_mutual=True)
def assumptions(request: OfficeRequest) -> HttpResponse:
    """What was written down, and a form for another tariff."""
    may_enter = Right.ENTER_PRODUCT in request.rights
    form = AssumptionForm(request.POST or None, request=request) if may_enter else None
    if request.method == "POST" and form is not None and form.is_valid():
        said, lines = form.cleaned_data, form.lines()
        try:
            enter_tariff_assumption(
                **command_arguments(request), product=form.products[said["product"]],
                effective_from=said["effective_from"], source=said["source"], lines=lines,
            )  # fmt: skip
        except Refusal as refusal:
            show_refusal(form, refusal, form.places)
        else:
            notify(request, _("The assumption waits for another person to approve it."))
            return redirect(office_url(request, "tariff-assumptions"))
    context = {
        "rows": [_row(request, each) for each in assumptions_of(request.mutual)],
        "form": form,
    }
    status = 422 if form is not None and form.errors else 200
    return render(request, "web/risk/assumptions.html", context, status=status)


def _row(request: OfficeRequest, assumption: TariffAssumption) -> dict[str, Any]:
    names, language = category_names(), request.LANGUAGE_CODE
    lines = []
    for (category, risk), each in expectations_of(assumption).items():
        name = names.get(category, category)
        if risk == Risk.CHRONIC:
            name = _("{category}, chronic care").format(category=name)
        elif risk != str(RISK_OF_CATEGORY.get(category, "")):
            name = f"{name}, {str(RISK_NAMES.get(risk, risk)).lower()}"
        lines.append(
            ShownLine(
                name, writing.number(each.frequency, language, 3), int(each.cost_minor),
                round_half_up(each.frequency * each.cost_minor),
            )
        )  # fmt: skip
    is_waiting = assumption.approved_on is None and assumption.refused_on is None
    return {
        "assumption": assumption,
        "lines": lines,
        "total_minor": sum(line.per_person_minor for line in lines),
        "state": _state(assumption, request),
        "may_decide": is_waiting
        and Right.APPROVE_PRODUCT in request.rights
        and assumption.entered_by_id != request.user.pk,
    }


def _state(assumption: TariffAssumption, request: OfficeRequest) -> State:
    if assumption.refused_on is not None:
        return State("bad", _("refused"))
    if assumption.approved_on is None:
        return State("wait", _("to approve"))
    if assumption.effective_from > request.day:
        return State("plain", _("to come"))
    return State("ok", _("approved"))


@require_POST
@office_view(right=Right.APPROVE_PRODUCT, of_whole_mutual=True)
def decide(request: OfficeRequest, uid: str) -> HttpResponse:
    """What was written down counts from its day on, or is refused."""
    try:
        decide_tariff_assumption(
            **command_arguments(request), assumption=assumption_for(request.mutual, uid),
            is_refused=request.POST.get("act") != "approve",
        )  # fmt: skip
    except Refusal as refusal:
        if refusal.code == "NOT_FOUND":
            raise
        notify(request, told(refusal), kind="bad")
    else:
        notify(request, _("The assumptions of the tariffs are up to date."))
    return redirect(office_url(request, "tariff-assumptions"))
