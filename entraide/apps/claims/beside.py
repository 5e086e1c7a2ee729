"""Other claims of the same person that make one odd: a case asked in two papers, two deliveries."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from entraide.apps.claims.around import OUT, Circumstances
from entraide.apps.claims.models import Claim
from entraide.apps.claims.papers import ClaimPaper
from entraide.apps.claims.selectors import DayAct
from entraide.apps.enrolment.models import Person
from entraide.apps.enrolment.selectors import of_person
from entraide.apps.nomenclature.models import CareItemKind
from entraide.core.claim_warnings import DAYS_BETWEEN_DELIVERIES
from entraide.core.conventions import ProviderService


@dataclass(frozen=True, slots=True)
class BesideClaim:
    """``split_cases``: category of care → the other claim of the same day and provider for it.
    ``other_delivery``: the claim and the day of a delivery too near to this one."""

    split_cases: Mapping[str, str] = field(default_factory=dict)
    other_delivery: tuple[str, date] | None = None


NOTHING_BESIDE = BesideClaim()


def beside_claim(
    paper: ClaimPaper,
    circumstances: Circumstances,
    that_day: Sequence[DayAct],
    duplicates: Container[int],
) -> BesideClaim:
    """What stands beside a paper. No query, but one where an act of the paper is a delivery.

    ``that_day``: what was asked for the person that day; ``duplicates``: the acts of the paper
    among it, which are told as such.
    """
    return BesideClaim(
        _split_cases(paper, circumstances, that_day, duplicates),
        _other_delivery(paper.person, paper.care_on) if _is_delivery(paper) else None,
    )


def _split_cases(
    paper: ClaimPaper,
    circumstances: Circumstances,
    that_day: Sequence[DayAct],
    duplicates: Container[int],
) -> dict[str, str]:
    """A claim that follows the other in one episode of care shares its case: nothing is split."""
    episode = circumstances.episode.pk if circumstances.episode is not None else None
    asked = {
        category: number
        for _item, provider, number, category, claim, begun in that_day
        if provider == paper.provider.pk and (episode is None or episode not in (claim, begun))
    }
    return {
        line.care_item.category.code: asked[line.care_item.category_id]
        for line in (paper.lines if asked else ())
        if line.care_item.category_id in asked and line.care_item.pk not in duplicates
    }


def _is_delivery(paper: ClaimPaper) -> bool:
    return any(
        line.care_item.category.code == ProviderService.DELIVERY
        and line.care_item.kind == CareItemKind.SERVICE
        for line in paper.lines
    )


def _other_delivery(person: Person, care_on: date) -> tuple[str, date] | None:
    """The nearest delivery of the person on another day, before or after; one query."""
    near = timedelta(days=DAYS_BETWEEN_DELIVERIES - 1)
    found = (
        Claim.objects.filter(
            of_person(person.pk),
            care_on__range=(care_on - near, care_on + near),
            lines__category__code=ProviderService.DELIVERY,
            lines__care_item__kind=CareItemKind.SERVICE,
        )
        .exclude(care_on=care_on)
        .exclude(state__in=OUT)
        .values_list("document_number", "care_on")
        .distinct()
    )
    return min(found, key=lambda each: abs(each[1] - care_on), default=None)
