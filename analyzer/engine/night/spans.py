"""The few spans in which the values of a column lie: from the lowest to the highest, cut where nothing lies for long.

The rows of a night lie at the end of a history, and a few that they touch lie far back. One span over all of them is
most of the history; two or three spans are a few of its blocks. A span ends at values that are there, so it is true
whatever the cuts are; how well a gap is measured only decides how much is passed over.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise, takewhile

import duckdb

from analyzer.engine.night.asking import first_row

MOST = 8
"""More spans than this cost more, row by row, than the blocks between them."""

_WIDE = 16
"""A gap counts from this part of the whole on."""

_CELLS = 2048
"""Values that lie in more cells than this lie everywhere: there is no gap to be found."""

_LETTERS = 3
"""So many letters behind what all values begin with tell the cell of a text: a thousand cells for digits."""

_NUMBERS = {
    "DATE": "epoch({})",
    "TIMESTAMP": "epoch({})",
    "TINYINT": "CAST({} AS DOUBLE)",
    "SMALLINT": "CAST({} AS DOUBLE)",
    "INTEGER": "CAST({} AS DOUBLE)",
    "BIGINT": "CAST({} AS DOUBLE)",
    "DOUBLE": "{}",
}
"""Where a value lies as a number, by its type; an endless moment lies nowhere (NULL)."""


def spans_of(
    con: duckdb.DuckDBPyConnection, given: str, name: str, variable: str, most: int = MOST
) -> tuple[str, list[tuple[str, str]]]:
    """Return the SQL type of a column of `given` (SQL), and SQL of the lowest and the highest value of each of few spans.

    The values go into `variable` of the connection: no record's content comes into the text of a query. A column
    without a value has no span.
    """
    column = f'"{name}"'
    row = first_row(
        con,
        f"SELECT typeof(min({column})), min({column}) = max({column}),"
        f" CAST(min({column}) AS VARCHAR), CAST(max({column}) AS VARCHAR) FROM {given}",
    )
    kind, is_one, low, high = row or ("", None, None, None)
    if is_one is None:
        return str(kind), []
    cells = None if is_one or most == 1 else _cells(given, column, str(kind), _alike(low, high))
    cuts = _cuts(con, cells, most) if cells else []
    if cuts:
        con.execute("SET VARIABLE night_cuts = ?", [cuts])
        begun = " + ".join(
            f"CAST(cell >= getvariable('night_cuts')[{at}] AS INTEGER)" for at in range(1, len(cuts) + 1)
        )
        spans = (
            f"SELECT {begun} AS part, min(v) AS low, max(v) AS high FROM ({cells}) WHERE v IS NOT NULL GROUP BY part"
        )
        con.execute(f'SET VARIABLE "{variable}" = (SELECT list(row(low, high) ORDER BY low) FROM ({spans}))')
    else:
        con.execute(f'SET VARIABLE "{variable}" = [row(CAST(? AS {kind}), CAST(? AS {kind}))]', [low, high])
    value = f"getvariable('{variable}')"
    return str(kind), [(f"{value}[{at}][1]", f"{value}[{at}][2]") for at in range(1, len(cuts) + 2)]


def _alike(low: str, high: str) -> int:
    """The number of letters with which the lowest and the highest of some texts, and so all of them, begin."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(low, high, strict=False)))


def _cells(given: str, column: str, kind: str, alike: int) -> str | None:
    """Return the query of the values `v` with the `cell` in which each lies; None for a type that has none.

    `alike` is the number of letters with which all texts begin.
    """
    if kind == "VARCHAR":
        return f"SELECT {column} AS v, substr({column}, {alike + 1}, {_LETTERS}) AS cell FROM {given}"
    if kind not in _NUMBERS:
        return None
    number = _NUMBERS[kind].format(column)
    cell = f"TRY_CAST(floor(({number} - first) / (last - first) * {_CELLS - 1}) AS INTEGER)"
    ends = f"SELECT min({number}) AS first, max({number}) AS last FROM {given}"
    return f"SELECT {column} AS v, {cell} AS cell FROM {given}, ({ends})"


def _cuts(con: duckdb.DuckDBPyConnection, cells: str, most: int) -> list[str | int]:
    """Return the cells with which new spans begin, behind the widest gaps, in their order."""
    rows = con.execute(f"SELECT DISTINCT cell FROM ({cells}) WHERE v IS NOT NULL LIMIT {_CELLS + 1}").fetchall()
    found = sorted(cell for (cell,) in rows if cell is not None)
    if len(found) < len(rows) or len(found) > _CELLS:
        return []
    places = _places(found)
    whole = places[-1] - places[0] + 1
    gaps = [(after - before - 1, at) for at, (before, after) in enumerate(pairwise(places), start=1)]
    wide = sorted((gap for gap in gaps if gap[0] * _WIDE >= whole), reverse=True)[: most - 1]
    if sum(width for width, _ in wide) * 2 < whole:  # so few blocks lie between that the cuts cost more
        return []
    return [found[at] for at in sorted(at for _, at in wide)]


def _places(cells: Sequence[str | int]) -> list[int]:
    """Return where cells lie as numbers, in the order of the cells; texts count as numbers in the letters they use."""
    places = [cell if isinstance(cell, int) else 0 for cell in cells]
    texts = [cell if isinstance(cell, str) else "" for cell in cells]
    for at in range(max(map(len, texts))):
        letters = {text[at] for text in texts if len(text) > at}
        if all("0" <= letter <= "9" for letter in letters):
            letters |= {"0", "9"}
        ended = int(any(len(text) <= at for text in texts))
        first, base = ord(min(letters)) - ended, ord(max(letters)) - ord(min(letters)) + 1 + ended
        places = [
            place * base + (ord(text[at]) - first if len(text) > at else 0)
            for place, text in zip(places, texts, strict=True)
        ]
    return places


__all__ = ["MOST", "spans_of"]
