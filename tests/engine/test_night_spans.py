"""A few spans in the place of one: no value that is looked for lies outside them, and the blocks between are not read."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import duckdb
import pytest

from analyzer.engine.night.ranges import BLOCK, of_values
from analyzer.engine.night.spans import MOST

LETTERS = ["0", "9", "A", "z", "豫", "挂", "𬭎", "·", " ", "'", '"', "\t"]


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        yield con


def said(con: duckdb.DuckDBPyConnection, kind: str, values: list[Any]) -> str:
    """The condition for a column `v` of `t`, looked up by some values."""
    con.execute(f'CREATE OR REPLACE TEMP TABLE given AS SELECT CAST(unnest(?) AS {kind}) AS "k0"', [values])
    return of_values(con, "given", {"k0": '"t"."v"'})


def left_out(con: duckdb.DuckDBPyConnection, condition: str) -> int:
    """How many of the given values the condition leaves out; a blank is never looked for."""
    found = (
        f"SELECT count(*) FROM (SELECT k0 AS v FROM given WHERE k0 IS NOT NULL) AS t WHERE ({condition}) IS NOT TRUE"
    )
    return con.execute(found).fetchall()[0][0]


def some_text(chance: random.Random) -> str:
    way = chance.randrange(6)
    if way == 0:
        return "".join(chance.choices(LETTERS, k=chance.randrange(6)))
    if way == 1:
        return f"R{chance.randrange(10**9):09d}"
    if way == 2:
        return f"豫{chance.choice('MN')}{chance.randrange(10**5):05d}"
    if way == 3:
        return "长" * chance.randrange(2000) + str(chance.randrange(100))
    return f"2025-{chance.randrange(40):04d}" if way == 4 else ""


def some_value(chance: random.Random, kind: str) -> Any:
    if kind == "VARCHAR":
        return some_text(chance)
    days = timedelta(days=chance.choice([0, 3000, 9000]) + chance.randrange(60), microseconds=chance.randrange(10**9))
    if kind == "TIMESTAMP":
        return str(datetime(2001, 1, 1) + days) if chance.randrange(40) else chance.choice(["infinity", "-infinity"])
    if kind == "DATE":
        return str(date(2001, 1, 1) + days) if chance.randrange(40) else chance.choice(["infinity", "-infinity"])
    if kind == "DOUBLE":
        return str(chance.choice([0.0, -0.0, 1e308, -1e308, chance.random(), "nan", "inf", "-inf"]))
    if kind == "BOOLEAN":
        return chance.random() < 0.5
    widest = chance.choice([1 << 63, 1 << 40, 100]) if kind == "BIGINT" else 100
    return str(chance.randrange(-widest, widest))


@pytest.mark.parametrize("kind", ["VARCHAR", "TIMESTAMP", "DATE", "BIGINT", "DOUBLE", "DECIMAL(14,2)", "BOOLEAN"])
def test_no_value_that_is_looked_for_is_left_out(con: duckdb.DuckDBPyConnection, kind: str) -> None:
    for seed in range(25):
        chance = random.Random(f"{kind}-{seed}")
        values = [some_value(chance, kind) for _ in range(chance.choice([1, 2, 3, 10, 300]))]
        if chance.random() < 0.3:
            values = [one if chance.random() < 0.5 else None for one in values] + values[:1]
        if seed == 7:
            values = values[:1] * 5
        condition = said(con, kind, values)
        assert left_out(con, condition) == 0, seed
        assert condition.count(" OR ") < MOST


def test_nothing_is_found_by_blanks_alone(con: duckdb.DuckDBPyConnection) -> None:
    assert said(con, "VARCHAR", [None, None]) == "FALSE"
    assert said(con, "DATE", []) == "FALSE"


def test_what_lies_in_a_wide_gap_is_passed_over_and_a_carry_is_no_gap(con: duckdb.DuckDBPyConnection) -> None:
    condition = said(con, "VARCHAR", [f"R{number:06d}" for number in (999, 1000, 1001, 50_000, 90_000, 90_100)])
    con.execute("CREATE TABLE t AS SELECT 'R' || lpad(i::VARCHAR, 6, '0') AS v FROM range(100000) AS r(i)")
    assert con.execute(f"SELECT count(*) FROM t WHERE {condition}").fetchall() == [(3 + 1 + 101,)]
    dense = said(con, "VARCHAR", [f"R{number:06d}" for number in range(9_500, 10_500)])
    assert " OR " not in dense, "09999 and 10000 are neighbours"
    scattered = said(con, "VARCHAR", [f"R{number:06d}" for number in range(0, 100_000, 9_000)])
    assert scattered.count(" OR ") == MOST - 1
    assert left_out(con, scattered) == 0


def test_values_of_a_text_and_of_a_day_lie_in_the_spans_that_their_letters_and_days_make(
    con: duckdb.DuckDBPyConnection,
) -> None:
    plates = said(con, "VARCHAR", ["京A00001", "京A00002", "豫M90001"])
    con.execute("CREATE TABLE t AS SELECT unnest(['京A00001', '京A00003', '津B00000', '豫M90001', '豫M90002']) AS v")
    assert con.execute(f"SELECT v FROM t WHERE {plates} ORDER BY v").fetchall() == [("京A00001",), ("豫M90001",)]
    con.execute("CREATE TEMP TABLE days AS SELECT unnest([DATE '2024-01-05', DATE '2025-06-30']) AS k0")
    con.execute("CREATE TABLE u AS SELECT TIMESTAMP '2024-01-01' + to_hours(i * 6) AS v FROM range(3000) AS r(i)")
    by_day = of_values(con, "days", {"k0": 'CAST("u"."v" AS DATE)'})
    found = con.execute(f"SELECT DISTINCT CAST(v AS DATE) AS d FROM u WHERE {by_day} ORDER BY d").fetchall()
    assert found == [(date(2024, 1, 5),), (date(2025, 6, 30),)]
    around = of_values(con, "days", {"k0": '"u"."v"'}, {"k0": "INTERVAL 1 DAY"})
    lying = "abs(date_diff('hour', v, TIMESTAMP '2024-01-05')) <= 24 OR abs(date_diff('hour', v, TIMESTAMP '2025-06-30')) <= 24"
    assert con.execute(f"SELECT count(*) FROM u WHERE ({lying}) AND ({around}) IS NOT TRUE").fetchall() == [(0,)]
    assert con.execute(f"SELECT count(*) FROM u WHERE {around}").fetchall()[0][0] < 30


@pytest.mark.parametrize(
    ("column", "kind"),
    [("'R' || lpad(i::VARCHAR, 9, '0')", "VARCHAR"), ("TIMESTAMP '2024-01-01' + to_seconds(i)", "TIMESTAMP")],
)
def test_the_blocks_between_are_not_read(con: duckdb.DuckDBPyConnection, column: str, kind: str) -> None:
    con.execute(f"CREATE TABLE t AS SELECT {column} AS v FROM range({8 * BLOCK}) AS r(i)")
    near, far = 10, 7 * BLOCK + 10
    values = con.execute(f"SELECT CAST({column} AS VARCHAR) FROM (SELECT unnest([{near}, {far}]) AS i)").fetchall()
    condition = said(con, kind, [value for (value,) in values])
    con.execute("SET enable_profiling = 'no_output'")
    assert con.execute(f"SELECT v FROM t WHERE {condition}").fetchall()
    told = json.loads(con.get_profiling_information("json"))
    assert read_blocks(told["operator"]) == 2


def read_blocks(operators: list[dict[str, Any]]) -> int:
    return sum(one.get("row_groups_scanned", 0) + read_blocks(one.get("children", [])) for one in operators)
