"""What a provider is told of a person: covered or not, why, who pays what. Nothing else.

No sum that a family owes, no word on a death, a missing paper or a list of patients: a desk where
others listen needs « up to date » or « not up to date ».
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core import signing
from django.urls import reverse
from django.utils.translation import gettext as _

from entraide.apps.access.models import User
from entraide.apps.claims.referrals import first_levels_for, open_vouchers_of
from entraide.apps.contributions.accounts import household_account
from entraide.apps.enrolment.models import Person, Photo
from entraide.apps.enrolment.selectors import present_persons
from entraide.apps.portal.selectors import claims_of_place
from entraide.apps.providers.posts import Place
from entraide.apps.schemes.choices import CARD_UNIT, CARD_UNIT_HOUSEHOLD
from entraide.core.adjudication.review import AMOUNT_CEILINGS
from entraide.core.errors import Finding
from entraide.core.product import Sector
from entraide.web.claims.patients import Patient, patient_on
from entraide.web.claims.reasons import category_names, told

UNPAID = "CONTRIBUTION_UNPAID"
# Told as they are: days of a cover, and what the plan holds.
_AS_THEY_ARE = frozenset(
    {
        "NO_MEMBERSHIP", "COVER_NEVER_BEGAN", "COVER_NOT_STARTED", "COVER_EXPIRED",
        "MEMBERSHIP_ENDED", "PERSON_EXITED", "PERSON_NOT_YET", "NEWBORN_NOT_REGISTERED",
        "WAITING_PERIOD", "LATE_SUBMISSION", "NO_AGREEMENT", "NOT_THIRD_PARTY", "NOT_COVERED",
        "NO_PAYER", "CATEGORY_NOT_COVERED", "ITEM_EXCLUDED", "CEILING_COUNT", "LIMIT_COUNT",
    }
    | AMOUNT_CEILINGS
)  # fmt: skip
PHOTO_SECONDS = 600  # a picture is looked at with the answer, and no later


@dataclass(frozen=True, slots=True)
class Answer:
    """The right of one card on a day, as a provider reads it."""

    patient: Patient
    reasons: tuple[str, ...]
    is_up_to_date: bool  # nothing whose day has passed is left to pay, as on the family’s page
    covered_meanwhile_until: date | None  # late, rights still open: the last day of grace
    photo_url: str
    claim_url: str
    agreement_url: str
    referral_url: str  # empty where the provider sends nobody on
    vouchers: tuple[str, ...]  # by which the person may be received here
    others: tuple[Person, ...]  # of the family whose one card it is


def answer_for(place: Place, person: Person, on: date, reader: User) -> Answer:
    """What the provider of a place may know of a person on a day."""
    sector = Sector(place.provider.sector)
    patient = patient_on(place.mutual, person.number, on, sector)
    findings = patient.standing.rights.findings
    code = place.mutual.code
    card = f"?card={person.number}"
    return Answer(
        patient=patient,
        reasons=reasons_told(findings),
        is_up_to_date=not household_account(person.household, on).overdue_minor,
        covered_meanwhile_until=patient.standing.rights.grace_last_on,
        photo_url=photo_url(place, patient.photo, reader) if patient.photo else "",
        claim_url=reverse("portal:claim-new", kwargs={"mutual": code}) + card,
        agreement_url=reverse("portal:agreement-new", kwargs={"mutual": code}) + card,
        referral_url=reverse("portal:referral-new", kwargs={"mutual": code}) + card
        if place.provider.level in first_levels_for(person, on)
        else "",
        vouchers=tuple(
            each.document_number
            for each in open_vouchers_of(person, on)
            if each.provider_id in (None, place.provider.pk)
            and each.referred_by_id != place.provider.pk
        ),
        others=_on_the_same_card(place, person, on),
    )


def _on_the_same_card(place: Place, person: Person, on: date) -> tuple[Person, ...]:
    """The others whom a family's one card names; nobody where each person has a card."""
    if CARD_UNIT.of(place.mutual) != CARD_UNIT_HOUSEHOLD:
        return ()
    family = Person.objects.filter(present_persons(on), household=person.household_id)
    return tuple(family.exclude(pk=person.pk).order_by("number"))


def reasons_told(findings: Iterable[Finding]) -> tuple[str, ...]:
    """The reasons in words that a provider may read, each once, in their order."""
    names = category_names()
    return tuple(dict.fromkeys(_told(each, names) for each in findings))


def reason_told(finding: Finding) -> str:
    """One reason in words that a provider may read."""
    return _told(finding, category_names())


def _told(finding: Finding, names: dict[str, str]) -> str:
    if finding.code == UNPAID:
        return _("The contribution is late: rights reopen once the family has paid.")
    if finding.code == "MEMBERSHIP_SUSPENDED":
        return _("The family’s membership is suspended on that day: the mutual does not pay.")
    if finding.code == "PERSON_DECEASED":
        return _("This person is no longer in the mutual on that day.")
    if finding.code in _AS_THEY_ARE:
        return told(finding.code, finding.data, names)
    return _("The rights are closed. The family may ask the mutual why.")


def of_place(place: Place, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a reason names, without the number of another provider's claim."""
    number = data.get("other_claim")
    if not number or claims_of_place(place).filter(document_number=number).exists():
        return data
    return {**data, "other_claim": _("of another provider")}


def photo_url(place: Place, photo: Photo, reader: User) -> str:
    """An address of a picture that this reader alone may open, for some minutes."""
    key = signing.dumps(str(photo.uid), salt=_salt(reader))
    return reverse("portal:photo", kwargs={"mutual": place.mutual.code, "key": key})


def photo_meant(key: str, reader: User) -> str | None:
    """The uid of the picture that such an address names; None when it is another's or too old."""
    try:
        uid: str = signing.loads(key, salt=_salt(reader), max_age=PHOTO_SECONDS)
    except signing.BadSignature:
        return None
    return uid


def _salt(reader: User) -> str:
    return f"portal-photo-{reader.uid}"
