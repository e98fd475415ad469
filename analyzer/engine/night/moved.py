"""What moved: the old and the new versions of the rows that changed, and in which columns they differ."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import duckdb

from analyzer.engine.night.asking import size_of
from analyzer.engine.night.ranges import of_values
from analyzer.engine.night.report import Change
from analyzer.model import Vocabulary
from analyzer.model.tables import UNKNOWN

EVERYTHING = (1 << 64) - 1
"""The mask of a row that is new or gone: it differs in every column."""


class Moved:
    """The changes of a night, ready to be followed.

    For each changed table there are two temporary tables, `night_old_<table>` and `night_now_<table>`: the versions
    that were judged last and those of today, with `_moved`, a mask of the columns in which they differ; `_at` is the
    row's place in the warehouse.
    """

    def __init__(
        self, con: duckdb.DuckDBPyConnection, home: str, vocabulary: Vocabulary, changes: Mapping[str, Change]
    ) -> None:
        self.con, self.home, self.vocabulary = con, home, vocabulary
        self.masks: dict[str, frozenset[int]] = {}
        for table, change in changes.items():
            self._prepare(table, change)

    @property
    def tables(self) -> list[str]:
        """The tables in which something differs."""
        return [table for table, masks in self.masks.items() if masks]

    def bits(self, table: str, columns: Iterable[str]) -> int:
        """Return the mask of some columns of a table."""
        of = self.vocabulary[table]
        return sum(of.bit(column) for column in set(columns) if column in of.columns)

    def matched(self, table: str, bits: int) -> frozenset[int]:
        """Return the masks of rows that differ in one of the columns of `bits`."""
        return frozenset(mask for mask in self.masks.get(table, ()) if mask & bits or mask == EVERYTHING)

    def relation(self, table: str, bits: int) -> str:
        """Return the SQL of old and new versions of the rows that differ in one of the columns of `bits`."""
        columns = ", ".join(f'"{column}"' for column in (*self.vocabulary[table].columns, UNKNOWN))
        parts = [
            f'SELECT {columns} FROM "night_{when}_{table}" WHERE (_moved & {bits}::UBIGINT) <> 0'
            for when in ("old", "now")
        ]
        return f"({' UNION ALL '.join(parts)})"

    def drop(self) -> None:
        """Take the temporary tables away."""
        for table in self.masks:
            for when in ("old", "now"):
                self.con.execute(f'DROP TABLE IF EXISTS "night_{when}_{table}"')

    def _prepare(self, table: str, change: Change) -> None:
        keys = self.vocabulary[table].key
        same = " AND ".join(f'x."{key}" = k."{key}"' for key in keys)
        both = " AND ".join(f'o."{key}" = n."{key}"' for key in keys)
        inside = of_values(self.con, f'"{change.keys}"', {key: f'"x"."{key}"' for key in keys})
        there = f'FROM {self.home}."{table}" AS x SEMI JOIN "{change.keys}" AS k ON {same} WHERE {inside}'
        if not size_of(self.con, f'"{change.before}"'):
            self._all_new(table, change, there)
            return
        self.con.execute(f'CREATE OR REPLACE TEMP TABLE "night_now" AS SELECT x.*, x.rowid AS "_at" {there}')
        differ = " | ".join(
            f'CASE WHEN o."{name}" IS DISTINCT FROM n."{name}" THEN {self.vocabulary[table].bit(name)}::UBIGINT'
            " ELSE 0::UBIGINT END"
            for name in self.vocabulary[table].columns
        )
        mask = f'CASE WHEN {{0}}."{keys[0]}" IS NULL THEN {EVERYTHING}::UBIGINT'
        mask += f" ELSE xor(o.{UNKNOWN}, n.{UNKNOWN}) | {differ} END"
        self.con.execute(
            f'CREATE OR REPLACE TEMP TABLE "night_old_{table}" AS SELECT o.*, {mask.format("n")} AS "_moved"'
            f' FROM "{change.before}" AS o LEFT JOIN night_now AS n ON {both}'
        )
        self.con.execute(
            f'CREATE OR REPLACE TEMP TABLE "night_now_{table}" AS SELECT n.*, {mask.format("o")} AS "_moved"'
            f' FROM night_now AS n LEFT JOIN "{change.before}" AS o ON {both}'
        )
        self.con.execute('DROP TABLE "night_now"')
        rows = self.con.execute(
            f'SELECT DISTINCT _moved FROM "night_old_{table}" UNION SELECT DISTINCT _moved FROM "night_now_{table}"'
        ).fetchall()
        self.masks[table] = frozenset(int(mask) for (mask,) in rows if mask)

    def _all_new(self, table: str, change: Change, there: str) -> None:
        """No row stood in the place of one of tonight's: there is nothing to compare."""
        for when, rows in (("old", f'FROM "{change.before}" AS x'), ("now", there)):
            place = ', x.rowid AS "_at"' if when == "now" else ""
            self.con.execute(
                f'CREATE OR REPLACE TEMP TABLE "night_{when}_{table}" AS'
                f' SELECT x.*{place}, {EVERYTHING}::UBIGINT AS "_moved" {rows}'
            )
        self.masks[table] = frozenset([EVERYTHING] if size_of(self.con, f'"night_now_{table}"') else [])
