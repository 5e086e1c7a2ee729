"""The past claims of a product, chunk by chunk, with what the records know besides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, TextField
from django.db.models.functions import Cast

from entraide.apps.claims.acts_now import of_act
from entraide.apps.claims.desk import cover_year_start
from entraide.apps.claims.models import Claim, ClaimLine, ClaimState, Decision, PatientListing
from entraide.apps.enrolment.models import Person
from entraide.apps.schemes.models import Product
from entraide.apps.what_if.processes import KeptClaim
from entraide.core.care_needs import Needs
from entraide.core.periods import add_months
from entraide.core.what_if.past import Known

CHUNK_CLAIMS = 1500


@dataclass(frozen=True, slots=True)
class ClaimHead:
    """What finds a claim again and places it in its household and cover year."""

    pk: int
    household: int
    person: int
    care_on: date
    document: str
    year_from: date
    is_before: bool


def heads_of(product: Product, start: date, until: date) -> list[ClaimHead]:
    """The claims of a product with care in ``[start, until)``, and those before them in the same
    cover years; by household, in the order in which they were recorded. Reversed ones are out."""
    rows = (
        Claim.objects.filter(
            mutual_id=product.mutual_id,
            membership__product=product,
            care_on__gte=add_months(start, -12),
            care_on__lt=until,
        )
        .exclude(state=ClaimState.REVERSED)
        .order_by("household_id", "pk")
        .values_list(
            "pk",
            "household_id",
            "person_id",
            "care_on",
            "document_number",
            "membership__effective_from",
        )
    )
    heads = [
        ClaimHead(
            pk,
            household,
            person,
            care_on,
            document,
            cover_year_start(effective_from, care_on),
            care_on < start,
        )
        for pk, household, person, care_on, document, effective_from in rows
    ]
    wanted = {(head.household, head.year_from) for head in heads if not head.is_before}
    return [head for head in heads if (head.household, head.year_from) in wanted]


def chunks_of(heads: Sequence[ClaimHead], needs: Needs) -> Iterator[list[KeptClaim]]:
    """The same claims with their decisions in force, whole households together."""
    chunk: list[ClaimHead] = []
    for rank, head in enumerate(heads):
        chunk.append(head)
        is_last = rank + 1 == len(heads) or heads[rank + 1].household != head.household
        if is_last and len(chunk) >= CHUNK_CLAIMS:
            yield _kept(chunk, needs)
            chunk = []
    if chunk:
        yield _kept(chunk, needs)


def _kept(heads: list[ClaimHead], needs: Needs) -> list[KeptClaim]:
    decided = {
        pk: (context, outcome)
        for pk, context, outcome in Decision.objects.filter(
            claim__in=[head.pk for head in heads], number=F("claim__decision_number")
        )
        .order_by()
        .annotate(facts=Cast("context", TextField()), lines=Cast("outcome", TextField()))
        .values_list("claim_id", "facts", "lines")
    }
    items = _items(heads) if needs.items else {}
    lists = _lists(heads) if needs.lists else None
    persons = _persons(heads) if needs.household_size else None
    return [
        KeptClaim(
            key=head.pk,
            document=head.document,
            household=head.household,
            person=str(head.person),
            year_from=head.year_from,
            context=decided[head.pk][0],
            outcome=decided[head.pk][1],
            known=Known(
                items=tuple(items[head.pk]) if head.pk in items else None,
                lists=None if lists is None else _on_lists(lists[head.person], head.care_on),
                household_size=None
                if persons is None
                else _present(persons[head.household], head.care_on),
            ),
            is_before=head.is_before,
        )
        for head in heads
        if head.pk in decided
    ]


def _items(heads: list[ClaimHead]) -> dict[int, list[tuple[str, str, str]]]:
    found: dict[int, list[tuple[str, str, str]]] = defaultdict(list)
    lines = ClaimLine.objects.filter(claim__in=[head.pk for head in heads])
    for claim, *described in lines.order_by("claim_id", "position").values_list(
        "claim_id", of_act("system"), of_act("kind"), of_act("risk_category")
    ):
        found[claim].append(tuple(described))
    return found


_Spell = tuple[Any, date, date | None]


def _lists(heads: list[ClaimHead]) -> dict[int, list[_Spell]]:
    found: dict[int, list[_Spell]] = defaultdict(list)
    listings = PatientListing.objects.filter(person__in={head.person for head in heads})
    for person, code, start, until in listings.order_by("list_code").values_list(
        "person_id", "list_code", "effective_from", "effective_until"
    ):
        found[person].append((code, start, until))
    return found


def _on_lists(spells: list[_Spell], on: date) -> tuple[str, ...]:
    return tuple(
        code for code, start, until in spells if start <= on and (until is None or on < until)
    )


def _persons(heads: list[ClaimHead]) -> dict[int, list[tuple[date, date | None, date | None]]]:
    found: dict[int, list[tuple[date, date | None, date | None]]] = defaultdict(list)
    persons = Person.objects.filter(household__in={head.household for head in heads})
    for household, entered, exited, died in persons.order_by().values_list(
        "household_id", "entered_on", "exited_on", "died_on"
    ):
        found[household].append((entered, exited, died))
    return found


def _present(persons: list[tuple[date, date | None, date | None]], on: date) -> int:
    """As ``enrolment.selectors.present_persons`` counts them."""
    return sum(
        entered <= on and (exited is None or exited > on) and (died is None or died >= on)
        for entered, exited, died in persons
    )
