"""One night from what changed to results that equal a full run."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace

import duckdb

from analyzer.engine.compile import CompiledRule
from analyzer.engine.connect import create_missing_tables
from analyzer.engine.judge import Progress, make_gather, plan_rules
from analyzer.engine.night.answers import Judged, columns_beside, drop_columns, merge, replace_columns
from analyzer.engine.night.asking import first_row, size_of
from analyzer.engine.night.deciding import Decider
from analyzer.engine.night.evaluate import Tell, cut, evaluate
from analyzer.engine.night.findings import Findings
from analyzer.engine.night.groups import Asked, BaseNight, Group
from analyzer.engine.night.kept import Kept
from analyzer.engine.night.making import Making, Makings
from analyzer.engine.night.moved import Moved
from analyzer.engine.night.parts import Parts
from analyzer.engine.night.ranges import drop_values
from analyzer.engine.night.reached import Reached
from analyzer.engine.night.report import Change, NightReport, RuleReport, Why
from analyzer.engine.night.results import write_counts
from analyzer.engine.night.slices import Slices
from analyzer.engine.night.ties import Tie, ties_of
from analyzer.engine.night.units import Units
from analyzer.engine.plan import BasePlan
from analyzer.engine.rollup import create_result_tables
from analyzer.engine.setting import Setting, Supply
from analyzer.rulebook.library import Library, RuleFile

SMALL_TABLE = 50_000
"""Tables of up to so many rows are seen whole: to pick rows out of them costs more than it saves."""

MANY_ROWS, _MANY_OF = 500_000, 4
"""When so many rows of a table changed, and so large a part of it (one in), everything is judged: to follow them costs more,
and more memory, than to read the table once."""


def bring_up_to_date(
    con: duckdb.DuckDBPyConnection,
    setting: Setting,
    library: Library,
    rules: Sequence[RuleFile],
    changes: Mapping[str, Change],
    *,
    full: bool = False,
    progress: Progress | None = None,
    small_table: int = SMALL_TABLE,
    many_rows: int = MANY_ROWS,
) -> NightReport:
    """Bring the kept answers and the four result tables up to date with the canonical tables as they stand.

    `changes` names what happened to each canonical table since the last call; on the first call, or with `full`,
    everything is judged whatever it says. `setting` is that of a full run over the same tables (supply included).
    Raises `AnalyzerError` when a rule cannot be compiled, before anything is changed.
    """
    night = _Night(con, setting, library, rules, progress)
    try:
        with night.timed("plan"):
            night.plan(full)
            night.give_up_following(changes, many_rows)
        with night.timed("reach"):
            night.reach(changes, small_table, many_rows)
        with night.timed("judge"):
            night.judge_some(small_table)
            night.units.drop()
            night.judge_all()
        with night.timed("roll up"):
            return night.finish()
    finally:
        # When a statement failed, the caller's transaction takes everything back, and nothing more can be run in it.
        with suppress(duckdb.Error):
            _drop_temporary(con)


def forget(con: duckdb.DuckDBPyConnection) -> None:
    """Forget everything that is kept: the next night judges everything."""
    con.execute("DROP SCHEMA IF EXISTS kept CASCADE")


@dataclass
class _Night:
    con: duckdb.DuckDBPyConnection
    setting: Setting
    library: Library
    files: Sequence[RuleFile]
    progress: Progress | None
    seconds: dict[str, float] = field(default_factory=dict)
    bases: list[BaseNight] = field(default_factory=list)
    evaluated: dict[str, int] = field(default_factory=dict)

    @contextmanager
    def timed(self, part: str) -> Iterator[None]:
        """Note how long a part takes."""
        start = time.perf_counter()
        yield
        self.seconds[part] = self.seconds.get(part, 0.0) + time.perf_counter() - start

    # What is to be judged

    def plan(self, full: bool) -> None:
        """Compile the rules and find those that must judge everything."""
        row = first_row(self.con, "SELECT current_database()")
        database = str(row[0]) if row else "memory"
        self.home = f'"{database}".main'
        plans = plan_rules(self.setting, self.library, self.files)
        create_missing_tables(self.con, self.setting.vocabulary)
        self.kept = Kept.open(self.con, database)
        if self.kept.as_of is None:
            create_result_tables(self.con)
        self.findings = Findings(self.con, self.kept, self.home)
        self.findings.begin()
        self.units = Units(self.con, self.kept, self.home)
        makings = Makings(self.library)
        self.makings = {one.rule.code: makings.of(plan, one) for plan in plans for one in plan.rules}
        earlier = self._as_compiled_before(makings)
        self._retire(plans)
        for plan in plans:
            asked = [Asked(rule, ties_of(plan, rule)) for rule in plan.rules]
            for one in asked:
                code = one.rule.rule.code
                making = earlier.get(code, self.makings[code])
                one.why = Why.ASKED if full else making.why_not(self.kept.makings.get(code))
            self.bases.append(BaseNight(plan, asked))

    def _as_compiled_before(self, makings: Makings) -> dict[str, Making]:
        """What the rules are made of when the columns with unknown cells are taken to be those of the last night.

        A first unknown cell changes the SQL of every rule that asks for its column, and no answer on other rows.
        """
        unknown = self.setting.supply.unknown or {}
        if self.kept.as_of is None or dict(unknown) == dict(self.kept.unknown):
            return {}
        supply = Supply(self.setting.supply.columns, self.kept.unknown)
        plans = plan_rules(replace(self.setting, supply=supply), self.library, self.files)
        return {one.rule.code: makings.of(plan, one) for plan in plans for one in plan.rules}

    def _retire(self, plans: Sequence[BasePlan]) -> None:
        """Forget the rules that are no more."""
        there = {rule.rule.code for plan in plans for rule in plan.rules}
        for code in [code for code in self.kept.makings if code not in there]:
            name = code.lower().replace("-", "_")
            self.findings.forget(code, name)
            self.kept.forget(name, code)

    def give_up_following(self, changes: Mapping[str, Change], many_rows: int) -> None:
        """Judge everything when a good part of a table changed: a year that is handed in late, another system's export."""
        if all(asked.why is not None for base in self.bases for asked in base.asked):
            return
        for table, change in changes.items():
            changed = size_of(self.con, f'"{change.keys}"')
            if changed >= many_rows and changed * _MANY_OF >= size_of(self.con, f'{self.home}."{table}"'):
                for asked in (one for base in self.bases for one in base.asked):
                    asked.why = asked.why or Why.MANY

    def reach(self, changes: Mapping[str, Change], small_table: int, many_rows: int) -> None:
        """Find the rows that every rule has to judge; nothing is looked for where every rule judges all of them."""
        if all(asked.why is not None for base in self.bases for asked in base.asked):
            return
        moved = Moved(self.con, self.home, self.setting.vocabulary, changes)
        decider = Decider(self.con, self.setting, self.kept, self.home, moved, self.units, small_table // 50)
        reached = Reached(self.con, self.home, moved)
        self.units.parts = Parts(self.con, self.setting, self.kept, self.home, moved, small_table, many_rows)
        asked = [(base.plan, one) for base in self.bases for one in base.asked if one.why is None and one.ties.methods]
        self.units.parts.add_up([(plan, one.rule) for plan, one in asked], reached)
        for base in self.bases:
            if self.setting.supply.has(base.plan.table):
                decider.decide(base, reached)

    # Judging

    def judge_some(self, small_table: int) -> None:
        """Judge the rows that were reached, over slices of what their answers rest on."""
        busy = [base for base in self.bases if base.groups]
        read = frozenset(name for base in busy for name in base.names())
        slices = Slices(self.con, self.home, self._large(small_table), read)
        with self.timed("slices"):
            slices.add_context([self._need(slices, base, group) for base in busy for group in base.groups])
            slices.lay()
        try:
            for number, base in enumerate(busy):
                self._say(base, number, len(busy))
                self._judge_groups(base, slices)
        finally:
            with suppress(duckdb.Error):
                slices.lift()

    def _large(self, small_table: int) -> frozenset[str]:
        """The tables of which a part is cut out: large ones that no rule of a group reads whole."""
        sizes = {table: size_of(self.con, f'{self.home}."{table}"') for table in self.setting.vocabulary.tables}
        asked = [one for base in self.bases for group in base.groups for one in group.asked]
        whole = {table for one in asked for table in one.ties.whole}
        return frozenset(table for table, size in sizes.items() if size > small_table and table not in whole)

    def _need(self, slices: Slices, base: BaseNight, group: Group) -> tuple[str, str, list[Tie]]:
        """Ask for the rows of a group; return table and places with the ties to all that their answers rest on."""
        table = base.plan.table
        slices.add(table, f'SELECT r FROM "{group.rows}"')
        ties: dict[Tie, None] = {tie: None for one in group.asked for tie in one.ties.ties}
        return table, f'"{group.rows}"', list(ties)

    def _judge_groups(self, base: BaseNight, slices: Slices) -> None:
        plan = base.plan
        needed = plan.needed_gathers([rule for group in base.groups for rule in group.rules])
        made = [one for one in needed if one[0].table not in self.units.made]
        for shape, gathering in made:
            make_gather(self.con, plan.setting, shape, gathering)
        judged = [self._judge_group(base, group, slices, number) for number, group in enumerate(base.groups)]
        before = merge(self.con, self.kept, plan, [one for one, _ in judged], base.gone)
        for (group, told), counted in zip(judged, before, strict=True):
            for rule in group.rules:
                if rule.name in counted.had and rule.name not in told:
                    self.findings.replace_some(rule, plan.table, None, self._keys(group.table, base.gone))
            self.con.execute(f'DROP TABLE "{group.table}"')
        for shape, _ in made:
            self.con.execute(f'DROP TABLE "{shape.table}"')

    def _judge_group(self, base: BaseNight, group: Group, slices: Slices, number: int) -> tuple[Judged, set[str]]:
        plan, name = cut(base.plan, group.rules), f"night_judged_{number}"
        place = slices.place(plan.table)
        only = f'SELECT x.rowid AS "row_id" FROM "{plan.table}" AS x SEMI JOIN "{group.rows}" AS e ON x.{place} = e.r'
        keys = self._keys(name, base.gone)

        def tell(rule: CompiledRule, story: str) -> None:
            self.findings.replace_some(rule, plan.table, story, keys)

        told = evaluate(self.con, plan, name, self.kept.patterns, tell, only)
        self.evaluated.update((rule.rule.code, group.size) for rule in group.rules)
        return Judged(group.rules, name), told

    def _keys(self, judged: str, gone: str | None) -> str:
        """The keys of the rows whose old stories are void."""
        keys = f'SELECT record_key FROM "{judged}"'
        return keys if gone is None else f'{keys} UNION ALL SELECT record_key FROM "{gone}"'

    def judge_all(self) -> None:
        """Judge every row under the rules for which nothing narrower could be said."""
        busy = [base for base in self.bases if base.in_full]
        for number, base in enumerate(busy):
            self._say(base, number, len(busy))
            self._judge_in_full(base)
        for base in self.bases:
            if self.setting.supply.has(base.plan.table):
                drop_columns(self.kept, base.plan)

    def _judge_in_full(self, base: BaseNight) -> None:
        rules, plan = base.in_full, cut(base.plan, base.in_full)
        for rule in rules:
            self.kept.tally.pop(rule.name, None)
            self.kept.patterns.forget(rule.name)
        told: set[str] = set()
        if self.setting.supply.has(plan.table):
            made = plan.needed_gathers(rules)
            self.units.make_all(plan, made)
            told = self._answer_in_full(base, plan)
            for asked in base.asked:
                for gather in asked.ties.methods if asked.why is not None else ():
                    self.units.keep(asked.rule, gather)
            for shape, _ in made:
                self.con.execute(f'DROP TABLE "{shape.table}"')
        for rule in rules:
            if rule.name not in told:
                self.findings.replace_all(rule, plan.table, None)

    def _answer_in_full(self, base: BaseNight, plan: BasePlan) -> set[str]:
        """Answer, keep, tell and count; return the names of the rules that flag a row."""
        name, answers, tell = "night_judged_all", self.kept.answers(plan.table), self._tell_all(plan)
        if columns_beside(self.kept, base.plan, plan.rules):
            told = evaluate(self.con, plan, name, self.kept.patterns, tell)
            replace_columns(self.kept, base.plan, Judged(plan.rules, name))
            self.con.execute(f'DROP TABLE "{name}"')
        else:  # all that is kept is new: it goes straight to its place, which for a history saves a copy of it
            told = evaluate(
                self.con, plan, name, self.kept.patterns, tell, keep=lambda queries: self.kept.make(answers, *queries)
            )
        for rule in plan.rules:
            counted = self.con.execute(f'SELECT "{rule.name}", count(*) FROM {answers} GROUP BY 1').fetchall()
            for answer, rows in counted:
                self.kept.move(rule.name, None, answer, rows)
            self.evaluated[rule.rule.code] = sum(self.kept.tally.get(rule.name, {}).values())
        return told

    def _tell_all(self, plan: BasePlan) -> Tell:
        return lambda rule, story: self.findings.replace_all(rule, plan.table, story)

    def _say(self, base: BaseNight, number: int, of: int) -> None:
        if self.progress:
            self.progress(base.plan.table, number, of)

    # What is left behind

    def finish(self) -> NightReport:
        """Write the results and the kept state; return the report."""
        found = self.findings.finish()
        plans = [base.plan for base in self.bases]
        counts = write_counts(self.con, self.home, self.kept, plans, found)
        for base in self.bases:
            for asked in base.asked:
                code = asked.rule.rule.code
                self.kept.makings[code], self.kept.bases[code] = self.makings[code], base.plan.table
        self.kept.as_of = self.setting.as_of
        self.kept.unknown = self.setting.supply.unknown or {}
        self.kept.write()
        totals = {one.code: one.total for one in counts}
        rules = tuple(
            RuleReport(
                asked.rule.rule.code,
                base.plan.table,
                self.evaluated.get(asked.rule.rule.code, 0),
                totals[asked.rule.rule.code],
                asked.why,
            )
            for base in self.bases
            for asked in base.asked
        )
        return NightReport(tuple(sorted(rules, key=lambda one: one.code)), tuple(counts), self.seconds, tuple(plans))


def _drop_temporary(con: duckdb.DuckDBPyConnection) -> None:
    """Take away what a night leaves in the connection, whatever became of it; `changed_findings` stays."""
    drop_values(con)
    rows = con.execute("SELECT table_name FROM duckdb_tables() WHERE temporary AND starts_with(table_name, 'night_')")
    for (table,) in rows.fetchall():
        con.execute(f'DROP TABLE IF EXISTS temp."{table}"')
