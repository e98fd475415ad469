"""The page of devices: verification against records and fines, the steps before use, drift, and fines compared."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from analyzer.dashboard.queries import FindingFilter
from analyzer.dashboard.queries.devices import Device, gaps, listed, months, months_later, sums, terms
from analyzer.dashboard.queries.weights import steadiness
from tests.dashboard.conftest import Open, cells_of, words_of
from tests.dashboard.looking import changed, charts_of, shows_no_plate, source_of, traces_of, without


@pytest.fixture(scope="module")
def lapsed(package: Path) -> Device:
    """A device that recorded and fined outside a verification, and that findings are about."""
    found = listed(source_of(package), FindingFilter(), order="outside", most=1_000)[1]
    return next(one for one in found if one.fined_outside and one.findings)


def outside_of(package: Path, device: str) -> int:
    """The records of a device on days without a passed verification in its term, counted without the dashboard."""
    papers = pl.read_parquet(package / "records" / "calibrations.parquet").filter(
        (pl.col("device_id") == device)
        & (pl.col("result") == "passed")
        & (pl.col("kind").fill_null("") != "calibration")
    )
    spans = [(row["verified_on"], row["valid_until"]) for row in papers.iter_rows(named=True)]
    days = pl.read_parquet(package / "records" / "detections.parquet").filter(pl.col("device_id") == device)[
        "detected_at"
    ]
    return sum(not any(first <= day.date() <= last for first, last in spans) for day in days.drop_nulls())


def test_records_outside_a_verification_are_counted(package: Path, lapsed: Device) -> None:
    source = source_of(package)
    assert lapsed.outside == outside_of(package, lapsed.device_id)
    devices, with_gaps, records, fined = sums(source)
    every = listed(source, FindingFilter(), most=1_000)[1]
    assert devices == len(every)
    assert with_gaps == sum(bool(one.outside) for one in every)
    assert (records, fined) == (sum(one.outside or 0 for one in every), sum(one.fined_outside or 0 for one in every))
    assert sum(one.records for one in every) == sum(
        month.records for one in every for month in months(source, one.device_id)
    )


def test_a_failed_verification_ends_the_one_before() -> None:
    def paper(day: date, result: str, until: date | None = None, kind: str | None = None) -> dict[str, object]:
        return {"verified_on": day, "valid_until": until, "result": result, "kind": kind}

    passed = paper(date(2024, 1, 1), "passed", date(2024, 12, 31))
    assert terms([passed], 12) == [(date(2024, 1, 1), date(2024, 12, 31))]
    assert terms([passed, paper(date(2024, 6, 1), "failed")], 12) == [(date(2024, 1, 1), date(2024, 5, 31))]
    assert terms([passed, paper(date(2024, 6, 1), "failed", kind="calibration")], 12)[0][1] == date(2024, 12, 31)
    assert terms([paper(date(2024, 1, 1), "passed", kind="calibration", until=date(2025, 1, 1))], 12) == []
    assert terms([paper(date(2024, 2, 29), "passed")], 12) == [(date(2024, 2, 29), date(2025, 2, 28))]
    assert months_later(date(2023, 12, 31), 2) == date(2024, 2, 29)


def test_the_list_says_in_a_sentence_what_lies_outside(open_page: Open, package: Path) -> None:
    page = open_page("devices")
    devices, with_gaps, records, fined = sums(source_of(package))
    assert (
        f"{devices} 台设备中，{with_gaps} 台在检定有效期之外的日子里有记录，共 {records} 条，其中 {fined} 条被罚款"
        in words_of(page)
    )
    assert len(page.dataframe[0].value) == min(50, devices)


@pytest.mark.slow
def test_filters_narrow_the_list_of_devices(open_page: Open, package: Path, lapsed: Device) -> None:
    source = source_of(package)
    kind = lapsed.kind or ""
    wanted = listed(source, FindingFilter(), kinds=[kind], most=1_000)
    assert all(one.kind == kind for one in wanted[1]) and wanted[0] < sums(source)[0]
    page = open_page("devices", severity="critical")
    count = listed(source, FindingFilter(severities=["critical"]))[0]
    assert f"{count} 台设备\n" in words_of(page) + "\n"
    page.text_input[0].set_value(lapsed.device_id.lower()).run()
    assert list(page.dataframe[0].value["设备"]) == [lapsed.device_id]
    page.text_input[0].set_value("没有").run()
    assert "没有符合条件的设备" in words_of(page)


def test_one_device_shows_its_gap_and_what_was_fined_in_it(open_page: Open, package: Path, lapsed: Device) -> None:
    source = source_of(package)
    page = open_page("devices", device=lapsed.device_id)
    first = gaps(source, lapsed.device_id)[0]
    said = words_of(page)
    assert f"{lapsed.outside} 条（" in said and f"据此罚款 {lapsed.fined_outside} 条" in said
    assert f"{first.first} 至 {first.last}：记录 {first.records} 条，罚款 {first.fined} 条" in said
    chart = charts_of(page)[0]
    bars = [one for one in chart["data"] if one["type"] == "bar" and one["name"] == "不在检定有效期内"]
    assert [sum(one["y"]) for one in bars] == [lapsed.outside, lapsed.fined_outside]
    assert bars[0]["marker"]["pattern"]["shape"]  # red alone would not tell the colour-blind
    assert len(chart["layout"]["shapes"]) == len(gaps(source, lapsed.device_id))
    assert shows_no_plate(page, package)


@pytest.mark.slow
def test_reviews_and_signs_are_compared_with_the_day_of_use(open_page: Open, package: Path, lapsed: Device) -> None:
    row = (
        pl.read_parquet(package / "records" / "devices.parquet")
        .filter(pl.col("device_id") == lapsed.device_id)
        .row(0, named=True)
    )
    page = open_page("devices", device=lapsed.device_id)
    steps = page.dataframe[0].value.set_index("事项")
    before = (row["commissioned_on"] - row["legal_review_on"]).days
    assert list(steps.loc["法制审核日期"]) == [row["legal_review_on"].isoformat(), f"启用前 {before} 天"]


@pytest.mark.slow
def test_a_column_that_was_not_supplied_is_not_called_blank(
    open_page: Open, package: Path, lapsed: Device, tmp_path: Path
) -> None:
    def forget(copy: Path) -> None:
        path = copy / "records" / "devices.parquet"
        rows = pl.read_parquet(path)
        unknown = [[*names, "legal_review_on"] for names in rows["_unknown"].to_list()]
        rows.with_columns(pl.lit(None, pl.Date).alias("legal_review_on"), pl.Series("_unknown", unknown)).write_parquet(
            path
        )

    page = open_page("devices", of=changed(package, tmp_path, forget), device=lapsed.device_id)
    assert page.dataframe[0].value.set_index("事项").loc["法制审核日期", "日期"] == "（导出数据没有此列）"


def test_monthly_medians_are_those_of_the_commonest_class(package: Path) -> None:
    rows = pl.read_parquet(package / "records" / "detections.parquet").filter(
        pl.col("gross_weight_kg").is_not_null()
        & pl.col("axle_count").is_not_null()
        & pl.col("detected_at").is_not_null()
    )
    device = rows["device_id"].drop_nulls().mode().sort()[0]
    mine = rows.filter(pl.col("device_id") == device)
    found = steadiness(source_of(package), device)
    assert found is not None
    common = mine.group_by("axle_count", "vehicle_type").len().sort("len", descending=True).row(0, named=True)
    assert sum(one.passes for one in found.months) == common["len"]
    month = found.months[0]
    weights = mine.filter(
        (pl.col("axle_count") == found.axle_count)
        & pl.col("vehicle_type").eq_missing(found.vehicle_type)
        & (pl.col("detected_at").dt.strftime("%Y-%m") == month.month.strftime("%Y-%m"))
    )["gross_weight_kg"]
    assert month.middle == weights.median()


@pytest.mark.slow
def test_the_comparison_says_its_smallest_sample(open_page: Open) -> None:
    page = open_page("devices", part="rates")
    assert "样本少于 1,000 的不比较" in words_of(page)
    assert charts_of(page)


@pytest.mark.slow
def test_without_certificates_nothing_is_said_to_lie_outside(
    open_page: Open, package: Path, tmp_path: Path, lapsed: Device
) -> None:
    lacking = without(package, tmp_path, ["calibrations"])
    assert "没有检定证书的数据，无法对照检定有效期" in words_of(open_page("devices", of=lacking))
    page = open_page("devices", of=lacking, device=lapsed.device_id)
    assert "有没有检定无法判定" in words_of(page)
    assert traces_of(charts_of(page)[0])["不在检定有效期内"]["y"] in ([0], [0, 0])


@pytest.mark.slow
def test_without_any_device_the_page_says_what_to_supply(open_page: Open, package: Path, tmp_path: Path) -> None:
    def clear(copy: Path) -> None:
        for name in ("devices", "detections"):
            copy.joinpath("records", f"{name}.parquet").unlink()
        path = copy / "findings.parquet"
        pl.read_parquet(path).clear().write_parquet(path)

    page = open_page("devices", of=changed(package, tmp_path, clear))
    assert "数据里没有设备" in words_of(page)


@pytest.mark.slow
def test_devices_in_english(open_page: Open, lapsed: Device) -> None:
    page = open_page("devices", device=lapsed.device_id, lang="en")
    assert page.title[0].value.replace("\\", "") == f"Device {lapsed.device_id}"
    assert "lie outside a verification" in words_of(page)
    assert "days before" in cells_of(page)
    assert "There is no such device" in words_of(open_page("devices", device="nowhere", lang="en"))
