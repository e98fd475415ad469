"""The rows of a base table that the changes of a night reach, tie by tie."""

from __future__ import annotations

from collections.abc import Iterable

import duckdb

from analyzer.engine.night.asking import size_of
from analyzer.engine.night.moved import Moved
from analyzer.engine.night.ranges import of_places, of_values
from analyzer.engine.night.steps import Step, values
from analyzer.engine.night.ties import Tie


class Reached:
    """Follows ties from what moved to the rows of a base table; equal ways are followed once."""

    def __init__(self, con: duckdb.DuckDBPyConnection, home: str, moved: Moved) -> None:
        self.con, self.home, self.moved = con, home, moved
        self._done: dict[tuple[str, Tie, frozenset[int]], tuple[str, int]] = {}

    def along(self, base: str, tie: Tie, columns: Iterable[str]) -> tuple[str, int] | None:
        """Return the temporary table of places `r` in `base` that are reached along a tie, and how many there are.

        None when nothing moved that the tie could feel: only rows that differ in one of `columns` count.
        """
        bits = self.moved.bits(tie.table, columns)
        masks = self.moved.matched(tie.table, bits)
        if not masks:
            return None
        at = (base, tie, masks)
        if at not in self._done:
            self._done[at] = self._follow(base, tie, self.moved.relation(tie.table, bits))
        return self._done[at] if self._done[at][1] else None

    def _follow(self, base: str, tie: Tie, rows: str) -> tuple[str, int]:
        steps = 0
        hits: str | None = None
        while True:
            steps += 1
            target = f'{self.home}."{tie.of.table if tie.of else base}"'
            name = f"night_reached_{len(self._done)}_{steps}"
            given = values(tie, self._named(tie, rows, f"{name}_rows"), from_source=True)
            Step(self.con, target, self.home).find(tie, [given], name, to_source=False)
            if tie.named_in and hits is not None:
                # A row of which the last document went away is no longer named, and its answer changes all the same.
                self.con.execute(f'INSERT INTO "{name}" SELECT r FROM "{hits}" EXCEPT SELECT r FROM "{name}"')
            number = size_of(self.con, f'"{name}"')
            if tie.of is None or not number:
                return name, number
            hits = name
            inside = of_places(self.con, f'"{name}"')
            rows = f'(SELECT x.* FROM {target} AS x SEMI JOIN "{name}" AS h ON x.rowid = h.r WHERE {inside})'
            tie = tie.of

    def _named(self, tie: Tie, rows: str, name: str) -> str:
        """Keep the changed rows that a row of the other table names, now or when they were judged last."""
        for number, (table, column) in enumerate(tie.named_in):
            held = f"{name}_{number}"
            self.con.execute(f'CREATE OR REPLACE TEMP TABLE "{held}" AS SELECT z.* FROM {rows} AS z')
            inside = of_values(self.con, f'"{held}"', {column: f'"y"."{column}"'})
            these = f'SELECT "{column}" FROM "{held}"'
            names = [
                f'SELECT y."{column}" FROM {self.home}."{table}" AS y WHERE y."{column}" IN ({these}) AND {inside}'
            ]
            if table in self.moved.masks:
                names.append(f'SELECT "{column}" FROM "night_old_{table}"')
            rows = f'(SELECT z.* FROM "{held}" AS z WHERE z."{column}" IN ({" UNION ALL ".join(names)}))'
        return rows
