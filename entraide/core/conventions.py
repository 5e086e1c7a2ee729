"""What a convention with a provider says, and when it must be renewed: pure, no records.

The clauses are those that mutuals and facilities settle between them: who pays whom and when, which
services, which paper opens a hospital stay, who is refused, how drugs are prescribed, how to part.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from enum import StrEnum


class ProviderService(StrEnum):
    """What a provider of care offers."""

    CONSULTATION = "consultation"
    DELIVERY = "delivery"
    SURGERY = "surgery"
    LABORATORY = "laboratory"
    IMAGING = "imaging"
    HOSPITAL_BEDS = "hospital_beds"
    PHARMACY = "pharmacy"
    DENTAL = "dental"
    EYE_CARE = "eye_care"
    VACCINATION = "vaccination"
    FAMILY_PLANNING = "family_planning"
    AMBULANCE = "ambulance"


class Clause(StrEnum):
    """What a convention settles; a breach is written against one of these."""

    THIRD_PARTY_PAYMENT = "third_party_payment"
    PAYMENT_DELAY = "payment_delay"
    SERVICES = "services"
    TARIFF = "tariff"
    GUARANTEE_LETTER = "guarantee_letter"
    RED_LIST = "red_list"
    PRESCRIPTION = "prescription"
    DISCOUNT = "discount"
    NOTICE = "notice"
    OTHER = "other"


class Administration(StrEnum):
    """Which level of the health administration signs a convention."""

    DISTRICT = "district"
    REGION = "region"  # regional or provincial directorate: DRS, DPS
    MINISTRY = "ministry"
    OTHER = "other"


# By which services the care of a shipped category is given; others are never out of a convention.
SERVICES_OF_CATEGORY: dict[str, frozenset[ProviderService]] = {
    "consultation": frozenset({ProviderService.CONSULTATION, ProviderService.PHARMACY}),
    "examinations": frozenset(
        {ProviderService.LABORATORY, ProviderService.IMAGING, ProviderService.EYE_CARE}
    ),
    "dental": frozenset({ProviderService.DENTAL}),
    "hospital": frozenset({ProviderService.HOSPITAL_BEDS}),
    "delivery": frozenset({ProviderService.DELIVERY}),
    "surgery": frozenset({ProviderService.SURGERY}),
}


STAY_CATEGORIES = frozenset(
    category
    for category, given_by in SERVICES_OF_CATEGORY.items()
    if ProviderService.HOSPITAL_BEDS in given_by
)
"""Care given in a bed: a line of one of these is a stay, whatever the paper says of it."""


def is_out_of_convention(category: str, services: Collection[str]) -> bool:
    """Whether care of a category is of a service that a convention does not name; one that names
    no service is about all that the provider does."""
    given_by = SERVICES_OF_CATEGORY.get(category)
    return bool(services) and given_by is not None and not given_by & set(services)


# Clauses in words of the two parties; the others have a value of their own.
WORDED = (Clause.RED_LIST, Clause.PRESCRIPTION, Clause.OTHER)

FIRST_ALERT_DAYS = 90
LAST_ALERT_DAYS = 30


class Renewal(StrEnum):
    """How near the end of a convention is."""

    FAR = "far"
    SOON = "soon"  # 90 days or fewer
    URGENT = "urgent"  # 30 days or fewer
    OVER = "over"


def renewal_stage(effective_until: date | None, on: date) -> Renewal:
    """How near the end is on a day; ``effective_until`` is the first day without convention."""
    if effective_until is None:
        return Renewal.FAR
    days = (effective_until - on).days
    if days <= 0:
        return Renewal.OVER
    if days <= LAST_ALERT_DAYS:
        return Renewal.URGENT
    return Renewal.SOON if days <= FIRST_ALERT_DAYS else Renewal.FAR


def earliest_end(given_on: date, notice_days: int | None) -> date:
    """The first day on which a convention may be over when notice is given on a day."""
    return given_on + timedelta(days=notice_days or 0)
