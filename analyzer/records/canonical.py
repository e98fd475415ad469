"""Canonical tables as Parquet: what a package or a lake holds, typed already, unknown columns named row by row."""

from __future__ import annotations

from pathlib import Path

import duckdb

from analyzer.model import Problem, Table, Text, Vocabulary
from analyzer.model.errors import AnalyzerError
from analyzer.model.tables import UNKNOWN
from analyzer.records.sheets import Unreadable
from analyzer.records.sql import named, quoted

_DAMAGED = Text("Parquet 文件损坏或类型不符", "the Parquet file is damaged or its types are not ours")

_AS_IT_IS = "hive_partitioning=false"
"""A lake's folder `month=2024-03` is no column of the file in it."""


def unknown_as_names(table: Table) -> str:
    """SQL that turns the bit mask `_unknown` of a canonical table into the list of column names that Parquet carries."""
    names = ", ".join(f"CASE WHEN {UNKNOWN} & {table.bit(name)} <> 0 THEN {quoted(name)} END" for name in table.columns)
    return f"list_filter([{names}], lambda name: name IS NOT NULL)"


def table_of(con: duckdb.DuckDBPyConnection, path: Path, label: str, vocabulary: Vocabulary) -> Table | None:
    """Return the table that a Parquet file of ours holds; None when it is not one (it has no list `_unknown`).

    Raises `Unreadable` when the file is damaged or of no known table.
    """
    columns = _columns(con, path)
    if not columns.get(UNKNOWN, "").endswith("[]"):
        return None
    held = {name for name in columns if not name.startswith("_")}
    tables = [t for t in vocabulary.tables.values() if held <= t.columns.keys() and held >= set(t.key)]
    names = {Path(label).stem, *Path(label).parts[:-1]}  # a lake holds a folder for each table
    by_name = [table for table in tables if table.name in names]
    if len(by_name or tables) != 1:
        raise Unreadable(
            Text("看不出是哪张表，文件名应为 <表名>.parquet", "cannot tell its table; call it <table>.parquet")
        )
    return (by_name or tables)[0]


def select_typed(con: duckdb.DuckDBPyConnection, table: Table, path: Path) -> tuple[str, frozenset[str]]:
    """Return SQL that reads a Parquet file of ours as the columns of `table`, `_unknown` (a mask) and `_row`.

    With it come the columns that the file supplies: those that are not unknown in every row.
    """
    columns = _columns(con, path)
    source = f"read_parquet({quoted(path.as_posix())}, file_row_number=true, {_AS_IT_IS})"
    held = [name for name in table.columns if name in columns]
    supplied = set(held)
    if held:
        known = ", ".join(f"bool_or(NOT coalesce(list_contains({UNKNOWN}, {quoted(name)}), false))" for name in held)
        row = con.execute(f"SELECT {known} FROM {source}").fetchone() or ()
        supplied = {name for name, known_somewhere in zip(held, row, strict=True) if known_somewhere is not False}
    typed = ", ".join(
        f"{named(name) if name in columns else 'NULL'}::{column.kind.sql_type} AS {named(name)}"
        for name, column in table.columns.items()
    )
    lacking = sum(table.bit(name) for name in table.columns if name not in columns)
    bits = "".join(
        f" | CASE WHEN list_contains({UNKNOWN}, {quoted(name)}) THEN {table.bit(name)} ELSE 0 END::UBIGINT"
        for name in held
    )
    mask = f"{lacking}::UBIGINT{bits} AS {UNKNOWN}"
    return f"SELECT {typed}, {mask}, file_row_number + 1 AS _row FROM {source}", frozenset(supplied)


def load_typed(con: duckdb.DuckDBPyConnection, table: Table, path: Path, source: int) -> frozenset[str]:
    """Insert a Parquet file of ours into its canonical table; return the columns that it supplies."""
    try:
        query, supplied = select_typed(con, table, path)
        con.execute(
            f"INSERT INTO {named(table.name)} SELECT * EXCLUDE (_row), {source}, _row, false, NULL, NULL, NULL FROM ({query})"
        )
    except duckdb.Error:
        raise Unreadable(_DAMAGED) from None
    return supplied


def read_canonical(con: duckdb.DuckDBPyConnection, folder: Path, vocabulary: Vocabulary) -> dict[str, frozenset[str]]:
    """Make a table in `con` of every `<table>.parquet` in `folder`, as an intake would have left it.

    `_source` is 0 and `_row` the row of the file. Returns the supplied columns by table; raises `AnalyzerError` naming
    every file that cannot be read.
    """
    supplied: dict[str, frozenset[str]] = {}
    problems: list[Problem] = []
    for name, table in vocabulary.tables.items():
        path = folder / f"{name}.parquet"
        if not path.exists():
            continue
        try:
            query, supplied[name] = select_typed(con, table, path)
            con.execute(
                f"CREATE OR REPLACE TABLE {named(name)} AS "
                f"SELECT * EXCLUDE (_row), 0::INTEGER AS _source, _row FROM ({query})"
            )
        except (duckdb.Error, Unreadable):
            problems.append(Problem(path.as_posix(), _DAMAGED))
    if problems:
        raise AnalyzerError(problems)
    return supplied


def _columns(con: duckdb.DuckDBPyConnection, path: Path) -> dict[str, str]:
    try:
        rows = con.execute(f"DESCRIBE SELECT * FROM read_parquet({quoted(path.as_posix())}, {_AS_IT_IS})").fetchall()
    except duckdb.Error:
        raise Unreadable(_DAMAGED, Text("请重新导出", "Export it again")) from None
    return {str(row[0]): str(row[1]) for row in rows}
