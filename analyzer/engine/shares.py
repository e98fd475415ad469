"""Which rules of a base table are judged in one pass: as many as what they look up leaves room for.

All that the rules of one pass look up (linked rows, gathered rows) is held in memory at once, and none of it can be
put aside while the others are in use. Where memory is short a pass asks fewer rules; the base table is read once more
for each pass, which costs far less.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import duckdb

from analyzer.engine.compile import CompiledRule
from analyzer.engine.plan import BasePlan

_PART = 4
"""What is looked up in one pass may take one part in so many of the memory."""

_ROW, _COLUMN = 24, 24
"""Bytes of a row that is looked up, and of each of its columns: texts are longer, numbers are shorter."""

_LIGHT = 64
"""What takes less than one part in so many of the room is not counted."""

Wants = Mapping[str, frozenset[str]]
"""The columns that a rule looks up, by table of a gather or by link."""


def room_of(con: duckdb.DuckDBPyConnection) -> int:
    """Return the bytes that may be looked up in one pass, from the memory that the connection may use."""
    row = con.execute("SELECT current_setting('memory_limit')").fetchone()
    return _bytes(str(row[0])) // _PART if row else 0


def shares(plan: BasePlan, size: Callable[[str], int], room: int) -> list[BasePlan]:
    """Return the plan in shares that fit into `room` bytes each; a single rule is a share however much it looks up.

    `size` says how many rows a table has. The rules of each share stand in the order of the plan.
    """
    carried = plan.carries()
    wants = {rule.name: _wants(rule, carried) for rule in plan.rules}
    rows = {name: _rows(plan, name, size) for one in wants.values() for name in one}
    heavy = {name for name, number in rows.items() if number * (_ROW + _COLUMN) * _LIGHT > room}
    bins: list[list[str]] = []

    def weight(names: Sequence[str]) -> int:
        columns: dict[str, set[str]] = {}
        for name in names:
            for table in heavy & wants[name].keys():
                columns.setdefault(table, set()).update(wants[name][table])
        return sum(rows[table] * (_ROW + _COLUMN * len(some)) for table, some in columns.items())

    for rule in sorted(plan.rules, key=lambda one: -weight([one.name])):
        fitting = [one for one in bins if weight([*one, rule.name]) <= room]
        if fitting:
            min(fitting, key=lambda one: weight([*one, rule.name]) - weight(one)).append(rule.name)
        else:
            bins.append([rule.name])
    return [replace(plan, rules=[rule for rule in plan.rules if rule.name in some]) for some in bins]


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


__all__ = ["room_of", "shares"]
