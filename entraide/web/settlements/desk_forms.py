"""The forms of the refund desk: who receives, from which cash, where, and what proves it."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from entraide.apps.enrolment.models import Person
from entraide.apps.settlement.models import ProofKind
from entraide.apps.settlement.receivers import Proof, Receiver
from entraide.core.work_time import MINUTES_OF_A_DAY
from entraide.web.fields import MoneyField
from entraide.web.households.wording import DOCUMENT_KINDS
from entraide.web.settlements.forms import overdraft_field, place_name

OTHER_PERSON = "other"  # who received, where it is nobody of the family
TILL = "till"  # from which cash, where it is the box of the batch
_DRAWN = "data:image/png;base64,"


class HandOverForm(forms.Form):
    """Who receives the money, from which box, where, and the proof: drawn, or a picture."""

    box = forms.ChoiceField(label=gettext_lazy("From which cash"))
    place = forms.ChoiceField(label=gettext_lazy("Where the money is given"))
    received_by = forms.ChoiceField(
        label=gettext_lazy("Who receives"), widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Say who receives the money.")},
    )  # fmt: skip
    name = forms.CharField(
        label=gettext_lazy("Name of the other person"), max_length=160, required=False
    )
    link = forms.CharField(
        label=gettext_lazy("Link to the family"), max_length=80, required=False,
        help_text=gettext_lazy("A neighbour, an uncle, the head of the village…"),
    )  # fmt: skip
    paper_kind = forms.ChoiceField(
        label=gettext_lazy("Identity paper"), choices=[("", "–"), *DOCUMENT_KINDS], required=False
    )
    paper_number = forms.CharField(
        label=gettext_lazy("Number of the paper"), max_length=40, required=False
    )
    mandate = forms.FileField(
        label=gettext_lazy("Picture of the mandate or of the paper"), required=False
    )
    signature = forms.CharField(required=False, widget=forms.HiddenInput)
    picture = forms.FileField(
        label=gettext_lazy("Picture of the signed receipt, or of a thumbprint"), required=False
    )
    slip_number = forms.CharField(
        label=gettext_lazy("Number of the paper that was signed"), max_length=40, required=False
    )
    is_thumbprint = forms.BooleanField(label=gettext_lazy("It is a thumbprint"), required=False)
    witness = forms.CharField(
        label=gettext_lazy("Witness of the thumbprint"), max_length=160, required=False
    )
    minutes = forms.IntegerField(
        label=gettext_lazy("Minutes, way and wait"), required=False, min_value=0,
        max_value=MINUTES_OF_A_DAY,
    )  # fmt: skip

    def __init__(
        self,
        *args: Any,
        boxes: Iterable[tuple[str, str]],
        places: Iterable[str],
        adults: Iterable[Person],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.adults: Mapping[str, Person] = {str(each.uid): each for each in adults}
        self.fields["box"].choices = list(boxes)  # type: ignore[attr-defined]
        self.fields["place"].choices = [  # type: ignore[attr-defined]
            (each, place_name(each)) for each in places
        ]
        self.fields["received_by"].choices = [  # type: ignore[attr-defined]
            *((uid, each.full_name) for uid, each in self.adults.items()),
            (OTHER_PERSON, _("Another person, with a mandate")),
        ]

        for each in ("name", "link", "paper_kind", "paper_number"):
            # Asked of another person only: neither optional nor always asked.
            self.fields[each].is_conditional = True  # type: ignore[attr-defined]

    @property
    def is_for_other(self) -> bool:
        """Whether the mandate is to be seen: another person is chosen."""
        return self["received_by"].value() == OTHER_PERSON

    def receiver(self) -> Receiver:
        """Who receives, as it was said."""
        known = self.cleaned_data
        if known["received_by"] != OTHER_PERSON:
            return Receiver(person=self.adults[known["received_by"]])
        mandate = known["mandate"]
        return Receiver(
            name=known["name"],
            link=known["link"],
            paper_kind=known["paper_kind"],
            paper_number=known["paper_number"],
            mandate=mandate.read() if mandate else b"",
        )

    def proof(self) -> Proof:
        """What proves it. A picture goes before a drawing; empty when there is neither."""
        known = self.cleaned_data
        who = {"witness": known["witness"], "slip_number": known["slip_number"]}
        if known["picture"]:
            kind = ProofKind.THUMBPRINT if known["is_thumbprint"] else ProofKind.SCAN
            return Proof(kind.value, known["picture"].read(), **who)
        if drawn := _drawn(known["signature"]):
            return Proof(ProofKind.SIGNATURE.value, drawn, **who)
        return Proof("", b"", **who)


def _drawn(text: str) -> bytes:
    """The picture that the page drew, or nothing."""
    if not text.startswith(_DRAWN):
        return b""
    try:
        return base64.b64decode(text.removeprefix(_DRAWN), validate=True)
    except (binascii.Error, ValueError):
        return b""


class FloatForm(forms.Form):
    """Cash into or out of an agent's hands."""

    holder = forms.ChoiceField(label=gettext_lazy("Who gives the refunds"))
    cash_account = forms.ChoiceField(label=gettext_lazy("Cash box of the refunds"))
    other_account = forms.ChoiceField(label=gettext_lazy("Taken from, or given back to"))
    amount_minor = MoneyField(label=gettext_lazy("Amount"))
    is_given_back = forms.BooleanField(label=gettext_lazy("It is given back"), required=False)
    overdraft = overdraft_field()
