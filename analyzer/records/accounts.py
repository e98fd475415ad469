"""The account of every row: duplicates, replaced rows, and the tables `_inputs` and `_issues` that say so.

`rows read = loaded + duplicates + replaced + quarantined` for every file and sheet.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import duckdb

from analyzer.model import Table, Text
from analyzer.records.sql import named, quoted

INPUTS = (
    "source INTEGER, file VARCHAR, sheet VARCHAR, sha256 VARCHAR, table_name VARCHAR, rows_read BIGINT, loaded BIGINT, "
    "duplicates BIGINT, replaced BIGINT, quarantined BIGINT, issues BIGINT, refused VARCHAR, encoding VARCHAR, "
    "notes VARCHAR, refused_en VARCHAR, notes_en VARCHAR"
)
"""The account of one file or sheet: what became of its rows."""

_ISSUES = (
    'file VARCHAR, sheet VARCHAR, "row" BIGINT, "column" VARCHAR, text VARCHAR, reason VARCHAR, reason_en VARCHAR, '
    "source INTEGER, column_name VARCHAR"
)

_HISTORY = "table_name VARCHAR, record_key VARCHAR, source INTEGER, row BIGINT, content VARCHAR"
"""What a row said before a later one took its place: the old version as JSON, with where it stood."""


@dataclass(slots=True)
class Entry:
    """One file or sheet in the account."""

    file: str
    sheet: str | None = None
    sha256: str | None = None
    table: str | None = None
    rows_read: int = 0
    quarantined: int = 0
    encoding: str | None = None
    refused: Text | None = None
    notes: list[Text] = field(default_factory=list)


class Accounts:
    """Keeps `_inputs` and `_issues` of one intake."""

    def __init__(self, con: duckdb.DuckDBPyConnection, first: int = 0) -> None:
        """Make the tables, empty; `first` is the number of the first file."""
        self._con = con
        self._next = first
        con.execute(f"CREATE OR REPLACE TABLE _inputs ({INPUTS})")
        con.execute(f"CREATE OR REPLACE TABLE _issues ({_ISSUES})")
        con.execute(f"CREATE OR REPLACE TABLE _history ({_HISTORY})")

    def open(self, entry: Entry) -> int:
        """Give `entry` its number and write it down; return the number."""
        source, self._next = self._next, self._next + 1
        self._con.execute(
            "INSERT INTO _inputs VALUES (?, ?, ?, ?, ?, 0, 0, 0, 0, 0, 0, NULL, NULL, NULL, NULL, NULL)",
            [source, entry.file, entry.sheet, entry.sha256, entry.table],
        )
        return source

    def close(self, source: int, entry: Entry) -> None:
        """Write what reading `entry` brought. Duplicates and replaced rows are known only at the end."""
        refused = entry.refused or Text("", "")
        self._con.execute(
            "UPDATE _inputs SET sha256 = ?, table_name = ?, rows_read = ?, quarantined = ?, refused = ?, refused_en = ?, "
            "encoding = ?, notes = ?, notes_en = ? WHERE source = ?",
            [
                entry.sha256, entry.table, entry.rows_read, entry.quarantined, refused.zh or None, refused.en or None,
                entry.encoding, "；".join(note.zh for note in entry.notes) or None,
                "; ".join(note.en for note in entry.notes) or None, source,
            ],
        )  # fmt: skip

    def issue(self, source: int, entry: Entry, row: int | None, column: str, text: str | None, why: Text) -> None:
        """Write one issue of a header or a row."""
        self._con.execute(
            "INSERT INTO _issues VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL)",
            [entry.file, entry.sheet, row, column or None, text, why.zh, why.en, source],
        )

    def settle(self) -> None:
        """Fill the counts that follow from the others, once every table is settled."""
        self._con.execute(
            "UPDATE _inputs SET issues = (SELECT count(*) FROM _issues i WHERE i.source = _inputs.source), "
            "loaded = rows_read - duplicates - replaced - quarantined"
        )


def settle_table(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Leave one row for each key: the last one. Count what went, in the file that held it.

    A row equal to the one in force (in every column, blank and unknown told apart) is a duplicate of its own file;
    a row whose place a later, different one took is replaced, counted in the file of the earlier row.
    """
    name, keys = named(table.name), ", ".join(map(named, table.key))
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE _contested AS SELECT {keys} FROM {name} GROUP BY ALL HAVING count(*) > 1"
    )
    contested = con.execute("SELECT count(*) FROM _contested").fetchone()
    if contested and contested[0]:
        _rank(con, table, keys)
        for column, what in (("duplicates", "same"), ("replaced", "NOT same AND NOT in_force")):
            con.execute(
                f"UPDATE _inputs SET {column} = n FROM (SELECT _source, count(*) AS n FROM _ranked WHERE {what} "
                "GROUP BY _source) r WHERE r._source = _inputs.source"
            )
        _keep_old_versions(con, table)
        con.execute(f"DELETE FROM {name} WHERE rowid IN (SELECT place FROM _ranked WHERE same OR NOT in_force)")
        con.execute("DROP TABLE _ranked")
    con.execute("DROP TABLE _contested")
    for column in ("_skip", "_bad", "_texts", "_beyond"):
        con.execute(f"ALTER TABLE {name} DROP COLUMN {column}")


def _keep_old_versions(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Leave each replaced row in the ingest history; an identical duplicate says nothing new."""
    whole = ", ".join(f"{named(column)} := t.{named(column)}" for column in table.columns)
    key = " || '|' || ".join(f"t.{named(column)}" for column in table.key)
    con.execute(
        f"INSERT INTO _history SELECT {quoted(table.name)}, {key}, t._source, t._row, "
        f"CAST(to_json(struct_pack({whole})) AS VARCHAR) FROM {named(table.name)} t "
        "WHERE t.rowid IN (SELECT place FROM _ranked WHERE NOT same AND NOT in_force) ORDER BY t._source, t._row"
    )


def _rank(con: duckdb.DuckDBPyConnection, table: Table, keys: str) -> None:
    """Say of each contested row whether it equals the row before it with its key, and whether it is in force.

    A row equal to its predecessor is a duplicate of the row in force, since a duplicate leaves that row in force.
    """
    whole = ", ".join(f"{named(column)} := t.{named(column)}" for column in (*table.columns, "_unknown"))
    joined = " AND ".join(f"t.{named(key)} = c.{named(key)}" for key in table.key)
    mine = ", ".join(f"t.{named(key)}" for key in table.key)
    con.execute(
        "CREATE OR REPLACE TEMP TABLE _ranked AS "
        f"WITH held AS (SELECT t.rowid AS place, t._source, t._row, {mine}, struct_pack({whole}) AS whole "
        f"FROM {named(table.name)} t JOIN _contested c ON {joined}), "
        "compared AS (SELECT place, _source, _row, "
        f"{keys}, coalesce(whole IS NOT DISTINCT FROM lag(whole) OVER arrival, false) AS same "
        f"FROM held WINDOW arrival AS (PARTITION BY {keys} ORDER BY _source, _row)) "
        "SELECT place, _source, same, NOT same AND row_number() OVER "
        f"(PARTITION BY {keys}, same ORDER BY _source DESC, _row DESC) = 1 AS in_force FROM compared"
    )
