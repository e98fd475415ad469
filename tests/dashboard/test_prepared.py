"""What is put in order once: made once however many come, found again whole, and the same as a look at every record."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from analyzer.dashboard.queries import FindingFilter, entries_of, number_of, short_findings
from analyzer.dashboard.queries.kinds import KINDS, OF_A_CASE
from analyzer.dashboard.queries.named import named_in
from analyzer.dashboard.queries.places import standing, whole_rows
from analyzer.dashboard.queries.prepared import look_up, prepare
from analyzer.dashboard.queries.vehicle_events import events
from analyzer.dashboard.queries.vehicles import flagged
from analyzer.dashboard.source import Source
from tests.dashboard.looking import source_of


@pytest.fixture(scope="module")
def source(package: Path) -> Source:
    """The samples as an inspector without limits sees them."""
    return source_of(package)


def test_a_topic_is_made_once_however_many_come(source: Source) -> None:
    made: list[int] = []

    def statements(_: Source, schema: str) -> list[str]:
        made.append(1)
        return [f"CREATE TABLE {schema}.only_once AS SELECT 1 AS one"]

    threads = [threading.Thread(target=prepare, args=(source, "only_once", statements)) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert made == [1]


def test_a_topic_that_failed_is_made_again(source: Source) -> None:
    with pytest.raises(ZeroDivisionError):
        prepare(source, "fails", lambda _, schema: [schema] * (1 // 0))
    schema = prepare(source, "fails", lambda _, schema: [f"CREATE TABLE {schema}.now_there AS SELECT 1 AS one"])
    assert source.one(f"SELECT one FROM {schema}.now_there") == (1,)


def test_the_events_of_a_vehicle_are_all_its_records(source: Source) -> None:
    for vehicle in flagged(source, FindingFilter(), most=4)[1]:
        found = events(source, vehicle)
        for table in KINDS:
            if table in OF_A_CASE or not source.has(f"records_{table}"):
                continue
            rows = look_up(source, f"SELECT * FROM records_{table} WHERE plate_no = ?", [vehicle.plate_no])
            color = vehicle.plate_color
            mine = [row for row in rows if not color or (row.get("plate_color") or color) == color]
            key = source.law.library.vocabulary[table].key[0]
            assert {row[key] for row in found[table]} == {row[key] for row in mine}, table
            assert sorted(map(repr, whole_rows(source, table, found[table]))) == sorted(map(repr, mine)), table


def test_records_that_findings_name_are_found_by_their_place(source: Source) -> None:
    ends = "SELECT table_name, unnest([min(record_key), max(record_key)]) FROM finding_records GROUP BY 1"
    for table, key in source.rows(ends):
        known = source.law.library.vocabulary[table]
        if len(known.key) == 1 and source.has(f"records_{table}"):
            found = look_up(
                source,
                f"SELECT * FROM records_{table} AS t WHERE {standing(source, table, [key])} AND t.{known.key[0]} = ?",
                [key],
            )
            assert len(found) == 1, (table, key)
    assert standing(source, "detections", ["no such record"]) == "FALSE"


def test_findings_are_found_by_number_and_by_id(source: Source) -> None:
    rows = source.rows("SELECT n.number, n.finding_id, f.rule FROM numbered AS n JOIN findings AS f USING (finding_id)")
    assert [one.number for one in entries_of(source, [7, 3, 10_000_000, 5], "zh")] == [7, 3, 5]
    for number, finding_id, rule in sorted(rows)[::40]:
        assert number_of(source, finding_id) == number
        assert entries_of(source, [number], "en")[0].rule == rule
    assert number_of(source, "no such finding") is None
    assert source.one(f"SELECT count(*) FROM {short_findings(source)}")[0] == len(rows)


def test_named_records_are_those_of_the_findings_that_are_picked(source: Source) -> None:
    expected = source.rows(
        "SELECT r.table_name, r.record_key, r.verdict, n.number, r.rule FROM finding_records AS r"
        " JOIN numbered AS n USING (finding_id) WHERE n.number BETWEEN 10 AND 30 ORDER BY 4, 2"
    )
    found = named_in(source, "f.number BETWEEN ? AND ?", [row[1] for row in expected], [10, 30])
    assert sorted((one.table, one.key, one.verdict, one.number, one.rule) for one in found) == sorted(expected)
    assert named_in(source, "f.number = ?", [row[1] for row in expected], [0]) == []
