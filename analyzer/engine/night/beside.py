"""The next before and after: rows that stand beside given places in an order, among the rows with the same keys.

A vehicle's pass before tonight's lies a few weeks back as a rule. So the weeks around the given places are put in
order first; only for the keys for which nothing lies before (or after) there, the rest of the table is asked for its
last (or first) row, which needs no order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb

from analyzer.engine.night.asking import size_of
from analyzer.engine.night.ranges import ends_of, of_values

AROUND = {"TIMESTAMP": "INTERVAL 30 DAYS", "DATE": "INTERVAL 30 DAYS"}
"""How far around the given places the first look goes, by the type of the first column of the order."""

BEFORE, AFTER = ("before",), ("after",)
BOTH = (*BEFORE, *AFTER)
"""Which of the rows next to a given place are looked for."""

_NEXT_TO = {"before": "one_after", "after": "one_before"}
"""A row lies before a given place when the place comes next after it."""


def find(
    con: duckdb.DuckDBPyConnection,
    name: str,
    given: str,
    source: str,
    keys: Mapping[str, str],
    orders: Mapping[str, str],
    place: str,
    sides: Sequence[str] = BOTH,
) -> None:
    """Make the table `name` of the places `r` of rows at a given place, or next to one on one of the `sides`.

    `given` is a table with a column for each name of `keys` and `orders`, whose values are SQL over a row of `source`
    (a table with its alias); `place` is the SQL of the row's place.
    """
    both = {**keys, **orders}
    filled = " AND ".join(f"{one} IS NOT NULL" for one in both)
    marks = f"{name}_marks"
    con.execute(f'CREATE OR REPLACE TEMP TABLE "{marks}" AS SELECT * FROM "{given}" WHERE {filled}')
    columns = ", ".join(f"{sql} AS {one}" for one, sql in both.items())
    near, before, after = _around(con, marks, keys, orders)
    rows = (
        f"SELECT {place} AS r, {columns} FROM {source} SEMI JOIN"
        f' (SELECT DISTINCT {", ".join(keys)} FROM "{{}}") AS v ON {_equal(keys)} WHERE {{}}'
    )
    names, only_keys = ", ".join(both), ", ".join(keys)
    window = f"WINDOW w AS (PARTITION BY {only_keys} ORDER BY {', '.join(orders)})"
    con.execute(
        f'CREATE OR REPLACE TEMP TABLE "{name}_around" AS SELECT *, lag(mark) OVER w AS one_before,'
        f" lead(mark) OVER w AS one_after FROM (SELECT {names}, max(r) AS r, max(mark) AS mark FROM (SELECT *, 0 AS mark"
        f" FROM ({rows.format(marks, near)}) WHERE {filled}"
        f' UNION ALL SELECT -1 AS r, {names}, 1 AS mark FROM "{marks}") GROUP BY {names}) {window}'
    )
    is_next = " OR ".join(f"{_NEXT_TO[side]} = 1" for side in sides)
    con.execute(
        f'CREATE OR REPLACE TEMP TABLE "{name}" AS SELECT r FROM "{name}_around"'
        f" WHERE r >= 0 AND (mark = 1 OR {is_next})"
    )
    for way, beyond, side, last in (
        ("before", before, "one_before", "arg_max"),
        ("after", after, "one_after", "arg_min"),
    ):
        if way in sides and beyond is not None:
            _beyond(con, name, rows.format(f"{name}_open", beyond), side, last, keys, orders)
    for table in (marks, f"{name}_around"):
        con.execute(f'DROP TABLE "{table}"')


def _around(
    con: duckdb.DuckDBPyConnection, marks: str, keys: Mapping[str, str], orders: Mapping[str, str]
) -> tuple[str, str | None, str | None]:
    """Return the conditions of the first look, and of what lies before and after it (None when nothing does)."""
    inside = of_values(con, f'"{marks}"', keys)
    first, sql = next(iter(orders.items()))
    kinds = {str(one): str(kind) for one, kind, *_ in con.execute(f'DESCRIBE "{marks}"').fetchall()}
    around = AROUND.get(kinds[first])
    ends = ends_of(con, f'"{marks}"', first, sql, around) if around else None
    if ends is None:
        return inside, None, None
    low, high = ends
    return f"{inside} AND {low} AND {high}", f"{inside} AND NOT ({low})", f"{inside} AND NOT ({high})"


def _beyond(
    con: duckdb.DuckDBPyConnection,
    name: str,
    rows: str,
    side: str,
    last: str,
    keys: Mapping[str, str],
    orders: Mapping[str, str],
) -> None:
    """Add the last row before (the first after) the first look, for the keys whose outermost place there is given."""
    only_keys = ", ".join(keys)
    con.execute(
        f'CREATE OR REPLACE TEMP TABLE "{name}_open" AS SELECT {only_keys} FROM "{name}_around"'
        f" WHERE {side} IS NULL AND mark = 1"
    )
    if size_of(con, f'"{name}_open"'):
        filled = " AND ".join(f"{one} IS NOT NULL" for one in (*keys, *orders))
        order = ", ".join(orders)
        con.execute(
            f'INSERT INTO "{name}" SELECT {last}(r, row({order})) FROM ({rows}) WHERE {filled} GROUP BY {only_keys}'
        )
    con.execute(f'DROP TABLE "{name}_open"')


def _equal(keys: Mapping[str, str]) -> str:
    return " AND ".join(f"{sql} = v.{one}" for one, sql in keys.items())
