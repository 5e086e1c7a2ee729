"""What is odd about a claim beside its decision: told while it is typed, kept on it, never refused.

The rules judge what is owed; these remarks say that a person should look first: the same act at two
places, an amount far from the usual, a paper that does not add up, an attestation out of place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from entraide.core.errors import Finding

UNUSUAL_QUANTITY = Decimal(1000)
"""From here on a quantity is told even where nothing is known of what is usual."""

DAYS_BETWEEN_DELIVERIES = 180
"""No birth that can live follows another so soon: six months are below the shortest of both."""

WARNINGS = (
    "TOTAL_DIFFERS",
    "SAME_ACT_ELSEWHERE",
    "CASE_SPLIT",
    "DELIVERY_TOO_SOON",
    "PRICE_UNUSUAL",
    "QUANTITY_UNUSUAL",
    "ITEM_UNKNOWN",
    "ATTESTATION_OUT_OF_RANGE",
    "ATTESTATION_OF_ANOTHER",
    "ATTESTATION_SPOILT",
    "ATTESTATION_HANDED_BACK",
    "CARE_OUTSIDE_INVOICE",
)
"""Every code; each asks for a person's eye before the claim is approved."""


@dataclass(frozen=True, slots=True)
class UsualAct:
    """What is usual of one act: the price of one, in minor units, and the quantity."""

    count: int
    price_median_minor: int
    price_limit_minor: int
    quantity_median: Decimal
    quantity_limit: Decimal


@dataclass(frozen=True, slots=True)
class LineSeen:
    """One line as it is told. ``elsewhere``: the claim of another provider for the same act, the
    same person and the same day. ``tariff_minor``: the price agreed for one, that day.
    ``is_unknown``: no list of care has the act. ``asked_before``: the units of the same act on the
    lines before it, which are usual or not together with its own."""

    label: str
    quantity: Decimal
    unit_price_minor: int
    usual: UsualAct | None = None
    elsewhere: str = ""
    tariff_minor: int | None = None
    is_unknown: bool = False
    asked_before: Decimal = Decimal(0)

    @property
    def is_agreed(self) -> bool:
        """Whether no more is asked than what was agreed: no price alarm then."""
        return self.tariff_minor is not None and self.unit_price_minor <= self.tariff_minor


@dataclass(frozen=True, slots=True)
class AttestationSeen:
    """What the register of booklets knows of the number of an attestation.

    ``is_given``: a booklet given out holds it. ``holder``: to whom, where that is another provider
    than the claim's. ``spoilt``: ``lost`` or ``cancelled``, on ``spoilt_on``;
    ``is_handed_back``: it came back unused.
    """

    number: str
    is_given: bool
    holder: str = ""
    spoilt: str = ""
    spoilt_on: date | None = None
    is_handed_back: bool = False


@dataclass(frozen=True, slots=True)
class InvoiceSeen:
    """The invoice that a claim stands on: its number and its period ``[period_from,
    period_until)``."""

    number: str
    period_from: date
    period_until: date

    def holds(self, care_on: date) -> bool:
        """Whether a day of care is within the period."""
        return self.period_from <= care_on < self.period_until


def warnings_of(
    lines: Sequence[LineSeen],
    *,
    attestation: AttestationSeen | None,
    total_minor: int,
    stated_total_minor: int | None,
    currency: str,
    invoice: InvoiceSeen | None = None,
    care_on: date | None = None,
    split_cases: Mapping[str, str] | None = None,
    other_delivery: tuple[str, date] | None = None,
) -> tuple[Finding, ...]:
    """Every warning of a claim, by line, then of its paper; amounts in minor units.

    ``split_cases``: category of care → the other claim of the same person, day and provider that
    asks for it: two papers are two cases, with two ceilings. ``other_delivery``: the claim and the
    day of a delivery of the same person within :data:`DAYS_BETWEEN_DELIVERIES` days.

    ``attestation`` is None where no number was written or the mutual keeps no register of booklets;
    ``total_minor`` the sum of the lines; ``stated_total_minor`` what the paper says, if anything;
    ``invoice`` the one the claim stands on, whose period is to hold ``care_on``.
    """
    found = [
        finding
        for position, line in enumerate(lines)
        for finding in _of_line(line, f"lines[{position}]", currency)
    ]
    found += [
        Finding("CASE_SPLIT", place="lines", data={"category": category, "other_claim": number})
        for category, number in sorted((split_cases or {}).items())
    ]
    if other_delivery is not None:
        number, day = other_delivery
        told = {"other_claim": number, "day": day, "days": DAYS_BETWEEN_DELIVERIES}
        found.append(Finding("DELIVERY_TOO_SOON", place="care_on", data=told))
    if stated_total_minor is not None and stated_total_minor != total_minor:
        data = {
            "stated_minor": stated_total_minor,
            "total_minor": total_minor,
            "difference_minor": stated_total_minor - total_minor,
            "currency": currency,
        }
        found.append(Finding("TOTAL_DIFFERS", place="stated_total", data=data))
    if attestation is not None:
        found += _of_attestation(attestation)
    if invoice is not None and care_on is not None and not invoice.holds(care_on):
        found.append(
            Finding(
                "CARE_OUTSIDE_INVOICE",
                place="care_on",
                data={
                    "care_on": care_on,
                    "invoice": invoice.number,
                    "start": invoice.period_from,
                    "last": invoice.period_until - timedelta(days=1),
                },
            )
        )
    return tuple(found)


def _of_line(line: LineSeen, place: str, currency: str) -> list[Finding]:
    found = []
    if line.is_unknown and not line.quantity:
        # The rules refuse the line for its quantity alone; a person still finds out what it was.
        found.append(Finding("ITEM_UNKNOWN", place=place, data={"item": line.label}))
    if line.elsewhere:
        twice = {"label": line.label, "other_claim": line.elsewhere}
        found.append(Finding("SAME_ACT_ELSEWHERE", place=place, data=twice))
    usual = line.usual
    is_dear = usual is not None and line.unit_price_minor > usual.price_limit_minor
    if usual is not None and is_dear and not line.is_agreed:
        data: dict[str, Any] = {
            "label": line.label,
            "price_minor": line.unit_price_minor,
            "usual_minor": usual.price_median_minor,
            "count": usual.count,
            "currency": currency,
        }
        found.append(Finding("PRICE_UNUSUAL", place=f"{place}.unit_price", data=data))
    asked = line.asked_before + line.quantity
    is_told = _is_many(line.asked_before, usual) and not _is_many(line.quantity, usual)
    if _is_many(asked, usual) and not is_told:
        told = "" if usual is None else str(usual.quantity_median)
        counted: dict[str, Any] = {"label": line.label, "quantity": asked, "usual": told}
        found.append(Finding("QUANTITY_UNUSUAL", place=f"{place}.quantity", data=counted))
    return found


def _is_many(quantity: Decimal, usual: UsualAct | None) -> bool:
    limit = usual.quantity_limit if usual is not None else UNUSUAL_QUANTITY
    return quantity > limit or quantity >= UNUSUAL_QUANTITY


def _of_attestation(seen: AttestationSeen) -> list[Finding]:
    place, data = "attestation_number", {"attestation": seen.number}
    if not seen.is_given:
        return [Finding("ATTESTATION_OUT_OF_RANGE", place=place, data=data)]
    found = []
    if seen.holder:
        data_of_other = {**data, "holder": seen.holder}
        found.append(Finding("ATTESTATION_OF_ANOTHER", place=place, data=data_of_other))
    if seen.spoilt:
        spoilt = {**data, "how": seen.spoilt, "day": seen.spoilt_on}
        found.append(Finding("ATTESTATION_SPOILT", place=place, data=spoilt))
    elif seen.is_handed_back:
        found.append(Finding("ATTESTATION_HANDED_BACK", place=place, data=data))
    return found
