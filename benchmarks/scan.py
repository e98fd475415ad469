"""What a whole night costs: taking in, judging, publishing, with a history and 100,000 new detections on top of it.

    python benchmarks/scan.py [--detections 1000000] [--new 100000] [--memory-limit 2GB] [--rules DEV,NTC] [--out FOLDER]

History and news are made as they come to a bureau that scans every night (see `came_last` in `made`), laid into the
inbox as Parquet, and scanned in two nights of the same process.
Prints the seconds of each part as the log has them, the seconds of work of the processor, the size of what is published,
and the peak of resident memory of each night as the operating system has it (Linux; elsewhere that of the whole run).
"""

from __future__ import annotations

import argparse
import contextlib
import json
import resource
import shutil
import tempfile
import time
from pathlib import Path

from made import LAST_DAY, came_last, make_tables

from analyzer.engine.audit import Order
from analyzer.engine.connect import Limits, connect
from analyzer.rulebook.library import load_library
from analyzer.store.contents import copy_query, records_query
from analyzer.store.places import Store
from analyzer.store.publish import open_current
from analyzer.store.scan import Request, scan

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
    news, day_before = came_last(options.detections + options.new, options.new)
    make_files(folder, news, options.detections + options.new, options.memory_limit)
    store = Store(folder / "store")
    store.inbox.mkdir(parents=True, exist_ok=True)
    select = tuple(word for word in options.rules.split(",") if word)
    for night, day in enumerate((day_before, LAST_DAY)):
        for path in sorted(folder.glob(f"night{night}/*.parquet")):
            shutil.move(path, store.inbox / path.name)
        order = Order((), day, select=select, limits=Limits(options.memory_limit))
        forget_peak()
        worked = time.process_time()
        outcome = scan(Request(store, store.inbox, order, settle=0))
        say(store, outcome.run_id, time.process_time() - worked)
    if options.out is None:
        shutil.rmtree(folder)


def make_files(folder: Path, news: dict[str, str], detections: int, memory: str) -> None:
    """Write history and news (which rows of a table these are) as canonical Parquet."""
    vocabulary = load_library().vocabulary
    work = folder / "made"
    for name in ("made", "night0", "night1"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    con = connect(work, Limits(memory))
    try:
        supply = make_tables(con, vocabulary, detections, as_they_came=True)
        for name in supply.columns:
            for night, which in ((0, f"NOT ({news.get(name, 'FALSE')})"), (1, news.get(name))):
                if which is None:
                    continue
                where = f"WHERE {which}"
                query = records_query(vocabulary[name], f'(SELECT * FROM "{name}" {where})')
                copy_query(
                    con, f"SELECT * EXCLUDE (_source, _row) FROM ({query})", folder / f"night{night}/{name}.parquet"
                )
    finally:
        con.close()
    shutil.rmtree(work)


def say(store: Store, run_id: str, worked: float) -> None:
    """Print the parts of the last scan from its log, the size of its package, and the peak of memory."""
    took: dict[str, float] = {}
    for line in store.log.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        took = {} if entry["event"] == "scan_began" else took
        if entry["event"] in PARTS:
            took[entry["event"]] = entry["seconds"]
    package = store.package(run_id)
    size = sum(path.stat().st_size for path in package.rglob("*") if path.is_file())
    parts = ", ".join(f"{name} {took.get(name, 0):.1f} s" for name in PARTS)
    findings = open_current(store).summary["totals"]["findings"]
    house = store.warehouse.stat().st_size / 1e6
    print(f"{run_id}: {parts}; {worked:.0f} s of work; {findings} findings,", end=" ")
    print(f"package {size / 1e6:.1f} MB, warehouse {house:.0f} MB; peak {peak():.2f} GiB", flush=True)


def forget_peak() -> None:
    """Let the operating system begin anew with the peak of resident memory, where it can."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def peak() -> float:
    """Return the peak of resident memory in GiB."""
    with contextlib.suppress(OSError):
        lines = Path("/proc/self/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024**2
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2


if __name__ == "__main__":
    main()
