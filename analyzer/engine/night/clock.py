"""What the passing of days does to a rule: the rows for which a condition on the day of the audit turned.

A rule is compiled for the day of the last night as well. Where the two differ, they differ inside comparisons
(`cd(d, as_of) > 30`); a row for which each of these comparisons says the same on both days has the same answer on
both. So the rows whose clock ran out are found by asking the comparisons, whatever the rule makes of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

import sqlglot
from sqlglot import exp

from analyzer.engine.compile import PARTS, ROW, CompiledRule, RuleCompiler
from analyzer.engine.language import parse
from analyzer.engine.names import Usage
from analyzer.engine.night.guards import where_they_differ
from analyzer.engine.plan import BasePlan
from analyzer.engine.terms import Terms
from analyzer.model.tables import UNKNOWN

Turn = tuple[str, str]
"""A comparison as it stands on the day of the audit and on the earlier day: SQL over the prepared row."""

_COMPARISONS = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.In, exp.Between, exp.Is)


@dataclass(frozen=True)
class Clock:
    """What another day does to a rule.

    `turns` are the comparisons that may answer otherwise; None when that cannot be said. `shows` is what findings show
    (a number of days, say) that may be another on the other day, as it stands on both.
    """

    turns: tuple[Turn, ...] | None
    shows: tuple[Turn, ...] = ()


def clock_of(plan: BasePlan, rule: CompiledRule, was: date) -> Clock:
    """Return what the days since `was` do to a rule that asks for the day of the audit."""
    earlier = RuleCompiler(replace(plan.setting, as_of=was), rule.rule, rule.scope.gathers).compile()
    now, then = _spelt_out(rule), _spelt_out(earlier)
    turns: dict[Turn, None] = {}
    decided = zip(map(now, _deciding(rule)), map(then, _deciding(earlier)), strict=True)
    if not all(_turned(one, other, turns) for one, other in decided):
        return Clock(None)
    in_view: dict[Turn, None] = {}
    shown = list(zip(map(now, _shown(rule)), map(then, _shown(earlier)), strict=True))
    if all(_turned(one, other, in_view) for one, other in shown):
        return Clock(tuple({**turns, **in_view}))
    return Clock(tuple(turns), tuple(dict.fromkeys(pair for pair in shown if pair[0] != pair[1])))


def _spelt_out(rule: CompiledRule) -> Callable[[str], str]:
    """Write the date that picks the values of the law where its name stands: the two days name it differently."""
    if rule.as_of is None:
        return str
    name, text = rule.as_of
    value = Terms(rule.scope.setting, rule.scope, (), None, Usage()).term(parse(text)).value
    return lambda sql: sql.replace(f'"{ROW}"."{name}"', f"({value})")


def asks_for(plan: BasePlan, rule: CompiledRule, day: str) -> bool:
    """Whether the compiled texts of a rule hold the day of the audit (or, by chance, another date that equals it)."""
    moment = plan.prepared_row([(rule, Usage())]) if rule.as_of is not None else ""
    return any(day in text for text in (*_deciding(rule), *_shown(rule), moment))


def _deciding(rule: CompiledRule) -> list[str]:
    return [*(getattr(rule, part) for part in PARTS), *(lack.sql for lack in rule.missing)]


def _shown(rule: CompiledRule) -> list[str]:
    facts = [fact.sql for fact in rule.facts]
    whose = [rule.subject, *rule.episode, rule.day, rule.agency, rule.station, rule.amount, rule.severity]
    return [*whose, *facts, *rule.parameters.values()]


def _turned(now: str, then: str, turns: dict[Turn, None]) -> bool:
    """Note the comparisons in which two texts of one expression differ; False when they differ anywhere else."""
    if now == then:
        return True
    return _differ(sqlglot.parse_one(now, read="duckdb"), sqlglot.parse_one(then, read="duckdb"), turns)


def _differ(now: exp.Expr, then: exp.Expr, turns: dict[Turn, None]) -> bool:
    """Note the innermost comparisons that hold all differences; False when there is one outside any comparison."""
    if now == then:
        return True
    if type(now) is not type(then):
        return False
    ours, theirs = list(now.iter_expressions()), list(then.iter_expressions())
    inner: dict[Turn, None] = {}
    if ours and len(ours) == len(theirs) and all(map(_differ, ours, theirs, [inner] * len(ours))):
        turns.update(inner)
        return True
    if isinstance(now, _COMPARISONS):
        turns[(now.sql(dialect="duckdb"), then.sql(dialect="duckdb"))] = None
        return True
    return False


def turned_rows(plan: BasePlan, rule: CompiledRule, turns: Iterable[Turn], among: str | None = None) -> str | None:
    """Return the query of the places `r` of base rows for which one of the comparisons, or values, turned.

    `among` is a query of the places `r` that are asked about; all rows without it. None when a comparison asks for what
    a gather brings: its rows are not looked up for this.
    """
    turns = list(turns)
    trees = [[sqlglot.parse_one(text, read="duckdb") for text in pair] for pair in turns]
    names = {node.name for pair in trees for tree in pair for node in tree.find_all(exp.Column)}
    every = Usage()
    every.add(rule.verdict_usage)
    every.add(rule.finding_usage)
    usage = Usage()
    for _, path, column in every.columns:
        masks = {"__".join((*path, name)) for name in (column, UNKNOWN)}
        if names & masks:
            names -= masks
            usage.columns[(ROW, path, column)] = None
            usage.links.update({(ROW, path[:length]): None for length in range(1, len(path) + 1)})
    if names - {UNKNOWN}:
        return None
    where = _turned_where(turns, [where_they_differ(now, then) for now, then in trees])
    only = f'SELECT r AS "row_id" FROM ({among})' if among is not None else None
    return f'SELECT "row_id" AS r FROM {plan.prepared_row([(rule, usage)], only)} WHERE {where}'


def _turned_where(turns: Sequence[Turn], guards: Sequence[exp.Expr | None]) -> str:
    """The condition that one of the turns answers otherwise, asked of rows only that can come by the day at all."""
    by_guard: dict[str, list[str]] = {}
    for (now, then), guard in zip(turns, guards, strict=True):
        way = guard.sql(dialect="duckdb") if guard is not None else "FALSE"
        by_guard.setdefault(way, []).append(f"({now}) IS DISTINCT FROM ({then})")
    # A condition that stands for all of them lets whole blocks be passed over.
    return " OR ".join(f"(({way}) AND ({' OR '.join(turned)}))" for way, turned in by_guard.items())


__all__ = ["Clock", "asks_for", "clock_of", "turned_rows"]
