"""An attestation entered at the provider's own desk: few fields, agreed prices by themselves."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from entraide.apps.enrolment.models import Person
from entraide.apps.nomenclature.models import CareItem, Diagnosis
from entraide.apps.portal.services import submit_attestation
from entraide.apps.providers.models import Agreement, Provider
from entraide.apps.providers.selectors import agreement_on, care_systems
from entraide.core.errors import Finding, Refusal, RefusedRows
from entraide.documents.writing import money
from entraide.messages import sentence
from entraide.web.claims.circumstances import CircumstancesForm
from entraide.web.claims.entry_forms import MORE_LINES, MOST_LINES, LineForm, LineFormSet
from entraide.web.claims.entry_sheet import diagnosis_meant, entry_sheet, line_note
from entraide.web.claims.entry_warnings import line_entries
from entraide.web.claims.reasons import language
from entraide.web.fields import DayField, MoneyField, read_count
from entraide.web.notices import notify
from entraide.web.portal.cards import bearer_of
from entraide.web.portal.frame import PortalRequest, command_of, portal_url, portal_view, shown

FIRST_LINES = 3
PROPOSED = 120  # acts under the field: those that the convention prices; a slow phone reads them


class AttestationForm(CircumstancesForm):
    """The head of an attestation; the provider is who fills it in, and is paid."""

    card = forms.CharField(
        label=gettext_lazy("Card number"), max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )  # fmt: skip
    care_on = DayField(label=gettext_lazy("Day of care"))
    attestation_number = forms.CharField(
        label=gettext_lazy("Attestation no."), max_length=60, required=False
    )
    diagnosis = forms.CharField(
        label=gettext_lazy("Diagnosis"), max_length=160, required=False,
        help_text=gettext_lazy("Read by the médecin conseil only."),
    )  # fmt: skip
    stated_total = MoneyField(label=gettext_lazy("Total of the attestation"), required=False)

    def __init__(self, *args: Any, request: PortalRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._request = request
        self.provider: Provider = request.place.provider
        self.fields["stated_total"].currency = request.mutual.currency

    def clean_card(self) -> str:
        """A number, whole: at a provider's desk nobody is looked for by a name."""
        try:
            return self._asked(self.cleaned_data["card"]).number
        except Refusal as refusal:
            raise forms.ValidationError(sentence(refusal.code, refusal.data, language())) from None

    def bearer(self) -> Person | None:
        """Whose card the form was opened for: the name is compared once more while typing."""
        typed = str(self.initial.get("card", ""))
        try:
            return self._asked(typed) if typed else None
        except Refusal:
            return None

    def _asked(self, typed: str) -> Person:
        return bearer_of(self._request.place, typed, self._request.user, self._request.day)

    @property
    def provider_chosen(self) -> Provider:
        """Who is at the desk."""
        return self.provider

    @property
    def care_day(self) -> date | None:
        """The day of care, once it can be read."""
        return self.cleaned_data.get("care_on")


class PortalEntry:
    """The two forms of one attestation, and what can be said of them."""

    def __init__(
        self, request: PortalRequest, data: QueryDict | None = None, card: str = "", more: int = 0
    ) -> None:
        self.request = request
        counted = _counted(data, more)
        currency = request.mutual.currency
        head = {"care_on": request.day, "card": card}
        self.form = AttestationForm(counted, request=request, initial=head)
        self.lines = LineFormSet(
            counted, prefix="lines", initial=[{}] * FIRST_LINES,
            form_kwargs={"currency": currency},
        )  # fmt: skip
        self.diagnosis: Diagnosis | None = None
        if counted is None:
            self.lines.extra = 0
            self.sheet = None
            return
        self.form.is_valid()
        self.lines.is_valid()
        self.sheet = entry_sheet(
            request.mutual,
            self.form,
            self.line_forms,
            request.day,  # type: ignore[arg-type]
        )

    @property
    def line_forms(self) -> list[LineForm]:
        """The forms of the lines, in their order."""
        return list(self.lines.forms)

    def complete(self) -> bool:
        """Say every fault at once; True when there is none."""
        form, sheet = self.form, self.sheet
        assert sheet is not None, "what was sent has a sheet"
        if typed := form.cleaned_data.get("diagnosis", "").strip():
            self.diagnosis, why = diagnosis_meant(typed, care_systems())
            if why:
                form.add_error("diagnosis", why)
        for line in sheet.lines:
            if line.form.is_empty:
                continue
            if line.fault:
                line.form.add_error("item", line.fault)
            elif line.item is None and "item" not in line.form.errors:
                line.form.add_error("item", _("Name the act or the drug."))
            elif line.unit_price_minor is None and "unit_price" not in line.form.errors:
                told = _("No agreed price: type the one of the paper.")
                line.form.add_error("unit_price", told)
        if sheet.difference_minor:
            form.add_error("stated_total", self._differs())
        if all(line.form.is_empty for line in sheet.lines):
            sheet.lines[0].form.add_error("item", sentence("CLAIM_WITHOUT_LINES", {}, language()))
        return not form.errors and not any(each.errors for each in self.line_forms)

    def _differs(self) -> str:
        """At the provider's own desk a total that is not the sum is mended before it is sent."""
        assert self.sheet is not None, "what was sent has a sheet"
        data = {
            "stated_minor": self.sheet.stated_minor, "total_minor": self.sheet.total_minor,
            "difference_minor": self.sheet.difference_minor, "currency": self.sheet.currency,
        }  # fmt: skip
        return sentence("TOTAL_DIFFERS", data, language())

    def show(self, refusal: Refusal) -> None:
        """Put what the service refused beside its field."""
        assert self.sheet is not None, "what was refused was sent"
        is_several = isinstance(refusal, RefusedRows)
        typed = [line.form for line in self.sheet.typed]
        for finding in refusal.findings if is_several else (refusal.as_finding(),):
            form, name = self._place_of(finding, typed)
            form.add_error(name, sentence(finding.code, finding.data, language()))

    def _place_of(self, finding: Finding, typed: list[LineForm]) -> tuple[Any, str | None]:
        if finding.place.startswith("lines["):
            rank, _bracket, name = finding.place.removeprefix("lines[").partition("].")
            return typed[int(rank)], name
        renamed = {"stated_total_minor": "stated_total"}.get(finding.place, finding.place)
        return self.form, renamed if renamed in self.form.fields else None


def _counted(data: QueryDict | None, more: int) -> QueryDict | None:
    if data is None:
        return None
    counted = data.copy()
    lines = read_count(data.get("lines-TOTAL_FORMS", ""), most=MOST_LINES)
    counted["lines-TOTAL_FORMS"] = str(min(MOST_LINES, max(1, lines) + more))
    counted["lines-INITIAL_FORMS"] = "0"
    return counted


@require_http_methods(["GET", "HEAD", "POST"])
@portal_view
def enter(request: PortalRequest) -> HttpResponse:
    """The form; ``act`` says whether to send, to check, or to add lines. Works without a script."""
    if request.method != "POST":
        return _page(request, PortalEntry(request, card=request.GET.get("card", "")))
    act = request.POST.get("act", "send")
    entry = PortalEntry(request, request.POST, more=MORE_LINES if act == "add" else 0)
    if act == "add":
        for form in (entry.form, *entry.line_forms):
            form.errors.clear()
        return _page(request, entry)
    is_complete = entry.complete()
    how = entry.form.circumstances(request.mutual) if not entry.form.errors else {}
    if not is_complete or entry.form.errors:
        return _page(request, entry, status=200 if act == "check" else 422)
    if act == "check":
        return _page(request, entry)
    try:
        claim = _sent(request, entry, how)
    except Refusal as refusal:
        entry.show(refusal)
        return _page(request, entry, status=422)
    notify(
        request,
        _("Attestation sent under number {number}").format(number=claim.document_number),
        detail=_("{claimed} asked, {payable} payable by the mutual.").format(
            claimed=money(claim.claimed_minor, request.mutual.currency, language()),
            payable=money(claim.payable_minor, request.mutual.currency, language()),
        ),
    )
    return redirect(portal_url(request, "claim", uid=claim.uid))


def _sent(request: PortalRequest, entry: PortalEntry, how: dict[str, Any]) -> Any:
    given, sheet = entry.form.cleaned_data, entry.sheet
    assert sheet is not None, "what was sent has a sheet"
    assert sheet.patient is not None, "complete() asked for a card"
    return submit_attestation(
        **command_of(request),
        person=sheet.patient.person,
        care_on=given["care_on"],
        lines=line_entries(sheet.typed),
        attestation_number=given["attestation_number"].strip(),
        stated_total_minor=given["stated_total"],
        diagnosis=entry.diagnosis,
        **how,
    )


def priced_items(agreement: Agreement | None) -> list[CareItem]:
    """The acts and drugs that the convention prices, by name; few enough for a slow phone."""
    if agreement is None or agreement.tariff_list_id is None:
        return []
    items = CareItem.objects.filter(tariffs__tariff_list=agreement.tariff_list_id)
    return list(items.distinct().order_by("label")[:PROPOSED])


def _bearer(entry: PortalEntry) -> Person | None:
    if entry.sheet is None:
        return entry.form.bearer()
    return entry.sheet.patient.person if entry.sheet.patient else None


def _page(request: PortalRequest, entry: PortalEntry, status: int = 200) -> HttpResponse:
    sheet = entry.sheet
    agreement = sheet.agreement if sheet else agreement_on(request.place.provider, request.day)
    rows = [
        (line.form, line_note(line, sheet.currency), line.claimed_minor) for line in sheet.lines
    ] if sheet else [(form, "", None) for form in entry.line_forms]  # fmt: skip
    context = {
        "form": entry.form,
        "lines": entry.lines,
        "rows": rows,
        "sheet": sheet,
        "bearer": _bearer(entry),
        "items": priced_items(agreement),
    }
    return shown(request, "web/portal/enter.html", context, status=status)
