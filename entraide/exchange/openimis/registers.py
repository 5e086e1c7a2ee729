"""The lists that the network shares: areas, diagnoses, services and items, providers, prices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import NAMESPACE_URL, uuid5

from entraide.apps.nomenclature.models import Area, CareItem, CareItemKind, Diagnosis
from entraide.apps.nomenclature.services import (
    ensure_area,
    ensure_care_item,
    ensure_categories,
    ensure_category,
    ensure_diagnosis,
)
from entraide.apps.providers.models import Agreement, Provider, Tariff, TariffList
from entraide.apps.providers.services import (
    ensure_provider,
    ensure_tariff_list,
    make_agreement,
    set_tariff,
)
from entraide.core.care_package import ProviderLevel
from entraide.core.product import Sector
from entraide.exchange.openimis.packages import CareGroups
from entraide.exchange.openimis.promises import ADULT_AGE_YEARS
from entraide.exchange.openimis.reading import Row, distinct_codes
from entraide.exchange.openimis.tables import (
    DIAGNOSES,
    FACILITIES,
    ITEM_LISTS,
    ITEM_PRICES,
    ITEMS,
    LOCATIONS,
    SERVICE_LISTS,
    SERVICE_PRICES,
    SERVICES,
    Table,
)
from entraide.exchange.openimis.takeover import SYSTEM, Takeover

_LEVELS = {"R": 1, "D": 2, "W": 3, "V": 4}
_SECTORS = {"G": Sector.PUBLIC, "D": Sector.PUBLIC, "C": Sector.FAITH_BASED, "P": Sector.PRIVATE}
_FACILITY_LEVELS = {
    "D": ProviderLevel.PRIMARY,  # dispensary
    "C": ProviderLevel.PRIMARY,  # health centre
    "H": ProviderLevel.DISTRICT,  # hospital
}
_MEN, _WOMEN, _ADULTS, _CHILDREN = 1, 2, 4, 8  # the bits of ServPatCat and ItemPatCat


@dataclass(frozen=True, slots=True)
class Care:
    """Services and items by their openIMIS key."""

    services: Mapping[int, CareItem]
    items: Mapping[int, CareItem]


def take_areas(takeover: Takeover) -> dict[int, Area]:
    """Regions, districts, municipalities and villages; the larger first."""
    rows = takeover.reading[LOCATIONS]
    codes, shared = distinct_codes(rows, "LocationCode")
    takeover.leave_all(shared, "OI_CODE_SHARED")
    known = set(Area.objects.filter(system=SYSTEM).values_list("code", flat=True))
    areas: dict[int, Area] = {}
    made = 0
    for row in sorted(rows.values(), key=lambda row: (_level(row), row.key)):
        if row["LocationType"] not in _LEVELS:
            takeover.report.leave(row, "OI_AREA_LEVEL_UNKNOWN", "LocationType")
        parent = areas.get(row["ParentLocationId"])
        if parent is None and (row["ParentLocationId"] is not None):
            takeover.report.leave(row, "OI_AREA_GONE", "ParentLocationId")
        populations = [row[f"{name}Population"] for name in ("Male", "Female", "Other")]
        counted = [count for count in populations if count is not None]
        areas[row.key] = ensure_area(
            system=SYSTEM,
            code=codes[row.key],
            name=row["LocationName"],
            level=_level(row),
            parent=parent,
            population_count=sum(counted) if counted else None,
        )
        made += codes[row.key] not in known
    takeover.done("areas", made, len(areas) - made)
    return areas


def _level(row: Row) -> int:
    return _LEVELS.get(row["LocationType"], len(_LEVELS))


def take_diagnoses(takeover: Takeover) -> dict[int, Diagnosis]:
    """The coded diagnoses."""
    rows = takeover.reading[DIAGNOSES]
    codes, shared = distinct_codes(rows, "ICDCode")
    takeover.leave_all(shared, "OI_CODE_SHARED")
    known = {each.code: each for each in Diagnosis.objects.filter(system=SYSTEM)}
    found = {
        key: known.get(code)
        or ensure_diagnosis(system=SYSTEM, code=code, label=rows[key]["ICDName"])
        for key, code in codes.items()
    }
    made = len(set(codes.values()) - known.keys())
    takeover.done("diagnoses", made, len(codes) - made)
    return found


def take_care(takeover: Takeover, groups: CareGroups) -> Care:
    """Services (acts) and items (drugs), each in the category that its promises put it in."""
    ensure_categories()
    for code, (label_fr, label_en) in groups.labels.items():
        ensure_category(code, label_fr=label_fr, label_en=label_en)
    return Care(
        services=_take_care_items(takeover, SERVICES, "Serv", CareItemKind.SERVICE, groups),
        items=_take_care_items(takeover, ITEMS, "Item", CareItemKind.DRUG, groups),
    )


def _take_care_items(
    takeover: Takeover, table: Table, prefix: str, kind: CareItemKind, groups: CareGroups
) -> dict[int, CareItem]:
    rows = takeover.reading[table]
    codes, shared = distinct_codes(rows, f"{prefix}Code")
    takeover.leave_all(shared, "OI_CODE_SHARED")
    known = {
        each.code: each
        for each in CareItem.objects.select_related("category").filter(system=SYSTEM, kind=kind)
    }
    categories = ensure_categories()
    found: dict[int, CareItem] = {}
    for key, row in sorted(rows.items()):
        bits = row[f"{prefix}PatCat"]
        found[key] = known.get(codes[key]) or ensure_care_item(
            system=SYSTEM,
            code=codes[key],
            kind=kind,
            label=row[f"{prefix}Name"],
            category=categories[groups.category_of(table, key)],
            sex=_sex(bits),
            min_age_years=None if _allows(bits, _CHILDREN) else ADULT_AGE_YEARS,
            max_age_years=None if _allows(bits, _ADULTS) else ADULT_AGE_YEARS - 1,
            is_excluded=groups.is_excluded(table, key),
        )
    made = len(set(codes.values()) - known.keys())
    takeover.done("services" if kind is CareItemKind.SERVICE else "items", made, len(codes) - made)
    return found


def _allows(bits: int | None, group: int) -> bool:
    """Blank, or no bit of the pair set, says nothing: everyone is allowed."""
    pair = _MEN | _WOMEN if group in (_MEN, _WOMEN) else _ADULTS | _CHILDREN
    return not bits or not bits & pair or bool(bits & group)


def _sex(bits: int | None) -> str:
    if not _allows(bits, _MEN):
        return "F"
    return "" if _allows(bits, _WOMEN) else "M"


def take_providers(takeover: Takeover, areas: Mapping[int, Area]) -> dict[int, Provider]:
    """The health facilities."""
    rows = takeover.reading[FACILITIES]
    codes, shared = distinct_codes(rows, "HFCode")
    takeover.leave_all(shared, "OI_CODE_SHARED")
    known = {each.code: each for each in Provider.objects.filter(system=SYSTEM)}
    found: dict[int, Provider] = {}
    for key, row in sorted(rows.items()):
        if row["LegalForm"] not in _SECTORS:
            takeover.report.leave(row, "OI_SECTOR_UNKNOWN", "LegalForm")
        if row["LocationId"] not in areas:
            takeover.report.leave(row, "OI_AREA_GONE", "LocationId")
        found[key] = known.get(codes[key]) or ensure_provider(
            system=SYSTEM,
            code=codes[key],
            name=row["HFName"],
            sector=_SECTORS.get(row["LegalForm"], Sector.PRIVATE),
            level=_FACILITY_LEVELS.get(row["HFLevel"], ""),
            area=areas.get(row["LocationId"]),
            phone=row["Phone"],
        )
    made = len(set(codes.values()) - known.keys())
    takeover.done("providers", made, len(codes) - made)
    return found


def take_prices(takeover: Takeover, providers: Mapping[int, Provider], care: Care) -> None:
    """One list of prices for each pair of lists that a facility uses, and its agreement.

    openIMIS gives a facility one list of items and one of services; an agreement has one list.
    """
    priced = _prices(takeover, care)
    taken = Tariff.objects.filter(tariff_list__system=SYSTEM)
    before = taken.count()
    lists: dict[tuple[int | None, int | None], tuple[TariffList, date] | None] = {}
    agreed = set(
        Agreement.objects.filter(mutual=takeover.mutual).values_list("provider", flat=True)
    )
    for key, row in sorted(takeover.reading[FACILITIES].items()):
        pair = (row["PLItemID"], row["PLServiceID"])
        for table, list_key, column in (
            (ITEM_LISTS, pair[0], "PLItemID"),
            (SERVICE_LISTS, pair[1], "PLServiceID"),
        ):
            if list_key is not None and list_key not in takeover.reading[table]:
                takeover.report.leave(row, "OI_PRICE_LIST_GONE", column)
        if pair not in lists:
            lists[pair] = _take_list(takeover, pair, priced)
        provider, found = providers[key], lists[pair]
        if provider.pk in agreed:
            continue
        make_agreement(
            mutual=takeover.mutual,
            actor=takeover.actor,
            on=takeover.on,
            idempotency_key=f"{SYSTEM}-agreement-{provider.uid}",
            provider=provider,
            tariff_list=found[0] if found else None,
            effective_from=min([row["ValidityFrom"], *([found[1]] if found else [])]),
            reference="openIMIS",
        )
    new = taken.count() - before
    takeover.report.imported["prices"], takeover.report.present["prices"] = new, before
    takeover.progress("prices", new)


_Priced = dict[tuple[str, int], list[tuple[CareItem, int]]]


def _prices(takeover: Takeover, care: Care) -> _Priced:
    """What each list of openIMIS prices: its own price where it has one, 0 included."""
    priced: _Priced = {}
    for table, list_table, list_column, column, found, source, price in (
        (ITEM_PRICES, ITEM_LISTS, "PLItemID", "ItemID", care.items, ITEMS, "ItemPrice"),
        (
            SERVICE_PRICES, SERVICE_LISTS, "PLServiceID", "ServiceID", care.services, SERVICES,
            "ServPrice",
        ),
    ):  # fmt: skip
        for row in takeover.reading[table].values():
            item = found.get(row[column])
            if item is None:
                takeover.report.leave(row, "OI_CARE_GONE", column)
            elif row[list_column] not in takeover.reading[list_table]:
                takeover.report.leave(row, "OI_PRICE_LIST_GONE", list_column)
            else:
                unit = row["PriceOverule"]
                if unit is None:
                    unit = takeover.reading[source][row[column]][price]
                priced.setdefault((list_table.name, row[list_column]), []).append((item, unit))
    return priced


def _take_list(
    takeover: Takeover, pair: tuple[int | None, int | None], priced: _Priced
) -> tuple[TariffList, date] | None:
    """The list that joins a list of items and one of services; None when neither is there."""
    parts = [
        (table, takeover.reading[table][key])
        for table, key in ((ITEM_LISTS, pair[0]), (SERVICE_LISTS, pair[1]))
        if key is not None and key in takeover.reading[table]
    ]
    if not parts:
        return None
    names = [row["PLItemName" if table is ITEM_LISTS else "PLServName"] for table, row in parts]
    identity = ":".join(
        str(row["PLItemUUID" if table is ITEM_LISTS else "PLServiceUUID"] or row.key)
        for table, row in parts
    )
    currency = takeover.mutual.currency
    tariff_list = ensure_tariff_list(
        system=SYSTEM,
        code=str(uuid5(NAMESPACE_URL, f"{SYSTEM}:{identity}:{currency}")),
        name=" + ".join(dict.fromkeys(names))[:160],
        currency=currency,
    )
    starts = [row["DatePL"] for _, row in parts]
    for table, row in parts:
        _set_prices(tariff_list, row["DatePL"], priced.get((table.name, row.key), ()))
    return tariff_list, min(starts)


def _set_prices(
    tariff_list: TariffList, effective_from: date, prices: Iterable[tuple[CareItem, int]]
) -> None:
    known = set(Tariff.objects.filter(tariff_list=tariff_list).values_list("care_item", flat=True))
    for item, unit_price_minor in prices:
        if item.pk not in known:
            known.add(item.pk)
            set_tariff(
                tariff_list=tariff_list,
                care_item=item,
                unit_price_minor=unit_price_minor,
                effective_from=effective_from,
                source="openIMIS",
            )
