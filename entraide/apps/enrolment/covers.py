"""Recording who is covered, and for which days, inside the caller's transaction.

These are not commands: a cover always comes with what is owed for it, so that the commands
``enrol_household``, ``renew_membership`` and ``add_dependant`` stand in
``entraide.apps.contributions.services``, which calls the functions below and raises the dues.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from entraide.apps.access.prepared_writes import PreparedInsert
from entraide.apps.access.records import section_of_who_acts
from entraide.apps.enrolment.checks import may_be_mother, require_enrolment, require_not_future
from entraide.apps.enrolment.contracts import (
    ContractsOn,
    contracts_on,
    latest_headcount,
    require_open_group,
    require_signed,
    terms_on,
)
from entraide.apps.enrolment.facts import (
    PersonEntry,
    covered_until,
    entry_day,
    entry_facts,
    membership_cover,
    person_facts,
    present_on,
)  # fmt: skip
from entraide.apps.enrolment.models import Household, Membership, PartnerGroup, Person
from entraide.apps.enrolment.new_persons import new_person, next_rank
from entraide.apps.enrolment.numbers import is_borne
from entraide.apps.enrolment.papers import (
    UNSIGNED,
    Signature,
    join_mothers,
    paper_faults,
    paper_on,
)  # fmt: skip
from entraide.apps.enrolment.selectors import covered_persons_count
from entraide.apps.nomenclature.models import Area
from entraide.apps.schemes.models import Mutual, ProductVersion
from entraide.apps.schemes.models import Product as SchemeProduct
from entraide.apps.schemes.numbering import next_free_number
from entraide.apps.schemes.selectors import product_on
from entraide.core.enrolment import EnrolmentFacts, PersonFacts, check_enrolment
from entraide.core.errors import Finding, Refusal, RefusedRows
from entraide.core.groups import waits
from entraide.core.periods import Period
from entraide.core.phones import written_phone
from entraide.core.product import MembershipRule, Product
from entraide.core.rating import cover_period, renewal_period
from entraide.core.renewals import Reentry, reentry

# Entry conditions (age limits, size of the group) are asked once, at the first enrolment.
_CODES_AT_RENEWAL = frozenset(
    {"HOUSEHOLD_EMPTY", "HEAD_MISSING", "HEAD_TWICE", "MEMBERS_ABOVE_MAXIMUM", "GROUP_REQUIRED"}
) | {"EMPLOYER_GROUP_REQUIRED"}


def record_household(
    *,
    mutual: Mutual,
    on: date,
    product: SchemeProduct,
    enrolled_on: date,
    persons: Sequence[PersonEntry],
    group: PartnerGroup | None = None,
    area: Area | None = None,
    address: str = "",
    phone: str = "",
    declared_size: int | None = None,
    declared_group_size: int | None = None,
    loan_minor: int | None = None,
    loan_reference: str = "",
    source: str = "direct",
    signature: Signature = UNSIGNED,
) -> tuple[Membership, list[Person]]:
    """A new household: its first membership, and its numbered persons.

    ``declared_group_size`` is the number of persons of the collective contract as its officers
    declare it; without it only those already enrolled count, this household included. Every
    fault of the form is refused at once (:class:`RefusedRows`).
    """
    _, rules = product_on(product, enrolled_on)
    size = _group_size(group, rules.membership, enrolled_on, len(persons), declared_group_size)
    facts = EnrolmentFacts(enrolled_on, _facts_of(persons, enrolled_on), size)
    terms = require_open_group(group, product, enrolled_on) if group is not None else None
    contact = {"phone": written_phone(phone), "address": address, "area": area}
    contact |= {"declared_size": declared_size, **signature.values()}
    paper = paper_on(mutual, enrolled_on)
    require_enrolment(
        facts,
        rules,
        on,
        entries=persons,
        declared_size=declared_size,
        source=source,
        more=paper_faults(paper, contact, persons, enrolled_on, on, source),
    )
    household = _NEW_HOUSEHOLD.one(Household(
        mutual=mutual,
        number=next_free_number(mutual=mutual, prefix="F", on=on, is_borne=is_borne),
        group=group,
        source=source,
        enrolled_on=enrolled_on,
        form_version=paper.version,
        branch_id=section_of_who_acts(),
        **contact,
    ))  # fmt: skip
    period = cover_period(rules.membership, enrolled_on)
    # A cover that joins a cycle already begun covers its persons from that first day.
    rows = _write_persons(household, persons, min(enrolled_on, period.start))
    version, _ = product_on(product, period.start)
    membership = _NEW_MEMBERSHIP.one(Membership(
        mutual=mutual,
        household=household,
        product=product,
        product_version=version,
        group=group,
        enrolled_on=enrolled_on,
        effective_from=period.start,
        effective_until=period.until,
        seniority_from=period.start,
        waits=waits(terms),
        loan_minor=loan_minor,
        loan_reference=loan_reference,
    ))  # fmt: skip
    return membership, rows


_NEW_HOUSEHOLD = PreparedInsert(Household)
_NEW_PERSON = PreparedInsert(Person)
_NEW_MEMBERSHIP = PreparedInsert(Membership)


def _facts_of(entries: Sequence[PersonEntry], entered_on: date) -> tuple[PersonFacts, ...]:
    """The persons of a form as the core checks them, each named by its line."""
    return tuple(
        entry_facts(entry, key=f"persons[{index}]", entered_on=entered_on)
        for index, entry in enumerate(entries)
    )


def _write_persons(
    household: Household, entries: Sequence[PersonEntry], entered_on: date
) -> list[Person]:
    """The persons of a new household, each with their mother; nobody enters before birth."""
    rows = []
    for rank, entry in enumerate(entries, start=1):
        day = max(entered_on, entry.birth_on)
        rows.append(_NEW_PERSON.one(new_person(household, entry, rank, entered_on=day)))
    join_mothers(rows, entries)
    return rows


def record_dependant(
    *, household: Household, membership: Membership, entry: PersonEntry, entered_on: date, on: date
) -> Person:
    """A further person of a household that is covered on the day they enter.

    A newborn is covered from its birth where the product says so (``facts.entry_day``).
    Refused with ``COVER_NOT_RUNNING`` outside the membership, or with every fault of the form.
    """
    registered = list(household.persons.all())
    rules = require_dependant(registered, membership, entry, entered_on, on)
    index = len(registered)
    first_day = entry_day(entry, membership, rules.membership, entered_on)
    person = new_person(household, entry, next_rank(household, registered), entered_on=first_day)
    if entry.mother_rank is not None:
        number = f"{household.number}-{entry.mother_rank}"
        person.mother = next((each for each in registered if each.number == number), None)
        mother = person.mother
        if mother is None or not may_be_mother(mother.birth_on, mother.sex, entry.birth_on):
            place = f"persons[{index}].mother"
            raise Refusal("MOTHER_LINE_INVALID", place=place, line=entry.mother_rank)
    person.save()
    return person


def require_dependant(
    registered: Sequence[Person],
    membership: Membership,
    entry: PersonEntry,
    entered_on: date,
    on: date,
) -> Product:
    """Refuse a further person beside those registered, as :func:`record_dependant` says; the rules
    of the product on the day they enter."""
    require_not_future(entered_on, on, "entered_on")
    if not membership.effective_from <= entered_on < covered_until(membership):
        raise Refusal(
            "COVER_NOT_RUNNING",
            place="entered_on",
            day=entered_on,
            starts_on=membership.effective_from,
            until=covered_until(membership),
        )
    _, rules = product_on(membership.product, entered_on)
    index = len(registered)
    facts = EnrolmentFacts(
        enrolled_on=entered_on,
        persons=(
            *(person_facts(person) for person in present_on(registered, entered_on)),
            entry_facts(entry, key=f"persons[{index}]", entered_on=entered_on),
        ),
        # The group was large enough when the household joined it.
        group_persons_count=rules.membership.minimum_group_size,
        is_joining=False,
    )
    require_enrolment(facts, rules, on, entries=(entry,), first_index=index)
    return rules


RulesOn = Callable[[SchemeProduct, date], tuple[ProductVersion, Product]]


@dataclass(frozen=True, slots=True)
class RenewalTerms:
    """The cover that would follow another: which rules, which days, from when seniority counts."""

    previous: Membership
    product: SchemeProduct
    version: ProductVersion
    rules: Product
    period: Period
    reentry: Reentry


def renewal_terms(
    *,
    previous: Membership,
    on: date,
    renewed_on: date,
    product: SchemeProduct | None = None,
    arrears_minor: int = 0,
    arrears_first: bool = False,
    rules_on: RulesOn = product_on,
    signed_on: ContractsOn = contracts_on,
) -> RenewalTerms:
    """The cover that would follow a membership, with nothing recorded; refused as it would be.

    ``product``: another one by conversion. ``rules_on`` answers the version in force and its
    rules, ``signed_on`` the contracts of a group; whoever asks for many families keeps both at
    hand. Persons and memberships of the household that are already loaded are not asked again.
    Refused with ``ALREADY_RENEWED``, ``COVER_OVERLAP``, ``GROUP_PRODUCT_OTHER`` (the contract of
    the family's group is for another product), ``DATE_IN_FUTURE`` or, all at once, the faults of
    the household and ``ARREARS_BEFORE_REENTRY``.
    """
    require_not_future(renewed_on, on, "renewed_on")
    household = previous.household
    later = next(
        (
            each
            for each in household.memberships.all()
            if each.effective_from > previous.effective_from
        ),
        None,
    )
    if later is None and renewed_on < previous.effective_from:
        later = previous  # a renewal itself, that has not begun
    if later is not None:
        raise Refusal(
            "ALREADY_RENEWED", starts_on=later.effective_from, until=later.effective_until
        )
    chosen = product or previous.product
    if chosen.mutual_id != household.mutual_id:
        raise Refusal("NOT_FOUND", record="product", key=chosen.code)
    _, rules = rules_on(chosen, renewed_on)
    period = _next_period(rules.membership, previous, renewed_on)
    if period.start < covered_until(previous):
        raise Refusal(
            "COVER_OVERLAP", starts_on=previous.effective_from, until=covered_until(previous)
        )
    if household.group is not None:
        require_signed(household.group, chosen, signed_on(household.group, period.start))
    version, rules_then = rules_on(chosen, period.start)
    back = reentry(
        rules.membership,
        membership_cover(previous),
        period.start,
        arrears_minor=arrears_minor,
        arrears_first=arrears_first,
        currency=rules.currency,
    )
    findings = (*_faults_at_renewal(household, rules, period, renewed_on, on), *back.refusals)
    if findings:
        raise RefusedRows(findings)
    return RenewalTerms(previous, chosen, version, rules_then, period, back)


def _faults_at_renewal(
    household: Household, rules: Product, period: Period, renewed_on: date, on: date
) -> tuple[Finding, ...]:
    persons = present_on(household.persons.all(), max(period.start, renewed_on))
    facts = EnrolmentFacts(
        enrolled_on=renewed_on,
        persons=tuple(
            person_facts(person, key=f"persons[{index}]") for index, person in enumerate(persons)
        ),
        # Large enough when it began: a group that has become smaller renews all the same.
        group_persons_count=None if household.group_id is None else len(persons),
    )
    return tuple(
        finding
        for finding in check_enrolment(facts, rules, on)
        if finding.code in _CODES_AT_RENEWAL
    )


def record_renewal(
    *,
    previous: Membership,
    on: date,
    renewed_on: date,
    product: SchemeProduct | None = None,
    loan_minor: int | None = None,
    loan_reference: str = "",
    arrears_minor: int = 0,
    arrears_first: bool = False,
) -> Membership:
    """The cover that follows another, with the same product or, by conversion, another one.

    Seniority is kept within the product's ``renewal_grace_days``. See :func:`renewal_terms` for
    the refusals.
    """
    terms = renewal_terms(
        previous=previous,
        on=on,
        renewed_on=renewed_on,
        product=product,
        arrears_minor=arrears_minor,
        arrears_first=arrears_first,
    )
    household = previous.household
    group = household.group
    of_group = None
    if group is not None and terms.product.pk != previous.product_id:  # a conversion is a choice
        of_group = require_open_group(group, terms.product, terms.period.start)
    elif group is not None:
        of_group = terms_on(group, terms.product, terms.period.start)
    return Membership.objects.create(
        mutual_id=household.mutual_id,
        household=household,
        product=terms.product,
        product_version=terms.version,
        group=group,
        enrolled_on=renewed_on,
        effective_from=terms.period.start,
        effective_until=terms.period.until,
        seniority_from=terms.reentry.joined_on,
        waits=waits(of_group),
        renews=previous,
        loan_minor=loan_minor,
        loan_reference=loan_reference,
    )


def _next_period(rule: MembershipRule, previous: Membership, renewed_on: date) -> Period:
    until = covered_until(previous)
    if until <= previous.effective_from:  # ended before it began: nothing to follow
        return cover_period(rule, renewed_on)
    return renewal_period(rule, Period(previous.effective_from, until), renewed_on)


def _group_size(
    group: PartnerGroup | None,
    rule: MembershipRule,
    on: date,
    entering_count: int,
    declared: int | None,
) -> int | None:
    """The persons of the collective contract: as declared, or as enrolled with those entering."""
    if group is None:
        return None
    if rule.minimum_group_size <= entering_count:
        return entering_count  # large enough whatever the others: they are not counted
    declared = max(declared or 0, latest_headcount(group, on) or 0)
    if declared >= rule.minimum_group_size:
        return declared
    return max(declared, covered_persons_count(group, on) + entering_count)
