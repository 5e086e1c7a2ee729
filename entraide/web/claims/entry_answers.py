"""What the head of a paper answers before any act is typed: agreements, vouchers, agreed prices."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError

from entraide.apps.claims.around import AuthorisedCare, agreements_open
from entraide.apps.claims.models import PreAuthorisation
from entraide.apps.claims.referrals import open_vouchers_of
from entraide.apps.providers.models import Provider
from entraide.apps.providers.prices import PriceShown, prices_on
from entraide.apps.providers.selectors import agreement_on
from entraide.core.product import Sector
from entraide.web.claims.entry_forms import ClaimForm, LineForm
from entraide.web.claims.entry_sheet import EntrySheet, TypedLine
from entraide.web.claims.patients import Patient, patient_on, person_of_card
from entraide.web.claims.reasons import category_names
from entraide.web.office import OfficeRequest

FIRST_STEP = "who"
_HEAD = ("card", "care_on", "provider")


def head_answers(sheet: EntrySheet) -> dict[str, Any]:
    """What stands for the patient on the day of care, and the prices of the provider that day.

    The prices are listed until a line is typed: from then on each comes beside its act.
    """
    patient = sheet.patient
    if patient is None:
        return {"prices": _prices(sheet)}
    return {
        "vouchers": open_vouchers_of(patient.person, patient.on),
        "agreements": _agreements(sheet.provider, patient),
        "prices": _prices(sheet),
    }


def _agreements(provider: Provider | None, patient: Patient) -> list[tuple[AuthorisedCare, str]]:
    """Each agreement with the care that it is for, in words."""
    found = agreements_open(patient.person, provider, patient.on)
    names = category_names() if found else {}
    return [(each, _care_of(each.authorisation, names)) for each in found]


def _care_of(authorisation: PreAuthorisation, names: dict[str, str]) -> str:
    if authorisation.care_item is not None:
        return str(authorisation.care_item.label)
    code = authorisation.category.code if authorisation.category is not None else ""
    return names.get(code, code)


def _prices(sheet: EntrySheet) -> list[PriceShown]:
    agreement, on = sheet.agreement, sheet.on
    if agreement is None or agreement.tariff_list is None or on is None or sheet.typed:
        return []
    return prices_on(agreement.tariff_list, on)


def keep_faults_of_the_head(form: ClaimForm, lines: list[LineForm]) -> None:
    """Only the head was sent: what is missing is no fault yet, what cannot be read is."""
    for each in lines:
        each.errors.clear()
    for name in list(form.errors):
        if name not in _HEAD or not form.data.get(name, "").strip():
            del form.errors[name]


def opened_sheet(request: OfficeRequest, form: ClaimForm, lines: list[LineForm]) -> EntrySheet:
    """A form nobody has sent yet: what the card, the day and the provider of its address or its
    draft answer, where they are there."""
    mutual, patient = request.mutual, None
    on, provider = _day_named(form) or request.day, _provider_named(form)
    sector = Sector(provider.sector) if provider is not None else Sector.PUBLIC
    if person := person_of_card(mutual, str(form.initial.get("card", ""))):
        patient = patient_on(mutual, person.number, on, sector)
    return EntrySheet(
        mutual.currency, patient, provider=provider, on=on,
        agreement=agreement_on(provider, on) if provider is not None else None,
        lines=tuple(TypedLine(each) for each in lines),
    )  # fmt: skip


def _day_named(form: ClaimForm) -> date | None:
    try:
        day: date | None = form.fields["care_on"].clean(form.initial.get("care_on"))
    except ValidationError:
        return None
    return day


def _provider_named(form: ClaimForm) -> Provider | None:
    return form.providers.get(str(form.initial.get("provider", "")))
