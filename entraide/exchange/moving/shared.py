"""What the mutual refers to and the network keeps: found there, or brought along.

A row with the same identifier is the same. One with the same code is taken for the same where
nothing of the mutual hangs on the identifier; what could be another thing under the same code (a
provider, a list of prices, a place still proposed) comes in as the mutual's own. Nothing that the
network has is changed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib.auth.hashers import make_password
from django.db.models import Model

from entraide.apps.access.models import User
from entraide.apps.access.services import system_user
from entraide.apps.nomenclature.models import Area, AreaAlias, AreaState
from entraide.apps.providers.models import Provider, Tariff, TariffList
from entraide.core.ids import uuid7
from entraide.exchange.moving.tables import relations_of

_CODES: dict[str, tuple[str, ...]] = {
    "schemes.Federation": ("code",),
    "nomenclature.CareCategory": ("code",),
    "nomenclature.Area": ("system", "code"),
    "nomenclature.CareItem": ("system", "kind", "code"),
    "nomenclature.Diagnosis": ("system", "code"),
    "providers.Provider": ("system", "code"),
    "providers.TariffList": ("system", "code"),
}
_TOLD_APART = {"recorded_at", "id", "uid", "name_key"}

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Note:
    """One thing that is not as it was: ``kept`` (the network's values hold), ``apart`` (the
    mutual has its own beside the network's), ``renamed`` (another way to sign in)."""

    what: str
    table: str
    name: str


class SharedRows:
    """The rows of the network in a file, each given its key in this database when asked for."""

    def __init__(self, mutual_code: str) -> None:
        self._code = mutual_code
        self._rows: dict[type[Model], dict[int, Row]] = {}
        self._keys: dict[type[Model], dict[int, int]] = {}
        self._created: set[tuple[type[Model], int]] = set()
        self.notes: list[Note] = []

    def add(self, model: type[Model], row: Row) -> None:
        """A row of the file, its values already those of the columns."""
        self._rows.setdefault(model, {})[row["id"]] = row

    def place_under(self, model: type[Model], old: int, new: int) -> None:
        """A row of the file is this one here, whoever it was there."""
        self._keys.setdefault(model, {})[old] = new
        self._rows.get(model, {}).clear()  # what stood above it does not come

    def settle(self) -> None:
        """Find or bring every row; aliases only for places that were brought."""
        for model, rows in self._rows.items():
            if model not in (AreaAlias, Tariff):
                for old in list(rows):
                    self.key(model, old)
        for row in self._rows.get(AreaAlias, {}).values():
            area = self.key(Area, row["area_id"])
            if (Area, area) in self._created:
                self._create(AreaAlias, {**row, "area_id": area})

    def key(self, model: type[Model], old: int) -> int:
        """The key here of a row that had this key there; ``KeyError`` when the file has none."""
        known = self._keys.setdefault(model, {})
        if old not in known:
            row = dict(self._rows[model].pop(old))  # gone: a row under itself cannot loop
            for relation in relations_of(model):
                value = row[relation.attname]
                if value is not None:
                    target = relation.related_model
                    assert isinstance(target, type)
                    row[relation.attname] = self.key(target, value)
            known[old] = self._found_or_brought(model, row)
        return known[old]

    def _found_or_brought(self, model: type[Model], row: Row) -> int:
        special: dict[type[Model], Callable[[Row], int]] = {
            User: self._person,
            TariffList: self._price_list,
        }
        if model in special:
            return special[model](row)
        there = model._base_manager.filter(uid=row["uid"]).first()
        if there is None:
            there = _with_same_code(model, row)
            if there is not None and _may_be_another(model, there, row):
                return self._apart(model, row)
        if there is None:
            return self._create(model, row)
        self._note_difference(model, there, row)
        return int(there.pk)

    def _person(self, row: Row) -> int:
        """People come without their password: the administrator gives them another."""
        if row["is_system"]:
            return system_user().pk
        there = User.objects.filter(uid=row["uid"]).first()
        if there is not None:
            return there.pk
        wanted = row["username"]
        number = 1
        while User.objects.filter(username__iexact=row["username"]).exists():
            ending = f"-{self._code}" if number == 1 else f"-{self._code}-{number}"
            row["username"] = wanted[: 150 - len(ending)] + ending
            number += 1
        if row["username"] != wanted:
            self.notes.append(Note("renamed", "access.User", row["username"]))
        return self._create(User, {**row, "password": make_password(None)})

    def _price_list(self, row: Row) -> int:
        """The same list only with the same prices: another's are never changed."""
        old = row["id"]
        prices = [
            {**price, "care_item_id": self.key(apps.get_model("nomenclature.CareItem"),
                                               price["care_item_id"])}
            for price in self._rows.get(Tariff, {}).values()
            if price["tariff_list_id"] == old
        ]  # fmt: skip
        there = TariffList.objects.filter(uid=row["uid"]).first() or _with_same_code(
            TariffList, row
        )
        if there is not None and _prices_there(there) == _prices_said(prices):
            return int(there.pk)
        if there is None:
            new = self._create(TariffList, row)
        else:
            new = self._apart(TariffList, {**row, "uid": uuid7()})
        for price in prices:
            uid = price["uid"] if there is None else uuid7()
            self._create(Tariff, {**price, "uid": uid, "tariff_list_id": new})
        return new

    def _apart(self, model: type[Model], row: Row) -> int:
        self.notes.append(Note("apart", model._meta.label, str(row["name"])))
        return self._create(model, {**row, "system": self._code})

    def _create(self, model: type[Model], row: Row) -> int:
        record = model(**{name: value for name, value in row.items() if name != "id"})
        record.save(force_insert=True)
        self._created.add((model, record.pk))
        return int(record.pk)

    def _note_difference(self, model: type[Model], there: Model, row: Row) -> None:
        plain = [
            field.attname
            for field in model._meta.concrete_fields
            if not field.is_relation and field.attname not in _TOLD_APART
        ]
        if any(getattr(there, name) != row[name] for name in plain):
            name = str(row.get("name") or row.get("label") or row.get("code"))
            self.notes.append(Note("kept", model._meta.label, name))


def _with_same_code(model: type[Model], row: Row) -> Any:
    names = _CODES[model._meta.label]
    return model._base_manager.filter(**{name: row[name] for name in names}).first()


def _may_be_another(model: type[Model], there: Any, row: Row) -> bool:
    """The books name a provider by its identifier; a proposed place is not yet anybody's."""
    if model is Area:
        return row["state"] != AreaState.ACCEPTED or there.state != AreaState.ACCEPTED
    return model is Provider


def _prices_there(prices: TariffList) -> set[tuple[int, Any, int]]:
    rows = Tariff.objects.filter(tariff_list=prices)
    return set(rows.values_list("care_item_id", "effective_from", "unit_price_minor"))


def _prices_said(prices: list[Row]) -> set[tuple[int, Any, int]]:
    return {
        (price["care_item_id"], price["effective_from"], price["unit_price_minor"])
        for price in prices
    }
