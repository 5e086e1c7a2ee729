"""The year 2025 of the Mutuelle Lafia, lived with the product's own services (see README.md)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from entraide.apps.claims.approval import approve_decided_claims
from entraide.apps.claims.models import Circuit, Claim, ClaimState
from entraide.apps.contributions.models import Channel, ContributionPayment
from entraide.apps.contributions.slips import prepare_slip, record_deposit
from entraide.apps.enrolment.facts import PersonEntry
from entraide.apps.enrolment.models import Household
from entraide.apps.ledger.operations import (
    record_expense,
    record_grant,
    record_opening_balances,
)
from entraide.apps.ledger.selectors import account_for
from entraide.apps.providers.models import Provider
from entraide.apps.schemes.models import Mutual, Product
from entraide.apps.settlement.models import SettlementBatch
from entraide.apps.settlement.selectors import payouts_to_make
from entraide.apps.settlement.services import authorise_batch, prepare_batch, record_payout
from entraide.core.ledger import AccountRole, FundCode
from entraide.core.periods import add_months
from tests.builders import a_claim, a_household, a_key, a_payment, a_provider
from tests.people import People

CENTRE = {"consultation-1": 4000, "hospital-1": 9000, "delivery-1": 10000}


def _family(name: str, *members: tuple[str, str, date, str]) -> tuple[PersonEntry, ...]:
    return tuple(
        PersonEntry(
            name=name, given_name=given, sex=sex, birth_on=born, relation=relation, has_photo=True
        )
        for given, sex, born, relation in members
    )


ADJOVI = _family(
    "Adjovi",
    ("Éloïse", "F", date(1996, 4, 12), "member"),
    ("Koffi", "M", date(1992, 1, 30), "spouse"),
    ("Afi", "F", date(2019, 9, 3), "child"),
)
BOCCO = _family(
    "Bocco",
    ("Yawa", "F", date(1988, 2, 2), "member"),
    ("Kodjo", "M", date(1985, 5, 5), "spouse"),
    ("Ama", "F", date(2014, 7, 7), "child"),
    ("Yao", "M", date(2017, 8, 8), "child"),
)
CHABI = _family(
    "Chabi",
    ("Séna", "F", date(1979, 3, 9), "member"),
    ("Ibrahim", "M", date(2009, 6, 1), "child"),
)


@dataclass
class Lafia:
    """The mutual at the end of its year: who joined, what was paid, what was decided."""

    mutual: Mutual
    people: People
    product: Product
    households: dict[str, Household] = field(default_factory=dict)
    payments: list[ContributionPayment] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    batches: list[SettlementBatch] = field(default_factory=list)

    def live(self) -> None:
        """The whole year, in the order of the README; the scope is open."""
        self.open_the_books()
        self.families_join_and_pay()
        provider = a_provider(self.mutual, self.people.moussa, code="cms", prices=CENTRE)
        self.care(provider)
        self.run_the_office()

    def open_the_books(self) -> None:
        bank = account_for(self.mutual, AccountRole.BANK)
        record_opening_balances(
            mutual=self.mutual,
            actor=self.people.moussa,
            on=date(2025, 1, 1),
            idempotency_key=a_key(),
            opened_on=date(2025, 1, 1),
            balances=((bank, FundCode.MUTUAL, 10_000), (bank, FundCode.RUNNING, 5_000)),
        )

    def families_join_and_pay(self) -> None:
        for name, persons, enrolled_on in (
            ("Adjovi", ADJOVI, date(2025, 1, 1)),
            ("Bocco", BOCCO, date(2025, 4, 1)),
            ("Chabi", CHABI, date(2025, 7, 1)),
        ):
            self.households[name] = a_household(
                self.mutual, self.people.awa, self.product, enrolled_on=enrolled_on, persons=persons
            )
        self._pay("Adjovi", 13_000, date(2025, 1, 5))
        self._deposit(date(2025, 1, 10))
        self._pay("Bocco", 7_000, date(2025, 4, 1))
        self._pay("Bocco", 6_000, date(2025, 4, 20))
        self._deposit(date(2025, 4, 25))

    def _pay(self, name: str, amount_minor: int, paid_on: date) -> None:
        payment = a_payment(self.households[name], self.people.awa, amount_minor, paid_on=paid_on)
        self.payments.append(payment)

    def _deposit(self, on: date) -> None:
        waiting = [payment for payment in self.payments if payment.slip_id is None]
        slip = prepare_slip(
            mutual=self.mutual,
            actor=self.people.awa,
            on=on,
            idempotency_key=a_key(),
            receipts=waiting,
        )
        record_deposit(
            mutual=self.mutual,
            actor=self.people.moussa,
            on=on,
            idempotency_key=a_key(),
            slip=slip,
            bank_account=account_for(self.mutual, AccountRole.BANK),
            deposited_on=on,
        )
        for payment in waiting:
            payment.refresh_from_db()

    def care(self, provider: Provider) -> None:
        self._claim("Adjovi", "Éloïse", provider, ("consultation-1", "1", 5000), date(2025, 2, 10))
        self._settle(date(2025, 3, 15))
        self._claim("Bocco", "Ama", provider, ("hospital-1", "1", 9000), date(2025, 5, 3))
        self._settle(date(2025, 6, 20))
        self._claim("Chabi", "Séna", provider, ("consultation-1", "1", 4000), date(2025, 8, 15))
        self.payments.append(
            a_payment(
                self.households["Chabi"],
                self.people.awa,
                13_000,
                paid_on=date(2025, 9, 1),
                channel=Channel.BANK,
                role=AccountRole.BANK,
                external_reference="VIR CHABI 0901",
            )
        )
        delivery = ("delivery-1", "1", 10_000)
        self._claim("Adjovi", "Éloïse", provider, delivery, date(2025, 9, 10))
        self._claim("Adjovi", "Éloïse", provider, delivery, date(2025, 10, 12))
        self._claim(
            "Adjovi",
            "Koffi",
            provider,
            ("consultation-1", "1", 800),
            date(2025, 11, 20),
            Circuit.REIMBURSEMENT,
        )
        self._settle(date(2025, 12, 20))

    def _claim(
        self,
        family: str,
        given_name: str,
        provider: Provider,
        line: tuple[str, str, int],
        care_on: date,
        circuit: Circuit = Circuit.THIRD_PARTY_PAYMENT,
    ) -> None:
        person = self.households[family].persons.get(given_name=given_name)
        claim = a_claim(person, provider, self.people.awa, line, care_on=care_on, circuit=circuit)
        self.claims.append(claim)

    def _settle(self, on: date) -> None:
        """Approve what the rules decided, prepare, authorise and pay on one day."""
        everyday = {"mutual": self.mutual, "on": on}
        approve_decided_claims(actor=self.people.moussa, idempotency_key=a_key(), **everyday)
        batch = prepare_batch(
            actor=self.people.moussa,
            idempotency_key=a_key(),
            treasury_account=account_for(self.mutual, AccountRole.BANK),
            **everyday,
        )
        authorise_batch(
            actor=self.people.director, idempotency_key=a_key(), batch=batch, **everyday
        )
        for payout in payouts_to_make(self.mutual):
            record_payout(
                actor=self.people.cashier,
                idempotency_key=a_key(),
                payout=payout,
                paid_on=on,
                **everyday,
            )
        self.batches.append(batch)

    def run_the_office(self) -> None:
        bank = account_for(self.mutual, AccountRole.BANK)
        for month in range(12):
            last_day = add_months(date(2025, 1, 31), month)
            record_expense(
                mutual=self.mutual,
                actor=self.people.moussa,
                on=last_day,
                idempotency_key=a_key(),
                role=AccountRole.STAFF_COSTS,
                amount_minor=1_000,
                paid_on=last_day,
                label="Indemnité de l’animateur",
                treasury_account=bank,
            )
        record_grant(
            mutual=self.mutual,
            actor=self.people.moussa,
            on=date(2025, 3, 1),
            idempotency_key=a_key(),
            amount_minor=5_000,
            received_on=date(2025, 3, 1),
            label="Don de la commune",
            treasury_account=bank,
        )

    def states(self) -> list[str]:
        """The state of each claim, in the order of the year."""
        for claim in self.claims:
            claim.refresh_from_db()
        return [ClaimState(claim.state).value for claim in self.claims]
