"""The path of care lived in one mutual: vouchers issued, used, cancelled and expired; acts that do
not go together, and a claim that asks for both; a drug coded otherwise."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django_scopes import scope

from entraide.apps.access.models import User
from entraide.apps.claims.around import Circumstances
from entraide.apps.claims.desk import LineEntry
from entraide.apps.claims.models import Circuit, Claim, ReferralVoucher
from entraide.apps.claims.recoding import recode_line
from entraide.apps.claims.referrals import issue_referral
from entraide.apps.claims.services import submit_claim
from entraide.apps.enrolment.models import Person
from entraide.apps.nomenclature.incompatible import (
    approve_incompatible_acts,
    enter_incompatible_acts,
)
from entraide.apps.portal.services import send_on, take_back_referral
from entraide.apps.providers.models import Provider
from entraide.demo.foundation import World
from entraide.demo.lists import BY_CODE, SYSTEM
from entraide.demo.providers import PORTAL_PEOPLE

VOUCHERS = 6
DAYS = 30


def live_the_path(world: World, until: date) -> None:
    """Everything before ``until``, by the services themselves."""
    today = until - timedelta(days=1)

    def do(service: Callable[..., Any], key: str, by: User, on: date, **content: Any) -> Any:
        return service(
            mutual=world.mutual, actor=by, on=on, idempotency_key=f"demo-path-{key}", **content
        )

    with scope(mutual=world.mutual):
        seen = _seen_at_the_hospital(world)
        if len(seen) < VOUCHERS:
            return  # a demonstration of very few families
        hospital = seen[0].provider
        issued = _vouchers(do, world, today, [claim.person for claim in seen], hospital)
        _use(do, world, today, seen, issued)
        _incompatible(do, world, today, seen[1].person)
        _recoded(do, world, today, seen[3].person)


def _seen_at_the_hospital(world: World) -> list[Claim]:
    """The latest claim of each of some persons cared for at the hospital."""
    claims = Claim.objects.filter(mutual=world.mutual, provider__level="district").exclude(
        care_path=""
    )
    claims = claims.select_related("person", "provider").order_by("-care_on", "-pk")
    first = claims.first()
    if first is None:
        return []
    found: dict[int, Claim] = {}
    for claim in claims.filter(provider=first.provider, person__exited_on=None)[:200]:
        found.setdefault(claim.household_id, claim)
    return list(found.values())[:VOUCHERS]


def _vouchers(
    do: Callable[..., Any], world: World, today: date, persons: list[Person], hospital: Provider
) -> list[ReferralVoucher]:
    """Four from the health centre's desk, one of which is taken back and one expired; one from the
    médecin conseil."""
    nurse = User.objects.get(username=PORTAL_PEOPLE[0][2])
    issued = []
    for rank, person in enumerate(persons[: VOUCHERS - 1]):
        on = today - timedelta(days=80 if rank == VOUCHERS - 2 else 6 - rank)
        issued.append(
            do(
                send_on, f"voucher-{rank}", nurse, on, person=person, provider=hospital,
                effective_until=on + timedelta(days=DAYS),
            )
        )  # fmt: skip
    do(
        take_back_referral, "voucher-back", nurse, today, voucher=issued[2],
        reason="Patient soigné au centre, l’hôpital n’est plus nécessaire",
    )  # fmt: skip
    do(
        issue_referral, "voucher-doctor", world.people["medical_adviser"], today,
        person=persons[VOUCHERS - 1], effective_until=today + timedelta(days=DAYS),
    )  # fmt: skip
    return issued


def _use(
    do: Callable[..., Any], world: World, today: date, seen: list[Claim],
    issued: list[ReferralVoucher],
) -> None:  # fmt: skip
    """The hospital receives the first person, by the voucher; a second paper names it again."""
    for rank, back in enumerate((4, 1)):
        lines = tuple(
            LineEntry(line.care_item, line.quantity, line.unit_price_minor)
            for line in seen[0].lines.select_related("care_item__category")
        )
        do(
            submit_claim, f"claim-{rank}", world.people["clerk"], today,
            person=seen[0].person, provider=seen[0].provider,
            circuit=Circuit.THIRD_PARTY_PAYMENT, care_on=today - timedelta(days=back),
            received_on=today, lines=lines, attestation_number=f"HOP-{today.year}-{rank + 1:04d}",
            circumstances=Circumstances(referral_number=issued[0].document_number),
        )  # fmt: skip


def _incompatible(do: Callable[..., Any], world: World, today: date, person: Person) -> None:
    """Dental care on the day of an extraction is not paid: a rule of two persons, then a claim."""
    entered_on = today - timedelta(days=30)
    rule = do(
        enter_incompatible_acts, "incompatible", world.people["finance_officer"], entered_on,
        name="Soin dentaire le jour d’une extraction",
        source="Nomenclature des soins dentaires, art. 3 (fictif)",
        kept=[f"{SYSTEM}:EXTR"], refused=[f"{SYSTEM}:DENT"],
        effective_from=entered_on + timedelta(days=15),
    )  # fmt: skip
    do(
        approve_incompatible_acts, "incompatible-yes", world.people["director"],
        entered_on + timedelta(days=2), rule=rule,
    )  # fmt: skip
    do(
        submit_claim, "both-acts", world.people["clerk"], today,
        person=person, provider=world.providers[f"{world.mutual.code}-dentiste"],
        circuit=Circuit.THIRD_PARTY_PAYMENT, care_on=today - timedelta(days=2), received_on=today,
        lines=tuple(
            LineEntry(world.items[code], Decimal(1), BY_CODE[code].mga[1])
            for code in ("EXTR", "DENT")
        ),
        attestation_number=f"DEN-{today.year}-0001",
    )  # fmt: skip


def _recoded(do: Callable[..., Any], world: World, today: date, person: Person) -> None:
    """A drug that the clerk read wrongly: the médecin conseil codes it otherwise."""
    claim = do(
        submit_claim, "misread", world.people["clerk"], today,
        person=person, provider=world.providers[f"{world.mutual.code}-csb1"],
        circuit=Circuit.THIRD_PARTY_PAYMENT, care_on=today - timedelta(days=5), received_on=today,
        lines=tuple(
            LineEntry(world.items[code], Decimal(count), BY_CODE[code].mga[0])
            for code, count in (("CONS", 1), ("AMOX", 12))
        ),
        attestation_number=f"CSB-{today.year}-0001",
    )  # fmt: skip
    do(
        recode_line, "recoded", world.people["medical_adviser"], today, claim=claim, position=2,
        item=world.items["PARA"], reason_code="entry_error",
        reason="L’ordonnance dit paracétamol.",
    )  # fmt: skip
