"""The order of files, what a folder passes over, and archives: names in GBK, nesting, bombs, passwords."""

import io
import zipfile
from pathlib import Path

import pytest

from analyzer.model import AnalyzerError
from analyzer.records import length_as_text

from .exports import take, write

CSV = "记录编号,车速\n{},60\n"


class GbkName(zipfile.ZipInfo):
    """A member whose name is in GBK without the UTF-8 flag, as Chinese systems write it."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:
        return self.filename.encode("gb18030"), self.flag_bits


def archive(path: Path, members: dict[str, bytes], utf8: bool = True) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            packed.writestr(name if utf8 else GbkName(name), content, zipfile.ZIP_DEFLATED)
    return path


def test_files_are_taken_in_by_relative_path_and_arguments_as_given(tmp_path: Path) -> None:
    for name in ("f/b.csv", "f/a/z.csv", "f/B.csv", "f/a.csv", "first.csv"):
        write(tmp_path / name, CSV.format(name))
    taken = take(tmp_path / "first.csv", tmp_path / "f")
    assert [entry["file"] for entry in taken.inputs()] == ["first.csv", "B.csv", "a.csv", "a/z.csv", "b.csv"]


def test_packed_files_count_by_their_length_as_text(tmp_path: Path) -> None:
    for name in ("f/a.csv", "f/g/b.XLSX", "c.parquet"):
        write(tmp_path / name, "0123456789")
    inputs = [tmp_path / "f", tmp_path / "c.parquet", tmp_path / "not there.csv"]
    assert length_as_text(inputs) == 10 + 80 + 80


def test_hidden_and_lock_files_are_passed_over_and_others_listed(tmp_path: Path) -> None:
    write(tmp_path / "a.csv", CSV.format("R1"))
    for name in ("~$a.xlsx", ".hidden.csv", "__MACOSX/a.csv", "读我.docx"):
        write(tmp_path / name, "x")
    taken = take(tmp_path)
    assert [(entry["file"], entry["loaded"]) for entry in taken.inputs()] == [("a.csv", 1), ("读我.docx", 0)]
    assert taken.inputs()[1]["notes"] and not taken.intake.refused


def test_a_path_that_does_not_exist_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(AnalyzerError) as raised:
        take(tmp_path / "a.csv", tmp_path / "b")
    assert len(raised.value.problems) == 2


@pytest.mark.parametrize("utf8", [True, False])
def test_members_are_read_by_name_in_whatever_encoding_it_is(tmp_path: Path, utf8: bool) -> None:
    members = {f"检测记录{n}.csv": CSV.format(f"R{n}").encode("gb18030") for n in (2, 1)}
    taken = take(archive(tmp_path / "导出.zip", members, utf8))
    assert [entry["file"] for entry in taken.inputs()] == ["导出.zip/检测记录1.csv", "导出.zip/检测记录2.csv"]
    assert taken.intake.loaded == 2


def test_a_member_that_climbs_out_of_its_folder_harms_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    taken = take(archive(folder / "a.zip", {"../../evil.csv": CSV.format("R1").encode()}))
    assert taken.intake.loaded == 1
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a.zip", "in"]


def test_an_archive_in_an_archive_is_read_to_a_limit(tmp_path: Path) -> None:
    def nested(depth: int) -> bytes:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as inner:
            name = "a.csv" if depth == 0 else "inner.zip"
            inner.writestr(name, CSV.format("R1") if depth == 0 else nested(depth - 1))
        return packed.getvalue()

    (tmp_path / "a.zip").write_bytes(nested(1))
    (tmp_path / "b.zip").write_bytes(nested(6))
    taken = take(tmp_path)
    assert taken.inputs()[0]["file"] == "a.zip/inner.zip/a.csv"
    assert "套得太深" in taken.inputs()[1]["refused"]


def test_a_bomb_is_refused_and_the_rest_is_read(tmp_path: Path) -> None:
    members = {"bomb.csv": b"0" * (64 << 20), "good.csv": CSV.format("R1").encode()}
    taken = take(archive(tmp_path / "a.zip", members))
    assert "炸弹" in taken.inputs()[0]["refused"]
    assert taken.inputs()[1]["loaded"] == 1


def test_a_bomb_that_calls_itself_a_workbook_is_refused(tmp_path: Path) -> None:
    archive(tmp_path / "a.xlsx", {"xl/workbook.xml": b"0" * (64 << 20)})
    write(tmp_path / "b.csv", CSV.format("R1"))
    assert "炸弹" in take(tmp_path).inputs()[0]["refused"]


def test_a_truncated_archive_is_refused(tmp_path: Path) -> None:
    whole = archive(tmp_path / "a.zip", {"a.csv": CSV.format("R1").encode()}).read_bytes()
    (tmp_path / "a.zip").write_bytes(whole[:60])
    write(tmp_path / "b.csv", CSV.format("R1"))
    assert "损坏" in take(tmp_path).inputs()[0]["refused"]


def test_a_member_with_a_password_is_refused(tmp_path: Path) -> None:
    raw = bytearray(archive(tmp_path / "a.zip", {"a.csv": CSV.format("R1").encode()}).read_bytes())
    raw[6] |= 1
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "a.zip").write_bytes(raw)
    write(tmp_path / "b.csv", CSV.format("R1"))
    assert "密码" in take(tmp_path).inputs()[0]["refused"]


@pytest.mark.parametrize("content", [b"%PDF-1.7 x", b"\x1f\x8b\x08\x00 x", b"\x89PNG\r\n", bytes(range(256)) * 8])
def test_what_is_no_export_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    write(tmp_path / "b.csv", CSV.format("R1"))
    taken = take(tmp_path)
    assert taken.inputs()[0]["refused"] and taken.intake.loaded == 1


def test_nothing_is_left_behind_in_the_work_folder(tmp_path: Path) -> None:
    from analyzer.records import take_in

    from .exports import duckdb, vocabulary

    work = tmp_path / "work"
    work.mkdir()
    file = archive(tmp_path / "a.zip", {"a.csv": CSV.format("R1").encode("gb18030")})
    take_in(duckdb.connect(), [file], vocabulary(), work_dir=work)
    assert list(work.iterdir()) == []
