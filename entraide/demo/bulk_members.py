"""Households, persons, covers and dues in memory, written together at the end."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from entraide.apps.access.prepared_writes import write_many
from entraide.apps.contributions.dues import (
    DueDraft,
    due_drafts,
    due_entry,
    further_due_drafts,
    party_of,
)
from entraide.apps.contributions.models import ContributionDue, Payer
from entraide.apps.contributions.selectors import Standing
from entraide.apps.contributions.services import (
    add_dependant,
    enrol_household,
    renew_membership,
)
from entraide.apps.enrolment.exits import ExitReason, end_person
from entraide.apps.enrolment.facts import entry_day, membership_cover, person_cover, person_facts
from entraide.apps.enrolment.history import Act as HistoryAct
from entraide.apps.enrolment.history import Change, change
from entraide.apps.enrolment.models import (
    GroupMove,
    Household,
    Membership,
    Person,
    RegisterChange,
)
from entraide.apps.enrolment.moves import move_to_group
from entraide.apps.enrolment.new_persons import new_person
from entraide.apps.enrolment.services import record_photo
from entraide.apps.schemes.models import Product as SchemeProduct
from entraide.apps.schemes.models import ProductVersion
from entraide.apps.schemes.selectors import rules_of, versions_of
from entraide.core import enrolment as core
from entraide.core.enrolment import MembershipCover, UnpaidDue, composition_of
from entraide.core.periods import Period
from entraide.core.product import Product
from entraide.core.rating import HouseholdComposition, cover_period, renewal_period
from entraide.core.renewals import seniority_start
from entraide.demo import acts, contents
from entraide.demo.bulk_books import BulkBooks
from entraide.demo.bulk_files import BulkFiles


@dataclass(slots=True)
class Owed:
    """A due, and how much of its fund share has been received."""

    row: ContributionDue
    fund_paid_minor: int = 0


@dataclass(slots=True)
class Cover:
    """A membership with its dues."""

    row: Membership
    renews: Membership | None
    dues: list[Owed] = field(default_factory=list)

    def as_core(self) -> MembershipCover:
        """The cover as the core reads it; the row does not know yet that it renews another."""
        return replace(membership_cover(self.row), is_renewal=self.renews is not None)


@dataclass(slots=True)
class Family:
    """A household as far as the acts have come: persons entered, covers taken."""

    row: Household
    persons: list[Person]
    entered: int = 0
    covers: list[Cover] = field(default_factory=list)

    def present(self) -> list[Person]:
        """The persons registered so far."""
        return self.persons[: self.entered]


class BulkMembers:
    """Enrolment of one mutual, and what it makes due."""

    def __init__(self, books: BulkBooks) -> None:
        self.books, self.world = books, books.world
        self.families: dict[str, Family] = {}
        self._versions: dict[int, list[ProductVersion]] = {}
        self._ended: dict[int, Person] = {}
        self._changed: dict[int, Person] = {}
        self._moves: list[GroupMove] = []
        self._history: list[RegisterChange] = []
        self._files = BulkFiles(self.world.mutual)

    def write_families(self, plan: list[acts.Act]) -> None:
        """Households and persons first: claims and payouts are told apart by their keys."""
        for act in plan:
            if isinstance(act, acts.Enrol):
                self._new_family(act)
            elif isinstance(act, acts.AddDependant):
                family = self.families[act.household]
                rank = len(family.persons) + 1
                family.persons.append(
                    new_person(family.row, act.entry, rank, entered_on=act.entered_on)
                )
        write_many(Household, (family.row for family in self.families.values()))
        write_many(
            Person, (person for family in self.families.values() for person in self._owned(family))
        )
        Person.objects.bulk_update(self._children_of(plan), ["mother"], batch_size=200)

    def _children_of(self, plan: list[acts.Act]) -> list[Person]:
        """The children whose mother the paper tells, each given her row."""
        children = []
        for act in plan:
            for rank, entry in enumerate(act.persons if isinstance(act, acts.Enrol) else ()):
                if entry.mother_rank is not None:
                    persons = self.families[act.household].persons
                    persons[rank].mother = persons[entry.mother_rank - 1]
                    children.append(persons[rank])
        return children

    @staticmethod
    def _owned(family: Family) -> list[Person]:
        for person in family.persons:
            person.household = family.row
        return family.persons

    def _new_family(self, act: acts.Enrol) -> None:
        content = contents.enrolment(act, self.world)
        household = Household(
            mutual=self.world.mutual,
            number=self.books.number("F", act.day.year),
            group=content["group"],
            area=content["area"],
            address=act.address,
            phone=act.phone,
            declared_size=content["declared_size"],
            source=act.source,
            enrolled_on=act.day,
        )
        _, rules = self.product_on(content["product"], act.day)
        first_day = min(act.day, cover_period(rules.membership, act.day).start)
        self.families[act.household] = Family(
            household,
            [
                new_person(household, entry, rank, entered_on=max(first_day, entry.birth_on))
                for rank, entry in enumerate(act.persons, start=1)
            ],
        )

    def product_on(self, product: SchemeProduct, on: date) -> tuple[ProductVersion, Product]:
        """The approved version in force on a day, and its rules of that day."""
        if product.pk not in self._versions:
            self._versions[product.pk] = [
                version for version in versions_of(product) if version.approved_at is not None
            ]
        version = next(each for each in self._versions[product.pk] if each.effective_from <= on)
        return version, rules_of(version).on(on)

    # --- covers ----------------------------------------------------------------------------------

    def enrol(self, act: acts.Enrol) -> None:
        """A household joins."""
        content = contents.enrolment(act, self.world)
        family = self.families[act.household]
        family.entered = len(act.persons)
        _, rules = self.product_on(content["product"], act.day)
        period = cover_period(rules.membership, act.day)
        cover = self._cover(family, content["product"], period, act, seniority_from=period.start)
        self._raise(family, cover, act)
        self.books.log(enrol_household, act, content, family.row)

    def renew(self, act: acts.Renew) -> None:
        """A household renews its last cover."""
        family = self.families[act.household]
        previous = family.covers[-1]
        content = contents.renewal(act, previous.row)
        product = previous.row.product
        _, rules = self.product_on(product, act.day)
        before = Period(previous.row.effective_from, previous.row.effective_until)
        period = renewal_period(rules.membership, before, act.day)
        seniority_from = seniority_start(rules.membership, previous.as_core(), period.start)
        cover = self._cover(family, product, period, act, seniority_from=seniority_from)
        self._raise(family, cover, act)
        self.books.log(renew_membership, act, content, cover.row)

    def _cover(
        self,
        family: Family,
        product: SchemeProduct,
        period: Period,
        act: acts.Enrol | acts.Renew,
        *,
        seniority_from: date,
    ) -> Cover:
        version, _ = self.product_on(product, period.start)
        renews = family.covers[-1].row if family.covers else None
        row = Membership(
            mutual=self.world.mutual,
            household=family.row,
            product=product,
            product_version=version,
            group=family.row.group,
            enrolled_on=act.day,
            effective_from=period.start,
            effective_until=period.until,
            seniority_from=seniority_from,
            renews=renews,
            loan_minor=act.loan_minor,
            loan_reference=act.loan_reference,
        )
        family.covers.append(Cover(row, renews))
        return family.covers[-1]

    def _raise(self, family: Family, cover: Cover, act: acts.Act) -> None:
        row = cover.row
        _, rules = self.product_on(row.product, row.effective_from)
        priced_on = max(row.effective_from, row.enrolled_on)
        composition = self._composition(family.present(), rules, cover, priced_on)
        drafts = due_drafts(rules, composition, Period(row.effective_from, row.effective_until))
        self._record_dues(family, cover, drafts, row.enrolled_on, act)

    @staticmethod
    def _composition(
        persons: list[Person], rules: Product, cover: Cover, on: date
    ) -> HouseholdComposition:
        return composition_of(
            [person_facts(person) for person in persons],
            rules.membership,
            on,
            is_first_enrolment=cover.renews is None,
            loan_minor=cover.row.loan_minor,
        )

    def _record_dues(
        self, family: Family, cover: Cover, drafts: tuple[DueDraft, ...], day: date, act: acts.Act
    ) -> None:
        for draft in drafts:
            number = self.books.number("APP", act.day.year)
            entry = due_entry(
                draft,
                document_number=number,
                occurred_on=day,
                party=party_of(family.row.uid),
                label=family.row.number,
            )
            row = ContributionDue(
                mutual=self.world.mutual,
                membership=cover.row,
                household=family.row,
                document_number=number,
                **draft.fields(),
            )
            cover.dues.append(Owed(row))
            self.books.post(entry, act)

    def add(self, act: acts.AddDependant) -> None:
        """A person enters the household."""
        family = self.families[act.household]
        cover = next(
            each
            for each in family.covers
            if each.row.effective_from <= act.entered_on < each.row.effective_until
        )
        before = list(family.present())
        family.entered += 1
        person = family.persons[family.entered - 1]
        _, rules_then = self.product_on(cover.row.product, act.entered_on)
        person.entered_on = entry_day(act.entry, cover.row, rules_then.membership, act.entered_on)
        self._changed[person.pk] = person
        _, rules = self.product_on(cover.row.product, cover.row.effective_from)
        drafts = further_due_drafts(
            rules,
            self._composition(before, rules, cover, act.entered_on),
            self._composition(family.present(), rules, cover, act.entered_on),
            Period(cover.row.effective_from, cover.row.effective_until),
            act.entered_on,
        )
        self._record_dues(family, cover, drafts, act.entered_on, act)
        self._note(act, family.row, Change.ENTERED, person=person)
        self.books.log(add_dependant, act, contents.dependant(act, cover.row), person)

    def _note(self, act: acts.Act, household: Household, field: str, **values: Any) -> None:
        """A change of the register, as the services write it."""
        done = HistoryAct(self.books.actor(act), act.day, occurred_on=values.pop("day", None))
        self._history.append(change(done, household, field, **values))

    def move(self, act: acts.MoveGroup) -> None:
        """A household changes group."""
        household = self.families[act.household].row
        content = contents.move(act, self.world, household)
        move = GroupMove(
            mutual=self.world.mutual,
            household=household,
            from_group=household.group,
            to_group=content["group"],
            moved_on=act.day,
        )
        self._moves.append(move)
        self._note(act, household, Change.GROUP, before=household.group, after=content["group"])
        self.books.log(move_to_group, act, content, move)
        household.group = content["group"]

    def person(self, household: str, rank: int) -> Person:
        """A person by the plan's names."""
        return self.families[household].persons[rank - 1]

    def end(self, act: acts.EndPerson) -> None:
        """A person has died."""
        person = self.person(act.household, act.rank)
        successor = self.person(act.household, act.successor) if act.successor else None
        content = contents.end_of_person(act, person, successor)
        household, day = person.household, act.died_on
        person.died_on, person.exit_reason = act.died_on, ExitReason.DIED.value
        self._ended[person.pk] = person
        for name in ("died_on", "exit_reason"):
            after = getattr(person, name)
            self._note(act, household, name, person=person, after=after, day=day)
        if successor is not None and person.is_member:
            for name, after in (("is_member", True), ("relation", "member")):
                before = getattr(successor, name)
                self._note(
                    act, household, name, person=successor, before=before, after=after, day=day
                )
                setattr(successor, name, after)
            self._changed[successor.pk] = successor
        self.books.log(end_person, act, content, person)

    def photo(self, act: acts.TakePhoto) -> None:
        """A photo is brought."""
        person = self.person(act.household, act.rank)
        if not person.has_photo:
            self._note(act, person.household, Change.PHOTO, person=person, after="paper")
        person.has_photo = True
        self._changed[person.pk] = person
        self.books.log(record_photo, act, {"person": person}, person)

    # --- rights ----------------------------------------------------------------------------------

    def standing(self, household: str, person: Person, on: date) -> Standing:
        """The rights of a person on a day, as ``contributions.selectors.standing_on`` says them."""
        covers = {cover.as_core(): cover for cover in self.families[household].covers}
        chosen = core.membership_on(covers, on)
        assert chosen is not None, "a claim is planned for a household that has joined"
        cover = covers[chosen]
        row = cover.row
        version, product = self.product_on(row.product, max(on, row.effective_from))
        unpaid = [
            UnpaidDue(owed.row.due_on, owed.row.amount_minor - owed.row.paid_minor)
            for owed in cover.dues
            if owed.row.payer == Payer.HOUSEHOLD and owed.row.paid_minor < owed.row.amount_minor
        ]
        family = self.families[household]
        held_back = self._files.held_back(family.row, family.present(), person, on)
        rights = core.rights_on(person_cover(person, row), chosen, unpaid, product, on, held_back)
        return Standing(person, rights, row, version, product)

    # --- writing ---------------------------------------------------------------------------------

    def write_covers(self) -> None:
        """Covers, each after the one it renews, and dues."""
        waiting = [cover.row for family in self.families.values() for cover in family.covers]
        while waiting:
            ready = [row for row in waiting if row.renews is None or row.renews.pk is not None]
            write_many(Membership, ready)
            waiting = [row for row in waiting if row.pk is None]
        write_many(ContributionDue, self._dues_in_order())
        write_many(GroupMove, self._moves)
        moved = {move.household.pk: move.household for move in self._moves}
        Household.objects.bulk_update(moved.values(), ["group"], batch_size=200)
        Person.objects.bulk_update(self._ended.values(), ["died_on", "exit_reason"], batch_size=200)
        write_many(RegisterChange, self._history)
        Person.objects.bulk_update(
            self._changed.values(),
            ["is_member", "relation", "has_photo", "entered_on"],
            batch_size=200,
        )

    def _dues_in_order(self) -> list[ContributionDue]:
        rows = [
            owed.row
            for family in self.families.values()
            for cover in family.covers
            for owed in cover.dues
        ]
        return sorted(rows, key=lambda row: row.document_number.split("-", 1)[1])
