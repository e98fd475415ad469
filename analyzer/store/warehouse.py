"""The warehouse: the canonical tables as they stand, the answers on them, and the books of the store.

Only a scan opens it. What a night changes is changed in one transaction: the rows, the answers, the life of the
findings, and the books (schema `book`) that say which files, segments and runs there are.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb

from analyzer.engine.connect import Limits, create_table, keep_join_filters_out
from analyzer.engine.night import Change
from analyzer.engine.night.ranges import drop_values, of_values
from analyzer.model import Table, Vocabulary
from analyzer.model.tables import UNKNOWN
from analyzer.records.accounts import INPUTS
from analyzer.store import segments as kinds
from analyzer.store.contents import block_size, quoted_path, typed_query
from analyzer.store.places import Store
from analyzer.store.segments import Segment, path_of, references_to
from analyzer.store.staging import Staged

_BOOKS = """
CREATE SCHEMA IF NOT EXISTS book;
CREATE TABLE IF NOT EXISTS book.runs (
  run_no INTEGER, run_id VARCHAR, started_at TIMESTAMP, as_of DATE, judged VARCHAR, fingerprint VARCHAR,
  law_sha256 VARCHAR, profile VARCHAR, settings VARCHAR, last_source INTEGER, files INTEGER, refused INTEGER,
  rows_read BIGINT, loaded BIGINT, findings BIGINT, new BIGINT, open BIGINT, resolved BIGINT, reopened BIGINT,
  orders VARCHAR, summary VARCHAR, rules VARCHAR);
CREATE TABLE IF NOT EXISTS book.files (
  run_no INTEGER, sha256 VARCHAR, label VARCHAR, name VARCHAR, copy VARCHAR, size BIGINT, state VARCHAR,
  why_zh VARCHAR, why_en VARCHAR);
CREATE TABLE IF NOT EXISTS book.segments (
  sha256 VARCHAR, kind VARCHAR, table_name VARCHAR, rows BIGINT, first_run INTEGER, last_run INTEGER,
  columns VARCHAR);
CREATE TABLE IF NOT EXISTS book.supplied (table_name VARCHAR, column_name VARCHAR, run_no INTEGER);
CREATE TABLE IF NOT EXISTS book.replaced (run_no INTEGER, source INTEGER, rows BIGINT);
CREATE TABLE IF NOT EXISTS book.layout (table_name VARCHAR, columns VARCHAR);
"""

_SHAPES = """
SELECT table_name, string_agg(column_name, ',' ORDER BY column_index) FROM duckdb_columns()
WHERE schema_name = 'main' AND database_name = current_database() AND NOT starts_with(column_name, '_') GROUP BY 1
"""

TAKEN, REFUSED, SKIPPED = "taken", "refused", "skipped"
"""What became of a file: taken in (at least a part of it), refused, or not a kind of file that is read."""


@dataclass(frozen=True)
class Filed:
    """A file that a run settled: hash, name in the inbox, own name, name of its copy, size, what became of it, why."""

    sha256: str
    label: str
    name: str
    copy: str
    size: int
    state: str
    why_zh: str | None = None
    why_en: str | None = None


@dataclass(frozen=True)
class Run:
    """One run as the books have it; `orders`, `summary` and `rules` are data."""

    run_no: int
    run_id: str
    started_at: datetime
    as_of: date
    judged: str
    fingerprint: str
    law_sha256: str
    last_source: int
    orders: Mapping[str, Any]
    summary: Mapping[str, Any]
    rules: Mapping[str, Any]


class Warehouse:
    """The open warehouse of a store."""

    def __init__(self, store: Store, con: duckdb.DuckDBPyConnection) -> None:
        self.store, self.con = store, con

    # Books

    def last_run(self) -> Run | None:
        """Return the last run that was judged, or None before the first."""
        row = self.con.execute("SELECT max(run_no) FROM book.runs").fetchone()
        return self.run(row[0]) if row and row[0] else None

    def run(self, run_no: int) -> Run | None:
        """Return a run by its number."""
        row = self.con.execute(
            "SELECT run_no, run_id, started_at, as_of, judged, fingerprint, law_sha256, last_source, orders, summary,"
            " rules FROM book.runs WHERE run_no = ?",
            [run_no],
        ).fetchone()
        return Run(*row[:8], *(json.loads(text) for text in row[8:])) if row else None

    def run_named(self, name: str) -> Run | None:
        """Return a run by its id or its number."""
        row = self.con.execute(
            "SELECT run_no FROM book.runs WHERE run_id = ? OR CAST(run_no AS VARCHAR) = ltrim(?, '0')", [name, name]
        ).fetchone()
        return self.run(row[0]) if row else None

    def taken(self) -> set[str]:
        """Return the hashes of all files that were taken in."""
        rows = self.con.execute("SELECT DISTINCT sha256 FROM book.files WHERE state = ?", [TAKEN]).fetchall()
        return {str(row[0]) for row in rows}

    def files_of(self, run_no: int) -> list[Filed]:
        """Return the files that a run settled."""
        rows = self.con.execute(
            "SELECT sha256, label, name, copy, size, state, why_zh, why_en FROM book.files WHERE run_no = ? ORDER BY label",
            [run_no],
        ).fetchall()
        return [Filed(*row) for row in rows]

    def segments(self) -> list[Segment]:
        """Return all segments that hold rows of the store, the oldest first."""
        rows = self.con.execute("SELECT * FROM book.segments ORDER BY first_run, kind, table_name, sha256").fetchall()
        return [Segment(*row) for row in rows]

    def next_source(self) -> int:
        """Return the number of the next file or sheet."""
        row = self.con.execute("SELECT coalesce(max(source) + 1, 0) FROM _inputs").fetchone()
        return int(row[0]) if row else 0

    def supplied(self, up_to: int | None = None) -> dict[str, frozenset[str]]:
        """Return the columns that were supplied by table, until a run; a table without columns was supplied too."""
        rows = self.con.execute(
            "SELECT table_name, list(DISTINCT column_name) FROM book.supplied WHERE ? IS NULL OR run_no <= ?"
            " GROUP BY ALL ORDER BY table_name",
            [up_to, up_to],
        ).fetchall()
        return {name: frozenset(column for column in columns if column) for name, columns in rows}

    # Rows

    def allow(self, memory: str) -> None:
        """Set how much memory the warehouse may take from here on."""
        self.con.execute(f"SET memory_limit = '{memory}'")

    def in_force(self, table: Table, keys: Path, held: Path) -> bool:
        """Write the rows whose keys stand in a Parquet file to another; False when the table is not there yet."""
        if not self._has(table.name):
            return False
        same = " AND ".join(f'k."{key}" = t."{key}"' for key in table.key)
        came = f"read_parquet('{quoted_path(keys)}')"
        inside = of_values(self.con, came, {key: f'"t"."{key}"' for key in table.key})
        self.con.execute(
            f'COPY (SELECT t.* FROM "{table.name}" AS t SEMI JOIN {came} AS k ON {same} WHERE {inside})'
            f" TO '{quoted_path(held)}' (FORMAT parquet)"
        )
        drop_values(self.con)
        return True

    def merge(self, staged: Staged, run_no: int, vocabulary: Vocabulary) -> dict[str, Change]:
        """Bring what a night staged into the tables and books; return what changed, for the judging."""
        changes = {}
        for name in staged.intake.tables:
            new, gone = staged.of(kinds.RECORDS, name), staged.of(kinds.REPLACED, name)
            if not self._has(name):
                self._create(vocabulary[name], vocabulary)
            changes[name] = self._change(vocabulary[name], new, gone)
        self.con.execute("INSERT INTO book.replaced SELECT ?, source, n FROM _gone_from", [run_no])
        self._account(staged)
        for one in staged.segments:
            self.con.execute("INSERT INTO book.segments VALUES (?, ?, ?, ?, ?, ?, ?)", list(vars_of(one)))
        for name, columns in staged.intake.columns_supplied.items():
            known = self.supplied().get(name)
            fresh: list[str | None] = [*sorted(columns - (known or frozenset()))]
            for column in fresh or ([None] if known is None else []):
                self.con.execute("INSERT INTO book.supplied VALUES (?, ?, ?)", [name, column, run_no])
        return changes

    def _change(self, table: Table, new: Segment | None, gone: Segment | None) -> Change:
        con, name = self.con, table.name
        keys, before = f"changed_{name}", f"before_{name}"
        columns = ", ".join(f't."{column}"' for column in (*table.columns, UNKNOWN))
        places = f"read_parquet('{quoted_path(path_of(self.store, gone.sha256))}')" if gone else None
        here = f'"{name}" AS t SEMI JOIN {places} AS g ON g._source = t._source AND g._row = t._row'
        taken_from = here if gone else f'"{name}" AS t LIMIT 0'
        con.execute(f"CREATE OR REPLACE TEMP TABLE {before} AS SELECT {columns} FROM {taken_from}")
        wanted = ", ".join(f'"{key}"' for key in table.key)
        if gone:
            con.execute(f"INSERT INTO _gone_from SELECT _source, count(*) FROM {places} GROUP BY 1")
            con.execute(f'DELETE FROM "{name}" WHERE rowid IN (SELECT t.rowid FROM {here})')
        if new is None:
            con.execute(f"CREATE OR REPLACE TEMP TABLE {keys} AS SELECT DISTINCT {wanted} FROM {before}")
            return Change(keys, before)
        source = f"(SELECT * FROM read_parquet('{quoted_path(path_of(self.store, new.sha256))}'))"
        con.execute(f'INSERT INTO "{name}" {typed_query(table, source, in_order=False)}')
        # Each row in force has a key of its own. The keys of a first night are a good part of it, and nobody asks for them.
        also = f" UNION SELECT {wanted} FROM {before}" if gone else ""
        con.execute(f"CREATE TEMP {'TABLE' if gone else 'VIEW'} {keys} AS SELECT {wanted} FROM {source}{also}")
        return Change(keys, before)

    def _account(self, staged: Staged) -> None:
        self.con.execute(
            "UPDATE _inputs SET replaced = replaced + n, loaded = loaded - n"
            " FROM (SELECT source, sum(n) AS n FROM _gone_from GROUP BY 1) AS g WHERE g.source = _inputs.source"
        )
        self.con.execute(f"INSERT INTO _inputs SELECT * FROM read_parquet('{quoted_path(staged.inputs)}')")

    def _has(self, table: str) -> bool:
        found = self.con.execute("SELECT 1 FROM book.layout WHERE table_name = ?", [table]).fetchone()
        return found is not None

    def _create(self, table: Table, vocabulary: Vocabulary) -> None:
        self.con.execute(f'DROP TABLE IF EXISTS "{table.name}"')  # one that judging made, empty, as not supplied
        self.con.execute(create_table(vocabulary, table.name))
        self.con.execute("INSERT INTO book.layout VALUES (?, ?)", [table.name, ",".join(table.columns)])

    def align(self, vocabulary: Vocabulary) -> list[str]:
        """Make the tables anew whose columns are not those of the vocabulary any more; return their names.

        The mask of unknown columns goes by their order. The segments name them, so the rows come from there.
        """
        layout = dict(self.con.execute("SELECT table_name, columns FROM book.layout").fetchall())
        there = dict(self.con.execute(_SHAPES).fetchall())
        wanted = {name: ",".join(table.columns) for name, table in vocabulary.tables.items()}
        stale = [name for name in layout if name in wanted and layout[name] != wanted[name]]
        # a table that was not supplied is empty; judging makes it in its present shape
        empty = [name for name in there if name in wanted and name not in layout and there[name] != wanted[name]]
        if stale or empty:
            last = self.last_run()
            with whole(self.con):
                for name in empty:
                    self.con.execute(f'DROP TABLE "{name}"')
                for name in stale:
                    self.con.execute("DELETE FROM book.layout WHERE table_name = ?", [name])
                    self._create(vocabulary[name], vocabulary)
                    fill(self.con, vocabulary[name], self.store, self.segments(), last.run_no if last else 0)
        return stale


def fill(con: duckdb.DuckDBPyConnection, table: Table, store: Store, segments: list[Segment], up_to: int) -> None:
    """Fill an empty table with the rows that were in force at a run, in the order of their arrival."""
    source = f"({references_to(store, segments, up_to).records_sql(table.name)})"
    held = [str(row[0]) for row in con.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()]
    con.execute(f'INSERT INTO "{table.name}" {typed_query(table, source, held)}')


def vars_of(segment: Segment) -> tuple[Any, ...]:
    """Return a segment as the row of the books."""
    return (
        segment.sha256,
        segment.kind,
        segment.table,
        segment.rows,
        segment.first_run,
        segment.last_run,
        segment.columns,
    )


@contextlib.contextmanager
def opened(
    store: Store, limits: Limits | None = None, *, read_only: bool = False, expected: int | None = None
) -> Iterator[Warehouse]:
    """Open the warehouse; its books are made when they are not there yet.

    `expected` is how many bytes of files are waiting: a warehouse that begins small is made of small blocks.
    """
    config: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "temp_directory": str(store.work / "spill"),
    }
    if limits and limits.memory:
        config["memory_limit"] = limits.memory
    if limits and limits.threads:
        config["threads"] = str(limits.threads)
    if expected is not None and not store.warehouse.exists():
        _make_file(store, expected)
    con = duckdb.connect(str(store.warehouse), read_only=read_only, config=config)
    try:
        if not read_only:
            keep_join_filters_out(con)
            con.execute(_BOOKS)
            con.execute(f"CREATE TABLE IF NOT EXISTS _inputs ({INPUTS})")
            con.execute("CREATE OR REPLACE TEMP TABLE _gone_from (source INTEGER, n BIGINT)")
        yield Warehouse(store, con)
    finally:
        con.close()


def _make_file(store: Store, expected: int) -> None:
    """Make the empty file, whose blocks keep the size that they begin with."""
    con = duckdb.connect()
    try:
        con.execute(f"ATTACH '{quoted_path(store.warehouse)}' AS house{block_size(expected)}")
        con.execute("DETACH house")
    finally:
        con.close()


@contextlib.contextmanager
def whole(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Do everything in one transaction, or nothing of it."""
    con.execute("BEGIN TRANSACTION")
    try:
        yield
    except BaseException:
        with contextlib.suppress(duckdb.Error):
            con.execute("ROLLBACK")
        raise
    con.execute("COMMIT")


__all__ = ["REFUSED", "SKIPPED", "TAKEN", "Filed", "Run", "Warehouse", "fill", "opened", "whole"]
