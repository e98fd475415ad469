"""Small exports for the tests, written where a test wants them, and an intake of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from analyzer.model import Vocabulary
from analyzer.model.mapping import FileMapping
from analyzer.records import Intake, take_in
from analyzer.rulebook.vocabulary import load_vocabulary

RULES = Path(__file__).resolve().parents[2] / "rules" / "tables"
COUNTS = ("rows_read", "loaded", "duplicates", "replaced", "quarantined")


@cache
def vocabulary() -> Vocabulary:
    """The tables of `rules/tables`."""
    return load_vocabulary(RULES)


@dataclass
class Taken:
    """An intake and its connection."""

    con: duckdb.DuckDBPyConnection
    intake: Intake

    def rows(self, table: str, *columns: str) -> list[tuple[Any, ...]]:
        """Return columns of a table by file and row."""
        named = ", ".join(f'"{column}"' for column in columns)
        return self.con.execute(f"SELECT {named} FROM {table} ORDER BY _source, _row").fetchall()

    def cell(self, table: str, column: str) -> Any:
        """Return the one value of a column of a table that has one row."""
        [(value,)] = self.rows(table, column)
        return value

    def is_unknown(self, table: str, column: str) -> list[bool]:
        """Return, row by row, whether a column is unknown there."""
        bit = vocabulary()[table].bit(column)
        return [bool(mask & bit) for (mask,) in self.rows(table, "_unknown")]

    def inputs(self) -> list[dict[str, Any]]:
        """Return `_inputs` as records."""
        return _records(self.con, "SELECT * FROM _inputs ORDER BY source")

    def issues(self) -> list[dict[str, Any]]:
        """Return `_issues` as records."""
        return _records(self.con, 'SELECT * FROM _issues ORDER BY source, "row", "column"')

    def counts(self) -> dict[str, tuple[int, ...]]:
        """Return the account of each file."""
        return {entry["file"]: tuple(entry[name] for name in COUNTS) for entry in self.inputs()}


def _records(con: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    cursor = con.execute(query)
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def take(*inputs: Path, mappings: Sequence[FileMapping] = ()) -> Taken:
    """Take files or folders in."""
    config: Mapping[str, str] = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
    con = duckdb.connect(":memory:", config=dict(config))
    return Taken(con, take_in(con, inputs, vocabulary(), mappings=mappings))


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    """Write text with its line ends as they are."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode(encoding))
    return path
