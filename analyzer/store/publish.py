"""Publishing: the package of a run, written beside the others and pointed to as the last step.

Everything in it comes from the warehouse, so a run that was judged and not published is published by the next scan.
Readers read the pointer `current` and open what it names; nothing that they have open is ever written to.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from analyzer.model import AnalyzerError, Problem, Table, Text
from analyzer.store import references
from analyzer.store.cited import DATABASE, cited_records
from analyzer.store.contents import copy_ordered, hashes_of, write_database, write_json, write_results
from analyzer.store.durable import patiently, read_whole, remove_folder, sync_folder, write_whole
from analyzer.store.law_kept import copy_own_law
from analyzer.store.life import history_sql, life_sql, resolved_sql
from analyzer.store.package import NIGHTLY, Package
from analyzer.store.places import Store
from analyzer.store.segments import references_to
from analyzer.store.warehouse import TAKEN, Run, Warehouse

Reports = Callable[[Path], None]

_DRAFT = ".draft-"
_INPUTS = {"inputs": "source"}


def publish(house: Warehouse, run: Run, tables: list[Table], reports: Reports | None) -> Package:
    """Write the package of the run whose answers stand in the warehouse, and point to it. Doing it again is harmless."""
    store = house.store
    folder = store.package(run.run_id)
    if not (folder / "manifest.json").is_file():
        draft = store.published / f"{_DRAFT}{run.run_id}"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir()
        write_run(house, run, draft)
        write_records(house, run, tables, draft)
        if reports is not None:
            reports(draft)
        write_json(draft / "manifest.json", _manifest(house, run, draft))
        sync_folder(draft)
        patiently(lambda: draft.rename(folder))
    point_to(store, run)
    return Package(folder)


def write_run(house: Warehouse, run: Run, folder: Path) -> None:
    """Write what a package says of the run itself: answers, inputs, lives, runs, summary, own law."""
    con = house.con
    write_results(con, folder)
    for name, query in night_queries(run.run_no).items():
        copy_ordered(con, query, (NIGHTLY | _INPUTS)[name], folder / f"{name}.parquet")
    copy_own_law(house.store, run.law_sha256, house.store.work, folder / "law")
    write_json(folder / "summary.json", run.summary)


def night_queries(run_no: int) -> dict[str, str]:
    """Return SQL for what a package of the nightly scan holds besides the answers, as it stood after a run."""
    later = (
        f"coalesce((SELECT sum(n.rows) FROM book.replaced AS n WHERE n.source = i.source AND n.run_no > {run_no}), 0)"
    )
    return {
        "inputs": (
            f"SELECT * REPLACE (CAST(replaced - {later} AS BIGINT) AS replaced, CAST(loaded + {later} AS BIGINT) AS loaded)"
            f" FROM _inputs AS i WHERE source <= (SELECT last_source FROM book.runs WHERE run_no = {run_no})"
        ),
        "finding_life": f"SELECT * FROM ({life_sql(run_no)})",
        "finding_history": history_sql(run_no),
        "resolved_findings": resolved_sql(run_no),
        "runs": f"SELECT * EXCLUDE (orders, summary, rules) FROM book.runs WHERE run_no <= {run_no}",
    }


def write_records(house: Warehouse, run: Run, tables: list[Table], folder: Path) -> None:
    """Name the segments that hold the records, and write `audit.duckdb`."""
    named = references_to(house.store, house.segments(), run.run_no)
    write_json(folder / references.FILE, named.as_data("../../segments"))
    with cited_records(house, run) as cited:
        write_database(house.con, folder / DATABASE, tables, _INPUTS, cited)


def _manifest(house: Warehouse, run: Run, draft: Path) -> dict[str, Any]:
    rows = house.con.execute(
        "SELECT label, sha256, name FROM book.files WHERE state = ? ORDER BY run_no, label", [TAKEN]
    ).fetchall()
    return {
        "format": 1,
        "run_id": run.run_id,
        "files": hashes_of(draft),
        "inputs": [
            {"file": label, "sha256": sha256, "path": f"../../originals/{sha256}/{name}"}
            for label, sha256, name in rows
        ],
        "rules": dict(run.rules),
    }


# The pointer


def point_to(store: Store, run: Run) -> None:
    """Make a published package the one that readers open."""
    said = {"run": run.run_id, "run_no": run.run_no}
    if read_whole(store.current) != said:
        write_whole(store.current, said)


def current_run(store: Store) -> str | None:
    """Return the id of the run that readers open; None before the first."""
    said = read_whole(store.current)
    return str(said["run"]) if said else None


def open_current(store: Store) -> Package:
    """Open the package that is published now; raise `AnalyzerError` when there is none."""
    for _ in range(5):  # the pointer may move, and an old package go, between reading the one and opening the other
        run_id = current_run(store)
        if run_id is None:
            break
        if (store.package(run_id) / "manifest.json").is_file():
            return Package(store.package(run_id))
    cause = Text("还没有已发布的扫描结果", "nothing has been published yet")
    raise AnalyzerError(
        Problem(f"--store {store.root}", cause, Text("先运行 analyzer scan", "Run analyzer scan first"))
    )


# Old packages


def published_runs(store: Store) -> list[str]:
    """Return the ids of all published runs, the oldest first."""
    folders = (one for one in store.published.iterdir() if one.is_dir() and not one.name.startswith("."))
    return sorted(one.name for one in folders if (one / "manifest.json").is_file())


def retire(store: Store, keep: int) -> list[str]:
    """Remove all but the newest `keep` packages; return the runs whose packages went.

    The one that readers open stays, and the one before it, which a reader may have just opened. A package that somebody
    has open on Windows stays until another night.
    """
    runs = published_runs(store)
    safe, current = set(runs[-max(keep, 1) :]), current_run(store)
    if current in runs:
        at = runs.index(current)
        safe.update(runs[max(at - 1, 0) : at + 1])
    return [run for run in runs if run not in safe and remove_folder(store.package(run))]


def sweep(store: Store) -> None:
    """Remove what killed scans left in the folder of packages."""
    for folder in store.published.glob(".*"):
        shutil.rmtree(folder, ignore_errors=True)


__all__ = [
    "Reports",
    "current_run",
    "night_queries",
    "open_current",
    "point_to",
    "publish",
    "published_runs",
    "retire",
    "sweep",
    "write_records",
    "write_run",
]
