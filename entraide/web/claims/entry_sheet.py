"""An entry while it is typed: who, at which price, how much; read again at every change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from entraide.apps.claims.desk import LineEntry
from entraide.apps.enrolment.models import Person
from entraide.apps.enrolment.search import normalised
from entraide.apps.nomenclature.models import CareItem, Diagnosis
from entraide.apps.nomenclature.selectors import (
    care_items_named,
    diagnoses_named,
    find_care_items,
)
from entraide.apps.nomenclature.services import UNKNOWN, unknown_care_item
from entraide.apps.providers.models import Agreement, Provider
from entraide.apps.providers.selectors import agreement_on, care_systems, unit_prices_on
from entraide.apps.schemes.models import Mutual
from entraide.core.care_needs import needs_of
from entraide.core.product import Sector
from entraide.documents.writing import amount, money
from entraide.web.claims.entry_forms import ClaimForm, LineForm
from entraide.web.claims.patients import Patient, patient_on, person_of_card, persons_meant
from entraide.web.claims.reasons import language

PROPOSED_ITEMS = 600  # in the list under the field; the others are found by their code or name


@dataclass(frozen=True, slots=True)
class TypedLine:
    """One line as far as it is known: the act meant, its agreed price, what it comes to."""

    form: LineForm
    item: CareItem | None = None
    tariff_minor: int | None = None
    unit_price_minor: int | None = None
    is_proposed: bool = False  # the price is the tariff, nobody has typed one
    claimed_minor: int | None = None
    fault: str = ""

    @property
    def above_minor(self) -> int:
        """How much the unit price stands above the agreed one."""
        if self.tariff_minor is None or self.unit_price_minor is None:
            return 0
        return max(0, self.unit_price_minor - self.tariff_minor)

    @property
    def quantity(self) -> Decimal:
        """One unless something else was typed."""
        typed = self.form.cleaned_data.get("quantity") if self.form.is_bound else None
        return typed if typed is not None else Decimal(1)


@dataclass(frozen=True, slots=True)
class EntrySheet:
    """All that can be said of an entry before it is recorded."""

    currency: str
    patient: Patient | None = None
    alike: Sequence[tuple[Person, str, str]] = ()
    is_unknown: bool = False  # a card was typed and nobody has it
    provider: Provider | None = None
    agreement: Agreement | None = None
    on: date | None = None  # the day of care, today where it is not typed
    lines: tuple[TypedLine, ...] = field(default=())
    stated_minor: int | None = None

    @property
    def typed(self) -> tuple[TypedLine, ...]:
        """The lines that are complete."""
        return tuple(line for line in self.lines if line.claimed_minor is not None)

    @property
    def asks_expected_delivery(self) -> bool:
        """Whether the rules of the patient's product look at the day a delivery was expected."""
        if self.patient is None or self.patient.person.sex == "M":
            return False
        product = self.patient.standing.product
        return product is not None and needs_of(product).expected_delivery

    @property
    def total_minor(self) -> int:
        """The sum of the lines."""
        return sum(line.claimed_minor or 0 for line in self.lines)

    @property
    def difference_minor(self) -> int | None:
        """What the paper says more than its lines; None while it says nothing."""
        return None if self.stated_minor is None else self.stated_minor - self.total_minor


def catalogue(systems: Sequence[str]) -> list[CareItem]:
    """The acts and drugs proposed under the field."""
    return list(find_care_items("", systems=systems, limit=PROPOSED_ITEMS))


def item_meant(
    text: str, items: Sequence[CareItem], systems: Sequence[str]
) -> tuple[CareItem | None, str]:
    """The act or drug of a text: what stands for an unknown one where no list has it, or why none
    was taken where several fit."""
    wanted = normalised(text)
    same = [item for item in items if wanted in (normalised(item.code), normalised(item.label))]
    found = same or [
        item for item in items if all(word in normalised(item.label) for word in wanted.split())
    ]
    if not found:
        found = care_items_named(text, systems=systems)
    if len(found) == 1:
        return found[0], ""
    if not found:
        return unknown_care_item(), ""
    several = ", ".join(item.label for item in found[:4])
    more = "…" if len(found) > 4 else "."
    return None, _("“{text}” may be: {several}").format(text=text, several=several) + more


def diagnosis_meant(text: str, systems: Sequence[str]) -> tuple[Diagnosis | None, str]:
    """The diagnosis of a text in the mutual's lists, or why none was found."""
    code = text.split(" ", 1)[0]
    found = diagnoses_named(code, systems=systems) if text.strip() else []
    if len(found) != 1:
        found = diagnoses_named(text, systems=systems)
    if len(found) == 1:
        return found[0], ""
    if not found:
        return None, _("“{text}” is not in the list of diagnoses.").format(text=text)
    several = ", ".join(f"{each.code} {each.label}" for each in found[:4])
    return None, _("“{text}” may be: {several}").format(text=text, several=several)


def entry_sheet(mutual: Mutual, form: ClaimForm, lines: Sequence[LineForm], on: date) -> EntrySheet:
    """Read an entry as it stands; both forms have been validated, faults or none."""
    given: Mapping[str, Any] = form.cleaned_data
    provider, care_on = form.provider_chosen, form.care_day or on
    agreement = agreement_on(provider, care_on) if provider is not None else None
    typed, patient, alike = given.get("card", ""), None, []
    if typed:
        person = person_of_card(mutual, typed)
        sector = Sector(provider.sector) if provider is not None else Sector.PUBLIC
        if person is not None:
            patient = patient_on(mutual, person.number, care_on, sector)
        else:
            alike = persons_meant(mutual, typed, care_on)
    return EntrySheet(
        currency=mutual.currency,
        patient=patient,
        alike=alike,
        is_unknown=bool(typed) and patient is None and not alike,
        provider=provider,
        agreement=agreement,
        on=care_on,
        lines=_typed_lines(lines, agreement, care_on, mutual.currency),
        stated_minor=given.get("stated_total"),
    )


def _typed_lines(
    forms: Sequence[LineForm], agreement: Agreement | None, care_on: date, currency: str
) -> tuple[TypedLine, ...]:
    systems = care_systems()
    items = catalogue(systems)
    meant = [
        item_meant(form.cleaned_data["item"], items, systems)
        if form.is_bound and form.cleaned_data.get("item")
        else (None, "")
        for form in forms
    ]
    prices = unit_prices_on(agreement, {item.pk for item, _why in meant if item}, care_on)
    return tuple(
        _typed_line(form, item, why, prices.get(item.pk) if item else None, currency)
        for form, (item, why) in zip(forms, meant, strict=True)
    )


def _typed_line(
    form: LineForm, item: CareItem | None, fault: str, tariff_minor: int | None, currency: str
) -> TypedLine:
    if not form.is_bound or form.is_empty:
        return TypedLine(form)
    given = form.cleaned_data
    price, proposed = given.get("unit_price"), given.get("prefilled", "")
    # A price that could not be read stays as typed: the field shows its fault.
    is_unreadable = "unit_price" in form.errors
    is_proposed = not is_unreadable and (price is None or str(price) == proposed)
    if is_proposed:
        price = tariff_minor if item is not None else price
    line = TypedLine(
        form,
        item,
        tariff_minor,
        price,
        is_proposed=is_proposed and price is not None and price == tariff_minor,
        fault=fault,
    )
    if item is None or price is None or "quantity" in form.errors:
        return line
    claimed = LineEntry(item, line.quantity, price).claimed_minor
    return TypedLine(form, item, tariff_minor, price, line.is_proposed, claimed, fault)


def line_note(line: TypedLine, currency: str, *, has_agreement: bool = True) -> str:
    """What stands under a line: the act that was understood and its agreed price."""
    if line.item is None:
        return ""
    if line.item.system == UNKNOWN:
        typed = line.form.cleaned_data["item"].strip()
        text = _("“{text}” is in no list of care: a person will find out what it was")
        return text.format(text=typed)
    if line.tariff_minor is None and not has_agreement:
        text = _("{item}: no agreement with this provider that day, type the price of the paper")
        return text.format(item=line.item.label)
    if line.tariff_minor is None:
        return _("{item}: no agreed price, a person will look at it").format(item=line.item.label)
    text = _("{item}: tariff {tariff}").format(
        item=line.item.label, tariff=money(line.tariff_minor, currency, language())
    )
    if line.above_minor:
        above = _("{above} above it").format(above=amount(line.above_minor, currency, language()))
        text = f"{text}, {above}"
    return text
