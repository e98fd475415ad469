"""Rows in which every cell is spelt as exports mostly spell it: typed in one short query.

Most rows of most exports are plain. Every other row comes along as text, marked as one to be read with patience, and
the long query for all spellings then sees only those rows and only the columns in which they differ.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager

import duckdb

from analyzer.model import Kind
from analyzer.records.cells import mapped, stands, unread, usual
from analyzer.records.fitting import Fit
from analyzer.records.loading import (
    FOOTER,
    Cell,
    as_written,
    bad_bit,
    cells_of,
    in_order,
    inserted,
    lacking,
    load_sql,
    patient_layers,
)
from analyzer.records.sheets import Sheet, columns_of
from analyzer.records.sql import named, quoted

_LEFT = "_left"  # a temporary table
# of a hundred rows: a column that is spelt otherwise more often is read with patience from the start
_OFTEN = 1
# of a hundred rows: where more are not plain for reasons of their own, all are read with patience
_MOSTLY = 20


def plain_sql(fit: Fit, sheet: Sheet, relation: str, source: int, patiently: Collection[str] = ()) -> str:
    """Return the INSERT that types the plain rows of `relation` and brings all others along as text.

    A row that is not plain is marked `_skip` and has its cells in `_texts`; of a header row no text is kept. `patiently`
    names columns of which every spelling is read at once.
    """
    cells, names = list(enumerate(cells_of(fit))), columns_of(sheet.width)
    slow = [(n, cell) for n, cell in cells if cell.column.name in patiently]
    odd = {n: _odd(cell, n) for n, cell in cells} | {n: f"{bad_bit(fit.table, cell, n)} <> 0" for n, cell in slow}
    beyond = [f"{name} IS NOT NULL" for name in names[fit.titled :]]
    any_odd = " OR ".join([f"NOT coalesce({_is_record(names)}, false)", *beyond, *odd.values()])
    query = patient_layers(slow, _usually(cells, names, relation, patiently))
    below = f"_line > {sheet.lines[fit.header]}"
    query = f"SELECT *, CASE WHEN {below} THEN coalesce({any_odd}, false) END AS _odd FROM ({query})"
    final = {n: f"u{n}" if _is_cast(cell, patiently) else f"x{n}" for n, cell in cells} | {n: f"t{n}" for n, _ in slow}
    return (
        f"INSERT INTO {named(fit.table.name)} SELECT {in_order(fit, cells, final)}, {lacking(fit)}::UBIGINT, {source}, "
        f"_line, coalesce(_odd, true), NULL, CASE WHEN _odd THEN [{', '.join(names)}] END, NULL FROM ({query})"
    )


def _usually(
    cells: Sequence[tuple[int, Cell]], names: Collection[str], relation: str, patiently: Collection[str] = ()
) -> str:
    """Return SQL with the texts `x<n>` of the cells and, where these are not their values, the usual values `u<n>`."""
    texts = ", ".join(f"{mapped(cell.text, cell.spelling.values)} AS x{n}" for n, cell in cells)
    values = [f"{usual(cell.column, f'x{n}', cell.spelling)} AS u{n}" for n, cell in cells if _is_cast(cell, patiently)]
    return f"SELECT {', '.join(['*', *values])} FROM (SELECT _line, {', '.join(names)}, {texts} FROM ({relation}))"


def _is_cast(cell: Cell, patiently: Collection[str]) -> bool:
    return cell.column.kind is not Kind.TEXT or cell.column.name in patiently


def _odd(cell: Cell, n: int) -> str:
    """SQL that is true when a filled cell is not spelt as usual; false or null for every other."""
    if cell.column.kind is Kind.TEXT:
        return f"NOT ({stands(cell.column, f'x{n}')})"
    return f"({unread(cell.column, f'x{n}', f'u{n}')})"


def _is_record(names: Collection[str]) -> str:
    """SQL that is true when the first cell of a row that is not null is filled and begins no footer."""
    first = f"coalesce({', '.join(names)})"
    footer = f"regexp_matches({first}, {quoted(FOOTER)})"
    # no space of any kind sorts between these marks
    return (
        f"CASE WHEN {first} < '~' THEN {first} >= '!' ELSE {first} BETWEEN '\u3001' AND '\ufe00' AND NOT {footer} END"
    )


def patient_columns(con: duckdb.DuckDBPyConnection, fit: Fit, sheet: Sheet, source: int) -> frozenset[str] | None:
    """Return the columns that the first rows of the sheet often spell otherwise; None when few rows are plain at all."""
    counted = con.execute(f"SELECT count(*) FROM {named(fit.table.name)} WHERE _source = {source}").fetchone()
    rows = counted[0] if counted else 0
    with _left(con, fit, sheet, source) as (left, relation):
        if left * 100 <= rows * _OFTEN:
            return frozenset()
        found = _counted(con, fit, sheet, relation)
        often = frozenset(name for name, count in found.items() if count * 100 > rows * _OFTEN)
        query = _usually(list(enumerate(cells_of(fit))), columns_of(sheet.width), relation)
        explained = [_odd(cell, n) for n, cell in enumerate(cells_of(fit)) if cell.column.name in often] or ["false"]
        others = con.execute(
            f"SELECT count(*) FROM ({query}) WHERE NOT coalesce({' OR '.join(explained)}, false)"
        ).fetchone()
    return often if others and others[0] * 100 <= rows * _MOSTLY else None


def read_left(con: duckdb.DuckDBPyConnection, fit: Fit, sheet: Sheet, source: int) -> None:
    """Load the rows that came along as text: every spelling is read in the columns in which they are not plain."""
    with _left(con, fit, sheet, source) as (left, relation):
        if left:
            with as_written(con):
                patiently = {name for name, count in _counted(con, fit, sheet, relation).items() if count}
                inserted(con, load_sql(fit, sheet, relation, source, patiently))


@contextmanager
def _left(con: duckdb.DuckDBPyConnection, fit: Fit, sheet: Sheet, source: int) -> Iterator[tuple[int, str]]:
    """Give the number of rows that came along as text, and SQL that reads them as a sheet."""
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {_LEFT} AS SELECT _row, _texts FROM {named(fit.table.name)} "
        f"WHERE _source = {source} AND _skip AND _texts IS NOT NULL"
    )
    counted = con.execute(f"SELECT count(*) FROM {_LEFT}").fetchone()
    cells = ", ".join(f"_texts[{place}] AS {name}" for place, name in enumerate(columns_of(sheet.width), start=1))
    yield counted[0] if counted else 0, f"SELECT _row AS _line, {cells} FROM {_LEFT}"
    con.execute(f"DROP TABLE {_LEFT}")


def _counted(con: duckdb.DuckDBPyConnection, fit: Fit, sheet: Sheet, relation: str) -> dict[str, int]:
    """Return in how many rows each column is not spelt as usual."""
    cells = list(enumerate(cells_of(fit)))
    query = _usually(cells, columns_of(sheet.width), relation)
    counts = ", ".join(f"count(*) FILTER ({_odd(cell, n)})" for n, cell in cells)
    found = con.execute(f"SELECT {counts} FROM ({query})").fetchone() or ()
    return {cell.column.name: int(count) for (_, cell), count in zip(cells, found, strict=True)}
