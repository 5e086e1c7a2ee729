"""Prices: entered by one person, approved by another, dated, never rewritten, compared."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django_scopes import scope

from entraide.apps.providers.models import Agreement, PriceChange, Provider, Tariff, TariffList
from entraide.apps.providers.prices import (
    PriceLine,
    change_seen,
    decide_prices,
    enter_prices,
    list_seen,
    lists_for,
    lists_of,
    make_price_list,
    prices_of_peers,
    prices_on,
    versions_under,
)
from entraide.apps.providers.selectors import agreement_on, unit_prices_on
from entraide.apps.providers.services import make_agreement
from entraide.apps.schemes.models import Mutual
from entraide.core.errors import Refusal, RefusedRows
from tests.builders import a_care_item, a_key, a_provider
from tests.people import People

pytestmark = pytest.mark.requirement("R076", begun=True)

ON = date(2025, 6, 16)
JULY = date(2025, 7, 1)


def said(mutual: Mutual, actor: Any) -> dict[str, Any]:
    return {"mutual": mutual, "actor": actor, "on": ON, "idempotency_key": a_key()}


@pytest.fixture
def provider(scoped: Mutual, people: People) -> Provider:
    """A centre whose consultation costs 4 000 since 2024."""
    return a_provider(scoped, people.moussa)


@pytest.fixture
def prices(provider: Provider) -> TariffList:
    agreement = agreement_on(provider, ON)
    assert agreement is not None
    assert agreement.tariff_list is not None
    return agreement.tariff_list


def entered(scoped: Mutual, people: People, prices: TariffList, price: int = 4500) -> PriceChange:
    return enter_prices(
        tariff_list=prices, effective_from=JULY, source="avenant 2",
        lines=[PriceLine(a_care_item(), price)], **said(scoped, people.moussa),
    )  # fmt: skip


def test_prices_hold_from_their_day_once_a_second_person_approved_them(
    scoped: Mutual, people: People, provider: Provider, prices: TariffList
) -> None:
    item = a_care_item()
    change = entered(scoped, people, prices)
    agreement = agreement_on(provider, JULY)
    assert unit_prices_on(agreement, [item.pk], JULY) == {item.pk: 4000}
    PriceChange.objects.filter(pk=change.pk).update(entered_by=people.director)
    with pytest.raises(Refusal) as own:
        decide_prices(change=change, is_approved=True, **said(scoped, people.director))
    assert own.value.code == "SEPARATION_OF_DUTIES"
    decide_prices(change=change, is_approved=True, **said(scoped, people.elected_officer))
    assert unit_prices_on(agreement, [item.pk], JULY) == {item.pk: 4500}
    assert unit_prices_on(agreement, [item.pk], date(2025, 6, 30)) == {item.pk: 4000}
    shown = prices_on(prices, JULY)[0]
    assert (shown.unit_price_minor, shown.before_minor, shown.since) == (4500, 4000, JULY)
    with pytest.raises(Refusal) as again:
        decide_prices(change=change, is_approved=True, **said(scoped, people.elected_officer))
    assert again.value.code == "PRICES_ALREADY_DECIDED"


def test_a_price_is_never_rewritten_by_anybody(prices: TariffList) -> None:
    tariff = prices.tariffs.get()
    for act in (
        lambda: Tariff.objects.filter(pk=tariff.pk).update(unit_price_minor=1),
        tariff.delete,
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            act()


def test_refused_prices_hold_nothing(scoped: Mutual, people: People, prices: TariffList) -> None:
    change = entered(scoped, people, prices)
    with pytest.raises(Refusal) as silent:
        decide_prices(change=change, is_approved=False, **said(scoped, people.director))
    assert silent.value.code == "REASON_MISSING"
    decide_prices(
        change=change, is_approved=False, reason="trop cher", **said(scoped, people.director)
    )
    assert prices.tariffs.count() == 1


def test_every_fault_of_the_lines_is_told_at_once(
    scoped: Mutual, people: People, prices: TariffList
) -> None:
    item, other = a_care_item(), a_care_item("consultation-2")
    with pytest.raises(RefusedRows) as refused:
        enter_prices(
            tariff_list=prices, effective_from=date(2024, 1, 1), source=" ",
            lines=[
                PriceLine(item, 4100, "a"), PriceLine(other, -5, "b"), PriceLine(item, 4000, "c"),
            ],
            **said(scoped, people.moussa),
        )  # fmt: skip
    assert [(each.code, each.place) for each in refused.value.findings] == [
        ("SETTING_SOURCE_MISSING", "source"), ("TARIFF_ALREADY_SET", "a"),
        ("TARIFF_NEGATIVE", "b"), ("PRICE_TWICE", "c"),
    ]  # fmt: skip
    assert not PriceChange.objects.exists()


def test_a_list_of_several_mutuals_is_approved_by_the_network(
    scoped: Mutual, other_mutual: Mutual, people: People, provider: Provider, prices: TariffList
) -> None:
    with scope(mutual=other_mutual):
        make_agreement(
            provider=provider, tariff_list=prices, effective_from=ON,
            **said(other_mutual, people.fanta),
        )  # fmt: skip
    change = entered(scoped, people, prices)
    with pytest.raises(Refusal) as refused:
        decide_prices(change=change, is_approved=True, **said(scoped, people.director))
    assert refused.value.code == "PRICE_LIST_OF_NETWORK"
    decide_prices(change=change, is_approved=True, **said(scoped, people.network_admin))
    assert prices.tariffs.count() == 2


def test_a_flat_rate_list_of_a_level_is_offered_to_its_providers(
    scoped: Mutual, people: People, provider: Provider, prices: TariffList
) -> None:
    with pytest.raises(Refusal) as refused:
        make_price_list(
            name="Forfaits CSB", level="primary", is_network=True, **said(scoped, people.moussa)
        )
    assert refused.value.code == "PRICE_LIST_OF_NETWORK"
    flat = make_price_list(
        name="Forfaits CSB", level="primary", is_network=True,
        **said(scoped, people.network_admin),
    )  # fmt: skip
    assert lists_for(scoped, provider) == [prices]  # its level is not known
    provider.level = "primary"
    assert lists_for(scoped, provider) == [flat, prices]
    with pytest.raises(Refusal) as taken:
        make_price_list(name="forfaits csb", **said(scoped, people.moussa))
    assert taken.value.code == "PRICE_LIST_TAKEN"


def test_another_mutual_sees_neither_the_list_nor_its_changes(
    scoped: Mutual, other_mutual: Mutual, people: People, prices: TariffList
) -> None:
    change = entered(scoped, people, prices)
    with scope(mutual=other_mutual):
        assert not lists_of(other_mutual).exists()
        for look in (
            lambda: list_seen(other_mutual, prices.uid),
            lambda: change_seen(other_mutual, change.uid),
        ):
            with pytest.raises(Refusal) as unseen:
                look()
            assert unseen.value.code == "NOT_FOUND"


def test_prices_are_compared_with_the_others_of_the_level(
    scoped: Mutual, people: People, provider: Provider
) -> None:
    item = a_care_item()
    others = [
        a_provider(scoped, people.moussa, code=f"csps-{n}", prices={"consultation-1": price})
        for n, price in ((2, 3000), (3, 5000), (4, 7000))
    ]
    Provider.objects.filter(pk__in=[provider.pk, *(each.pk for each in others[:2])]).update(
        level="primary"
    )
    provider.refresh_from_db()
    peers = prices_of_peers(provider, ON)
    assert peers == {item.pk: [3000, 5000]}  # not the one whose level is unknown
    agreement = agreement_on(provider, ON)
    assert agreement is not None
    assert agreement.tariff_list is not None
    shown = prices_on(agreement.tariff_list, ON, peers)[0]
    assert (shown.peers_count, shown.peers_median_minor) == (2, 4000)


@pytest.mark.requirement("R071")
def test_a_convention_names_the_versions_of_its_prices(
    scoped: Mutual, people: People, provider: Provider, prices: TariffList
) -> None:
    change = entered(scoped, people, prices)
    decide_prices(change=change, is_approved=True, **said(scoped, people.director))
    agreement = Agreement.objects.get(provider=provider)
    assert [(each.effective_from, each.count) for each in versions_under(agreement)] == [
        (JULY, 1), (date(2024, 1, 1), 1),
    ]  # fmt: skip
