"""Results over all rows, brought up to date from a part of them, are those of a count over all rows."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from datetime import date, timedelta

import polars as pl
import pytest

from analyzer.engine.night.lineage import joins_by_key
from analyzer.engine.night.parts import Parts
from analyzer.engine.night.sieve import sieve_of
from analyzer.engine.night.sums import parts_mistake, sums_of
from analyzer.model.rule import Gather
from analyzer.rulebook.library import Library, load_library
from tests.engine.nights import Nights, corrected, made_rows

DAY = date(2025, 6, 30)


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


@pytest.fixture(scope="module")
def rows() -> Mapping[str, pl.DataFrame]:
    return made_rows(60, 5)


@pytest.fixture
def brought(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, set[str]]]:
    """The gathers that were brought up to date from a part of the rows: added up, and group by group."""
    found: dict[str, set[str]] = {"added": set(), "apart": set()}
    counted, touched = Parts._add, Parts._gather_touched

    def add(self: Parts, job, *tables: str) -> bool:
        found["added"].add(job.shape.table)
        return counted(self, job, *tables)

    def apart(self: Parts, shape, *rest) -> None:
        found["apart"].add(shape.table)
        touched(self, shape, *rest)

    monkeypatch.setattr(Parts, "_add", add)
    monkeypatch.setattr(Parts, "_gather_touched", apart)
    yield found


def with_parts(library: Library) -> dict[str, dict[str, Gather]]:
    """The gathers with parts, by the code of their rule."""
    every = {code: one.rule.gather for code, one in library.rules.items()}
    return {
        code: {name: one for name, one in some.items() if one.parts is not None}
        for code, some in every.items()
        if any(one.parts is not None for one in some.values())
    }


def kept(nights: Nights, code: str, name: str) -> list:
    table = f"{code.lower().replace('-', '_')}__{name}"
    return nights.con.execute(f'SELECT * FROM kept."parts_{table}" ORDER BY ALL').fetchall()


def assert_parts_equal_full(nights: Nights, library: Library, as_of: date) -> None:
    """What is kept of every result is what a first night over the same rows keeps."""
    anew = Nights(library, nights.rules)
    come = {}
    nights.con.execute("SELECT 1").fetchall()
    for table in library.vocabulary.tables:
        frame = nights.con.sql(f'SELECT * EXCLUDE (_source, _row) FROM "{table}"').pl()
        if frame.height:
            come[table] = frame
    anew.columns = dict(nights.columns)
    anew.night(as_of, come, columns=nights.columns)
    for code, some in with_parts(library).items():
        if code in {one.rule.code for one in nights.rules}:
            for name in some:
                assert kept(nights, code, name) == kept(anew, code, name), (code, name)


@pytest.mark.parametrize("number_of_nights", [1, pytest.param(4, marks=pytest.mark.slow)])
def test_nights_add_up_to_one_count_over_all_rows(
    library: Library, rows: Mapping[str, pl.DataFrame], brought: dict[str, set[str]], number_of_nights: int
) -> None:
    chance = random.Random(7)
    codes = list(with_parts(library))
    nights = Nights(library, [library.rules[code] for code in codes])
    late = {"detections", "cases"}
    first = {name: frame[: frame.height * 8 // 10] if name in late else frame for name, frame in rows.items()}
    nights.night(DAY, first)
    assert brought == {"added": set(), "apart": set()}
    day = DAY
    for number in range(number_of_nights):
        day += timedelta(days=(40, 0, -25, 3)[number])
        come = {}
        for name in sorted(late):
            frame = rows[name]
            new = frame[frame.height * (8 * 4 + 2 * number) // 40 : frame.height * (8 * 4 + 2 * number + 2) // 40]
            again = frame[: frame.height * 8 // 10].sample(12, seed=number)
            come[name] = pl.concat([new, corrected(library, name, again, chance)])
        gone = {"cases": rows["cases"]["case_id"].sample(3, seed=number).to_list()} if number == 2 else None
        nights.night(day, come, gone)
        nights.assert_equals_full(day)
        assert_parts_equal_full(nights, library, day)
    said = {
        f"{code.lower().replace('-', '_')}__{name}": one.parts
        for code, some in with_parts(library).items()
        for name, one in some.items()
    }
    assert brought["added"] == {table for table, parts in said.items() if parts and not parts.apart}
    assert brought["apart"] == {table for table, parts in said.items() if parts and parts.apart}


@pytest.mark.slow
def test_registers_and_small_tables_count_as_well(library: Library, rows: Mapping[str, pl.DataFrame]) -> None:
    """A station changes hands, a device is of another kind, and tables are so small that they are seen whole."""
    nights = Nights(library, [library.rules[code] for code in with_parts(library)])
    nights.night(DAY, rows)
    station = rows["detections"]["station_id"].drop_nulls().mode()[0]
    agencies = rows["agencies"]["agency_id"].to_list()
    stations = rows["stations"].filter(pl.col("station_id") == station)
    moved = stations.with_columns(agency_id=pl.lit(next(one for one in agencies if one != stations["agency_id"][0])))
    nights.night(DAY, {"stations": moved})
    nights.assert_equals_full(DAY)
    devices = rows["devices"].head(3).with_columns(kind=pl.lit("camera"))
    nights.night(DAY, {"devices": devices, "cases": rows["cases"].head(5).with_columns(status=pl.lit("withdrawn"))}, small_table=10**6)  # fmt: skip
    nights.assert_equals_full(DAY)
    assert_parts_equal_full(nights, library, DAY)


def test_a_query_adds_up_when_it_ends_with_groups_counts_and_sums() -> None:
    found = sums_of("SELECT a, b || 'x' AS c, CAST(count(*) AS BIGINT) AS n, sum(d) AS total FROM t GROUP BY 1, 2")
    assert found is not None
    assert (found.keys, found.sums, found.count) == (("a", "c"), ("n", "total"), "n")
    for other in (
        "SELECT a, sum(d) AS total FROM t GROUP BY 1",
        "SELECT a, count(*) AS n, max(d) AS d FROM t GROUP BY 1",
        "SELECT a, count(*) AS n, count(DISTINCT d) AS d FROM t GROUP BY 1",
        "SELECT a, count(*) AS n FROM t GROUP BY 1 HAVING count(*) > 2",
        "SELECT count(*) AS n FROM t",
        "SELECT a, count(*) AS n FROM t GROUP BY 1 UNION ALL SELECT a, count(*) FROM t GROUP BY 1",
    ):
        assert sums_of(other) is None, other


def test_a_sieve_holds_what_a_query_asks_of_the_row_alone(library: Library) -> None:
    table = library.vocabulary["detections"]
    query = """
      SELECT d."plate_no", count(*) FROM "detections" AS "d" LEFT JOIN "k" AS "k" ON "k"."r" = "d"."record_id"
      WHERE "d"."status" = 'x' AND ("d"."detected_at" < DATE '{0}' AND "k"."used" IS NULL) GROUP BY 1"""
    sieve = sieve_of(query.format("2025-01-01"), query.format("2025-01-02"), table)
    assert sieve.now == '(("x"."status" = \'x\') AND ("x"."detected_at" < CAST(\'2025-01-01\' AS DATE)))'
    assert sieve.then == sieve.now.replace("01-01", "01-02") and not sieve.is_moved
    both = f'{query} UNION ALL SELECT "plate_no", 1 FROM "detections" AS "e"'
    assert sieve_of(both, both, table).now == "TRUE"
    shown = query.replace("count(*)", "DATE '{0}'")
    assert sieve_of(shown.format("2025-01-01"), shown.format("2025-01-02"), table).is_moved


@pytest.mark.parametrize(
    ("on", "holds"),
    [
        ("k.record_id = d.record_id", True),
        ("d.record_id = k.record_id", True),
        ("k.record_id = d.station_id", False),
        ("k.record_id = d.record_id AND k.used = 1", False),
        ("k.record_id = d.record_id OR TRUE", False),
    ],
)
def test_another_gather_is_joined_by_its_key_or_not_followed(on: str, holds: bool) -> None:
    query = f"SELECT d.plate_no, count(*) FROM detections AS d LEFT JOIN gathered AS k ON {on} GROUP BY 1"
    assert joins_by_key(query, "gathered", {"record_id": "record_id"}) is holds


@pytest.mark.parametrize(
    ("parts", "mistake"),
    [
        ({"of": "detections"}, None),
        ({"of": "detections", "together": "vehicle"}, None),
        ({"of": "detections", "apart": {"station_id": "station_id"}}, None),
        ({"of": "cases"}, "the query does not read the table `cases`"),
        ({"of": "nothing"}, "the query does not read the table `nothing`"),
        ({"of": "detections", "together": "station.agency_id"}, "`station.agency_id` cannot be told from a row alone"),
        ({"of": "detections", "apart": {"no_such": "station_id"}}, "the query does not return the column `no_such`"),
        (
            {"of": "detections", "together": "vehicle", "apart": {"station_id": "station_id"}},
            "together and apart cannot both stand",
        ),
    ],
)
def test_what_parts_say_can_stand_or_is_named(
    library: Library, rows: Mapping[str, pl.DataFrame], parts: dict, mistake: str | None
) -> None:
    nights = Nights(library, [])
    nights.columns = dict.fromkeys(rows, frozenset[str]())
    sql = "SELECT d.station_id, count(*) AS n FROM detections AS d GROUP BY 1"
    found = parts_mistake(
        nights.setting(DAY), Gather.model_validate({"by": ["station_id"], "sql": sql, "parts": parts})
    )
    assert (found.en if found else None) == mistake


def test_a_result_that_does_not_add_up_is_told(library: Library) -> None:
    sql = "SELECT d.station_id, count(*) AS n, max(d.speed_kmh) AS top FROM detections AS d GROUP BY 1"
    gather = Gather.model_validate({"by": ["station_id"], "sql": sql, "parts": {"of": "detections"}})
    found = parts_mistake(Nights(library, []).setting(DAY), gather)
    assert found is not None and "counts and sums" in found.en
