"""What a whole night costs: taking in, judging, publishing, with a history and 100,000 new detections on top of it.

    python benchmarks/scan.py [--detections 1000000] [--new 100000] [--memory-limit 2GB] [--rules DEV,NTC] [--out FOLDER]

History and news are made (see `made`), laid into the inbox as Parquet, and scanned in two nights of the same process.
Prints the seconds of each part as the log has them, the size of what is published, and the peak of resident memory.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import tempfile
from datetime import date
from pathlib import Path

from made import make_tables

from analyzer.engine.audit import Order
from analyzer.engine.connect import Limits, connect
from analyzer.rulebook.library import load_library
from analyzer.store.contents import copy_query, records_query
from analyzer.store.places import Store
from analyzer.store.publish import open_current
from analyzer.store.scan import Request, scan

GROWING = {"detections": "", "notices": "record_id", "cases": "record_id"}
PARTS = ("taken_in", "judged", "settled")


def main() -> None:
    """Make the files of two nights, scan them, and say what each part took."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--detections", type=int, default=1_000_000)
    asked.add_argument("--new", type=int, default=100_000)
    asked.add_argument("--memory-limit", default="2GB")
    asked.add_argument("--rules", default="")
    asked.add_argument("--out", type=Path, default=None)
    options = asked.parse_args()
    folder = options.out or Path(tempfile.mkdtemp(prefix="scan-"))
    make_files(folder, options.detections, options.new, options.memory_limit)
    store = Store(folder / "store")
    store.inbox.mkdir(parents=True, exist_ok=True)
    select = tuple(word for word in options.rules.split(",") if word)
    for night, day in enumerate((date(2025, 12, 30), date(2025, 12, 31))):
        for path in sorted(folder.glob(f"night{night}/*.parquet")):
            shutil.move(path, store.inbox / path.name)
        order = Order((), day, select=select, limits=Limits(options.memory_limit))
        outcome = scan(Request(store, store.inbox, order, settle=0))
        say(store, outcome.run_id)
    if options.out is None:
        shutil.rmtree(folder)


def make_files(folder: Path, detections: int, new: int, memory: str) -> None:
    """Write history and news as canonical Parquet: the newest detections with the notices and cases about them."""
    vocabulary = load_library().vocabulary
    work = folder / "made"
    for name in ("made", "night0", "night1"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    con = connect(work, Limits(memory))
    try:
        supply = make_tables(con, vocabulary, detections + new)
        con.execute(f"CREATE TABLE newest AS SELECT record_id FROM detections ORDER BY 1 DESC LIMIT {new}")
        for name in supply.columns:
            for night, which in ((0, "NOT IN"), (1, "IN")):
                if night and name not in GROWING:
                    continue
                where = f"WHERE record_id {which} (SELECT record_id FROM newest)" if name in GROWING else ""
                query = records_query(vocabulary[name], f'(SELECT * FROM "{name}" {where})')
                copy_query(
                    con, f"SELECT * EXCLUDE (_source, _row) FROM ({query})", folder / f"night{night}/{name}.parquet"
                )
    finally:
        con.close()
    shutil.rmtree(work)


def say(store: Store, run_id: str) -> None:
    """Print the parts of the last scan from its log, the size of its package, and the peak of memory."""
    took: dict[str, float] = {}
    for line in store.log.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        took = {} if entry["event"] == "scan_began" else took
        if entry["event"] in PARTS:
            took[entry["event"]] = entry["seconds"]
    package = store.package(run_id)
    size = sum(path.stat().st_size for path in package.rglob("*") if path.is_file())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    parts = ", ".join(f"{name} {took.get(name, 0):.1f} s" for name in PARTS)
    findings = open_current(store).summary["totals"]["findings"]
    print(f"{run_id}: {parts}; {findings} findings, package {size / 1e6:.1f} MB; peak {peak:.2f} GiB", flush=True)


if __name__ == "__main__":
    main()
