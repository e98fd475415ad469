"""A Spark session as the program uses it: quiet, without a web page, on loopback unless a master is named."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from analyzer.engine.connect import Limits
from analyzer.model import AnalyzerError, Problem, Text

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.ansi.enabled": "false",
    # Moments are local civil time without a zone, in the lake as in our tables.
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.parquet.inferTimestampNTZ.enabled": "true",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    "spark.sql.sources.partitionColumnTypeInference.enabled": "false",
    # A plan of many rules is one wide query; past this width Spark would give up compiling it.
    "spark.sql.codegen.maxFields": "2000",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.debug.maxToStringFields": "2000",
    "spark.sql.maxMetadataStringLength": "1000",
}
NO_LIMITS = Limits()
_LOCAL = {"spark.driver.bindAddress": "127.0.0.1", "spark.driver.host": "127.0.0.1"}


@contextmanager
def session(master: str | None = None, limits: Limits = NO_LIMITS, work: Path | None = None) -> Iterator[SparkSession]:
    """Start Spark, or raise `AnalyzerError` saying what has to be installed; it is stopped at the end.

    Without `master` Spark runs in this machine, with `limits.threads` threads and `limits.memory` for its heap.
    """
    _check_installed()
    from pyspark.sql import SparkSession

    local = master is None or master.startswith("local")
    cores = limits.threads or os.cpu_count() or 1
    builder = SparkSession.builder.appName("analyzer").master(master or f"local[{cores}]")
    settings = dict(_SETTINGS)
    if local:
        settings |= _LOCAL | {"spark.sql.shuffle.partitions": str(2 * cores)}
        settings["spark.driver.memory"] = _heap(limits.memory)
        if work is not None:
            settings["spark.local.dir"] = str(work / "spark")
            settings["spark.sql.warehouse.dir"] = str(work / "warehouse")
    for name, value in settings.items():
        builder = builder.config(name, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    try:
        yield spark
    finally:
        spark.stop()


def _heap(memory: str | None) -> str:
    """The size of Spark's heap: DuckDB writes 2GB where Java writes 2g."""
    text = (memory or "2GB").strip().lower().removesuffix("b").removesuffix("i")
    return text if text[-1:] in "kmg" else "2g"


def _check_installed() -> None:
    problems = []
    try:
        import pyspark  # noqa: F401
    except ImportError:
        remedy = Text("安装时加上 spark：pip install 'offsite-enforcement-analyzer[spark]'",
                      "Install the extra: pip install 'offsite-enforcement-analyzer[spark]'")  # fmt: skip
        problems.append(Problem("--engine spark", Text("没有安装 PySpark", "PySpark is not installed"), remedy))
    java = shutil.which("java") or (Path(os.environ.get("JAVA_HOME", "")) / "bin" / "java").is_file()
    if not java:
        remedy = Text("请安装 Java 17（或设置 JAVA_HOME）", "Install Java 17, or set JAVA_HOME")
        problems.append(Problem("--engine spark", Text("没有找到 Java", "there is no Java"), remedy))
    if problems:
        raise AnalyzerError(problems)
