"""How the person came to the provider, as typed beside the head of a claim."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from entraide.apps.claims.around import ORDINARY, Circumstances
from entraide.apps.claims.models import VisitKind
from entraide.apps.claims.selectors import claims_found
from entraide.apps.schemes.models import Mutual
from entraide.web.fields import DayField

VISITS = {
    VisitKind.PLANNED: gettext_lazy("Planned"),
    VisitKind.EMERGENCY: gettext_lazy("Emergency"),
    VisitKind.REFERRAL: gettext_lazy("Referred by another provider"),
    VisitKind.FOLLOW_UP: gettext_lazy("Follow-up of earlier care"),
}
FIELDS = ("visit", "is_inpatient", "referral_number", "episode", "other_paid")


class CircumstancesForm(forms.Form):
    """Fields that most papers leave as they are; mixed into the form of the head."""

    visit = forms.ChoiceField(
        label=gettext_lazy("How the person came"), required=False, choices=list(VISITS.items())
    )
    is_inpatient = forms.TypedChoiceField(
        label=gettext_lazy("Stay at the hospital"),
        required=False,
        choices=[("", "–"), ("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))],
        coerce=lambda value: value == "yes",
        empty_value=None,
    )
    referral_number = forms.CharField(
        label=gettext_lazy("Referral slip no."), max_length=60, required=False,
        help_text=gettext_lazy("As written on it; one of the mutual begins with REF."),
    )  # fmt: skip
    episode = forms.CharField(
        label=gettext_lazy("Follows claim no."), max_length=60, required=False,
        help_text=gettext_lazy("Same illness, other provider: what a case pays once, they share."),
    )  # fmt: skip

    expected_delivery_on = DayField(
        label=gettext_lazy("Expected day of delivery"), required=False,
        help_text=gettext_lazy("A birth before term is judged on it. Empty where nobody wrote it."),
    )  # fmt: skip

    def has_circumstances(self) -> bool:
        """Whether something was typed, so that the fields are shown open."""
        value = self["visit"].value() or VisitKind.PLANNED
        names = [name for name in FIELDS if name in self.fields]
        others = any(self[name].value() for name in names[1:])
        return bool(others or value != VisitKind.PLANNED or any(self[n].errors for n in names))

    def circumstances(self, mutual: Mutual) -> dict[str, Any]:
        """``circumstances=…`` for the command; nothing where nothing was typed.

        Adds an error and answers None under it when no claim has the number that is followed.
        """
        given = self.circumstances_typed(mutual)
        if given.episode is None and self.cleaned_data["episode"].strip():
            self.add_error("episode", _("No claim has this number."))
        return {} if given == ORDINARY else {"circumstances": given}

    def circumstances_typed(self, mutual: Mutual) -> Circumstances:
        """How the person came, as far as it can be read; says nothing of what cannot."""
        known = self.cleaned_data
        number = (known.get("episode") or "").strip()
        return Circumstances(
            visit=known.get("visit") or VisitKind.PLANNED,
            is_inpatient=known.get("is_inpatient"),
            referral_number=(known.get("referral_number") or "").strip(),
            episode=claims_found(mutual, [], number).first() if number else None,
            expected_delivery_on=known.get("expected_delivery_on"),
        )
