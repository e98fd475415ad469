"""How long judging takes, as a multiple of the floor: one query that reads every column the rules use.

    python benchmarks/judging.py [--detections 1000000] [--rules DEV-01,NTC-05,...|all] [--memory-limit 2GB]
    python benchmarks/judging.py --rules all --kinds
    python benchmarks/judging.py --further [--detections 10000000]

Prints one line: floor, judging, their ratio by the clock and by processor time, and the peak of resident memory. Floor and
judging take turns, and the middle one of the runs of each counts, since machines change their speed; more than two million
detections are judged once. The first judging is given too.
Ratios can be compared between machines; seconds cannot, and by the clock only when the machine does nothing else.
`--kinds` judges the rules that name a statistical method (indicators) and the others one after the other. `--further`
judges a few rules on detections alone and with thirteen more: what each further record rule costs. The records lie where an
audit of exports of that size keeps them: in memory below two and a half million detections, else packed on disk, or there at
once with `--on-disk`. Packed columns of few values are read twice as fast, so the floor is lower there.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
from made import make_tables

from analyzer.engine.audit import LARGE_FROM, look_at
from analyzer.engine.connect import IN_MEMORY_BELOW, Limits, connect, teach
from analyzer.engine.judge import judge, plan_rules
from analyzer.engine.plan import BasePlan
from analyzer.engine.setting import Setting
from analyzer.rulebook.library import Library, load_library
from analyzer.rulebook.rulings import resolve

Took = tuple[float, float]
"""Seconds by the clock, and of processor time."""

TWELVE = "DEV-01,DEV-02,EVD-01,EVD-03,NTC-01,NTC-05,PRC-01,PRC-09,PRC-16,DEC-02,DEC-04,PER-01"
"""The rules whose ratio the house page gives a target for."""

TEXT_BYTES = 197
"""What a made detection takes as text in its export, with its share of notices and cases."""

REPEATED = 2_000_000
"""As many detections are judged three times; more would take too long."""

FEW = "DEV-01,DEV-02,EVD-01,EVD-03,NTC-05"
FURTHER = "DEV-03,DEV-04,DEV-06,DEV-12,EVD-02,EVD-04,EVD-05,EVD-08,EVD-09,EVD-10,EVD-11,EVD-12,FAI-04"
"""Rules on detections without a statistical method: some, and thirteen more."""


def main() -> None:
    """Make the tables, read them once for the floor, judge them, print the ratio."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--detections", type=int, default=1_000_000)
    asked.add_argument("--rules", default=TWELVE)
    asked.add_argument("--memory-limit", default=None)
    asked.add_argument("--kinds", action="store_true")
    asked.add_argument("--further", action="store_true")
    asked.add_argument("--threads", type=int, default=None)
    asked.add_argument("--on-disk", action="store_true")
    options = asked.parse_args()
    library = load_library()
    rulings = resolve(library.parameters, library.profiles, library.laws)
    work = Path(tempfile.mkdtemp(prefix="judging-"))
    size = options.detections * TEXT_BYTES
    in_memory, is_large = size < IN_MEMORY_BELOW and not options.on_disk, size >= LARGE_FROM
    con = connect(work, Limits(options.memory_limit, options.threads), in_memory, is_large)
    try:
        teach(con, library.calendar)
        supply = look_at(con, make_tables(con, library.vocabulary, options.detections).columns, library.vocabulary)
        con.execute("CHECKPOINT")
        setting = Setting(
            library.vocabulary, library.bases, rulings.parameters, rulings.chain, date(2025, 12, 31), supply
        )
        if options.further:
            say_further(con, setting, library, options.detections)
            return
        codes = list(library.rules) if options.rules == "all" else options.rules.split(",")
        known = [library.rules[code] for code in codes if code in library.rules]
        indicators = [one for one in known if any(gather.method for gather in one.rule.gather.values())]
        every = plan_rules(setting, library, known)
        kinds = {"all": known}
        if options.kinds:
            kinds = {"record rules": [one for one in known if one not in indicators], "indicators": indicators}
        is_free = options.memory_limit is None and options.threads is None and not is_large
        beside = library.calendar if is_free else None
        for kind, rules in kinds.items():
            plans = plan_rules(setting, library, rules)
            floors, runs = [reading(con, setting, every)], []
            for _ in range(3 if options.detections <= REPEATED else 1):
                runs.append(timed(lambda plans=plans: judge(con, setting, plans, beside=beside)))
                floors.append(reading(con, setting, every))
            say(kind, options.detections, len(rules), sorted(floors)[len(floors) // 2], runs)
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


def reading(con: object, setting: Setting, plans: list[BasePlan]) -> Took:
    """Return the middle one of three runs of the floor."""
    return sorted(timed(lambda: read_columns(con, setting, plans)) for _ in range(3))[1]


def say_further(con: duckdb.DuckDBPyConnection, setting: Setting, library: Library, detections: int) -> None:
    """Print what each of thirteen further rules costs: the middle one of three runs with them, less that without."""
    middle: list[Took] = []
    for codes in (FEW, f"{FEW},{FURTHER}"):
        plans = plan_rules(setting, library, [library.rules[code] for code in codes.split(",")])
        middle.append(sorted(timed(lambda plans=plans: judge(con, setting, plans)) for _ in range(3))[1])
    further = len(FURTHER.split(","))
    wall, processor = ((more - few) / further for few, more in zip(*middle, strict=True))
    print(
        f"{detections:>11,} detections  {further} further rules  each {wall:5.3f} s by the clock, {processor:5.3f} s of"
        f" processor time  (judged {middle[0][0]:5.2f} and {middle[1][0]:5.2f} s)"
    )


def timed(work: Callable[[], object]) -> Took:
    """Return the seconds that a call takes, by the clock and of processor time."""
    start, begun = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - start, time.process_time() - begun


def say(kind: str, detections: int, rules: int, floor: Took, runs: list[Took]) -> None:
    """Print the middle run as multiples of the floor, and the first one, which loads what the methods need, beside it."""
    took, first = sorted(runs)[len(runs) // 2], runs[0]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 / 1024
    print(
        f"{detections:>11,} detections  {rules:>3} rules ({kind})  floor {floor[0]:6.2f} s  judged {took[0]:7.2f} s"
        f"  ratio {took[0] / floor[0]:5.1f}  of processor time {took[1] / floor[1]:5.1f}  first run {first[0] / floor[0]:5.1f}  peak {peak:4.2f} GiB"
    )


if __name__ == "__main__":
    main()
