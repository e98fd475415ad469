"""Where in a large table the rows that are looked for can lie, so that the rest of the table need not be read.

A table keeps the smallest and the largest value of every column for each of its blocks, and rows that came in
together lie together. So a look-up that names the range of its keys, moments or places reads a few blocks where it
would read a history. What the ranges say is true of every row that is looked for; what they leave in does no harm.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import duckdb

from analyzer.engine.night.asking import size_of

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
    """Return the condition that plain columns, and the days of moments, lie within the values of `given` (a table).

    TRUE when there is none of these.

    `sides` are SQL of the looked-up row by the names of the columns of `given`; `reach` says how far beyond these the
    row may lie.
    """
    if not size_of(con, given) and any(map(_column_of, sides.values())):
        return "FALSE"
    return " AND ".join(end for ends in ends_of(con, given, sides, reach) for end in ends) or "TRUE"


def ends_of(
    con: duckdb.DuckDBPyConnection, given: str, sides: Mapping[str, str], reach: Mapping[str, str] | None = None
) -> list[tuple[str, str]]:
    """Return for each plain column the conditions that it lies not before, and not after, the values of `given`.

    `sides` and `reach` as in `of_values`. The values stay in variables of the connection: no record's content comes into
    the text of a query.
    """
    plain = {name: sql for name, sql in sides.items() if _column_of(sql)}
    if not plain:
        return []
    own = re.sub(r"\W+", "_", given)
    asked = ", ".join(f'min("{name}") AS "low_{name}", max("{name}") AS "high_{name}"' for name in plain)
    con.execute(f"CREATE OR REPLACE TEMP TABLE night_ends AS SELECT {asked} FROM {given}")
    kinds = {str(name): str(kind) for name, kind, *_ in con.execute("DESCRIBE night_ends").fetchall()}

    def end(name: str, which: str, sign: str) -> str:
        variable = f"night_{own}_{which}_{name}"
        con.execute(f'SET VARIABLE "{variable}" = (SELECT "{which}_{name}" FROM night_ends)')
        value = f"getvariable('{variable}')"
        if name in (reach or {}):
            # A day and a length make a moment: a column of days is compared with days, else no block is skipped.
            value = f"CAST({value} {sign} {(reach or {})[name]} AS {kinds[f'{which}_{name}']})"
        return value

    ends = []
    for name, sql in plain.items():
        low, high, column = end(name, "low", "-"), end(name, "high", "+"), _column_of(sql)
        if column == sql:
            ends.append((f"{sql} >= {low}", f"{sql} <= {high}"))
        else:
            next_day = f"CAST({high} AS TIMESTAMP) + INTERVAL 1 DAY"
            ends.append((f"{column} >= CAST({low} AS TIMESTAMP)", f"{column} < {next_day}"))
    return ends


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
