"""What is watched of care in one mutual: booklets of attestations given out, sittings of the comité
de suivi with what they decided, care that a person should look at, the State's share invoiced."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django_scopes import scope

from entraide.apps.access.selectors import user_by_username
from entraide.apps.care_control.committee import close_decision, record_decision, record_meeting
from entraide.apps.claims.approval import approve_claim
from entraide.apps.claims.attestations import (
    give_attestations,
    return_attestations,
    spoil_attestation,
)
from entraide.apps.claims.desk import LineEntry
from entraide.apps.claims.models import Circuit, Claim, ClaimState, SpoiltKind
from entraide.apps.claims.services import submit_claim
from entraide.apps.contributions.selectors import Standing, standings_on
from entraide.apps.enrolment.models import Person
from entraide.apps.providers.models import Provider
from entraide.apps.providers.selectors import agreement_on, unit_prices_on
from entraide.apps.schemes.flags import STATE_SHARE, Stage, set_flag
from entraide.apps.settlement.models import SubsidyInvoice
from entraide.apps.settlement.subsidies import (
    issue_subsidy_invoice,
    pass_subsidy_on,
    prepare_subsidy_invoice,
    receive_subsidy,
)
from entraide.apps.settlement.subsidy_figures import payees
from entraide.apps.settlement.subsidy_shares import shares_to_invoice
from entraide.core.periods import add_months, age_on, month_start
from entraide.demo.foundation import ADMINISTRATOR, STATE_SHARE_MONTHS, World

BOOKLETS = (("csb1", 1), ("hopital", 101), ("dispensaire", 201))  # first number of each
LEAVES = 100
DELIVERIES = 4
LOOKED_AT = 200  # persons, until enough of them are found
MINUTES = (
    "Les fiches des prestataires sont lues une à une. L’accueil est jugé bon au centre de santé ;"
    " la clinique fait attendre. Les réductions du semestre viennent surtout de prix au-dessus de"
    " la convention."
).replace(" ;", "\u202f;")
DECISIONS = (
    ("clinique", "Demander à la clinique d’afficher les heures de consultation.", 30,
     "Affiche posée à l’entrée, vue par la coordinatrice."),
    ("csb1", "Former l’infirmier au remplissage des attestations.", 60, ""),
    ("hopital", "Vérifier sur place les quantités de médicaments remises.", 45, ""),
)  # fmt: skip

Do = Callable[..., Any]


def watch_care(world: World, until: date) -> None:
    """Everything before ``until``, by the services themselves."""
    today = until - timedelta(days=1)

    def do(service: Callable[..., Any], key: str, by: str, on: date, **content: Any) -> Any:
        return service(
            mutual=world.mutual, actor=world.people[by], on=on,
            idempotency_key=f"demo-watched-{key}", **content,
        )  # fmt: skip

    with scope(mutual=world.mutual):
        _two_places(do, world, today)
        _state_share(do, world, until)
        _sittings(do, world, today)
        _booklets(do, world, today)


def _two_places(do: Do, world: World, today: date) -> None:
    """Two persons seen for the same at the health centre and at the dispensary, on one day."""
    care_on = today - timedelta(days=12)
    for rank, person in enumerate(_covered(care_on, lambda each: True, 2)):
        for kind in ("csb1", "dispensaire"):
            _claim(do, world, f"twice-{rank}-{kind}", person, kind, "CONS", care_on, today)


def _state_share(do: Do, world: World, until: date) -> None:
    """Deliveries, four tenths of whose price the State pays: one month invoiced and
    half of it received, the next one prepared."""
    today, start = until - timedelta(days=1), add_months(month_start(until), -STATE_SHARE_MONTHS)
    set_flag(
        mutual=world.mutual, actor=user_by_username(ADMINISTRATOR[0]), on=today,
        idempotency_key="demo-watched-share", flag=STATE_SHARE.code, stage=Stage.OPEN,
        effective_from=start,
    )  # fmt: skip
    days = [start + timedelta(days=4 + 14 * rank) for rank in range(DELIVERIES)]
    women = _covered(
        days[-1], lambda each: each.sex == "F" and 18 <= age_on(each.birth_on, today) < 45,
        DELIVERIES, category="delivery",
    )  # fmt: skip
    for rank, (person, care_on) in enumerate(zip(women, days, strict=False)):
        claim = _claim(do, world, f"birth-{rank}", person, "csb1", "ACCO", care_on, today)
        if claim.state == ClaimState.DECIDED:
            do(approve_claim, f"birth-yes-{rank}", "coordinator", today, claim=claim)
    for rank in range(STATE_SHARE_MONTHS):
        first = add_months(start, rank)
        if not shares_to_invoice(world.mutual, first, add_months(first, 1)):
            continue
        invoice = do(
            prepare_subsidy_invoice, f"share-{rank}", "finance_officer", today,
            period_from=first, period_until=add_months(first, 1),
            payer_name="Ministère de la Santé",
        )  # fmt: skip
        if not rank:
            _received(do, world, today, invoice)


def _received(do: Do, world: World, today: date, invoice: SubsidyInvoice) -> None:
    issued = do(issue_subsidy_invoice, "issued", "director", today, invoice=invoice)
    owed = payees(issued)[0]
    do(
        receive_subsidy, "received", "cashier", today, invoice=issued,
        amount_minor=owed.amount_minor, received_on=today, treasury_account=world.main,
        reference=f"Mandat {today.year}-118",
    )  # fmt: skip
    do(
        pass_subsidy_on, "passed", "cashier", today, invoice=issued, treasury_account=world.main,
        provider=owed.provider, household=owed.household,
    )  # fmt: skip


def _sittings(do: Do, world: World, today: date) -> None:
    """Two sittings, half a year apart; what the first decided is done but for one point."""
    for rank, back in enumerate((190, 9)):
        held_on = today - timedelta(days=back)
        until = month_start(held_on)
        meeting = do(
            record_meeting, f"sitting-{rank}", "coordinator", held_on, held_on=held_on,
            period_from=add_months(until, -6), period_until=until, minutes=MINUTES,
            present=", ".join(
                str(world.people[each])
                for each in ("director", "medical_adviser", "coordinator", "finance_officer")
            ),
        )  # fmt: skip
        for place, (kind, what, days, outcome) in enumerate(DECISIONS[2 * rank : 2 * rank + 2]):
            decision = do(
                record_decision, f"decided-{rank}-{place}", "coordinator", held_on,
                meeting=meeting, what=what, responsible=str(world.people["coordinator"]),
                due_on=held_on + timedelta(days=days), provider=_provider(world, kind),
            )  # fmt: skip
            if outcome:
                do(
                    close_decision, f"done-{rank}-{place}", "coordinator",
                    held_on + timedelta(days=days - 3), decision=decision, outcome=outcome,
                )  # fmt: skip


def _booklets(do: Do, world: World, today: date) -> None:
    """One in use with a leaf lost, one in use, one handed back unused; the next claims may bear
    their numbers."""
    given_on = today - timedelta(days=40)
    for rank, (kind, first) in enumerate(BOOKLETS):
        held = do(
            give_attestations, f"booklet-{rank}", "coordinator", today,
            first_number=f"AT-{first:04d}", last_number=f"AT-{first + LEAVES - 1:04d}",
            given_on=given_on, provider=_provider(world, kind),
        )  # fmt: skip
        if rank == 0:
            do(
                spoil_attestation, "lost", "coordinator", today, attestation_range=held,
                number=f"AT-{first:04d}", kind=SpoiltKind.LOST,
                reason="Feuille perdue pendant une sortie de vaccination",
            )  # fmt: skip
        if rank == len(BOOKLETS) - 1:
            do(
                return_attestations, "returned", "coordinator", today, attestation_range=held,
                returned_on=today,
            )  # fmt: skip


def _covered(
    on: date, is_wanted: Callable[[Person], bool], count: int, *, category: str = ""
) -> list[Person]:
    """Some persons of as many families with rights open on a day, for a category if one is said."""
    persons = Person.objects.filter(exited_on__isnull=True, died_on__isnull=True).order_by("pk")
    wanted = [each for each in persons[: 10 * LOOKED_AT] if is_wanted(each)][:LOOKED_AT]
    standings = standings_on(wanted, on)
    return list(_of_families(wanted, standings, category))[:count]


def _of_families(
    persons: list[Person], standings: Mapping[int, Standing], category: str
) -> Iterator[Person]:
    seen: set[int] = set()
    for person in persons:
        rights = standings[person.pk].rights
        is_open = rights.is_open and category not in rights.waiting_until
        if is_open and person.household_id not in seen:
            seen.add(person.household_id)
            yield person


def _claim(
    do: Do, world: World, key: str, person: Person, kind: str, code: str, care_on: date, today: date
) -> Claim:
    """One act at the agreed price, received three days later."""
    provider, item = _provider(world, kind), world.items[code]
    prices = unit_prices_on(agreement_on(provider, care_on), [item.pk], care_on)
    claim: Claim = do(
        submit_claim, key, "clerk", today, person=person, provider=provider,
        circuit=Circuit.THIRD_PARTY_PAYMENT, care_on=care_on,
        received_on=min(today, care_on + timedelta(days=3)),
        lines=(LineEntry(item, Decimal(1), prices.get(item.pk, 0)),),
    )  # fmt: skip
    return claim


def _provider(world: World, kind: str) -> Provider:
    return world.providers[f"{world.mutual.code}-{kind}"]
