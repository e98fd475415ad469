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
from analyzer.engine.night.asking import one_number, size_of
from analyzer.engine.night.kept import Kept
from analyzer.engine.night.parts import Parts, gathers_under
from analyzer.engine.night.ranges import of_values
from analyzer.engine.plan import BasePlan
from analyzer.engine.terms import Terms

_FEW_FLAGGED = 20_000
"""So many flagged rows are judged again rather than asked whether what they show of their units differs."""


@dataclass
class Units:
    """Makes the gathers behind methods over the whole warehouse and says what became different."""

    con: duckdb.DuckDBPyConnection
    kept: Kept
    home: str
    parts: Parts | None = None
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
        self.make(plan, rule, shape)
        deciding, shown = self._used(rule, name)
        touched = []
        if change := self._difference(shape, deciding):
            touched.append(self._rows_of(plan, rule, name, change))
        if shown and self.kept.has(self.kept.flagged(rule.name)):
            if size_of(self.con, self.kept.flagged(rule.name)) <= _FEW_FLAGGED:
                touched.append(self.flagged(plan, rule))
            elif change := self._difference(shape, shown):
                touched.append(self._rows_of(plan, rule, name, change, only_flagged=True))
        self.keep(rule, name)
        return touched

    def keep(self, rule: CompiledRule, name: str) -> None:
        """Keep what a gather says now."""
        shape = rule.scope.gathers[name]
        columns = ", ".join(f'"{column}"' for column in self._kept_columns(rule, name))
        self.kept.make(self.kept.units(shape.table), f'SELECT {columns} FROM "{shape.table}"')

    def make(self, plan: BasePlan, rule: CompiledRule, shape: GatherShape) -> None:
        """Make a gather and what it is built on, each once; what is kept of its result is brought up to date first."""
        if shape.table in self.made:
            return
        gathering = plan.gathers[shape.table][1]
        is_done = self.parts is not None and shape.table in self.parts.done
        under = [] if is_done else gathers_under(plan, gathering)
        for one, _ in under:
            self.make(plan, rule, one)
        if shape.gather.parts is not None and not is_done:
            self._renew(plan, rule, shape, under)
        self._from_kept(plan, shape, gathering)
        self.made.add(shape.table)

    def make_all(self, plan: BasePlan, made: Sequence[tuple[GatherShape, Gathering]]) -> None:
        """Make gathers, each after what it is built on, and keep what is brought up to date another night."""
        for shape, gathering in made:
            if shape.gather.parts is not None:
                self._keep_parts(plan, shape, gathering)
            self._from_kept(plan, shape, gathering)

    def _renew(
        self, plan: BasePlan, rule: CompiledRule, shape: GatherShape, under: Sequence[tuple[GatherShape, Gathering]]
    ) -> None:
        """Bring the kept result of a gather up to date from the groups that are touched, or gather it anew."""
        gathering = plan.gathers[shape.table][1]
        is_same = all(self._is_as_before(one.table) for one, _ in under)
        sources = self.sources(plan, shape, below=False)
        if not (is_same and self.parts and self.parts.renew_apart(rule, shape, gathering, sources)):
            self._keep_parts(plan, shape, gathering)

    def _keep_parts(self, plan: BasePlan, shape: GatherShape, gathering: Gathering) -> None:
        self.kept.make(self.kept.parts(shape.table), gathering.sql)
        if shape.gather.parts is not None and shape.gather.parts.apart:
            for one, _ in gathers_under(plan, gathering):
                self.kept.make(self.kept.below(one.table), f'SELECT * FROM "{one.table}"')

    def _is_as_before(self, gather: str) -> bool:
        """Whether a gather that was made says what it said when a result was built on it."""
        below = self.kept.below(gather)
        if not self.kept.has(below):
            return False
        now, was = f'SELECT * FROM "{gather}"', f"SELECT * FROM {below}"
        return not one_number(
            self.con,
            f"SELECT count(*) FROM (({now} EXCEPT ALL {was}) UNION ALL ({was} EXCEPT ALL {now}))",
        )

    def _from_kept(self, plan: BasePlan, shape: GatherShape, gathering: Gathering) -> None:
        """Make a gather, from what is kept of it if it is one of `parts`."""
        if shape.gather.parts is not None:
            gathering = replace(gathering, sql=f"SELECT * FROM {self.kept.parts(shape.table)}")
        make_gather(self.con, plan.setting, shape, gathering)

    def sources(self, plan: BasePlan, shape: GatherShape, *, below: bool = True) -> set[str]:
        """Return every canonical table that a gather reads, through links and (with `below`) other gathers as well."""
        every = upstream(plan, shape) if below else [plan.gathers[shape.table]]
        found: set[str] = set()
        for _, gathering in every:
            found.update(gathering.sources)
            found.update(table for table in plan.setting.vocabulary.tables if f'"{table}"' in gathering.sql)
        return found

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
        place, now, was = _place(shape), f'"{shape.table}"', self.kept.units(shape.table)
        keys = ", ".join(f'a."{column}"' for column in place)
        same = " AND ".join(f'a."{one}" IS NOT DISTINCT FROM z."{one}"' for one in dict.fromkeys([*place, *columns]))
        parts = [
            f"SELECT {keys} FROM {one} AS a ANTI JOIN {other} AS z ON {same}" for one, other in ((now, was), (was, now))
        ]
        self.con.execute(f"CREATE OR REPLACE TEMP TABLE night_units AS {' UNION '.join(parts)}")
        return "night_units" if size_of(self.con, "night_units") else None

    def _rows_of(
        self, plan: BasePlan, rule: CompiledRule, name: str, change: str, *, only_flagged: bool = False
    ) -> str:
        """The base rows that a gather matches to one of some units; they are found now, the units are not kept."""
        shape = rule.scope.gathers[name]
        inner = Terms(plan.setting, replace(rule.scope, alias=INNER, flat=False), (), None, Usage())
        match = inner.gather_match(name)
        scope = Scope(plan.setting, plan.table, INNER)
        joins = " ".join(link_joins(scope, [path for _, path in inner.usage.links]))
        flagged = ""
        if only_flagged:
            key = plan.key.replace('"t".', f'"{INNER}".')
            flagged = f"SEMI JOIN {self.kept.flagged(rule.name)} AS flagged ON flagged.record_key = {key}"
        rows = f"night_of_units_{shape.table}_{'shown' if only_flagged else 'decided'}"
        self.con.execute(
            f'CREATE OR REPLACE TEMP TABLE "{rows}" AS SELECT DISTINCT "{INNER}".rowid AS r'
            f' FROM "{plan.table}" AS "{INNER}" {flagged} {joins}'
            f' JOIN {change} AS "{shape.table}" ON {match}'
        )
        return f'SELECT r FROM "{rows}"'

    def flagged(self, plan: BasePlan, rule: CompiledRule) -> str:
        """The query of the places `r` of the rows that a rule flags."""
        key, flagged = plan.key.replace('"t".', '"b".'), self.kept.flagged(rule.name)
        inside = of_values(self.con, flagged, {"record_key": key})
        return (
            f'SELECT "b".rowid AS r FROM {self.home}."{plan.table}" AS "b"'
            f" SEMI JOIN {flagged} AS f ON f.record_key = {key} WHERE {inside}"
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
