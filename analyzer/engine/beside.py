"""Base tables judged beside each other: while one query is planned, or keeps one thread busy, another uses the rest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed, wait
from queue import SimpleQueue
from typing import TypeVar

import duckdb

from analyzer.engine.bench import DuckBench
from analyzer.engine.connect import teach, use_same
from analyzer.engine.plan import BasePlan
from analyzer.model.law import Calendar

T = TypeVar("T")

AT_ONCE = 2
"""Base tables that are judged at once; more would only take memory."""


def judge_beside(
    con: duckdb.DuckDBPyConnection,
    calendar: Calendar,
    plans: Sequence[BasePlan],
    judge_one: Callable[[DuckBench, BasePlan], T],
    say: Callable[[str, int], None],
) -> list[T]:
    """Return what `judge_one` gives for each plan, at most `AT_ONCE` at a time, each on a connection of its own.

    Temporary tables belong to a connection, so what one base table needs is in nobody's way; what is inserted for
    good lands in the same database. The largest tables come first. `say` hears a table and how many are done, always
    in the calling thread. When one fails, or the caller is interrupted, the others are stopped.
    """
    cursors = [use_same(con) for _ in range(min(AT_ONCE, len(plans)))]
    free: SimpleQueue[duckdb.DuckDBPyConnection] = SimpleQueue()

    def on_a_free_one(plan: BasePlan) -> T:
        cursor = free.get()
        try:
            return judge_one(DuckBench(cursor), plan)
        finally:
            free.put(cursor)

    try:
        for cursor in cursors:
            teach(cursor, calendar)
            free.put(cursor)
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="judging") as pool:
            ordered = sorted(plans, key=lambda plan: -_size(con, plan))
            waiting = {pool.submit(on_a_free_one, plan): plan.table for plan in ordered}
            try:
                for plan in ordered[:1]:
                    say(plan.table, 0)
                for done, future in enumerate(as_completed(waiting), start=1):
                    future.result()
                    left = [table for other, table in waiting.items() if not other.done()]
                    if left:
                        say(left[0], done)
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                # One that was about to start its query does not notice the first time.
                while running := [future for future in waiting if not future.done()]:
                    for cursor in cursors:
                        cursor.interrupt()
                    wait(running, timeout=0.05)
                raise
            return [future.result() for future in waiting]
    finally:
        for cursor in cursors:
            cursor.close()


def _size(con: duckdb.DuckDBPyConnection, plan: BasePlan) -> int:
    if not plan.setting.supply.has(plan.table):
        return 0
    return int(con.execute(f'SELECT count(*) FROM "{plan.table}"').fetchall()[0][0]) * len(plan.rules)
