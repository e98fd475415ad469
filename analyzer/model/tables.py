"""The vocabulary: canonical tables, their columns, and how exports spell them.

The words themselves are data under `rules/tables/`; these are the types that hold them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from analyzer.model.errors import Text

UNKNOWN = "_unknown"
"""The column that tells blank from unknown: in the engine a bit mask, in a Parquet file a list of names."""


class Kind(StrEnum):
    """What a column holds. The value is the word used in `rules/tables`."""

    TEXT = "text"
    TIMESTAMP = "timestamp"
    DATE = "date"
    INTEGER = "integer"
    NUMBER = "number"
    RATIO = "ratio"
    MONEY = "money"
    BOOLEAN = "boolean"
    ENUM = "enum"

    @property
    def sql_type(self) -> str:
        """The column's type in DuckDB. Money and ratios are exact; a moment is local civil time, no zone."""
        return _SQL_TYPES[self]


_SQL_TYPES = {
    Kind.TEXT: "VARCHAR",
    Kind.TIMESTAMP: "TIMESTAMP",
    Kind.DATE: "DATE",
    Kind.INTEGER: "BIGINT",
    Kind.NUMBER: "DOUBLE",
    Kind.RATIO: "DECIMAL(9,6)",
    Kind.MONEY: "DECIMAL(14,2)",
    Kind.BOOLEAN: "BOOLEAN",
    Kind.ENUM: "VARCHAR",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a canonical table.

    `values` maps each canonical value of an enumeration to its other spellings. `blank_is_fact` says that a blank
    cell is an ordinary fact everywhere (a comparison with it is false, not unknown); `blank_is` names the value
    that a blank stands for. `absent` is the value (or "blank") that counts when no file of the table has this
    column at all. `personal` names the mask that hides it: plate, name, phone, certificate or text.
    """

    name: str
    title: Text
    kind: Kind
    also: tuple[str, ...] = ()
    values: Mapping[str, tuple[str, ...]] | None = None
    blank_is_fact: bool = False
    blank_is: str | None = None
    further: bool = False
    absent: str | None = None
    personal: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """One canonical table: its key, its columns in order, and the names files and sheets of it go by."""

    name: str
    title: Text
    key: tuple[str, ...]
    names: tuple[str, ...]
    columns: Mapping[str, Column]
    further: bool = False

    def bit(self, column: str) -> int:
        """The value of the bit that marks `column` as unknown in the `_unknown` mask of a row.

        The mask is a UBIGINT; the bit is 1 << position of the column, so a table holds at most 64 columns.
        """
        return 1 << list(self.columns).index(column)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All canonical tables by name, in the order in which they are read."""

    tables: Mapping[str, Table]

    def __getitem__(self, name: str) -> Table:
        return self.tables[name]
