"""What every reader gives: one sheet of text cells, its first rows at hand, the rest behind a DuckDB relation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb
import pyarrow as pa

from analyzer.model import Problem, Text

HEAD_ROWS = 40
NO_TEXT = Text("", "")


class Unreadable(Exception):  # noqa: N818 - a state of the file, listed with it
    """A file or sheet cannot be read; says why and what to do. Becomes a refused input, never a stop."""

    def __init__(self, cause: Text, remedy: Text = NO_TEXT) -> None:
        self.cause, self.remedy = cause, remedy
        super().__init__(cause.en)

    def at(self, place: str) -> Problem:
        """Return the problem at `place`."""
        return Problem(place, self.cause, self.remedy)


@dataclass(slots=True)
class Sheet:
    """One sheet of text.

    `head` holds its first rows, `lines` the row number (from 1) of each. `relation` is SQL that gives columns `_line`
    and `c0` to `c<width-1>`; a text file has none as long as it can be read piece by piece.
    """

    name: str | None
    head: Sequence[Sequence[str | None]]
    lines: Sequence[int]
    width: int
    relation: str
    encoding: str | None = None
    notes: list[Text] = field(default_factory=list)
    last_line: int = 0


def columns_of(width: int) -> list[str]:
    """Return the names of the text columns of a relation."""
    return [f"c{position}" for position in range(width)]


class Held:
    """Rows held in a temporary table of the connection, filled batch by batch."""

    def __init__(self, con: duckdb.DuckDBPyConnection, name: str, width: int) -> None:
        """Make the empty table `name` with `_line` and `width` text columns."""
        self._con, self.name, self._names = con, name, columns_of(width)
        columns = "".join(f", {column} VARCHAR" for column in self._names)
        con.execute(f"CREATE OR REPLACE TEMP TABLE {name} (_line BIGINT{columns})")

    def add(self, lines: Sequence[int] | Any, columns: Sequence[Any]) -> None:
        """Append rows: their row numbers and, column by column, their text."""
        arrays = [pa.array(lines, pa.int64()), *(_text(column) for column in columns)]
        batch = pa.table(arrays, names=["_line", *self._names])
        self._con.register("_batch", batch)
        self._con.execute(f"INSERT INTO {self.name} SELECT * FROM _batch")
        self._con.unregister("_batch")

    @property
    def relation(self) -> str:
        """SQL that gives the rows."""
        return f"SELECT * FROM {self.name}"


def _text(column: Any) -> Any:
    return column if isinstance(column, pa.Array | pa.ChunkedArray) else pa.array(column, pa.string())
