"""Gathers behind a statistical method: the method looks at all units, and only units that it judges otherwise count.

What the gather said of each unit is kept. When its sources moved it is made anew; a unit whose deciding columns
differ touches its rows, one of which only the figures differ touches those of its rows that are flagged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import duckdb

from analyzer.engine.compile import CompiledRule
from analyzer.engine.gathering import Gathering
from analyzer.engine.joins import INNER, link_joins
from analyzer.engine.judge import make_gather
from analyzer.engine.names import GatherShape, Scope, Usage
from analyzer.engine.night.asking import size_of
from analyzer.engine.night.kept import Kept
from analyzer.engine.plan import BasePlan
from analyzer.engine.terms import Terms


@dataclass
class Units:
    """Makes the gathers behind methods over the whole warehouse and says what became different."""

    con: duckdb.DuckDBPyConnection
    kept: Kept
    home: str
    made: set[str] = field(default_factory=set)

    def renew(self, plan: BasePlan, rule: CompiledRule, name: str, moved: bool) -> list[str]:
        """Bring what a gather says up to date; return queries of the places `r` of base rows that it touches.

        With `moved` false nothing that it reads has changed, and what is kept is still right.
        """
        shape = rule.scope.gathers[name]
        kept = self.kept.units(shape.table)
        if not moved:
            if shape.table not in self.made:
                self.con.execute(
                    f'CREATE OR REPLACE TEMP TABLE "{shape.table}" AS SELECT *, TRUE AS "matched" FROM {kept}'
                )
                self.made.add(shape.table)
            return []
        self.make(plan, shape)
        deciding, shown = self._used(rule, name)
        touched = []
        if change := self._difference(shape, deciding):
            touched.append(self._rows_of(plan, rule, name, change))
        if self._difference(shape, shown) and self.kept.has(self.kept.flagged(rule.name)):
            touched.append(self.flagged(plan, rule))
        self.keep(rule, name)
        return touched

    def keep(self, rule: CompiledRule, name: str) -> None:
        """Keep what a gather says now."""
        shape = rule.scope.gathers[name]
        columns = ", ".join(f'"{column}"' for column in self._kept_columns(rule, name))
        self.kept.make(self.kept.units(shape.table), f'SELECT {columns} FROM "{shape.table}"')

    def make(self, plan: BasePlan, shape: GatherShape) -> None:
        """Make a gather and those that it is built on, each once."""
        for one, gathering in upstream(plan, shape):
            if one.table not in self.made:
                make_gather(self.con, plan.setting, one, gathering)
                self.made.add(one.table)

    def drop(self) -> None:
        """Take the gathers away."""
        for table in self.made:
            self.con.execute(f'DROP TABLE IF EXISTS "{table}"')
        self.made.clear()

    def _used(self, rule: CompiledRule, name: str) -> tuple[list[str], list[str]]:
        """The columns of a gather that decide, and those that findings show."""
        deciding = [column for one, column in rule.verdict_usage.gathered if one == name]
        shown = [column for one, column in rule.finding_usage.gathered if one == name]
        return deciding, [column for column in shown if column not in deciding]

    def _kept_columns(self, rule: CompiledRule, name: str) -> list[str]:
        deciding, shown = self._used(rule, name)
        return list(dict.fromkeys([*_place(rule.scope.gathers[name]), *deciding, *shown]))

    def _difference(self, shape: GatherShape, columns: Sequence[str]) -> str | None:
        """The temporary table of the units in which one of the columns differs; None when there is none."""
        if not columns:
            return None
        place = _place(shape)
        wanted = ", ".join(f'"{column}"' for column in dict.fromkeys([*place, *columns]))
        now, was = f'SELECT {wanted} FROM "{shape.table}"', f"SELECT {wanted} FROM {self.kept.units(shape.table)}"
        keys = ", ".join(f'"{column}"' for column in place)
        self.con.execute(
            f"CREATE OR REPLACE TEMP TABLE night_units AS SELECT DISTINCT {keys} FROM"
            f" (({now} EXCEPT {was}) UNION ALL ({was} EXCEPT {now}))"
        )
        return "night_units" if size_of(self.con, "night_units") else None

    def _rows_of(self, plan: BasePlan, rule: CompiledRule, name: str, change: str) -> str:
        """The base rows that a gather matches to one of some units; they are found now, the units are not kept."""
        shape = rule.scope.gathers[name]
        inner = Terms(plan.setting, replace(rule.scope, alias=INNER, flat=False), (), None, Usage())
        match = inner.gather_match(name)
        scope = Scope(plan.setting, plan.table, INNER)
        joins = " ".join(link_joins(scope, [path for _, path in inner.usage.links]))
        rows = f"night_of_units_{shape.table}"
        self.con.execute(
            f'CREATE OR REPLACE TEMP TABLE "{rows}" AS SELECT DISTINCT "{INNER}".rowid AS r'
            f' FROM "{plan.table}" AS "{INNER}" {joins} JOIN {change} AS "{shape.table}" ON {match}'
        )
        return f'SELECT r FROM "{rows}"'

    def flagged(self, plan: BasePlan, rule: CompiledRule) -> str:
        """The query of the places `r` of the rows that a rule flags."""
        key = plan.key.replace('"t".', '"b".')
        return (
            f'SELECT "b".rowid AS r FROM {self.home}."{plan.table}" AS "b"'
            f" SEMI JOIN {self.kept.flagged(rule.name)} AS f ON f.record_key = {key}"
        )


def upstream(plan: BasePlan, shape: GatherShape) -> list[tuple[GatherShape, Gathering]]:
    """Return a gather and those that it is built on, in the order of making."""
    wanted = {shape.table}
    for one, gathering in reversed(plan.gathers.values()):
        if one.table in wanted:
            wanted.update(other.table for other, _ in plan.gathers.values() if f'"{other.table}"' in gathering.sql)
    return [(one, gathering) for one, gathering in plan.gathers.values() if one.table in wanted]


def _place(shape: GatherShape) -> list[str]:
    """The columns by which a row finds its unit."""
    during = shape.gather.during
    return [*shape.gather.keys, *([during.from_, during.until] if during else [])]
