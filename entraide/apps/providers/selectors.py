"""Which provider, under which agreement, at which price, on a day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import BigIntegerField, CharField, DateField, Q, QuerySet
from django_scopes import scopes_disabled

from entraide.apps.access.prepared import Prepared
from entraide.apps.nomenclature.models import CareItem
from entraide.apps.providers.models import (
    Agreement,
    AgreementState,
    Provider,
    ProviderState,
    Tariff,
)
from entraide.apps.schemes.models import Mutual
from entraide.core.errors import Refusal

_PROVIDER: Prepared[Provider] = Prepared(
    lambda system, code: Provider.objects.filter(system=system, code=code),
    system=CharField(),
    code=CharField(),
)


def provider_by_code(system: str, code: str) -> Provider:
    """The provider with this code in a list; ``NOT_FOUND`` otherwise."""
    provider = _PROVIDER.first(system=system, code=code)
    if provider is None:
        raise Refusal("NOT_FOUND", record="provider", key=code)
    return provider


_AGREEMENT_ON: Prepared[Agreement] = Prepared(
    lambda provider, on: (
        Agreement.objects.select_related("tariff_list")
        .filter(
            Q(effective_until__isnull=True) | Q(effective_until__gt=on),
            provider=provider,
            effective_from__lte=on,
            state=AgreementState.APPROVED,
        )
        .order_by("id")[:1]
    ),
    is_steady=True,
    provider=BigIntegerField(),
    on=DateField(),
)


def agreement_on(provider: Provider, on: date) -> Agreement | None:
    """The agreement of the mutual in scope with a provider on a day, or None. One query."""
    return _AGREEMENT_ON.first(provider=provider, on=on)


def agreed_providers(on: date) -> QuerySet[Provider]:
    """The providers with which the mutual in scope works on a day, by name."""
    return Provider.objects.filter(pk__in=_agreed_ids(on)).order_by("name")


def _agreed_ids(on: date) -> list[int]:
    agreements = Agreement.objects.filter(
        Q(effective_until__isnull=True) | Q(effective_until__gt=on),
        effective_from__lte=on,
        state=AgreementState.APPROVED,
    )
    return list(agreements.values_list("provider_id", flat=True))


def providers_of(mutual: Mutual) -> QuerySet[Provider]:
    """The providers that a mutual may see: the network's of its country, and its own proposals.

    A provider is of a country by its place, or by the agreements of mutuals there; one of which
    nothing is known is everybody's.
    """
    with scopes_disabled():  # only which provider works in which country leaves the other mutuals
        agreements = Agreement.objects.order_by()
        here = agreements.filter(mutual__country=mutual.country)
        elsewhere = agreements.exclude(mutual__country=mutual.country)
        abroad = {*elsewhere.values_list("provider_id", flat=True)} - {
            *here.values_list("provider_id", flat=True)
        }
    foreign = Q(area__isnull=False) & ~Q(area__country__in=("", mutual.country))
    own = Q(proposal__mutual=mutual)
    seen = Provider.objects.filter(Q(state=ProviderState.ACCEPTED) & ~foreign | own)
    return seen.exclude(pk__in=abroad).select_related("area__parent__parent__parent")


def providers_without_agreement(mutual: Mutual, on: date) -> QuerySet[Provider]:
    """The other providers a family of the mutual in scope may have gone to, by name.

    Those that were refused, or closed before that day, are left out.
    """
    seen = providers_of(mutual).exclude(state=ProviderState.REFUSED)
    open_then = seen.filter(Q(closed_on__isnull=True) | Q(closed_on__gt=on))
    return open_then.exclude(pk__in=_agreed_ids(on)).order_by("name")


def care_systems() -> list[str]:
    """The lists of care named by the price lists of the mutual in scope; all when there is none."""
    lists = list(
        Agreement.objects.filter(tariff_list__isnull=False).values_list("tariff_list_id", flat=True)
    )
    priced = CareItem.objects.filter(tariffs__tariff_list_id__in=lists)
    systems = set(priced.values_list("system", flat=True).distinct())
    return sorted(systems or CareItem.objects.values_list("system", flat=True).distinct())


_PRICES: Prepared[tuple[int, int]] = Prepared(
    lambda tariff_list, item_ids, on: (
        Tariff.objects.filter(
            tariff_list_id=tariff_list, care_item__id__in=item_ids, effective_from__lte=on
        )
        .order_by("effective_from")
        .values_list("care_item_id", "unit_price_minor")
    ),
    lists=("item_ids",),
    is_steady=True,
    tariff_list=BigIntegerField(),
    item_ids=BigIntegerField(),
    on=DateField(),
)


def unit_prices_on(
    agreement: Agreement | None, item_ids: Iterable[int], on: date
) -> dict[int, int]:
    """The agreed price in minor units of each care item (by primary key) on a day. One query.

    An item without a price on that day is absent; a price of 0 is there.
    """
    if agreement is None or agreement.tariff_list_id is None:
        return {}
    prices: dict[int, int] = {}
    rows = _PRICES.all(tariff_list=agreement.tariff_list_id, item_ids=item_ids, on=on)
    for care_item_id, unit_price_minor in rows:
        prices[care_item_id] = unit_price_minor  # the latest start wins
    return prices
