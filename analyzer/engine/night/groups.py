"""Which rows of a base table are judged tonight, and under which rules: a few groups, each over its own rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import duckdb

from analyzer.engine.compile import CompiledRule
from analyzer.engine.night.asking import size_of
from analyzer.engine.night.report import Why
from analyzer.engine.night.ties import RuleTies
from analyzer.engine.plan import BasePlan

Reach = tuple[str, int]
"""A temporary table of places `r` in a base table, and how many they are."""


@dataclass
class Asked:
    """One rule tonight: all of its rows for a reason, or those that were reached."""

    rule: CompiledRule
    ties: RuleTies
    why: Why | None = None
    reached: list[Reach] = field(default_factory=list)


@dataclass
class Group:
    """Rules that are judged over the rows `rows` (a temporary table of places `r`)."""

    asked: list[Asked]
    rows: str
    size: int

    @property
    def rules(self) -> list[CompiledRule]:
        """The rules of the group."""
        return [one.rule for one in self.asked]


@dataclass
class BaseNight:
    """One base table tonight. `gone` is the table of the keys of its rows that are no more."""

    plan: BasePlan
    asked: list[Asked]
    gone: str | None = None
    groups: list[Group] = field(default_factory=list)

    @property
    def in_full(self) -> list[CompiledRule]:
        """The rules that judge every row."""
        return [one.rule for one in self.asked if one.why is not None]

    def form_groups(self, con: duckdb.DuckDBPyConnection, own: Reach | None, shared_up_to: int) -> None:
        """Put the rules that do not judge every row into groups; none when nothing was reached.

        Rows that are reached for one rule are judged under all of them when they are no more than `shared_up_to`, or
        half the rows that changed: to ask more rules of a few rows costs less than to ask twice.
        """
        some = [one for one in self.asked if one.why is None]
        few = max(shared_up_to, own[1] // 2 if own else 0)
        shared = [own] if own else []
        shared += [reach for one in some for reach in one.reached if reach[1] <= few]
        by_large: dict[frozenset[Reach], list[Asked]] = {}
        for one in some:
            by_large.setdefault(frozenset(reach for reach in one.reached if reach[1] > few), []).append(one)
        for number, (large, asked) in enumerate(by_large.items()):
            tables = dict.fromkeys([*(name for name, _ in shared), *sorted(name for name, _ in large)])
            if tables:
                self.groups.append(_group(con, asked, f"night_rows_{self.plan.table}_{number}", list(tables)))


def _group(con: duckdb.DuckDBPyConnection, asked: list[Asked], name: str, tables: Sequence[str]) -> Group:
    places = " UNION ".join(f'SELECT r FROM "{table}"' for table in tables)
    con.execute(f'CREATE OR REPLACE TEMP TABLE "{name}" AS {places}')
    return Group(asked, name, size_of(con, f'"{name}"'))
