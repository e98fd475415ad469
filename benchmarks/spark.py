"""The same lake judged by DuckDB and by Spark in this machine: equal findings, and what each took.

    python benchmarks/spark.py [--detections 1000000] [--rules DEV-01,NTC-05,...|all] [--master local[2]] [--memory-limit 4GB]
    python benchmarks/spark.py --set spark.sql.codegen.factoryMode=FALLBACK

Prints, for each engine, seconds by the clock and of processor time (Java's own, read from the operating system), and
whether every result table is equal. `--set` changes one of Spark's settings for the run.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from datetime import date
from pathlib import Path

from judging import TWELVE
from made import make_tables

from analyzer.engine.audit import Order, look_at
from analyzer.engine.connect import Limits, connect, teach
from analyzer.engine.judge import judge, plan_rules
from analyzer.engine.setting import Setting
from analyzer.engine.spark import session as sessions
from analyzer.engine.spark.run import audit_lake
from analyzer.rulebook.library import Library, load_library
from analyzer.rulebook.rulings import resolve
from analyzer.store.contents import RESULTS, copy_query, records_query

AS_OF = date(2025, 12, 31)


def main() -> None:
    """Make the lake, judge it twice, compare."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--detections", type=int, default=1_000_000)
    asked.add_argument("--rules", default=TWELVE)
    asked.add_argument("--master", default="local[2]")
    asked.add_argument("--memory-limit", default="4GB")
    asked.add_argument("--set", action="append", default=[], metavar="NAME=VALUE")
    options = asked.parse_args()
    sessions._SETTINGS.update(one.split("=", 1) for one in options.set)
    library = load_library()
    codes = list(library.rules) if options.rules == "all" else options.rules.split(",")
    work = Path(tempfile.mkdtemp(prefix="spark-"))
    con = connect(work, Limits(options.memory_limit))
    try:
        teach(con, library.calendar)
        on_duckdb(con, library, codes, options.detections, work / "lake")
        ours = {name: con.sql(f'SELECT * FROM "{name}" ORDER BY {by}').pl() for name, by in RESULTS.items()}
        limits = Limits(options.memory_limit)
        with sessions.session(options.master, limits, work) as spark:
            java = spark.sparkContext._gateway.proc.pid  # type: ignore[union-attr]
            before, start = processor_seconds(java), time.perf_counter()
            order = Order((), AS_OF, select=tuple(codes), limits=limits)
            with audit_lake(order, str(work / "lake"), progress=told(start)) as done:
                said = time.perf_counter() - start, processor_seconds(java) - before
                print(
                    f"Spark   {options.detections:>11,} detections  {len(codes)} rules  {said[0]:7.1f} s  {said[1]:7.1f} s of processor"
                )
                for name, by in RESULTS.items():
                    theirs = done.con.sql(f'SELECT * FROM "{name}" ORDER BY {by}').pl()
                    print(f"  {name}: {theirs.height:,} rows, {'equal' if theirs.equals(ours[name]) else 'NOT EQUAL'}")
    finally:
        con.close()
        shutil.rmtree(work, ignore_errors=True)


def on_duckdb(con: object, library: Library, codes: list[str], detections: int, lake: Path) -> None:
    """Make the tables, write them as a lake, and judge them with DuckDB; the results stay in the connection."""
    supply = look_at(con, make_tables(con, library.vocabulary, detections).columns, library.vocabulary)  # type: ignore[arg-type]
    for table in supply.columns:
        (lake / table).mkdir(parents=True)
        copy_query(con, records_query(library.vocabulary[table], f'"{table}"'), lake / table / "part-0.parquet")  # type: ignore[arg-type]
    rulings = resolve(library.parameters, library.profiles, library.laws)
    setting = Setting(library.vocabulary, library.bases, rulings.parameters, rulings.chain, AS_OF, supply)
    plans = plan_rules(setting, library, [library.rules[code] for code in codes])
    start, begun = time.perf_counter(), time.process_time()
    judge(con, setting, plans)  # type: ignore[arg-type]
    print(
        f"DuckDB  {detections:>11,} detections  {len(codes)} rules  {time.perf_counter() - start:7.1f} s"
        f"  {time.process_time() - begun:7.1f} s of processor"
    )


def told(start: float):  # type: ignore[no-untyped-def]
    """Return what prints the time at which each base table begins."""
    return lambda what, done, total: print(f"  {time.perf_counter() - start:7.1f} s  {what} ({done + 1} of {total})")


def processor_seconds(pid: int) -> float:
    """Return the processor time of a process so far, as Linux counts it."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


if __name__ == "__main__":
    main()
