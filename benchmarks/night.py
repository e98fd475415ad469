"""What a night costs: 100,000 new detections with their notices and cases on top of a history, against a full run.

    python benchmarks/night.py [--detections 1000000] [--new 100000] [--memory-limit 2GB] [--rules all] [--detail]

The history is judged once in full, which fills the kept answers; then the new rows are taken in, the day moves on,
and the night is judged. Prints both, their ratio, the parts of the night and the peak of resident memory. History
and news are those of a bureau that scans as its rows come in (see `came_last` in `made`).
Ratios can be compared between machines; seconds cannot.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import tempfile
import time
from datetime import date
from pathlib import Path

import duckdb
from made import LAST_DAY, came_last, make_tables

from analyzer.engine.audit import look_at
from analyzer.engine.connect import Limits, connect, create_missing_tables, keep_join_filters_out, teach
from analyzer.engine.night import Change, NightReport, bring_up_to_date
from analyzer.engine.setting import Setting
from analyzer.model import Vocabulary
from analyzer.rulebook.library import Library, load_library
from analyzer.rulebook.rulings import resolve

GROWING = ("detections", "notices", "cases")


def main() -> None:
    """Make the tables, hold the newest rows back, judge the history, then the night."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--detections", type=int, default=1_000_000)
    asked.add_argument("--new", type=int, default=100_000)
    asked.add_argument("--rules", default="all")
    asked.add_argument("--memory-limit", default=None)
    asked.add_argument("--threads", type=int, default=None)
    asked.add_argument("--detail", action="store_true", help="say what each rule judged")
    options = asked.parse_args()
    library = load_library()
    work = Path(tempfile.mkdtemp(prefix="night-"))
    con = connect(work, Limits(options.memory_limit, options.threads), is_large=True)
    try:
        keep_join_filters_out(con)  # as in the warehouse of a store
        teach(con, library.calendar)
        detections = options.detections + options.new
        columns = make_tables(con, library.vocabulary, detections, as_they_came=True).columns
        create_missing_tables(con, library.vocabulary)
        news, day_before = came_last(detections, options.new)
        hold_back(con, news)
        con.execute("CHECKPOINT")
        codes = list(library.rules) if options.rules == "all" else options.rules.split(",")
        full = judge(con, library, columns, codes, day_before, {})
        con.execute("BEGIN")
        changes = take_in(con, library.vocabulary)
        night = judge(con, library, columns, codes, LAST_DAY, changes)
        con.execute("COMMIT")
        say(options.detections, full, night, options.detail)
    finally:
        con.close()
        shutil.rmtree(work)


def hold_back(con: duckdb.DuckDBPyConnection, news: dict[str, str]) -> None:
    """Put aside the rows that the last night brings."""
    for table, which in news.items():
        con.execute(f'CREATE TABLE "held_{table}" AS SELECT * FROM "{table}" WHERE {which}')
        con.execute(f'DELETE FROM "{table}" WHERE {which}')


def take_in(con: duckdb.DuckDBPyConnection, vocabulary: Vocabulary) -> dict[str, Change]:
    """Add the rows that were put aside and say what changed."""
    changes = {}
    for table in GROWING:
        con.execute(f'INSERT INTO "{table}" SELECT * FROM "held_{table}"')
        key = vocabulary[table].key[0]
        con.execute(f'CREATE TEMP TABLE "keys_{table}" AS SELECT "{key}" FROM "held_{table}"')
        con.execute(f'CREATE TEMP TABLE "before_{table}" AS SELECT * FROM "{table}" LIMIT 0')
        changes[table] = Change(f"keys_{table}", f"before_{table}")
    return changes


def judge(
    con: duckdb.DuckDBPyConnection,
    library: Library,
    columns: dict[str, frozenset[str]],
    codes: list[str],
    today: date,
    changes: dict[str, Change],
) -> tuple[NightReport, float, float]:
    """Bring the answers up to date; return the report, the seconds, and the seconds of work of the processor."""
    rulings = resolve(library.parameters, library.profiles, library.laws)
    supply = look_at(con, columns, library.vocabulary)
    setting = Setting(library.vocabulary, library.bases, rulings.parameters, rulings.chain, today, supply)
    rules = [library.rules[code] for code in codes if library.rules[code].rule.status == "active"]
    start, worked = time.perf_counter(), time.process_time()
    report = bring_up_to_date(con, setting, library, rules, changes)
    return report, time.perf_counter() - start, time.process_time() - worked


def say(
    detections: int, full: tuple[NightReport, float, float], night: tuple[NightReport, float, float], detail: bool
) -> None:
    """Print what was measured."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 / 1024
    print(
        f"{detections:>11,} detections  full {full[1]:7.2f} s ({full[2]:7.2f} s of work)"
        f"  night {night[1]:6.2f} s ({night[2]:6.2f})  1/{full[1] / night[1]:.1f} (1/{full[2] / night[2]:.1f})"
        f"  peak {peak:4.2f} GiB"
    )
    print("  full  " + "  ".join(f"{part} {seconds:.2f}" for part, seconds in full[0].seconds.items()))
    print("  night " + "  ".join(f"{part} {seconds:.2f}" for part, seconds in night[0].seconds.items()))
    if detail:
        for rule in night[0].rules:
            print(f"  {rule.code}  {rule.evaluated:>10,} of {rule.total:>11,}  {rule.why or ''}")


if __name__ == "__main__":
    main()
