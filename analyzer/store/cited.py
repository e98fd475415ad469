"""The records that findings cite, for the database of a package: most stand in the package before and are taken from there.

A row is known by its place (`_source`, `_row`) and never changes; it ceases to be in force when a later row takes its
place, which the segments tell. So of the warehouse only those rows are looked up that are cited for the first time, or
that took another's place. The package before must be whole, of this store and of the same columns; otherwise every
cited row is looked up.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb

from analyzer.engine.night.ranges import drop_values, of_values
from analyzer.model import Table
from analyzer.store.contents import cited_query, file_hash, key_of, quoted_path, read_json
from analyzer.store.durable import read_whole
from analyzer.store.judging import FULL
from analyzer.store.segments import REPLACED, path_of
from analyzer.store.warehouse import Run, Warehouse

DATABASE = "audit.duckdb"
"""The file of a package that holds the cited records."""

_BEFORE = "package_before"


@contextlib.contextmanager
def cited_records(house: Warehouse, run: Run) -> Iterator[Callable[[Table], str]]:
    """Give the query of the cited rows of a table, in the order of their places, as they are in force at a run."""
    before = _package_before(house, run)
    if before is None or not _attach(house.con, before[0]):
        yield lambda table: cited_query(house.con, table)
        return
    number = before[1]
    try:
        yield lambda table: _query(house, table, number) or cited_query(house.con, table)
    finally:
        house.con.execute("DROP TABLE IF EXISTS temp._still_cited")
        house.con.execute("DROP TABLE IF EXISTS temp._newly_cited")
        drop_values(house.con)
        house.con.execute(f"DETACH {_BEFORE}")


def _package_before(house: Warehouse, run: Run) -> tuple[Path, int] | None:
    """The database of the package that is published now, and its run; None when it is not to be built upon.

    A run that judges everything builds upon nothing.
    """
    said = read_whole(house.store.current)
    if run.judged == FULL or said is None or said["run_no"] >= run.run_no:
        return None
    of_this_store = "SELECT 1 FROM book.runs WHERE run_no = ? AND run_id = ?"
    folder = house.store.package(said["run"])
    if not house.con.execute(of_this_store, [said["run_no"], said["run"]]).fetchall():
        return None
    with contextlib.suppress(OSError, ValueError, KeyError):
        if read_json(folder / "manifest.json")["files"][DATABASE] == file_hash(folder / DATABASE):
            return folder / DATABASE, said["run_no"]
    return None


def _attach(con: duckdb.DuckDBPyConnection, path: Path) -> bool:
    try:
        con.execute(f"ATTACH '{quoted_path(path)}' AS {_BEFORE} (READ_ONLY)")
    except duckdb.Error:  # somebody has it open for writing
        return False
    return True


def _query(house: Warehouse, table: Table, number: int) -> str | None:
    """Return the query for a table; None when the package before holds it otherwise or not at all."""
    con, before = house.con, f'{_BEFORE}."{table.name}"'
    if _columns(con, before) != _columns(con, f'"{table.name}"'):
        return None
    cited = f"SELECT record_key FROM finding_records WHERE table_name = '{table.name}'"
    replaced = [
        f"'{quoted_path(path_of(house.store, one.sha256))}'"
        for one in house.segments()
        if (one.kind, one.table) == (REPLACED, table.name) and one.last_run > number
    ]
    gone = ""
    if replaced:
        places = f"(SELECT _source, _row FROM read_parquet([{', '.join(replaced)}]) WHERE _run > {number})"
        gone = f"ANTI JOIN {places} AS g ON g._source = t._source AND g._row = t._row"
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE _still_cited AS SELECT t.* FROM {before} AS t {gone} WHERE {key_of(table)} IN ({cited})"
    )
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE _newly_cited AS {cited} EXCEPT SELECT {key_of(table)} FROM _still_cited AS t"
    )
    is_text = [table.columns[key].kind.sql_type for key in table.key] == ["VARCHAR"]
    inside = of_values(con, "_newly_cited", {"record_key": f'"t"."{table.key[0]}"'}) if is_text else "TRUE"
    return (
        f'SELECT * FROM (SELECT * FROM _still_cited UNION ALL SELECT t.* FROM "{table.name}" AS t'
        f" WHERE {key_of(table)} IN (SELECT record_key FROM _newly_cited) AND {inside}) ORDER BY _source, _row"
    )


def _columns(con: duckdb.DuckDBPyConnection, table: str) -> list[tuple[str, str]] | None:
    try:
        return [(str(name), str(kind)) for name, kind, *_ in con.execute(f"DESCRIBE {table}").fetchall()]
    except duckdb.CatalogException:
        return None


__all__ = ["DATABASE", "cited_records"]
