"""Judging: each base table once, every rule at a time, five counts that add up to its rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb

from analyzer.engine.bench import Bench, DuckBench
from analyzer.engine.beside import judge_beside
from analyzer.engine.compile import ROW
from analyzer.engine.connect import create_missing_tables, insert_rows
from analyzer.engine.gathering import Gathering
from analyzer.engine.names import GatherShape
from analyzer.engine.plan import VERDICTS, BasePlan, Mistake, plan_base
from analyzer.engine.rollup import create_result_tables, roll_up
from analyzer.engine.setting import Setting
from analyzer.engine.statistics import apply_method, load_ahead, looked_at
from analyzer.model import AnalyzerError, Problem, Text, Verdict
from analyzer.model.law import Calendar
from analyzer.rulebook.library import Library, RuleFile

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class RuleCounts:
    """The five counts of one rule; they add up to `total`, the rows of its base table."""

    code: str
    table: str
    counts: Mapping[Verdict, int]
    findings: int

    @property
    def total(self) -> int:
        """All rows that the rule looked at."""
        return sum(self.counts.values())


def plan_rules(setting: Setting, library: Library, rules: Sequence[RuleFile]) -> list[BasePlan]:
    """Compile the rules by base table; raise one `AnalyzerError` with every mistake, before anything runs."""
    mistakes: list[Mistake] = []
    plans = []
    for table in dict.fromkeys(rule_file.rule.reads for rule_file in rules):
        of_table = [rule_file.rule for rule_file in rules if rule_file.rule.reads == table]
        plans.append(plan_base(setting, table, of_table, mistakes))
    if mistakes:
        raise AnalyzerError(dict.fromkeys(_problem(library, mistake) for mistake in mistakes))
    return plans


def judge(
    con: duckdb.DuckDBPyConnection,
    setting: Setting,
    plans: Sequence[BasePlan],
    progress: Progress | None = None,
    keep_answers: dict[str, str] | None = None,
    bench: Bench | None = None,
    beside: Calendar | None = None,
) -> list[RuleCounts]:
    """Judge every base table; fill `findings`, `finding_records`, `verdict_counts` and `not_assessable` in `con`.

    `keep_answers`, when given, receives the answer of every row by its key; it is meant for one rule at a time.
    `bench` is the engine that holds the records, when `con` does not. With `beside`, the calendar that `con` was
    taught, two base tables are judged at once: sooner done, with more memory.
    """
    create_missing_tables(con, setting.vocabulary)
    create_result_tables(con)
    if any(shape.gather.method for plan in plans for shape, _ in plan.gathers.values()):
        load_ahead()

    def say(table: str, number: int) -> None:
        if progress:
            progress(table, number, len(plans))

    def judge_one(on: Bench, plan: BasePlan) -> list[RuleCounts]:
        return _judge_base(on, setting, plan, keep_answers)

    if beside is not None:
        by_base = judge_beside(con, beside, plans, judge_one, say)
    else:
        by_base = []
        for number, plan in enumerate(plans):
            say(plan.table, number)
            by_base.append(judge_one(bench or DuckBench(con), plan))
    results = [counts for of_base in by_base for counts in of_base]
    results.sort(key=lambda one: one.code)
    rows = [
        (
            one.code,
            one.table,
            *(one.counts[verdict] for verdict in VERDICTS.values()),
            one.total,
            one.findings,
        )
        for one in results
    ]
    insert_rows(con, "verdict_counts", rows)
    return results


def answers_of(
    con: duckdb.DuckDBPyConnection, setting: Setting, plan: BasePlan, only: str | None = None
) -> list[tuple[object, list[Verdict]]]:
    """Return key and answers of the rows of a base table, one answer for each rule of the plan, in its order.

    `only` is a sub-query with the `row_id` of the rows that are asked about; all of them when it is not given.
    """
    if not setting.supply.has(plan.table):
        return []
    with gathers_made(con, setting, plan):
        return answer_rows(con, plan, f"({plan.verdicts_query(only)})")


def missing_of(con: duckdb.DuckDBPyConnection, plan: BasePlan, only: str) -> dict[tuple[str, str], list[str]]:
    """Return what was missing by rule code and key of the rows of `only`; the gathers must be there already."""
    found: dict[tuple[str, str], list[str]] = {}
    for rule in plan.rules:
        if not rule.missing:
            continue
        flags = ", ".join(f"({lack.sql})" for lack in rule.missing)
        row = plan.prepared_row([(rule, rule.verdict_usage)], only)
        for key, *lacking in con.execute(f"SELECT {plan.key}, {flags} FROM {row}").fetchall():
            labels = [lack.label for lack, is_missing in zip(rule.missing, lacking, strict=True) if is_missing]
            found[(rule.rule.code, str(key))] = list(dict.fromkeys(labels))
    return found


@contextmanager
def gathers_made(con: duckdb.DuckDBPyConnection, setting: Setting, plan: BasePlan) -> Iterator[None]:
    """Make every gather of a plan once, and take them away at the end."""
    made = plan.needed_gathers(plan.rules)
    for shape, gathering in made:
        make_gather(con, setting, shape, gathering)
    try:
        yield
    finally:
        for shape, _ in made:
            con.execute(f'DROP TABLE IF EXISTS "{shape.table}"')


def make_gather(con: duckdb.DuckDBPyConnection, setting: Setting, shape: GatherShape, gathering: Gathering) -> None:
    """Run a gather into its table; a statistical method, if it names one, looks at the rows on the way."""
    gather_on(DuckBench(con), setting, shape, gathering)


def gather_on(bench: Bench, setting: Setting, shape: GatherShape, gathering: Gathering) -> None:
    """Run a gather on a bench, as `make_gather` does in DuckDB."""
    if shape.gather.method is None:
        bench.make(shape.table, f'SELECT *, TRUE AS "matched" FROM ({gathering.sql})')
        return
    method = shape.gather.method
    bench.judge_units(
        shape.table,
        gathering.sql,
        lambda units: apply_method(setting, method, units).with_columns(matched=True),
        looked_at(setting, method) if setting.supply.are_many else None,
    )


def _judge_base(
    bench: Bench, setting: Setting, plan: BasePlan, keep_answers: dict[str, str] | None
) -> list[RuleCounts]:
    if not setting.supply.has(plan.table):
        insert_rows(bench.local, "not_assessable", [(rule.rule.code, f"table:{plan.table}", 0) for rule in plan.rules])
        none = dict.fromkeys(VERDICTS.values(), 0)
        return [RuleCounts(rule.rule.code, plan.table, none, 0) for rule in plan.rules]
    made = plan.needed_gathers(plan.rules)
    for shape, gathering in made:
        gather_on(bench, setting, shape, gathering)
    results = []
    for part in plan.parts():
        if part.only_few:
            bench.make(part.source, part.few_query())
        for share in bench.shares(part):
            results += _judge_share(bench, share, keep_answers)
        if part.only_few:
            bench.drop(part.source)
    for shape, _ in made:
        bench.drop(shape.table)
    return results


def _judge_share(bench: Bench, plan: BasePlan, keep_answers: dict[str, str] | None) -> list[RuleCounts]:
    verdicts = f"verdicts_{plan.table}"
    bench.judge_rows(verdicts, plan)
    counts = _count(bench, plan, verdicts)
    findings = roll_up(bench, plan, verdicts, counts)
    if keep_answers is not None:
        keep_answers.update(_answers(bench, plan, verdicts))
    bench.drop(verdicts)
    return [RuleCounts(rule.rule.code, plan.table, counts[rule.name], findings[rule.name]) for rule in plan.rules]


def _count(bench: Bench, plan: BasePlan, verdicts: str) -> dict[str, dict[Verdict, int]]:
    """Count the answers of each rule; where rows were left out, the rule does not apply to them."""
    counts = {rule.name: dict.fromkeys(VERDICTS.values(), 0) for rule in plan.rules}
    for name, found in bench.tally(verdicts, list(counts)).items():
        counts[name].update({VERDICTS[answer]: rows for answer, rows in found.items()})
    # Every row that was judged has one answer under each rule.
    left_out = bench.size(plan.table) - sum(counts[plan.rules[0].name].values())
    for of_rule in counts.values():
        of_rule[Verdict.NOT_APPLICABLE] += left_out
    return counts


def _answers(bench: Bench, plan: BasePlan, verdicts: str) -> dict[str, str]:
    names = ", ".join(f'v."{rule.name}"' for rule in plan.rules)
    rows = bench.rows(
        f'SELECT {plan.key}, {names} FROM "{plan.table}" AS "{ROW}"'
        f' LEFT JOIN "{verdicts}" AS v ON v."row_id" = "{ROW}".rowid'
    )
    return {str(key): str(VERDICTS[answer or 5]) for key, *answers in rows for answer in answers}


def answer_rows(con: duckdb.DuckDBPyConnection, plan: BasePlan, verdicts: str) -> list[tuple[object, list[Verdict]]]:
    """Return key and answers of the rows of a query or table of verdicts; the gathers must be there already."""
    names = ", ".join(f'v."{rule.name}"' for rule in plan.rules)
    rows = con.execute(
        f'SELECT {plan.key}, {names} FROM "{plan.table}" AS "{ROW}" JOIN {verdicts} AS v ON v."row_id" = "{ROW}".rowid'
    ).fetchall()
    return [(key, [VERDICTS[answer] for answer in answers]) for key, *answers in rows]


def _problem(library: Library, mistake: Mistake) -> Problem:
    document = library.base_files[mistake.owner] if mistake.is_base else library.rules[mistake.owner].document
    part = ".".join(str(step) for step in mistake.part)
    cause = Text(f"{part}：{mistake.error.cause.zh}", f"{part}: {mistake.error.cause.en}")
    return document.problem(cause, mistake.error.remedy, mistake.part)
