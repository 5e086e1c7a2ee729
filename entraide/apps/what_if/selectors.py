"""The rows of a trial and what they add up to."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, QuerySet, Sum

from entraide.apps.what_if.models import RuleTrial, TrialRow

MOST_HOUSEHOLDS = 10  # that lose most, and that gain most


@dataclass(frozen=True, slots=True)
class HouseholdEffect:
    """A household that is touched: its number and key, what is paid before and after."""

    number: str
    uid: str
    paid_before_minor: int
    paid_after_minor: int

    @property
    def more_minor(self) -> int:
        """What the mutual pays more for it; below zero: less."""
        return self.paid_after_minor - self.paid_before_minor


def rows_of(
    trial: RuleTrial,
    *,
    category: str = "",
    sector: str = "",
    household: str = "",
    changed_only: bool = False,
) -> QuerySet[TrialRow]:
    """The rows behind a figure, the changed claims first."""
    rows = TrialRow.objects.filter(trial=trial)
    if category:
        rows = rows.filter(category_code=category)
    if sector:
        rows = rows.filter(sector=sector)
    if household:
        rows = rows.filter(household__number=household)
    if changed_only:
        rows = rows.filter(is_changed=True)
    return rows.select_related("claim", "household").order_by(
        "-is_changed", "claim_id", "category_code"
    )


def sum_of(rows: QuerySet[TrialRow]) -> dict[str, int]:
    """What rows add up to, and of how many claims they are."""
    sums = rows.order_by().aggregate(
        paid_before_minor=Sum("paid_before_minor"),
        paid_after_minor=Sum("paid_after_minor"),
        member_before_minor=Sum("member_before_minor"),
        member_after_minor=Sum("member_after_minor"),
        claims_count=Count("claim", distinct=True),
    )
    return {name: value or 0 for name, value in sums.items()}


def households_of(trial: RuleTrial) -> tuple[list[HouseholdEffect], list[HouseholdEffect]]:
    """The households that lose most and those that gain most, each worst or best first."""
    rows = (
        TrialRow.objects.filter(trial=trial, is_changed=True)
        .order_by()
        .values("household__number", "household__uid")
        .annotate(before=Sum("paid_before_minor"), after=Sum("paid_after_minor"))
        .annotate(more=Sum("paid_after_minor") - Sum("paid_before_minor"))
    )
    losing = rows.filter(more__lt=0).order_by("more", "household__number")[:MOST_HOUSEHOLDS]
    gaining = rows.filter(more__gt=0).order_by("-more", "household__number")[:MOST_HOUSEHOLDS]
    return _effects(losing), _effects(gaining)


def _effects(rows: QuerySet[TrialRow]) -> list[HouseholdEffect]:
    return [
        HouseholdEffect(
            row["household__number"], str(row["household__uid"]), row["before"], row["after"]
        )
        for row in rows.values("household__number", "household__uid", "before", "after")
    ]
