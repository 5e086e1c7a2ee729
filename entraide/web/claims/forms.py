"""The forms of care: filters, an opinion, a reversal, a card to check."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from entraide.apps.claims.review import LineReview
from entraide.core.adjudication.decision import BorneBy
from entraide.documents.writing import money
from entraide.web.care_control.wording import REASONS as REASON_WORDS
from entraide.web.claims.reasons import BEARERS, language
from entraide.web.claims.sheet import ClaimSheet
from entraide.web.fields import DayField, MoneyField

CONFIRM, REDUCE, EXCEPT, READMIT = "confirm", "reduce", "except", "readmit"
JUSTIFY = "justify"


class ClaimFilter(forms.Form):
    """What a list of claims is narrowed to; a filter that cannot be read narrows nothing."""

    q = forms.CharField(label=_("Person, claim, attestation or invoice"), required=False)
    from_ = DayField(label=_("Care from"), required=False)
    until = DayField(label=_("to"), required=False)

    def cleaned(self) -> dict[str, Any]:
        """The arguments of the selector; the last day is included."""
        self.is_valid()
        given = self.cleaned_data
        last = given.get("until")
        return {
            "text": given.get("q", ""),
            "from_": given.get("from_"),
            "until": last + timedelta(days=1) if last else None,
        }


class ReversalForm(forms.Form):
    """Why a claim is undone."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        help_text=_("It will be read in the history of the claim."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class ReviewForm(forms.Form):
    """An opinion on a claim. Left empty, the amount is the whole of what may be changed."""

    opinion = forms.ChoiceField(label=_("You may"), widget=forms.RadioSelect, initial=CONFIRM)
    line = forms.ChoiceField(label=_("Line"), required=False)
    quantity = forms.DecimalField(
        label=_("Justified quantity"), required=False, min_value=0, max_digits=10,
        decimal_places=3, localize=True,
        help_text=_(
            "What the care called for; or write the justified amount below. A slip of our own "
            "entry is taken from nobody: reverse the claim and enter it again."
        ),
    )  # fmt: skip
    amount = MoneyField(
        label=_("Amount to take away, to grant, or justified"),
        required=False,
        help_text=_("Empty: the whole line, or all that the ceilings took from it."),
    )
    borne_by = forms.ChoiceField(
        label=_("What is taken away stays with"),
        required=False,
        initial=BorneBy.MEMBER.value,
        choices=[(bearer.value, BEARERS[bearer]) for bearer in (BorneBy.MEMBER, BorneBy.PROVIDER)],
        widget=forms.RadioSelect,
    )
    reason_code = forms.ChoiceField(
        label=_("Coded reason"),
        required=False,
        help_text=_("Needed when you change something; a confirmation may go without."),
    )
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=300,
        help_text=_(
            "Needed when you change something, and always in committee. It will be read by the "
            "family and by the provider."
        ),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, sheet: ClaimSheet, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._sheet = sheet
        self.fields["amount"].currency = currency
        self.fields["reason_code"].choices = [("", "–"), *REASON_WORDS.items()]
        for name in ("reason_code", "reason"):
            self.fields[name].is_conditional = True  # its hint says when it is needed
        self.fields["opinion"].choices = self._opinions(currency)
        self.fields["line"].choices = [
            (line.key, line.label)
            for line in sheet.lines
            if line.payable_minor or line.above_ceiling_minor
        ]
        met = [line.key for line in sheet.lines if line.above_ceiling_minor]
        if met:  # an exception is about a line that a ceiling cut
            self.initial.setdefault("line", met[0])

    def _opinions(self, currency: str) -> list[tuple[str, str]]:
        """What may be said of this claim: nothing to reduce where nothing is paid."""
        payable, more = self._sheet.claim.payable_minor, self._sheet.exception_minor
        if payable:
            confirm = gettext("Confirm the decision: {amount}").format(
                amount=money(payable, currency, language())
            )
        else:
            confirm = gettext("Confirm the decision: nothing is paid")
        opinions = [(CONFIRM, confirm)]
        if payable:
            told = gettext("Accept as justified a smaller quantity or amount: the rules decide it")
            opinions.append((JUSTIFY, told))
            opinions.append((REDUCE, gettext("Reduce or refuse a line, with a reason")))
        if more:
            text = gettext("Grant an exception to the ceiling, up to {amount} more")
            opinions.append((EXCEPT, text.format(amount=money(more, currency, language()))))
        if self._sheet.may_be_readmitted:
            told = gettext("The care was given twice: let the rules decide it, with a reason")
            opinions.append((READMIT, told))
        return opinions

    @property
    def may_change(self) -> bool:
        """Whether the amount of a line may be changed."""
        return any(
            code in (REDUCE, EXCEPT, JUSTIFY) for code, _told in self.fields["opinion"].choices
        )

    @property
    def is_readmission(self) -> bool:
        """Whether the person says that the care was given twice."""
        return bool(self.cleaned_data["opinion"] == READMIT)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        opinion, line = given.get("opinion"), self._line(given.get("line", ""))
        if opinion in (None, CONFIRM):
            return given
        if not given.get("reason", "").strip():
            self.add_error("reason", gettext("Give the reason of the change."))
        if opinion == READMIT:
            return given
        if line is None:
            self.add_error("line", gettext("Choose the line that changes."))
        elif opinion == JUSTIFY:
            if given.get("quantity") is None and given.get("amount") is None:
                self.add_error("quantity", gettext("Write the quantity or the amount justified."))
        elif not (line.payable_minor if opinion == REDUCE else line.above_ceiling_minor):
            if opinion == REDUCE:
                told = gettext("Nothing is paid for this line: there is nothing to reduce.")
            else:
                told = gettext("No ceiling took anything from this line.")
            self.add_error("line", told)
        return given

    @property
    def is_exception(self) -> bool:
        """Whether more is granted than the ceilings leave."""
        return bool(self.cleaned_data["opinion"] == EXCEPT)

    def require_code(self) -> None:
        """Who keeps the register says by a code why they change something; who confirms may."""
        given = self.cleaned_data
        if not given.get("reason_code") and given["opinion"] != CONFIRM:
            self.add_error("reason_code", gettext("Choose the coded reason."))

    def _line(self, key: str) -> Any:
        return next((line for line in self._sheet.lines if line.key == key), None)

    def changes(self) -> tuple[LineReview, ...]:
        """The change asked for, as the service takes it; none for a confirmation."""
        given = self.cleaned_data
        if given["opinion"] in (CONFIRM, READMIT):
            return ()
        line = self._line(given["line"])
        if given["opinion"] == JUSTIFY:
            return (
                LineReview(
                    line_key=line.key,
                    reason=given["reason"].strip(),
                    justified_quantity=given["quantity"],
                    justified_minor=given["amount"],
                ),
            )
        is_less = given["opinion"] == REDUCE
        most = line.payable_minor if is_less else line.above_ceiling_minor
        minor = most if given["amount"] is None else given["amount"]
        return (
            LineReview(
                line_key=line.key,
                reason=given["reason"].strip(),
                less_minor=minor if is_less else 0,
                more_minor=0 if is_less else minor,
                borne_by=BorneBy(given["borne_by"] or BorneBy.MEMBER),
            ),
        )
