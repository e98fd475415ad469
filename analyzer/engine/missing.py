"""What kept rules from an answer: which table, column, cell or parameter was missing, in how many rows.

The rows that a rule could not judge are looked at once. What each of them lacks becomes one number, a bit for each
thing that may be missing, and rows with the same number are counted together: a filter for each rule and each thing
takes several times as long.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from analyzer.engine.bench import Bench
from analyzer.engine.compile import CompiledRule
from analyzer.engine.connect import insert_rows
from analyzer.engine.plan import BasePlan
from analyzer.model import Verdict

_BITS = 60
"""Things that one number holds; a rule with more has several numbers."""


def say_what_was_missing(
    bench: Bench, plan: BasePlan, verdicts: str, counts: Mapping[str, Mapping[Verdict, int]]
) -> None:
    """Fill `not_assessable` for the rules with undecided rows."""
    lacking = [rule for rule in plan.rules if counts[rule.name][Verdict.NOT_ASSESSABLE]]
    places: list[tuple[str, str, int]] = []
    for rule, numbers in zip(lacking, _missing(bench, plan, verdicts, lacking), strict=True):
        totals: dict[str, int] = {}
        for lack, rows in zip(rule.missing, numbers, strict=True):
            if rows:
                totals[lack.label] = max(totals.get(lack.label, 0), rows)
        # Nothing is missing, yet the values do not decide: a day outside the calendar, say.
        totals = totals or {"value": counts[rule.name][Verdict.NOT_ASSESSABLE]}
        places += [(rule.rule.code, label, rows) for label, rows in totals.items()]
    insert_rows(bench.local, "not_assessable", places)


def _missing(bench: Bench, plan: BasePlan, verdicts: str, rules: Sequence[CompiledRule]) -> list[list[int]]:
    """Return for each rule the rows in which each of the things that it may lack is missing."""
    found = [[0] * len(rule.missing) for rule in rules]
    flags = {
        sql: f"f{number}" for number, sql in enumerate(dict.fromkeys(lack.sql for one in rules for lack in one.missing))
    }
    if not flags:
        return found
    masks = [
        (at, start, f'CASE WHEN "{rule.name}" = 4 THEN {_mask(rule, start, flags)} END')
        for at, rule in enumerate(rules)
        for start in range(0, len(rule.missing), _BITS)
    ]
    names = ", ".join(f'"{rule.name}"' for rule in rules)
    undecided = " OR ".join(f'"{rule.name}" = 4' for rule in rules)
    only = f'SELECT "row_id", {names} FROM "{verdicts}" WHERE {undecided}'
    row = plan.prepared_row([(rule, rule.verdict_usage) for rule in rules], only)
    looked_at = ", ".join(f'{sql} AS "{name}"' for sql, name in flags.items())
    numbers = ", ".join(f'{sql} AS "m{number}"' for number, (*_, sql) in enumerate(masks))
    bench.make("lacking", f"SELECT {numbers} FROM (SELECT {names}, {looked_at} FROM {row}) AS seen")
    counted = bench.masks("lacking", [f"m{number}" for number in range(len(masks))])
    for (at, start, _), by_mask in zip(masks, counted.values(), strict=True):
        for mask, rows in by_mask.items():
            for bit in range(_BITS):
                if mask >> bit & 1:
                    found[at][start + bit] += rows
    bench.drop("lacking")
    return found


def _mask(rule: CompiledRule, start: int, flags: Mapping[str, str]) -> str:
    some = rule.missing[start : start + _BITS]
    bits = (f'CASE WHEN "{flags[lack.sql]}" THEN {1 << bit} ELSE 0 END' for bit, lack in enumerate(some))
    return f"CAST({' + '.join(bits)} AS BIGINT)"
