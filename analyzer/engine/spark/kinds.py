"""The types of canonical columns in Spark, and how a column of a lake becomes one of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.model import Kind

if TYPE_CHECKING:
    from pyspark.sql.types import DataType

_NAMES = {"VARCHAR": "STRING", "TIMESTAMP": "TIMESTAMP_NTZ"}
"""What Spark calls otherwise than DuckDB does."""
_WHOLE = {"tinyint", "smallint", "int", "bigint"}
_PLACE = "Asia/Shanghai"


def spark_type(kind: Kind) -> str:
    """Return the type of a kind of column in Spark; a moment is local civil time without a zone."""
    return _NAMES.get(kind.sql_type, kind.sql_type)


def as_ours(theirs: DataType, kind: Kind, name: str) -> str | None:
    """Return the SQL that reads a column of a lake as one of ours; None when that would lose or guess a value."""
    text = theirs.simpleString()
    cell, wanted = f"`{name}`", spark_type(kind)
    if text == wanted.lower():
        return cell
    if text == "void":
        return f"CAST(NULL AS {wanted})"
    if kind is Kind.TIMESTAMP and text == "timestamp":
        # An instant of a lake is shown as the clock stood where the law applies.
        return f"CAST(from_utc_timestamp({cell}, '{_PLACE}') AS TIMESTAMP_NTZ)"
    if kind is Kind.TIMESTAMP and text == "date":
        return f"CAST({cell} AS TIMESTAMP_NTZ)"
    if (kind in (Kind.TEXT, Kind.ENUM) and text.startswith(("varchar", "char"))) or _is_number_for(kind, text):
        return f"CAST({cell} AS {wanted})"
    return None


def _is_number_for(kind: Kind, text: str) -> bool:
    """Whether every value of a numeric type is one of the kind's."""
    if kind is Kind.INTEGER:
        return text in _WHOLE
    if kind is Kind.NUMBER:
        return text in _WHOLE or text == "float" or text.startswith("decimal")
    if kind in (Kind.MONEY, Kind.RATIO) and text.startswith("decimal"):
        theirs, ours = _digits(text), _digits(spark_type(kind).lower())
        return theirs[1] <= ours[1] and theirs[0] - theirs[1] <= ours[0] - ours[1]
    return kind in (Kind.MONEY, Kind.RATIO) and text in ("tinyint", "smallint", "int")


def _digits(text: str) -> tuple[int, int]:
    """The digits of a decimal type, all of them and those behind the point."""
    whole, _, behind = text.removeprefix("decimal(").removesuffix(")").partition(",")
    return int(whole), int(behind or 0)


__all__ = ["as_ours", "spark_type"]
