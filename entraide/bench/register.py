"""A large register for the benchmarks: many thousand households, by the rules of the services.

The rows are those that ``enrol_household`` and ``record_contribution_payment`` leave, written many
at a time: pure functions of the core make the dues, the parts and the entries.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django_scopes import scope

from entraide.apps.access.models import User
from entraide.apps.access.prepared_writes import write_many
from entraide.apps.contributions.allocation import OpenDue, allocate_payment, payment_entry
from entraide.apps.contributions.dues import due_drafts, due_entry, party_of
from entraide.apps.contributions.models import (
    Channel,
    ContributionDue,
    ContributionPayment,
    Payer,
    PaymentAllocation,
)
from entraide.apps.enrolment.facts import PersonEntry, person_facts
from entraide.apps.enrolment.models import Household, Membership, PartnerGroup, Person
from entraide.apps.enrolment.new_persons import new_person
from entraide.apps.ledger.models import Account
from entraide.apps.ledger.selectors import account_for
from entraide.apps.ledger.services import Draft, post_entries_in_bulk
from entraide.apps.schemes.models import Mutual, NumberBook, Product, ProductVersion
from entraide.apps.schemes.numbering import document_number
from entraide.apps.schemes.selectors import product_on
from entraide.core.enrolment import composition_of
from entraide.core.ledger import AccountRole
from entraide.core.posting_rules import Treasury
from entraide.core.product import Product as Rules
from entraide.core.rating import cover_period

_CHUNK = 2000
_GROUPS = 200
_LATE = 0.08  # of the households pay nothing
_FAMILY_NAMES = (
    "Rakoto", "Rabe", "Rasoa", "Ravao", "Randria", "Razafi", "Ratsima", "Rahari", "Andriana",
    "Ouédraogo", "Sawadogo", "Kaboré", "Traoré", "Diallo", "Mensah", "Agbeko", "Koné", "N’Diaye",
)  # fmt: skip
_ENDINGS = (
    "", "", "malala", "nirina", "harisoa", "manana", "arisoa", "zanany", "fidy", "vololona",
)  # fmt: skip
_GIVEN_NAMES = (
    "Hasina", "Tojo", "Fitia", "Kanto", "Nirina", "Haja", "Lalao", "Éloïse", "Mamy", "Awa",
    "Issa", "Fatou", "Kossi", "Afi", "Moussa", "Aminata", "Boukary", "Zo", "Miora", "Sitraka",
)  # fmt: skip
_SIZES = (2, 3, 4, 4, 5, 5, 6, 7)  # four and a half persons on the average


@dataclass(slots=True)
class _Chunk:
    """What is written together."""

    households: list[Household] = field(default_factory=list)
    persons: list[Person] = field(default_factory=list)
    memberships: list[Membership] = field(default_factory=list)
    dues: list[ContributionDue] = field(default_factory=list)
    payments: list[ContributionPayment] = field(default_factory=list)
    parts: list[PaymentAllocation] = field(default_factory=list)
    entries: list[Draft] = field(default_factory=list)
    payment_entries: list[int] = field(default_factory=list)  # their places in ``entries``


class LargeRegister:
    """Writes ``count`` households into a mutual, the same ones whenever it is asked."""

    def __init__(self, mutual: Mutual, actor: User, product: Product, today: date) -> None:
        self.mutual, self.actor, self.product, self.today = mutual, actor, product, today
        with scope(mutual=mutual):
            # Not in cash: a real register of this size has its receipts on slips long ago.
            self.bank: Account = account_for(mutual, AccountRole.BANK)
        self._random = random.Random(20)
        self._numbers: dict[tuple[str, int], int] = {}
        self._rules_on: dict[date, tuple[ProductVersion, Rules]] = {}

    def write(self, count: int) -> None:
        """All of them, in transactions of two thousand households."""
        with scope(mutual=self.mutual):
            groups = self._groups()
            for first in range(0, count, _CHUNK):
                with transaction.atomic():
                    chunk = _Chunk()
                    for _ in range(first, min(first + _CHUNK, count)):
                        self._household(chunk, self._random.choice(groups))
                    self._written(chunk)
                    self._books()

    def _groups(self) -> list[PartnerGroup]:
        kinds = ("village", "enterprise", "lender", "ngo")
        return write_many(
            PartnerGroup,
            (
                PartnerGroup(
                    mutual=self.mutual,
                    code=f"groupe-{number}",
                    name=f"Groupe {number}",
                    kind=kinds[number % len(kinds)],
                )
                for number in range(_GROUPS)
            ),
        )

    def _number(self, prefix: str, on: date) -> str:
        key = (prefix, on.year)
        if key not in self._numbers:
            book = NumberBook.objects.filter(mutual=self.mutual, prefix=prefix, year=on.year)
            self._numbers[key] = book.values_list("last_number", flat=True).first() or 0
        self._numbers[key] += 1
        return document_number(prefix, on.year, self._numbers[key])

    def _books(self) -> None:
        for (prefix, year), last_number in self._numbers.items():
            NumberBook.objects.update_or_create(
                mutual=self.mutual, prefix=prefix, year=year, defaults={"last_number": last_number}
            )

    def _household(self, chunk: _Chunk, group: PartnerGroup) -> None:
        drawn = self._random
        enrolled_on = self.today - timedelta(days=drawn.randrange(100, 420))
        household = Household(
            mutual=self.mutual,
            number=self._number("F", enrolled_on),
            group=group,
            phone=f"034{drawn.randrange(10**7):07d}" if drawn.random() < 0.9 else "",
            enrolled_on=enrolled_on,
        )
        chunk.households.append(household)
        persons = [
            new_person(household, entry, rank, entered_on=max(enrolled_on, entry.birth_on))
            for rank, entry in enumerate(self._entries(), start=1)
        ]
        chunk.persons += persons
        self._cover(chunk, household, persons)

    def _entries(self) -> Iterator[PersonEntry]:
        drawn = self._random
        family = drawn.choice(_FAMILY_NAMES) + drawn.choice(_ENDINGS)
        for rank in range(drawn.choice(_SIZES)):
            oldest, youngest = ((60, 22), (55, 20))[rank] if rank < 2 else (17, 0)
            age = drawn.randrange(youngest, oldest)
            yield PersonEntry(
                name=family if rank != 1 else drawn.choice(_FAMILY_NAMES),
                given_name=drawn.choice(_GIVEN_NAMES),
                birth_on=date(self.today.year - age - 2, drawn.randrange(1, 13), 14),
                sex=drawn.choice("FM"),
                relation=("member", "spouse")[rank] if rank < 2 else "child",
                phone=f"032{drawn.randrange(10**7):07d}" if rank == 0 else "",
                has_photo=drawn.random() < 0.97,
            )

    def _cover(self, chunk: _Chunk, household: Household, persons: list[Person]) -> None:
        _, rules = self._rules(household.enrolled_on)
        period = cover_period(rules.membership, household.enrolled_on)
        version, rules = self._rules(period.start)
        membership = Membership(
            mutual=self.mutual,
            household=household,
            product=self.product,
            product_version=version,
            group=household.group,
            enrolled_on=household.enrolled_on,
            effective_from=period.start,
            effective_until=period.until,
            seniority_from=period.start,
        )
        chunk.memberships.append(membership)
        composition = composition_of(
            (person_facts(person) for person in persons),
            rules.membership,
            max(period.start, household.enrolled_on),
        )
        party = party_of(household.uid)
        dues = []
        for draft in due_drafts(rules, composition, period):
            number = self._number("APP", household.enrolled_on)
            entry = due_entry(
                draft,
                document_number=number,
                occurred_on=household.enrolled_on,
                party=party,
                label=household.number,
            )
            chunk.entries.append(Draft(entry, household.enrolled_on, self.actor))
            dues.append(
                ContributionDue(
                    mutual=self.mutual,
                    membership=membership,
                    household=household,
                    document_number=number,
                    **draft.fields(),
                )
            )
        chunk.dues += dues
        if self._random.random() >= _LATE:
            self._payment(chunk, household, dues)

    def _rules(self, on: date) -> tuple[ProductVersion, Rules]:
        if on not in self._rules_on:
            self._rules_on[on] = product_on(self.product, on)
        return self._rules_on[on]

    def _payment(self, chunk: _Chunk, household: Household, dues: list[ContributionDue]) -> None:
        own = [due for due in dues if due.payer == Payer.HOUSEHOLD]
        amount_minor = sum(due.amount_minor for due in own)
        parts = allocate_payment(
            amount_minor,
            [
                OpenDue(
                    key=place,
                    kind=due.kind,
                    due_on=due.due_on,
                    document_number=due.document_number,
                    amount_minor=due.amount_minor,
                    fund_share_minor=due.fund_share_minor,
                )
                for place, due in enumerate(own)
            ],
            currency=self.mutual.currency,
        )
        number = self._number("REC", household.enrolled_on)
        entry = payment_entry(
            parts,
            document_number=number,
            occurred_on=household.enrolled_on,
            treasury=Treasury(AccountRole.BANK, self.bank.key),
            party=party_of(household.uid),
            payer=Payer.HOUSEHOLD,
            label=household.number,
        )
        chunk.payment_entries.append(len(chunk.entries))
        chunk.entries.append(Draft(entry, household.enrolled_on, self.actor))
        payment = ContributionPayment(
            mutual=self.mutual,
            document_number=number,
            household=household,
            channel=Channel.BANK,
            treasury_account=self.bank,
            external_reference=f"V-{number}",
            paid_on=household.enrolled_on,
            amount_minor=amount_minor,
            received_by=self.actor,
        )
        chunk.payments.append(payment)
        for part in parts:
            own[part.key].paid_minor += part.amount_minor
            chunk.parts.append(
                PaymentAllocation(
                    mutual=self.mutual,
                    payment=payment,
                    due=own[part.key],
                    amount_minor=part.amount_minor,
                    fund_share_minor=part.fund_share_minor,
                    running_share_minor=part.running_share_minor,
                )
            )

    def _written(self, chunk: _Chunk) -> None:
        write_many(Household, chunk.households)
        owned: tuple[Any, ...] = (
            *chunk.persons, *chunk.memberships, *chunk.dues, *chunk.payments
        )  # fmt: skip
        for row in owned:
            row.household = row.household  # whose key is known now
        write_many(Person, chunk.persons)
        write_many(Membership, chunk.memberships)
        for due in chunk.dues:
            due.membership = due.membership
        write_many(ContributionDue, chunk.dues)
        entries = post_entries_in_bulk(mutual=self.mutual, drafts=chunk.entries)
        for payment, place in zip(chunk.payments, chunk.payment_entries, strict=True):
            payment.entry = entries[place]
        write_many(ContributionPayment, chunk.payments)
        for part in chunk.parts:
            part.payment, part.due = part.payment, part.due
        write_many(PaymentAllocation, chunk.parts)
