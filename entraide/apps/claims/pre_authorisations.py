"""Care authorised before it is given, and the lists of patients that the rules know."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Q

from entraide.apps.access.models import AuditKind, User
from entraide.apps.access.services import record_audit
from entraide.apps.claims.agreement_calls import Caller, call_noted, caller_findings
from entraide.apps.claims.around import OUT
from entraide.apps.claims.foreseeing import CareAsked, faults_of_promise
from entraide.apps.claims.models import (
    ClaimLine,
    PatientListing,
    PreAuthorisation,
    PreAuthorisationState,
)
from entraide.apps.enrolment.models import Person
from entraide.apps.nomenclature.models import CareCategory, CareItem
from entraide.apps.providers.models import Provider
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.numbering import next_number
from entraide.apps.schemes.rights import Right, require_other_person, require_right
from entraide.apps.schemes.selectors import products_in_force
from entraide.core.care_needs import conditions_of
from entraide.core.errors import Finding, Refusal, RefusedRows

PRE_AUTHORISATION_PREFIX = "AP"


@command("ask_pre_authorisation", right=Right.ENTER_CLAIM)
def ask_pre_authorisation(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    person: Person,
    category: CareCategory,
    effective_from: date,
    effective_until: date,
    care_item: CareItem | None = None,
    provider: Provider | None = None,
    amount_minor: int | None = None,
    by_telephone: bool = False,
    caller: Caller | None = None,
    reason: str = "",
) -> PreAuthorisation:
    """Ask that care be authorised to before it is given; it takes its number at once.

    Every fault at once: ``PRE_AUTHORISATION_WITHOUT_DAYS``, ``PRE_AUTHORISATION_AMOUNT_INVALID``,
    ``PRE_AUTHORISATION_ITEM_OF_ANOTHER`` (the act is of another category), and for one asked
    ``by_telephone`` ``CALLER_NAME_MISSING``, ``CALLER_POST_MISSING``: the call is kept with it.
    """
    findings = []
    if effective_until <= effective_from:
        findings.append(Finding("PRE_AUTHORISATION_WITHOUT_DAYS", place="effective_until"))
    if amount_minor is not None and amount_minor <= 0:
        findings.append(Finding("PRE_AUTHORISATION_AMOUNT_INVALID", place="amount"))
    if care_item is not None and care_item.category_id != category.pk:
        findings.append(Finding("PRE_AUTHORISATION_ITEM_OF_ANOTHER", place="care_item"))
    if by_telephone:
        findings += caller_findings(caller)
    if findings:
        raise RefusedRows(tuple(findings))
    asked = PreAuthorisation.objects.create(
        mutual=mutual,
        document_number=next_number(mutual=mutual, prefix=PRE_AUTHORISATION_PREFIX, on=on),
        person=person,
        household_id=person.household_id,
        provider=provider,
        category=category,
        care_item=care_item,
        amount_minor=amount_minor,
        effective_from=effective_from,
        effective_until=effective_until,
        asked_on=on,
        asked_by=actor,
        by_telephone=by_telephone,
        reason=reason.strip(),
    )
    if by_telephone and caller is not None:
        call_noted(asked, caller, actor=actor, on=on)
    return asked


@command("decide_pre_authorisation", right=Right.GIVE_PRE_AUTHORISATION)
def decide_pre_authorisation(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    authorisation: PreAuthorisation,
    is_given: bool,
    amount_minor: int | None = None,
    effective_from: date | None = None,
    effective_until: date | None = None,
    reason: str = "",
) -> PreAuthorisation:
    """Give or refuse an authorisation; ``amount_minor`` lowers or sets the amount asked, the days
    narrow those that were asked.

    Nothing is promised that the rules would refuse: rights and waiting periods are worked out, and
    nobody waives them; a ceiling is passed by an exception, on the claim. Refused with
    ``PRE_AUTHORISATION_DECIDED`` the second time, ``SEPARATION_OF_DUTIES`` for who asked,
    ``PRE_AUTHORISATION_REASON_MISSING`` for a refusal without a reason,
    ``PRE_AUTHORISATION_AMOUNT_INVALID``, ``PRE_AUTHORISATION_DAYS_WIDER``,
    ``PRE_AUTHORISATION_NOT_PAYABLE`` with why, ``PRE_AUTHORISATION_ABOVE_CEILINGS``.
    """
    authorisation = _locked(authorisation)
    require_other_person(actor, authorisation.asked_by, step="enter")
    if authorisation.state != PreAuthorisationState.ASKED:
        raise Refusal("PRE_AUTHORISATION_DECIDED", authorisation=authorisation.document_number)
    if not is_given and not reason.strip():
        raise Refusal("PRE_AUTHORISATION_REASON_MISSING", place="reason")
    if amount_minor is not None and amount_minor <= 0:
        raise Refusal("PRE_AUTHORISATION_AMOUNT_INVALID", place="amount")
    if is_given:
        _narrow(authorisation, effective_from, effective_until)
        _require_payable(authorisation, amount_minor, on)
    authorisation.state = PreAuthorisationState.GIVEN if is_given else PreAuthorisationState.REFUSED
    authorisation.decided_on, authorisation.decided_by = on, actor
    if amount_minor is not None:
        authorisation.amount_minor = amount_minor
    if reason.strip():
        authorisation.reason = reason.strip()
    authorisation.save(
        update_fields=[
            "state", "decided_on", "decided_by", "amount_minor", "reason", "effective_from",
            "effective_until",
        ]
    )  # fmt: skip
    return authorisation


def _narrow(
    authorisation: PreAuthorisation, effective_from: date | None, effective_until: date | None
) -> None:
    """The days that are agreed to, among those that were asked."""
    begins = effective_from or authorisation.effective_from
    ends = effective_until or authorisation.effective_until
    if begins >= ends:
        raise Refusal("PRE_AUTHORISATION_WITHOUT_DAYS", place="effective_until")
    if begins < authorisation.effective_from or ends > authorisation.effective_until:
        raise Refusal(
            "PRE_AUTHORISATION_DAYS_WIDER", place="effective_from",
            asked_from=authorisation.effective_from,
            last_on=authorisation.effective_until - timedelta(days=1),
        )  # fmt: skip
    authorisation.effective_from, authorisation.effective_until = begins, ends


def _require_payable(authorisation: PreAuthorisation, amount_minor: int | None, on: date) -> None:
    amount = authorisation.amount_minor if amount_minor is None else amount_minor
    faults = faults_of_promise(
        care_of(authorisation), authorisation.effective_from, authorisation.effective_until,
        amount, on,
    )  # fmt: skip
    if faults:
        raise RefusedRows(faults)


def care_of(authorisation: PreAuthorisation) -> CareAsked:
    """The care that an authorisation is about."""
    return CareAsked(
        authorisation.person,
        authorisation.category,
        authorisation.care_item,
        authorisation.provider,
    )


@command("cancel_pre_authorisation", right=Right.GIVE_PRE_AUTHORISATION)
def cancel_pre_authorisation(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    authorisation: PreAuthorisation,
    reason: str,
) -> PreAuthorisation:
    """Take back an authorisation from today on: what was decided under it stays.

    Refused with ``PRE_AUTHORISATION_REASON_MISSING`` or ``PRE_AUTHORISATION_NOT_GIVEN``.
    """
    authorisation = _locked(authorisation)
    if not reason.strip():
        raise Refusal("PRE_AUTHORISATION_REASON_MISSING", place="reason")
    if authorisation.state != PreAuthorisationState.GIVEN:
        raise Refusal("PRE_AUTHORISATION_NOT_GIVEN", authorisation=authorisation.document_number)
    authorisation.state, authorisation.reason = PreAuthorisationState.CANCELLED, reason.strip()
    authorisation.save(update_fields=["state", "reason"])
    return authorisation


def _locked(authorisation: PreAuthorisation) -> PreAuthorisation:
    return (
        PreAuthorisation.objects.select_for_update(of=("self",))
        .select_related("asked_by", "person__mutual", "category", "care_item", "provider")
        .get(pk=authorisation.pk)
    )


@command("list_patient", right=Right.GIVE_PRE_AUTHORISATION)
def list_patient(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    person: Person,
    list_code: str,
    effective_from: date,
    reason: str,
) -> PatientListing:
    """Put a person on a list that the rules know, from a day on.

    Refused with ``LISTING_REASON_MISSING`` or ``PATIENT_LISTED`` when they are on it already.
    """
    if not reason.strip():
        raise Refusal("LISTING_REASON_MISSING", place="reason")
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)  # not twice at one moment
    listings = PatientListing.objects.filter(person=person, list_code=list_code)
    if listings.filter(effective_until__isnull=True).exists():
        raise Refusal("PATIENT_LISTED", place="list_code", list=list_code)
    return PatientListing.objects.create(
        mutual=mutual,
        person=person,
        household_id=person.household_id,
        list_code=list_code,
        effective_from=effective_from,
        reason=reason.strip(),
        listed_by=actor,
    )


@command("end_patient_listing", right=Right.GIVE_PRE_AUTHORISATION)
def end_patient_listing(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    listing: PatientListing,
    effective_until: date,
) -> PatientListing:
    """Take a person off a list from a day on. ``LISTING_ENDED`` the second time,
    ``LISTING_DAYS_INVERTED`` before the day on which it began."""
    listing = PatientListing.objects.select_for_update(of=("self",)).get(pk=listing.pk)
    if listing.effective_until is not None:
        raise Refusal("LISTING_ENDED", place="effective_until")
    if effective_until < listing.effective_from:
        raise Refusal("LISTING_DAYS_INVERTED", place="effective_until")
    listing.effective_until, listing.ended_by = effective_until, actor
    listing.save(update_fields=["effective_until", "ended_by"])
    return listing


def listings_read_by(mutual: Mutual, reader: User, on: date) -> list[PatientListing]:
    """Who is on a list on a day, by list and name; the reading stands in the audit journal.

    ``FORBIDDEN`` without the right to read what is medical.
    """
    require_right(reader, mutual, Right.READ_MEDICAL, on)
    rows = list(
        PatientListing.objects.filter(
            Q(effective_until__isnull=True) | Q(effective_until__gt=on), mutual=mutual
        )
        .select_related("person", "listed_by")
        .order_by("list_code", "person__name", "pk")
    )
    if rows:
        record_audit(
            kind=AuditKind.MEDICAL_READING,
            mutual=mutual,
            actor=reader,
            subject=f"lists of patients, {len(rows)} persons",
            details={"listings": [str(row.uid) for row in rows]},
        )
    return rows


def lists_of_the_products(mutual: Mutual, on: date) -> frozenset[str]:
    """The lists that the products in force look at."""
    return frozenset(
        code
        for _product, rules in products_in_force(mutual, on)
        for condition in conditions_of(rules)
        for code in condition.lists
    )


def remarks_of(authorisation: PreAuthorisation) -> tuple[Finding, ...]:
    """What who decides an authorisation is told of it: ``PRE_AUTHORISATION_RETROACTIVE`` where it
    was asked after the first day that it covers."""
    days = (authorisation.asked_on - authorisation.effective_from).days
    if days <= 0:
        return ()
    data = {"asked_on": authorisation.asked_on, "from": authorisation.effective_from, "days": days}
    return (Finding("PRE_AUTHORISATION_RETROACTIVE", place="effective_from", data=data),)


def paid_under(authorisation: PreAuthorisation) -> list[ClaimLine]:
    """The lines that were decided under an authorisation and stand, the latest first."""
    lines = ClaimLine.objects.filter(pre_authorisation=authorisation)
    return list(
        lines.exclude(claim__state__in=OUT).select_related("claim", "care_item").order_by("-pk")
    )
