"""Entering a claim from the paper: typed from top to bottom, checked, recorded, the next one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from entraide.apps.access.preferences import draft_of, drop_draft
from entraide.apps.claims.habits import keep_habits_current
from entraide.apps.claims.invoice_selectors import invoice_for, totals_of
from entraide.apps.claims.models import Circuit, Claim, Invoice
from entraide.apps.claims.paid_elsewhere import paid_instead
from entraide.apps.claims.services import submit_claim
from entraide.apps.nomenclature.models import Diagnosis
from entraide.apps.nomenclature.selectors import diagnoses
from entraide.apps.providers.selectors import (
    agreed_providers,
    care_systems,
    providers_without_agreement,
)
from entraide.apps.schemes.rights import Right
from entraide.apps.settlement.payees import preference_of, require_offered
from entraide.core.errors import Finding, Refusal, RefusedRows
from entraide.core.settlement_channels import PayoutChannel
from entraide.documents.writing import amount, money
from entraide.messages import sentence
from entraide.web.claims.entry_answers import (
    FIRST_STEP,
    head_answers,
    keep_faults_of_the_head,
    opened_sheet,
)
from entraide.web.claims.entry_forms import (
    AS_ASKED,
    FIRST_LINES,
    MORE_LINES,
    MOST_LINES,
    ClaimForm,
    LineForm,
    LineFormSet,
)
from entraide.web.claims.entry_sheet import (
    TypedLine,
    catalogue,
    diagnosis_meant,
    entry_sheet,
    line_note,
)
from entraide.web.claims.entry_warnings import Warnings, line_entries, warnings_on
from entraide.web.claims.invoices import difference_of, invoice_url
from entraide.web.claims.reasons import language
from entraide.web.drafts import CLAIM, keep_typed
from entraide.web.fields import is_uid, read_count
from entraide.web.names import state_of
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view

DRAFT = CLAIM
KEPT_FOR_NEXT = ("invoice", "provider", "received_on", "invoice_number", "circuit", "channel")
FROM_ADDRESS = ("card", "care_on", *KEPT_FOR_NEXT)
LINE_FIELDS = ("item", "quantity", "unit_price", "prefilled")


class Entry:
    """The two forms of one entry, and what can be said of them."""

    def __init__(self, request: OfficeRequest, data: QueryDict | None = None, **initial: Any):
        self.request = request
        data = _counted(data)
        head = initial.get("head", {})
        named = (data or head).get("invoice", "")
        self.invoice = invoice_for(request.mutual, named) if is_uid(named) else None
        agreed = list(agreed_providers(request.day))
        currency = request.mutual.currency
        self.form = ClaimForm(
            data,
            agreed=agreed,
            others=list(providers_without_agreement(request.mutual, request.day)),
            currency=currency,
            initial={"received_on": request.day, **self._from_invoice(), **head},
        )
        rows = initial.get("lines", [])
        rows = [*rows, *({} for _row in range(max(0, FIRST_LINES - len(rows))))]
        self.lines = LineFormSet(
            data, prefix="lines", initial=rows, form_kwargs={"currency": currency}
        )
        if data is None:
            self.lines.extra = 0
        self.is_sound = data is not None and self._is_valid()
        self.sheet = (
            entry_sheet(request.mutual, self.form, self.line_forms, request.day)
            if data is not None
            else opened_sheet(request, self.form, self.line_forms)
        )
        self.diagnosis: Diagnosis | None = None
        self.warnings = (
            warnings_on(request.mutual, self.form, self.sheet, request.day, self.invoice)
            if data is not None
            else Warnings()
        )

    def _from_invoice(self) -> dict[str, Any]:
        """What the invoice says of each of its attestations."""
        if self.invoice is None:
            return {}
        return {
            "provider": str(self.invoice.provider.uid),
            "received_on": self.invoice.received_on,
            "invoice_number": self.invoice.provider_number,
        }

    @property
    def line_forms(self) -> list[LineForm]:
        """The forms of the lines, in their order."""
        return list(self.lines.forms)

    def _is_valid(self) -> bool:
        head, lines = self.form.is_valid(), self.lines.is_valid()
        return head and lines

    def complete(self) -> bool:
        """Say every fault that the forms alone can see, at once; True when there is none."""
        sheet, form = self.sheet, self.form
        if sheet.alike:
            form.add_error("card", _("Several persons fit: choose one below."))
        elif sheet.is_unknown:
            form.add_error("card", _("Nobody has this card. Check the number, or search a name."))
        if typed := form.cleaned_data.get("diagnosis", "").strip():
            self.diagnosis, why = diagnosis_meant(typed, care_systems())
            if why:
                form.add_error("diagnosis", why)
        is_reimbursed = form.cleaned_data.get("circuit") == Circuit.REIMBURSEMENT
        if is_reimbursed and not form.cleaned_data.get("channel"):
            form.add_error("channel", _("Say how the family is reimbursed."))
        is_asked = is_reimbursed and form.cleaned_data.get("channel") == AS_ASKED
        if is_asked and sheet.patient and not preference_of(sheet.patient.person.household):
            form.add_error("channel", _("The family has asked for no way yet: choose one."))
        to_savings = is_reimbursed and form.cleaned_data.get("channel") == PayoutChannel.SAVINGS
        if to_savings and sheet.patient:
            try:
                require_offered(sheet.patient.person.mutual, PayoutChannel.SAVINGS.value)
            except Refusal as refusal:
                form.add_error("channel", sentence(refusal.code, refusal.data, language()))
        paid = form.cleaned_data.get("other_paid") or 0
        if paid and paid > sheet.total_minor:
            form.add_error("other_paid", _("More than what this care costs."))
        for line in sheet.lines:
            self._complete_line(line)
        if not any(not line.form.is_empty for line in sheet.lines):
            sheet.lines[0].form.add_error("item", sentence("CLAIM_WITHOUT_LINES", {}, language()))
        return not form.errors and not any(each.errors for each in self.line_forms)

    def _complete_line(self, line: TypedLine) -> None:
        if line.form.is_empty:
            return
        if line.fault:
            line.form.add_error("item", line.fault)
        elif line.item is None and "item" not in line.form.errors:
            line.form.add_error("item", _("Name the act or the drug."))
        elif line.unit_price_minor is None and "unit_price" not in line.form.errors:
            line.form.add_error("unit_price", _("No agreed price: type the one of the paper."))

    def show(self, refusal: Refusal) -> None:
        """Put what the service refused beside its field."""
        is_several = isinstance(refusal, RefusedRows)
        findings = refusal.findings if is_several else (refusal.as_finding(),)
        typed = [line.form for line in self.sheet.typed]
        for finding in findings:
            form, name = self._place_of(finding, typed)
            form.add_error(name, sentence(finding.code, finding.data, language()))

    def _place_of(self, finding: Finding, typed: list[LineForm]) -> tuple[Any, str | None]:
        """``lines[2].quantity`` is a field of the third line that was typed."""
        if finding.place.startswith("lines["):
            rank, _bracket, name = finding.place.removeprefix("lines[").partition("].")
            return typed[int(rank)], name
        return self.form, finding.place if finding.place in self.form.fields else None


def _counted(data: QueryDict | None) -> QueryDict | None:
    """What was sent, with a number of lines that can be read: one line when nothing says so."""
    if data is None:
        return None
    counted = data.copy()
    counted["lines-TOTAL_FORMS"] = str(max(1, _line_count(data)))
    counted["lines-INITIAL_FORMS"] = "0"
    return counted


def _line_count(data: QueryDict) -> int:
    return read_count(data.get("lines-TOTAL_FORMS", ""), most=MOST_LINES)


@require_http_methods(["GET", "HEAD", "POST"])
@office_view(right=Right.ENTER_CLAIM)
def enter(request: OfficeRequest) -> HttpResponse:
    """The entry form; ``act`` says whether to record, to check, to add lines, or to answer what the
    head of the paper tells: who it is, what is open to them, at which prices."""
    if request.method != "POST":
        return _page(request, _opened(request))
    act = request.POST.get("act", "record")
    if act == FIRST_STEP:
        entry = Entry(request, request.POST)
        if entry.sheet.alike or entry.sheet.is_unknown:
            entry.complete()
        keep_faults_of_the_head(entry.form, entry.line_forms)
        return _page(request, entry, is_first_step=entry.sheet.patient is not None)
    if act in ("add", "check"):
        data = _with_tariffs(request, request.POST.copy(), more=MORE_LINES if act == "add" else 0)
        entry = Entry(request, data)
        if act == "check":
            entry.complete()
        else:
            _forget_faults(entry)
        return _page(request, entry)
    entry = Entry(request, request.POST)
    if not entry.complete():
        return _page(request, entry, status=422)
    how = entry.form.circumstances(request.mutual)
    if entry.form.errors:
        return _page(request, entry, status=422)
    if not entry.warnings.are_seen(request.POST.get("seen", "")):
        return _page(request, entry, is_held=True)  # told once; sent again, it is recorded
    try:
        keep_habits_current(request.mutual, request.day)
        claim = _record(request, entry, how)
    except Refusal as refusal:
        entry.show(refusal)
        return _page(request, entry, status=422)
    drop_draft(user=request.user, mutual=request.mutual, form=DRAFT)
    return _after(request, claim, is_series=act == "record_next")


@require_POST
@office_view(right=Right.ENTER_CLAIM)
def preview(request: OfficeRequest) -> HttpResponse:
    """The parts of the page that follow what is typed: person, prices, total. For htmx."""
    before = request.POST
    data = _with_tariffs(request, before.copy())
    entry = Entry(request, data)
    changed = [
        line
        for line in entry.sheet.lines
        if data.get(line.form.add_prefix("unit_price"))
        != before.get(line.form.add_prefix("unit_price"))
    ]
    return render(request, "web/claims/_preview.html", {**_context(entry), "changed": changed})


def _with_tariffs(request: OfficeRequest, data: QueryDict, more: int = 0) -> QueryDict:
    """What was typed, with the agreed price where nobody typed one, and empty lines added."""
    if more:
        data["lines-TOTAL_FORMS"] = str(_line_count(data) + more)
    entry = Entry(request, data)
    for line in entry.sheet.lines:
        if line.is_proposed and line.unit_price_minor is not None:
            written = amount(line.unit_price_minor, request.mutual.currency, language())
            data[line.form.add_prefix("unit_price")] = written
            data[line.form.add_prefix("prefilled")] = str(line.unit_price_minor)
        if line.item is not None and not data.get(line.form.add_prefix("quantity"), "").strip():
            data[line.form.add_prefix("quantity")] = "1"
    return data


def _forget_faults(entry: Entry) -> None:
    """Lines were asked for, nothing was submitted: what is missing is no fault yet."""
    for form in (entry.form, *entry.line_forms):
        form.errors.clear()


def _opened(request: OfficeRequest) -> Entry:
    """A fresh form: filled from the address, else from the draft left here."""
    asked = {name: request.GET[name] for name in FROM_ADDRESS if request.GET.get(name)}
    if asked or "empty" in request.GET:
        return Entry(request, head=asked)
    draft = draft_of(user=request.user, mutual=request.mutual, form=DRAFT)
    if draft is None:
        return Entry(request)
    content: Mapping[str, list[str]] = draft.content
    head = {name: values[-1] for name, values in content.items() if "-" not in name}
    count = read_count((content.get("lines-TOTAL_FORMS") or ["0"])[-1], most=MOST_LINES)
    lines = [
        {name: (content.get(f"lines-{rank}-{name}") or [""])[-1] for name in LINE_FIELDS}
        for rank in range(count)
    ]
    entry = Entry(request, head=head, lines=lines)
    entry.form.is_from_draft = True  # type: ignore[attr-defined]
    return entry


def _record(request: OfficeRequest, entry: Entry, how: dict[str, Any]) -> Claim:
    given, sheet = entry.form.cleaned_data, entry.sheet
    assert sheet.patient is not None, "complete() asked for a patient"
    assert sheet.provider is not None, "complete() asked for a provider"
    is_reimbursed = given["circuit"] == Circuit.REIMBURSEMENT
    if entry.invoice is not None:
        how = {**how, "invoice": entry.invoice}
    return submit_claim(
        **command_arguments(request),
        person=sheet.patient.person,
        provider=sheet.provider,
        circuit=Circuit(given["circuit"]),
        care_on=given["care_on"],
        received_on=given["received_on"],
        lines=line_entries(sheet.typed, given["other_paid"]),
        attestation_number=given["attestation_number"].strip(),
        invoice_number=given["invoice_number"].strip(),
        channel=given["channel"] if is_reimbursed and given["channel"] != AS_ASKED else "",
        stated_total_minor=given["stated_total"],
        diagnosis=entry.diagnosis,
        **how,
    )


def _after(request: OfficeRequest, claim: Claim, *, is_series: bool) -> HttpResponse:
    """Say what was recorded and decided; then the claim, or the next paper of the same pile."""
    here = office_url(request, "claim", uid=claim.uid)
    notify(
        request,
        _("Claim {claim} recorded").format(claim=claim.document_number),
        detail=_("{claimed} asked, {payable} payable: {state}.").format(
            claimed=money(claim.claimed_minor, request.mutual.currency, language()),
            payable=money(claim.payable_minor, request.mutual.currency, language()),
            state=str(state_of("claim", _shown_state(claim)).word).lower(),
        ),
        links=[(_("Open the claim"), here)]
        if is_series
        else [(_("Enter another one"), office_url(request, "claim-new"))],
    )
    if claim.invoice is not None:
        is_series = totals_of([claim.invoice])[claim.invoice.pk].count < claim.invoice.stated_count
        here = invoice_url(request, claim.invoice)  # all of its attestations are entered
    if not is_series:
        return redirect(here)
    kept = {name: request.POST[name] for name in KEPT_FOR_NEXT if request.POST.get(name)}
    return redirect(f"{office_url(request, 'claim-new')}?{urlencode(kept)}")


def _shown_state(claim: Claim) -> str:
    return "paid_instead" if paid_instead([claim]) else claim.state


def _context(entry: Entry) -> dict[str, Any]:
    return {
        "form": entry.form,
        "lines": entry.lines,
        "sheet": entry.sheet,
        "warnings": entry.warnings,
        **head_answers(entry.sheet),
        **_invoice(entry.invoice),
        "rows": [
            (
                line,
                line_note(
                    line,
                    entry.sheet.currency,
                    has_agreement=entry.sheet.provider is None or entry.sheet.agreement is not None,
                ),
                entry.warnings.shares.get(str(line.form.prefix)),
            )
            for line in entry.sheet.lines
        ],
    }


def _invoice(invoice: Invoice | None) -> dict[str, Any]:
    """How far the invoice is entered, beside what its paper says."""
    if invoice is None:
        return {}
    totals = totals_of([invoice])[invoice.pk]
    return {"invoice": invoice, "totals": totals, "difference": difference_of(invoice, totals)}


def _page(request: OfficeRequest, entry: Entry, status: int = 200, **shown: bool) -> HttpResponse:
    if request.method == "POST":  # closed now, the page opens as it was sent
        keep_typed(request, DRAFT)
    systems = care_systems()
    context = {
        **_context(entry),
        "items": catalogue(systems),
        "diagnoses": list(diagnoses(systems=systems)[:600]),
        "draft": DRAFT,
        **shown,
    }
    return render(request, "web/claims/enter.html", context, status=status)
