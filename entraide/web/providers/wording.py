"""What levels, services, clauses and states of providers and conventions are called."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from entraide.apps.care_control.committee import Score
from entraide.apps.care_control.provider_figures import Review
from entraide.apps.providers.conventions import clause_is_in
from entraide.apps.providers.models import (
    Agreement,
    AgreementState,
    ConventionBreach,
    PriceChangeState,
    Provider,
    ProviderState,
)
from entraide.apps.providers.prices import PriceVersion
from entraide.core.care_package import ProviderLevel
from entraide.core.conventions import (
    Administration,
    Clause,
    ProviderService,
    Renewal,
    renewal_stage,
)
from entraide.core.suppression import SMALLEST_SHOWN
from entraide.documents import writing
from entraide.web.names import State

Text = str | Promise

LEVELS: dict[str, Text] = {
    ProviderLevel.COMMUNITY: pgettext_lazy("level of care", "community"),
    ProviderLevel.PRIMARY: pgettext_lazy("level of care", "primary"),
    ProviderLevel.DISTRICT: pgettext_lazy("level of care", "district"),
    ProviderLevel.REGIONAL: pgettext_lazy("level of care", "regional"),
    ProviderLevel.NATIONAL: pgettext_lazy("level of care", "national"),
    ProviderLevel.PHARMACY: pgettext_lazy("level of care", "pharmacy"),
    ProviderLevel.LABORATORY: pgettext_lazy("level of care", "laboratory"),
}

SERVICES: dict[str, Text] = {
    ProviderService.CONSULTATION: pgettext_lazy("service", "consultation"),
    ProviderService.DELIVERY: pgettext_lazy("service", "delivery"),
    ProviderService.SURGERY: pgettext_lazy("service", "surgery"),
    ProviderService.LABORATORY: pgettext_lazy("service", "laboratory"),
    ProviderService.IMAGING: pgettext_lazy("service", "imaging"),
    ProviderService.HOSPITAL_BEDS: pgettext_lazy("service", "hospital beds"),
    ProviderService.PHARMACY: pgettext_lazy("service", "pharmacy"),
    ProviderService.DENTAL: pgettext_lazy("service", "dental care"),
    ProviderService.EYE_CARE: pgettext_lazy("service", "eye care"),
    ProviderService.VACCINATION: pgettext_lazy("service", "vaccination"),
    ProviderService.FAMILY_PLANNING: pgettext_lazy("service", "family planning"),
    ProviderService.AMBULANCE: pgettext_lazy("service", "ambulance"),
}

SECTOR_CHOICES: tuple[tuple[str, Text], ...] = (
    ("public", pgettext_lazy("sector", "public")),
    ("private", pgettext_lazy("sector", "private")),
    ("faith_based", pgettext_lazy("sector", "faith-based")),
)

ADMINISTRATIONS: dict[str, Text] = {
    Administration.DISTRICT: gettext_lazy("Health district"),
    Administration.REGION: gettext_lazy("Regional or provincial directorate (DRS, DPS)"),
    Administration.MINISTRY: gettext_lazy("Ministry of health"),
    Administration.OTHER: gettext_lazy("Other administration"),
}

CLAUSES: dict[str, Text] = {
    Clause.THIRD_PARTY_PAYMENT: gettext_lazy("Third-party payment"),
    Clause.PAYMENT_DELAY: gettext_lazy("Delay of payment"),
    Clause.SERVICES: gettext_lazy("Services covered"),
    Clause.TARIFF: gettext_lazy("Agreed prices"),
    Clause.GUARANTEE_LETTER: gettext_lazy("Guarantee letter for hospital"),
    Clause.RED_LIST: gettext_lazy("Members who are not up to date (red list)"),
    Clause.PRESCRIPTION: gettext_lazy("Prescription"),
    Clause.DISCOUNT: gettext_lazy("Discount"),
    Clause.NOTICE: gettext_lazy("Notice"),
    Clause.OTHER: gettext_lazy("Other clause"),
}

FACT_NAMES: dict[str, Text] = {
    "name": gettext_lazy("Name"),
    "sector": gettext_lazy("Sector"),
    "level": gettext_lazy("Level"),
    "area": gettext_lazy("Place"),
    "phone": gettext_lazy("Telephone"),
    "services": gettext_lazy("Services"),
    "opening_hours": gettext_lazy("Opening hours"),
    "contact_name": gettext_lazy("Contact person"),
    "latitude": gettext_lazy("Latitude"),
    "longitude": gettext_lazy("Longitude"),
    "closed_on": gettext_lazy("Closed from"),
}

PROVIDER_STATES: dict[str, State] = {
    ProviderState.ACCEPTED: State("ok", pgettext_lazy("provider", "In the register")),
    ProviderState.PROPOSED: State("wait", pgettext_lazy("provider", "To approve")),
    ProviderState.REFUSED: State("bad", pgettext_lazy("provider", "Refused")),
}

PRICE_STATES: dict[str, State] = {
    PriceChangeState.WAITING: State("wait", pgettext_lazy("prices", "To approve")),
    PriceChangeState.APPROVED: State("ok", pgettext_lazy("prices", "Approved")),
    PriceChangeState.REFUSED: State("bad", pgettext_lazy("prices", "Refused")),
}


def services_told(codes: Iterable[str]) -> str:
    """Services in words, by commas."""
    return ", ".join(str(SERVICES.get(code, code)) for code in codes)


def convention_state(agreement: Agreement | None, on: date) -> State:
    """Where a convention stands on a day."""
    if agreement is None:
        return State("plain", _("No convention"))
    if agreement.state == AgreementState.DRAFT:
        return State("wait", _("To approve"))
    if agreement.state == AgreementState.REFUSED:
        return State("bad", _("Refused"))
    if agreement.effective_from > on:
        return State("wait", _("To come"))
    stage = renewal_stage(agreement.effective_until, on)
    if stage == Renewal.OVER:
        return State("plain", _("Ended"))
    if stage == Renewal.FAR or agreement.ended_on is not None:
        return State("ok", _("In force"))
    assert agreement.effective_until is not None
    days = (agreement.effective_until - on).days
    kind = "bad" if stage == Renewal.URGENT else "warn"
    told = ngettext("Ends in %(n)d day", "Ends in %(n)d days", days) % {"n": days}
    return State(kind, told)


def breach_state(breach: ConventionBreach) -> State:
    """How far a breach has come."""
    if breach.closed_on is not None:
        return State("ok", pgettext("breach", "Closed"))
    if breach.replied_on is not None:
        return State("warn", _("Answered"))
    if breach.notice_given_on is not None:
        return State("warn", _("Provider told"))
    return State("bad", _("Provider not told yet"))


def fact_told(name: str, value: Any, language: str) -> str:
    """A value of the history of a provider, in words."""
    if value in (None, "", []):
        return "–"
    if name == "sector":
        return str(dict(SECTOR_CHOICES).get(value, value))
    if name == "level":
        return str(LEVELS.get(value, value))
    if name == "services":
        return services_told(value)
    if name == "closed_on":
        return writing.day(date.fromisoformat(value), language)
    return str(value)


def clauses_told(agreement: Agreement, language: str) -> list[tuple[str, str]]:
    """Each clause of a convention with what it says, as the page and the paper tell it."""
    return [
        (str(CLAUSES[clause]), told)
        for clause in Clause
        if clause_is_in(agreement, clause) and (told := _clause_told(agreement, clause, language))
    ]


def _clause_told(agreement: Agreement, clause: Clause, language: str) -> str:
    if clause == Clause.THIRD_PARTY_PAYMENT:
        if agreement.is_third_party_payment:
            return _("Yes: the family pays its share, the mutual pays the provider the rest.")
        return _("No: the family pays the provider and the mutual reimburses it.")
    if clause == Clause.PAYMENT_DELAY:
        days = agreement.payment_delay_days or 0
        text = ngettext(
            "Invoices are paid within %(n)d day of their reception.",
            "Invoices are paid within %(n)d days of their reception.",
            days,
        )
        return text % {"n": days}
    if clause == Clause.NOTICE:
        days = agreement.notice_days or 0
        text = ngettext(
            "Either party ends the convention with %(n)d day of notice.",
            "Either party ends the convention with %(n)d days of notice.",
            days,
        )
        return text % {"n": days}
    if clause == Clause.SERVICES:
        if agreement.services:
            return services_told(agreement.services)
        return _("All that the provider does.")
    if clause == Clause.TARIFF and agreement.tariff_list is not None:
        return agreement.tariff_list.name
    if clause == Clause.GUARANTEE_LETTER:
        return _("A hospital stay begins with a guarantee letter of the mutual, emergencies apart.")
    if clause == Clause.DISCOUNT and agreement.discount_rate:
        rate = writing.percent(agreement.discount_rate, language)
        return _("%(rate)s off the agreed prices.") % {"rate": rate}
    return str(agreement.clauses.get(clause, ""))


def gps_told(provider: Provider) -> str:
    """Latitude and longitude as maps take them; empty when not known."""
    if provider.latitude is None or provider.longitude is None:
        return ""
    return f"{provider.latitude.normalize():f}, {provider.longitude.normalize():f}"


def review_told(
    review: Review, agreement: Agreement, score: Score, currency: str, language: str
) -> list[tuple[str, str]]:
    """The figures of a review in words, line by line; last, what families said."""
    rows = [
        (_("Claims received"), writing.number(review.claims_count, language)),
        (_("Stated by the provider"), writing.money(review.stated_minor, currency, language)),
        (_("Owed after decision"), writing.money(review.payable_minor, currency, language)),
        (_("Paid"), writing.money(review.paid_minor, currency, language)),
    ]
    if review.delay_median_days is not None:
        days = review.delay_median_days
        rows.append(
            (
                _("From reception to payment (median)"),
                ngettext("%(n)d day", "%(n)d days", days) % {"n": days},
            )
        )
    if agreement.payment_delay_days is not None:
        rows.append((_("Paid late, or late today"), writing.number(review.late_count, language)))
    return rows + score_told(score, language)


def score_told(score: Score, language: str) -> list[tuple[str, str]]:
    """What families said of their care in a period; too few answers are not told one by one."""
    asked = writing.number(score.asked, language)
    rows = [(_("Families asked about their care"), asked)]
    if not score.asked:
        return rows
    for label, good in (
        (_("Welcome found good"), score.good_welcome),
        (_("Care found good"), score.good_treatment),
    ):
        told = _("fewer than %(n)d answers: not told") % {"n": SMALLEST_SHOWN}
        if good is not None:
            told = _("%(good)s of %(asked)s") % {
                "good": writing.number(good, language), "asked": asked,
            }  # fmt: skip
        rows.append((label, told))
    return [*rows, (_("Complaints of families"), writing.number(score.complaints, language))]


def versions_told(versions: Iterable[PriceVersion], language: str) -> str:
    """The versions of the prices under a convention, each with its first day and its source."""
    return writing.SEPARATOR.join(
        _("from %(day)s") % {"day": writing.day(each.effective_from, language)}
        + (f" ({each.source})" if each.source else "")
        for each in versions
    )
