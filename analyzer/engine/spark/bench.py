"""Spark as the bench of a plan: tables are cached views there, and only small answers come home.

Each table is also made in the local DuckDB over empty canonical tables. That costs nothing, checks that both engines
understand the query, and tells the types that DuckDB would have given it, so that what comes home is the same to the
last digit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import duckdb
import polars as pl
import pyarrow as pa

from analyzer.engine.spark.dialect import SparkDialect
from analyzer.model import Vocabulary

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


class SparkBench:
    """See `engine.bench.Bench`. `local` holds the canonical tables, empty."""

    def __init__(self, spark: SparkSession, local: duckdb.DuckDBPyConnection, vocabulary: Vocabulary) -> None:
        self.spark, self.local = spark, local
        self._dialect = SparkDialect(vocabulary)
        self._made: dict[str, DataFrame] = {}

    def make(self, name: str, query: str) -> None:
        """See `Bench`."""
        self.local.execute(f'CREATE OR REPLACE TEMP TABLE "{name}" AS {query}')
        self._view(name, self._ask(query))

    def bring(self, name: str, query: str) -> None:
        """See `Bench`."""
        self.local.execute(f'CREATE OR REPLACE TEMP TABLE "{name}" AS {query} LIMIT 0')
        self._fill(name, self._ask(query).toArrow())

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """See `Bench`."""
        return [tuple(row) for row in self._ask(query).collect()]

    def frame(self, query: str) -> pl.DataFrame:
        """See `Bench`."""
        self.bring("frame_from_spark", query)
        found: pl.DataFrame = self.local.sql('SELECT * FROM "frame_from_spark"').pl()
        self.local.execute('DROP TABLE "frame_from_spark"')
        return found

    def keep(self, name: str, frame: pl.DataFrame) -> None:
        """See `Bench`."""
        table = frame.to_arrow()
        self.local.register("frame_to_keep", table)
        self.local.execute(f'CREATE OR REPLACE TEMP TABLE "{name}" AS SELECT * FROM frame_to_keep LIMIT 0')
        self.local.unregister("frame_to_keep")
        self._view(name, self.spark.createDataFrame(table.cast(_for_spark(table.schema))))

    def drop(self, name: str) -> None:
        """See `Bench`."""
        self.local.execute(f'DROP TABLE IF EXISTS "{name}"')
        if name in self._made:
            self._made.pop(name).unpersist()
            self.spark.catalog.dropTempView(name)

    def _view(self, name: str, frame: DataFrame) -> None:
        self._made[name] = frame.persist()
        self._made[name].createOrReplaceTempView(name)

    def _ask(self, query: str) -> DataFrame:
        return self.spark.sql(self._dialect.text(query))

    def _fill(self, name: str, answer: pa.Table) -> None:
        columns = [row[0] for row in self.local.execute(f'DESCRIBE "{name}"').fetchall()]
        self.local.register("answer_of_spark", answer.rename_columns(columns))
        self.local.execute(f'INSERT INTO "{name}" SELECT * FROM answer_of_spark')
        self.local.unregister("answer_of_spark")


def _for_spark(schema: pa.Schema) -> pa.Schema:
    """The types of a frame that Spark has too: no unsigned numbers, no large texts."""
    return pa.schema([field.with_type(_spark_type(field.type)) for field in schema])


def _spark_type(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return pa.string()
    if pa.types.is_unsigned_integer(kind):
        return pa.int64()
    if pa.types.is_null(kind):
        return pa.string()
    return kind
