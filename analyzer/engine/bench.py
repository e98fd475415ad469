"""Where the queries of a plan run. What is large stays with the engine; what is small comes home to DuckDB."""

from __future__ import annotations

from typing import Any, Protocol

import duckdb
import polars as pl


class Bench(Protocol):
    """An engine that makes tables from our SQL, answers queries over them, and hands over what is small.

    `local` is the DuckDB connection in which findings and counts are kept, whatever engine judges.
    """

    local: duckdb.DuckDBPyConnection

    def make(self, name: str, query: str) -> None:
        """Make a temporary table of the engine; one of the same name is replaced."""

    def bring(self, name: str, query: str) -> None:
        """Make a temporary table in `local` of what the engine answers."""

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Return the rows that the engine answers; for a few rows only."""

    def frame(self, query: str) -> pl.DataFrame:
        """Return what the engine answers as a frame, in the column types that DuckDB gives the query."""

    def keep(self, name: str, frame: pl.DataFrame) -> None:
        """Make a temporary table of the engine from a frame."""

    def drop(self, name: str) -> None:
        """Take away a table that was made."""


class DuckBench:
    """DuckDB itself: everything is made in the one connection."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self.local = con

    def make(self, name: str, query: str) -> None:
        """See `Bench`."""
        self.local.execute(f'CREATE OR REPLACE TEMP TABLE "{name}" AS {query}')

    bring = make

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """See `Bench`."""
        return self.local.execute(query).fetchall()

    def frame(self, query: str) -> pl.DataFrame:
        """See `Bench`."""
        found: pl.DataFrame = self.local.sql(query).pl()
        return found

    def keep(self, name: str, frame: pl.DataFrame) -> None:
        """See `Bench`."""
        self.local.register("frame_to_keep", frame.to_arrow())
        self.make(name, "SELECT * FROM frame_to_keep")
        self.local.unregister("frame_to_keep")

    def drop(self, name: str) -> None:
        """See `Bench`."""
        self.local.execute(f'DROP TABLE IF EXISTS "{name}"')
