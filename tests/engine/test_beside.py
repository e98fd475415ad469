"""Base tables judged beside each other: the same answers, and nothing left running when one of them fails."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb
import pytest

from analyzer.engine import rollup
from analyzer.engine.bench import Bench
from analyzer.engine.beside import judge_beside
from analyzer.engine.connect import connect, create_table, teach
from analyzer.engine.judge import judge, plan_rules
from analyzer.engine.plan import BasePlan
from analyzer.engine.setting import Setting, Supply
from analyzer.rulebook.library import Library, load_library
from analyzer.rulebook.rulings import resolve

RULES = ("NTC-01", "NTC-05", "PRC-01", "DEV-01", "COE-01")
RESULTS = ("findings", "finding_records", "verdict_counts", "not_assessable")


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


@pytest.fixture
def con(library: Library) -> Iterator[duckdb.DuckDBPyConnection]:
    con = connect()
    teach(con, library.calendar)
    yield con
    con.close()


@pytest.fixture
def setting(con: duckdb.DuckDBPyConnection, library: Library) -> Setting:
    """Twenty detections by a device without a certificate, each with a notice that came late."""
    for table in ("detections", "notices", "cases"):
        con.execute(create_table(library.vocabulary, table))
    con.execute(
        "INSERT INTO detections (_unknown, record_id, device_id, violation_type, detected_at, gross_weight_kg, limit_weight_kg)"
        " SELECT 0, 'R' || i, 'D1', 'overload', TIMESTAMP '2025-03-03 10:00:00', 60000, 49000 FROM range(20) AS r(i)"
    )
    con.execute(
        "INSERT INTO notices (_unknown, notice_id, record_id, party_name, agency_id, kind, issued_at, delivered_at)"
        " SELECT 0, 'N' || i, 'R' || i, '甲', 'A', 'violation_notice', TIMESTAMP '2025-06-01 09:00:00',"
        " TIMESTAMP '2025-06-02 09:00:00' FROM range(20) AS r(i)"
    )
    rulings = resolve(library.parameters, library.profiles, library.laws)
    columns = {name: frozenset(library.vocabulary[name].columns) for name in ("detections", "notices", "cases")}
    return Setting(
        library.vocabulary, library.bases, rulings.parameters, rulings.chain, date(2025, 12, 31), Supply(columns)
    )


def judged(con: duckdb.DuckDBPyConnection, setting: Setting, library: Library, *, beside: bool) -> list[list[object]]:
    plans = plan_rules(setting, library, [library.rules[code] for code in RULES])
    said: list[str] = []
    judge(con, setting, plans, lambda table, *_: said.append(table), beside=library.calendar if beside else None)
    assert set(said) <= {plan.table for plan in plans}
    return [con.execute(f"SELECT * FROM {table} ORDER BY ALL").fetchall() for table in RESULTS]


def test_judged_beside_each_other_or_in_turn_the_answers_are_equal(
    con: duckdb.DuckDBPyConnection, setting: Setting, library: Library
) -> None:
    in_turn = judged(con, setting, library, beside=False)
    assert in_turn[0], in_turn[2]
    assert judged(con, setting, library, beside=True) == in_turn


def test_hits_that_are_only_looked_at_make_the_same_findings(
    con: duckdb.DuckDBPyConnection, setting: Setting, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    brought = judged(con, setting, library, beside=False)
    monkeypatch.setattr(rollup, "_MANY", 1)
    assert judged(con, setting, library, beside=False) == brought


def test_the_first_failure_is_raised_and_the_rest_is_stopped(
    con: duckdb.DuckDBPyConnection, setting: Setting, library: Library
) -> None:
    plans = plan_rules(setting, library, [library.rules[code] for code in RULES])
    begun: list[str] = []

    def judge_one(bench: Bench, plan: BasePlan) -> None:
        begun.append(plan.table)
        if len(begun) == 1:
            bench.rows("SELECT sum(a.range * b.range) FROM range(10000000) AS a, range(10000000) AS b")
        raise ValueError("broken")

    with pytest.raises((ValueError, duckdb.InterruptException)):
        judge_beside(con, library.calendar, plans, judge_one, lambda *_: None)
    assert len(begun) < len(plans)
    assert con.execute("SELECT 1").fetchall() == [(1,)]
