"""DuckDB connections as the program uses them: offline, bounded, and locked while rules run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from analyzer.engine.functions import duckdb_definitions
from analyzer.engine.term import constant_sql
from analyzer.model import Vocabulary
from analyzer.model.law import Calendar
from analyzer.model.tables import UNKNOWN


@dataclass(frozen=True)
class Limits:
    """How much of the machine a run may take. None leaves it to DuckDB."""

    memory: str | None = None
    threads: int | None = None


def connect(
    work: Path | None = None, limits: Limits = Limits(), in_memory: bool = False, is_large: bool = False
) -> duckdb.DuckDBPyConnection:
    """Open a working database: on disk in `work`, or in memory, spilling into `work`. Nothing is downloaded.

    On disk tables are compressed, which takes a quarter of the time of reading them in and pays for large ones only.
    `is_large` is for many millions of rows.
    """
    config: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
    }
    if limits.memory:
        config["memory_limit"] = limits.memory
    if limits.threads:
        config["threads"] = str(limits.threads)
    if work is not None:
        config["temp_directory"] = str(work / "spill")
    if work is None or in_memory:
        return duckdb.connect(config=config)
    # Rows that are packed before many more follow are unpacked and packed again.
    con = duckdb.connect(config=config | {"wal_autocheckpoint": "1GB"})
    try:
        # Nobody opens a working database again, so nothing need be written to a log first.
        path = str(work / DATABASE).replace("'", "''")
        groups = "" if is_large else f", ROW_GROUP_SIZE {_SMALL_GROUPS}"
        con.execute(f"ATTACH '{path}' AS work (RECOVERY_MODE no_wal_writes{groups})")
        con.execute("USE work")
    except BaseException:
        con.close()
        raise
    return con


DATABASE = "work.duckdb"
"""The file of a working database on disk."""

IN_MEMORY_BELOW = 500_000_000
"""Exports of fewer bytes as text than this are kept in memory; they spill to disk only when memory runs short."""

_SMALL_GROUPS = 16_384
"""Rows that stand together. A thread takes one group at a time: with DuckDB's own 122,880 a hundred thousand cases keep one
thread busy and the others idle, and the columns of a group do not fit the cache. Each group costs some memory."""


def keep_join_filters_out(con: duckdb.DuckDBPyConnection) -> None:
    """Keep joins from handing filters to the scans of their tables, for a connection that changes rows and judges them.

    With DuckDB 2.0 such a filter writes past its buffer where a transaction has inserted rows into a table that also
    holds deleted ones: the process dies, or an answer is made of what lay there.
    """
    con.execute("SET disabled_optimizers = 'join_filter_pushdown'")


def use_same(con: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Return another connection to the same database; its temporary tables are its own."""
    names = con.execute("SELECT current_database()").fetchall()
    cursor = con.cursor()
    cursor.execute(f'USE "{names[0][0]}"')
    return cursor


def teach(con: duckdb.DuckDBPyConnection, calendar: Calendar) -> None:
    """Give the connection our named functions and the calendar of working days."""
    for statement in duckdb_definitions(calendar):
        con.execute(statement)


def lock(con: duckdb.DuckDBPyConnection, writable: Sequence[Path] = ()) -> None:
    """From here on SQL reaches no file outside `writable` and no network, and cannot undo this."""
    folders = ", ".join("'" + str(folder.resolve()).replace("'", "''") + "'" for folder in writable)
    con.execute(f"SET allowed_directories = [{folders}]")
    con.execute("SET enable_external_access = false")
    con.execute("SET lock_configuration = true")


def create_missing_tables(con: duckdb.DuckDBPyConnection, vocabulary: Vocabulary) -> None:
    """Create every canonical table that was not supplied, empty, so that each look-up has something to look in."""
    present = {name for (name,) in con.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    for table in vocabulary.tables.values():
        if table.name not in present:
            con.execute(create_table(vocabulary, table.name))


def create_table(vocabulary: Vocabulary, name: str) -> str:
    """Return the DDL of a canonical table as the engine holds it."""
    columns = [f'"{column.name}" {column.kind.sql_type}' for column in vocabulary[name].columns.values()]
    columns += [f'"{UNKNOWN}" UBIGINT', '"_source" INTEGER', '"_row" BIGINT']
    return f'CREATE TABLE "{name}" ({", ".join(columns)})'


def insert_rows(con: duckdb.DuckDBPyConnection, table: str, rows: Sequence[tuple[object, ...]]) -> None:
    """Insert plain rows with one statement: a statement for each row costs a hundred times as much."""
    for start in range(0, len(rows), 5000):
        values = ", ".join(f"({', '.join(constant_sql(value) for value in row)})" for row in rows[start : start + 5000])
        con.execute(f"INSERT INTO {table} VALUES {values}")
