"""One sheet into its canonical table: one generated SELECT types every cell, notes what failed and counts rows.

Rows of the sheet that are no records (title, header, empty, footer) come along marked `_skip`, so that the number of
records that were read can be held against the file; they are taken out again at once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb

from analyzer.model import Column, Table, Text
from analyzer.records.cells import (
    Spelling,
    half_width,
    is_blank,
    mapped,
    patient,
    reason,
    trimmed,
    unread,
    usual,
)
from analyzer.records.fitting import Fit
from analyzer.records.headers import shown
from analyzer.records.sheets import Sheet, columns_of
from analyzer.records.sql import named, quoted

BOOKKEEPING = ("_skip BOOLEAN", "_bad UBIGINT", "_texts VARCHAR[]", "_beyond BOOLEAN")
FOOTER = r"^(合\s*计|总\s*计|小\s*计|制\s*表\s*人|制\s*表\s*时\s*间|审\s*核\s*人)"
# an empty row, or a footer: most first cells are plain ASCII and need no look
NO_RECORD = f"_first IS NULL OR (_first <> 'x' AND regexp_matches(_first, {quoted(FOOTER)}))"
QUARANTINED = Text("主键为空或读不出，该行未载入", "the key is blank or cannot be read; the row was not loaded")


BEYOND = Text("表头以外的列还有内容，未读", "columns beyond the header hold something; not read")
_TOO_LONG = Text(
    "这一行比表头多出单元格，各列可能错位", "this row has more cells than the header; its columns may be shifted"
)


@dataclass(frozen=True, slots=True)
class Cell:
    """Where a canonical column of one sheet comes from: SQL for its text, its title there, how it is spelt."""

    column: Column
    text: str
    title: str
    spelling: Spelling


def make_table(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Make the empty canonical table, with the columns that intake needs until accounts are settled."""
    columns = [f"{named(name)} {column.kind.sql_type}" for name, column in table.columns.items()]
    columns += ["_unknown UBIGINT", "_source INTEGER", "_row BIGINT", *BOOKKEEPING]
    con.execute(f"CREATE OR REPLACE TABLE {named(table.name)} ({', '.join(columns)})")


def cells_of(fit: Fit) -> list[Cell]:
    """Return where each canonical column of the sheet comes from; a constant of a mapping fills what the file lacks."""
    cells = [
        Cell(
            match.column,
            f"c{position}",
            shown(fit.titles[position]),
            _spelling(fit, match.column, match.worth),
        )
        for position, match in sorted(fit.matches.items())
    ]
    read = {cell.column.name for cell in cells}
    for name, value in fit.mapping.constants.items():
        if name in fit.table.columns and name not in read:
            column = fit.table.columns[name]
            cells.append(Cell(column, f"{quoted(str(value))}::VARCHAR", name, _spelling(fit, column, Spelling().worth)))
    return cells


def _spelling(fit: Fit, column: Column, worth: object) -> Spelling:
    mapping = fit.mapping
    values = mapping.values.get(column.name, {})
    return Spelling(worth, mapping.formats.get(column.name), values)  # type: ignore[arg-type]


def load(con: duckdb.DuckDBPyConnection, fit: Fit, sheet: Sheet, source: int) -> int:
    """Insert every row of the sheet, typed; return how many records the reader gave, rows to skip included."""
    with as_written(con):
        return inserted(con, load_sql(fit, sheet, sheet.relation, source))


def inserted(con: duckdb.DuckDBPyConnection, statement: str) -> int:
    """Run an INSERT; return how many rows it brought."""
    counted = con.execute(statement).fetchone()
    return int(counted[0]) if counted else 0


@contextmanager
def as_written(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Run statements as they are written: in these straight lines an optimiser finds nothing, and takes its time."""
    kept = con.execute("SELECT current_setting('disabled_optimizers')").fetchone()
    every = con.execute("SELECT string_agg(name, ',') FROM duckdb_optimizers()").fetchone()
    con.execute(f"SET disabled_optimizers = {quoted(every[0] if every else '')}")
    try:
        yield
    finally:
        con.execute(f"SET disabled_optimizers = {quoted(kept[0] if kept else '')}")


def load_sql(fit: Fit, sheet: Sheet, relation: str, source: int, patiently: Collection[str] | None = None) -> str:
    """Return the INSERT that types and loads the rows of `relation`, which are some or all rows of the sheet.

    `patiently` names the columns that may hold other spellings than the most frequent ones; None is all of them.
    """
    cells = list(enumerate(cells_of(fit)))
    slow = [(n, cell) for n, cell in cells if patiently is None or cell.column.name in patiently]
    texts = ", ".join(f"{mapped(cell.text, cell.spelling.values)} AS x{n}" for n, cell in cells)
    values = ", ".join(f"{usual(cell.column, f'x{n}', cell.spelling)} AS u{n}" for n, cell in cells)
    query = f"SELECT _line, {_first_filled(sheet.width)} AS _first, {_beyond(fit, sheet)} AS _beyond, {texts} FROM ({relation})"
    query = patient_layers(slow, f"SELECT *, {values} FROM ({query})")
    query = f"SELECT *, _line <= {sheet.lines[fit.header]} OR {NO_RECORD} AS _skip FROM ({query})"
    bad = " | ".join(bad_bit(fit.table, cell, n) for n, cell in slow) or "0::UBIGINT"
    query = f"SELECT *, CASE WHEN _skip THEN 0::UBIGINT ELSE {bad} END AS _bad FROM ({query})"
    final = {n: f"u{n}" for n, _ in cells} | {n: f"t{n}" for n, _ in slow}
    return (
        f"INSERT INTO {named(fit.table.name)} SELECT {in_order(fit, cells, final)}, {lacking(fit)}::UBIGINT | _bad, "
        f"{source}, _line, _skip, nullif(_bad, 0), CASE WHEN _bad <> 0 THEN [{', '.join(f'x{n}' for n, _ in cells)}] END, "
        f"nullif(_beyond, false) FROM ({query})"
    )


def patient_layers(cells: Sequence[tuple[int, Cell]], query: str) -> str:
    """Return `query` (with texts `x<n>`, usual values `u<n>`) with half-width texts `h<n>` and final values `t<n>`."""
    if not cells:
        return query
    halves = (
        f"CASE WHEN {unread(cell.column, f'x{n}', f'u{n}')} THEN {half_width(f'x{n}')} END AS h{n}" for n, cell in cells
    )
    values = (
        f"CASE WHEN h{n} IS NULL THEN u{n} ELSE {patient(cell.column, f'h{n}', f'x{n}', cell.spelling)} END AS t{n}"
        for n, cell in cells
    )
    return f"SELECT *, {', '.join(values)} FROM (SELECT *, {', '.join(halves)} FROM ({query}))"


def bad_bit(table: Table, cell: Cell, n: int) -> str:
    """SQL for the bit of a column where `patient` looked at its cell and could not read it, else 0."""
    unread_cell = f"t{n} IS NULL AND h{n} IS NOT NULL AND NOT {is_blank(cell.column, f'h{n}')}"
    return f"CASE WHEN h{n} IS NULL THEN 0 WHEN {unread_cell} THEN {table.bit(cell.column.name)} ELSE 0 END::UBIGINT"


def in_order(fit: Fit, cells: Sequence[tuple[int, Cell]], values: Mapping[int, str]) -> str:
    """Return the values of the cells in the order of the table's columns, null for columns that the sheet lacks."""
    at = {cell.column.name: values[n] for n, cell in cells}
    return ", ".join(at.get(name, f"NULL::{column.kind.sql_type}") for name, column in fit.table.columns.items())


def lacking(fit: Fit) -> int:
    """Return the mask of the columns that the sheet lacks."""
    return sum(fit.table.bit(name) for name in fit.table.columns if name not in fit.supplied)


def _beyond(fit: Fit, sheet: Sheet) -> str:
    return " OR ".join(f"{trimmed(name)} <> ''" for name in columns_of(sheet.width)[fit.titled :]) or "false"


def _first_filled(width: int) -> str:
    """SQL for the first filled cell of a row, `x` where it plainly begins no footer, null when there is none."""
    every = columns_of(width)
    cells = (f"WHEN nullif({trimmed(name)}, '') IS NOT NULL THEN {trimmed(name)}" for name in every)
    # a cell that begins with printable ASCII is filled, and that settles most rows at their first cell
    return f"CASE WHEN coalesce({', '.join(every)}) BETWEEN '!' AND '~' THEN 'x' ELSE CASE {' '.join(cells)} END END"


@dataclass(frozen=True, slots=True)
class Loaded:
    """What one sheet brought: rows read, rows without a key; whether most rows go on beyond the header."""

    rows_read: int
    quarantined: int
    beyond: bool = False


def settle(con: duckdb.DuckDBPyConnection, table: Table, cells: Sequence[Cell], source: int) -> Loaded:
    """Take out rows that are no records, write the issues, set aside rows without a key; return the counts."""
    of_source = f"{named(table.name)} WHERE _source = {source}"
    con.execute(f"DELETE FROM {of_source} AND _skip")
    keyless = " OR ".join(f"{named(key)} IS NULL" for key in table.key)
    counted = con.execute(
        f"SELECT count(*), count(*) FILTER ({keyless}), count(_bad), count(_beyond) FROM {of_source}"
    ).fetchone()
    assert counted is not None
    rows, without_key, with_bad, longer = (int(count) for count in counted)
    if with_bad:
        _write_cell_issues(con, table, cells, source)
    most = longer * 2 > rows
    if longer and not most:
        con.execute(
            f"INSERT INTO _issues SELECT i.file, i.sheet, t._row, NULL, NULL, {quoted(_TOO_LONG.zh)}, "
            f"{quoted(_TOO_LONG.en)}, {source}, NULL FROM {named(table.name)} t "
            f"JOIN _inputs i ON i.source = {source} WHERE t._source = {source} AND t._beyond"
        )
    if without_key:
        _write_quarantine(con, table, cells, source)
        con.execute(f"DELETE FROM {of_source} AND ({keyless})")
    return Loaded(rows, without_key, most)


def _write_cell_issues(con: duckdb.DuckDBPyConnection, table: Table, cells: Sequence[Cell], source: int) -> None:
    places = ", ".join(
        f"({n + 1}, {table.bit(cell.column.name)}::UBIGINT, {quoted(cell.title)}, {quoted(cell.column.name)}, "
        f"{quoted(reason(cell.column).zh)}, {quoted(reason(cell.column).en)})"
        for n, cell in enumerate(cells)
    )
    con.execute(
        f"INSERT INTO _issues SELECT i.file, i.sheet, t._row, p.title, t._texts[p.place], p.zh, p.en, "
        f"{source}, p.name FROM {named(table.name)} t JOIN _inputs i ON i.source = {source}, "
        f"(VALUES {places}) p(place, bit, title, name, zh, en) WHERE t._source = {source} AND t._bad & p.bit <> 0"
    )


def _write_quarantine(con: duckdb.DuckDBPyConnection, table: Table, cells: Sequence[Cell], source: int) -> None:
    titles = {cell.column.name: cell.title for cell in cells}
    for key in table.key:
        title = titles.get(key, table.columns[key].title.zh)
        # a key that could not be read has its own issue already
        con.execute(
            f"INSERT INTO _issues SELECT i.file, i.sheet, t._row, {quoted(title)}, NULL, "
            f"{quoted(QUARANTINED.zh)}, {quoted(QUARANTINED.en)}, {source}, {quoted(key)} "
            f"FROM {named(table.name)} t JOIN _inputs i ON i.source = {source} "
            f"WHERE t._source = {source} AND t.{named(key)} IS NULL"
        )
