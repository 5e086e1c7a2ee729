"""Where the rule packs of the repository stand: ``rules/countries`` and ``rules/templates``."""

from __future__ import annotations

from pathlib import Path

from entraide.core.errors import Refusal

RULES_FOLDER = Path(__file__).resolve().parents[2] / "rules"


def product_paths(folder: Path = RULES_FOLDER) -> dict[str, Path]:
    """Product template → its ``product.yaml``, in alphabetical order."""
    return {path.parent.name: path for path in sorted(folder.glob("templates/*/product.yaml"))}


def country_paths(folder: Path = RULES_FOLDER) -> dict[str, Path]:
    """Country code → its ``country.yaml``, in alphabetical order, the model to copy left out."""
    return {
        path.parent.name: path
        for path in sorted(folder.glob("countries/*/country.yaml"))
        if not path.parent.name.startswith("_")
    }


def product_path(code: str, folder: Path = RULES_FOLDER) -> Path:
    """The file of one product template; ``PRODUCT_TEMPLATE_UNKNOWN`` when there is none."""
    paths = product_paths(folder)
    if code not in paths:
        raise Refusal("PRODUCT_TEMPLATE_UNKNOWN", product=code, known=", ".join(paths))
    return paths[code]


def country_path(code: str, folder: Path = RULES_FOLDER) -> Path:
    """The file of one country; ``COUNTRY_UNKNOWN`` when there is none."""
    paths = country_paths(folder)
    if code not in paths:
        raise Refusal("COUNTRY_UNKNOWN", country=code, known=", ".join(paths))
    return paths[code]


def table_profile_paths(folder: Path = RULES_FOLDER) -> dict[str, Path]:
    """Profile of tables → its file in ``rules/imports``, in alphabetical order."""
    return {path.stem: path for path in sorted(folder.glob("imports/*.yaml"))}
