"""Spark as the bench of a plan: tables are cached views there, and only small answers come home.

Each table is also made in the local DuckDB over empty canonical tables. That costs nothing, checks that both engines
understand the query, and tells the types that DuckDB would have given it, so that what comes home is the same to the
last digit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

import duckdb
import polars as pl
import pyarrow as pa

from analyzer.engine.bench import Judge
from analyzer.engine.plan import VERDICTS, BasePlan
from analyzer.engine.spark.dialect import SparkDialect
from analyzer.engine.spark.kept import Kept, keep
from analyzer.engine.spark.session import are_many, compiling
from analyzer.model import Vocabulary

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

SHORT = 8_000
"""Characters of a query that Java can compile: gathers are, the answers of many rules at once are not."""
NO_SIZES: Mapping[str, int] = {}


class SparkBench:
    """See `engine.bench.Bench`. `local` holds the canonical tables, empty; `sizes` says the rows of those in the lake."""

    def __init__(
        self,
        spark: SparkSession,
        local: duckdb.DuckDBPyConnection,
        vocabulary: Vocabulary,
        sizes: Mapping[str, int] = NO_SIZES,
    ) -> None:
        self.spark, self.local, self._sizes = spark, local, sizes
        self._are_many = are_many(sum(sizes.values()))
        self._dialect = SparkDialect(vocabulary)
        self._made: dict[str, Kept] = {}

    def shares(self, plan: BasePlan) -> Sequence[BasePlan]:
        """See `Bench`. Spark puts aside what does not fit, join by join."""
        return [plan]

    def judge_rows(self, name: str, plan: BasePlan) -> None:
        """See `Bench`."""
        self.make(name, plan.verdicts_query())

    def make(self, name: str, query: str) -> None:
        """See `Bench`."""
        self.local.execute(f'CREATE OR REPLACE TEMP TABLE "{name}" AS {query}')
        with self._compiling(query):
            self._view(name, self._ask(query))

    def bring(self, name: str, query: str) -> None:
        """See `Bench`."""
        self.local.execute(f'CREATE OR REPLACE TEMP TABLE "{name}" AS {query} LIMIT 0')
        with self._compiling(query):
            answer = self._ask(query).toArrow()
        self._fill(name, answer)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """See `Bench`."""
        return [tuple(row) for row in self._ask(query).collect()]

    def size(self, name: str) -> int:
        """See `Bench`. The rows of a table of the lake were counted when it was opened."""
        known = self._sizes.get(name)
        return int(self.rows(f'SELECT count(*) FROM "{name}"')[0][0]) if known is None else known

    def masks(self, name: str, columns: Sequence[str]) -> dict[str, dict[int, int]]:
        """See `Bench`. One pass over all columns."""
        pairs = ", ".join(f"{number}, `{column}`" for number, column in enumerate(columns))
        query = (
            f"SELECT number, mask, count(*) FROM (SELECT stack({len(columns)}, {pairs}) AS (number, mask) FROM `{name}`)"
            " WHERE mask > 0 GROUP BY number, mask"
        )
        found: dict[str, dict[int, int]] = {column: {} for column in columns}
        with compiling(self.spark, self._are_many):
            answer = self.spark.sql(query).collect()
        for number, mask, rows in answer:
            found[columns[number]][mask] = rows
        return found

    def tally(self, name: str, columns: Sequence[str]) -> dict[str, dict[int, int]]:
        """See `Bench`. One pass over all columns: a pass for each would be a job of Spark's for each."""
        counted = ", ".join(f"count_if(`{column}` = {value})" for column in columns for value in VERDICTS)
        with compiling(self.spark, self._are_many):
            row = self.spark.sql(f"SELECT {counted} FROM `{name}`").first()
        counts = iter(row or ())
        return {column: {value: int(next(counts)) for value in VERDICTS} for column in columns}

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

    def judge_units(self, name: str, query: str, judge: Judge, looked_at: str | None) -> None:
        """See `Bench`. All units come home: whether Spark or DuckDB added the others would show in their types."""
        del looked_at
        self.keep(name, judge(self.frame(query)))

    def drop(self, name: str) -> None:
        """See `Bench`."""
        self.local.execute(f'DROP TABLE IF EXISTS "{name}"')
        if name in self._made:
            self._made.pop(name).free()
            self.spark.catalog.dropTempView(name)

    def _view(self, name: str, frame: DataFrame) -> None:
        self._made[name] = kept = keep(self.spark, frame)
        kept.leaf.createOrReplaceTempView(name)

    def _compiling(self, query: str) -> AbstractContextManager[None]:
        return compiling(self.spark, self._are_many and len(query) < SHORT)

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
