"""One step along a tie: from rows on one side to the rows of a table on the other, as SQL.

A step has two halves: the values that the given rows hold, and the rows of the target that match them. The values of
several givers can be put together, so that a large table is read once for all of them.
"""

from __future__ import annotations

from collections.abc import Sequence

from analyzer.engine.night.ties import OTHER, SOURCE, Tie


def values(tie: Tie, rows: str, from_source: bool) -> str:
    """Return the query of what `rows` hold for a tie; they are source rows, or rows on its other side."""
    here, mine = (SOURCE, 0) if from_source else (OTHER, 1)
    sides = [pair[mine] for pair in (*tie.pairs, *tie.within, *tie.beside)]
    wanted = ", ".join(f"{sql} AS {name}" for name, sql in zip(_names(tie), sides, strict=True))
    return f'SELECT DISTINCT {wanted} FROM {rows} AS "{here}"'


def matching(tie: Tie, given: Sequence[str], target: str, home: str, to_source: bool) -> str:
    """Return the query of the places `r` in `target` of rows that match one of the `given` values."""
    there, its = (SOURCE, 0) if to_source else (OTHER, 1)
    values_of_all = f"({' UNION '.join(given)})"
    keys = dict(zip(_names(tie), (pair[its] for pair in tie.pairs), strict=False))
    equal = " AND ".join(f"{sql} = v.{name}" for name, sql in keys.items())
    if tie.beside:
        return _beside(tie, values_of_all, target, there, its, keys, equal)
    moments = {f"m{number}": (one[its], one[2]) for number, one in enumerate(tie.within)}
    if moments:
        equal += "".join(
            f" AND {sql} >= v.{name} - {length} AND {sql} <= v.{name} + {length}"
            for name, (sql, length) in moments.items()
        )
        return f'SELECT DISTINCT "{there}".rowid AS r FROM {target} AS "{there}" JOIN {values_of_all} AS v ON {equal}'
    found = f'FROM {target} AS "{there}" SEMI JOIN {values_of_all} AS v ON {equal}'
    if not tie.named_in:
        return f'SELECT "{there}".rowid AS r {found}'
    columns = ", ".join(f'"{there}"."{column}" AS q{number}' for number, (_, column) in enumerate(tie.named_in))
    named = " ".join(
        f'SEMI JOIN (SELECT "{column}" AS q FROM {home}."{table}" WHERE "{column}" IN (SELECT q{number} FROM near)) AS n{number}'
        f" ON n{number}.q = near.q{number}"
        for number, (table, column) in enumerate(tie.named_in)
    )
    return f'WITH near AS MATERIALIZED (SELECT "{there}".rowid AS r, {columns} {found}) SELECT r FROM near {named}'


def _names(tie: Tie) -> list[str]:
    """The names of the values: keys, moments, places in an order."""
    parts = (("k", tie.pairs), ("m", tie.within), ("o", tie.beside))
    return [f"{letter}{number}" for letter, some in parts for number in range(len(some))]


def _beside(tie: Tie, given: str, target: str, there: str, its: int, keys: dict[str, str], equal: str) -> str:
    """The rows at the place of a given value, and the next before and after it among those with the same keys."""
    orders = {f"o{number}": pair[its] for number, pair in enumerate(tie.beside)}
    both = {**keys, **orders}
    names, only_keys = ", ".join(both), ", ".join(keys)
    columns = ", ".join(f"{sql} AS {name}" for name, sql in both.items())
    filled = " AND ".join(f"{name} IS NOT NULL" for name in both)
    return (
        f"WITH given AS MATERIALIZED (SELECT * FROM {given} WHERE {filled}),"
        f" places AS (SELECT {names}, max(r) AS r, max(mark) AS mark FROM (SELECT *, 0 AS mark FROM"
        f' (SELECT "{there}".rowid AS r, {columns} FROM {target} AS "{there}"'
        f" SEMI JOIN (SELECT DISTINCT {only_keys} FROM given) AS v ON {equal}) WHERE {filled}"
        f" UNION ALL SELECT -1 AS r, {names}, 1 AS mark FROM given) GROUP BY {names}),"
        f" around AS (SELECT r, mark, lag(mark) OVER w AS one_before, lead(mark) OVER w AS one_after FROM places"
        f" WINDOW w AS (PARTITION BY {only_keys} ORDER BY {', '.join(orders)}))"
        f" SELECT r FROM around WHERE r >= 0 AND (mark = 1 OR one_before = 1 OR one_after = 1)"
    )
