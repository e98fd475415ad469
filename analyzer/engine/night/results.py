"""The counts of a night: verdict_counts and not_assessable from the kept tally, as `judge` writes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb

from analyzer.engine.compile import CompiledRule
from analyzer.engine.connect import insert_rows
from analyzer.engine.judge import RuleCounts
from analyzer.engine.night.evaluate import UNDECIDED
from analyzer.engine.night.kept import Kept
from analyzer.engine.plan import VERDICTS, BasePlan
from analyzer.model import Verdict


def write_counts(
    con: duckdb.DuckDBPyConnection, home: str, kept: Kept, plans: Sequence[BasePlan], found: Mapping[str, int]
) -> list[RuleCounts]:
    """Fill both tables; `found` is the number of findings by code. Returns the counts in the order of the codes."""
    counts: list[RuleCounts] = []
    missing: list[tuple[object, ...]] = []
    for plan in plans:
        for rule in plan.rules:
            code, tally = rule.rule.code, kept.tally.get(rule.name, {})
            by_verdict = dict.fromkeys(VERDICTS.values(), 0)
            for answer, rows in tally.items():
                by_verdict[VERDICTS.get(answer, Verdict.NOT_ASSESSABLE)] += rows
            counts.append(RuleCounts(code, plan.table, by_verdict, found.get(code, 0)))
            if not plan.setting.supply.has(plan.table):
                missing.append((code, f"table:{plan.table}", 0))
            else:
                missing += [(code, label, rows) for label, rows in _missing(kept, rule, tally).items()]
    counts.sort(key=lambda one: one.code)
    lines: list[tuple[object, ...]] = [
        (one.code, one.table, *(one.counts[verdict] for verdict in VERDICTS.values()), one.total, one.findings)
        for one in counts
    ]
    for table, some in (("verdict_counts", lines), ("not_assessable", missing)):
        con.execute(f"DELETE FROM {home}.{table}")
        insert_rows(con, f"{home}.{table}", some)
    return counts


def _missing(kept: Kept, rule: CompiledRule, tally: Mapping[int, int]) -> dict[str, int]:
    """Return in how many undecided rows of a rule each thing was missing; `value` where nothing can be named."""
    undecided = {answer: rows for answer, rows in tally.items() if answer not in VERDICTS or answer == UNDECIDED}
    if not undecided:
        return {}
    totals: dict[str, int] = {}
    sets = {answer: kept.patterns.names(rule.name, answer) for answer in undecided}
    for lack in rule.missing:
        rows = sum(rows for answer, rows in undecided.items() if lack.name in sets[answer])
        if rows:
            totals[lack.label] = max(totals.get(lack.label, 0), rows)
    return totals or {"value": sum(undecided.values())}
