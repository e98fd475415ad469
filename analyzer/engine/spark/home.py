"""What comes home from a lake once it is judged: small tables whole, of large ones the records of findings."""

from __future__ import annotations

from collections.abc import Mapping

from analyzer.engine.spark.bench import SparkBench
from analyzer.model import Table, Vocabulary
from analyzer.model.tables import UNKNOWN

WHOLE_UP_TO = 100_000
"""A table of no more rows comes home whole: registers are what findings are read with."""


def bring_home(
    bench: SparkBench, vocabulary: Vocabulary, rows: Mapping[str, int], whole_up_to: int = WHOLE_UP_TO
) -> frozenset[str]:
    """Fill the canonical tables of `bench.local`; return those of which only the records of findings are there."""
    partial = set()
    for name, size in rows.items():
        query = f'SELECT * FROM "{name}"'
        if size > whole_up_to:
            partial.add(name)
            query = _of_findings(bench, vocabulary[name])
        _insert(bench, vocabulary[name], query)
    bench.drop("wanted")
    return frozenset(partial)


def _of_findings(bench: SparkBench, table: Table) -> str:
    keys = bench.local.sql(
        f"SELECT DISTINCT record_key FROM finding_records WHERE table_name = '{table.name}' ORDER BY 1"
    ).pl()
    bench.keep("wanted", keys)
    key = " || '|' || ".join(f't."{one}"' for one in table.key)
    return f'SELECT t.* FROM "{table.name}" AS t SEMI JOIN "wanted" AS w ON w.record_key = {key}'


def _insert(bench: SparkBench, table: Table, query: str) -> None:
    """The rows bear the number 0 as their file and are counted by their key: so they are the same on every run."""
    columns = ", ".join(f'"{name}"' for name in (*table.columns, UNKNOWN))
    keys = ", ".join(f'"{key}"' for key in table.key)
    bench.bring("came_home", f"SELECT {columns} FROM ({query}) AS r")
    bench.local.execute(
        f'INSERT INTO "{table.name}" SELECT {columns}, 0, row_number() OVER (ORDER BY {keys}) FROM "came_home"'
    )
    bench.local.execute('DROP TABLE "came_home"')


__all__ = ["WHOLE_UP_TO", "bring_home"]
