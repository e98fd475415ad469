"""Files handed in: audited, taken away, deleted; what is refused is told in words."""

from __future__ import annotations

import io
import json
import tempfile
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from analyzer.dashboard import handed_in
from analyzer.dashboard.handed_in import Desk, audit_files, check_sizes, put_down
from analyzer.dashboard.parts.taking import take_package
from analyzer.dashboard.place import DESK
from analyzer.dashboard.views import upload
from analyzer.ledger import open_ledger
from analyzer.model import AnalyzerError
from tests.dashboard.conftest import Open, press, words_of
from tests.small_export import FILES


class File:
    """A file as the upload widget gives it."""

    def __init__(self, name: str, data: bytes) -> None:
        self.name, self.size, self._data = name, len(data), data

    def getbuffer(self) -> memoryview:
        return memoryview(self._data)


def quiet(what: str, done: int, total: int) -> None:
    """Tell nobody."""


def handed() -> list[File]:
    """The small export as handed-in files."""
    return [File(name, text.encode("utf-8")) for name, text in FILES.items()]


@pytest.mark.slow
def test_results_come_and_inputs_go() -> None:
    desk = audit_files(handed(), "sanmenxia", date(2025, 12, 31), "zh", quiet)
    folder = Path(desk.folder.name)
    names = {path.name for path in folder.rglob("*")}
    assert {"findings.xlsx", "report.docx", "manifest.json", "package.zip"} <= names
    assert not names & set(FILES)
    with zipfile.ZipFile(io.BytesIO(desk.archive.read_bytes())) as archive:
        assert archive.testzip() is None
        assert "records/detections.parquet" in archive.namelist()
    said = {
        str(cell.value)
        for sheet in openpyxl.load_workbook(desk.package / "findings.xlsx")
        for row in sheet.iter_rows()
        for cell in row
    }
    assert not any("豫M00002" in text for text in said)
    desk.close()
    assert not folder.exists()


def test_nothing_is_left_of_an_audit_that_fails(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(handed_in.tempfile, "tempdir", str(tmp_path))
    with pytest.raises(AnalyzerError):
        audit_files(handed(), "no_such_profile", date(2025, 12, 31), "zh", quiet)
    assert list(tmp_path.iterdir()) == []
    assert handed_in._turn.acquire(blocking=False)
    handed_in._turn.release()


def test_names_stay_inside_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    put_down(
        [File("../../etc/案件.csv", b"1"), File("案件.csv", b"2"), File("案件.csv", b"3"), File("..", b"4")], folder
    )
    assert len(list(folder.iterdir())) == 4
    assert {path.parent for path in tmp_path.rglob("*") if path.is_file()} == {folder}


def test_too_many_and_too_large_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(AnalyzerError, match="at most 200 files"):
        check_sizes([File("a.csv", b"")] * 201)
    monkeypatch.setattr(handed_in, "MOST_MEGABYTES", 0.000001)
    with pytest.raises(AnalyzerError, match="together"):
        check_sizes(handed())


def test_one_audit_at_a_time() -> None:
    with handed_in._my_turn(), pytest.raises(AnalyzerError, match="under way"):
        audit_files(handed(), "sanmenxia", date(2025, 12, 31), "zh", quiet)


@pytest.mark.slow
def test_the_page_audits_and_the_other_pages_show_it(open_page: Open) -> None:
    page = open_page("upload")
    press(page, "开始审核")
    assert "请先选择文件" in words_of(page)
    for name, text in FILES.items():
        page.get("file_uploader")[0].upload(name, text.encode("utf-8"), "text/csv")
    page.date_input[0].set_value(date(2025, 12, 31))
    press(page, "开始审核")
    assert not page.exception
    assert {one.label: one.value for one in page.metric}["载入"] == "10"
    press(page, "删除结果")
    assert not page.metric


def test_the_package_is_taken_for_a_reason_that_is_written_down(
    tmp_path: Path, ledger_file: Path, monkeypatch: pytest.MonkeyPatch, open_page: Open
) -> None:
    desk = small_desk(tmp_path)
    monkeypatch.setattr(upload, "_result", take_package)
    page = open_page("upload")
    page.session_state[DESK] = desk
    page.run()
    assert not page.get("download_button")
    page.text_area[0].set_value("  ")
    press(page, "记录并准备下载")
    assert not page.get("download_button") and "请写明理由" in words_of(page)
    page.text_area[0].set_value("移送法制科复核")
    press(page, "记录并准备下载")
    assert [one.proto.label for one in page.get("download_button")] == ["下载结果包（zip）"]
    with open_ledger(ledger_file) as ledger:
        (found,) = ledger.reveals()
    assert (found.kind, found.reason) == ("package", "移送法制科复核")
    with zipfile.ZipFile(desk.archive) as archive:
        assert json.loads(archive.read("taken.json"))["reason"] == "移送法制科复核"
    desk.archive.rename(tmp_path / "other.zip")
    page.session_state[DESK] = Desk(desk.folder, desk.package, tmp_path / "other.zip")
    page.run()
    assert not page.get("download_button"), "a reason is for one package"


@pytest.mark.slow
def test_without_a_ledger_the_reason_stands_in_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, open_page: Open
) -> None:
    desk = small_desk(tmp_path)
    monkeypatch.setattr(upload, "_result", take_package)
    page = open_page("upload")
    page.session_state[DESK] = desk
    page.run()
    page.text_area[0].set_value("本单位自查")
    press(page, "记录并准备下载")
    assert page.get("download_button")
    with zipfile.ZipFile(desk.archive) as archive:
        assert json.loads(archive.read("taken.json"))["reason"] == "本单位自查"


def small_desk(folder: Path) -> Desk:
    """A desk whose archive holds next to nothing."""
    archive = folder / "package.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("manifest.json", "{}")
    return Desk(tempfile.TemporaryDirectory(dir=folder), folder / "package", archive)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["图片.xlsx", "空.csv"])
def test_a_file_that_cannot_be_read_is_told_in_words(open_page: Open, name: str) -> None:
    page = open_page("upload")
    page.get("file_uploader")[0].upload(name, b"\x00\x01not a table")
    press(page, "开始审核")
    assert not page.exception
    said = words_of(page)
    assert "审核没有完成" in said
    assert name in said
    assert not page.metric
