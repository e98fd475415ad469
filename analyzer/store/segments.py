"""Segments: immutable Parquet files of what one scan brought, named by their hash.

There are four kinds: the rows of a table that came into force (`records`), the places of rows that they replaced
(`replaced`), and what the intake said of cells and old versions (`issues`, `history`). Every row bears the number of
its run in `_run`, so that merged segments still say what stood at any run.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from analyzer.store.contents import file_hash, quoted_path
from analyzer.store.durable import put, remove_file
from analyzer.store.places import Store
from analyzer.store.references import References

RECORDS, REPLACED, ISSUES, HISTORY = "records", "replaced", "issues", "history"


@dataclass(frozen=True)
class Segment:
    """One segment: its hash, what it holds, of which table (empty for the intake's), how many rows, of which runs.

    `columns` are the canonical columns of a segment of records, separated by commas: the vocabulary may have grown since.
    """

    sha256: str
    kind: str
    table: str
    rows: int
    first_run: int
    last_run: int
    columns: str = ""


def write_segment(
    con: duckdb.DuckDBPyConnection,
    store: Store,
    query: str,
    kind: str,
    table: str,
    runs: tuple[int, int],
    columns: Iterable[str] = (),
) -> Segment:
    """Write the rows of a query as a segment; it lies in its place, on the disk, when this returns."""
    draft = store.segments / f".{kind}-{table}.draft"
    con.execute(f"COPY ({query}) TO '{quoted_path(draft)}' (FORMAT parquet, COMPRESSION zstd)")
    counted = con.execute(f"SELECT count(*) FROM read_parquet('{quoted_path(draft)}')").fetchone()
    sha256 = file_hash(draft)
    put(draft, path_of(store, sha256))
    return Segment(sha256, kind, table, int(counted[0]) if counted else 0, *runs, ",".join(columns))


def path_of(store: Store, sha256: str) -> Path:
    """The file of a segment."""
    return store.segments / f"{sha256}.parquet"


def references_to(store: Store, segments: list[Segment], up_to: int) -> References:
    """Return the references of the package of a run to the segments that hold its records."""
    of_kind: dict[str, dict[str, list[str]]] = {kind: {} for kind in (RECORDS, REPLACED, ISSUES, HISTORY)}
    for one in segments:
        if one.first_run <= up_to:
            of_kind[one.kind].setdefault(one.table, []).append(one.sha256)
    intake = {kind: of_kind[kind].get("", []) for kind in (ISSUES, HISTORY)}
    lacking = lacking_in([one for one in segments if one.kind == RECORDS and one.first_run <= up_to])
    return References(store.segments, up_to, of_kind[RECORDS], of_kind[REPLACED], intake, lacking)


def lacking_in(segments: Iterable[Segment]) -> dict[str, list[str]]:
    """Return the columns that a segment of records lacks and another of its table has, by its hash."""
    columns: dict[str, dict[str, None]] = {}
    parts = list(segments)
    for one in parts:
        columns.setdefault(one.table, {}).update(dict.fromkeys(one.columns.split(",")))
    found = {one.sha256: [name for name in columns[one.table] if name not in one.columns.split(",")] for one in parts}
    return {sha256: names for sha256, names in found.items() if names}


def drop_unused(store: Store, live: set[str]) -> int:
    """Remove the segments that neither the warehouse nor any published package names; return how many."""
    named = set(live)
    for package in store.published.glob("*/records.json"):
        named.update(References.named_in(package.parent))
    unused = [path for path in store.segments.glob("*") if path.stem not in named]
    return sum(remove_file(path) for path in unused)


__all__ = [
    "HISTORY",
    "ISSUES",
    "RECORDS",
    "REPLACED",
    "Segment",
    "drop_unused",
    "path_of",
    "references_to",
    "write_segment",
]
