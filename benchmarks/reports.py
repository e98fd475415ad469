"""How long the reports of a large package take, and how much memory: workbook, written report and page, each on its own.

    python benchmarks/reports.py [--findings 100000] [--records 5] [--kinds xlsx,docx,html]

The package is the one of the samples, its findings copied under new ids until there are as many as asked for, each with
so many records. Every report is written by a process of its own; a line a report: seconds, processor time, peak memory.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

import analyzer
from analyzer.store.contents import file_hash
from analyzer.store.package import Package

SAMPLES = Path(__file__).resolve().parents[1] / "data" / "samples"
RESULTS = ("findings", "finding_records", "verdict_counts")


def main() -> None:
    """Make the package, then write each report in a process of its own."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--findings", type=int, default=100_000)
    asked.add_argument("--records", type=int, default=5)
    asked.add_argument("--kinds", default="xlsx,docx,html")
    asked.add_argument("--one", metavar="PACKAGE", help=argparse.SUPPRESS)
    options = asked.parse_args()
    if options.one:
        write_one(Path(options.one), options.kinds)
        return
    work = Path(tempfile.mkdtemp(prefix="reports-"))
    try:
        package = make_package(work, options.findings, options.records)
        for kind in options.kinds.split(","):
            subprocess.run([sys.executable, __file__, "--one", str(package), "--kinds", kind], check=True)
    finally:
        shutil.rmtree(work)


def write_one(folder: Path, kind: str) -> None:
    """Write one report of a package and print what it took."""
    from analyzer.reports.writing import write_reports

    package, begun = Package(folder), time.perf_counter()
    (path,) = write_reports(package, [kind], folder)
    took = time.perf_counter() - begun
    used = resource.getrusage(resource.RUSAGE_SELF)
    status = Path("/proc/self/status").read_text(encoding="ascii")  # ru_maxrss counts the parent's memory too
    peak = int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1024
    print(
        f"{kind:>5}  {package.summary['totals']['findings']:>9,} findings  {took:6.1f} s"
        f"  {used.ru_utime + used.ru_stime:6.1f} s of processor time  peak {peak:5.0f} MiB"
        f"  {path.stat().st_size / 1e6:6.1f} MB"
    )


def make_package(work: Path, findings: int, records: int) -> Path:
    """Audit the samples, and copy the findings until there are as many as asked for."""
    out = work / "package"
    analyzer.audit(SAMPLES, as_of="2025-12-31", out=out)
    con = duckdb.connect()
    for name in RESULTS:
        con.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet('{out / name}.parquet')")
    (few,) = con.execute("SELECT count(*) FROM findings").fetchone() or (0,)
    times = -(-findings // few)
    con.execute(
        "CREATE TABLE many AS SELECT * REPLACE (md5(finding_id || '#' || n) AS finding_id,"
        f" CAST(started_on - CAST(n % 700 AS INTEGER) AS DATE) AS started_on, {records} AS record_count)"
        f" FROM findings, range({times}) AS r(n) LIMIT {findings}"
    )
    con.execute(
        "CREATE TABLE behind AS SELECT f.finding_id, f.rule, r.table_name, r.record_key || '-' || k AS record_key, f.verdict"
        " FROM many AS f JOIN (SELECT rule, min(table_name) AS table_name, min(record_key) AS record_key"
        f" FROM finding_records GROUP BY rule) AS r ON r.rule = f.rule, range({records}) AS k(k)"
    )
    counts = (
        "SELECT v.* REPLACE (coalesce(n.findings, 0) AS findings, coalesce(n.breach, 0) AS breach, coalesce(n.review, 0)"
        " AS review, v.total - v.breach - v.review + coalesce(n.breach, 0) + coalesce(n.review, 0) AS total)"
        " FROM verdict_counts AS v LEFT JOIN (SELECT rule, count(DISTINCT finding_id) AS findings,"
        " count(*) FILTER (WHERE verdict = 'breach') AS breach, count(*) FILTER (WHERE verdict = 'review') AS review"
        " FROM behind GROUP BY rule) AS n ON n.rule = v.rule ORDER BY v.rule"
    )
    for name, query in (("findings", "FROM many"), ("finding_records", "FROM behind"), ("verdict_counts", counts)):
        con.execute(f"COPY ({query}) TO '{work / name}.parquet' (FORMAT parquet, COMPRESSION zstd)")
    tell(out, con)
    con.close()
    for name in RESULTS:
        shutil.move(work / f"{name}.parquet", out / f"{name}.parquet")
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    manifest["files"] |= {f"{name}.parquet": file_hash(out / f"{name}.parquet") for name in RESULTS}
    (out / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return out


def tell(out: Path, con: duckdb.DuckDBPyConnection) -> None:
    """Let the summary say what the tables now hold."""
    said = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    for key in ("verdict", "severity", "family"):
        said["totals"][f"by_{key}"] |= dict(con.execute(f"SELECT {key}, count(*) FROM many GROUP BY 1").fetchall())
    said["totals"]["findings"] = sum(said["totals"]["by_verdict"].values())
    (out / "summary.json").write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main()
