"""Judging what stands in the warehouse: as an audit would, so that summary and fingerprint are an audit's own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from analyzer.engine.audit import Audit, Order, look_at, prepare
from analyzer.engine.judge import RuleCounts, judge, plan_rules
from analyzer.engine.night import Change, bring_up_to_date
from analyzer.engine.setting import Setting, Supply
from analyzer.model import Problem
from analyzer.model.law import Rulings
from analyzer.model.mapping import FileMapping
from analyzer.records import Intake
from analyzer.rulebook.library import Library, RuleFile

Progress = Callable[[str, int, int], None]

FULL, TOUCHED = "full", "touched"
"""How a run was judged: every row, or the rows that the changes can reach."""


@dataclass(frozen=True)
class Law:
    """The law side of an order, read and checked before anything else is touched."""

    library: Library
    rulings: Rulings
    rules: tuple[RuleFile, ...]
    mappings: tuple[FileMapping, ...]

    @classmethod
    def of(cls, order: Order) -> Law:
        """Read it; raise one `AnalyzerError` with every mistake, those in a bureau's own rules included."""
        library, rulings, rules, mappings = prepare(order)
        draft = Setting(library.vocabulary, library.bases, rulings.parameters, rulings.chain, order.as_of, Supply())
        plan_rules(draft, library, [one for one in rules if not one.document.path.is_relative_to(library.folders[0])])
        return cls(library, rulings, rules, tuple(mappings))


@dataclass(frozen=True)
class Judged:
    """How the rows were judged: all of them or those touched, how many row answers were made, and why rules were redone.

    `redone` says for each reason how many rules judged all their rows.
    """

    how: str
    evaluated: int
    redone: Mapping[str, int]


def unjudged(
    con: duckdb.DuckDBPyConnection, order: Order, law: Law, supplied: Mapping[str, frozenset[str]], work: Path
) -> Audit:
    """Return the audit of the tables in `con`, not judged yet."""
    lib, rulings = law.library, law.rulings
    supply = look_at(con, supplied, lib.vocabulary)
    setting = Setting(lib.vocabulary, lib.bases, rulings.parameters, rulings.chain, order.as_of, supply)
    intake = intake_of(con, lib, supplied)
    return Audit(order, lib, rulings, setting, law.rules, (), intake, (), con, work)


def judge_all(audit: Audit, progress: Progress | None = None) -> Judged:
    """Judge every row anew; the audit has its plans and counts afterwards."""
    audit.plans = tuple(plan_rules(audit.setting, audit.library, audit.rules))
    audit.counts = tuple(judge(audit.con, audit.setting, audit.plans, progress))
    return Judged(FULL, _answers(audit.counts), {})


def judge_night(
    audit: Audit, changes: Mapping[str, Change], *, everything: bool = False, progress: Progress | None = None
) -> Judged:
    """Judge what the changes can reach; what it leaves equals what `judge_all` would."""
    said = bring_up_to_date(
        audit.con, audit.setting, audit.library, audit.rules, changes, full=everything, progress=progress
    )
    audit.plans, audit.counts = said.plans, said.counts
    redone = Counter(str(one.why) for one in said.rules if one.why is not None)
    how = FULL if said.rules and all(one.why is not None for one in said.rules) else TOUCHED
    return Judged(how, said.evaluated, dict(sorted(redone.items())))


def intake_of(
    con: duckdb.DuckDBPyConnection,
    library: Library,
    supplied: Mapping[str, frozenset[str]],
    refused: Sequence[Problem] = (),
    warnings: Sequence[Problem] = (),
) -> Intake:
    """Return the account of all files so far, as an intake of all of them would give it."""
    row = con.execute(
        "SELECT count(DISTINCT (file, coalesce(sha256, ''))), sum(rows_read), sum(loaded), sum(duplicates), sum(replaced),"
        " sum(quarantined), sum(issues) FROM _inputs"
    ).fetchone()
    totals = [int(value or 0) for value in row or ()]
    tables = tuple(name for name in library.vocabulary.tables if name in supplied)
    return Intake(tables, {name: supplied[name] for name in tables}, tuple(refused), tuple(warnings), *totals)


def _answers(counts: Sequence[RuleCounts]) -> int:
    return sum(one.total for one in counts)


__all__ = ["FULL", "TOUCHED", "Judged", "Law", "judge_all", "judge_night", "unjudged"]
