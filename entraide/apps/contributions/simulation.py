"""The families of a product counted by what their price depends on, for a simulation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from entraide.apps.enrolment.models import HouseholdScore, Membership
from entraide.apps.schemes.models import Product
from entraide.core import product as core
from entraide.core.errors import Refusal
from entraide.core.product import MembershipRule
from entraide.core.rating import HouseholdComposition, contribution_due
from entraide.core.tariff_simulation import Cohort, slice_key


def running_covers(product: Product, on: date) -> QuerySet[Membership]:
    """The covers of a product that run on a day."""
    return Membership.objects.filter(
        Q(ended_on__isnull=True) | Q(ended_on__gt=on),
        product=product,
        effective_from__lte=on,
        effective_until__gt=on,
    )


def cohorts_of(product: Product, rule: MembershipRule, on: date) -> tuple[Cohort, ...]:
    """The families covered by a product on a day, alike ones together. One query.

    Priced as if their cover began on the day, as a renewal (a joining fee is no part of an
    effort of every year). The segment is the family's of the scorecard, else the kind of its
    group; empty for families that have neither. Ages are read at the doubt's benefit, as when a
    cover is priced.
    """
    counted = Counter(
        (composition, segment) for _pk, composition, segment in _priced_rows(product, rule, on)
    )
    return tuple(
        Cohort(composition, segment, count) for (composition, segment), count in counted.items()
    )


def has_scores(product: Product, on: date) -> bool:
    """Whether the mutual has scored families by a day: then they are cut by their segment."""
    return HouseholdScore.objects.filter(mutual=product.mutual_id, answered_on__lte=on).exists()


def _priced_rows(
    product: Product, rule: MembershipRule, on: date, *, keys: Sequence[int] | None = None
) -> Iterator[tuple[int, HouseholdComposition, str]]:
    """Each cover with its composition and its segment, in the order of the families."""
    covers = running_covers(product, on)
    if keys is not None:
        covers = covers.filter(pk__in=keys)
    present = _present(on)
    is_adult = _born_by(_youngest_adult(on, rule.adult_age_years))
    scores = HouseholdScore.objects.filter(household=OuterRef("household"), answered_on__lte=on)
    latest = scores.order_by("-answered_on", "-id").values("segment")[:1]
    # A cover keeps the group that it was taken with; a family that joined one since has its own.
    kind = Coalesce(F("group__kind"), F("household__group__kind"))
    segment = Coalesce(Subquery(latest), kind) if has_scores(product, on) else kind
    rows = (
        covers.annotate(
            adults=Count("household__persons", filter=present & is_adult),
            persons=Count("household__persons", filter=present),
            segment=segment,
            income=F("terms__income_minor"),
            category=F("terms__exemption__category"),
        )
        .order_by("pk")
        .values_list("pk", "adults", "persons", "loan_minor", "income", "category", "segment")
    )
    for pk, adults, persons, loan, income, category, segment in rows.iterator(chunk_size=20_000):
        if persons:
            composition = HouseholdComposition(
                adults=adults,
                children=persons - adults,
                is_first_enrolment=False,
                loan_minor=loan,
                income_minor=income,
                category=category or "",
            )
            yield pk, composition, segment or ""


def _present(on: date) -> Q:
    """A person of the household of a cover is there on a day."""
    return (
        Q(household__persons__entered_on__lte=on)
        & (Q(household__persons__exited_on__isnull=True) | Q(household__persons__exited_on__gt=on))
        & (Q(household__persons__died_on__isnull=True) | Q(household__persons__died_on__gte=on))
    )


def _youngest_adult(on: date, age: int) -> date:
    """Born on this day or before: has reached the age. 29 February grows older on 1 March."""
    try:
        return on.replace(year=on.year - age)
    except ValueError:  # 29 February of a year that has none
        return date(on.year - age, 2, 28)


def _born_by(day: date) -> Q:
    """The youngest birth that the precision allows is on the day or before."""
    exact = Q(household__persons__birth_precision="exact", household__persons__birth_on__lte=day)
    last_whole_year = (
        date(day.year, 12, 31) if (day.month, day.day) == (12, 31) else date(day.year - 1, 12, 31)
    )
    vague = ~Q(household__persons__birth_precision="exact") & (
        Q(household__persons__birth_on__lte=last_whole_year)
        | Q(household__persons__entered_on__lte=day)
    )
    return exact | vague


def families_like(
    product: Product,
    now: core.Product,
    then: core.Product,
    on: date,
    *,
    cut: str,
    key: str,
    effect: str = "",
    tiers: Sequence[int] = (),
) -> list[int]:
    """The covers (by key) behind one slice of a simulation, in the order of their families.

    ``effect``: ``win`` or ``lose`` keeps those that would pay less or more; anything else all.
    """
    effects: dict[HouseholdComposition, str] = {}
    found = []
    for pk, composition, segment in _priced_rows(product, now.membership, on):
        if cut and slice_key(cut, composition, segment, tiers) != key:
            continue
        if effect:
            if composition not in effects:
                effects[composition] = _effect(now, then, composition)
            if effects[composition] != effect:
                continue
        found.append(pk)
    return found


def _effect(now: core.Product, then: core.Product, composition: HouseholdComposition) -> str:
    try:
        change = (
            contribution_due(then, composition).household_minor
            - contribution_due(now, composition).household_minor
        )
    except Refusal:
        return ""
    return "win" if change < 0 else "lose" if change > 0 else ""


def households_priced(
    keys: Sequence[int], product: Product, rule: MembershipRule, on: date
) -> list[tuple[Membership, HouseholdComposition]]:
    """The covers of a page with the composition that each is priced by, in their order."""
    compositions = {
        pk: composition
        for pk, composition, _segment in _priced_rows(product, rule, on, keys=list(keys))
    }
    covers = Membership.objects.select_related("household", "household__group").in_bulk(list(keys))
    return [(covers[pk], compositions[pk]) for pk in keys if pk in compositions]
