"""The page of vehicles: the list and its filters, one vehicle's timeline, and that no plate is ever shown or addressed."""

from __future__ import annotations

import json
import re
from pathlib import Path

import polars as pl
import pytest

from analyzer.dashboard.queries import FindingFilter
from analyzer.dashboard.queries.vehicle_events import events
from analyzer.dashboard.queries.vehicles import Vehicle, flagged, key_of_plate, verdicts
from tests.dashboard.conftest import Open, words_of
from tests.dashboard.looking import changed, charts_of, shows_no_plate, source_of, traces_of, without, without_findings


@pytest.fixture(scope="module")
def vehicles(package: Path) -> list[Vehicle]:
    return flagged(source_of(package), FindingFilter(), most=10_000)[1]


@pytest.fixture(scope="module")
def busiest(package: Path, vehicles: list[Vehicle]) -> Vehicle:
    """A vehicle with breaches and several kinds of events."""
    return max(vehicles, key=lambda one: (one.breaches > 0, one.records, one.vehicle))


def touched_plates(package: Path) -> set[str]:
    """The plates that findings touch, counted without the dashboard."""
    named = pl.read_parquet(package / "finding_records.parquet")
    keys = {"detections": "record_id", "notices": "notice_id", "cases": "case_id", "detentions": "detention_id",
            "fees": "fee_id", "inspections": "inspection_id"}  # fmt: skip
    cases = pl.read_parquet(package / "records" / "cases.parquet")
    plates: set[str] = set()
    for table, key in keys.items():
        records = pl.read_parquet(package / "records" / f"{table}.parquet")
        found = records.join(
            named.filter(pl.col("table_name") == table), left_on=key, right_on="record_key", how="semi"
        )
        plates |= set(found["plate_no"].drop_nulls())
    for table, key in (("payments", "payment_id"), ("appeals", "appeal_id")):
        records = pl.read_parquet(package / "records" / f"{table}.parquet")
        found = records.join(
            named.filter(pl.col("table_name") == table), left_on=key, right_on="record_key", how="semi"
        )
        plates |= set(cases.join(found, on="case_id", how="semi")["plate_no"].drop_nulls())
    return plates


def test_every_vehicle_that_a_finding_touches_is_listed_once(package: Path, vehicles: list[Vehicle]) -> None:
    assert {one.plate_no for one in vehicles} == touched_plates(package)
    assert len({(one.plate_no, one.plate_color) for one in vehicles}) == len(vehicles)
    assert len({one.key for one in vehicles}) == len(vehicles)


def test_the_list_shows_masked_plates_gravest_first(open_page: Open, package: Path, vehicles: list[Vehicle]) -> None:
    page = open_page("vehicles")
    assert f"{len(vehicles)} 辆车" in words_of(page)
    table = page.dataframe[0].value
    assert len(table) == min(50, len(vehicles))
    assert table["最严重"].iloc[0] == ["严重"]
    assert table["号牌"].str.contains(r"\*\*\*").all()
    assert shows_no_plate(page, package)


def test_filters_stand_in_the_address_and_narrow_the_list(
    open_page: Open, package: Path, vehicles: list[Vehicle]
) -> None:
    findings = pl.read_parquet(package / "findings.parquet")
    rule = findings.filter(pl.col("subject_kind") == "vehicle")["rule"].mode().sort()[0]
    count = flagged(source_of(package), FindingFilter(rules=[rule]))[0]
    assert 0 < count < len(vehicles)
    page = open_page("vehicles", rule=rule)
    assert words_of(page).count(f"{count} 辆车有符合条件的问题") == 1
    assert page.query_params["rule"] in (rule, [rule])


def test_each_filter_asks_what_it_says(package: Path) -> None:
    source = source_of(package)
    findings = pl.read_parquet(package / "findings.parquet").filter(pl.col("started_on").is_not_null())
    middle = findings["started_on"].sort()[findings.height // 2]
    early = {one.vehicle for one in flagged(source, FindingFilter(until=middle), most=10_000)[1]}
    late = {one.vehicle for one in flagged(source, FindingFilter(from_=middle), most=10_000)[1]}
    assert early and late and early != late
    breaches = flagged(source, FindingFilter(verdicts=["breach"]), most=10_000)[1]
    assert breaches and all(one.findings == one.breaches for one in breaches)
    assert flagged(source, FindingFilter(states=["new"]))[0] == 0  # a single audit knows of no run before it


def test_a_typed_plate_is_found_whole_in_part_and_as_it_is_masked(
    open_page: Open, package: Path, busiest: Vehicle
) -> None:
    source, plate = source_of(package), busiest.plate_no
    for text in (plate, plate.lower(), f"{plate[:2]}·{plate[2:]}", plate[2:], f"{plate[:2]}***{plate[-2:]}"):
        assert busiest.vehicle in {one.vehicle for one in flagged(source, FindingFilter(), text, most=10_000)[1]}, text
    page = open_page("vehicles")
    page.text_input[0].set_value(plate).run()
    assert "1 辆车有符合条件的问题" in words_of(page)
    assert plate not in json.dumps(dict(page.query_params), ensure_ascii=False)


@pytest.mark.slow
def test_a_filter_that_leaves_nothing_says_what_to_do(open_page: Open) -> None:
    page = open_page("vehicles")
    page.text_input[0].set_value("没有这样的车").run()
    assert "没有符合条件的车辆" in words_of(page)
    assert "放宽筛选条件" in words_of(page)
    assert not page.dataframe


def test_one_vehicle_shows_its_events_and_marks_what_findings_name(
    open_page: Open, package: Path, busiest: Vehicle
) -> None:
    source = source_of(package)
    rows = events(source, busiest)
    page = open_page("vehicles", vehicle=busiest.key)
    assert f"{busiest.plate_no[:2]}***{busiest.plate_no[-2:]}" in page.title[0].value.replace("\\", "")
    traces = traces_of(charts_of(page)[0])
    drawn = [(spot[0], key) for one in traces.values() for spot in one["customdata"] for key in spot[1:]]
    assert len(drawn) == len(set(drawn)) == sum(len(some) for some in rows.values())
    keys = [
        row[key]
        for table, key in (("detections", "record_id"), ("notices", "notice_id"), ("cases", "case_id"))
        for row in rows[table]
    ]
    breached = {(one.table, one.key) for one in verdicts(source, busiest, keys) if one.verdict == "breach"}
    assert {(spot[0], key) for spot in traces["违规"]["customdata"] for key in spot[1:]} >= breached
    assert len({one["marker"]["symbol"] for one in traces.values()}) == len(traces)
    assert f"检测 {len(rows['detections'])}" in words_of(page)
    assert f"共 {busiest.findings} 个问题" in words_of(page)
    assert shows_no_plate(page, package)


def test_a_vehicle_leads_to_its_devices_and_cases(open_page: Open, package: Path) -> None:
    source = source_of(package)
    charged = next(
        one
        for one in flagged(source, FindingFilter())[1]
        if events(source, one)["detections"] and events(source, one)["cases"]
    )
    rows = events(source, charged)
    page = open_page("vehicles", vehicle=charged.key)
    leads = [str(one.proto.query_string) for one in page.get("page_link")]
    assert any(f"case={rows['cases'][0]['case_id']}" in one for one in leads)
    assert any(f"device={rows['detections'][0]['device_id']}" in one for one in leads)


def test_a_row_without_a_colour_belongs_to_the_only_vehicle_of_the_plate(
    package: Path, busiest: Vehicle, tmp_path: Path
) -> None:
    def detain(copy: Path) -> None:
        path = copy / "records" / "detentions.parquet"
        rows = pl.read_parquet(path)
        plates = [busiest.plate_no, *rows["plate_no"][1:]]
        rows.with_columns(pl.Series("plate_no", plates)).write_parquet(path)

    source = source_of(changed(package, tmp_path, detain))
    found = flagged(source, FindingFilter(), busiest.plate_no)[1]
    assert [one.plate_color for one in found] == [busiest.plate_color]
    assert len(events(source, found[0])["detentions"]) == 1


def test_the_address_of_a_vehicle_is_a_keyed_hash(package: Path, busiest: Vehicle) -> None:
    assert key_of_plate(source_of(package), busiest.plate_no, busiest.plate_color) == busiest.key
    assert len(busiest.key) == 20 and int(busiest.key, 16)


@pytest.mark.slow
def test_an_address_that_leads_nowhere_says_so(open_page: Open) -> None:
    page = open_page("vehicles", vehicle="0" * 20)
    assert "没有这辆车" in words_of(page)


@pytest.mark.slow
def test_english_is_complete(open_page: Open, busiest: Vehicle) -> None:
    page = open_page("vehicles", lang="en")
    assert page.title[0].value == "Vehicles"
    one = open_page("vehicles", vehicle=busiest.key, lang="en")
    assert [heading.value for heading in one.subheader][:2] == ["All that was done", "Findings that touch this vehicle"]
    assert "breach" in traces_of(charts_of(one)[0])
    assert re.search(r"From \d{4}-\d\d-\d\d to \d{4}-\d\d-\d\d: Detections \d+, Notices \d+", words_of(one))


@pytest.mark.slow
def test_without_some_tables_the_page_still_answers(open_page: Open, package: Path, tmp_path: Path) -> None:
    lacking = without(package, tmp_path, ["detections", "cases", "payments", "detentions"])
    assert "辆车有符合条件的问题" in words_of(open_page("vehicles", of=lacking))
    vehicle = flagged(source_of(lacking), FindingFilter())[1][0]
    assert charts_of(open_page("vehicles", of=lacking, vehicle=vehicle.key))


@pytest.mark.slow
def test_without_findings_the_page_says_why_it_is_empty(open_page: Open, package: Path, tmp_path: Path) -> None:
    page = open_page("vehicles", of=without_findings(package, tmp_path))
    assert "没有涉及任何车辆" in words_of(page)
