"""The explanation of a change: written once, dated and signed, shown beside its row."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from entraide.apps.nomenclature.models import CareCategory, Diagnosis
from entraide.apps.planning.year_on_year import WRITERS, explain_care
from entraide.core.errors import Refusal
from entraide.web.fields import is_uid
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view
from entraide.web.refusals import show_refusal
from entraide.web.report.periods import query_of
from entraide.web.risk.forms import NoteForm
from entraide.web.risk.years import page, period_asked


@require_POST
@office_view(right=WRITERS, of_whole_mutual=True)
def explain(request: OfficeRequest) -> HttpResponse:
    """Keep a note on a category, or on a pathology for who reads diagnoses."""
    period = period_asked(request)
    form = NoteForm(request.POST)
    about = request.POST.get("about", "")
    form.offer([(about, about)])
    if form.is_valid():
        right = next(right for right in WRITERS if right in request.rights)
        try:
            explain_care(
                right=right, **command_arguments(request), period=period,
                text=form.cleaned_data["text"], **_about(about),
            )  # fmt: skip
        except ValidationError:
            form.add_error("about", _("This row is not in the table."))
        except Refusal as refusal:
            if refusal.code == "FORBIDDEN":
                raise
            show_refusal(form, refusal)
        else:
            notify(request, _("The explanation stands beside its row."))
            return redirect(f"{office_url(request, 'care-years')}?{query_of(period)}")
    return page(request, period, form=form)


def _about(key: str) -> dict[str, Any]:
    """The category and the diagnosis that a key of the table names."""
    code, _colon, uid = key.partition(":")
    category = CareCategory.objects.filter(code=code).first()
    diagnosis = Diagnosis.objects.filter(uid=uid).first() if is_uid(uid) else None
    if category is None or (uid and diagnosis is None):
        raise ValidationError("about")
    return {"category": category, "diagnosis": diagnosis}
