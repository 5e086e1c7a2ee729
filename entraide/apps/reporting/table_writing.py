"""Columns into the typed tables of the star."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from entraide.indicators.schema import COLUMNS

_TYPES = {
    "string": pa.string(),
    "int64": pa.int64(),
    "date": pa.date32(),
    "boolean": pa.bool_(),
}


def schema_of(name: str) -> pa.Schema:
    """The Parquet schema of a table of the star."""
    return pa.schema([(column, _TYPES[kind]) for column, kind in COLUMNS[name].items()])


def table(name: str, columns: Mapping[str, Any]) -> pa.Table:
    """A table of the star; a column that is not given stays empty, all of them for no rows."""
    schema = schema_of(name)
    if not columns:
        return schema.empty_table()
    unknown = columns.keys() - set(schema.names)
    assert not unknown, f"{name} has no columns {sorted(unknown)}"
    length = len(next(iter(columns.values())))
    return pa.table(
        {
            field.name: _column(columns[field.name], field.type)
            if field.name in columns
            else pa.nulls(length, field.type)
            for field in schema
        },
        schema=schema,
    )


def _column(values: Any, kind: pa.DataType) -> Any:
    if isinstance(values, pa.Array | pa.ChunkedArray):
        return values if values.type == kind else values.cast(kind)
    return pa.array(values, kind)


def from_rows(name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> pa.Table:
    """A table of the star from rows in the order of ``columns``."""
    read = [list(column) for column in zip(*rows, strict=True)]
    return table(name, dict(zip(columns, read, strict=True)) if read else {})


def taken(texts: Sequence[str], rows: Any) -> pa.Array:
    """The texts of these rows, each distinct text kept once."""
    return pa.array(texts, pa.string()).dictionary_encode().take(pa.array(rows))
