"""Which rules of a base table are judged in one pass: as many as what they look up leaves room for.

All that the rules of one pass look up (linked rows, gathered rows) is held in memory at once, and none of it can be
put aside while the others are in use. Where memory is short a pass asks fewer rules; the base table is read once more
for each pass, which costs far less. What a single rule looks up may still be too much: then the rows are judged piece
by piece, and of what is looked up only what a piece needs is held.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import duckdb

from analyzer.engine.compile import CompiledRule
from analyzer.engine.plan import BasePlan, Piece

_PART = 4
"""What is looked up in one pass may take one part in so many of the memory."""

_ROW, _COLUMN = 24, 24
"""Bytes of a row that is looked up, and of each of its columns: texts are longer, numbers are shorter."""

_LIGHT = 64
"""What takes less than one part in so many of the room is not counted."""

LEAST = 122_880
"""A piece has at least so many rows, which DuckDB lays down together: each piece reads what is looked up once."""

Wants = Mapping[str, frozenset[str]]
"""The columns that a rule looks up, by table of a gather or by link."""


def room_of(con: duckdb.DuckDBPyConnection) -> int:
    """Return the bytes that may be looked up in one pass, from the memory that the connection may use."""
    row = con.execute("SELECT current_setting('memory_limit')").fetchone()
    return _bytes(str(row[0])) // _PART if row else 0


@dataclass
class Weights:
    """How much memory the look-ups of rules take; `size` says how many rows a table has."""

    plan: BasePlan
    size: Callable[[str], int]
    room: int
    wants: dict[str, Wants] = field(init=False)
    rows: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        carried = self.plan.carries()
        self.wants = {rule.name: _wants(rule, carried) for rule in self.plan.rules}
        names = {name for one in self.wants.values() for name in one}
        self.rows = {name: _rows(self.plan, name, self.size) for name in names}

    @cached_property
    def heavy(self) -> frozenset[str]:
        """The tables and links whose look-up counts."""
        return frozenset(name for name, rows in self.rows.items() if rows * (_ROW + _COLUMN) * _LIGHT > self.room)

    def of(self, rules: Iterable[str]) -> int:
        """Return the bytes that the look-ups of some rules take together."""
        columns: dict[str, set[str]] = {}
        for rule in rules:
            for table in self.heavy & self.wants[rule].keys():
                columns.setdefault(table, set()).update(self.wants[rule][table])
        return sum(self.rows[table] * (_ROW + _COLUMN * len(some)) for table, some in columns.items())


def shares(plan: BasePlan, size: Callable[[str], int], room: int) -> list[BasePlan]:
    """Return the plan in shares that fit into `room` bytes each; a single rule is a share however much it looks up.

    `size` says how many rows a table has. The rules of each share stand in the order of the plan.
    """
    weights = Weights(plan, size, room)
    bins: list[list[str]] = []
    for rule in sorted(plan.rules, key=lambda one: -weights.of([one.name])):
        fitting = [one for one in bins if weights.of([*one, rule.name]) <= room]
        if fitting:
            min(fitting, key=lambda one: weights.of([*one, rule.name]) - weights.of(one)).append(rule.name)
        else:
            bins.append([rule.name])
    return [replace(plan, rules=[rule for rule in plan.rules if rule.name in some]) for some in bins]


def pieces(con: duckdb.DuckDBPyConnection, share: BasePlan, size: Callable[[str], int], room: int) -> list[Piece]:
    """Return the pieces in which the rows of a share are judged, so that each looks up no more than `room` bytes.

    None at all when its look-ups fit as they are.
    """
    weights = Weights(share, size, room)
    whole = weights.of(weights.wants)
    if whole <= room:
        return []
    rows = max(size(share.source), 1)
    of_each = max(rows // -(-whole // max(room, 1)), LEAST)
    return [Piece(first, last, weights.heavy) for first, last in places(con, share.source, of_each)]


def places(con: duckdb.DuckDBPyConnection, table: str, size: int) -> list[tuple[int, int]]:
    """Return the first and the last places of pieces of a table of at most `size` rows."""
    # Rows of an open transaction have places far behind all others: the places are counted as they are.
    found = con.execute(f'SELECT DISTINCT rowid // {size} AS piece FROM "{table}" ORDER BY piece').fetchall()
    return [(piece * size, (piece + 1) * size - 1) for (piece,) in found]


def _wants(rule: CompiledRule, carried: frozenset[str]) -> Wants:
    """What a rule looks up for its answer and for its findings, beyond what its rows carry along."""
    wants: dict[str, set[str]] = {}
    for usage in (rule.verdict_usage, rule.finding_usage):
        for name, column in usage.gathered:
            shape = rule.scope.gathers[name]
            if shape.flat(column) not in carried:
                wants.setdefault(shape.table, set()).add(column)
        for _, path, column in usage.columns:
            if path:
                wants.setdefault(".".join(path), set()).add(column)
    return {name: frozenset(columns) for name, columns in wants.items()}


def _rows(plan: BasePlan, name: str, size: Callable[[str], int]) -> int:
    """How many rows are held for a look-up: those of the gather, or of the linked table as far as rows lead to it."""
    if name in plan.gathers:
        return size(name)
    scope = plan.rules[0].scope
    for step in name.split("."):
        scope = scope.link(step)
    return min(size(scope.table), size(plan.table))


def _bytes(said: str) -> int:
    """A number of bytes as DuckDB says it: `1.8 GiB`."""
    number, unit = said.split()
    powers = {"bytes": 0, "KiB": 1, "MiB": 2, "GiB": 3, "TiB": 4}
    return int(float(number) * 1024 ** powers[unit])


__all__ = ["LEAST", "pieces", "places", "room_of", "shares"]
