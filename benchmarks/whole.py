"""What a whole audit costs from the command line: taking in, judging, publishing, with the memory of the process.

    python benchmarks/whole.py [--detections 10000000 50000000] [--rules DEV-01,...|all] [--memory-limit 2GB]
        [--format parquet|csv] [--work FOLDER]

Makes the exports of a bureau once for each size (`made`; with `--work` they are kept), runs `analyzer audit` on them as a
process of its own, and prints the seconds of the whole and, where the size before was given too, how many times as long
it took. The peak of resident memory is that of the process as the operating system has it. Reports are not written.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from judging import TWELVE
from made import make_tables

from analyzer.engine.connect import Limits, connect
from analyzer.rulebook.library import load_library
from analyzer.store.contents import copy_query, records_query


def main() -> None:
    """Make the exports of each size, audit them, and say what it took."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--detections", type=int, nargs="+", default=[10_000_000, 50_000_000])
    asked.add_argument("--rules", default=TWELVE)
    asked.add_argument("--memory-limit", default="2GB")
    asked.add_argument("--format", choices=("parquet", "csv"), default="parquet")
    asked.add_argument("--work", type=Path, default=None)
    options = asked.parse_args()
    work = options.work or Path(tempfile.mkdtemp(prefix="whole-"))
    before: tuple[int, float] | None = None
    try:
        for detections in options.detections:
            exports = work / f"{options.format}-{detections}"
            if not exports.is_dir():
                make_exports(exports, detections, options.memory_limit, options.format)
            took = audit(exports, work / "package", options.rules, options.memory_limit)
            times = f"  {took / before[1]:.2f} times that of {before[0]:,}" if before else ""
            print(f"{'':>11} {detections:,} detections in {took:.1f} s{times}", flush=True)
            before = (detections, took)
            shutil.rmtree(work / "package")
    finally:
        if options.work is None:
            shutil.rmtree(work)


def make_exports(folder: Path, detections: int, memory: str, kind: str) -> None:
    """Write made canonical tables as files, one a table."""
    vocabulary = load_library().vocabulary
    half = folder.with_suffix(".half")
    shutil.rmtree(half, ignore_errors=True)
    (half / "made").mkdir(parents=True)
    con = connect(half / "made", Limits(memory), is_large=True)
    try:
        for name in make_tables(con, vocabulary, detections).columns:
            rows = records_query(vocabulary[name], f'"{name}"')
            query = f"SELECT * EXCLUDE (_source, _row) FROM ({rows})"
            if kind == "parquet":
                copy_query(con, query, half / f"{name}.parquet")
            else:
                con.execute(f"COPY ({query}) TO '{half / name}.csv' (HEADER)")
    finally:
        con.close()
    shutil.rmtree(half / "made")
    half.rename(folder)


def audit(exports: Path, package: Path, rules: str, memory: str) -> float:
    """Run `analyzer audit` as a process of its own; print what it says and its peak of memory; return its seconds."""
    program = Path(sys.executable).with_name("analyzer")
    command = [str(program), "audit", str(exports), "--out", str(package), "--as-of", "2025-12-31"]
    command += ["--memory-limit", memory, "--reports", "none", "--json"]
    command += [] if rules == "all" else ["--select", rules]
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    said = process.stdout.read() if process.stdout else b""
    _, status, usage = os.wait4(process.pid, 0)
    took = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"the audit ended with {process.returncode}")
    summary = json.loads(said)
    size = sum(path.stat().st_size for path in package.rglob("*") if path.is_file())
    taken = sum(path.stat().st_size for path in exports.rglob("*") if path.is_file())
    print(
        f"{summary['tables']['detections']:>11,} detections, {summary['totals']['findings']:,} findings; exports {taken / 1e9:.2f} GB, package"
        f" {size / 1e6:.0f} MB; {usage.ru_utime + usage.ru_stime:.0f} s of processor time;"
        f" peak {usage.ru_maxrss / 1024**2:.2f} GiB",
        flush=True,
    )
    return took


if __name__ == "__main__":
    main()
