"""Price lists: entered by one person with a day of effect, approved by another, never edited.

A list used by one mutual is approved in it. One of the network, or used by several mutuals, is
changed for all of them: whoever keeps providers proposes, the network's administrator approves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

from django.db.models import Count, Max, Q, QuerySet
from django_scopes import scopes_disabled

from entraide.apps.access.models import User
from entraide.apps.nomenclature.models import CareItem
from entraide.apps.nomenclature.selectors import care_items_by_kind_and_code
from entraide.apps.providers.models import (
    Agreement,
    AgreementState,
    PriceChange,
    PriceChangeState,
    Provider,
    Tariff,
    TariffList,
)
from entraide.apps.providers.register import DECIDERS, KEEPERS, by_right
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right, may, require_other_person
from entraide.core.care_package import ProviderLevel
from entraide.core.errors import Finding, Refusal, RefusedRows
from entraide.core.money import MAXIMUM_MINOR


@dataclass(frozen=True, slots=True)
class PriceLine:
    """The price of one care item; ``place`` is where it was said, for a fault."""

    care_item: CareItem
    unit_price_minor: int
    place: str = ""


def _make_list(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    name: str,
    level: str = "",
    is_network: bool = False,
) -> TariffList:
    """An empty list of prices, of the mutual or (by the administrator) of the network.

    Refused with ``PRICE_LIST_NAME_MISSING``, ``PRICE_LIST_TAKEN``, ``PROVIDER_LEVEL_UNKNOWN`` or
    ``PRICE_LIST_OF_NETWORK``.
    """
    name = " ".join(name.split())[:160]
    if not name:
        raise Refusal("PRICE_LIST_NAME_MISSING", place="name")
    if level and level not in frozenset(ProviderLevel):
        raise Refusal("PROVIDER_LEVEL_UNKNOWN", place="level", text=level)
    if is_network and not may(actor, mutual, Right.ADMINISTER, on):
        raise Refusal("PRICE_LIST_OF_NETWORK", place="is_network")
    if lists_of(mutual).filter(name__iexact=name).exists():
        raise Refusal("PRICE_LIST_TAKEN", place="name", name=name)
    number = TariffList.objects.filter(system=mutual.code).count() + 1
    while TariffList.objects.filter(system=mutual.code, code=f"L-{number:03d}").exists():
        number += 1
    return TariffList.objects.create(
        system=mutual.code, code=f"L-{number:03d}", name=name, currency=mutual.currency,
        level=level, is_network=is_network,
    )  # fmt: skip


def _enter_prices(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    tariff_list: TariffList,
    effective_from: date,
    source: str,
    lines: Sequence[PriceLine],
) -> PriceChange:
    """Prices of a list from a day on, for a second person to approve.

    Refused with every fault at once: ``PRICES_NONE``, ``SETTING_SOURCE_MISSING``,
    ``CURRENCY_DIFFERS``, and per line ``TARIFF_NEGATIVE``, ``AMOUNT_TOO_LARGE``,
    ``PRICE_TWICE`` or ``TARIFF_ALREADY_SET`` (that day has another price).
    """
    faults = price_faults(tariff_list, effective_from, lines)
    if not source.strip():
        faults.insert(0, Finding("SETTING_SOURCE_MISSING", place="source"))
    if tariff_list.currency != mutual.currency:
        data = {"expected": mutual.currency, "found": tariff_list.currency}
        faults.insert(0, Finding("CURRENCY_DIFFERS", data=data))
    if not lines:
        faults.append(Finding("PRICES_NONE"))
    if faults:
        raise RefusedRows(tuple(faults))
    return PriceChange.objects.create(
        mutual=mutual, tariff_list=tariff_list, effective_from=effective_from,
        source=source.strip()[:200], entered_by=actor, entered_on=on,
        lines=[
            [each.care_item.system, each.care_item.kind, each.care_item.code,
             each.unit_price_minor]
            for each in lines
        ],
    )  # fmt: skip


def _decide_prices(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    change: PriceChange,
    is_approved: bool,
    reason: str = "",
) -> PriceChange:
    """The prices entered by somebody else hold from their day on, or are refused with a reason.

    Refused with ``PRICES_ALREADY_DECIDED``, ``SEPARATION_OF_DUTIES``, ``PRICE_LIST_OF_NETWORK``,
    ``REASON_MISSING`` or the faults of :func:`enter_prices` as things stand now.
    """
    change = (
        PriceChange.objects.select_for_update(of=("self",))
        .select_related("tariff_list", "entered_by")
        .get(pk=change.pk)
    )
    if change.state != PriceChangeState.WAITING:
        raise Refusal("PRICES_ALREADY_DECIDED", list=change.tariff_list.name)
    require_other_person(actor, change.entered_by, step="enter_prices")
    if is_of_several(mutual, change.tariff_list) and not may(actor, mutual, Right.ADMINISTER, on):
        raise Refusal("PRICE_LIST_OF_NETWORK", list=change.tariff_list.name)
    if not is_approved and not reason.strip():
        raise Refusal("REASON_MISSING", place="reason")
    if is_approved:
        lines = lines_of(change)
        faults = price_faults(change.tariff_list, change.effective_from, lines)
        if faults:
            raise RefusedRows(tuple(faults))
        write_prices(change.tariff_list, change.effective_from, lines, change.source)
    change.state = PriceChangeState.APPROVED if is_approved else PriceChangeState.REFUSED
    change.reason, change.decided_by, change.decided_on = reason.strip()[:200], actor, on
    change.save(update_fields=["state", "reason", "decided_by", "decided_on"])
    return change


make_price_list = by_right("make_price_list", KEEPERS, _make_list)
enter_prices = by_right("enter_prices", KEEPERS, _enter_prices)
decide_prices = by_right("decide_prices", DECIDERS, _decide_prices)


def price_faults(
    tariff_list: TariffList, effective_from: date, lines: Sequence[PriceLine]
) -> list[Finding]:
    """What of these lines cannot be a price of the list on that day; nothing is written."""
    faults, seen = [], set[int]()
    there = dict(
        Tariff.objects.filter(
            tariff_list=tariff_list,
            effective_from=effective_from,
            care_item__in=[each.care_item.pk for each in lines],
        ).values_list("care_item_id", "unit_price_minor")
    )
    for line in lines:
        item, price = line.care_item, line.unit_price_minor
        code, data = "", {"item": item.label, "unit_price_minor": price}
        if price < 0:
            code = "TARIFF_NEGATIVE"
        elif price > MAXIMUM_MINOR:
            code, data = "AMOUNT_TOO_LARGE", {"text": str(price)}
        elif item.pk in seen:
            code = "PRICE_TWICE"
        elif there.get(item.pk, price) != price:
            code, data = "TARIFF_ALREADY_SET", {"item": item.label, "on": effective_from}
        if code:
            faults.append(Finding(code, place=line.place, data=data))
        seen.add(item.pk)
    return faults


def write_prices(
    tariff_list: TariffList, effective_from: date, lines: Iterable[PriceLine], source: str
) -> None:
    """Prices of a list from a day on; one that is there already stays."""
    Tariff.objects.bulk_create(
        [
            Tariff(
                tariff_list=tariff_list, care_item=each.care_item, source=source[:200],
                unit_price_minor=each.unit_price_minor, effective_from=effective_from,
            )
            for each in lines
        ],
        ignore_conflicts=True,
        batch_size=300,
    )  # fmt: skip


def lines_of(change: PriceChange) -> list[PriceLine]:
    """The prices of a change with their care items; ``CARE_ITEM_UNKNOWN`` when one is gone."""
    items = care_items_by_kind_and_code([tuple(each[:3]) for each in change.lines])
    lines = []
    for number, (system, kind, code, price) in enumerate(change.lines):
        item = items.get((system, kind, code))
        if item is None:
            raise Refusal("CARE_ITEM_UNKNOWN", place=f"lines[{number}]")
        lines.append(PriceLine(item, price))
    return lines


def lists_of(mutual: Mutual) -> QuerySet[TariffList]:
    """The lists that a mutual may see, by name: its own, those of its agreements, the network's."""
    agreed = Agreement.objects.filter(mutual=mutual, tariff_list__isnull=False)
    seen = TariffList.objects.filter(
        Q(system=mutual.code) | Q(is_network=True) | Q(pk__in=agreed.values("tariff_list_id")),
        currency=mutual.currency,
    )
    return seen.order_by("name", "id")


def price_list_called(mutual: Mutual, text: str) -> TariffList | None:
    """The list that a mutual may see with this name or code; None when none or several."""
    found = lists_of(mutual).filter(Q(name__iexact=text) | Q(code__iexact=text))[:2]
    return found[0] if len(found) == 1 else None


def list_seen(mutual: Mutual, uid: object) -> TariffList:
    """The list with this ``uid`` that a mutual may see, or ``NOT_FOUND``."""
    found = lists_of(mutual).filter(uid=uid).first()
    if found is None:
        raise Refusal("NOT_FOUND", record="tariff_list", key=str(uid))
    return found


def lists_for(mutual: Mutual, provider: Provider) -> list[TariffList]:
    """The lists to choose from for a convention: those of the network for the provider's level
    first; those of another level are left out."""
    lists = [each for each in lists_of(mutual) if each.level in ("", provider.level)]
    return sorted(lists, key=lambda each: not each.is_network)


@dataclass(frozen=True, slots=True)
class PriceVersion:
    """The prices of a list that begin on one day."""

    effective_from: date
    count: int
    source: str


def versions_under(agreement: Agreement) -> list[PriceVersion]:
    """The versions of the price list in force during an agreement, the latest first.

    The last one before its first day, then every one that begins inside it. One query.
    """
    return versions_between(agreement, agreement.effective_from, agreement.effective_until)


def versions_between(agreement: Agreement, start: date, until: date | None) -> list[PriceVersion]:
    """The versions of an agreement's price list in force during ``[start, until)``; see
    :func:`versions_under`."""
    if agreement.tariff_list_id is None:
        return []
    rows = Tariff.objects.filter(tariff_list=agreement.tariff_list_id)
    if until is not None:
        rows = rows.filter(effective_from__lt=until)
    grouped = rows.values("effective_from").annotate(count=Count("pk"), source=Max("source"))
    versions = [PriceVersion(**row) for row in grouped.order_by("-effective_from")]
    inside = [each for each in versions if each.effective_from > start]
    return versions[: len(inside) + 1]


def is_of_several(mutual: Mutual, tariff_list: TariffList) -> bool:
    """Whether a change of the list concerns other mutuals too."""
    if tariff_list.is_network:
        return True
    with scopes_disabled():  # only whether another mutual pays by it
        others = Agreement.objects.filter(tariff_list=tariff_list).exclude(mutual=mutual)
        return others.exists()


def changes_waiting(mutual: Mutual) -> QuerySet[PriceChange]:
    """The prices of a mutual that wait for a second person, the oldest first."""
    rows = PriceChange.objects.filter(mutual=mutual, state=PriceChangeState.WAITING)
    return rows.select_related("tariff_list", "entered_by").order_by("id")


def change_seen(mutual: Mutual, uid: object) -> PriceChange:
    """The prices entered in this mutual with this ``uid``, or ``NOT_FOUND``."""
    rows = PriceChange.objects.filter(mutual=mutual, uid=uid)
    change = rows.select_related("tariff_list", "entered_by", "decided_by").first()
    if change is None:
        raise Refusal("NOT_FOUND", record="price_change", key=str(uid))
    return change


@dataclass(frozen=True, slots=True)
class PriceShown:
    """The price of an item on a day, the one before it, and what others of the level ask."""

    item: CareItem
    unit_price_minor: int
    since: date
    before_minor: int | None = None
    history: tuple[Tariff, ...] = ()  # the latest first, days to come included
    peers_count: int = 0
    peers_median_minor: int | None = None


def prices_on(
    tariff_list: TariffList, on: date, peers: Mapping[int, Sequence[int]] | None = None
) -> list[PriceShown]:
    """The list on a day with its history, by category and label; two queries.

    ``peers``: care item → prices of the other providers (:func:`prices_of_peers`).
    """
    rows: dict[int, list[Tariff]] = {}
    for tariff in tariff_list.tariffs.select_related("care_item__category").order_by(
        "care_item__category__rank", "care_item__label", "care_item_id", "-effective_from"
    ):
        rows.setdefault(tariff.care_item_id, []).append(tariff)
    shown = []
    for history in rows.values():
        known = [each for each in history if each.effective_from <= on]
        if not known:
            continue
        others = (peers or {}).get(history[0].care_item_id, ())
        shown.append(
            PriceShown(
                item=known[0].care_item,
                unit_price_minor=known[0].unit_price_minor,
                since=known[0].effective_from,
                before_minor=known[1].unit_price_minor if len(known) > 1 else None,
                history=tuple(history),
                peers_count=len(others),
                peers_median_minor=round(median(others)) if others else None,
            )
        )
    return shown


def prices_of_peers(provider: Provider, on: date) -> dict[int, list[int]]:
    """Care item → the prices agreed by the mutual in scope with the other providers of the level.

    Empty when the level is not known. Providers that share a list count each.
    """
    if not provider.level:
        return {}
    agreements = Agreement.objects.filter(
        Q(effective_until__isnull=True) | Q(effective_until__gt=on),
        provider__level=provider.level,
        effective_from__lte=on,
        state=AgreementState.APPROVED,
        tariff_list__isnull=False,
    ).exclude(provider=provider)
    lists = [each for each in agreements.values_list("tariff_list_id", flat=True) if each]
    latest: dict[tuple[int, int], int] = {}
    tariffs = Tariff.objects.filter(tariff_list__in=set(lists), effective_from__lte=on)
    for tariff in tariffs.order_by("effective_from"):
        latest[tariff.tariff_list_id, tariff.care_item_id] = tariff.unit_price_minor
    prices: dict[int, list[int]] = {}
    for (key, item), price in latest.items():
        prices.setdefault(item, []).extend([price] * lists.count(key))
    return prices
