"""What the warehouse keeps between nights, in the schema `kept`: answers, counts, stories, and what made them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass, field
from datetime import date

import duckdb

from analyzer.engine.connect import insert_rows
from analyzer.engine.night.asking import first_row
from analyzer.engine.night.evaluate import Patterns, make_of
from analyzer.engine.night.making import Making

_TABLES = """
CREATE SCHEMA IF NOT EXISTS {kept};
CREATE TABLE IF NOT EXISTS {kept}.nights (as_of DATE, unknown VARCHAR);
CREATE TABLE IF NOT EXISTS {kept}.makings (
  code VARCHAR, base VARCHAR, sense VARCHAR, program VARCHAR, rule VARCHAR, calendar VARCHAR, facts VARCHAR,
  parameters VARCHAR);
CREATE TABLE IF NOT EXISTS {kept}.tally (rule VARCHAR, answer USMALLINT, rows BIGINT);
CREATE TABLE IF NOT EXISTS {kept}.lacks (rule VARCHAR, names VARCHAR, answer USMALLINT)
"""

Tally = dict[str, dict[int, int]]
"""Rows by rule and kept answer."""


@dataclass
class Kept:
    """The kept state, read at the beginning of a night and written at its end."""

    con: duckdb.DuckDBPyConnection
    schema: str
    as_of: date | None = None
    unknown: Mapping[str, frozenset[str]] = field(default_factory=dict)
    makings: dict[str, Making] = field(default_factory=dict)
    bases: dict[str, str] = field(default_factory=dict)
    tally: Tally = field(default_factory=dict)
    patterns: Patterns = field(default_factory=Patterns)
    held: dict[str, dict[str, str]] = field(default_factory=dict)

    @classmethod
    def open(cls, con: duckdb.DuckDBPyConnection, database: str) -> Kept:
        """Read the kept state; empty ones are made where there is none."""
        schema = f'"{database}".kept'
        for statement in _TABLES.format(kept=schema).split(";"):
            con.execute(statement)
        kept = cls(con, schema)
        row = first_row(con, f"SELECT as_of, unknown FROM {schema}.nights")
        if row is not None:
            kept.as_of = row[0]
            kept.unknown = {table: frozenset(columns) for table, columns in json.loads(row[1]).items()}
        for code, base, *parts in con.execute(f"SELECT * FROM {schema}.makings").fetchall():
            kept.makings[code], kept.bases[code] = Making(*parts), base
        for rule, answer, rows in con.execute(f"SELECT * FROM {schema}.tally").fetchall():
            kept.tally.setdefault(rule, {})[answer] = rows
        for rule, names, answer in con.execute(f"SELECT * FROM {schema}.lacks").fetchall():
            kept.patterns.known.setdefault(rule, {})[frozenset(json.loads(names))] = answer
        columns = con.execute(
            "SELECT table_name, column_name, data_type FROM duckdb_columns()"
            " WHERE schema_name = 'kept' AND database_name = ? ORDER BY table_name, column_index",
            [database],
        )
        for table, column, kind in columns.fetchall():
            kept.held.setdefault(table, {})[column] = kind
        return kept

    def write(self) -> None:
        """Write what was read in `open` back as it stands now."""
        unknown = json.dumps({table: sorted(columns) for table, columns in self.unknown.items()}, sort_keys=True)
        self._fill("nights", [(self.as_of, unknown)])
        self._fill("makings", [(code, self.bases[code], *astuple(one)) for code, one in self.makings.items()])
        self._fill(
            "tally", [(rule, answer, rows) for rule, some in self.tally.items() for answer, rows in some.items()]
        )
        sets = [(rule, names, code) for rule, some in self.patterns.known.items() for names, code in some.items()]
        self._fill("lacks", [(rule, json.dumps(sorted(names)), code) for rule, names, code in sets])

    def _fill(self, table: str, rows: Iterable[tuple[object, ...]]) -> None:
        self.con.execute(f"DELETE FROM {self.schema}.{table}")
        insert_rows(self.con, f"{self.schema}.{table}", list(rows))

    def answers(self, base: str) -> str:
        """The table of the answers of a base table: `record_key` and one column for each rule."""
        return f'{self.schema}."answers_{base}"'

    def flagged(self, rule: str) -> str:
        """The table of a rule's flagged rows with what each brings to its finding."""
        return f'{self.schema}."flagged_{rule}"'

    def units(self, gather: str) -> str:
        """The table of what a gather with a statistical method said of its units."""
        return f'{self.schema}."units_{gather}"'

    def parts(self, gather: str) -> str:
        """The table of what a gather found that is brought up to date from a part of the rows, before any method."""
        return f'{self.schema}."parts_{gather}"'

    def below(self, gather: str) -> str:
        """The table of what a gather said on which one of `parts` is built."""
        return f'{self.schema}."below_{gather}"'

    def has(self, table: str) -> bool:
        """Whether a kept table is there."""
        return _own_name(table) in self.held

    def types(self, table: str) -> dict[str, str]:
        """The columns of a kept table with their SQL types; none when it is not there."""
        return self.held.get(_own_name(table), {})

    def make(self, table: str, query: str, *more: str) -> None:
        """Make a kept table of a query, or of several one after the other, in the place of the one of that name."""
        make_of(self.con, f"TABLE {table}", table, [query, *more])
        rows = self.con.execute(f"DESCRIBE {table}").fetchall()
        self.held[_own_name(table)] = {str(name): str(kind) for name, kind, *_ in rows}

    def drop(self, table: str) -> None:
        """Drop a kept table, if it is there."""
        if self.held.pop(_own_name(table), None) is not None:
            self.con.execute(f"DROP TABLE {table}")

    def drop_column(self, table: str, column: str) -> None:
        """Drop a column of a kept table."""
        self.con.execute(f'ALTER TABLE {table} DROP COLUMN "{column}"')
        del self.held[_own_name(table)][column]

    def forget(self, rule: str, code: str) -> None:
        """Forget everything that is kept of a rule but its column of answers."""
        self.drop(self.flagged(rule))
        self.makings.pop(code, None)
        self.bases.pop(code, None)
        self.tally.pop(rule, None)
        self.patterns.forget(rule)

    def move(self, rule: str, old: int | None, new: int | None, rows: int) -> None:
        """Count rows of a rule over from one answer to another; None is a row that was or is not there."""
        of = self.tally.setdefault(rule, {})
        for answer, number in ((old, -rows), (new, rows)):
            if answer is not None:
                of[answer] = of.get(answer, 0) + number
                if not of[answer]:
                    del of[answer]


def _own_name(table: str) -> str:
    return table.rsplit(".", 1)[1].strip('"')
