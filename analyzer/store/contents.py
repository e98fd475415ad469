"""What a package is made of, written table by table: the audit of one folder and the nightly scan write alike."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import duckdb

from analyzer.model import Table
from analyzer.model.tables import UNKNOWN
from analyzer.rulebook.library import rule_paths

RESULTS = {
    "findings": "rule, started_on, finding_id",
    "finding_records": "rule, finding_id, record_key",
    "verdict_counts": "rule",
    "not_assessable": "rule, missing",
}
"""The result tables and the order of their rows: the same audit gives the same file."""

RESULT_GROUP = 20_480
"""The rows of a result table that are read at once: whoever looks for a few findings passes over the rest of the file."""

INTAKE = {
    "inputs": "source",
    "issues": '"file", "sheet", "row", "column", "text", "reason"',
    "history": '"table_name", "record_key", "source", "row"',
}
"""The account of the intake: every file and sheet, what could not be read, and the old versions of replaced rows."""


def copy_query(con: duckdb.DuckDBPyConnection, query: str, path: Path, group: int = 0) -> None:
    """Write the rows of a query to a Parquet file; `group` rows stand together, or as many as the writer likes."""
    groups = f", ROW_GROUP_SIZE {group}" if group else ""
    con.execute(f"COPY ({query}) TO '{quoted_path(path)}' (FORMAT parquet, COMPRESSION zstd{groups})")


def copy_ordered(con: duckdb.DuckDBPyConnection, query: str, order: str, path: Path) -> None:
    """Write the rows of a query in an order, so that equal rows give equal bytes.

    How an expression arrived at its values shows in how the writer packs them; rows of a table that are sorted do not
    show it.
    """
    con.execute(f"CREATE OR REPLACE TEMP TABLE _written AS {query}")
    copy_query(con, f"SELECT * FROM _written ORDER BY {order}", path)
    con.execute("DROP TABLE _written")


def write_results(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Write the result tables of `con`, each in its order."""
    for name, order in RESULTS.items():
        copy_query(con, f'SELECT * FROM "{name}" ORDER BY {order}', folder / f"{name}.parquet", RESULT_GROUP)


def records_query(table: Table, source: str, also: str = "") -> str:
    """Return SQL for a canonical table as judged, in the order of its rows; the unknown columns are named.

    `also` is further SQL columns. Each distinct mask of unknown columns is spelt out once.
    """
    names = ", ".join(f"CASE WHEN (\"{UNKNOWN}\" & {table.bit(name)}) <> 0 THEN '{name}' END" for name in table.columns)
    masks = (
        f'SELECT "{UNKNOWN}" AS mask, list_filter([{names}], lambda name: name IS NOT NULL) AS names'
        f' FROM (SELECT DISTINCT "{UNKNOWN}" FROM {source})'
    )
    wanted = ", ".join(f't."{name}"' for name in table.columns)
    return (
        f'SELECT {wanted}, m.names AS "{UNKNOWN}", t."_source", t."_row"{also}'
        f' FROM {source} AS t JOIN ({masks}) AS m ON m.mask = t."{UNKNOWN}" ORDER BY t."_source", t."_row"'
    )


def typed_query(table: Table, source: str, held: Iterable[str] | None = None, *, in_order: bool = True) -> str:
    """Return SQL that turns rows of a package (`source`, SQL) back into what the engine holds: names into a mask.

    Columns that `source` does not have (`held` says which it has) are unknown in every row. A source that is in the
    order of its rows already need not be put in order.
    """
    columns = set(table.columns if held is None else held)
    lacking = sum(table.bit(name) for name in table.columns if name not in columns)
    bits = "".join(
        f" + CASE WHEN list_contains(names, '{name}') THEN {table.bit(name)} ELSE 0 END"
        for name in table.columns
        if name in columns
    )
    wanted = ", ".join(
        f'r."{name}"' if name in columns else f'NULL::{column.kind.sql_type} AS "{name}"'
        for name, column in table.columns.items()
    )
    masks = f'SELECT names, CAST({lacking}{bits} AS UBIGINT) AS mask FROM (SELECT DISTINCT "{UNKNOWN}" AS names FROM {source})'
    return (
        f'SELECT {wanted}, m.mask AS "{UNKNOWN}", r."_source", r."_row" FROM {source} AS r'
        f' JOIN ({masks}) AS m ON m.names = r."{UNKNOWN}"' + (' ORDER BY r."_source", r."_row"' if in_order else "")
    )


_SMALL_DATABASE, _SMALL_BLOCKS = 32 * 1024**2, 16_384
_BYTES_OF_A_RECORD = 512


def block_size(size: float) -> str:
    """Return the option by which a database of about `size` bytes is attached that is not there yet.

    Every column of every table takes a block at least: a hundred small tables in blocks of 256 KB are mostly air.
    Large tables are written in half the time in large blocks.
    """
    return f" (BLOCK_SIZE {_SMALL_BLOCKS})" if size < _SMALL_DATABASE else ""


def write_database(
    con: duckdb.DuckDBPyConnection,
    path: Path,
    tables: Iterable[Table],
    intake: Mapping[str, str],
    cited: Callable[[Table], str] | None = None,
) -> None:
    """The results, plus the records that findings point to, in one file for people who ask with SQL.

    `intake` gives the tables of the intake that come along, by name, with the order of their rows. `cited` gives the
    query of the records of a table where there is a shorter way to them than `cited_query`.
    """
    counted = con.execute("SELECT count(*) FROM finding_records").fetchone()
    con.execute(f"ATTACH '{quoted_path(path)}' AS result{block_size((counted or (0,))[0] * _BYTES_OF_A_RECORD)}")
    try:
        own = _own(con)
        for name, order in RESULTS.items():
            con.execute(f'CREATE TABLE result."{name}" AS SELECT * FROM {own}."{name}" ORDER BY {order}')
        for name, order in intake.items():
            con.execute(f'CREATE TABLE result."{name}" AS SELECT * FROM {own}."_{name}" ORDER BY {order}')
        for table in tables:
            query = cited(table) if cited else cited_query(con, table)
            con.execute(f'CREATE TABLE result."{table.name}" AS {query}')
    finally:
        con.execute("DETACH result")


def cited_query(con: duckdb.DuckDBPyConnection, table: Table) -> str:
    """Return SQL for the records of a table that findings point to, in the order of their places."""
    return (
        f'SELECT t.* FROM {_own(con)}."{table.name}" AS t WHERE {key_of(table)} IN'
        f" (SELECT record_key FROM {_own(con)}.finding_records WHERE table_name = '{table.name}')"
        f' ORDER BY t."_source", t."_row"'
    )


def key_of(table: Table) -> str:
    """Return SQL for the key of a row `t` of a table, as findings name it."""
    return " || '|' || ".join(f't."{key}"' for key in table.key)


def _own(con: duckdb.DuckDBPyConnection) -> str:
    """The schema of the connection's own tables, for a query that runs with others attached."""
    home = con.execute("SELECT current_database()").fetchone()
    return f'"{home[0] if home else "memory"}".main'


def keep_own_law(profile: str | Path, places: Iterable[Path], folder: Path) -> None:
    """Keep the bureau's own profile and rules with the package: they cannot be found elsewhere later."""
    if isinstance(profile, Path):
        folder.mkdir(exist_ok=True)
        shutil.copyfile(profile, folder / "profile.yaml")
    for place in places:
        for path in rule_paths(place):
            target = folder / "rules" / path.relative_to(place)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)


def hashes_of(folder: Path) -> dict[str, str]:
    """Return the sha256 of every file in a folder by its relative path."""
    return {one.relative_to(folder).as_posix(): file_hash(one) for one in sorted(folder.rglob("*")) if one.is_file()}


def file_hash(path: Path) -> str:
    """Return the sha256 of a file, read in pieces."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def write_json(path: Path, data: Mapping[str, Any]) -> None:
    """Write data as JSON that people can read."""
    path.write_text(json.dumps(data, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON object."""
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return data


def quoted_path(path: Path) -> str:
    """Return a path as it stands between the quotes of an SQL literal."""
    return str(path).replace("'", "''")


__all__ = [
    "INTAKE",
    "RESULTS",
    "RESULT_GROUP",
    "cited_query",
    "copy_ordered",
    "copy_query",
    "file_hash",
    "hashes_of",
    "keep_own_law",
    "key_of",
    "quoted_path",
    "read_json",
    "records_query",
    "typed_query",
    "write_database",
    "write_json",
    "write_results",
]
