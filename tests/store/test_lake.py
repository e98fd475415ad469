"""A store's records as a lake: whole, by month, and judged from there as the store itself judged them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from analyzer.engine.connect import Limits
from analyzer.model import AnalyzerError
from analyzer.store.lake import NO_MONTH, export_lake
from analyzer.store.places import Store
from tests.conftest import Run
from tests.store.nights import Nights, rows_of
from tests.store.test_scan import RESULTS, audited


@pytest.fixture
def lake(first_night: Nights, tmp_path: Path) -> Path:
    export_lake(first_night.store, tmp_path / "lake", Limits())
    return tmp_path / "lake"


def test_every_row_is_there_once_with_what_is_unknown_in_it(first_night: Nights, lake: Path) -> None:
    for table in first_night.package.tables:
        files = sorted((lake / table).rglob("*.parquet"))
        rows = pl.concat([pl.read_parquet(file, hive_partitioning=False) for file in files])
        assert rows.height == first_night.rows(f"SELECT count(*) FROM records_{table}")[0][0] > 0
        assert rows.schema["_unknown"] == pl.List(pl.String)
    assert {path.name for path in lake.iterdir()} == set(first_night.package.tables)


def test_a_row_lies_in_the_month_of_its_day(lake: Path) -> None:
    for folder in (lake / "detections").iterdir():
        month = folder.name.removeprefix("month=")
        for file in folder.iterdir():
            days = pl.read_parquet(file, hive_partitioning=False)["detected_at"]
            assert "month" not in pl.read_parquet_schema(file)
            assert set(days.dt.strftime("%Y-%m").fill_null(NO_MONTH)) == {month}


def test_an_audit_of_the_lake_finds_what_the_night_found(first_night: Nights, lake: Path, tmp_path: Path) -> None:
    again = audited([lake], tmp_path / "audit", date(2025, 12, 1))
    assert again.summary["refused"] == []
    for name in RESULTS:
        query = f"SELECT * FROM {name} ORDER BY ALL"
        assert rows_of(again, query) == first_night.rows(query)


def test_a_folder_that_holds_something_is_not_overwritten(first_night: Nights, lake: Path) -> None:
    with pytest.raises(AnalyzerError, match="not overwritten"):
        export_lake(first_night.store, lake, Limits())


def test_the_command_says_what_it_wrote_and_that_nothing_is_masked(
    run: Run, first_night: Nights, tmp_path: Path
) -> None:
    said = run("lake", "export", "--store", first_night.root, "--out", tmp_path / "out")
    assert said.status == 0
    assert "detections" in said.out and "未作隐去" in said.out
    assert run("lake", "export", "--store", tmp_path, "--out", tmp_path / "other").status == 2
    assert not list(tmp_path.glob(".*partial"))


def test_a_store_without_a_scan_has_nothing_to_export(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    store.make()
    with pytest.raises(AnalyzerError):
        export_lake(store, tmp_path / "lake", Limits())
