"""Looking up a few rows in a large table: what is passed over holds none of them, and who stands beside whom."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

import duckdb
import pytest

from analyzer.engine.night import beside
from analyzer.engine.night.ranges import BLOCK, drop_values, of_places, of_values

START = datetime(2024, 1, 1)


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        yield con


def places(con: duckdb.DuckDBPyConnection, found: list[int]) -> str:
    con.execute("CREATE OR REPLACE TEMP TABLE wanted (r BIGINT)")
    con.execute("INSERT INTO wanted SELECT unnest(?)", [found])
    return of_places(con, "wanted")


def test_ranges_of_places_hold_every_place_and_leave_far_blocks_out(con: duckdb.DuckDBPyConnection) -> None:
    said = places(con, [5, BLOCK + 1, 9 * BLOCK, 1 << 60])
    holds = con.execute(
        f"SELECT x.rowid, {said} FROM (SELECT unnest([5, {BLOCK + 1}, {4 * BLOCK}, {9 * BLOCK}, {1 << 60}]) AS rowid) AS x"
    ).fetchall()
    assert [there for _, there in holds] == [True, True, False, True, True]
    assert said.count("BETWEEN") == 3, "neighbouring blocks are one range"
    assert places(con, []) == "FALSE"


def test_many_scattered_places_make_few_ranges_and_none_is_lost(con: duckdb.DuckDBPyConnection) -> None:
    chance = random.Random(7)
    found = [chance.randrange(10_000) * BLOCK + 3 for _ in range(400)]
    said = places(con, found)
    assert said.count("BETWEEN") <= 48
    lost = con.execute(f"SELECT count(*) FROM (SELECT r AS rowid FROM wanted) AS x WHERE NOT {said}").fetchone()
    assert lost == (0,)


def test_ranges_of_values_leave_out_what_is_beyond_and_say_no_value(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(
        "CREATE TABLE t AS SELECT 'K' || i AS k, DATE '2024-01-01' + CAST(i AS INTEGER) AS d FROM range(9) AS r(i)"
    )
    con.execute(
        "CREATE TEMP TABLE night_given AS SELECT 'K3' AS k0, DATE '2024-01-05' AS m0 UNION ALL SELECT NULL, NULL"
    )
    said = of_values(con, "night_given", {"k0": '"t"."k"', "m0": '"t"."d"'}, {"m0": "INTERVAL 2 DAYS"})
    assert "K3" not in said and "2024" not in said
    assert con.execute(f"SELECT k FROM t WHERE {said}").fetchall() == [("K3",)]
    wide = of_values(con, "night_given", {"m0": '"t"."d"', "k0": 'lower("t"."k")'}, {"m0": "INTERVAL 2 DAYS"})
    assert con.execute(f"SELECT count(*) FROM t WHERE {wide}").fetchone() == (5,)
    con.execute("CREATE TABLE u AS SELECT CAST(d AS TIMESTAMP) + INTERVAL 23 HOURS AS moment FROM t")
    by_day = of_values(con, "night_given", {"m0": 'CAST("u"."moment" AS DATE)'})
    assert 'CAST("u"' not in by_day, "the moment is compared, not its day: else no block is passed over"
    assert con.execute(f"SELECT moment FROM u WHERE {by_day}").fetchall() == [(datetime(2024, 1, 5, 23),)]
    con.execute("DELETE FROM night_given")
    assert of_values(con, "night_given", {"k0": '"t"."k"'}) == "FALSE"
    drop_values(con)
    assert con.execute("SELECT count(*) FROM duckdb_variables()").fetchone() == (0,)


@pytest.mark.parametrize("sides", [beside.BOTH, beside.BEFORE, beside.AFTER])
@pytest.mark.parametrize("seed", range(6))
def test_the_next_before_and_after_are_found_however_far_they_lie(
    con: duckdb.DuckDBPyConnection, seed: int, sides: tuple[str, ...]
) -> None:
    chance = random.Random(seed)

    def row() -> tuple[str | None, datetime | None, int]:
        moment = START + timedelta(
            days=chance.choice([0, 1, 200, 400]) + chance.randrange(40), hours=chance.randrange(3)
        )
        return (
            chance.choice(["A", "B", "C", None]),
            None if chance.random() < 0.05 else moment,
            chance.randrange(1000),
        )

    rows = list(dict.fromkeys(row() for _ in range(60)))
    gone = [one for one in (row() for _ in range(5)) if one not in rows]
    given = [*chance.sample(rows, 4), *gone]
    con.execute("CREATE TABLE t (k VARCHAR, seen TIMESTAMP, id BIGINT)")
    con.execute("CREATE TEMP TABLE night_given (k0 VARCHAR, o0 TIMESTAMP, o1 BIGINT)")
    con.executemany("INSERT INTO t VALUES (?, ?, ?)", rows)
    con.executemany("INSERT INTO night_given VALUES (?, ?, ?)", given)
    beside.find(
        con,
        "night_found",
        "night_given",
        't AS "s"',
        {"k0": '"s"."k"'},
        {"o0": '"s"."seen"', "o1": '"s"."id"'},
        '"s".rowid',
        sides,
    )
    found = con.execute("SELECT t.* FROM t JOIN night_found AS f ON t.rowid = f.r ORDER BY ALL").fetchall()
    assert found == sorted(expected(rows, given, sides))


def expected(rows: list[tuple], given: list[tuple], sides: tuple[str, ...]) -> set[tuple]:
    """The rows at a given place, and those next to one on a side, rows and given places standing in one line."""
    marks = {one for one in given if None not in one}
    found = set()
    for key in {one[0] for one in marks}:
        there = {one for one in rows if one[0] == key and None not in one}
        line = sorted(there | {one for one in marks if one[0] == key})
        for before, here, after in zip([None, *line], line, [*line[1:], None], strict=False):
            next_to = {after} if sides == beside.BEFORE else {before} if sides == beside.AFTER else {before, after}
            if here in there and marks & {here, *next_to}:
                found.add(here)
    return found
