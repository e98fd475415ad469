"""One audit of a lake on Apache Spark: the lake is opened and judged there, and what a package needs comes home."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from analyzer.engine.audit import Audit, Elsewhere, Order, prepare
from analyzer.engine.connect import connect, lock, teach
from analyzer.engine.judge import judge, plan_rules
from analyzer.engine.portable import not_portable
from analyzer.engine.setting import Setting, Supply
from analyzer.engine.spark.bench import SparkBench
from analyzer.engine.spark.functions import teach_spark
from analyzer.engine.spark.home import bring_home
from analyzer.engine.spark.lake import Lake, held, open_lake
from analyzer.engine.spark.session import fit_to, session
from analyzer.model import AnalyzerError, Problem, Text
from analyzer.records import Intake
from analyzer.records.accounts import Accounts, Entry

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

Progress = Callable[[str, int, int], None]


def audit_lake(
    order: Order, place: str, master: str | None = None, progress: Progress | None = None, writable: Sequence[Path] = ()
) -> Audit:
    """Judge the lake at `place` by `order`, whose inputs are left alone; see `lake.open_lake` for what a place may be.

    `master` is Spark's (`local[4]`, `yarn`, `spark://host:7077`); without it Spark runs in this machine, or in the session
    that is active. Raises `AnalyzerError` as `run_audit` does, and for what Spark cannot do.
    """
    library, rulings, rules, _ = prepare(order)
    draft = Setting(library.vocabulary, library.bases, rulings.parameters, rulings.chain, order.as_of, Supply())
    own = [one for one in rules if not one.document.path.is_relative_to(library.folders[0])]
    plan_rules(draft, library, own)
    # The program's own rules were shown equal on both engines; those of a bureau are asked before Spark is started.
    if mistakes := [problem for one in own for problem in not_portable(one.rule.gather, one.document)]:
        raise AnalyzerError(mistakes)
    work = Path(tempfile.mkdtemp(prefix="analyzer-"))
    con = connect(work, order.limits, in_memory=True)
    try:
        teach(con, library.calendar)
        with session(master, order.limits, work) as spark, _in_plain_words(place):
            teach_spark(spark, library.calendar)
            lake = open_lake(spark, place, library.vocabulary)
            fit_to(spark, sum(lake.rows.values()))
            intake = account(con, lake)
            setting = Setting(
                library.vocabulary, library.bases, rulings.parameters, rulings.chain, order.as_of, lake.supply
            )
            plans = tuple(plan_rules(setting, library, rules))
            lock(con, [work, *writable])
            bench = SparkBench(spark, con, library.vocabulary, lake.rows)
            with held(spark, lake):
                counts = tuple(judge(con, setting, plans, progress, bench=bench))
                partial = bring_home(bench, library.vocabulary, lake.rows)
            elsewhere = Elsewhere("spark", _version(spark), lake.rows, partial)
    except BaseException:
        con.close()
        shutil.rmtree(work, ignore_errors=True)
        raise
    return Audit(order, library, rulings, setting, rules, plans, intake, counts, con, work, elsewhere)


def account(con: duckdb.DuckDBPyConnection, lake: Lake) -> Intake:
    """Make the tables of an intake in `con` and return its account: each table of the lake stands for a file."""
    accounts = Accounts(con)
    for name, rows in lake.rows.items():
        entry = Entry(name, sha256=lake.contents[name], table=name, rows_read=rows)
        accounts.close(accounts.open(entry), entry)
    accounts.settle()
    total = sum(lake.rows.values())
    tables = tuple(lake.rows)
    return Intake(tables, lake.supply.columns, (), (), len(tables), total, total, 0, 0, 0, 0)


def _version(spark: SparkSession) -> str:
    return f"{spark.version} (pyspark {version('pyspark')})"


@contextmanager
def _in_plain_words(place: str) -> Iterator[None]:
    """Say what Spark could not do without its own text, which may hold cells of the lake."""
    from py4j.protocol import Py4JError, Py4JJavaError
    from pyspark.errors import PySparkException

    try:
        yield
    except (PySparkException, Py4JError) as error:
        kind = type(error).__name__
        if isinstance(error, PySparkException):
            kind = error.getCondition() or kind
        elif isinstance(error, Py4JJavaError):
            kind = error.java_exception.getClass().getSimpleName()
        cause = Text(f"Spark 中途失败（{kind}）", f"Spark failed on the way ({kind})")
        remedy = Text(
            "内存不足时加大 --memory-limit；细节见集群日志，或设置 ANALYZER_DEBUG=1 再运行（其中可能含个人信息）",
            "When memory ran short, raise --memory-limit; details are in the cluster's log, or set ANALYZER_DEBUG=1 and "
            "run again (they may hold personal data)",
        )
        raise AnalyzerError(Problem(place, cause, remedy)) from error


__all__ = ["account", "audit_lake"]
