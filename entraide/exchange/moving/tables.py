"""Which tables go along with a mutual, and how each finds its place in another database.

Three sorts. *Own*: everything with a ``mutual``, and the tables between two of them. *Shared*: what
the network keeps for all, of which only what the mutual refers to goes along. *Left*: what is of
one installation only. A test holds that every table is of one sort.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db.migrations.loader import MigrationLoader
from django.db.models import Field, ForeignKey, Model

FORMAT = 1  # raised when the lines of the file change

# In this order in the file: a table after those that it refers to.
SHARED: tuple[str, ...] = (
    "schemes.Federation", "access.User", "nomenclature.CareCategory", "nomenclature.Area",
    "nomenclature.AreaAlias", "nomenclature.CareItem", "nomenclature.Diagnosis",
    "providers.Provider", "providers.TariffList", "providers.Tariff",
)  # fmt: skip

# Rows of the second that hang on a row of the first: they go where it goes.
HANGING: dict[str, tuple[str, str]] = {
    "nomenclature.AreaAlias": ("nomenclature.Area", "area"),
    "providers.Tariff": ("providers.TariffList", "tariff_list"),
}

MUTUAL = "schemes.Mutual"

# Why each stays: a token opens one installation; drafts are half-typed; analysis is made again
# from the registers; the changes of shared lists are the history of the network that made them,
# and its coding guide is how that network codes: the other one has its own.
LEFT: frozenset[str] = frozenset(
    {
        "access.ApiToken", "access.Draft", "access.User_groups", "access.User_user_permissions",
        "reporting.WarehouseExport", "reporting.ReportRun", "nomenclature.ListChange",
        "nomenclature.GuideEntry", "nomenclature.GuideSynonym",
    }
)  # fmt: skip

# Secrets and powers of one installation. A key without its private half still proves old cards.
LEFT_COLUMNS: dict[str, frozenset[str]] = {
    "access.User": frozenset({"password", "last_login", "is_superuser", "is_staff"}),
    "cards.CardKey": frozenset({"private_sealed"}),
}


def our_models() -> list[type[Model]]:
    """Every table of the product, those between two others included."""
    models = apps.get_models(include_auto_created=True)
    return [model for model in models if model.__module__.startswith("entraide.apps.")]


def shared_models() -> list[type[Model]]:
    """The tables of the network, in the order of the file."""
    return [apps.get_model(label) for label in SHARED]


def own_models() -> list[type[Model]]:
    """The tables of a mutual. The head of the chain comes last: it closes the entries below it."""
    known = {*SHARED, *LEFT, MUTUAL}
    own = [model for model in our_models() if model._meta.label not in known]
    return sorted(own, key=lambda model: model._meta.label == "ledger.LedgerHead")


def owner_of(model: type[Model]) -> str:
    """The path from a row to its mutual: ``mutual``, or through the record that it belongs to."""
    if any(field.name == "mutual" for field in model._meta.concrete_fields):
        return "mutual"
    first = next(field for field in model._meta.concrete_fields if field.is_relation)
    return f"{first.name}__mutual"


def columns_of(model: type[Model]) -> list[Field[Any, Any]]:
    """What of a row goes along; the mutual itself is the same for every row."""
    left = LEFT_COLUMNS.get(model._meta.label, frozenset())
    return [
        field
        for field in model._meta.concrete_fields
        if field.name != "mutual" and field.attname not in left
    ]


def relations_of(model: type[Model]) -> list[ForeignKey[Any, Any]]:
    """The columns that name a row of another table."""
    return [field for field in columns_of(model) if isinstance(field, ForeignKey)]


def table_states() -> dict[str, str]:
    """App → its last migration: two installations understand each other when these are equal."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    ours = {model._meta.app_label for model in our_models()}
    return {app: name for app, name in sorted(loader.graph.leaf_nodes()) if app in ours}
