"""Which rows each rule must judge tonight: those that changes reach, those that the clock can move, or all of them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import duckdb

from analyzer.engine.night.asking import size_of
from analyzer.engine.night.clock import asks_for, clock_of, turned_rows
from analyzer.engine.night.groups import Asked, BaseNight, Reach
from analyzer.engine.night.kept import Kept
from analyzer.engine.night.making import sql_day
from analyzer.engine.night.moved import Moved
from analyzer.engine.night.reached import Reached
from analyzer.engine.night.report import Why
from analyzer.engine.night.units import Units, upstream
from analyzer.engine.plan import BasePlan
from analyzer.engine.setting import Setting


@dataclass
class Decider:
    """Fills in, for each rule, which rows are reached or why it judges all of them."""

    con: duckdb.DuckDBPyConnection
    setting: Setting
    kept: Kept
    home: str
    moved: Moved
    units: Units
    shared_up_to: int

    def decide(self, base: BaseNight, reached: Reached) -> None:
        """Decide for every rule of a base table and form its groups."""
        table = base.plan.table
        own = self._own(table)
        base.gone = self._gone(base.plan)
        for asked in base.asked:
            if asked.why is None:
                self._changes(base, asked, reached)
            if asked.why is None:
                self._clock(base.plan, asked)
            if asked.why is None:
                self._methods(base.plan, asked)
        base.form_groups(self.con, own, self.shared_up_to)

    # Changes

    def _own(self, table: str) -> Reach | None:
        """The rows of the base table that changed themselves."""
        if not self.moved.masks.get(table):
            return None
        return self._reach(f"night_own_{table}", f'SELECT _at AS r FROM "night_now_{table}" WHERE _moved <> 0')

    def _gone(self, plan: BasePlan) -> str | None:
        """The keys of rows that are no more."""
        table = plan.table
        if not self.moved.masks.get(table):
            return None
        keys = " AND ".join(f'n."{key}" = "t"."{key}"' for key in self.setting.vocabulary[table].key)
        name = f"night_gone_{table}"
        self.con.execute(
            f'CREATE OR REPLACE TEMP TABLE "{name}" AS SELECT {plan.key} AS record_key FROM "night_old_{table}" AS "t"'
            f' ANTI JOIN "night_now_{table}" AS n ON {keys}'
        )
        return name if size_of(self.con, f'"{name}"') else None

    def _changes(self, base: BaseNight, asked: Asked, reached: Reached) -> None:
        for table, columns in asked.ties.whole.items():
            if self.moved.matched(table, self.moved.bits(table, columns)):
                asked.why = Why.REACH
                return
        for tie, columns in asked.ties.ties.items():
            rows = reached.along(base.plan.table, tie, columns)
            if rows is not None and rows not in asked.reached:
                asked.reached.append(rows)

    # The clock

    def _clock(self, plan: BasePlan, asked: Asked) -> None:
        """Reach the rows whose clock ran out since the last night, and those whose findings show the day."""
        was, rule, day = self.kept.as_of, asked.rule, sql_day(self.setting.as_of)
        if was is None or was == self.setting.as_of:
            return
        # What the day does to a gather behind a method shows in what the method says of its units.
        methods = {one.table for name in asked.ties.methods for one, _ in upstream(plan, rule.scope.gathers[name])}
        needed = plan.needed_gathers([rule])
        undated = replace(rule, as_of=None)
        row = plan.prepared_row([(undated, rule.verdict_usage), (undated, rule.finding_usage)])
        if day in row or any(day in gathering.sql for shape, gathering in needed if shape.table not in methods):
            asked.why = Why.CLOCK
            return
        if not asks_for(plan, rule, day):
            return
        clock = clock_of(plan, rule, was)
        turned = turned_rows(plan, rule, clock.turns) if clock.turns is not None else None
        if turned is None:
            asked.why = Why.CLOCK
            return
        queries = [turned] if clock.turns else []
        if clock.shows and self.kept.has(self.kept.flagged(rule.name)):
            flagged = self.units.flagged(plan, rule)
            queries.append(turned_rows(plan, rule, clock.shows, flagged) or flagged)
        for number, query in enumerate(queries):
            rows = self._reach(f"night_clock_{rule.name}_{number}", query)
            asked.apart += [rows] if rows[1] else []

    # Methods

    def _methods(self, plan: BasePlan, asked: Asked) -> None:
        rule = asked.rule
        for number, name in enumerate(asked.ties.methods):
            sources = self.units.sources(plan, rule.scope.gathers[name])
            texts = "\n".join(gathering.sql for _, gathering in upstream(plan, rule.scope.gathers[name]))
            by_day = self.kept.as_of != self.setting.as_of and sql_day(self.setting.as_of) in texts
            moved = by_day or bool(sources & set(self.moved.tables))
            for place, query in enumerate(self.units.renew(plan, rule, name, moved)):
                rows = self._reach(f"night_units_{rule.name}_{number}_{place}", query)
                asked.apart += [rows] if rows[1] else []

    def _reach(self, name: str, query: str) -> Reach:
        self.con.execute(f'CREATE OR REPLACE TEMP TABLE "{name}" AS {query}')
        return name, size_of(self.con, f'"{name}"')
