"""One audit from exports to findings: take in, compile, lock, judge. What lasts is written by `store.package`."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import TracebackType

import duckdb

from analyzer.engine.connect import IN_MEMORY_BELOW, Limits, connect, lock, teach
from analyzer.engine.judge import RuleCounts, judge, plan_rules
from analyzer.engine.plan import BasePlan
from analyzer.engine.setting import Setting, Supply
from analyzer.model import AnalyzerError, Problem, Text, Vocabulary
from analyzer.model.law import Rulings
from analyzer.model.mapping import FileMapping
from analyzer.model.tables import UNKNOWN
from analyzer.records import Intake, length_as_text, take_in
from analyzer.rulebook.document import nearest
from analyzer.rulebook.library import Library, RuleFile, load_library
from analyzer.rulebook.mapping import load_mappings
from analyzer.rulebook.rulings import DEFAULT_PROFILE, resolve

Progress = Callable[[str, int, int], None]
"""Told what is being done, how much of it is finished, and how much there is."""


@dataclass(frozen=True)
class Order:
    """What an audit is asked to do. `settings` are the `NAME=VALUE` texts of `--set`."""

    inputs: tuple[Path, ...]
    as_of: date
    profile: str | Path = DEFAULT_PROFILE
    settings: tuple[str, ...] = ()
    mappings: tuple[Path, ...] = ()
    rules: tuple[Path, ...] = ()
    select: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True)
class Elsewhere:
    """What another engine judged: its name and version, and the rows of each table.

    Of the tables in `partial` only the records of findings came home; the others are in the connection whole.
    """

    engine: str
    version: str
    rows: Mapping[str, int]
    partial: frozenset[str]


@dataclass
class Audit:
    """A judged audit: the connection that holds records and results, and what they rest on. Close it after use.

    `elsewhere` is set when another engine than DuckDB judged.
    """

    order: Order
    library: Library
    rulings: Rulings
    setting: Setting
    rules: tuple[RuleFile, ...]
    plans: tuple[BasePlan, ...]
    intake: Intake
    counts: tuple[RuleCounts, ...]
    con: duckdb.DuckDBPyConnection
    work: Path
    elsewhere: Elsewhere | None = None

    @property
    def partial(self) -> frozenset[str]:
        """The tables of which only the records of findings are in the connection."""
        return self.elsewhere.partial if self.elsewhere else frozenset()

    def rows(self, table: str) -> int:
        """Return how many rows of a supplied table were judged."""
        if self.elsewhere:
            return self.elsewhere.rows[table]
        row = self.con.execute(f'SELECT count(*) FROM "{table}"').fetchone()
        return int(row[0]) if row else 0

    def close(self) -> None:
        """Close the working database and remove it."""
        self.con.close()
        shutil.rmtree(self.work, ignore_errors=True)

    def __enter__(self) -> Audit:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def run_audit(order: Order, progress: Progress | None = None, writable: Sequence[Path] = ()) -> Audit:
    """Judge the exports of `order`.

    Everything that can be wrong with rules, profile, settings and mapping files is reported before a file is read.
    `writable` are folders to which results may be written once SQL is locked in.
    """
    library, rulings, rules, mappings = prepare(order)
    draft = Setting(library.vocabulary, library.bases, rulings.parameters, rulings.chain, order.as_of, Supply())
    # Our own rules are proved by their examples; a bureau's are compiled once ahead, so that nothing is read in vain.
    plan_rules(draft, library, [one for one in rules if not one.document.path.is_relative_to(library.folders[0])])
    work = Path(tempfile.mkdtemp(prefix="analyzer-"))
    size = length_as_text(order.inputs)
    con = connect(work, order.limits, in_memory=size < IN_MEMORY_BELOW, is_large=size >= LARGE_FROM)
    try:
        teach(con, library.calendar)
        intake = take_in(con, order.inputs, library.vocabulary, mappings=mappings, work_dir=work, progress=progress)
        supply = look_at(con, intake.columns_supplied, library.vocabulary)
        setting = Setting(library.vocabulary, library.bases, rulings.parameters, rulings.chain, order.as_of, supply)
        plans = tuple(plan_rules(setting, library, rules))
        lock(con, [work, *writable])
        # Who bounds memory or threads gets one base table at a time.
        is_free = order.limits == Limits() and size < LARGE_FROM
        counts = tuple(judge(con, setting, plans, progress, beside=library.calendar if is_free else None))
    except BaseException:
        con.close()
        shutil.rmtree(work, ignore_errors=True)
        raise
    return Audit(order, library, rulings, setting, rules, plans, intake, counts, con, work)


LARGE_FROM = 2_000_000_000
"""Exports of so many bytes, some ten million records, are kept in large groups of rows."""


def look_at(con: duckdb.DuckDBPyConnection, columns: Mapping[str, frozenset[str]], vocabulary: Vocabulary) -> Supply:
    """Return the supply of the tables in `con`, with their sizes and the columns that are unknown in some row."""
    unknown, rows = {}, {}
    for table in columns:
        row = con.execute(f'SELECT bit_or("{UNKNOWN}"), count(*) FROM "{table}"').fetchone()
        mask, rows[table] = (row[0] or 0, row[1]) if row else (0, 0)
        unknown[table] = frozenset(name for name in vocabulary[table].columns if mask & vocabulary[table].bit(name))
    return Supply(columns, unknown, rows)


def prepare(order: Order) -> tuple[Library, Rulings, tuple[RuleFile, ...], list[FileMapping]]:
    """Read the law side of an order; raise one `AnalyzerError` with every mistake."""
    problems: list[Problem] = []
    library = load_library(order.rules)
    rulings = None
    mappings: list[FileMapping] = []
    try:
        rulings = resolve(library.parameters, library.profiles, library.laws, order.profile, order.settings)
    except AnalyzerError as error:
        problems += error.problems
    try:
        mappings = load_mappings(order.mappings, library.vocabulary)
    except AnalyzerError as error:
        problems += error.problems
    rules = selected(library, order.select, problems)
    if problems or rulings is None:
        raise AnalyzerError(problems)
    return library, rulings, rules, mappings


def selected(library: Library, select: Sequence[str], problems: list[Problem]) -> tuple[RuleFile, ...]:
    """Return the active rules that `--select` names by code, former code, id or family; all when it is empty."""
    active = [one for one in library.rules.values() if one.rule.status == "active"]
    if not select:
        return tuple(active)
    chosen: dict[str, RuleFile] = {}
    for word in select:
        matches = [one for one in active if word.upper() in _names(one) or word == one.rule.id]
        if not matches:
            known = [one.rule.code for one in active] + sorted({one.rule.family for one in active})
            cause = Text(f"没有规则或类别 `{word}`", f"there is no rule or family `{word}`")
            problems.append(Problem("--select", cause, nearest(word.upper(), known)))
        chosen.update({one.rule.code: one for one in matches})
    return tuple(chosen[code] for code in sorted(chosen))


def _names(rule_file: RuleFile) -> set[str]:
    rule = rule_file.rule
    return {rule.code, rule.family, *rule.formerly}


def fingerprint(audit: Audit) -> str:
    """Return the run id: a hash of everything that decides the answers, so that the same audit has the same id."""
    inputs = audit.con.execute("SELECT file, sheet, sha256, table_name FROM _inputs ORDER BY source").fetchall()
    parameters = {
        name: [(str(entry.from_), str(entry.value), str(entry.status)) for entry in parameter.entries]
        for name, parameter in sorted(audit.rulings.parameters.items())
    }
    said = {
        "inputs": inputs,
        "rules": {one.rule.code: one.sha256 for one in audit.rules},
        "facts": {
            name: hashlib.sha256(one.path.read_bytes()).hexdigest() for name, one in audit.library.base_files.items()
        },
        "parameters": parameters,
        "chain": audit.rulings.chain,
        "as_of": audit.order.as_of.isoformat(),
    }
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:16]
