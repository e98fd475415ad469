"""A table that Spark keeps while it is asked again and again: made once, planned once, its size known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


@dataclass(frozen=True)
class Kept:
    """A kept table: what frees it, and what is asked in its place."""

    frame: DataFrame
    leaf: DataFrame
    relation: Any = None

    def free(self) -> None:
        """Give back the memory."""
        self.frame.unpersist()
        if self.relation is not None:
            # Spark forgets what was kept, though not the memory, when a view that it was made from is replaced.
            self.relation.cacheBuilder().clearCache(False)


def keep(spark: SparkSession, frame: DataFrame, *, fill: bool = True) -> Kept:
    """Keep a table, in memory or where that is short on disk; with `fill` at once, otherwise when it is first asked.

    What is asked in its place is a plan of one node: what the table was made by is not planned again in every query
    over it. Spark offers this inside only; where it cannot be had the table is used as it is, which takes longer.
    """
    frame = frame.persist()
    try:
        relation = frame._jdf.queryExecution().withCachedData()
        if fill:
            _leaf(spark, relation).count()
        # A new node over the same pieces: it knows how large they are, which the first could not.
        return Kept(frame, _leaf(spark, relation.newInstance()), relation)
    except (AttributeError, TypeError):
        if fill:
            frame.count()
        return Kept(frame, frame)


def _leaf(spark: SparkSession, relation: Any) -> DataFrame:
    from pyspark.sql import DataFrame

    jvm: Any = spark._jvm
    return DataFrame(jvm.org.apache.spark.sql.classic.Dataset.ofRows(spark._jsparkSession, relation), spark)


__all__ = ["Kept", "keep"]
