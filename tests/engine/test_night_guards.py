"""A guard is true of every row for which two texts differ, and it passes over those that never meet the difference."""

from __future__ import annotations

import random
from collections.abc import Iterator

import duckdb
import pytest
import sqlglot

from analyzer.engine.night.guards import where_they_differ

NOW, THEN = "DATE '2025-06-30'", "DATE '2025-06-25'"


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    """Every combination of two dates and a flag, blanks included."""
    con = duckdb.connect()
    days = "(NULL), (DATE '2025-06-01'), (DATE '2025-06-25'), (DATE '2025-06-28'), (DATE '2025-06-30')"
    flags = "(NULL), (TRUE), (FALSE)"
    con.execute(
        "CREATE TABLE rows AS SELECT * FROM"
        f" (VALUES {days}) AS a(a), (VALUES {days}) AS b(b), (VALUES {flags}) AS c(c), (VALUES {flags}) AS d(d)"
    )
    yield con
    con.close()


def guard(now: str, then: str) -> str:
    found = where_they_differ(*(sqlglot.parse_one(text, read="duckdb") for text in (now, then)))
    return "FALSE" if found is None else found.sql(dialect="duckdb")


def counted(con: duckdb.DuckDBPyConnection, where: str) -> int:
    return con.execute(f"SELECT count(*) FROM rows WHERE {where}").fetchall()[0][0]


def made_date(chance: random.Random, depth: int) -> str:
    """An expression of a date in which `{day}` may stand anywhere."""
    if depth == 0:
        return chance.choice(("a", "b", "{day}", "{day}", "NULL"))
    first, second = made_date(chance, depth - 1), made_date(chance, depth - 1)
    return chance.choice(
        (
            f"CASE WHEN {made_condition(chance, depth - 1)} THEN {first} ELSE {second} END",
            f"CASE WHEN {made_condition(chance, depth - 1)} THEN {first} WHEN d THEN {second} END",
            f"coalesce({first}, {second})",
            f"coalesce(b, {first}, {second})",
            f"greatest({first}, {second})",
            f"({first} + 3)::DATE",
        )
    )


def made_condition(chance: random.Random, depth: int) -> str:
    if depth == 0:
        return chance.choice(("c", "d", "NOT c", "a IS NULL", "a IS NOT NULL", "b IS NOT NULL", "a < b"))
    one = made_date(chance, depth - 1)
    return chance.choice((f"{one} < a", f"{one} IS NOT NULL", f"{one} IS NULL", f"c AND {one} = b", f"NOT ({one} > b)"))


@pytest.mark.parametrize("seed", range(3))
def test_no_row_that_differs_is_passed_over(con: duckdb.DuckDBPyConnection, seed: int) -> None:
    chance, differing = random.Random(seed), 0
    for _ in range(60):
        text = chance.choice((made_date, made_condition))(chance, chance.randint(1, 3))
        now, then = text.format(day=NOW), text.format(day=THEN)
        differs = f"({now}) IS DISTINCT FROM ({then})"
        passed_over = f"({guard(now, then)}) IS DISTINCT FROM TRUE"
        found = con.execute(f"SELECT count(*), count(*) FILTER ({passed_over}) FROM rows WHERE {differs}").fetchall()
        assert found[0][1] == 0, (text, guard(now, then))
        differing += found[0][0] > 0
    assert differing > 10


@pytest.mark.parametrize(
    ("text", "met"),
    [
        ("CASE WHEN a IS NOT NULL THEN a ELSE {day} END", "a IS NULL"),
        ("wd(b, coalesce(a, {day})) > 7", "a IS NULL"),
        ("CASE WHEN c THEN CASE WHEN NOT a IS NULL THEN a ELSE {day} END ELSE b END", "c AND a IS NULL"),
        ("CASE WHEN c THEN a ELSE {day} END", "c IS DISTINCT FROM TRUE"),
        ("CASE WHEN a < {day} THEN b END", "TRUE"),
        ("a < b", "FALSE"),
    ],
)
def test_rows_that_go_another_way_are_passed_over(con: duckdb.DuckDBPyConnection, text: str, met: str) -> None:
    found = guard(text.format(day=NOW), text.format(day=THEN))
    assert counted(con, f"({found}) IS DISTINCT FROM ({met})") == 0


def test_other_words_are_never_taken_for_the_same_way() -> None:
    assert guard("abs(a)", "ceil(a)") == "TRUE"
    assert guard("CAST(a AS DATE)", "CAST(a AS TIMESTAMP)") == "TRUE"
    assert guard("CASE WHEN c THEN a END", "CASE WHEN c THEN a WHEN d THEN b END") == "TRUE"
    assert guard("f(a, b)", "f(a)") == "TRUE"
