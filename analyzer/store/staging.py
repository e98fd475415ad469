"""Staging: the files of one night read in a database of their own and settled against the rows that stand already.

What comes out are segments: nothing of the warehouse is touched here, and a scan that dies now leaves files that nobody
names. Rows in force whose keys come again are brought along, so that each row is counted as one audit of all files, in
the order of their arrival, would count it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from analyzer.engine.connect import DATABASE, IN_MEMORY_BELOW, Limits, connect
from analyzer.model import Table, Vocabulary
from analyzer.model.mapping import FileMapping
from analyzer.records import Intake, Source, Standing, length_as_text, take_sources
from analyzer.store import segments as kinds
from analyzer.store.contents import quoted_path, records_query
from analyzer.store.durable import remove_file
from analyzer.store.places import Store
from analyzer.store.segments import Segment, write_segment

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Staged:
    """What a night brought: its segments, the account of its files (a Parquet file), and the intake's own summary."""

    segments: tuple[Segment, ...]
    inputs: Path
    intake: Intake

    def of(self, kind: str, table: str) -> Segment | None:
        """Return the segment of a kind and table, if there is one."""
        return next((one for one in self.segments if (one.kind, one.table) == (kind, table)), None)


@dataclass(frozen=True)
class Night:
    """What the staging of one night needs to know.

    `in_force` writes the rows in force whose keys stand in a Parquet file to another Parquet file, and says whether
    there can be any.
    """

    store: Store
    work: Path
    run_no: int
    first_source: int
    in_force: Callable[[Table, Path, Path], bool]


def stage(
    night: Night,
    sources: Sequence[Source],
    vocabulary: Vocabulary,
    mappings: Sequence[FileMapping],
    limits: Limits,
    progress: Progress | None = None,
) -> Staged:
    """Read the files and write what they brought as segments."""
    size = length_as_text([source.path for source in sources])
    con = connect(night.work, limits, in_memory=size < IN_MEMORY_BELOW, is_large=True)
    try:
        staging = _Staging(con, night)
        standing = Standing(night.first_source, staging.bring)
        intake = take_sources(
            con, sources, vocabulary, mappings=mappings, work_dir=night.work, progress=progress, standing=standing
        )
        found = [segment for name in intake.tables for segment in staging.records(vocabulary[name])]
        found += staging.accounts()
        inputs = night.work / "inputs.parquet"
        con.execute(f"COPY (SELECT * FROM _inputs ORDER BY source) TO '{quoted_path(inputs)}' (FORMAT parquet)")
    finally:
        con.close()
        remove_file(night.work / DATABASE)  # a large one: the judging may need its room
    return Staged(tuple(found), inputs, intake)


class _Staging:
    def __init__(self, con: duckdb.DuckDBPyConnection, night: Night) -> None:
        self._con, self._night = con, night
        self._brought: dict[str, Path] = {}

    def bring(self, con: duckdb.DuckDBPyConnection, table: Table) -> None:
        """Add the rows in force whose keys came again."""
        keys, held = (self._night.work / f"{table.name}-{part}.parquet" for part in ("keys", "held"))
        wanted = ", ".join(f'"{key}"' for key in table.key)
        con.execute(f"COPY (SELECT DISTINCT {wanted} FROM \"{table.name}\") TO '{quoted_path(keys)}' (FORMAT parquet)")
        if self._night.in_force(table, keys, held):
            con.execute(
                f"INSERT INTO \"{table.name}\" SELECT *, false, NULL, NULL, NULL FROM read_parquet('{quoted_path(held)}')"
            )
            self._brought[table.name] = held

    def records(self, table: Table) -> list[Segment]:
        """Write the rows of a table that came into force, and the places of those whose place they took."""
        night = self._night
        run = (night.run_no, night.run_no)
        new = f'(SELECT * FROM "{table.name}" WHERE _source >= {night.first_source})'
        query = records_query(table, new, f", {night.run_no}::INTEGER AS _run")
        brought = write_segment(self._con, night.store, query, kinds.RECORDS, table.name, run, table.columns)
        # a segment without rows says that the table was supplied; that need be said once
        found = [] if not brought.rows and table.name in self._brought else [brought]
        if table.name in self._brought:
            held = quoted_path(self._brought[table.name])
            gone = (
                f"SELECT h._source, h._row, {night.run_no}::INTEGER AS _run FROM read_parquet('{held}') AS h"
                f' ANTI JOIN "{table.name}" AS t ON t._source = h._source AND t._row = h._row ORDER BY 1, 2'
            )
            replaced = write_segment(self._con, night.store, gone, kinds.REPLACED, table.name, run)
            found += [replaced] if replaced.rows else []
        return found

    def accounts(self) -> list[Segment]:
        """Write what could not be read, and the old versions of replaced rows; the first night also when empty."""
        night, found = self._night, []
        for kind, order in ((kinds.ISSUES, 'source, "row", "column", text'), (kinds.HISTORY, "source, row")):
            counted = self._con.execute(f'SELECT count(*) FROM "_{kind}"').fetchone()
            if night.run_no == 1 or (counted and counted[0]):
                query = f'SELECT *, {night.run_no}::INTEGER AS _run FROM "_{kind}" ORDER BY {order}'
                found.append(write_segment(self._con, night.store, query, kind, "", (night.run_no, night.run_no)))
        return found


__all__ = ["Night", "Staged", "stage"]
