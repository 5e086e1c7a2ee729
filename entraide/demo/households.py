"""The life of one household: it joins, pays, has children, falls ill, renews or leaves."""

from __future__ import annotations

import random
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from entraide.apps.enrolment.checks import may_be_mother
from entraide.apps.enrolment.facts import PersonEntry
from entraide.core.periods import add_months, age_on
from entraide.demo.acts import Act, AddDependant, EndPerson, Enrol, MoveGroup, Pay, Renew, TakePhoto
from entraide.demo.care import CareOfMutual, Cover, Member, mother_of
from entraide.demo.chance import amount, count, office_day, pick, stream
from entraide.demo.names import NAMES, a_phone
from entraide.demo.network import BASE_YEAR, MutualPlan, Segment

DEATHS = 0.006  # per person and year
BIRTHS = 0.026
MOVES = 0.03  # of contracts, to another group
TWINS = {"mg": 0.013, "bf": 0.018, "tg": 0.018}
REFINANCED = 0.09  # of loans, before their term
PHONE_SHARED, PHONE_NONE = 0.22, 0.10
LATE_PHOTOS = 0.25  # of those missing, brought in the end


@dataclass(slots=True)
class Life:
    """One household from the day it joins to the last day of the demonstration."""

    seed: int
    plan: MutualPlan
    segment: Segment
    key: str
    group: str
    groups: tuple[str, ...]  # of its segment, to one of which it may move
    joined_on: date
    until: date  # nothing happens on this day or later
    care: CareOfMutual
    members: list[Member] = field(default_factory=list)

    def acts(self) -> Iterator[Act]:
        """All that is done about this household, in no order."""
        for act in self._all():
            if act.day < self.until:
                yield act

    def _all(self) -> Iterator[Act]:
        enrolment = self._enrolment(self._stream("joining"))
        yield enrolment
        yield from self._photos(self._stream("photos"))
        number, start, seniority_from = 0, self.joined_on, self.joined_on
        done_on = self.joined_on
        while True:
            rng = self._stream("cover", number)
            cover_until = add_months(start, 12)
            paid_until, payments = self._payments(number, done_on, start, cover_until, rng)
            yield from payments
            cover = Cover(self.key, start, cover_until, seniority_from, paid_until, self.members)
            yield from self._events(cover, number, self._stream("events", number))
            yield from self._move(cover, number, self._stream("move", number))
            yield from self.care.claims(cover, self._stream("care", number))
            next_on = self._renewed_on(number, cover_until, paid_until, rng)
            if next_on is None or next_on >= self.until:
                return
            next_start = max(next_on, cover_until)
            if (next_start - cover_until).days > (60 if self.segment.product == "sugri" else 30):
                seniority_from = next_start
            number, start, done_on = number + 1, next_start, next_on
            yield self._renewal(number, next_on, rng)

    def _stream(self, *place: object) -> random.Random:
        return stream(self.seed, self.plan.code, self.key, *place)

    # --- joining ---------------------------------------------------------------------------------

    def _enrolment(self, rng: random.Random) -> Enrol:
        size = min(14, 1 + count(rng, self.segment.mean_size - 1))
        wives = 1 + (size >= 5 and rng.random() < self.plan.several_wives)
        persons = self._persons(size, wives, rng)
        self._note("several_wives", self.key, wives > 1)
        town = rng.choice(self.plan.towns)[1]
        phone = self._phone(rng)
        return Enrol(
            day=self.joined_on,
            key=f"enrol-{self.key}",
            by=rng.choice(("clerk", "agent", "agent2")),
            household=self.key,
            product=self.segment.product,
            group=self.group,
            area=town,
            persons=persons,
            phone=phone,
            address=self._address(town, rng),
            source="paper" if self.joined_on.year == 2023 else "direct",
            loan_minor=self._loan(self.joined_on, rng),
            loan_reference=self._loan_reference(0),
            declared_group_size=30 if self.segment.pays == "collective" else None,
        )

    def _address(self, town: str, rng: random.Random) -> str:
        """Where they live; the place is spelt otherwise for fifteen households in a hundred."""
        lot = f"Lot {rng.randrange(1, 300)}" if self.plan.country == "mg" else "Secteur 4"
        is_variant = rng.random() < 0.15
        self._note("place_spelt_otherwise", self.key, is_variant)
        return f"{lot}, {town.lower().replace('’', ' ') if is_variant else town}"

    def _phone(self, rng: random.Random) -> str:
        drawn = rng.random()
        self._note("phone_none", self.key, drawn < PHONE_NONE)
        self._note("phone_shared", self.key, PHONE_NONE <= drawn < PHONE_NONE + PHONE_SHARED)
        if drawn < PHONE_NONE:
            return ""
        if drawn < PHONE_NONE + PHONE_SHARED:  # the phone of the group's focal point
            return a_phone(stream(self.seed, self.plan.code, self.group), NAMES[self.plan.country])
        return a_phone(rng, NAMES[self.plan.country])

    def _persons(self, size: int, wives: int, rng: random.Random) -> tuple[PersonEntry, ...]:
        family = rng.choice(NAMES[self.plan.country].family)
        entries = []
        member_sex = "M" if wives > 1 else rng.choice("FFM")
        for rank in range(1, size + 1):
            if rank == 1:
                relation, sex, age = "member", member_sex, rng.uniform(23, 58)
            elif rank <= 1 + wives and rng.random() < 0.9:
                relation, sex = "spouse", "F" if member_sex == "M" else "M"
                age = rng.uniform(20, 52)
            else:
                relation, sex, age = "child", rng.choice("FM"), rng.uniform(0.3, 19)
            entries.append(self._entry(family, relation, sex, age, rank, rng))
        return _with_mothers(entries) if wives > 1 else tuple(entries)

    def _entry(
        self, family: str, relation: str, sex: str, age: float, rank: int, rng: random.Random
    ) -> PersonEntry:
        names = NAMES[self.plan.country]
        birth_on = self.joined_on - timedelta(days=int(age * 365.25))
        precision = "exact"
        person = f"{self.key}-{rank}"
        if rng.random() < self.plan.birth_unknown and relation != "member":
            birth_on = min(birth_on, date(birth_on.year, 1, 1))
            precision = rng.choice(("year", "around"))
        self._note("birth_date_unsure", person, precision != "exact")
        given = rng.choice(names.women if sex == "F" else names.men)
        surname = family if relation != "spouse" else rng.choice(names.family)
        is_single = rng.random() < self.plan.single_name
        self._note("single_name", person, is_single)
        has_photo = relation == "member" or rng.random() >= self.plan.photo_missing * 1.7
        self.members.append(
            Member(rank, sex, birth_on, self.joined_on, relation == "member", has_photo)
        )
        return PersonEntry(
            name=f"{surname.upper()} {given}" if is_single else surname,
            given_name="" if is_single else given,
            birth_on=birth_on,
            sex=sex,
            relation=relation,
            birth_precision=precision,
            has_photo=has_photo,
        )

    def _photos(self, rng: random.Random) -> Iterator[TakePhoto]:
        """Some of the missing photos are brought; the others are the persons' missing papers."""
        for member in self.members:
            if member.has_photo or rng.random() >= LATE_PHOTOS:
                continue
            day = office_day(self.joined_on + timedelta(days=rng.randrange(30, 300)))
            yield TakePhoto(day, f"photo-{self.key}-{member.rank}", "clerk", self.key, member.rank)

    def _note(self, disorder: str, what: str, is_so: bool) -> None:
        if is_so:
            self.care.planted.setdefault(disorder, []).append(what)

    # --- paying ----------------------------------------------------------------------------------

    def _loan(self, day: date, rng: random.Random) -> int | None:
        if not self.segment.loan_mean_minor:
            return None
        mean = self.segment.loan_mean_minor * 1.03 ** (day.year - BASE_YEAR)
        return max(50_000, round(amount(rng, mean, 0.45) / 10_000) * 10_000)

    def _loan_reference(self, number: int) -> str:
        return f"PR-{self.key}-{number + 1}" if self.segment.pays == "loan" else ""

    def _payments(
        self, number: int, done_on: date, start: date, until: date, rng: random.Random
    ) -> tuple[date, list[Pay]]:
        """The payments of a cover, and the day until which arrears do not close rights."""
        way = self.segment.pays
        if way == "loan":
            return until, [self._pay(number, 0, done_on, start + timedelta(days=1), "lender")]
        stops_after = 12
        if rng.random() >= self.segment.collected:
            stops_after = rng.randrange(1, 9) if way in ("monthly", "payroll") else 0
        if way in ("once", "collective"):
            return self._paid_at_once(number, done_on, start, until, stops_after > 0, rng)
        payments: list[Pay] = []
        for month in range(stops_after):
            due_on = add_months(start, month)
            if way == "payroll":
                day = due_on + timedelta(days=12)
                payments.append(self._pay(number, month, day, day, "group"))
                payments.append(self._pay(number, month, day, day, "bank", payer="employer"))
            elif month == stops_after - 1 or rng.random() < 0.8:  # else with the next one
                day = due_on + timedelta(days=rng.randrange(2, 19))
                channel = pick(rng, (("cash", 0.55), ("mobile_money", 0.30), ("group", 0.15)))
                payments.append(self._pay(number, month, day, day, channel))
        paid_until = until if stops_after == 12 else add_months(start, stops_after)
        return min(until, paid_until + timedelta(days=30)), payments

    def _paid_at_once(
        self, number: int, done_on: date, start: date, until: date, pays: bool, rng: random.Random
    ) -> tuple[date, list[Pay]]:
        payments: list[Pay] = []
        if pays:
            day = max(done_on, start) + timedelta(days=rng.randrange(0, 22))
            if self.segment.pays == "collective":
                channel = pick(rng, (("cash", 0.7), ("group", 0.3)))
            else:
                channel = pick(
                    rng, (("cash", 0.4), ("mobile_money", 0.35), ("bank", 0.1), ("group", 0.15))
                )
            payments.append(self._pay(number, 0, day, day, channel))
        if self.segment.pays == "collective":
            day = start + timedelta(days=110)
            payments.append(self._pay(number, 1, day, until, "bank", payer="state"))
        return (until if pays else start + timedelta(days=30)), payments

    def _pay(
        self,
        number: int,
        part: int,
        day: date,
        until: date,
        channel: str,
        *,
        payer: str = "household",
    ) -> Pay:
        if channel == "mobile_money" and not self.plan.has_mobile_money:
            channel = "group"
        day = office_day(day)
        key = f"pay-{self.key}-{number}-{part}-{payer}"
        reference = ""
        if channel == "mobile_money":
            reference = f"MP{day:%y%m%d}.{zlib.crc32(key.encode()):08X}"
        collector = ("agent", "agent2", "cashier")[zlib.crc32(self.group.encode()) % 3]
        return Pay(
            day=day,
            key=key,
            by=collector if channel == "cash" else "cashier",
            household=self.key,
            payer=payer,
            channel=channel,
            reference=reference,
            until=max(until, day) + timedelta(days=1),
        )

    # --- events and renewal ----------------------------------------------------------------------

    def _events(self, cover: Cover, number: int, rng: random.Random) -> Iterator[Act]:
        days = (cover.until - cover.start).days
        births = []
        for _ in range(count(rng, BIRTHS * len(self.members))):
            birth_on = cover.start + timedelta(days=rng.randrange(days))
            births.append((office_day(birth_on + timedelta(days=rng.randrange(6, 70))), birth_on))
        # Two births on one day of the calendar would be one event told twice.
        for rank, (entered_on, birth_on) in enumerate(sorted(set(births))):
            mother = mother_of(self.members, birth_on)
            if mother is None or birth_on < self.joined_on:
                continue
            yield from self.care.delivery_claim(cover, mother, birth_on, rng)
            for child in range(1 + (rng.random() < TWINS[self.plan.country])):
                key = f"{number}-{rank}-{child}"
                yield from self._newborn(cover, key, birth_on, entered_on, rng)
        for member in list(self.members):
            if rng.random() < DEATHS and member.died_on is None:
                yield from self._death(cover, member, rng)

    def _move(self, cover: Cover, number: int, rng: random.Random) -> Iterator[MoveGroup]:
        """Some go to another group of their product in the middle of a contract."""
        others = [group for group in self.groups if group != self.group]
        if not others or rng.random() >= MOVES:
            return
        days = rng.randrange(20, (cover.until - cover.start).days - 20)
        day = office_day(cover.start + timedelta(days=days))
        key = f"move-{self.key}-{number}"
        self._note("group_moved", key, day < self.until)
        self.group = rng.choice(others)
        yield MoveGroup(day, key, "clerk", self.key, self.group)

    def _newborn(
        self, cover: Cover, number: str, birth_on: date, entered_on: date, rng: random.Random
    ) -> Iterator[Act]:
        if entered_on >= cover.until:
            return
        names, sex = NAMES[self.plan.country], rng.choice("FM")
        entry = PersonEntry(
            name=rng.choice(names.family),
            given_name=rng.choice(names.women if sex == "F" else names.men),
            birth_on=birth_on,
            sex=sex,
            relation="child",
            has_photo=rng.random() >= self.plan.photo_missing,
        )
        self.members.append(
            Member(len(self.members) + 1, sex, birth_on, entered_on, False, entry.has_photo)
        )
        yield AddDependant(
            entered_on, f"birth-{self.key}-{number}", "clerk", self.key, entry, entered_on
        )
        if self.segment.pays in ("once", "collective"):
            yield self._pay(9_000 + len(self.members), 0, entered_on, entered_on, "group")

    def _death(self, cover: Cover, member: Member, rng: random.Random) -> Iterator[EndPerson]:
        died_on = cover.start + timedelta(days=rng.randrange((cover.until - cover.start).days))
        day = office_day(died_on + timedelta(days=rng.randrange(3, 40)))
        if not member.is_present(died_on) or day >= cover.until:
            return
        successor = None
        if member.is_member:
            staying = [other for other in self.members if other is not member]
            adults = [
                other
                for other in staying
                if other.died_on is None
                and other.is_present(died_on)
                and age_on(other.birth_on, died_on) >= 18
            ]
            if not adults:
                return
            successor = adults[0]
            successor.is_member, member.is_member = True, False
        member.died_on = died_on
        yield EndPerson(
            day, f"death-{self.key}-{member.rank}", "clerk", self.key, member.rank, died_on,
            successor.rank if successor else None,
        )  # fmt: skip

    def _renewed_on(
        self, number: int, until: date, paid_until: date, rng: random.Random
    ) -> date | None:
        """The day on which the household renews, or None when it leaves."""
        # The rate is that of all households; those who did not pay to the end have left already.
        stays = rng.random() < self.segment.renewal_rate / self.segment.collected
        shift = {"loan": (-6, 20), "payroll": (-15, 1)}.get(self.segment.pays, (-20, 14))
        days = rng.randrange(*shift)
        if self.segment.pays == "loan" and rng.random() < REFINANCED:
            days = -rng.randrange(50, 140)
            self._note("loan_refinanced", f"renew-{self.key}-{number + 1}", stays)
        if not stays or paid_until < until:
            return None
        return office_day(until + timedelta(days=days))

    def _renewal(self, number: int, day: date, rng: random.Random) -> Renew:
        return Renew(
            day=day,
            key=f"renew-{self.key}-{number}",
            by=rng.choice(("clerk", "agent", "agent2")),
            household=self.key,
            loan_minor=self._loan(day, rng),
            loan_reference=self._loan_reference(number),
        )


def _with_mothers(entries: list[PersonEntry]) -> tuple[PersonEntry, ...]:
    """Where one man pays for several wives, each child stands under its mother, turn by turn."""
    wives = [rank for rank, entry in enumerate(entries, start=1) if entry.relation == "spouse"]
    turn, told = 0, []
    for entry in entries:
        fitting = [
            rank
            for rank in wives
            if may_be_mother(entries[rank - 1].birth_on, entries[rank - 1].sex, entry.birth_on)
        ]
        if entry.relation == "child" and fitting:
            entry = replace(entry, mother_rank=fitting[turn % len(fitting)])
            turn += 1
        told.append(entry)
    return tuple(told)
