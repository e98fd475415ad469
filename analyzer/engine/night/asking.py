"""Small questions to the database, answered in full: an unfinished answer keeps the connection from other work."""

from __future__ import annotations

from typing import Any

import duckdb


def first_row(con: duckdb.DuckDBPyConnection, query: str) -> tuple[Any, ...] | None:
    """Return the first row of a query, None when it has none."""
    rows = con.execute(query).fetchall()
    return rows[0] if rows else None


def one_number(con: duckdb.DuckDBPyConnection, query: str) -> int:
    """Return the number that a query of one number gives."""
    row = first_row(con, query)
    return int(row[0]) if row and row[0] is not None else 0


def size_of(con: duckdb.DuckDBPyConnection, table: str) -> int:
    """Return the number of rows of a table."""
    return one_number(con, f"SELECT count(*) FROM {table}")
