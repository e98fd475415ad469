"""What needs a scan of the whole package: worked out once for each version of the data and each set of agencies.

The tables stand in a schema of their own in the package's connection, so that a page only looks up what it shows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

from analyzer.dashboard.source import Source

Row = dict[str, Any]
"""One row: its cells by column."""

Statements = Callable[[Source, str], Sequence[str]]
"""The statements that make the tables of a topic, from the source and the schema they go to."""


def prepare(source: Source, topic: str, statements: Statements) -> str:
    """Make the tables of a topic unless they are there, and return the schema that they stand in."""
    of = "all" if source.scope is None else hashlib.sha256("\n".join(sorted(source.scope)).encode()).hexdigest()[:16]
    schema = f"prepared_{of}"

    def make() -> None:
        with source.cursor() as cursor:
            cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
            for statement in statements(source, schema):
                cursor.execute(statement)

    source.once(schema, topic, make)
    return schema


def listed(number: str) -> str:
    """Return the condition that a column is one of a list of whole numbers, which is the one parameter.

    It joins: with the numbers written out, every row between the least and the greatest of them would be compared.
    """
    return f"{number} IN (SELECT unnest(?::INTEGER[]))"


def look_up(source: Source, sql: str, params: Sequence[object]) -> list[Row]:
    """Ask with a personal value among the parameters: nothing of the question or the answer is remembered."""
    with source.cursor() as cursor:
        cursor.execute(sql, list(params))
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


__all__ = ["Row", "Statements", "listed", "look_up", "prepare"]
