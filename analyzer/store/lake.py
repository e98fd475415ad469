"""A store's records as a lake: canonical tables as Parquet, as other engines read them.

What is written is what the last scan published, so that neither a scan nor a reader is held up. A table with a date of
its own is a folder of months, which engines skip when they need not read them; a table without one is a single file.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import duckdb

from analyzer.engine.connect import Limits
from analyzer.model import AnalyzerError, Problem, Table, Text
from analyzer.model.tables import UNKNOWN
from analyzer.rulebook.library import load_library
from analyzer.store.contents import quoted_path
from analyzer.store.durable import in_plain_words
from analyzer.store.package import Package
from analyzer.store.places import Store
from analyzer.store.publish import open_current

BY_MONTH = {
    "detections": "detected_at",
    "notices": "issued_at",
    "cases": "filed_on",
    "payments": "paid_on",
    "inspections": "inspected_on",
}
"""The tables that grow with every month, and the day that a row belongs to."""

NO_MONTH = "none"
"""The folder of the rows without that day."""


@dataclass(frozen=True)
class Exported:
    """One table of a lake: its rows, and the months it is divided into (0 for a single file)."""

    table: str
    rows: int
    months: int


def export_lake(store: Store, out: Path, limits: Limits) -> list[Exported]:
    """Write the records of the published package of a store to a new folder; return what was written, by table.

    Raises `AnalyzerError` when nothing is published or the folder holds something already.
    """
    if out.exists() and (out.is_file() or any(out.iterdir())):
        cause = Text("这里已有文件，不会覆盖", "there is something there already, which is not overwritten")
        raise AnalyzerError(Problem(f"--out {out}", cause, Text("请换一个新目录", "Choose a new folder")))
    package = open_current(store)
    vocabulary = load_library().vocabulary
    draft = out.parent / f".{out.name}.partial"
    with in_plain_words(f"--out {out}"):
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        con = _connect(limits, draft)
        try:
            written = [_write(con, package, vocabulary[name], draft) for name in package.tables]
        finally:
            con.close()
        shutil.rmtree(draft / ".spill", ignore_errors=True)
        if out.is_dir():
            out.rmdir()
        draft.rename(out)
    return written


def _connect(limits: Limits, draft: Path) -> duckdb.DuckDBPyConnection:
    config: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "temp_directory": str(draft / ".spill"),
        # A month that is written by one thread is one file.
        "partitioned_write_max_open_files": "500",
    }
    if limits.memory:
        config["memory_limit"] = limits.memory
    if limits.threads:
        config["threads"] = str(limits.threads)
    return duckdb.connect(config=config)


def _write(con: duckdb.DuckDBPyConnection, package: Package, table: Table, lake: Path) -> Exported:
    source = package.records(table.name)
    held = [str(row[0]) for row in con.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()]
    columns = ", ".join(f'"{name}"' for name in (*table.columns, UNKNOWN) if name in held)
    counted = con.execute(f"SELECT count(*) FROM {source}").fetchone()
    rows = int(counted[0]) if counted else 0
    target = lake / table.name
    day = BY_MONTH.get(table.name)
    if day is None or day not in held or not rows:
        target.mkdir()
        _copy(con, f"SELECT {columns} FROM {source} ORDER BY {_key(table)}", target / "part-0.parquet", "")
        return Exported(table.name, rows, 0)
    month = f"coalesce(strftime(\"{day}\", '%Y-%m'), '{NO_MONTH}') AS month"
    query = f'SELECT {columns}, {month} FROM {source} ORDER BY "{day}" NULLS LAST, {_key(table)}'
    _copy(con, query, target, ", PARTITION_BY (month), FILENAME_PATTERN 'part-{i}'")
    return Exported(table.name, rows, sum(1 for _ in target.glob("month=*")))


def _key(table: Table) -> str:
    return ", ".join(f'"{key}"' for key in table.key)


def _copy(con: duckdb.DuckDBPyConnection, query: str, path: Path, how: str) -> None:
    con.execute(f"COPY ({query}) TO '{quoted_path(path)}' (FORMAT parquet, COMPRESSION zstd{how})")


__all__ = ["BY_MONTH", "NO_MONTH", "Exported", "export_lake"]
