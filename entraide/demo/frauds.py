"""Frauds that are planted among honest claims, so that their detection can be measured.

Each family's stream is its own: honest claims are the same with and without them. What was planted
is kept by kind (``Planted``); nothing in the registers says which claims they are.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from entraide.core.periods import age_on
from entraide.demo.acts import AskClaim, Line
from entraide.demo.chance import office_day, stream
from entraide.demo.lists import Place

TWO_PLACES = "fraud_two_places"
CONSECUTIVE = "fraud_consecutive_numbers"
WRONG_SEX = "fraud_wrong_sex"
ANTIBIOTICS = "fraud_antibiotics_always"  # a habit of one provider, named by its code

_TWO_PLACES = 0.012  # of consultations
_CONSECUTIVE = 0.010  # of covers
_WRONG_SEX = 0.006  # of covers
_RUN = 4  # attestations written one after the other
_DAYS_BETWEEN = 11
PRESCRIBERS = frozenset({"atia-sante-dispensaire", "mirindra-sante-dispensaire"})
"""Who gives an antibiotic at every visit."""

Price = Callable[[str, Place, int], int]  # item, provider, year → agreed price


def always_an_antibiotic(lines: tuple[Line, ...], place: Place, price: int) -> tuple[Line, ...]:
    """The bill of a consultation where every patient leaves with an antibiotic."""
    is_visit = place.code in PRESCRIBERS and lines[0].item == "CONS"
    if not is_visit or any(line.item in ("AMOX", "INJ") for line in lines):
        return lines
    return (*lines, Line("AMOX", 10, price))


def planted_frauds(
    asked: Sequence[AskClaim],
    *,
    mutual: str,
    start: date,
    until: date,
    men: Sequence[tuple[int, date]],
    places: Sequence[Place],
    price: Price,
) -> Iterator[tuple[str, AskClaim]]:
    """Kind and claim of each fraud of one cover, after its honest claims.

    ``men``: rank and day of birth of those present; ``places``: the providers of the mutual.
    """
    if not asked:
        return
    first = asked[0]
    rng = stream("fraud", mutual, first.household, start)
    consulting = [place for place in places if "consultation" in place.categories]
    for claim in asked:
        if claim.lines[0].item == "CONS" and rng.random() < _TWO_PLACES:
            yield TWO_PLACES, _elsewhere(claim, consulting, price, rng)
    if rng.random() < _CONSECUTIVE:
        days = [start + timedelta(days=30 + _DAYS_BETWEEN * rank) for rank in range(_RUN)]
        if days[-1] < until:
            yield from _one_after_the_other(first, consulting[0], days, price, rng)
    grown = [rank for rank, birth_on in men if age_on(birth_on, start) >= 18]
    if grown and rng.random() < _WRONG_SEX:
        place = next(place for place in places if "delivery" in place.categories)
        line = Line("ACCO", 1, price("ACCO", place, start.year))
        yield WRONG_SEX, _claim(
            first, f"{first.key}-homme", place, start + timedelta(days=40), (line,), rng,
            rank=grown[0],
        )  # fmt: skip


def _elsewhere(
    claim: AskClaim, places: Sequence[Place], price: Price, rng: random.Random
) -> AskClaim:
    place = rng.choice([each for each in places if each.code != claim.provider])
    lines = (
        Line("CONS", 1, price("CONS", place, claim.care_on.year)),
        Line("PARA", 10, price("PARA", place, claim.care_on.year)),
    )
    return _claim(claim, f"{claim.key}-lieu", place, claim.care_on, lines, rng)


def _one_after_the_other(
    first: AskClaim, place: Place, days: Sequence[date], price: Price, rng: random.Random
) -> Iterator[tuple[str, AskClaim]]:
    """One booklet open for one family: its numbers follow each other over several weeks."""
    number = rng.randrange(100_000_000, 900_000_000)
    for rank, care_on in enumerate(days):
        lines = (Line("CONS", 1, price("CONS", place, care_on.year)),)
        key = f"{first.key}-suite{rank + 1}"
        claim = _claim(first, key, place, care_on, lines, rng)
        yield CONSECUTIVE, replace(claim, attestation=written(place, number + rank))


def _claim(
    like: AskClaim,
    key: str,
    place: Place,
    care_on: date,
    lines: tuple[Line, ...],
    rng: random.Random,
    *,
    rank: int | None = None,
) -> AskClaim:
    received_on = care_on + timedelta(days=rng.randrange(8, 30))
    return replace(
        like,
        key=key,
        day=office_day(received_on + timedelta(days=1)),
        rank=like.rank if rank is None else rank,
        provider=place.code,
        circuit="third_party_payment",
        channel="",
        care_on=care_on,
        received_on=received_on,
        lines=lines,
        attestation=written(place, rng.randrange(100_000_000, 900_000_000)),
        invoice=f"{rng.randrange(10_000):04d}/{care_on:%y}",
        diagnosis="",
    )


def written(place: Place, number: int) -> str:
    """The number of an attestation as a provider's booklets print it: ``CSB1-483920412``."""
    return f"{place.code.rpartition('-')[2].upper()}-{number}"
