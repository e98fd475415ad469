"""Canonical tables as polars frames: exactly the columns of the vocabulary, typed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import polars as pl

from analyzer.model import Kind, Table

_TYPES: Mapping[Kind, pl.DataType] = {
    Kind.TEXT: pl.String(),
    Kind.TIMESTAMP: pl.Datetime("us"),
    Kind.DATE: pl.Date(),
    Kind.INTEGER: pl.Int64(),
    Kind.NUMBER: pl.Float64(),
    Kind.RATIO: pl.Decimal(9, 6),
    Kind.MONEY: pl.Decimal(14, 2),
    Kind.BOOLEAN: pl.Boolean(),
    Kind.ENUM: pl.String(),
}
_PLACES = {Kind.MONEY: Decimal("0.01"), Kind.RATIO: Decimal("0.000001")}
OFFICE_OPENS = time(9, 30)
"""The time of day that a moment takes when only its day is known."""


def schema(table: Table) -> dict[str, pl.DataType]:
    """The polars types of the columns of `table`."""
    return {name: _TYPES[column.kind] for name, column in table.columns.items()}


def typed(kind: Kind, value: Any) -> Any:
    """Return `value` as a cell of `kind` holds it: days of moments, moments of days, exact money."""
    if value is None:
        return None
    if kind is Kind.DATE and isinstance(value, datetime):
        return value.date()
    if kind is Kind.TIMESTAMP and not isinstance(value, datetime):
        return datetime.combine(value, OFFICE_OPENS) if isinstance(value, date) else value
    if kind in _PLACES:
        return Decimal(str(value)).quantize(_PLACES[kind])
    if kind in (Kind.TEXT, Kind.ENUM):
        return str(value)
    return float(value) if kind is Kind.NUMBER else value


def frame(table: Table, rows: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    """Return the rows as a frame of `table`; a column that a row does not mention is blank."""
    kinds = {name: column.kind for name, column in table.columns.items()}
    cells = [{name: typed(kind, row.get(name)) for name, kind in kinds.items()} for row in rows]
    return pl.DataFrame(cells, schema=schema(table), orient="row")


def conform(table: Table, made: pl.DataFrame) -> pl.DataFrame:
    """Give a frame that was made by columns the columns, order and types of `table`."""
    return made.select(
        (pl.col(name) if name in made.columns else pl.lit(None)).cast(dtype).alias(name)
        for name, dtype in schema(table).items()
    )
