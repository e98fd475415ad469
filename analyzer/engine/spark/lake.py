"""The canonical tables of a lake: a folder of Parquet for each table, or tables of a catalogue, as Spark sees them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from analyzer.engine.setting import Supply
from analyzer.model import AnalyzerError, Kind, Problem, Table, Text, Vocabulary
from analyzer.model.tables import UNKNOWN

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_TYPES: Mapping[Kind, str] = {
    Kind.TEXT: "STRING",
    Kind.TIMESTAMP: "TIMESTAMP_NTZ",
    Kind.DATE: "DATE",
    Kind.INTEGER: "BIGINT",
    Kind.NUMBER: "DOUBLE",
    Kind.RATIO: "DECIMAL(9,6)",
    Kind.MONEY: "DECIMAL(14,2)",
    Kind.BOOLEAN: "BOOLEAN",
    Kind.ENUM: "STRING",
}


def open_lake(spark: SparkSession, lake: str, vocabulary: Vocabulary) -> Supply:
    """Make a view of every canonical table of the lake and return what was supplied.

    `lake` is a folder (or an address that Spark can read) with `<table>/` or `<table>.parquet` in it, or the name of a
    catalogue's schema. Raises `AnalyzerError` when no table of ours is there, or one lacks its key.
    """
    columns: dict[str, frozenset[str]] = {}
    unknown: dict[str, frozenset[str]] = {}
    rows: dict[str, int] = {}
    problems = []
    for table in vocabulary.tables.values():
        frame = _frame(spark, lake, table.name)
        if frame is None:
            continue
        lacking = [key for key in table.key if key not in frame.columns]
        if lacking:
            cause = Text(f"表 {table.name} 缺主键列 {lacking[0]}", f"the table {table.name} lacks its key {lacking[0]}")
            problems.append(Problem(f"{lake}: {table.name}", cause))
            continue
        frame.createOrReplaceTempView(f"lake_{table.name}")
        has_names = UNKNOWN in frame.columns
        spark.sql(_typed(table, frame.columns, has_names)).createOrReplaceTempView(table.name)
        columns[table.name], unknown[table.name], rows[table.name] = _looked_at(spark, table, frame.columns)
    if not columns and not problems:
        cause = Text("这里没有一张规范表", "there is no canonical table here")
        remedy = Text("每张表应为 <表名>/ 或 <表名>.parquet，可用 analyzer lake export 生成",
                      "Each table is <table>/ or <table>.parquet; analyzer lake export writes them")  # fmt: skip
        problems.append(Problem(lake, cause, remedy))
    if problems:
        raise AnalyzerError(problems)
    _create_missing(spark, vocabulary, columns)
    return Supply(columns, unknown)


def _frame(spark: SparkSession, lake: str, name: str) -> DataFrame | None:
    folder = Path(lake)
    if folder.is_dir():
        for path in (folder / name, folder / f"{name}.parquet"):
            if path.exists():
                return spark.read.parquet(str(path.resolve()))
        return None
    if "/" in lake:
        from pyspark.errors import AnalysisException

        for ending in ("", ".parquet"):
            try:
                return spark.read.parquet(f"{lake.rstrip('/')}/{name}{ending}")
            except AnalysisException:
                continue
        return None
    return spark.table(f"{lake}.{name}") if spark.catalog.tableExists(f"{lake}.{name}") else None


def _typed(table: Table, held: list[str], has_names: bool) -> str:
    """The view of a table: our columns in our types, and the mask of what is unknown in each row."""
    typed = [
        f"CAST({f'`{name}`' if name in held else 'NULL'} AS {_TYPES[column.kind]}) AS `{name}`"
        for name, column in table.columns.items()
    ]
    lacking = sum(table.bit(name) for name in table.columns if name not in held)
    bits = "".join(
        f" + CASE WHEN array_contains(`{UNKNOWN}`, '{name}') THEN {table.bit(name)}L ELSE 0L END"
        for name in table.columns
        if has_names and name in held
    )
    return f"SELECT {', '.join(typed)}, CAST({lacking}L{bits} AS BIGINT) AS `{UNKNOWN}` FROM `lake_{table.name}`"


def _looked_at(spark: SparkSession, table: Table, held: list[str]) -> tuple[frozenset[str], frozenset[str], int]:
    """The columns that are known in some row, those that are unknown in some row, and the number of rows."""
    known = [
        f"coalesce(max(CASE WHEN (`{UNKNOWN}` & {table.bit(name)}L) = 0L THEN 1 ELSE 0 END), 1)"
        for name in table.columns
    ]
    row = spark.sql(
        f"SELECT count(*), coalesce(bit_or(`{UNKNOWN}`), 0L), {', '.join(known)} FROM `{table.name}`"
    ).first()
    assert row is not None
    names = list(table.columns)
    supplied = {name for name, seen in zip(names, row[2:], strict=True) if seen and name in held}
    return frozenset(supplied), frozenset(name for name in names if row[1] & table.bit(name)), int(row[0])


def _create_missing(spark: SparkSession, vocabulary: Vocabulary, columns: Mapping[str, frozenset[str]]) -> None:
    for table in vocabulary.tables.values():
        if table.name not in columns:
            typed = [f"CAST(NULL AS {_TYPES[one.kind]}) AS `{one.name}`" for one in table.columns.values()]
            empty = f"SELECT {', '.join(typed)}, CAST(0 AS BIGINT) AS `{UNKNOWN}` WHERE false"
            spark.sql(empty).createOrReplaceTempView(table.name)
