"""Where in a large table the rows that are looked for can lie, so that the rest of the table need not be read.

A table keeps the smallest and the largest value of every column for each of its blocks, and rows that came in
together lie together. So a look-up that names the range of its keys, moments or places reads a few blocks where it
would read a history. What the ranges say is true of every row that is looked for; what they leave in does no harm.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import duckdb

from analyzer.engine.night.spans import spans_of

BLOCK = 122_880
"""Rows of a block, as DuckDB lays them down."""

_MOST_RANGES = 48
"""More ranges than this are drawn together: a long condition costs more than the blocks between two near ones."""

_PLAIN = re.compile(r'"\w+"\."\w+"')

_DAY_OF = re.compile(r'CAST\(("\w+"\."\w+") AS DATE\)')
"""The day of a moment: blocks know the ends of their moments, and so between which days these lie."""


def of_places(con: duckdb.DuckDBPyConnection, rows: str, column: str = "x.rowid") -> str:
    """Return the condition that a place lies in a block that holds one of the places `r` of `rows` (SQL)."""
    found = con.execute(f"SELECT DISTINCT r // {BLOCK} AS b FROM {rows} WHERE r IS NOT NULL ORDER BY b").fetchall()
    spans: list[list[int]] = []
    for (block,) in found:
        if spans and block - spans[-1][1] <= 1:
            spans[-1][1] = block
        else:
            spans.append([block, block])
    for gap in _narrowest(spans):
        spans[gap][1] = spans.pop(gap + 1)[1]
    inside = (f"{column} BETWEEN {low * BLOCK} AND {(high + 1) * BLOCK - 1}" for low, high in spans)
    return f"({' OR '.join(inside)})" if spans else "FALSE"


def _narrowest(spans: list[list[int]]) -> list[int]:
    """The gaps to be closed, by the span before them, the last first: the narrowest, until few enough are left."""
    gaps = sorted(range(len(spans) - 1), key=lambda at: spans[at + 1][0] - spans[at][1])
    return sorted(gaps[: max(0, len(spans) - _MOST_RANGES)], reverse=True)


def of_values(
    con: duckdb.DuckDBPyConnection, given: str, sides: Mapping[str, str], reach: Mapping[str, str] | None = None
) -> str:
    """Return the condition that plain columns, and the days of moments, lie in spans of the values of `given` (a table).

    TRUE when there is none of these, FALSE when `given` holds nothing that could be found.

    `sides` are SQL of the looked-up row by the names of the columns of `given`; `reach` says how far beyond these the
    row may lie. The values stay in variables of the connection: no record's content comes into the text of a query.
    """
    conditions = []
    for name, sql in _plain(sides).items():
        kind, spans = spans_of(con, given, name, _variable(given, name))
        inside = (
            f"({low} AND {high})" for low, high in (_ends(sql, kind, span, (reach or {}).get(name)) for span in spans)
        )
        conditions.append(f"({' OR '.join(inside)})" if spans else "FALSE")
    return " AND ".join(conditions) or "TRUE"


def ends_of(
    con: duckdb.DuckDBPyConnection, given: str, name: str, sql: str, reach: str | None = None
) -> tuple[str, str] | None:
    """Return the conditions that a plain column lies not before, and not after, the values of a column of `given`.

    None when `sql` is no plain column or `given` holds no value. `reach` and variables as in `of_values`.
    """
    if not _column_of(sql):
        return None
    kind, spans = spans_of(con, given, name, _variable(given, name), most=1)
    return _ends(sql, kind, spans[0], reach) if spans else None


def _plain(sides: Mapping[str, str]) -> dict[str, str]:
    return {name: sql for name, sql in sides.items() if _column_of(sql)}


def _variable(given: str, name: str) -> str:
    """The name of the variable that holds the spans of a column; `drop_values` knows it by its beginning."""
    own = re.sub(r"\W+", "_", given)
    return f"night_{own}_{name}"


def _ends(sql: str, kind: str, span: tuple[str, str], reach: str | None) -> tuple[str, str]:
    """The conditions that a row lies not before and not after a span of values of a type."""
    low, high = span
    if reach:
        # A day and a length make a moment: a column of days is compared with days, else no block is skipped.
        low, high = f"CAST({low} - {reach} AS {kind})", f"CAST({high} + {reach} AS {kind})"
    column = _column_of(sql)
    if column == sql:
        return f"{sql} >= {low}", f"{sql} <= {high}"
    next_day = f"CAST({high} AS TIMESTAMP) + INTERVAL 1 DAY"
    return f"{column} >= CAST({low} AS TIMESTAMP)", f"{column} < {next_day}"


def _column_of(sql: str) -> str | None:
    """The column whose blocks tell where a look-up by `sql` finds nothing: the column itself, or the moment of a day."""
    day_of = _DAY_OF.fullmatch(sql)
    return sql if _PLAIN.fullmatch(sql) else day_of[1] if day_of else None


def drop_values(con: duckdb.DuckDBPyConnection) -> None:
    """Take the variables away."""
    names = con.execute("SELECT name FROM duckdb_variables() WHERE starts_with(name, 'night_')").fetchall()
    for (name,) in names:
        con.execute(f'RESET VARIABLE "{name}"')


__all__ = ["BLOCK", "drop_values", "ends_of", "of_places", "of_values"]
