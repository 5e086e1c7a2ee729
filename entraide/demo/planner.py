"""The plan of one mutual: who joins when, and what its office does, day after day."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from entraide.core.periods import add_months
from entraide.core.settlement_channels import is_in_hand
from entraide.demo import acts
from entraide.demo.acts import Act
from entraide.demo.care import CareOfMutual, Planted
from entraide.demo.chance import office_day, stream
from entraide.demo.households import Life
from entraide.demo.lists import UNPRICED, places, price_minor
from entraide.demo.network import BASE_YEAR, MutualPlan, Segment

BEGINNING = date(2023, 1, 2)
EARLIEST_END = date(2024, 2, 1)  # a whole year lived before it
HOUSEHOLDS_PER_GROUP = 25
LATE_DEPOSITS = 0.08
CLAIMS_LEFT_TO_REVIEW = 2
PLANTED_IN_ACTS = frozenset(
    {
        "asked_twice",
        "claim_too_late",
        "entry_error_act",
        "entry_error_amount",
        "entry_error_date",
        "entry_error_person",
        "fraud_antibiotics_always",
        "fraud_consecutive_numbers",
        "fraud_two_places",
        "fraud_wrong_sex",
        "loan_refinanced",
    }
)
"""Kinds of disorder whose keys are those of acts."""
# Households at the end of each year, base year = 1: a mutual that grows slowly.
_SIZES = {2022: 0.0, 2023: 0.94, 2024: 0.98, 2025: 1.01}
_GROWTH_AFTER = 0.02


@dataclass(slots=True)
class Planner:
    """The acts of a mutual with so many households, until a day (excluded)."""

    plan: MutualPlan
    households: int
    seed: int
    until: date
    currency: str
    planted: Planted = field(default_factory=dict)

    def acts(self) -> list[Act]:
        """Everything that happens, in order."""
        plan = [*self._with_work_left(self._of_households()), *self._of_office()]
        self._forget_what_never_came({act.key for act in plan})
        return acts.in_order(plan)

    def _forget_what_never_came(self, keys: set[str]) -> None:
        """What was planted in an act after the last day is no truth about the registers."""
        for kind in PLANTED_IN_ACTS & self.planted.keys():
            self.planted[kind] = [key for key in self.planted[kind] if key in keys]

    # --- households ------------------------------------------------------------------------------

    def segment_sizes(self) -> dict[str, int]:
        """How many of the mutual's households join in each way."""
        shares = [(segment.code, self.households * segment.share) for segment in self.plan.segments]
        sizes = {code: int(exact) for code, exact in shares}
        missing = self.households - sum(sizes.values())
        by_rest = sorted(shares, key=lambda each: each[1] - int(each[1]), reverse=True)
        for code, _ in by_rest[:missing]:
            sizes[code] += 1
        return sizes

    def groups(self, segment: Segment) -> list[tuple[str, str]]:
        """Code and name of the partner groups of a segment, one for 25 households."""
        wanted = max(1, round(self.segment_sizes()[segment.code] / HOUSEHOLDS_PER_GROUP))
        named = []
        for index in range(wanted):
            name = segment.group_names[index % len(segment.group_names)]
            rank = index // len(segment.group_names)
            named.append((f"{segment.code}-{index + 1}", f"{name} {rank + 1}" if rank else name))
        return named

    def _of_households(self) -> Iterator[Act]:
        care = CareOfMutual(self.plan, self.currency, places(self.plan), self.planted)
        for segment in self.plan.segments:
            groups = tuple(code for code, _ in self.groups(segment))
            for index, joined_on in enumerate(self._joining_days(segment)):
                life = Life(
                    seed=self.seed,
                    plan=self.plan,
                    segment=segment,
                    key=f"{segment.code}-{index + 1:05d}",
                    group=groups[index % len(groups)],
                    groups=groups,
                    joined_on=joined_on,
                    until=self.until,
                    care=care,
                )
                yield from life.acts()

    def _with_work_left(self, plan: Iterator[Act]) -> list[Act]:
        """The last claims get an item without agreed price: even a small mutual has a review."""
        every = list(plan)
        latest = sorted(
            (index for index, act in enumerate(every) if _may_be_reviewed(act)),
            key=lambda index: (every[index].day, every[index].key),
        )[-CLAIMS_LEFT_TO_REVIEW:]
        for index in latest:
            claim = every[index]
            assert isinstance(claim, acts.AskClaim), "only claims are chosen"
            price = price_minor(
                UNPRICED, self.currency, "public", claim.care_on.year, self.plan.care_rise
            )
            lines = (*claim.lines, acts.Line(UNPRICED.code, 1, price))
            every[index] = replace(claim, lines=lines)
        return every

    def _joining_days(self, segment: Segment) -> Iterator[date]:
        """One day for each household that joins: those who leave are replaced, and a few more."""
        size = self.segment_sizes()[segment.code]
        rng = stream(self.seed, self.plan.code, segment.code, "joining")
        month, expected, joined = BEGINNING.replace(day=1), 0.0, 0
        while month < self.until:
            expected += size * _joining_rate(segment, month.year) * _weight(segment, month)
            while joined < int(expected + 0.5):
                day = office_day(month + timedelta(days=rng.randrange(1, 27)))
                joined += 1
                if day < self.until:
                    yield day
            month = add_months(month, 1)

    # --- the office ------------------------------------------------------------------------------

    def _of_office(self) -> Iterator[Act]:
        for act in self._all_office():
            if act.day < self.until:
                yield act

    def _all_office(self) -> Iterator[Act]:
        yield self._opening()
        yield from self._slips()
        month = BEGINNING.replace(day=1)
        while month < self.until:
            yield from self._costs(month)
            if month.month % 3 == 1:
                yield self._grant(month)
            if self.plan.has_mobile_money:
                day = office_day(month + timedelta(days=27))
                yield acts.Sweep(day, f"sweep-{month:%Y-%m}", "finance_officer")
            month = add_months(month, 1)
        yield from self._settlement()

    def _opening(self) -> acts.Open:
        return acts.Open(
            BEGINNING, "opening", "finance_officer",
            mutual_fund_minor=_rounded(self.plan.fund_share_minor * self.households * 0.08),
            running_minor=_rounded(self.plan.running_costs_minor * self.households * 0.30),
        )  # fmt: skip

    def costs_minor(self, year: int, share: float, rise: float) -> float:
        """What a part of running costs comes to in a year, for the households of the base year."""
        base = self.plan.running_costs_minor * self.households * share
        return base * (1 + rise) ** (year - BASE_YEAR)

    def _costs(self, month: date) -> Iterator[Act]:
        """Salaries on the 27th, the thirteenth month in December, other costs in the month."""
        plan, rng = self.plan, stream(self.seed, self.plan.code, "costs", month)
        payroll = self.costs_minor(month.year, plan.payroll_share, plan.wage_rise) / 13
        day = office_day(month + timedelta(days=26))
        weights = sum(weight for _, weight in plan.wages)
        for number, (label, weight) in enumerate(plan.wages):
            amount = _rounded(payroll * weight / weights * (2 if month.month == 12 else 1))
            key = f"wages-{month:%Y-%m}-{number}"
            yield acts.Spend(day, key, "finance_officer", "staff_costs", amount, label)
        other = self.costs_minor(month.year, 1 - plan.payroll_share, plan.price_rise) / 12
        for number, label in enumerate(plan.other_costs):
            amount = _rounded(other / len(plan.other_costs) * rng.uniform(0.85, 1.15))
            paid_on = office_day(month + timedelta(days=rng.randrange(4, 25)))
            key = f"costs-{month:%Y-%m}-{number}"
            yield acts.Spend(paid_on, key, "finance_officer", "other_running_costs", amount, label)
        charge = max(50, round(self.households * plan.running_costs_minor / 40_000 / 50) * 50)
        charged_on = office_day(add_months(month, 1) + timedelta(days=4))
        yield acts.BearCharge(
            charged_on, f"charge-{month:%Y-%m}", "finance_officer", charge,
            f"Frais de tenue de compte {month:%m/%Y}",
        )  # fmt: skip

    def _grant(self, month: date) -> acts.ReceiveGrant:
        """The partner of the mutual pays each quarter what contributions do not cover."""
        plan = self.plan
        costs = self.costs_minor(month.year, plan.payroll_share, plan.wage_rise)
        costs += self.costs_minor(month.year, 1 - plan.payroll_share, plan.price_rise)
        own = plan.running_share_minor * self.households * (0.4 if month.year == 2023 else 0.95)
        quarter = f"{(month.month + 2) // 3}e trimestre {month.year}"
        return acts.ReceiveGrant(
            office_day(month + timedelta(days=9)), f"grant-{month:%Y-%m}", "finance_officer",
            _rounded(max(costs - own, costs * 0.1) / 4), f"Appui du partenaire, {quarter}",
        )  # fmt: skip

    def _slips(self) -> Iterator[Act]:
        """Each Friday the holders of cash list their receipts; the bank has it within two days."""
        friday = BEGINNING + timedelta(days=4)
        while friday < self.until:
            for holder in ("agent", "agent2", "cashier"):
                key = f"slip-{holder}-{friday:%Y%m%d}"
                yield acts.Slip(friday, key, holder)
                rng = stream(self.seed, self.plan.code, key)
                is_late = rng.random() < LATE_DEPOSITS
                days = rng.randrange(6, 13) if is_late else 3
                day = friday + timedelta(days=days)
                if is_late:
                    self.planted.setdefault("deposit_late", []).append(key)
                yield acts.Deposit(office_day(day), f"deposit-{key}", "cashier", key)
            friday += timedelta(days=7)

    def _settlement(self) -> Iterator[Act]:
        """Reviews, approvals and batches; what is recent on the last day is left to be done."""
        *settled, _missed, last = self._batch_days()
        for day in [*settled, last]:
            batch = f"batch-{day:%Y%m%d}"
            review_on = office_day(day - timedelta(days=2))
            if review_on < self.until - timedelta(days=18):
                yield acts.Review(review_on, f"review-{day:%Y%m%d}", "medical_adviser", review_on)
            yield acts.Approve(day, f"approve-{day:%Y%m%d}", "finance_officer")
            yield acts.MakeBatch(day, batch, "finance_officer")
            if day == last:
                return  # it gathers what the missed one left, and waits for its signature
            signed_on = office_day(day + timedelta(days=1))
            yield acts.Authorise(signed_on, f"sign-{batch}", "director", batch)
            paid_on = office_day(signed_on + timedelta(days=1))
            yield acts.PayBatch(paid_on, f"pay-{batch}", "cashier", batch, False)
            if day != settled[-1]:
                fetched_on = office_day(signed_on + timedelta(days=36))
                yield acts.PayBatch(fetched_on, f"fetch-{batch}", "cashier", batch, True)

    def _batch_days(self) -> Iterator[date]:
        month = BEGINNING.replace(day=1)
        while month < self.until:
            for number in self.plan.batch_days:
                day = office_day(month.replace(day=number))
                if BEGINNING + timedelta(days=20) < day < self.until:
                    yield day
            month = add_months(month, 1)


def _may_be_reviewed(act: Act) -> bool:
    return (
        isinstance(act, acts.AskClaim)
        and act.lines[0].item == "CONS"
        and act.lines[-1].item != UNPRICED.code
        and act.circuit == "third_party_payment"
    )


def _joining_rate(segment: Segment, year: int) -> float:
    """How many join in a year for one household of the base year."""
    before = _size(year - 1)
    leaving = (1 - segment.renewal_rate) * before if year > BEGINNING.year else 0.0
    return leaving + _size(year) - before


def _size(year: int) -> float:
    if year in _SIZES:
        return _SIZES[year]
    return _SIZES[BASE_YEAR] * (1 + _GROWTH_AFTER) ** (year - BASE_YEAR)


def _weight(segment: Segment, month: date) -> float:
    return segment.seasons[month.month - 1] / sum(segment.seasons)


def _rounded(amount: float) -> int:
    """A round figure, as budgets are."""
    return max(100, round(amount / 100) * 100)


def is_fetched_late(document_number: str) -> bool:
    """Whether nobody fetches a refund for a month: four in a hundred, always the same ones."""
    return zlib.crc32(document_number.encode()) % 100 < 4


def where_paid(document_number: str, channel: str, *, is_family: bool) -> tuple[str, int | None]:
    """Place and minutes of a payment, always the same ones for a number: a family is paid at the
    office what it gets in cash, all else goes by transfer; nobody counts minutes for a provider."""
    if not is_family:
        return "transfer", None
    luck = zlib.crc32(f"{document_number} place".encode())
    place, least = ("office", 15) if is_in_hand(channel) else ("transfer", 4)
    return place, least + luck // 5 % (least + 10)
