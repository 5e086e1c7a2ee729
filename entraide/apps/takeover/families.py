"""Families written together: thousands of households with their persons, covers and dues.

The rows are those that ``enrol_household`` would have written, made by the same functions. Must run
in a transaction; whoever calls has checked everything (:mod:`entraide.exchange.registers.members`).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from entraide.apps.access.models import User
from entraide.apps.access.prepared_writes import write_many
from entraide.apps.contributions.dues import DueDraft, due_drafts, due_entry, party_of
from entraide.apps.contributions.models import ContributionDue, DueKind, Payer
from entraide.apps.contributions.terms import (
    keep_terms,
    named_drafts,
    priced_composition,
    terms_for,
)
from entraide.apps.enrolment.facts import PersonEntry
from entraide.apps.enrolment.models import (
    EarlierNumber,
    Household,
    Membership,
    PartnerGroup,
    Person,
)
from entraide.apps.enrolment.new_persons import new_person
from entraide.apps.enrolment.numbers import number_key
from entraide.apps.enrolment.search import search_text
from entraide.apps.ledger.services import Draft, post_entries_in_bulk
from entraide.apps.nomenclature.models import Area
from entraide.apps.schemes.models import Mutual, ProductVersion
from entraide.apps.schemes.models import Product as SchemeProduct
from entraide.apps.schemes.numbering import document_number, next_numbers
from entraide.apps.schemes.selectors import rules_of, versions_of
from entraide.core.errors import Refusal
from entraide.core.ledger import Entry, Journal
from entraide.core.money import rate_of
from entraide.core.periods import Period
from entraide.core.product import Product

FAMILIES_AT_A_TIME = 500
Progress = Callable[[str, int, int], None]
"""Told the English name of a step, how much is done, and of how much."""


@dataclass(frozen=True, slots=True)
class NewFamily:
    """A household to be written. ``person_numbers`` and ``number``: those of the old cards, empty
    where we give ours. ``earlier_numbers``: those by which each person is found beside theirs.
    ``owed_minor``: what it owes from before, for a cover taken over; ``advance_minor``: what the
    old tool says was paid ahead, told and not posted. ``waits``: unless the group's contract waives
    the waiting periods. ``price_minor``: what a new cover will make it owe, told before."""

    key: str
    entries: tuple[PersonEntry, ...]
    person_numbers: tuple[str, ...]
    left_on: tuple[date | None, ...]
    number: str
    product: SchemeProduct
    enrolled_on: date
    period: Period
    group: PartnerGroup | None = None
    area: Area | None = None
    address: str = ""
    phone: str = ""
    owed_minor: int = 0
    earlier_numbers: tuple[str, ...] = ()
    advance_minor: int = 0
    waits: bool = True
    price_minor: int = 0


@dataclass
class Versions:
    """The approved versions of each product met, the first one also for the days before it."""

    known: dict[int, list[ProductVersion]] = field(default_factory=dict)

    def on(self, product: SchemeProduct, day: date) -> tuple[ProductVersion, Product]:
        """The version in force on a day, else the first there ever was, and its rules."""
        if product.pk not in self.known:
            versions = [each for each in versions_of(product) if each.approved_at is not None]
            if not versions:
                raise Refusal("PRODUCT_NOT_IN_FORCE", product=product.name, on=day)
            self.known[product.pk] = versions
        versions = self.known[product.pk]
        version = next((each for each in versions if each.effective_from <= day), versions[-1])
        rules = rules_of(version)
        return version, rules.on(max(day, rules.begins_on))


def write_families(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    families: Sequence[NewFamily],
    system: str,
    is_takeover: bool,
    versions: Versions,
    progress: Progress,
) -> list[Household]:
    """Write the families in their order; answers their households.

    A new cover is called for as at any enrolment. One taken over (``is_takeover``) is not: only
    what was still owed, posted in the journal of migration as ``<system>-APP-<number>``.
    """
    written: list[Household] = []
    persons_count, done = sum(len(family.entries) for family in families), 0
    for start in range(0, len(families), FAMILIES_AT_A_TIME):
        part = families[start : start + FAMILIES_AT_A_TIME]
        written += _write_part(
            mutual=mutual, actor=actor, on=on, families=part, versions=versions,
            system=system if is_takeover else None,
        )  # fmt: skip
        done += sum(len(family.entries) for family in part)
        progress("persons", done, persons_count)
    return written


def _write_part(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    families: Sequence[NewFamily],
    versions: Versions,
    system: str | None,
) -> list[Household]:
    """Some of the families; ``system`` is None unless their covers are taken over."""
    households = _households(mutual, on, families)
    write_many(Household, households)
    persons = _persons(families, households)
    write_many(Person, [person for family in persons for person in family])
    write_many(EarlierNumber, _earlier(families, persons))
    memberships = [
        _membership(family, household, versions)
        for family, household in zip(families, households, strict=True)
    ]
    write_many(Membership, memberships)
    drafts: Iterable[tuple[Membership, DueDraft]]
    if system is not None:
        drafts = _owed(families, memberships, versions)
    else:
        drafts = _called(memberships, persons, versions)
    _write_dues(mutual, actor, on, list(drafts), system or "")
    return households


def _numbers(mutual: Mutual, prefix: str, on: date, count: int) -> list[str]:
    """The next numbers of a book, without gap."""
    if not count:
        return []
    first = next_numbers(mutual=mutual, prefix=prefix, on=on, count=count)
    return [document_number(prefix, on.year, number) for number in range(first, first + count)]


def _family_numbers(mutual: Mutual, on: date, count: int) -> list[str]:
    """The next numbers of families, past those that somebody bears without the book's knowing."""
    found: list[str] = []
    while len(found) < count:
        numbers = _numbers(mutual, "F", on, count - len(found))
        homes = Household.objects.filter(mutual=mutual, number__in=numbers)
        first_persons = [f"{number}-1" for number in numbers]
        persons = Person.objects.filter(mutual=mutual, number__in=first_persons)
        borne = {*homes.values_list("number", flat=True)}
        borne |= {number[:-2] for number in persons.values_list("number", flat=True)}
        found += [number for number in numbers if number not in borne]
    return found


def _households(mutual: Mutual, on: date, families: Sequence[NewFamily]) -> list[Household]:
    numbers = iter(_family_numbers(mutual, on, sum(not family.number for family in families)))
    return [
        Household(
            mutual=mutual,
            number=family.number or next(numbers),
            group=family.group,
            area=family.area,
            address=family.address,
            phone=family.phone,
            source="import",
            enrolled_on=family.enrolled_on,
        )
        for family in families
    ]


def _persons(families: Sequence[NewFamily], households: Sequence[Household]) -> list[list[Person]]:
    made = []
    for family, household in zip(families, households, strict=True):
        entered_on = min(family.enrolled_on, family.period.start)
        persons = []
        for rank, entry in enumerate(family.entries, start=1):
            person = new_person(household, entry, rank, entered_on=max(entered_on, entry.birth_on))
            number, left_on = family.person_numbers[rank - 1], family.left_on[rank - 1]
            earlier = family.earlier_numbers[rank - 1] if family.earlier_numbers else ""
            if number or earlier:
                person.number = number or person.number
                person.search_text = search_text(
                    full_name=person.full_name,
                    number=person.number,
                    phones=(person.phone, household.phone),
                    earlier_numbers=(earlier,) if earlier else (),
                )
            if left_on is not None:
                person.exited_on = max(left_on, person.entered_on)
            persons.append(person)
        made.append(persons)
    return made


def _earlier(
    families: Sequence[NewFamily], persons: Sequence[Sequence[Person]]
) -> Iterator[EarlierNumber]:
    for family, members in zip(families, persons, strict=True):
        for number, person in zip(family.earlier_numbers, members, strict=False):
            if number:
                yield EarlierNumber(
                    mutual_id=person.mutual_id, person=person, number=number,
                    key=number_key(number), source="import",
                )  # fmt: skip


def _membership(family: NewFamily, household: Household, versions: Versions) -> Membership:
    version, _ = versions.on(family.product, family.period.start)
    return Membership(
        mutual_id=household.mutual_id,
        household=household,
        product=family.product,
        product_version=version,
        group=family.group,
        enrolled_on=family.enrolled_on,
        effective_from=family.period.start,
        effective_until=family.period.until,
        # Who comes over has waited already: seniority counts from the first day known.
        seniority_from=min(family.enrolled_on, family.period.start),
        waits=family.waits,
    )


def _called(
    memberships: Sequence[Membership], persons: Sequence[Sequence[Person]], versions: Versions
) -> Iterator[tuple[Membership, DueDraft]]:
    for membership, family in zip(memberships, persons, strict=True):
        _, rules = versions.on(membership.product, membership.effective_from)
        terms = terms_for(membership, rules.contribution)
        keep_terms(membership, terms, rules)
        priced_on = max(membership.effective_from, membership.enrolled_on)
        composition = priced_composition(family, rules.membership, membership, priced_on, terms)
        period = Period(membership.effective_from, membership.effective_until)
        for draft in named_drafts(due_drafts(rules, composition, period), terms):
            yield membership, draft


def _owed(
    families: Sequence[NewFamily], memberships: Sequence[Membership], versions: Versions
) -> Iterator[tuple[Membership, DueDraft]]:
    for family, membership in zip(families, memberships, strict=True):
        if family.owed_minor > 0:
            yield membership, owed_draft(membership, family.owed_minor, versions)


def owed_draft(
    membership: Membership,
    amount_minor: int,
    versions: Versions,
    *,
    kind: DueKind = DueKind.CONTRIBUTION,
    due_on: date | None = None,
) -> DueDraft:
    """A due of an amount known from elsewhere, split by the product's rate; fees to running."""
    _, rules = versions.on(membership.product, membership.effective_from)
    rate = rules.fund_share_rate if kind is DueKind.CONTRIBUTION else Decimal(0)
    fund_minor = rate_of(amount_minor, rate)
    return DueDraft(
        kind=kind,
        payer=Payer.HOUSEHOLD,
        instalment=1,
        due_on=due_on or membership.effective_from,
        cover_from=membership.effective_from,
        cover_until=membership.effective_until,
        amount_minor=amount_minor,
        fund_share_minor=fund_minor,
        running_share_minor=amount_minor - fund_minor,
        fund_share_rate=str(rate),
    )


def in_migration(entry: Entry) -> Entry:
    """The same entry in the journal of what was taken over."""
    return dataclasses.replace(entry, journal=Journal.MIGRATION)


def _write_dues(
    mutual: Mutual,
    actor: User,
    on: date,
    drafts: Sequence[tuple[Membership, DueDraft]],
    system: str,
) -> None:
    if system:
        numbers = [f"{system}-APP-{membership.household.number}" for membership, _ in drafts]
    else:
        numbers = _numbers(mutual, "APP", on, len(drafts))
    write_dues(
        mutual=mutual, actor=actor, on=on, drafts=drafts, numbers=numbers,
        days=[membership.enrolled_on for membership, _ in drafts], is_migration=bool(system),
    )  # fmt: skip


def write_dues(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    drafts: Sequence[tuple[Membership, DueDraft]],
    numbers: Sequence[str],
    days: Sequence[date],
    is_migration: bool,
) -> list[ContributionDue]:
    """Post and record dues under numbers already taken, each on its day."""
    entries, dues = [], []
    for (membership, draft), number, day in zip(drafts, numbers, days, strict=True):
        household = membership.household
        entry = due_entry(
            draft,
            document_number=number,
            occurred_on=day,
            party=party_of(household.uid),
            label=household.number,
        )
        entries.append(Draft(in_migration(entry) if is_migration else entry, on, actor))
        dues.append(
            ContributionDue(
                mutual=mutual,
                membership=membership,
                household=household,
                document_number=number,
                **draft.fields(),
            )
        )
    if dues:
        post_entries_in_bulk(mutual=mutual, drafts=entries)
        write_many(ContributionDue, dues)
    return dues
