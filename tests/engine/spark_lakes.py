"""The examples of the rules laid together as lakes, and both engines over them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from analyzer.engine.audit import look_at
from analyzer.engine.connect import connect, create_missing_tables, create_table, teach
from analyzer.engine.examples import ExampleRunner, insert_rows
from analyzer.engine.judge import judge, plan_rules
from analyzer.engine.setting import Setting
from analyzer.engine.spark.bench import SparkBench
from analyzer.engine.spark.functions import teach_spark
from analyzer.engine.spark.lake import Lake, held, open_lake
from analyzer.engine.spark.session import FITTED, fit_to, session
from analyzer.records import read_canonical
from analyzer.rulebook.library import Library, RuleFile
from analyzer.rulebook.rulings import DEFAULT_PROFILE, resolve
from analyzer.store.contents import RESULTS, copy_query, records_query

REQUIRED = "ANALYZER_REQUIRE_SPARK"
AS_OF = date(2025, 12, 31)
QUICK = {
    # Java that stops at its first compiler is warm twice as soon, and nothing here runs for long.
    "spark_driver_extraJavaOptions": "-Xss16m -XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=256m -XX:+UseSerialGC",
    "spark_driver_memory": "1500m",
}


def need_spark() -> None:
    """Skip a module where PySpark is not installed, unless the environment requires it."""
    if not os.environ.get(REQUIRED):
        pytest.importorskip("pyspark")


@dataclass(frozen=True)
class Law:
    """What examples are judged by besides the rows: profile, parameters, today, and the tables that were not supplied."""

    profile: str = DEFAULT_PROFILE
    settings: tuple[str, ...] = ()
    as_of: date = AS_OF
    missing: tuple[str, ...] = ()


@dataclass
class Examples:
    """The rows of all examples under one law, each example apart from the others by its identifiers."""

    rules: dict[str, RuleFile] = field(default_factory=dict)
    tables: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    expected: dict[str, dict[str, str]] = field(default_factory=dict)


def examples_by_law(library: Library) -> dict[Law, Examples]:
    """Every example of every rule, put together with those that are judged by the same law."""
    runner = ExampleRunner(library)
    found: dict[Law, Examples] = {}
    number = 0
    for code, one in library.rules.items():
        examples = one.rule.examples
        for case in examples.cases:
            number += 1
            tables = runner.tables(one, case)
            given = {**examples.set, **case.set}
            law = Law(
                case.profile or examples.profile or DEFAULT_PROFILE,
                tuple(f"{name}={'null' if value is None else value}" for name, value in sorted(given.items())),
                case.as_of or examples.as_of or AS_OF,
                tuple(sorted({*examples.base, *case.given} - set(tables))),
            )
            of_law = found.setdefault(law, Examples())
            of_law.rules[code] = one
            _add(library, of_law, one, tables, f"{number}.")
            if isinstance(case.expect, str):
                keys = library.vocabulary[one.rule.reads].key
                rows = of_law.tables.get(one.rule.reads, [])[-len(tables.get(one.rule.reads, ())) :]
                of_law.expected.setdefault(code, {}).update(
                    {"|".join(str(row[key]) for key in keys): case.expect for row in rows}
                )
    return found


@dataclass
class Laid:
    """One lake of examples, and the laws under which its rules are judged there, one after the other."""

    tables: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    missing: set[str] = field(default_factory=set)
    laws: list[tuple[Law, dict[str, RuleFile]]] = field(default_factory=list)


def laid_together(library: Library, found: Mapping[Law, Examples]) -> list[Laid]:
    """The examples in as few lakes, judged as seldom, as leaves each its own law and its own missing tables."""
    lakes: list[Laid] = []
    for law, examples in sorted(found.items(), key=lambda one: (len(one[0].missing), one[0].missing, one[0].settings)):
        for lake in lakes:
            if not ({*law.missing} & {*lake.tables} or lake.missing & {*examples.tables}):
                break
        else:
            lakes.append(lake := Laid())
        lake.missing |= {*law.missing}
        for name, rows in examples.tables.items():
            lake.tables.setdefault(name, []).extend(rows)
        _join(library, lake, law, examples.rules)
    return lakes


def _join(library: Library, lake: Laid, law: Law, rules: Mapping[str, RuleFile]) -> None:
    """Add a law to those of a lake: to one that sets nothing that these rules ask for, and these nothing for its own."""
    for place, (other, there) in enumerate(lake.laws):
        same_day = (law.profile, law.as_of) == (other.profile, other.as_of)
        if same_day and not _touched(library, rules, law, other) and not _touched(library, there, other, law):
            settings = tuple(sorted({*law.settings, *other.settings}))
            lake.laws[place] = replace(other, settings=settings), {**there, **rules}
            return
    lake.laws.append((law, dict(rules)))


def _touched(library: Library, rules: Mapping[str, RuleFile], law: Law, other: Law) -> bool:
    """Whether one of the rules says a word that another law sets otherwise than its own."""
    words = {setting.partition("=")[0] for setting in {*other.settings} - {*law.settings}}
    for one in rules.values():
        base = library.bases.get(one.rule.reads)
        text = one.rule.model_dump_json() + (base.model_dump_json() if base else "")
        if any(re.search(rf"\b{word}\b", text) for word in words):
            return True
    return False


def _add(library: Library, to: Examples, one: RuleFile, tables: Mapping[str, list[dict[str, Any]]], mark: str) -> None:
    # A rule that reads the letters of a plate would not know it again.
    reads_plates = "plate" in " ".join(text for text in (one.rule.breach, one.rule.review) if text)
    for name, rows in tables.items():
        table = library.vocabulary[name]
        own = {column for column in table.columns if column.endswith("_id") or column in table.key}
        to.tables.setdefault(name, []).extend(_marked(row, own, mark, "" if reads_plates else mark) for row in rows)


def _marked(row: Mapping[str, Any], own: set[str], before: str, after: str) -> dict[str, Any]:
    """A row whose identifiers, and plate, no other example shares."""
    marked = {}
    for column, value in row.items():
        is_there = value is not None and value != "unknown"
        marked[column] = f"{before}{value}" if column in own and is_there else value
        if column == "plate_no" and is_there:
            marked[column] = f"{value}{after}"
    return marked


def write_lake(library: Library, tables: Mapping[str, list[dict[str, Any]]], folder: Path) -> Path:
    """Write rows given as plain values as a lake of one file a table; a key that comes twice keeps its last row."""
    folder.mkdir(parents=True)
    con = connect()
    for name, rows in tables.items():
        table = library.vocabulary[name]
        con.execute(create_table(library.vocabulary, name))
        last = {tuple(str(row.get(key)) for key in table.key): row for row in rows}
        insert_rows(con, table, last.values())
        copy_query(con, records_query(table, f'"{name}"'), folder / f"{name}.parquet")
    con.close()
    return folder


Results = dict[str, pl.DataFrame]


class Engines:
    """DuckDB and Spark, to judge the same lake by the same law."""

    def __init__(self, spark: Any, library: Library) -> None:
        self.spark, self.library = spark, library
        teach_spark(spark, library.calendar)

    def both(self, lake: Path, law: Law, rules: Sequence[RuleFile]) -> tuple[Results, Results]:
        """Return the result tables of DuckDB and of Spark."""
        with self.opened(lake) as opened:
            return self.duckdb(lake, law, rules), self.on_spark(opened, law, rules)

    @contextmanager
    def opened(self, place: Path) -> Iterator[Lake]:
        """Open a lake on Spark, as an audit does; the session's settings are as before at the end."""
        before = {name: self.spark.conf.get(name) for name in FITTED}
        opened = open_lake(self.spark, str(place), self.library.vocabulary)
        fit_to(self.spark, sum(opened.rows.values()))
        try:
            with held(self.spark, opened):
                yield opened
        finally:
            for name, value in before.items():
                self.spark.conf.set(name, value)

    def duckdb(self, lake: Path, law: Law, rules: Sequence[RuleFile]) -> Results:
        """Judge a lake with DuckDB."""
        con = connect()
        teach(con, self.library.calendar)
        columns = read_canonical(con, lake, self.library.vocabulary)
        create_missing_tables(con, self.library.vocabulary)
        setting = self._setting(law, look_at(con, columns, self.library.vocabulary))
        judge(con, setting, plan_rules(setting, self.library, rules))
        return _results(con)

    def on_spark(self, lake: Lake, law: Law, rules: Sequence[RuleFile]) -> Results:
        """Judge an opened lake with Spark."""
        con = connect()
        teach(con, self.library.calendar)
        setting = self._setting(law, lake.supply)
        plans = plan_rules(setting, self.library, rules)
        judge(con, setting, plans, bench=SparkBench(self.spark, con, self.library.vocabulary, lake.rows))
        return _results(con)

    def _setting(self, law: Law, supply: Any) -> Setting:
        lib = self.library
        rulings = resolve(lib.parameters, lib.profiles, lib.laws, law.profile, law.settings)
        return Setting(lib.vocabulary, lib.bases, rulings.parameters, rulings.chain, law.as_of, supply)


def _results(con: duckdb.DuckDBPyConnection) -> Results:
    found = {name: con.sql(f'SELECT * FROM "{name}" ORDER BY {by}').pl() for name, by in RESULTS.items()}
    con.close()
    return found


def unequal(one: Results, other: Results) -> list[str]:
    """The rules (and result tables) on which two engines do not say the very same."""
    wrong = []
    for name in RESULTS:
        codes = sorted({*one[name]["rule"], *other[name]["rule"]})
        wrong += [
            f"{code}: {name}"
            for code in codes
            if not one[name].filter(pl.col("rule") == code).equals(other[name].filter(pl.col("rule") == code))
        ]
    return wrong


@contextmanager
def engines(library: Library) -> Iterator[Engines]:
    """Both engines, with a Spark of this machine."""
    with session("local[2]", **QUICK) as spark:
        yield Engines(spark, library)
