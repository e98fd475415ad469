"""The same audit for a notebook: `analyzer.audit(paths, ...)`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa

from analyzer.engine.audit import Audit, Order, run_audit
from analyzer.engine.connect import Limits
from analyzer.model import AnalyzerError, Problem, Text
from analyzer.store.package import INTAKE, RESULTS, drafting, write_package
from analyzer.store.summary import summary

Paths = str | Path | Iterable[str | Path]


class Result:
    """What an audit found. Every table comes as polars by attribute, or as pandas or Arrow by name.

    >>> result.findings                      # polars
    >>> result.pandas("verdict_counts")      # pandas
    >>> result.evidence(result.findings["finding_id"][0])   # the records of one finding
    """

    def __init__(
        self, tables: Mapping[str, pa.Table], records: Mapping[str, pa.Table], said: Mapping[str, Any]
    ) -> None:
        self._tables, self._records, self.summary = dict(tables), dict(records), dict(said)

    @property
    def findings(self) -> pl.DataFrame:
        """One row per finding, as in findings.parquet."""
        return self.polars("findings")

    @property
    def finding_records(self) -> pl.DataFrame:
        """The judged rows of each finding: finding_id, rule, table_name, record_key, verdict."""
        return self.polars("finding_records")

    @property
    def verdict_counts(self) -> pl.DataFrame:
        """One row per rule: the five counts, total, findings."""
        return self.polars("verdict_counts")

    @property
    def not_assessable(self) -> pl.DataFrame:
        """What kept rules from an answer: rule, missing, rows."""
        return self.polars("not_assessable")

    @property
    def inputs(self) -> pl.DataFrame:
        """The account of every file and sheet."""
        return self.polars("inputs")

    @property
    def issues(self) -> pl.DataFrame:
        """The cells and rows that could not be read."""
        return self.polars("issues")

    @property
    def tables(self) -> tuple[str, ...]:
        """The names that `polars`, `pandas` and `arrow` take: results, intake, and canonical tables."""
        return (*self._tables, *self._records)

    def arrow(self, name: str) -> pa.Table:
        """Return a table as Arrow; `name` is one of `tables`.

        Canonical tables carry `_unknown` where a cell of a row could not be read or its file lacks the column: one bit a
        column, in the order of `analyzer schema`, the first column the lowest bit. A null whose bit is set is unknown,
        any other null is a blank. Raises `AnalyzerError` for a name that is no table of the result.
        """
        found = self._tables.get(name, self._records.get(name))
        if found is None:
            listed = ", ".join(self.tables)
            cause = Text(f"结果里没有 {name} 这张表", f"the result has no table `{name}`")
            raise AnalyzerError([Problem(name, cause, Text(f"可用的表：{listed}", f"There are: {listed}"))])
        return found

    def polars(self, name: str) -> pl.DataFrame:
        """Return a table as a polars DataFrame."""
        frame = pl.from_arrow(self.arrow(name))
        assert isinstance(frame, pl.DataFrame)
        return frame

    def pandas(self, name: str) -> pd.DataFrame:
        """Return a table as a pandas DataFrame."""
        frame: pd.DataFrame = self.arrow(name).to_pandas()
        return frame

    def evidence(self, finding_id: str) -> pl.DataFrame:
        """Return the canonical rows that a finding rests on, with the verdict of each."""
        rows = self.finding_records.filter(pl.col("finding_id") == finding_id)
        if rows.is_empty():
            raise KeyError(finding_id)
        table = rows["table_name"][0]
        records = self.polars(table)
        keys: list[str] = self.summary["keys"][table]
        joined = records.with_columns(pl.concat_str(keys, separator="|").alias("record_key"))
        return joined.join(rows.select("record_key", "verdict"), on="record_key", how="inner")

    def __repr__(self) -> str:
        totals = self.summary["totals"]
        return (
            f"Result({totals['by_verdict']['breach']} breaches, {totals['by_verdict']['review']} reviews,"
            f" {totals['rules']} rules, as of {self.summary['as_of']})"
        )


def audit(
    paths: Paths,
    *,
    profile: str | Path = "sanmenxia",
    as_of: date | str | None = None,
    set: Mapping[str, Any] | None = None,
    mapping: Paths = (),
    rules: Paths = (),
    select: Iterable[str] = (),
    out: str | Path | None = None,
    memory_limit: str | None = None,
    threads: int | None = None,
    engine: str = "duckdb",
    master: str | None = None,
) -> Result:
    """Judge exported files and return what was found.

    `paths` are files or folders; `profile` is a name or a file; `set` overrides parameters by name; `out` also writes
    the package there. With `engine="spark"` the one path is a lake (a folder of canonical tables, `hdfs://...` or
    `catalog://name`) and `master` is Spark's; of its large tables the result holds the records of findings only.
    Raises `AnalyzerError` for what a person has to mend, with every problem at once.
    """
    lake = _lake(paths) if engine == "spark" else None
    order = Order(
        inputs=_paths(paths) if lake is None else (),
        as_of=date.fromisoformat(as_of) if isinstance(as_of, str) else as_of or date.today(),
        profile=Path(profile) if str(profile).endswith((".yaml", ".yml")) else profile,
        settings=tuple(f"{name}={'null' if value is None else value}" for name, value in (set or {}).items()),
        mappings=_paths(mapping),
        rules=_paths(rules),
        select=tuple(select),
        limits=Limits(memory_limit, threads),
    )
    drafted = drafting(Path(out)) if out is not None else nullcontext()
    with drafted as draft, _run(order, lake, master, [draft] if draft else []) as done:
        tables = {name: _arrow(done.con, f'SELECT * FROM "{name}" ORDER BY {by}') for name, by in RESULTS.items()}
        tables |= {name: _arrow(done.con, f'SELECT * FROM "_{name}" ORDER BY {by}') for name, by in INTAKE.items()}
        records = {
            name: _arrow(done.con, f'SELECT * FROM "{name}" ORDER BY "_source", "_row"') for name in done.intake.tables
        }
        keys = {name: list(done.library.vocabulary[name].key) for name in done.intake.tables}
        said = {**summary(done), "keys": keys}
        if draft is not None and out is not None:
            write_package(done, draft, Path(out))
    return Result(tables, records, said)


def _run(order: Order, lake: str | None, master: str | None, writable: list[Path]) -> Audit:
    if lake is None:
        return run_audit(order, writable=writable)
    from analyzer.engine.spark.run import audit_lake

    return audit_lake(order, lake, master, writable=writable)


def _lake(paths: Paths) -> str:
    """The one address that Spark is to open; `Path` would fold the two slashes of `hdfs://`."""
    places = [str(paths)] if isinstance(paths, str | Path) else [str(one) for one in paths]
    if len(places) != 1:
        raise AnalyzerError(Problem("paths", Text("Spark 审核一个数据湖", "Spark judges one lake")))
    return places[0]


def _arrow(con: duckdb.DuckDBPyConnection, query: str) -> pa.Table:
    return con.sql(query).to_arrow_table()


def _paths(paths: Paths) -> tuple[Path, ...]:
    return (Path(paths),) if isinstance(paths, str | Path) else tuple(Path(one) for one in paths)


__all__ = ["Result", "audit"]
