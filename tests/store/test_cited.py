"""The cited records in the database of a package: the same whether looked up anew or taken from the package before."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from analyzer.model import Vocabulary
from analyzer.rulebook.library import load_library
from analyzer.store.cited import DATABASE
from analyzer.store.contents import cited_query, file_hash
from analyzer.store.warehouse import opened
from tests.store.made_nights import Maker
from tests.store.nights import Nights

FIRST = date(2025, 12, 1)
MARK = "nobody wrote this"
WRITE_OVER = f"UPDATE detections SET station_id = '{MARK}'"


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return load_library().vocabulary


def published(nights: Nights, table: str) -> list[tuple[Any, ...]]:
    """The rows of a table in the database of the package that is published now, as they stand there."""
    with duckdb.connect(str(nights.package.folder / DATABASE), read_only=True) as con:
        return con.execute(f'SELECT * FROM "{table}"').fetchall()


def looked_up(nights: Nights, vocabulary: Vocabulary) -> dict[str, list[tuple[Any, ...]]]:
    """The cited rows of each supplied table, from the warehouse alone."""
    with opened(nights.store, read_only=True) as house:
        return {
            name: house.con.execute(cited_query(house.con, vocabulary[name])).fetchall() for name in house.supplied()
        }


def change(nights: Nights, statement: str, *, noted: bool = True) -> None:
    """Change the database of the package before; `noted` is whether its manifest knows of it."""
    folder = nights.package.folder
    with duckdb.connect(str(folder / DATABASE)) as con:
        con.execute(statement)
    if noted:
        said = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        said["files"][DATABASE] = file_hash(folder / DATABASE)
        (folder / "manifest.json").write_text(json.dumps(said), encoding="utf-8")


@pytest.mark.parametrize(
    ("seed", "number"),
    [(11, 2), pytest.param(3, 9, marks=pytest.mark.slow), pytest.param(5, 9, marks=pytest.mark.slow)],
)
def test_after_any_night_they_are_the_cited_rows_in_force_in_their_order(
    tmp_path: Path, vocabulary: Vocabulary, seed: int, number: int
) -> None:
    nights, maker = Nights(tmp_path / "store"), Maker(seed, rows=60)
    before: dict[str, tuple[Any, ...]] = {}
    met = set()
    for night in range(number):
        nights.put(next(maker))
        nights.scan(FIRST + timedelta(night))
        rows = looked_up(nights, vocabulary)
        assert {name: published(nights, name) for name in rows} == rows, night
        now = {row[0]: row[-2:] for row in rows["detections"]}  # the place by the key
        met |= {"stayed" if before[key] == now[key] else "corrected" for key in before.keys() & now.keys()}
        met |= {"came"} if now.keys() - before.keys() else set()
        met |= {"went"} if before.keys() - now.keys() else set()
        before = now
    assert met == {"stayed", "corrected", "came", "went"}


def next_night(nights: Nights) -> None:
    """A night that changes no finding."""
    nights.put({"说明.csv": "甲,乙\n1,2\n"})
    nights.scan(FIRST + timedelta(1))


def test_what_stands_in_the_package_before_is_taken_from_there(nights: Nights) -> None:
    change(nights, WRITE_OVER)
    next_night(nights)
    rows = published(nights, "detections")
    assert rows and all(MARK in row for row in rows)


def test_a_package_that_is_not_as_its_manifest_says_is_not_built_upon(nights: Nights, vocabulary: Vocabulary) -> None:
    change(nights, WRITE_OVER, noted=False)
    next_night(nights)
    rows = published(nights, "detections")
    assert rows == looked_up(nights, vocabulary)["detections"]
    assert rows and not any(MARK in row for row in rows)


@pytest.mark.parametrize("statement", ["ALTER TABLE detections DROP COLUMN speed_kmh", "DROP TABLE detections"])
def test_a_table_that_stood_otherwise_is_looked_up_anew(nights: Nights, vocabulary: Vocabulary, statement: str) -> None:
    change(nights, f"{WRITE_OVER}; {statement}")
    next_night(nights)
    assert published(nights, "detections") == looked_up(nights, vocabulary)["detections"]


def test_a_package_that_cannot_be_opened_is_not_built_upon(nights: Nights, vocabulary: Vocabulary) -> None:
    change(nights, WRITE_OVER)
    with duckdb.connect(str(nights.package.folder / DATABASE)):
        next_night(nights)
    assert published(nights, "detections") == looked_up(nights, vocabulary)["detections"]


def test_a_scan_that_judges_everything_builds_upon_nothing(nights: Nights, vocabulary: Vocabulary) -> None:
    change(nights, WRITE_OVER)
    nights.put({"说明.csv": "甲,乙\n1,2\n"})
    nights.scan(FIRST + timedelta(1), full=True)
    assert published(nights, "detections") == looked_up(nights, vocabulary)["detections"]
