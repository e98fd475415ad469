"""The exports say the same as the canonical tables, in the spellings that a bureau uses."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import fastexcel
import pytest

from analyzer.samples import Bureau, write_exports


@pytest.fixture(scope="module")
def folder(bureau: Bureau, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("exports")
    write_exports(bureau, out)
    return out


def test_several_formats_and_encodings(folder: Path) -> None:
    assert {path.suffix for path in folder.iterdir()} == {".xlsx", ".csv", ".txt", ".zip", ".json", ".md"}
    assert "检测时间" in (folder / "02_检测记录.csv").read_text(encoding="gb18030")
    assert "过车时间" in (folder / "03_检测记录.txt").read_text(encoding="utf-16")


def test_a_workbook_begins_with_its_title_and_ends_with_its_footer(folder: Path) -> None:
    book = fastexcel.read_excel(folder / "01_检测记录_站端导出.xlsx")
    rows = book.load_sheet(0, header_row=None, dtypes="string").to_polars()
    assert rows[0, 0] == "崤陵市治超检测记录导出表"
    assert rows[1, 9] == "车货总重（吨）"
    assert rows[-1, 0].startswith("制表人")


def test_an_archive_has_a_member_with_one_byte_order_mark(folder: Path) -> None:
    with zipfile.ZipFile(folder / "04_检测记录.zip") as archive:
        content = archive.read("检测记录_下半年.csv")
    assert content.count("﻿".encode()) == 1


def test_small_exports_leave_out_the_files_for_large_ones(folder: Path) -> None:
    assert not (folder / "05_检测记录.csv").exists()


def test_the_truth_counts_every_row(folder: Path, bureau: Bureau) -> None:
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    assert {name: count["loaded"] for name, count in truth["accounting"].items()} == {
        name: rows.height for name, rows in bureau.tables.items()
    }
    for count in truth["accounting"].values():
        assert count["rows_read"] == sum(count[part] for part in ("loaded", "duplicates", "replaced", "quarantined"))
    detections = truth["accounting"]["detections"]
    assert min(detections["duplicates"], detections["replaced"], detections["quarantined"]) > 0


def test_the_truth_is_plain_and_sorted(folder: Path) -> None:
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    assert truth["as_of"] == "2025-12-31"
    assert truth["profile"] == "sanmenxia"
    assert {one["rule"] for one in truth["expected"]} <= set(truth["covered"])
    assert {one["scenario"] for one in truth["expected"]} <= set(truth["scenarios"])
    assert truth["expected"] == sorted(truth["expected"], key=lambda one: list(one.values()))


def test_the_committed_samples_are_those_of_today(folder: Path) -> None:
    """Made with `analyzer sample --out data/samples --detections 1200 --seed 1`; workbooks may differ in their zip."""
    committed = Path(__file__).parents[2] / "data" / "samples"
    assert {path.name for path in committed.iterdir()} == {path.name for path in folder.iterdir()}
    for path in sorted(folder.iterdir()):
        if path.suffix in (".csv", ".txt", ".json", ".md"):
            assert path.read_bytes() == (committed / path.name).read_bytes(), path.name
    assert sum(path.stat().st_size for path in committed.iterdir()) < 1_500_000
