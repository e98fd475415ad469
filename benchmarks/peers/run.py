"""Twelve rules side by side: ours, pandas and polars by hand, dbt, Soda, Great Expectations, pandera, pointblank.

    python benchmarks/peers/run.py [--detections 1000000] [--peers ours,pandas,...] [--repeat 3] [--out table.md]

Every peer judges the same Parquet files in a process and an environment of its own, without a network. Wall time,
processor time and peak memory are those that the operating system says of the process; what was found is compared key
by key with ours. Environments and records are kept in `--work` and made on first use.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from environments import alone, python_of, surroundings
from tables import document

HERE = Path(__file__).resolve().parent
TWELVE = "DEV-01,DEV-02,EVD-01,EVD-03,NTC-01,NTC-05,PRC-01,PRC-09,PRC-16,DEC-02,DEC-04,PER-01"
PEERS = ("ours", "pandas", "polars", "dbt", "soda", "great_expectations", "pandera", "pointblank")
WARM_UP = 5_000
JUDGING = ("prepare", "judge")
"""The stages that are neither the start nor reading nor writing; where a peer reads lazily, reading is among them."""


@dataclass
class Measured:
    """What the operating system and the peer itself say of its runs, and how its findings compare with ours."""

    peer: str
    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    peak_mib: list[float] = field(default_factory=list)
    stages: list[dict[str, float]] = field(default_factory=list)
    judging_cpu: list[float] = field(default_factory=list)
    compared: list[dict[str, Any]] = field(default_factory=list)
    note: str = ""
    trouble: str = ""

    def middle(self, what: str) -> float:
        """Return the middle one of all runs."""
        return statistics.median(getattr(self, what))

    @property
    def working(self) -> float:
        """Seconds of reading, judging and writing, without the start of the program."""
        return statistics.median(sum(s for name, s in one.items() if name != "start") for one in self.stages)


def main() -> None:
    """Make records and environments, run every peer in turn, compare, write the tables."""
    options = asked()
    options.work.mkdir(parents=True, exist_ok=True)
    small, data = records(options.work, WARM_UP), records(options.work, options.detections)
    measured = []
    for peer in options.peers.split(","):
        one = Measured(peer)
        measured.append(one)
        try:
            python = python_of(peer, options.work)
            run_once(one, python, small, options, keep=False)
        except (subprocess.CalledProcessError, RuntimeError) as error:
            one.trouble = str(error)
            print(f"{peer}: {one.trouble}", file=sys.stderr)
    for _ in range(options.repeat):
        for one in measured:
            if not one.trouble:
                measure(one, python_of(one.peer, options.work), data, options)
    compare(measured, options.work)
    rows = json.loads((data / "rows.json").read_text(encoding="utf-8"))
    text = document(measured, rows, options)
    if options.out:
        options.out.write_text(text, encoding="utf-8")
    print(text)
    sys.exit(any(one.trouble or any(line["same"] == "differs" for line in one.compared) for one in measured))


def asked() -> argparse.Namespace:
    """Read the command line."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--detections", type=int, default=1_000_000)
    words.add_argument("--peers", default=",".join(PEERS))
    words.add_argument("--rules", default=TWELVE)
    words.add_argument("--repeat", type=int, default=3)
    words.add_argument("--memory-limit", default=None, help="of ours, as in `analyzer audit`; the peers have none")
    words.add_argument("--in-memory", action="store_true", help="ours keeps all records in memory, whatever their size")
    words.add_argument("--work", type=Path, default=Path.home() / ".cache" / "analyzer-peers")
    words.add_argument("--out", type=Path, default=None)
    return words.parse_args()


def records(work: Path, detections: int) -> Path:
    """Return the folder with the records, made by a process of its own so that this one stays small."""
    folder = work / f"records-{detections}"
    command = [sys.executable, str(HERE / "peer_records.py"), str(folder), str(detections)]
    subprocess.run(command, check=True, env=surroundings())
    return folder


def measure(one: Measured, python: Path, data: Path, options: argparse.Namespace) -> None:
    """Run a peer once and keep the figures; a peer that fails is not run again."""
    try:
        run_once(one, python, data, options, keep=True)
    except RuntimeError as error:
        one.trouble = str(error)
        print(f"{one.peer}: {one.trouble}", file=sys.stderr)


def run_once(one: Measured, python: Path, data: Path, options: argparse.Namespace, keep: bool) -> None:
    """Run a peer in a process of its own. Raises `RuntimeError` with the end of its log when it fails."""
    out = options.work / "out" / one.peer
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    command = [*alone(), str(python), str(HERE / f"by_{one.peer}.py")]
    command += ["--data", str(data), "--out", str(out), "--rules", options.rules]
    if options.memory_limit and one.peer == "ours":
        command += ["--memory-limit", options.memory_limit]
    if options.in_memory and one.peer == "ours":
        command.append("--in-memory")
    log = options.work / "out" / f"{one.peer}.log"
    with log.open("w", encoding="utf-8") as said:
        start = time.perf_counter()
        child = subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT, env=surroundings())
        _, status, used = os.wait4(child.pid, 0)
        wall = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        last = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-1:]
        raise RuntimeError(f"ended with status {child.returncode}: {' '.join(last)[:300]}")
    report = json.loads((out / "report.json").read_text(encoding="utf-8"))
    one.note = report.get("note", "")
    if keep:
        one.wall.append(wall)
        one.cpu.append(used.ru_utime + used.ru_stime)
        one.peak_mib.append(used.ru_maxrss / 1024)
        one.stages.append(report["stages"])
        one.judging_cpu.append(sum(report["processor"].get(stage, 0) for stage in JUDGING))
        print(
            f"{one.peer:20} {wall:7.2f} s  cpu {one.cpu[-1]:7.2f} s  peak {one.peak_mib[-1]:7.0f} MiB", file=sys.stderr
        )


def compare(measured: list[Measured], work: Path) -> None:
    """Compare what each peer found with ours, when ours was run."""
    if not any(one.peer == "ours" and not one.trouble for one in measured):
        return
    for one in measured:
        if not one.trouble:
            command = [
                sys.executable,
                str(HERE / "compare.py"),
                str(work / "out" / "ours"),
                str(work / "out" / one.peer),
            ]
            said = subprocess.run(command, check=True, capture_output=True, text=True, env=surroundings())
            one.compared = json.loads(said.stdout)


if __name__ == "__main__":
    main()
