"""How one program or office heads its tables: a YAML file in ``rules/imports``, no Python.

A profile names the kind of table, and for each field the headers under which it is found.
Headers are compared without case, accents, signs or what stands in brackets.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from entraide.core.errors import Finding, Refusal, RefusedRows
from entraide.files.cell_values import plain
from entraide.files.table_fields import KINDS
from entraide.files.table_fields import Field as TableField

_Text = Annotated[str, StringConstraints(min_length=1, max_length=300)]
_Headers = Annotated[list[_Text], Field(min_length=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Titles(_Strict):
    """The name of the profile as people choose it."""

    fr: _Text
    en: _Text


class TableProfile(_Strict):
    """One form of table. ``source`` says where its headers are known from.

    ``system`` prefixes the numbers of what is taken over (``BMAS-APP-…``); ``is_takeover``: the
    table tells covers that run already elsewhere, so that nothing is called for them again.
    ``values`` says what words of this table mean (``{"status": {"payé": "paid"}}``), as people
    write them: they are compared without case or accents (:meth:`words`).
    """

    profile: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{2,49}$")]
    version: Annotated[int, Field(ge=1)]
    title: Titles
    source: _Text
    kind: Literal[
        "members", "contributions", "visits", "claims", "loans", "movements", "photos",
        "providers", "tariffs", "returns", "covers",
    ]  # fmt: skip
    system: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2,8}$")]
    is_takeover: bool = False
    required: list[_Text] = []
    columns: dict[str, _Headers]
    values: dict[str, dict[str, _Text]] = {}

    @property
    def fields(self) -> tuple[TableField, ...]:
        """The fields of its kind that this profile knows a header for."""
        return tuple(field for field in KINDS[self.kind] if field.name in self.columns)

    def words(self, field: str) -> dict[str, str]:
        """Word of a field, made comparable as a cell is → what it means."""
        return {plain(word): meaning for word, meaning in self.values.get(field, {}).items()}

    def is_required(self, field: TableField) -> bool:
        """Whether a row of this table must say it."""
        return field.is_required or field.name in self.required


def read_table_profile(path: Path) -> TableProfile:
    """The profile in a YAML file; refused with every fault at once (:class:`RefusedRows`)."""
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        raise Refusal("PROFILE_UNREADABLE", place=path.name, file=path.name) from None
    return parse_table_profile(document)


def parse_table_profile(document: object) -> TableProfile:
    """The same from a plain mapping. Codes: ``PROFILE_KEY``, ``PROFILE_FIELD_UNKNOWN``,
    ``PROFILE_FIELD_MISSING`` (a field that every row of this kind must say has no header)."""
    try:
        profile = TableProfile.model_validate(document)
    except ValidationError as error:
        findings = [
            Finding(
                "PROFILE_KEY",
                place=".".join(str(step) for step in fault["loc"]),
                data={"value": str(fault["input"])[:60], "reason": fault["type"]},
            )
            for fault in error.errors(include_url=False)
        ]
        raise RefusedRows(tuple(findings)) from None
    known = {field.name: field for field in KINDS[profile.kind]}
    faults = [
        Finding("PROFILE_FIELD_UNKNOWN", place=f"{part}.{name}", data={"field": name})
        for part, names in (("columns", profile.columns), ("required", profile.required),
                            ("values", profile.values))
        for name in names
        if name not in known
    ]  # fmt: skip
    faults += [
        Finding("PROFILE_FIELD_MISSING", place="columns", data={"field": field.name})
        for field in known.values()
        if profile.is_required(field) and field.name not in profile.columns
    ]
    if faults:
        raise RefusedRows(tuple(faults))
    return profile
