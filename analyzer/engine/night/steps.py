"""One step along a tie: from rows on one side to the rows of a table on the other.

A step has two halves: the values that the given rows hold, and the rows of the target that match them. The values of
several givers can be put together, so that a large table is read once for all of them, and of the table only the
blocks in which the values can lie.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

from analyzer.engine.night import beside
from analyzer.engine.night.ranges import of_values
from analyzer.engine.night.ties import OTHER, SOURCE, Tie


def values(tie: Tie, rows: str, from_source: bool) -> str:
    """Return the query of what `rows` hold for a tie; they are source rows, or rows on its other side."""
    here, mine = (SOURCE, 0) if from_source else (OTHER, 1)
    sides = [pair[mine] for pair in (*tie.pairs, *tie.within, *tie.beside)]
    wanted = ", ".join(f"{sql} AS {name}" for name, sql in zip(_names(tie), sides, strict=True))
    return f'SELECT DISTINCT {wanted} FROM {rows} AS "{here}"'


@dataclass(frozen=True)
class Step:
    """A step to the rows of `target` (SQL of a table) that match given values; `home` is where canonical tables are."""

    con: duckdb.DuckDBPyConnection
    target: str
    home: str

    def find(self, tie: Tie, given: Sequence[str], name: str, to_source: bool) -> None:
        """Make the temporary table `name` of the places `r` of rows that match one of the `given` values (queries)."""
        there, its = (SOURCE, 0) if to_source else (OTHER, 1)
        held = f"{name}_given"
        self.con.execute(f'CREATE OR REPLACE TEMP TABLE "{held}" AS {" UNION ".join(given)}')
        keys = dict(zip(_names(tie), (pair[its] for pair in tie.pairs), strict=False))
        if tie.beside:
            orders = {f"o{number}": pair[its] for number, pair in enumerate(tie.beside)}
            sides = beside.BOTH if not tie.one_way else beside.BEFORE if to_source else beside.AFTER
            beside.find(self.con, name, held, f'{self.target} AS "{there}"', keys, orders, f'"{there}".rowid', sides)
        else:
            self.con.execute(f'CREATE OR REPLACE TEMP TABLE "{name}" AS {self._matching(tie, held, there, its, keys)}')
        self.con.execute(f'DROP TABLE "{held}"')

    def named(self, tie: Tie, rows: str, name: str) -> str:
        """Return SQL of those of `rows`, on the other side of a tie, that a row of a table names, as the tie demands."""
        for number, (table, column) in enumerate(tie.named_in):
            held = f"{name}_{number}"
            asked = f'SELECT "{column}" FROM {rows}'
            self.con.execute(f'CREATE OR REPLACE TEMP TABLE "{held}_asked" AS {asked}')
            inside = of_values(self.con, f'"{held}_asked"', {column: f'"z"."{column}"'})
            self.con.execute(
                f'CREATE OR REPLACE TEMP TABLE "{held}" AS SELECT h.* FROM {rows} AS h SEMI JOIN'
                f' (SELECT z."{column}" FROM {self.home}."{table}" AS z WHERE {inside}) AS z ON z."{column}" = h."{column}"'
            )
            self.con.execute(f'DROP TABLE "{held}_asked"')
            rows = f'"{held}"'
        return rows

    def _matching(self, tie: Tie, held: str, there: str, its: int, keys: Mapping[str, str]) -> str:
        equal = " AND ".join(f"{sql} = v.{name}" for name, sql in keys.items())
        moments = {f"m{number}": (one[its], one[2]) for number, one in enumerate(tie.within)}
        sides = {**keys, **{name: sql for name, (sql, _) in moments.items()}}
        inside = of_values(self.con, f'"{held}"', sides, {name: length for name, (_, length) in moments.items()})
        if moments:
            equal += "".join(
                f" AND {sql} >= v.{name} - {length} AND {sql} <= v.{name} + {length}"
                for name, (sql, length) in moments.items()
            )
            return (
                f'SELECT DISTINCT "{there}".rowid AS r FROM {self.target} AS "{there}" JOIN "{held}" AS v ON {equal}'
                f" WHERE {inside}"
            )
        found = f'FROM {self.target} AS "{there}" SEMI JOIN "{held}" AS v ON {equal} WHERE {inside}'
        if not tie.named_in:
            return f'SELECT "{there}".rowid AS r {found}'
        columns = ", ".join(f'"{there}"."{column}" AS q{number}' for number, (_, column) in enumerate(tie.named_in))
        self.con.execute(f'CREATE OR REPLACE TEMP TABLE night_near AS SELECT "{there}".rowid AS r, {columns} {found}')
        return f"SELECT r FROM night_near AS near {' '.join(self._named(tie))}"

    def _named(self, tie: Tie) -> list[str]:
        """The joins that keep of `near` the rows that a row of a table names."""
        joins = []
        for number, (table, column) in enumerate(tie.named_in):
            inside = of_values(self.con, "night_near", {f"q{number}": f'"z"."{column}"'})
            joins.append(
                f'SEMI JOIN (SELECT z."{column}" AS q FROM {self.home}."{table}" AS z'
                f' WHERE z."{column}" IN (SELECT q{number} FROM night_near) AND {inside}) AS n{number}'
                f" ON n{number}.q = near.q{number}"
            )
        return joins


def _names(tie: Tie) -> list[str]:
    """The names of the values: keys, moments, places in an order."""
    parts = (("k", tie.pairs), ("m", tie.within), ("o", tie.beside))
    return [f"{letter}{number}" for letter, some in parts for number in range(len(some))]


__all__ = ["Step", "values"]
