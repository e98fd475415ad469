"""Where the queries of a plan run. What is large stays with the engine; what is small comes home to DuckDB."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import duckdb
import polars as pl

from analyzer.engine.plan import BasePlan
from analyzer.engine.shares import pieces, room_of, shares

Judge = Callable[[pl.DataFrame], pl.DataFrame]
"""Returns rows with columns added, `matched` among them, in the same order."""


class Bench(Protocol):
    """An engine that makes tables from our SQL, answers queries over them, and hands over what is small.

    `local` is the DuckDB connection in which findings and counts are kept, whatever engine judges.
    """

    local: duckdb.DuckDBPyConnection

    def shares(self, plan: BasePlan) -> Sequence[BasePlan]:
        """Return the plan in as many shares as the engine has to judge it in."""

    def judge_rows(self, name: str, plan: BasePlan) -> None:
        """Make a temporary table of the answers of every row under the rules of a share."""

    def make(self, name: str, query: str) -> None:
        """Make a temporary table of the engine; one of the same name is replaced."""

    def bring(self, name: str, query: str) -> None:
        """Make a temporary table in `local` of what the engine answers."""

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Return the rows that the engine answers; for a few rows only."""

    def size(self, name: str) -> int:
        """Return the rows of a table of the engine."""

    def masks(self, name: str, columns: Sequence[str]) -> dict[str, dict[int, int]]:
        """Return for each column of a table of bit masks how many rows hold which mask; empty masks are left out."""

    def tally(self, name: str, columns: Sequence[str]) -> dict[str, dict[int, int]]:
        """Return for each column of a table of answers how many rows hold which answer, by its number."""

    def frame(self, query: str) -> pl.DataFrame:
        """Return what the engine answers as a frame, in the column types that DuckDB gives the query."""

    def keep(self, name: str, frame: pl.DataFrame) -> None:
        """Make a temporary table of the engine from a frame."""

    def judge_units(self, name: str, query: str, judge: Judge, looked_at: str | None) -> None:
        """Make a temporary table of what `judge` makes of the rows of a query.

        Rows that do not meet the condition `looked_at` may be left out of the frame: what is added to them is blank.
        """

    def drop(self, name: str) -> None:
        """Take away a table that was made."""


_COUNTED_AT_ONCE = 4
"""Columns of answers that are counted with one look: so few that DuckDB counts in a plain array (12 bits)."""


class DuckBench:
    """DuckDB itself: everything is made in the one connection."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self.local = con

    def shares(self, plan: BasePlan) -> Sequence[BasePlan]:
        """See `Bench`. What one pass looks up has to fit into memory."""
        return shares(plan, self.size, room_of(self.local)) if plan.setting.supply.are_many else [plan]

    def judge_rows(self, name: str, plan: BasePlan) -> None:
        """See `Bench`. Piece by piece where one pass would look up more than half the memory holds."""
        many = plan.setting.supply.are_many
        cut = pieces(self.local, plan, self.size, 2 * room_of(self.local)) if many else []
        self.make(name, plan.verdicts_query(piece=cut[0] if cut else None))
        for piece in cut[1:]:
            self.local.execute(f'INSERT INTO "{name}" {plan.verdicts_query(piece=piece)}')

    def make(self, name: str, query: str) -> None:
        """See `Bench`."""
        self.local.execute(f'CREATE OR REPLACE TEMP TABLE "{name}" AS {query}')

    bring = make

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """See `Bench`."""
        return self.local.execute(query).fetchall()

    def size(self, name: str) -> int:
        """See `Bench`."""
        return int(self.rows(f'SELECT count(*) FROM "{name}"')[0][0])

    def masks(self, name: str, columns: Sequence[str]) -> dict[str, dict[int, int]]:
        """See `Bench`."""
        query = 'SELECT "{0}", count(*) FROM "{1}" WHERE "{0}" > 0 GROUP BY "{0}"'
        return {column: dict(self.rows(query.format(column, name))) for column in columns}

    def tally(self, name: str, columns: Sequence[str]) -> dict[str, dict[int, int]]:
        """See `Bench`. A group on a few small numbers is far faster than a filter for each, and hardly dearer than on one."""
        found: dict[str, dict[int, int]] = {column: {} for column in columns}
        for start in range(0, len(columns), _COUNTED_AT_ONCE):
            some = columns[start : start + _COUNTED_AT_ONCE]
            wanted = ", ".join(f'"{column}"' for column in some)
            for *answers, rows in self.rows(f'SELECT {wanted}, count(*) FROM "{name}" GROUP BY ALL'):
                for column, answer in zip(some, answers, strict=True):
                    found[column][answer] = found[column].get(answer, 0) + rows
        return found

    def frame(self, query: str) -> pl.DataFrame:
        """See `Bench`."""
        found: pl.DataFrame = self.local.sql(query).pl()
        return found

    def keep(self, name: str, frame: pl.DataFrame) -> None:
        """See `Bench`."""
        self.local.register("frame_to_keep", frame.to_arrow())
        self.make(name, "SELECT * FROM frame_to_keep")
        self.local.unregister("frame_to_keep")

    def judge_units(self, name: str, query: str, judge: Judge, looked_at: str | None) -> None:
        """See `Bench`. Millions of units too small to be judged never leave the database."""
        if looked_at is None:
            self.keep(name, judge(self.frame(query)))
            return
        every, judged = f"{name}__every", f"{name}__judged"
        self.make(every, query)
        self.keep(judged, judge(self.frame(f'SELECT * FROM "{every}" WHERE {looked_at}')))
        self.make(
            name,
            f'SELECT * FROM "{judged}" UNION ALL BY NAME'
            f' SELECT *, TRUE AS "matched" FROM "{every}" WHERE ({looked_at}) IS NOT TRUE',
        )
        self.drop(every)
        self.drop(judged)

    def drop(self, name: str) -> None:
        """See `Bench`."""
        self.local.execute(f'DROP TABLE IF EXISTS "{name}"')
