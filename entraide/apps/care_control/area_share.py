"""What a health administration is given of the care in its area: sums in which nobody is found.

Whole years only: from two windows a month apart the difference would tell who was treated in
between.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Sum

from entraide.apps.claims.models import Claim, ClaimLine, ClaimState
from entraide.apps.nomenclature.models import CareCategory
from entraide.apps.nomenclature.places import under
from entraide.apps.providers.models import Agreement, AgreementState, Provider
from entraide.apps.providers.party_models import ConventionParty
from entraide.apps.schemes.models import Mutual
from entraide.core.suppression import SMALLEST_SHOWN, protected


@dataclass(frozen=True, slots=True)
class SharedRow:
    """One provider: persons treated by category (None: hidden), their total, and amounts.

    A person counts once for each category and provider. Amounts in minor units are None where a
    count of the provider is hidden or fewer than five persons were treated.
    """

    provider: Provider
    cells: tuple[int | None, ...]
    total: int | None
    asked_minor: int | None
    payable_minor: int | None


@dataclass(frozen=True, slots=True)
class Shared:
    """The table of a year for an area; ``totals`` ends with the total of all."""

    year: int
    categories: tuple[CareCategory, ...]
    rows: tuple[SharedRow, ...]
    totals: tuple[int | None, ...]
    hidden_count: int


def shared_with(mutual: Mutual, party: ConventionParty, year: int) -> Shared:
    """Care given in a year by providers of the party's area under convention with the mutual.

    Claims reversed or refused are left out. A handful of queries.
    """
    agreements = Agreement.objects.filter(
        mutual=mutual, state=AgreementState.APPROVED, effective_from__lt=date(year + 1, 1, 1)
    ).exclude(effective_until__lte=date(year, 1, 1))
    places = [party.area_id, *under(party.area)]
    providers = list(
        Provider.objects.filter(pk__in=agreements.values("provider"), area__in=places).order_by(
            "name", "pk"
        )
    )
    claims = Claim.objects.filter(
        mutual=mutual, provider__in=providers, care_on__gte=date(year, 1, 1),
        care_on__lt=date(year + 1, 1, 1),
    ).exclude(state__in=(ClaimState.REVERSED, ClaimState.REFUSED))  # fmt: skip
    counted = ClaimLine.objects.filter(claim__in=claims).order_by()
    counts = {
        (row["claim__provider"], row["category"]): row["persons"]
        for row in counted.values("claim__provider", "category").annotate(
            persons=Count("claim__person", distinct=True)
        )
    }
    sums = {
        row["provider"]: row
        for row in claims.order_by().values("provider").annotate(
            persons=Count("person", distinct=True), asked=Sum("stated_minor"),
            owed=Sum("payable_minor"),
        )
    }  # fmt: skip
    categories = tuple(
        CareCategory.objects.filter(pk__in={key for _provider, key in counts}).order_by("rank")
    )
    table = protected(
        [[counts.get((each.pk, kind.pk), 0) for kind in categories] for each in providers]
    )
    rows = []
    for each, line in zip(providers, table.cells, strict=False):
        known = sums.get(each.pk)
        is_told = None not in line and (known is None or known["persons"] >= SMALLEST_SHOWN)
        rows.append(
            SharedRow(
                provider=each,
                cells=line[:-1],
                total=line[-1],
                asked_minor=(known["asked"] if known else 0) if is_told else None,
                payable_minor=(known["owed"] if known else 0) if is_told else None,
            )
        )
    return Shared(
        year, categories, tuple(rows), table.cells[-1] if table.cells else (), table.hidden_count
    )
