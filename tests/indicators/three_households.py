"""Three families, two years, small enough to be counted by hand: built by the services.

* Adjovi, three persons, all of 2024 and, renewed, all of 2025; paid on the first day each time.
* Bocco, one person, from 1 February 2025; half of the contribution is paid 69 days late: thirty
  days of grace, then no rights from 4 March to 11 May.
* Codjo, two persons, from 1 April 2024 to 31 March 2025, paid at once, not renewed.

A contribution is 12 000 F CFA a year, three quarters of it for the mutual fund; joining costs 1 000.
A consultation costs 4 000, the mutual pays 3 000; of a stay of 41 000 it pays 32 000.
"""

from __future__ import annotations

from datetime import date

from django_scopes import scope

from entraide.apps.access.models import User
from entraide.apps.claims.approval import approve_decided_claims, reverse_claim
from entraide.apps.claims.models import Claim, ClaimState
from entraide.apps.contributions.services import renew_membership
from entraide.apps.enrolment.facts import PersonEntry
from entraide.apps.enrolment.models import Household
from entraide.apps.enrolment.services import create_group
from entraide.apps.ledger.operations import (
    record_bank_charge,
    record_expense,
    record_grant,
    reverse_document,
)
from entraide.apps.ledger.selectors import account_for
from entraide.apps.providers.models import Provider
from entraide.apps.schemes.models import Mutual, Product
from entraide.apps.settlement.selectors import payouts_to_make
from entraide.apps.settlement.services import authorise_batch, prepare_batch, record_payout
from entraide.core.ledger import AccountRole
from tests.builders import CHILD, MEMBER, SPOUSE, a_claim, a_household, a_key, a_payment, a_provider
from tests.people import People

BOCCO = PersonEntry(
    name="Bocco", given_name="Jean", birth_on=date(1970, 5, 5), sex="M", has_photo=True
)
CODJO = (
    PersonEntry(
        name="Codjo", given_name="Rita", birth_on=date(1958, 2, 2), sex="F", has_photo=True
    ),
    PersonEntry(
        name="Codjo",
        given_name="Luc",
        birth_on=date(2021, 8, 8),
        sex="M",
        relation="child",
        has_photo=True,
    ),
)


def three_households(mutual: Mutual, people: People) -> None:
    """Everything that the module tells, recorded in the mutual."""
    with scope(mutual=mutual):
        product = Product.objects.get(mutual=mutual, code="essentielle")
        adjovi, bocco, codjo = _families(mutual, people, product)
        provider = a_provider(
            mutual, people.moussa, prices={"consultation-1": 4000, "hospital-1": 41000}
        )
        _care_of_2024(mutual, people, codjo, provider)
        _care_of_2025(mutual, people, adjovi, bocco, provider)
        _running_costs(mutual, people.moussa)


def _families(mutual: Mutual, people: People, product: Product) -> tuple[Household, ...]:
    awa = people.awa
    adjovi = a_household(
        mutual, awa, product, enrolled_on=date(2024, 1, 1), persons=(MEMBER, SPOUSE, CHILD)
    )
    a_payment(adjovi, awa, 13000, paid_on=date(2024, 1, 1))
    codjo = a_household(mutual, awa, product, enrolled_on=date(2024, 4, 1), persons=CODJO)
    a_payment(codjo, awa, 13000, paid_on=date(2024, 4, 1))
    renew_membership(
        mutual=mutual,
        actor=awa,
        on=date(2025, 1, 1),
        idempotency_key=a_key(),
        membership=adjovi.memberships.get(),
        renewed_on=date(2025, 1, 1),
    )
    a_payment(adjovi, awa, 12000, paid_on=date(2025, 1, 1))
    group = create_group(
        mutual=mutual,
        actor=people.coordinator,
        on=date(2025, 2, 1),
        idempotency_key=a_key(),
        code="vogan",
        name="Village de Vogan",
        kind="village",
    )
    bocco = a_household(
        mutual, awa, product, enrolled_on=date(2025, 2, 1), persons=(BOCCO,), group=group
    )
    a_payment(bocco, awa, 7000, paid_on=date(2025, 2, 1))
    return adjovi, bocco, codjo


def _care_of_2024(mutual: Mutual, people: People, codjo: Household, provider: Provider) -> None:
    a_claim(
        codjo.persons.get(is_member=True),
        provider,
        people.awa,
        care_on=date(2024, 5, 5),
        received_on=date(2024, 5, 6),
    )
    pay_all(mutual, people, date(2024, 6, 1))


def _care_of_2025(
    mutual: Mutual, people: People, adjovi: Household, bocco: Household, provider: Provider
) -> None:
    member = adjovi.persons.get(is_member=True)
    spouse, child = adjovi.persons.exclude(is_member=True).order_by("birth_on")
    awa = people.awa
    a_claim(member, provider, awa, care_on=date(2025, 2, 10), received_on=date(2025, 2, 20))
    pay_all(mutual, people, date(2025, 3, 10))
    a_claim(child, provider, awa, care_on=date(2025, 3, 3), received_on=date(2025, 3, 5))
    pay_all(mutual, people, date(2025, 4, 20))
    a_claim(
        bocco.persons.get(), provider, awa, care_on=date(2025, 4, 10), received_on=date(2025, 4, 11)
    )
    a_payment(bocco, awa, 6000, paid_on=date(2025, 5, 12))
    a_claim(
        spouse,
        provider,
        awa,
        ("hospital-1", "1", 41000),
        care_on=date(2025, 6, 2),
        received_on=date(2025, 6, 10),
    )
    mistaken = a_claim(member, provider, awa, care_on=date(2025, 7, 7))
    reverse_claim(
        mutual=mutual,
        actor=people.moussa,
        on=date(2025, 7, 8),
        idempotency_key=a_key(),
        claim=mistaken,
        reason="Saisi deux fois",
    )


def pay_all(mutual: Mutual, people: People, on: date) -> None:
    """Approve, put in a batch, authorise and pay every claim that waits."""
    step = {"mutual": mutual, "on": on}
    if Claim.objects.filter(state=ClaimState.DECIDED).exists():
        approve_decided_claims(actor=people.moussa, idempotency_key=a_key(), **step)
    batch = prepare_batch(
        actor=people.moussa,
        idempotency_key=a_key(),
        treasury_account=account_for(mutual, AccountRole.BANK),
        **step,
    )
    authorise_batch(actor=people.director, idempotency_key=a_key(), batch=batch, **step)
    for payout in payouts_to_make(mutual):
        record_payout(
            actor=people.cashier, idempotency_key=a_key(), payout=payout, paid_on=on, **step
        )


def _running_costs(mutual: Mutual, actor: User) -> None:
    bank = account_for(mutual, AccountRole.BANK)

    def expense(role: AccountRole, amount_minor: int, paid_on: date, label: str) -> str:
        return record_expense(
            mutual=mutual,
            actor=actor,
            on=paid_on,
            idempotency_key=a_key(),
            role=role,
            amount_minor=amount_minor,
            paid_on=paid_on,
            label=label,
            treasury_account=bank,
        ).document_number

    expense(AccountRole.STAFF_COSTS, 20000, date(2025, 3, 31), "Indemnité du gérant")
    expense(AccountRole.OTHER_RUNNING_COSTS, 2000, date(2025, 4, 2), "Papier")
    mistaken = expense(AccountRole.OTHER_RUNNING_COSTS, 500, date(2025, 4, 3), "Papier, deux fois")
    reverse_document(
        mutual=mutual,
        actor=actor,
        on=date(2025, 5, 2),
        idempotency_key=a_key(),
        document_number=mistaken,
        reason="Saisi deux fois",
    )
    record_bank_charge(
        mutual=mutual,
        actor=actor,
        on=date(2025, 4, 30),
        idempotency_key=a_key(),
        amount_minor=300,
        charged_on=date(2025, 4, 30),
        label="Tenue de compte",
        treasury_account=bank,
    )
    record_grant(
        mutual=mutual,
        actor=actor,
        on=date(2025, 6, 1),
        idempotency_key=a_key(),
        amount_minor=5000,
        received_on=date(2025, 6, 1),
        label="Commune",
        treasury_account=bank,
    )
