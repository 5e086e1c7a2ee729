"""What a country brings: its money, the form of its telephone numbers, its areas, its clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from entraide.core.errors import Finding, RefusedRows
from entraide.rulebook.document import read_document
from entraide.rulebook.schema import CurrencyCode, Titles
from entraide.rulebook.validation import Strict, validated


@dataclass(frozen=True, slots=True)
class AreaLevel:
    """One level of the country's areas, such as the district."""

    code: str
    titles: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Country:
    """A country pack. ``area_levels`` go from the largest to the village or quarter."""

    code: str
    titles: Mapping[str, str]
    currency: str
    phone_region: str  # as telephone libraries name numbering plans: ISO 3166-1, two letters
    area_levels: tuple[AreaLevel, ...]
    time_zone: str  # IANA name
    # "whole" where a name is never split, "split" where family name and given name stand apart.
    name_fields: str = "split"

    @property
    def splits_names(self) -> bool:
        """Whether people here write a name of the family and a given name apart."""
        return self.name_fields == "split"


class _LevelDocument(Strict):
    code: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{1,29}$")]
    title: Titles


class _CountryDocument(Strict):
    country: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]
    title: Titles
    currency: CurrencyCode
    phone_region: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
    time_zone: Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Za-z_]+(/[A-Z][A-Za-z_-]+)+$")]
    area_levels: Annotated[list[_LevelDocument], Field(min_length=1)]
    name_fields: Literal["whole", "split"] = "split"


def read_country(path: Path) -> Country:
    """The country in a ``country.yaml``; refused with every fault at once."""
    model = validated(_CountryDocument, read_document(path))
    codes = [level.code for level in model.area_levels]
    twice = [index for index, code in enumerate(codes) if code in codes[:index]]
    if twice:
        raise RefusedRows(
            tuple(
                Finding("AREA_LEVEL_TWICE", place=f"area_levels[{i}]", data={"code": codes[i]})
                for i in twice
            )
        )
    return Country(
        code=model.country,
        titles=model.title.model_dump(),
        currency=model.currency,
        phone_region=model.phone_region,
        area_levels=tuple(
            AreaLevel(level.code, level.title.model_dump()) for level in model.area_levels
        ),
        time_zone=model.time_zone,
        name_fields=model.name_fields,
    )
