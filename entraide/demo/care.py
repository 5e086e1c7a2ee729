"""The care that a household asks for during one cover, and the claims that come of it."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from entraide.core.periods import add_months, age_on
from entraide.demo.acts import AskClaim, Line
from entraide.demo.chance import amount, count, office_day, pick
from entraide.demo.frauds import ANTIBIOTICS, always_an_antibiotic, planted_frauds, written
from entraide.demo.lists import BILLS, BY_CODE, DIAGNOSES, UNPRICED, Place, price_minor
from entraide.demo.network import BASE_YEAR, Care, MutualPlan

WAITING_MONTHS = {"hospital": 3, "surgery": 3, "delivery": 9}
LATE_CLAIMS = 0.02  # handed in after the time limit
FRAUDS = 0.005  # the same care asked for twice
ENTRY_ERRORS = (("amount", 0.012), ("date", 0.008), ("person", 0.005), ("act", 0.005))
ABOVE_TARIFF = 0.03
UNPRICED_ITEMS = 0.015
_MIDDLE_OF_BASE_YEAR = date(BASE_YEAR, 7, 1)


@dataclass(slots=True)
class Member:
    """A person of a household as the plan knows them: rank from 1, presence, photo."""

    rank: int
    sex: str
    birth_on: date
    entered_on: date
    is_member: bool = False
    has_photo: bool = True
    died_on: date | None = None

    def is_present(self, on: date) -> bool:
        """Whether they belong to the household and live on a day."""
        return self.entered_on <= on and (self.died_on is None or self.died_on >= on)


@dataclass(slots=True)
class Cover:
    """One cover of a household; ``paid_until`` is the day after which arrears close rights."""

    household: str
    start: date
    until: date
    seniority_from: date
    paid_until: date
    members: Sequence[Member]


Planted = dict[str, list[str]]
"""The disorder that was planted: kind of disorder → keys of the acts or persons concerned."""


@dataclass(slots=True)
class CareOfMutual:
    """What claims of a mutual have in common: its plan, its providers, its money."""

    plan: MutualPlan
    currency: str
    places: tuple[Place, ...]
    planted: Planted
    _by_kind: dict[tuple[str, str], tuple[Place, ...]] = field(default_factory=dict)
    _numbers: set[str] = field(default_factory=set)  # of attestations already given

    def claims(self, cover: Cover, rng: random.Random) -> Iterator[AskClaim]:
        """Every claim of a cover, in no order; births have theirs from ``delivery_claim``."""
        number, honest = 0, []
        for care in self.plan.care:
            if care.category == "delivery":
                continue
            for care_on, member in self._events(care, cover, rng):
                number += 1
                asked = list(self._asked(care, cover, member, care_on, f"{number:02d}", rng))
                honest.append(asked[0])
                yield from asked
        yield from self._frauds(cover, honest)

    def _frauds(self, cover: Cover, honest: Sequence[AskClaim]) -> Iterator[AskClaim]:
        men = [
            (member.rank, member.birth_on)
            for member in cover.members
            if member.sex == "M" and member.is_present(cover.start)
        ]
        planted = planted_frauds(
            honest, mutual=self.plan.code, start=cover.start, until=cover.until, men=men,
            places=self.places, price=self._price,
        )  # fmt: skip
        for kind, claim in planted:
            self.planted.setdefault(kind, []).append(claim.key)
            yield claim

    def delivery_claim(
        self, cover: Cover, mother: Member, birth_on: date, rng: random.Random
    ) -> Iterator[AskClaim]:
        """The claim of a birth, when it took place at a provider of the mutual."""
        rows = [care for care in self.plan.care if care.category == "delivery"]
        attended = min(1.0, sum(care.frequency for care in rows) / 0.026 * self.plan.care_factor)
        if rows and rng.random() < attended * self._eagerness("delivery", cover, mother, birth_on):
            care = pick(rng, [(care, care.frequency) for care in rows])
            yield from self._asked(
                care, cover, mother, birth_on, f"n{mother.rank}-{birth_on:%m%d}", rng
            )

    def _events(
        self, care: Care, cover: Cover, rng: random.Random
    ) -> Iterator[tuple[date, Member]]:
        """Days and persons: as many as the mean, thinned by season, trend and rights."""
        days = (cover.until - cover.start).days
        strongest = max(care.season) * 1.15
        mean = care.frequency * self.plan.care_factor * len(cover.members) * days / 365.25
        for _ in range(count(rng, mean * strongest)):
            care_on = cover.start + timedelta(days=rng.randrange(days))
            member = rng.choice(cover.members)
            years = (care_on - _MIDDLE_OF_BASE_YEAR).days / 365.25
            trend = min(1.15, (1 + self.plan.use_rise) ** years)
            wanted = care.season[care_on.month - 1] * trend / strongest
            wanted *= self._eagerness(care.category, cover, member, care_on)
            if rng.random() < wanted and member.is_present(care_on):
                yield care_on, member

    @staticmethod
    def _eagerness(category: str, cover: Cover, member: Member, care_on: date) -> float:
        """People mostly know that they are not covered, and do not ask."""
        share = 1.0
        if not member.has_photo:
            share *= 0.10
        if care_on > cover.paid_until:
            share *= 0.06
        opens_on = add_months(
            max(cover.seniority_from, member.entered_on), WAITING_MONTHS.get(category, 0)
        )
        if care_on < opens_on:
            share *= 0.15
        return share

    def _asked(
        self,
        care: Care,
        cover: Cover,
        member: Member,
        care_on: date,
        number: str,
        rng: random.Random,
    ) -> Iterator[AskClaim]:
        place = self._place(care, rng)
        is_direct = rng.random() < self.plan.third_party_share
        received_on = self._received_on(care_on, is_direct, rng)
        key = f"claim-{cover.household}-{cover.start:%y%m}-{care.category[:4]}-{number}"
        if received_on - care_on > timedelta(days=90):
            self.planted.setdefault("claim_too_late", []).append(key)
        lines = self._lines(care, place, care_on, rng)
        antibiotic = self._price("AMOX", place, care_on.year)
        billed = always_an_antibiotic(lines, place, antibiotic)
        if billed is not lines:
            self.planted.setdefault(ANTIBIOTICS, []).append(key)
        claim = AskClaim(
            day=office_day(received_on + timedelta(days=rng.randrange(3))),
            key=key,
            by="clerk",
            household=cover.household,
            rank=member.rank,
            provider=place.code,
            circuit="third_party_payment" if is_direct else "reimbursement",
            channel="" if is_direct else rng.choice(("cash", "cash", "mobile_money")),
            care_on=care_on,
            received_on=received_on,
            lines=billed,
            attestation=self._attestation(place, key) if is_direct else "",
            invoice=f"{rng.randrange(10_000):04d}/{care_on:%y}",
            diagnosis=self._diagnosis(care.category, key, rng),
        )
        entered = self._with_error(claim, cover, rng)
        yield entered
        if rng.random() < FRAUDS:
            yield self._again(entered, rng)

    def _place(self, care: Care, rng: random.Random) -> Place:
        kind = (care.category, care.sector)
        if kind not in self._by_kind:
            doing = [place for place in self.places if care.category in place.categories]
            same = [place for place in doing if place.sector == care.sector]
            self._by_kind[kind] = tuple(same or doing)
        return rng.choice(self._by_kind[kind])

    @staticmethod
    def _received_on(care_on: date, is_direct: bool, rng: random.Random) -> date:
        """Median 24 days and 90th percentile 55 for invoices, half of it for refunds."""
        if rng.random() < LATE_CLAIMS:
            return care_on + timedelta(days=rng.randrange(125, 175))
        median = 24.0 if is_direct else 12.0
        delay = min(85.0, rng.lognormvariate(0, 0.647) * median)
        return care_on + timedelta(days=round(delay))

    def _price(self, code: str, place: Place, year: int) -> int:
        return price_minor(BY_CODE[code], self.currency, place.sector, year, self.plan.care_rise)

    def _lines(
        self, care: Care, place: Place, care_on: date, rng: random.Random
    ) -> tuple[Line, ...]:
        """A bill near the drawn amount: the act, then what fills it up at the agreed prices."""
        years = (care_on - _MIDDLE_OF_BASE_YEAR).days / 365.25
        mean = care.bill_minor * (1 + self.plan.care_rise) ** years
        left = amount(rng, mean, care.cv)
        act, fillers = BILLS[care.category]
        price = self._price(act, place, care_on.year)
        quantity = max(1, min(30, int(left * 0.5 / price))) if act == "HOSP" else 1
        if care.category in ("examinations", "dental") and left < price:
            act, fillers = fillers[0], fillers
            price = self._price(act, place, care_on.year)
        lines = [Line(act, quantity, min(price, max(50, round(left / 50) * 50)))]
        left -= lines[0].quantity * lines[0].unit_price_minor
        for code in fillers:
            unit = self._price(code, place, care_on.year)
            quantity = int(left / unit + 0.5)
            if code != fillers[-1]:
                quantity = min(int(left / unit), rng.randrange(4))
            if quantity >= 1 and code != act:
                lines.append(Line(code, quantity, unit))
                left -= quantity * unit
        if rng.random() < ABOVE_TARIFF:
            dear = lines[0]
            lines[0] = Line(dear.item, dear.quantity, round(dear.unit_price_minor * 1.15))
        if care.category == "consultation" and rng.random() < UNPRICED_ITEMS:
            lines.append(Line(UNPRICED.code, 1, self._price(UNPRICED.code, place, care_on.year)))
        return tuple(lines)

    def _attestation(self, place: Place, key: str) -> str:
        """A number of the provider's booklets: patients come in no order of family."""
        number = 100_000_000 + int(hashlib.sha256(key.encode()).hexdigest()[:8], 16) % 800_000_000
        while written(place, number) in self._numbers:
            number += 2  # never beside one that was given
        self._numbers.add(written(place, number))
        return written(place, number)

    @staticmethod
    def _diagnosis(category: str, key: str, rng: random.Random) -> str:
        """That of a paper which says one: every stay, and two consultations in three."""
        known = DIAGNOSES.get(category)
        if category == "consultation":
            drawn = int(hashlib.sha256(f"{key}/dx".encode()).hexdigest()[:8], 16)
            return "" if drawn % 3 == 0 or not known else known[drawn % len(known)][0]
        return rng.choice(known)[0] if known else ""

    def _with_error(self, claim: AskClaim, cover: Cover, rng: random.Random) -> AskClaim:
        """Three claims in a hundred are entered wrongly; which ones is remembered."""
        drawn = rng.random()
        for kind, share in ENTRY_ERRORS:
            if drawn < share:
                wrong = self._wrong(kind, claim, cover)
                if wrong is not claim:
                    self.planted.setdefault(f"entry_error_{kind}", []).append(claim.key)
                return wrong
            drawn -= share
        return claim

    @staticmethod
    def _wrong(kind: str, claim: AskClaim, cover: Cover) -> AskClaim:
        first = claim.lines[0]
        if kind == "amount":
            line = Line(first.item, first.quantity, first.unit_price_minor * 10)
            return replace(claim, lines=(line, *claim.lines[1:]))
        if kind == "date":
            earlier = claim.care_on - timedelta(days=31)
            return replace(claim, care_on=earlier) if earlier >= cover.start else claim
        if kind == "person":
            others = [member for member in cover.members if member.rank != claim.rank]
            present = [member for member in others if member.is_present(claim.care_on)]
            return replace(claim, rank=present[0].rank) if present else claim
        item = "LABO" if first.item == "CONS" else "CONS"
        return replace(claim, lines=(Line(item, 1, first.unit_price_minor), *claim.lines[1:]))

    def _again(self, claim: AskClaim, rng: random.Random) -> AskClaim:
        days = timedelta(days=rng.randrange(5, 25))
        key = f"{claim.key}-bis"
        self.planted.setdefault("asked_twice", []).append(key)
        return replace(
            claim,
            key=key,
            day=office_day(claim.day + days),
            received_on=claim.received_on + days,
            attestation=f"{claim.attestation}-bis" if claim.attestation else "",
            invoice=f"{rng.randrange(10_000):04d}/{claim.care_on:%y}",
        )


def mother_of(members: Sequence[Member], on: date) -> Member | None:
    """A woman of the household who may give birth on a day."""
    for member in members:
        if member.sex == "F" and member.is_present(on) and 16 <= age_on(member.birth_on, on) <= 45:
            return member
    return None
