"""A night judges what changes reach, and what it leaves behind equals a full run."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from analyzer.engine.night import Change, Why, bring_up_to_date, evaluate
from analyzer.model.tables import UNKNOWN
from analyzer.rulebook.library import Library, load_library
from tests.engine.nights import Nights, corrected, made_rows

DAY = date(2025, 6, 30)

# One of each way in which another row can matter: stretches of certificates, the pass before, passes within a minute,
# documents by record, the clock, all documents of the vehicle on one day, the fines of a day, links, all units.
SOME = ["DEV-01", "DEV-08", "EVD-06", "EVD-07", "NTC-05", "NTC-06", "NTC-07", "DEC-05", "PER-02", "SVC-03"]


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


@pytest.fixture(scope="module")
def rows(library: Library) -> Mapping[str, pl.DataFrame]:
    """The rows of a small bureau with planted breaches of every family."""
    return made_rows(100, 3)


def some(library: Library) -> list:
    return [library.rules[code] for code in SOME]


@pytest.fixture(scope="module")
def first(library: Library, rows: Mapping[str, pl.DataFrame]) -> Iterator[Nights]:
    """A store after its first night, with some of the growing tables still to come."""
    nights = Nights(library, some(library))
    late = {"detections", "notices", "cases", "payments"}
    nights.night(
        DAY, {name: frame[: frame.height * 9 // 10] if name in late else frame for name, frame in rows.items()}
    )
    yield nights


def evaluated(report) -> dict[str, tuple[int, int]]:
    return {rule.code: (rule.evaluated, rule.total) for rule in report.rules}


def test_the_first_night_judges_everything_and_says_so(first: Nights) -> None:
    first.assert_equals_full(DAY)


def test_new_and_late_rows_are_judged_with_what_they_reach_and_nothing_else(
    first: Nights, rows: Mapping[str, pl.DataFrame]
) -> None:
    detections, notices = rows["detections"], rows["notices"]
    come = {"detections": detections[-12:], "notices": notices[-12:], "cases": rows["cases"][-5:]}
    report = first.night(DAY, come)
    first.assert_equals_full(DAY)
    assert {rule.why for rule in report.rules} == {None}
    judged = evaluated(report)
    for code in ("DEV-01", "EVD-06", "EVD-07", "NTC-05", "NTC-07"):
        assert 12 <= judged[code][0] < 120 < judged[code][1] / 4, (code, judged[code])
    assert judged["SVC-03"][0] == 0
    assert 5 <= judged["DEC-05"][0] < 40


def test_a_good_part_of_a_table_is_not_followed_row_by_row(first: Nights, rows: Mapping[str, pl.DataFrame]) -> None:
    detections = rows["detections"]
    moved = detections[: detections.height // 2].with_columns(pl.col("detected_at") - timedelta(days=1))
    report = first.night(DAY, {"detections": moved}, many_rows=moved.height + 1)
    assert {rule.why for rule in report.rules} == {None}
    report = first.night(DAY, {"detections": detections}, many_rows=moved.height)
    first.assert_equals_full(DAY)
    assert {rule.why for rule in report.rules} == {Why.MANY}
    report = first.night(DAY, {"detections": detections[: detections.height // 10]}, many_rows=1)
    assert {rule.why for rule in report.rules} == {None} and report.evaluated == 0


def test_a_first_night_asks_nothing_of_what_came(library: Library, rows: Mapping[str, pl.DataFrame]) -> None:
    """The whole history came: to compare it with what was there would make another copy of it."""
    store = Nights(library, some(library))
    for table, frame in rows.items():
        store._change(table, frame, ())
        store.columns[table] = frozenset(frame.columns) - {UNKNOWN}
    nothing = Change("no_such_keys", "no_such_rows")
    setting = store.setting(DAY)
    report = bring_up_to_date(store.con, setting, library, store.rules, dict.fromkeys(rows, nothing))
    assert {rule.why for rule in report.rules} == {Why.FIRST}
    store.assert_equals_full(DAY)


def test_answers_that_are_put_together_piece_by_piece_are_the_same(
    library: Library, rows: Mapping[str, pl.DataFrame], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evaluate, "LEAST", 17)
    monkeypatch.setattr(evaluate, "room_of", lambda con: 0)
    store = Nights(library, some(library)[:6])
    store.night(DAY, rows)
    store.assert_equals_full(DAY)
    store.rules = some(library)
    report = store.night(DAY, {})
    store.assert_equals_full(DAY)
    assert {rule.why for rule in report.rules} == {None, Why.FIRST}
    kept = store.con.execute("SELECT count(*), count(DISTINCT record_key) FROM kept.answers_detections").fetchone()
    assert kept == (rows["detections"].height, rows["detections"].height)


def test_registers_reach_the_rows_that_name_them(first: Nights, rows: Mapping[str, pl.DataFrame]) -> None:
    officer = rows["cases"]["officer1_id"].drop_nulls()[0]
    device = rows["detections"]["device_id"].drop_nulls()[0]
    officers = rows["officers"].filter(pl.col("officer_id") == officer).with_columns(certificate_until=date(2020, 1, 1))
    certificates = rows["calibrations"].filter(pl.col("device_id") == device).with_columns(result=pl.lit("failed"))
    report = first.night(DAY, {"officers": officers, "calibrations": certificates})
    first.assert_equals_full(DAY)
    judged = evaluated(report)
    of_device = rows["detections"].filter(pl.col("device_id") == device).height
    of_officer = rows["cases"].filter((pl.col("officer1_id") == officer) | (pl.col("officer2_id") == officer)).height
    assert 0 < judged["DEV-01"][0] <= of_device and judged["EVD-06"][0] == 0
    assert 0 < judged["PER-02"][0] <= of_officer and judged["DEC-05"][0] == 0


def test_what_the_rules_do_not_read_reaches_nothing(first: Nights, rows: Mapping[str, pl.DataFrame]) -> None:
    stations = rows["stations"].with_columns(contact_phone=pl.lit("03980000000"))
    report = first.night(DAY, {"stations": stations})
    assert report.evaluated == 0


def test_the_clock_reaches_the_rows_that_it_moves(first: Nights) -> None:
    before = first.results()
    later = DAY + timedelta(days=40)
    report = first.night(later, {})
    first.assert_equals_full(later)
    assert before != first.results()
    judged = evaluated(report)
    assert judged["DEV-01"][0] == 0 and 0 < judged["NTC-06"][0] < judged["NTC-06"][1] / 2
    assert {rule.code for rule in report.rules if rule.why is Why.CLOCK} == {"DEV-08"}
    first.night(DAY, {})  # a clock that was set back
    first.assert_equals_full(DAY)
    assert before == first.results()


def test_rows_that_go_and_rows_that_move_to_another_vehicle_reach_both_places(first: Nights) -> None:
    planted = first.con.execute(
        "SELECT DISTINCT record_key FROM finding_records WHERE rule IN ('EVD-06', 'EVD-07', 'NTC-07') ORDER BY ALL"
    ).fetchall()
    moved, gone = planted[0][0], planted[-1][0]
    frame = first.con.sql("SELECT * EXCLUDE (_source, _row) FROM detections").pl()
    other = frame.filter(pl.col("record_id") == moved).with_columns(plate_no=pl.lit("豫M99999"))
    report = first.night(DAY, {"detections": other}, {"detections": [gone]})
    first.assert_equals_full(DAY)
    assert not first.con.execute("SELECT * FROM finding_records WHERE record_key = ?", [gone]).fetchall()
    assert {rule.why for rule in report.rules} == {None}


def test_the_same_rows_again_change_nothing(first: Nights) -> None:
    before = first.results()
    again = first.con.sql("SELECT * EXCLUDE (_source, _row) FROM cases").pl()
    report = first.night(DAY, {"cases": again})
    assert first.results() == before
    assert report.evaluated == 0
    assert first.con.execute("SELECT count(*) FROM changed_findings").fetchall() == [(0,)]


def test_a_first_unknown_cell_leaves_the_kept_reasons_as_they_are(
    library: Library, rows: Mapping[str, pl.DataFrame]
) -> None:
    """It changes which things a rule may lack, and so the place of each among them."""
    store = Nights(library, [library.rules[code] for code in ("DEC-02", "DEC-03")])
    weighed = ["gross_weight_kg", "length_mm", "width_mm", "height_mm"]
    blank = rows["detections"].with_columns(
        pl.lit(None).cast(rows["detections"].schema[name]).alias(name) for name in weighed
    )
    store.night(DAY, {**rows, "detections": blank})
    assert any(lacking == "cell:detections.gross_weight_kg" for _, lacking, _ in store.results()["not_assessable"])
    store.assert_equals_full(DAY)
    bit = library.vocabulary["agencies"].bit("agency_id") | library.vocabulary["agencies"].bit("kind")
    agency = rows["agencies"][:1].with_columns(pl.lit(bit, dtype=pl.UInt64).alias(UNKNOWN))
    case = rows["cases"][:1].with_columns(
        pl.lit(None, dtype=pl.String).alias("agency_id"),
        pl.lit(library.vocabulary["cases"].bit("agency_id"), dtype=pl.UInt64).alias(UNKNOWN),
    )
    for come in ({"agencies": agency}, {"cases": case}, {"cases": rows["cases"][:1]}):
        report = store.night(DAY, come)
        store.assert_equals_full(DAY)
        assert {rule.why for rule in report.rules} == {None}


@pytest.mark.slow
def test_rows_of_tonight_beside_many_deleted_ones_are_judged_as_any_others(
    library: Library, rows: Mapping[str, pl.DataFrame]
) -> None:
    """DuckDB 2.0 kills the process here, or answers at random, unless `keep_join_filters_out` was asked."""
    store = Nights(library, some(library))
    for name in rows:
        store.con.execute(f'INSERT INTO "{name}" (_source) SELECT 0 FROM range(1990)')
        store.con.execute(f'DELETE FROM "{name}"')
    store.night(DAY, {name: frame[: frame.height * 9 // 10] for name, frame in rows.items()})
    for seed in range(3):
        chance = random.Random(seed)
        again = {name: frame.sample(min(frame.height, 40), seed=seed) for name, frame in rows.items()}
        store.night(DAY, {name: corrected(library, name, frame, chance) for name, frame in again.items()})
    store.assert_equals_full(DAY)


@pytest.mark.slow
def test_a_changed_law_judges_what_rests_on_it_anew(first: Nights, library: Library) -> None:
    first.rulings = replace(first.rulings, parameters={**first.rulings.parameters, **shorter(first)})
    report = first.night(DAY, {})
    why = {rule.code: rule.why for rule in report.rules if rule.why}
    assert why == {"NTC-05": Why.PARAMETERS, "NTC-06": Why.PARAMETERS, "NTC-07": Why.PARAMETERS}
    first.assert_equals_full(DAY)
    first.rules = [one for one in first.rules if one.rule.code != "PER-02"]
    first.night(DAY, {})
    first.assert_equals_full(DAY)
    first.rules = some(library)
    report = first.night(DAY, {})
    assert {rule.code: rule.why for rule in report.rules if rule.why} == {"PER-02": Why.FIRST}
    first.assert_equals_full(DAY)


def shorter(nights: Nights) -> dict:
    """The days after which a notice counts as late, one fewer."""
    parameter = nights.rulings.parameters["notify_reference_days"]
    entries = tuple(replace(entry, value=29) for entry in parameter.entries)
    return {"notify_reference_days": replace(parameter, entries=entries)}


@pytest.mark.slow
@pytest.mark.timeout(900)
@settings(
    max_examples=3,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(seed=st.integers(0, 10_000), nights=st.just(3), small=st.sampled_from([0, 100, 10_000]))
def test_random_nights_equal_one_full_run(seed: int, nights: int, small: int) -> None:
    """Every rule; batches in random order, late rows, replays, corrections, rows that go, a clock that jumps."""
    library, chance = load_library(), random.Random(seed)
    rows = made_rows(100, 5)
    store = Nights(library, [one for one in library.rules.values() if one.rule.status == "active"])
    comes_on = {
        name: pl.Series([chance.randrange(nights) if chance.random() < 0.5 else 0 for _ in range(frame.height)])
        for name, frame in rows.items()
    }
    as_of = DAY
    for number in range(nights):
        come = {name: frame.filter(comes_on[name] == number) for name, frame in rows.items()}
        go = {}
        store.con.execute("SELECT 1").fetchall()
        for name in rows if number else ():
            known = store.con.sql(f'SELECT * EXCLUDE (_source, _row) FROM "{name}" ORDER BY ALL').pl()
            again = known.sample(min(known.height, chance.randint(0, 5)), seed=chance.randrange(1 << 30))
            if again.height:
                again = corrected(library, name, again, chance) if chance.random() < 0.8 else again
                come[name] = pl.concat([come[name], again.select(come[name].columns)], how="vertical_relaxed")
            if known.height and chance.random() < 0.2:
                go[name] = [known[library.vocabulary[name].key[0]][0]]
                come[name] = come[name].filter(pl.col(library.vocabulary[name].key[0]) != go[name][0])
        as_of += timedelta(days=chance.choice([0, 1, 1, 30, -3]))
        report = store.night(
            as_of, {name: frame for name, frame in come.items() if frame.height}, go, small_table=small
        )
        store.assert_equals_full(as_of)
        assert number == 0 or sum(1 for rule in report.rules if rule.why) < 12
