"""Which engine judges: DuckDB in this machine, or Apache Spark over a lake."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import typer

from analyzer.cli.language import say
from analyzer.model import Problem, Text

DUCKDB, SPARK = "duckdb", "spark"

INPUTS = typer.Argument(
    None,
    help=say(
        "导出的文件或目录；Spark 还可读 hdfs://…、catalog://库名",
        "exported files or folders; Spark also reads hdfs://... and catalog://name",
    ),
    metavar="INPUT...",
)
ENGINE = typer.Option(DUCKDB, "--engine", help=say("duckdb 或 spark", "duckdb or spark"))
MASTER = typer.Option(
    "", "--master", metavar="URL", help=say("Spark 的主节点，默认本机", "Spark's master; default: this machine")
)

Runner = Callable[[Any, Any, Sequence[Path]], Any]
"""Judges an order: takes the order, whom to tell of progress, and the folders that may be written to."""


def runner(lake: str | None, master: str) -> Runner:
    """Return what judges: Spark when a lake is given, DuckDB when not."""
    if lake is not None:
        from analyzer.engine.spark.run import audit_lake

        return lambda order, tell, writable: audit_lake(order, lake, master or None, tell, writable)
    from analyzer.engine.audit import run_audit

    return lambda order, tell, writable: run_audit(order, tell, writable=writable)


def engine_problems(engine: str, master: str, inputs: Sequence[str], store: Path | None) -> list[Problem]:
    """Return what is wrong with the engine that was asked for, and with the inputs for it."""
    problems = []
    if engine not in (DUCKDB, SPARK):
        cause = Text(f"没有引擎 `{engine}`", f"there is no engine `{engine}`")
        problems.append(Problem("--engine", cause, Text("可用：duckdb、spark", "There are: duckdb, spark")))
    if engine == SPARK and (len(inputs) != 1 or store is not None):
        cause = Text("Spark 审核一个数据湖", "Spark judges one lake")
        remedy = Text(
            "给出一个目录、hdfs:// 一类的地址或 catalog://库名；库可先用 analyzer lake export 写成数据湖",
            "Give one folder, an address like hdfs://..., or catalog://name; analyzer lake export makes one of a store",
        )
        problems.append(Problem("INPUT...", cause, remedy))
    if engine != SPARK and master:
        cause = Text("--master 只用于 Spark", "--master is for Spark only")
        problems.append(Problem("--master", cause, Text("请加 --engine spark", "Add --engine spark")))
    if engine == DUCKDB:
        remedy = Text("请加 --engine spark，或先取到本机", "Add --engine spark, or bring it to this machine first")
        cause = Text("只有 Spark 能打开这个地址", "only Spark can open this address")
        problems += [Problem(one, cause, remedy) for one in inputs if "://" in one]
    return problems


__all__ = ["DUCKDB", "ENGINE", "INPUTS", "MASTER", "SPARK", "Runner", "engine_problems", "runner"]
