"""How long judging takes, as a multiple of the floor: one query that reads every column the rules use.

    python benchmarks/judging.py [--detections 1000000] [--rules DEV-01,NTC-05,...] [--memory-limit 2GB]

Prints one line a run: floor, judging, their ratio, and the peak of resident memory. Ratios can be compared between
machines; seconds cannot.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import tempfile
import time
from datetime import date
from pathlib import Path

from made import make_tables

from analyzer.engine.audit import look_at
from analyzer.engine.connect import Limits, connect, teach
from analyzer.engine.judge import judge, plan_rules
from analyzer.engine.plan import BasePlan
from analyzer.engine.setting import Setting
from analyzer.rulebook.library import load_library
from analyzer.rulebook.rulings import resolve

TWELVE = "DEV-01,DEV-02,EVD-01,EVD-03,NTC-01,NTC-05,PRC-01,PRC-09,PRC-16,DEC-02,DEC-04,PER-01"
"""The rules whose ratio the house page gives a target for."""


def main() -> None:
    """Make the tables, read them once for the floor, judge them, print the ratio."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--detections", type=int, default=1_000_000)
    asked.add_argument("--rules", default=TWELVE)
    asked.add_argument("--memory-limit", default=None)
    asked.add_argument("--threads", type=int, default=None)
    options = asked.parse_args()
    library = load_library()
    rulings = resolve(library.parameters, library.profiles, library.laws)
    work = Path(tempfile.mkdtemp(prefix="judging-"))
    con = connect(work, Limits(options.memory_limit, options.threads))
    try:
        teach(con, library.calendar)
        supply = look_at(con, make_tables(con, library.vocabulary, options.detections).columns, library.vocabulary)
        con.execute("CHECKPOINT")
        setting = Setting(
            library.vocabulary, library.bases, rulings.parameters, rulings.chain, date(2025, 12, 31), supply
        )
        codes = list(library.rules) if options.rules == "all" else options.rules.split(",")
        known = [library.rules[code] for code in codes if code in library.rules]
        plans = plan_rules(setting, library, known)
        floors = [timed(lambda: read_columns(con, setting, plans)) for _ in range(3)]
        took = timed(lambda: judge(con, setting, plans))
        floor = sorted(floors)[1]
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 / 1024
        print(
            f"{options.detections:>11,} detections  {len(known):>3} rules  floor {floor:6.2f} s"
            f"  judged {took:7.2f} s  ratio {took / floor:5.1f}  peak {peak:4.2f} GiB"
        )
    finally:
        con.close()
        shutil.rmtree(work)


def read_columns(con: object, setting: Setting, plans: list[BasePlan]) -> None:
    """Read every column that the rules touch, once, and add it up: no judging can be faster."""
    used: dict[str, dict[str, None]] = {}
    for plan in plans:
        usages = [usage for rule in plan.rules for usage in (rule.verdict_usage,)]
        for usage in usages:
            for alias, path, column in usage.columns:
                table = plan.table if alias == "t" and not path else None
                if table:
                    used.setdefault(table, {})[column] = None
        for _, gathering in plan.gathers.values():
            for table in gathering.sources:
                for _, path, column in gathering.usage.columns:
                    if not path and column in setting.vocabulary[table].columns:
                        used.setdefault(table, {})[column] = None
    for table, columns in used.items():
        if setting.supply.has(table):
            sums = ", ".join(f'sum(hash("{column}") & 255)' for column in columns)
            con.execute(f'SELECT {sums} FROM "{table}"').fetchall()  # type: ignore[attr-defined]


def timed(work: object) -> float:
    """Return the seconds that a call takes."""
    start = time.perf_counter()
    work()  # type: ignore[operator]
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
