"""Upkeep: small segments merged, the warehouse written anew without gaps. Earlier runs stay as they were."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import duckdb

from analyzer.store.contents import block_size, quoted_path
from analyzer.store.durable import put, remove_file
from analyzer.store.places import Store
from analyzer.store.references import read_segments
from analyzer.store.segments import Segment, drop_unused, lacking_in, path_of, write_segment
from analyzer.store.warehouse import Warehouse, opened, vars_of, whole

_MANY = 40
"""So many segments of one kind and table are merged by a scan of its own accord: files cost a reader time each."""

_LARGE = 5_000_000
"""A segment of so many rows is left as it is."""


@dataclass(frozen=True)
class Compacted:
    """What a compaction did: segments merged away, files removed, bytes of the warehouse before and after."""

    merged: int
    removed: int
    before: int
    after: int


def merge_small(house: Warehouse, least: int = _MANY) -> int:
    """Merge the small segments of each kind and table where there are at least so many; return how many went.

    Their rows bear the number of their run, so every run still sees its own. The old files stay until no published
    package names them any more.
    """
    groups: dict[tuple[str, str], list[Segment]] = defaultdict(list)
    for one in house.segments():
        if one.rows < _LARGE:
            groups[(one.kind, one.table)].append(one)
    return sum(_merge(house, kind, table, of) for (kind, table), of in groups.items() if len(of) >= max(least, 2))


def _merge(house: Warehouse, kind: str, table: str, parts: list[Segment]) -> int:
    lacking = lacking_in(parts)
    source = read_segments({path_of(house.store, one.sha256): lacking.get(one.sha256, ()) for one in parts})
    columns = dict.fromkeys(name for one in parts for name in one.columns.split(",") if name)
    order = {"records": "_source, _row", "replaced": "_source, _row"}.get(kind, "_run")
    query = f"SELECT * FROM {source} ORDER BY {order}"
    runs = (min(one.first_run for one in parts), max(one.last_run for one in parts))
    made = write_segment(house.con, house.store, query, kind, table, runs, columns)
    with whole(house.con):
        for one in parts:
            house.con.execute("DELETE FROM book.segments WHERE sha256 = ?", [one.sha256])
        house.con.execute("INSERT INTO book.segments VALUES (?, ?, ?, ?, ?, ?, ?)", list(vars_of(made)))
    return len(parts) - 1


def compact(store: Store) -> Compacted:
    """Merge all small segments, write the warehouse anew, remove what nobody names. The lock must be held."""
    before = store.warehouse.stat().st_size
    with opened(store) as house:
        merged = merge_small(house, 2)
        removed = drop_unused(store, {one.sha256 for one in house.segments()})
        house.con.execute("CHECKPOINT")
    draft = store.work / "compacted.duckdb"
    remove_file(draft)
    con = duckdb.connect(config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"})
    try:
        con.execute(f"ATTACH '{quoted_path(store.warehouse)}' AS old (READ_ONLY)")
        con.execute(f"ATTACH '{quoted_path(draft)}' AS new{block_size(before)}")
        con.execute("COPY FROM DATABASE old TO new")
        con.execute("DETACH new")
        con.execute("DETACH old")
    finally:
        con.close()
    if not store.warehouse.with_name(f"{store.warehouse.name}.wal").exists():  # it belongs to the old file
        put(draft, store.warehouse)
    return Compacted(merged, removed, before, store.warehouse.stat().st_size)


__all__ = ["Compacted", "compact", "merge_small"]
