"""The rows of a base table that the changes of a night reach, tie by tie."""

from __future__ import annotations

from collections.abc import Iterable

import duckdb

from analyzer.engine.night.asking import size_of
from analyzer.engine.night.moved import Moved
from analyzer.engine.night.steps import matching, values
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
            given = values(tie, self._named(tie, rows), from_source=True)
            query = matching(tie, [given], target, self.home, to_source=False)
            if tie.named_in and hits is not None:
                # A row of which the last document went away is no longer named, and its answer changes all the same.
                query = f'SELECT r FROM ({query}) UNION SELECT r FROM "{hits}"'
            self.con.execute(f'CREATE OR REPLACE TEMP TABLE "{name}" AS {query}')
            number = size_of(self.con, f'"{name}"')
            if tie.of is None or not number:
                return name, number
            hits = name
            rows = f'(SELECT x.* FROM {target} AS x SEMI JOIN "{name}" AS h ON x.rowid = h.r)'
            tie = tie.of

    def _named(self, tie: Tie, rows: str) -> str:
        """Keep the changed rows that a row of the other table names, now or when they were judged last."""
        for table, column in tie.named_in:
            these = f'SELECT z."{column}" FROM {rows} AS z'
            names = [f'SELECT "{column}" FROM {self.home}."{table}" WHERE "{column}" IN ({these})']
            if table in self.moved.masks:
                names.append(f'SELECT "{column}" FROM "night_old_{table}"')
            rows = f'(SELECT z.* FROM {rows} AS z WHERE z."{column}" IN ({" UNION ALL ".join(names)}))'
        return rows
