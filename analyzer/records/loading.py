"""One sheet into its canonical table: one generated SELECT types every cell, notes what failed and counts rows.

Rows of the sheet that are no records (title, header, empty, footer) come along marked `_skip`, so that the number of
records that were read can be held against the file; they are taken out again at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from threading import BoundedSemaphore

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
from analyzer.records.delimited import TextFile
from analyzer.records.fitting import Fit
from analyzer.records.headers import shown
from analyzer.records.pieces import Piece
from analyzer.records.sheets import Sheet, columns_of
from analyzer.records.sql import named, quoted

BOOKKEEPING = ("_skip BOOLEAN", "_bad UBIGINT", "_texts VARCHAR[]", "_beyond BOOLEAN")
_FOOTER = r"^(合\s*计|总\s*计|小\s*计|制\s*表\s*人|制\s*表\s*时\s*间|审\s*核\s*人)"
# an empty row, or a footer: most first cells are plain ASCII and need no look
_NO_RECORD = f"_first IS NULL OR (_first <> 'x' AND regexp_matches(_first, {quoted(_FOOTER)}))"
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
    with _as_written(con):
        return _inserted(con, load_sql(fit, sheet, sheet.relation, source))


def load_pieces(con: duckdb.DuckDBPyConnection, fit: Fit, sheet: Sheet, text: TextFile, source: int) -> int | None:
    """Insert a text file piece by piece, decoding the next piece while others are loaded.

    Returns how many records there were; None when DuckDB saw other records than the lines of the file say, so that
    nothing of it counts. Raises `UnicodeDecodeError` when the file is in another encoding.
    """
    threads = con.execute("SELECT current_setting('threads')").fetchone()
    workers = min(4, int(threads[0])) if threads else 1
    turn = BoundedSemaphore(workers + 1)

    def one(piece: Piece) -> int | None:
        try:
            with con.cursor() as cursor:
                read = _inserted(cursor, load_sql(fit, sheet, text.relation(piece), source))
                return read if read == piece.records else None
        except duckdb.Error:
            return None
        finally:
            turn.release()

    with _as_written(con), ThreadPoolExecutor(workers) as pool:
        under_way = []
        for piece in text.pieces():
            turn.acquire()  # no more pieces on disk and in work than can be used
            under_way.append(pool.submit(one, piece))
        read = [each.result() for each in under_way]
    return None if None in read else sum(count or 0 for count in read)


def _inserted(con: duckdb.DuckDBPyConnection, statement: str) -> int:
    counted = con.execute(statement).fetchone()
    return int(counted[0]) if counted else 0


@contextmanager
def _as_written(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Run statements as they are written: in these straight lines an optimiser finds nothing, and takes its time."""
    kept = con.execute("SELECT current_setting('disabled_optimizers')").fetchone()
    every = con.execute("SELECT string_agg(name, ',') FROM duckdb_optimizers()").fetchone()
    con.execute(f"SET disabled_optimizers = {quoted(every[0] if every else '')}")
    try:
        yield
    finally:
        con.execute(f"SET disabled_optimizers = {quoted(kept[0] if kept else '')}")


def load_sql(fit: Fit, sheet: Sheet, relation: str, source: int) -> str:
    """Return the INSERT that types and loads the rows of `relation`, which are some or all rows of the sheet."""
    table, cells = fit.table, list(enumerate(cells_of(fit)))
    layers = [
        [f"{mapped(cell.text, cell.spelling.values)} AS x{n}" for n, cell in cells],
        [f"x{n}, {usual(cell.column, f'x{n}', cell.spelling)} AS u{n}" for n, cell in cells],
        [
            f"x{n}, u{n}, CASE WHEN {unread(cell.column, f'x{n}', f'u{n}')} THEN {half_width(f'x{n}')} END AS h{n}"
            for n, cell in cells
        ],
        [
            f"x{n}, h{n}, CASE WHEN h{n} IS NULL THEN u{n} "
            f"ELSE {patient(cell.column, f'h{n}', f'x{n}', cell.spelling)} END AS t{n}"
            for n, cell in cells
        ],
    ]
    beyond = " OR ".join(f"{trimmed(name)} <> ''" for name in columns_of(sheet.width)[fit.titled :]) or "false"
    places = f"_line, {_first_filled(sheet.width)} AS _first, {beyond} AS _beyond"
    query = f"SELECT {places}, {', '.join(layers[0])} FROM ({relation})"
    for layer in layers[1:]:
        query = f"SELECT _line, _first, _beyond, {', '.join(layer)} FROM ({query})"
    skip = f"_line <= {sheet.lines[fit.header]} OR {_NO_RECORD}"
    query = f"SELECT *, {skip} AS _skip FROM ({query})"
    bad = " | ".join(_bad(table, cell, n) for n, cell in cells)
    query = f"SELECT *, CASE WHEN _skip THEN 0::UBIGINT ELSE {bad} END AS _bad FROM ({query})"
    at = {cell.column.name: n for n, cell in cells}
    ordered = ", ".join(
        f"t{at[name]}" if name in at else f"NULL::{column.kind.sql_type}" for name, column in table.columns.items()
    )
    lacking = sum(table.bit(name) for name in table.columns if name not in fit.supplied)
    texts = ", ".join(f"x{n}" for n, _ in cells)
    return (
        f"INSERT INTO {named(table.name)} SELECT {ordered}, {lacking}::UBIGINT | _bad, {source}, _line, "
        f"_skip, nullif(_bad, 0), CASE WHEN _bad <> 0 THEN [{texts}] END, nullif(_beyond, false) FROM ({query})"
    )


def _first_filled(width: int) -> str:
    """SQL for the first filled cell of a row, null when there is none."""
    # a cell that begins with printable ASCII is filled, and that settles most rows at their first cell
    cells = (
        f"WHEN {name} >= '!' AND {name} < chr(127) THEN 'x' WHEN nullif({trimmed(name)}, '') IS NOT NULL THEN {trimmed(name)}"
        for name in columns_of(width)
    )
    return f"CASE {' '.join(cells)} END"


def _bad(table: Table, cell: Cell, n: int) -> str:
    unread = f"t{n} IS NULL AND h{n} IS NOT NULL AND NOT {is_blank(cell.column, f'h{n}')}"
    return f"CASE WHEN h{n} IS NULL THEN 0 WHEN {unread} THEN {table.bit(cell.column.name)} ELSE 0 END::UBIGINT"


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
