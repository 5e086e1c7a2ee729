"""A service refused: its sentences go beside the fields of the form that asked."""

from __future__ import annotations

from collections.abc import Mapping

from django.forms import BaseForm
from django.utils.translation import get_language

from entraide.core.errors import Refusal, RefusedRows
from entraide.messages import sentence


def show_refusal(form: BaseForm, refusal: Refusal, fields: Mapping[str, str] | None = None) -> None:
    """Put what a refusal says into a form, each fault beside its field, the others on top.

    A place of the refusal is a field's name, or ``fields`` maps it to one
    (``{"persons[0].birth_on": "birth_on"}``); a place that is no field keeps its name in the
    sentence.

        try:
            receipt = record_contribution_payment(…)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            return redirect(…)
    """
    language = get_language() or "fr"
    findings = refusal.findings if isinstance(refusal, RefusedRows) else (refusal.as_finding(),)
    for finding in findings:
        name = (fields or {}).get(finding.place, finding.place)
        if name in form.fields:
            form.add_error(name, sentence(finding.code, finding.data, language))
        else:
            place = "" if finding.place in (fields or {}) else finding.place
            form.add_error(None, sentence(finding.code, finding.data, language, place))
