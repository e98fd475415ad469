"""A Spark session as the program uses it: quiet, without a web page, on loopback unless a master is named."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from analyzer.engine.connect import Limits
from analyzer.model import AnalyzerError, Problem, Text

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

JAVA = 17
"""The oldest Java that Spark 4 runs on."""

FEW_ROWS = 500_000
"""A lake of fewer rows is a small one: what Spark plans takes longer than what it then does."""

IN_ONE_PIECE = 50_000
"""A lake of fewer rows is kept in memory in one piece a table, and judged by one core."""

_SETTINGS = {
    "spark.sql.ansi.enabled": "false",
    # Moments are local civil time without a zone, in the lake as in our tables.
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.parquet.inferTimestampNTZ.enabled": "true",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    "spark.sql.sources.partitionColumnTypeInference.enabled": "false",
    "spark.sql.runSQLOnFiles": "false",
    # Spark writes each plan down before it runs it: fifty rules are a long text, and texts of a lake are personal.
    "spark.sql.ui.explainMode": "simple",
    "spark.sql.debug.maxToStringFields": "2",
    "spark.sql.maxPlanStringLength": "10000",
    "spark.sql.maxMetadataStringLength": "1000",
}
_PREFERRED = {
    # A plan of many rules is one wide query. Java cannot hold so much code in one method: it is interpreted.
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
}
"""What a cluster's own configuration may say otherwise."""
_COMPILED = {"spark.sql.codegen.wholeStage": "true", "spark.sql.codegen.factoryMode": "FALLBACK"}

_AT_START = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
    # What comes home is what the package holds; how much that is nobody knows before.
    "spark.driver.maxResultSize": "0",
    # Deep conditions are walked by recursion, when they are planned and when they are interpreted.
    "spark.driver.extraJavaOptions": "-Xss16m",
    "spark.executor.extraJavaOptions": "-Xss16m",
}
_LOCAL = {"spark.driver.bindAddress": "127.0.0.1", "spark.driver.host": "127.0.0.1"}
_LOG = "spark.log"
NO_LIMITS = Limits()


@contextmanager
def session(
    master: str | None = None, limits: Limits = NO_LIMITS, work: Path | None = None, **more: str
) -> Iterator[SparkSession]:
    """Start Spark, or raise `AnalyzerError` saying what has to be installed; it is stopped at the end.

    Without `master` Spark runs in this machine, with `limits.threads` threads and `limits.memory` for its heap. In a
    process where Spark runs already, a session of its own is opened there, and nothing is stopped. `more` are further
    settings, with underscores for dots.
    """
    _check_installed()
    from pyspark.sql import SparkSession

    warnings.filterwarnings("ignore", category=FutureWarning, module="pyspark")
    settings = _SETTINGS | {name.replace("_", "."): value for name, value in more.items()}
    running = SparkSession.getActiveSession()
    if running is not None:
        spark = running.newSession()
        for name, value in settings.items():
            spark.conf.set(name, value)
        _prefer(spark)
        yield spark
        return
    spark = _started(master, _AT_START | _placed(master, limits, work) | settings, work)
    try:
        _prefer(spark)
        yield spark
    finally:
        spark.stop()


def _prefer(spark: SparkSession, settings: Mapping[str, str] = _PREFERRED) -> None:
    given = spark.sparkContext.getConf()
    for name, value in settings.items():
        if given.get(name) is None:
            spark.conf.set(name, value)


@contextmanager
def compiling(spark: SparkSession, wanted: bool) -> Iterator[None]:
    """Have Java compile the queries that are asked inside, if that is wanted and no cluster says otherwise.

    It pays for short queries over many rows; see `_PREFERRED` for the others.
    """
    if wanted:
        _prefer(spark, _COMPILED)
    try:
        yield
    finally:
        if wanted:
            _prefer(spark)


def are_many(rows: int) -> bool:
    """Whether a lake has so many rows that short queries over it are worth compiling."""
    return rows >= FEW_ROWS


def fit_to(spark: SparkSession, rows: int) -> None:
    """Have a lake of few rows judged in few pieces, as planned once.

    Where there are many rows the plan is made again after each shuffle, by what came of it: seconds that are well spent.
    """
    settings = {}
    if rows < FEW_ROWS:
        settings = {"spark.sql.adaptive.enabled": "false", "spark.sql.shuffle.partitions": "2"}
    if in_one_piece(rows):
        # What lies in one piece is joined and grouped where it is: no shuffle, no copy for every machine.
        settings |= {"spark.sql.shuffle.partitions": "1", "spark.sql.autoBroadcastJoinThreshold": "-1"}
    for name, value in settings.items():
        spark.conf.set(name, value)


FITTED = ("spark.sql.adaptive.enabled", "spark.sql.shuffle.partitions", "spark.sql.autoBroadcastJoinThreshold")
"""The settings that `fit_to` changes."""


def in_one_piece(rows: int) -> bool:
    """Whether a lake has so few rows that each of its tables is held in memory in one piece."""
    return rows < IN_ONE_PIECE


def _placed(master: str | None, limits: Limits, work: Path | None) -> dict[str, str]:
    """What Spark is told when it runs in this machine: how much of it it may take, and where it may write."""
    if not _is_local(master):
        return {}
    cores = limits.threads or os.cpu_count() or 1
    told = _LOCAL | {"spark.sql.shuffle.partitions": str(2 * cores), "spark.driver.memory": _heap(limits.memory)}
    if master is None:
        told["spark.master"] = f"local[{cores}]"
    if work is not None:
        told |= {"spark.local.dir": str(work / "spark"), "spark.sql.warehouse.dir": str(work / "warehouse")}
    return told


def _is_local(master: str | None) -> bool:
    return master is None or master.startswith("local")


def _started(master: str | None, settings: dict[str, str], work: Path | None) -> SparkSession:
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.appName("analyzer")
    if master is not None:
        builder = builder.master(master)
    for name, value in settings.items():
        builder = builder.config(name, value)
    if _is_local(master):
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    try:
        with _quiet(work):
            return builder.getOrCreate()
    except (Py4JError, PySparkException, OSError) as error:
        cause = Text(f"Spark 无法启动（{type(error).__name__}）", f"Spark does not start ({type(error).__name__})")
        remedy = Text(
            f"请检查 --master {master or ''} 是否写对、能否连上，以及 JAVA_HOME 是否指向 Java {JAVA} 以上",
            f"Check that --master {master or ''} is right and can be reached, and that JAVA_HOME is Java {JAVA} or later",
        )
        raise AnalyzerError(Problem("--engine spark", cause, remedy)) from None


@contextmanager
def _quiet(work: Path | None) -> Iterator[None]:
    """Let what Java says of itself go to a file: it inherits the streams of the moment in which it is started."""
    sys.stderr.flush()
    try:
        kept = os.dup(2)
    except OSError:
        yield
        return
    log = os.open(work / _LOG if work is not None else os.devnull, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(log)


def _heap(memory: str | None) -> str:
    """The size of Spark's heap: DuckDB writes 2GB where Java writes 2g."""
    text = (memory or "2GB").strip().lower().removesuffix("b").removesuffix("i").replace(" ", "")
    return text if text[-1:] in "kmg" and text[:-1].isdigit() else "2g"


def _check_installed() -> None:
    """Raise `AnalyzerError` with everything that is missing: PySpark, Java, or a Java that is new enough."""
    problems = []
    try:
        import pyspark  # noqa: F401
    except ImportError:
        remedy = Text(
            "安装时加上 spark：pip install 'offsite-enforcement-analyzer[spark]'",
            "Install the extra: pip install 'offsite-enforcement-analyzer[spark]'",
        )
        problems.append(Problem("--engine spark", Text("没有安装 PySpark", "PySpark is not installed"), remedy))
    found = _java_version()
    if found is None or found < JAVA:
        has = Text("没有找到 Java", "there is no Java")
        if found is not None:
            has = Text(f"Java {found} 太旧", f"Java {found} is too old")
        remedy = Text(
            f"请安装 Java {JAVA} 以上（或设置 JAVA_HOME）；不需要 Spark 时用 --engine duckdb",
            f"Install Java {JAVA} or later, or set JAVA_HOME; without Spark, --engine duckdb does the same",
        )
        problems.append(Problem("--engine spark", has, remedy))
    if problems:
        raise AnalyzerError(problems)


def _java_version() -> int | None:
    """The first number of Java's version (1.8 is 8); None when there is no Java."""
    home = os.environ.get("JAVA_HOME")
    java = str(Path(home) / "bin" / "java") if home else shutil.which("java")
    if not java:
        return None
    try:
        said = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    quoted = (said.stderr + said.stdout).split('"')
    numbers = quoted[1].split(".") if len(quoted) > 2 else []
    digits = numbers[1] if numbers[:1] == ["1"] and len(numbers) > 1 else "".join(numbers[:1])
    digits = "".join(one for one in digits if one.isdigit())
    return int(digits) if digits else None


__all__ = ["FEW_ROWS", "FITTED", "IN_ONE_PIECE", "JAVA", "are_many", "compiling", "fit_to", "in_one_piece", "session"]
